/*
 * notes.h - what commands read beside their flags, and which files are theirs: help and the manual
 * pages print both. What several commands share is written down once (notes.c).
 */
#ifndef LMI_CLI_HELP_NOTES_H
#define LMI_CLI_HELP_NOTES_H

/* A variable of the environment, or a file, and what is to be known of it. Lists end in one without
 * a name. */
typedef struct lmi_note {
    const char *name; /* several, with commas between, where one text says all */
    const char *text;
} lmi_note;

/* Variables: of stderr, of colours on stdout, of lines there, of the folder of caches, of libggml,
 * of the realignment matrix, of cached data sets, of fetched models, of the hub, of what else data
 * sets come from, of connections, of running programs, of temporary files. */
extern const lmi_note lmi_env_terminal[];
extern const lmi_note lmi_env_colours[];
extern const lmi_note lmi_env_columns[];
extern const lmi_note lmi_env_cache[];
extern const lmi_note lmi_env_engine[];
extern const lmi_note lmi_env_compute[];
extern const lmi_note lmi_env_data[];
extern const lmi_note lmi_env_models[];
extern const lmi_note lmi_env_convert[];
extern const lmi_note lmi_env_hub[];
extern const lmi_note lmi_env_rows[];
extern const lmi_note lmi_env_http[];
extern const lmi_note lmi_env_code[];
extern const lmi_note lmi_env_temporary[];

/* Files: the realignment matrix, cached data sets, fetched models, a run's folder, temporary ones,
 * and where shells look for completion. */
extern const lmi_note lmi_files_realign[];
extern const lmi_note lmi_files_data[];
extern const lmi_note lmi_files_models[];
extern const lmi_note lmi_files_run[];
extern const lmi_note lmi_files_code[];
extern const lmi_note lmi_files_bench[];
extern const lmi_note lmi_files_completion[];

#endif
