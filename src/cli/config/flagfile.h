/*
 * flagfile.h - flags from a file: --config FILE of run, ask and bench.
 *
 * The file is flat: each key is the long name of a flag, each value a text, a number, true, false,
 * or an array of them. What it says becomes words of the command line, before those that were
 * typed, so that the same parser checks them and a typed flag goes before the file's.
 *
 *   read.c   a file to entries, JSON too     toml.c   the part of TOML that is read
 *   merge.c  entries to words of a command line
 */
#ifndef LMI_CLI_CONFIG_FLAGFILE_H
#define LMI_CLI_CONFIG_FLAGFILE_H

#include "base/json.h"
#include "cli/options.h"

/* Limits of a file: bytes, keys, values of an array. */
#define LMI_FLAGFILE_SIZE_MAX ((size_t)1024 * 1024)
enum { LMI_FLAGFILE_KEYS_MAX = 1000, LMI_FLAGFILE_VALUES_MAX = 1000 };

typedef enum lmi_flagfile_kind {
    LMI_FLAGFILE_TEXT, /* or a number, as it is written */
    LMI_FLAGFILE_TRUE,
    LMI_FLAGFILE_FALSE,
    LMI_FLAGFILE_LIST,
} lmi_flagfile_kind;

typedef struct lmi_flagfile_entry {
    char *key;
    size_t line;
    lmi_flagfile_kind kind;
    char **values; /* of a TEXT one, of a LIST all */
    size_t n, capacity;
} lmi_flagfile_entry;

typedef struct lmi_flagfile {
    const char *path; /* borrowed */
    lmi_flagfile_entry *entries;
    size_t n, capacity;
} lmi_flagfile;

/* Read a file, JSON where its name ends in .json or its text begins with a brace, else TOML.
 * LMAS_E_FORMAT says "FILE:LINE: what". */
lmas_status lmi_flagfile_read(lmi_flagfile *out, const char *path);
lmas_status lmi_flagfile_read_toml(lmi_flagfile *out, const char *text);
void lmi_flagfile_done(lmi_flagfile *file);

/* Begin the next entry; LMAS_E_FORMAT where the key is there already. Then give it its value. */
lmas_status lmi_flagfile_add(lmi_flagfile *file, const char *key, size_t len, size_t line);
lmas_status lmi_flagfile_take(lmi_flagfile *file, yyjson_val *val);

/* The flag --config, for a group at the start of a command's settings. */
extern const lmi_opt lmi_config_opts[];

/* A command line with the flags of its file in it. */
typedef struct lmi_merged {
    int argc;
    char **argv; /* the caller's own where no file is named */
    lmi_buf text;
    char **words; /* to be freed */
} lmi_merged;

/* Put the words of the file that argv names with --config in its place. `settings` is what its
 * flags are tried on, one by one. LMAS_E_INVALID names file, line, flag and finding. */
lmas_status lmi_flagfile_merge(lmi_merged *out, void *settings, const lmi_opt_group *groups,
                               int argc, char **argv);
void lmi_merged_done(lmi_merged *merged);

#endif
