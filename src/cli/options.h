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
    bool is_axis; /* several values, with commas between, in a command that gathers them */
    bool gathers; /* the command that has this flag does */
    const char *(*all_at)(size_t i); /* of an axis: what "all" stands for; NULL where nothing */
} lmi_opt;

/* Flags that belong together; shared ones are defined once (flags.c). */
typedef struct lmi_opt_group {
    const char *title;   /* NULL ends a list of groups */
    const lmi_opt *opts; /* ended by one without names */
    size_t offset;       /* of the group's settings in the command's */
} lmi_opt_group;

/* Most axes of a command. */
enum { LMI_AXES_MAX = 8 };

/* An axis that was given: its last value as it was typed. */
typedef struct lmi_axis {
    const lmi_opt *opt;
    const char *value;
    bool is_list; /* several values, or "all": the flag's field is as it was */
} lmi_axis;

/* A command line taken apart. The words are borrowed from argv. */
typedef struct lmi_args {
    int argc; /* what was parsed: argv[0] is the command's name */
    char **argv;
    char **words; /* what is no flag, in order */
    size_t n_words;
    lmi_axis axes[LMI_AXES_MAX]; /* of a command that gathers them */
    size_t n_axes;
} lmi_args;

/* Parse argv[1..] into `settings`. Long names match with `_` for `-` and the reverse; a value
 * follows as the next word (where lmi_opt_takes_word()) or after `=`; of WORDS all that follow;
 * `--` ends the flags;
 * a repeated flag overrides. Free out->words with lmi_free(). Errors are LMAS_E_INVALID and name
 * flag, expectation, finding. */
lmas_status lmi_options_parse(lmi_args *out, void *settings, const lmi_opt_group *groups, int argc,
                              char **argv);

/* A stretch of a command line: a flag with its value or its words, or one word that is no flag. */
typedef struct lmi_part {
    const lmi_opt *opt; /* NULL of a word */
    const char *value;  /* NULL where there is none */
    int at, n;          /* argv[at..at+n) */
} lmi_part;

/* Where in a command line one is; begin with at = 1. */
typedef struct lmi_walk {
    const lmi_opt_group *groups;
    int argc;
    char **argv;
    int at;
    bool have_flags_ended;
} lmi_walk;

/* Step to the next part; false behind the last one, and at one that does not parse. */
bool lmi_options_next(lmi_part *out, lmi_walk *walk);

/* The last value that the command line gives the flag `name` ("" of one without); NULL where it is
 * not given. */
const char *lmi_options_given(const lmi_opt_group *groups, int argc, char **argv, const char *name);

/* Copy the parts of argv[1..] that are no flag of `names` (up to a NULL) into `out`, which has room
 * for all of them; how many words that makes. */
size_t lmi_options_without(char **out, const lmi_opt_group *groups, int argc, char **argv,
                           const char *const *names);

/* The flag of that name ("--max_samples", "-n"); NULL where there is none. */
const lmi_opt *lmi_opt_find(const lmi_opt_group *groups, const char *name);

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

/* Whether its value may be a list of what is expected: an axis, in a command that gathers them. */
bool lmi_opt_takes_list(const lmi_opt *opt, const lmi_opt_group *groups);

/* What stands between a flag and its value, as help shows them. */
const char *lmi_opt_gap(const lmi_opt *opt);

/* Append the default of a flag, nothing where there is none to show. */
void lmi_opt_default(lmi_buf *out, const lmi_opt *opt, const void *field);

/* The field of a flag. */
void *lmi_opt_field(void *settings, const lmi_opt_group *group, const lmi_opt *opt);

#endif
