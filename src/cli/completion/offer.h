/*
 * offer.h - what a shell can offer at a place of the command line. The scripts for the three shells
 * are written from it; none of them knows a command, a flag or a task by itself.
 */
#ifndef LMI_CLI_COMPLETION_OFFER_H
#define LMI_CLI_COMPLETION_OFFER_H

#include "base/buf.h"
#include "cli/options.h"

typedef enum lmi_offer {
    LMI_OFFER_NOTHING,      /* no value follows, or none that can be told from another word */
    LMI_OFFER_ANY,          /* one follows, and nobody can know which */
    LMI_OFFER_WORD,         /* one of lmi_opt_words() */
    LMI_OFFER_BEGINNING,    /* it begins with one of them */
    LMI_OFFER_FILE,         /* a file */
    LMI_OFFER_WORD_OR_FILE, /* one of the words, or a file */
    LMI_OFFER_FOLDER,       /* a folder */
} lmi_offer;

/* What to offer behind a flag or a word; whether it may be given again and again there. */
lmi_offer lmi_offer_behind(const lmi_opt *opt);
bool lmi_offer_repeats(const lmi_opt *opt);

/* Append words parted by `from`, parted by `to`. */
void lmi_append_words(lmi_buf *out, const char *words, char from, const char *to);

/* Append the names of a flag in the spelling that scripts look flags up by, `-` for `_`. */
void lmi_append_dashed(lmi_buf *out, const char *names, char between);

/* Append the whole script for a shell. */
void lmi_bash_append(lmi_buf *out);
void lmi_zsh_append(lmi_buf *out);
void lmi_fish_append(lmi_buf *out);

#endif
