/* options.h - the letters that count, and the texts that stand behind them. */
#ifndef LMI_GRADE_CHOICE_OPTIONS_H
#define LMI_GRADE_CHOICE_OPTIONS_H

#include <stdbool.h>

#include "grade/grade.h"
#include "grade/pystr.h"

typedef struct lmi_options {
    size_t n;                        /* letters that count */
    size_t n_texts;                  /* 0: texts are not known */
    char *normal[LMI_OPTIONS_MAX];   /* texts as text.h compares them */
    char *squeezed[LMI_OPTIONS_MAX]; /* the same without blanks and braces: formulas */
} lmi_options;

lmas_status lmi_options_init(lmi_options *out, const lmi_gold *gold);
void lmi_options_done(lmi_options *options);

/* The letter of an option, as a capital; 0 when there is no such option. */
char lmi_options_letter(const lmi_options *options, lmi_span letter);

/* The letter of the only option whose text `said` is; 0 without one. */
lmas_status lmi_options_find(char *out, const lmi_options *options, lmi_span said);

/* The same where `said` may also be the option's number, or its formula written otherwise. */
lmas_status lmi_options_find_value(char *out, const lmi_options *options, lmi_span said);

/* The option whose text a line begins with, when the sentence ends or gives its reason there: the
 * longest one. `*rest` is what stands behind it, in lower case, borrowed from `*normal`, which the
 * caller frees. */
typedef struct lmi_opening {
    char letter; /* 0: the line begins with no option's text */
    char *normal;
    const char *rest;
} lmi_opening;

lmas_status lmi_options_open(lmi_opening *out, const lmi_options *options, lmi_span line);

/* The option whose text a line ends with, a clause of its own: "so metformin". */
lmas_status lmi_options_close(char *out, const lmi_options *options, lmi_span line);

/* Whether a digit could mean an option by its text rather than by its place. */
bool lmi_options_has_number(const lmi_options *options, char digit);

#endif
