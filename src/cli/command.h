/* command.h - what a sub-command is. commands.c has the table of them. */
#ifndef LMI_CLI_COMMAND_H
#define LMI_CLI_COMMAND_H

#include <stdbool.h>

#include "base/json.h"
#include "cli/help/notes.h"
#include "cli/options.h"

/* Exit codes of the program. */
enum {
    LMI_EXIT_OK = 0,
    LMI_EXIT_FAILURE = 1,
    LMI_EXIT_USAGE = 2,
    LMI_EXIT_INCOMPLETE = 3, /* all is done, and some questions, or verdicts of a grader, failed */
    LMI_EXIT_TIME_OVER = 4,  /* --max_time ended it before all was asked */
    LMI_EXIT_INTERRUPTED = 130,
};

/* What they mean, a line each; `own` are those of one command. */
#define LMI_EXIT_CODES(own)                                                                        \
    "0 success\n"                                                                                  \
    "1 failure: a file, the model or the engine; stderr says which\n"                              \
    "2 wrong usage: a flag or its value\n" own "130 interrupted by Ctrl-C or SIGTERM\n"

/* Lists of notes that a command has at most, the NULL behind them included. */
enum { LMI_NOTES_MAX = 16 };

/* What stands after a command's name and is no flag has entries of the same table as flags, but no
 * field. One with a name is a word that stands first ("show"), and its value what stands behind
 * that; one whose name is "" is the first word itself. A value that ends in "..." repeats. */
typedef struct lmi_command {
    const char *name;
    const char *summary;  /* one line, for lists */
    const char *usage;    /* what follows the name; one line per form, parted by '\n' */
    const char *about;    /* what it does: paragraphs, parted by '\n' */
    const char *examples; /* pairs of lines: what it is for, the command; parted by '\n' */
    const lmi_opt *words; /* what may stand after it and is no flag, NULL for nothing */
    bool computes;        /* it runs models */
    const lmi_opt_group *groups;
    const lmi_note *environment[LMI_NOTES_MAX]; /* variables that it reads */
    const lmi_note *files[LMI_NOTES_MAX];       /* files that it reads or writes of itself */
    const char *exit_codes;                     /* LMI_EXIT_CODES(); NULL for those of all */
    const char *see_also;                       /* other commands, parted by ' ' */
    size_t settings_size;
    void (*init)(void *settings); /* the defaults; NULL where zeros will do */
    int (*run)(void *settings, const lmi_args *args);
} lmi_command;

/* The i-th command, NULL past the last, and its name; the one of that name, NULL for none. */
const lmi_command *lmi_command_at(size_t i);
const char *lmi_command_name_at(size_t i);
const lmi_command *lmi_command_find(const char *name);

/* Print text from outside on stdout: what of it a terminal would obey is shown instead. */
void lmi_put_clean(const char *text, size_t len);

/* Print JSON from outside on stdout: such characters as escapes. */
void lmi_put_json(const char *text);

/* Print the document on stdout, and free it in any case. `what` names it in messages. */
lmas_status lmi_print_json(yyjson_mut_doc *doc, const char *what);

/* Print "unknown command" with the nearest one; the exit code for it. */
int lmi_command_refuse(const char *name);

/* What all are commands of; its own name is "", and nothing runs it. */
extern const lmi_command lmi_cmd_latentmas;

extern const lmi_command lmi_cmd_ask;
extern const lmi_command lmi_cmd_chat;
extern const lmi_command lmi_cmd_serve;
extern const lmi_command lmi_cmd_run;
extern const lmi_command lmi_cmd_report;
extern const lmi_command lmi_cmd_regrade;
extern const lmi_command lmi_cmd_show;
extern const lmi_command lmi_cmd_inspect;
extern const lmi_command lmi_cmd_bench;
extern const lmi_command lmi_cmd_tasks;
extern const lmi_command lmi_cmd_data;
extern const lmi_command lmi_cmd_model;
extern const lmi_command lmi_cmd_memory;
extern const lmi_command lmi_cmd_teams;
extern const lmi_command lmi_cmd_completion;
extern const lmi_command lmi_cmd_help;

#endif
