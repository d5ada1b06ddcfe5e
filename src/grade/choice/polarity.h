/* polarity.h - whether a sentence that names an option chooses it. */
#ifndef LMI_GRADE_CHOICE_POLARITY_H
#define LMI_GRADE_CHOICE_POLARITY_H

#include "grade/choice/options.h"
#include "grade/pattern.h"

/* A letter, and the match that found it, in a text. */
typedef struct lmi_mention {
    lmi_span text;
    const char *cue;    /* where the match begins */
    const char *letter; /* one byte */
} lmi_mention;

typedef enum lmi_sense {
    LMI_SENSE_CHOSEN,
    LMI_SENSE_DENIED,  /* wrong, tempting, what others would choose, a question */
    LMI_SENSE_SEVERAL, /* one of several letters that are given together */
} lmi_sense;

/* The patterns, compiled once for a text. */
typedef struct lmi_polarity {
    const lmi_options *options;
    lmi_pattern before, before_too, inside, before_bare, after, after_bare, several, asked;
} lmi_polarity;

lmas_status lmi_polarity_init(lmi_polarity *out, const lmi_options *options);
void lmi_polarity_done(lmi_polarity *polarity);

/* `is_bare`: nothing but the letter's place speaks for it, so any doubt counts. */
lmi_sense lmi_polarity_of(lmi_polarity *polarity, const lmi_mention *mention, bool is_bare);

#endif
