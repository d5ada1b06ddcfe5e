/*
 * options.h - one table of flags per command. The parser, --help, the man page and the shell
 * completion all read it; there is no second list.
 *
 * A flag names a field of the command's settings by its offset. What the field holds before
 * parsing is the default, so help shows the defaults that are in force.
 */
#ifndef LMI_CLI_OPTIONS_H
#define LMI_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"

typedef enum lmi_opt_kind {
    LMI_OPT_ON,        /* bool, becomes true; takes no value */
    LMI_OPT_OFF,       /* bool, becomes false; takes no value */
    LMI_OPT_INT,       /* int64_t from min to max */
    LMI_OPT_REAL,      /* double from min to max */
    LMI_OPT_TEXT,      /* const char *, not empty */
    LMI_OPT_LIST,      /* the same, and may be empty: items with commas between */
    LMI_OPT_FILE,      /* TEXT, a file */
    LMI_OPT_FOLDER,    /* the same, a folder */
    LMI_OPT_WORD,      /* the same, one of lmi_opt_words(); with `alone` only behind `=` */
    LMI_OPT_TAG,       /* const char *, may be empty; without a value it is `alone` */
    LMI_OPT_WORDS,     /* lmi_words: all words up to the next flag, one at least */
    LMI_OPT_MOOT_ON,   /* bool, becomes true; without effect, `help` says why */
    LMI_OPT_MOOT_TEXT, /* const char *; without effect, `help` says why */
} lmi_opt_kind;

/* Words of a command line, borrowed from it. */
typedef struct lmi_words {
    char **at;
    size_t n;
} lmi_words;

typedef struct lmi_opt {
    const char *names; /* "-m --model --model_name", parted by a space */
    lmi_opt_kind kind;
    size_t offset;     /* of the field in the group's settings */
    const char *value; /* what help calls the value; of a WORD the words ("on|off|auto") */
    const char *help;
    double min, max;   /* of a number. A default outside is not shown: help explains it */
    const char *words; /* of an INT, words that stand for `word_value`, of a LIST those it may
                        * hold; parted by '|', NULL for none */
    int64_t word_value;
    const char *alone;                /* what a TAG or a WORD is without a value */
    const char *(*word_at)(size_t i); /* the words of a WORD, names that a FILE may also be, or how
                                       * a TEXT may begin, where a table has them; ends in NULL */
} lmi_opt;

/* Flags that belong together; shared ones are defined once (flags.c). */
typedef struct lmi_opt_group {
    const char *title;   /* NULL ends a list of groups */
    const lmi_opt *opts; /* ended by one without names */
    size_t offset;       /* of the group's settings in the command's */
} lmi_opt_group;

/* A command line taken apart. The words are borrowed from argv. */
typedef struct lmi_args {
    int argc; /* what was parsed: argv[0] is the command's name */
    char **argv;
    char **words; /* what is no flag, in order */
    size_t n_words;
} lmi_args;

/* Parse argv[1..] into `settings`. Long names match with `_` for `-` and the reverse; a value
 * follows as the next word (where lmi_opt_takes_word()) or after `=`; of WORDS all that follow;
 * `--` ends the flags;
 * a repeated flag overrides. Free out->words with lmi_free(). Errors are LMAS_E_INVALID and name
 * flag, expectation, finding. */
lmas_status lmi_options_parse(lmi_args *out, void *settings, const lmi_opt_group *groups, int argc,
                              char **argv);

/* Whether a value may follow the flag, and whether one must. */
bool lmi_opt_takes_value(const lmi_opt *opt);
bool lmi_opt_needs_value(const lmi_opt *opt);

/* Whether the word behind a flag without `=` is its value: of a WORD that may be alone never; of a
 * TAG an empty one and "<plan>", with newlines behind it or with "\n" as a shell leaves it. A
 * question is neither of them. */
bool lmi_opt_takes_word(const lmi_opt *opt, const char *word);

/* The words that the value may be, parted by '|': all there are for a WORD, for others "" where
 * none is known. Valid until the next call. */
const char *lmi_opt_words(const lmi_opt *opt);

/* Append ": a, b, c" where the words come from a table: help shows them behind the text. */
void lmi_opt_append_list(lmi_buf *out, const lmi_opt *opt);

/* What stands between a flag and its value, as help shows them. */
const char *lmi_opt_gap(const lmi_opt *opt);

/* Append the default of a flag, nothing where there is none to show. */
void lmi_opt_default(lmi_buf *out, const lmi_opt *opt, const void *field);

/* The field of a flag. */
void *lmi_opt_field(void *settings, const lmi_opt_group *group, const lmi_opt *opt);

#endif
