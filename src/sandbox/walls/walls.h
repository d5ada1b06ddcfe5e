/*
 * walls.h - the command line that puts Python behind walls.
 *
 * It is the same for all programs of a sandbox. The environment is not: it says where the
 * program's folder is, and names the program, so that its processes can be told from others.
 */
#ifndef LMI_SANDBOX_WALLS_WALLS_H
#define LMI_SANDBOX_WALLS_WALLS_H

#include <stdbool.h>

#include "base/status.h"
#include "sandbox/sandbox.h"
#include "sandbox/walls/programs.h"

/* What the child's descriptors are for. The driver knows these numbers. */
enum {
    LMI_FD_PAYLOAD = 0,
    LMI_FD_OUTPUT = 1,
    LMI_FD_ERRORS = 2,
    LMI_FD_VERDICT = 3,
    LMI_FD_TOKEN = 4,
    LMI_FD_HOSTS = 5, /* this and what follows is bubblewrap's */
    LMI_FD_USERS = 6,
    LMI_FD_FILTER = 7,
};

enum { LMI_ARGV_MAX = 80, LMI_ENVP_MAX = 12, LMI_ENV_TEXT_MAX = 256 };

typedef struct lmi_walls {
    char *bwrap; /* absolute path; NULL for LMI_SANDBOX_NONE */
    lmi_python_place python;
    const char *argv[LMI_ARGV_MAX]; /* ends in NULL */
    bool has_filter;                /* it expects lmi_filter_file() as LMI_FD_FILTER */
} lmi_walls;

/* Find the programs; `python` as lmi_python_find() takes it. LMAS_E_IO with the next step where one
 * is missing. */
lmas_status lmi_walls_init(lmi_walls *out, lmi_sandbox_kind kind, const char *python);
void lmi_walls_done(lmi_walls *walls);

typedef struct lmi_env {
    const char *envp[LMI_ENVP_MAX]; /* ends in NULL */
    char home[LMI_ENV_TEXT_MAX], tmp[LMI_ENV_TEXT_MAX], mark[LMI_ENV_TEXT_MAX];
} lmi_env;

/* The environment of a program whose home is `folder`. It points into `*out`. */
void lmi_env_init(lmi_env *out, const char *folder, const char *mark);

/* Who a program is told that it is, and where, behind walls. */
#define LMI_USER_NAME "program"
#define LMI_HOST_NAME "sandbox"

/* The variable that holds the mark, with its "=". */
#define LMI_MARK_NAME "LATENTMAS_PROGRAM="

#endif
