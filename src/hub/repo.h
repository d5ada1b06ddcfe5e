/*
 * repo.h - names of the hub, each with its limit: a model as its users name it, the commits and
 * the files of its repository. What comes from a server or a folder is a name only when it is one.
 */
#ifndef LMI_HUB_REPO_H
#define LMI_HUB_REPO_H

#include <stdbool.h>

#include "base/buf.h"

/* Longest ORG and longest NAME, longest QUANT, longest path of a file, in bytes. */
enum { LMI_REPO_PART_MAX = 96, LMI_QUANT_MAX = 32, LMI_REPO_FILE_MAX = 512 };

/* ORG/NAME and its NUL; the hex digits of a commit and theirs. */
enum { LMI_REPO_SIZE = 2 * LMI_REPO_PART_MAX + 2, LMI_COMMIT_SIZE = 41 };

/* ORG/NAME[:QUANT] taken apart. */
typedef struct lmi_repo {
    char id[LMI_REPO_SIZE];        /* "Qwen/Qwen3-14B-GGUF" */
    char quant[LMI_QUANT_MAX + 1]; /* "Q8_0", "" when none is named */
} lmi_repo;

/* LMAS_E_INVALID says what a name looks like. */
lmas_status lmi_repo_parse(lmi_repo *out, const char *text);

/* Whether `text` could name a model of the hub: ORG/NAME[:QUANT], and no GGUF file. */
bool lmi_repo_is_name(const char *text);

/* Whether the `len` bytes of `id` are ORG/NAME, as the hub allows it. */
bool lmi_repo_is_id(const char *id, size_t len);

/* Whether `text` is that many hex digits and no more. */
bool lmi_repo_is_hex(const char *text, size_t n_digits);

/* Whether `path` leads to a file inside a folder that it is put behind, and nowhere else. */
bool lmi_repo_is_path(const char *path);

#endif
