/*
 * walls.h - the command line that puts a program behind walls.
 *
 * It is the same for all programs that see the same folders. The environment is not: it says where
 * the program's home is, and names the program, so that its processes can be told from others.
 */
#ifndef LMI_PROCESS_WALLS_WALLS_H
#define LMI_PROCESS_WALLS_WALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/status.h"

/* bubblewrap's own descriptors, behind those that the program has. */
enum {
    LMI_FD_HOSTS = 5,
    LMI_FD_USERS = 6,
    LMI_FD_FILTER = 7,
    LMI_FD_WALLS_END = 8,
};

enum { LMI_ARGV_MAX = 80, LMI_ENVP_MAX = 16, LMI_ENV_TEXT_MAX = 256 };

typedef struct lmi_walls_params {
    const char *const *folders; /* seen read-only, beside /usr; borrowed while the walls are used */
    size_t n_folders;
    const char *start;     /* where the program starts; borrowed in the same way */
    const char *otherwise; /* what to do where there is no bubblewrap: "run them ..." */
} lmi_walls_params;

typedef struct lmi_walls {
    char *bwrap;                    /* absolute path; NULL for no walls at all */
    const char *argv[LMI_ARGV_MAX]; /* ends in NULL */
    size_t n_argv;
    bool has_filter; /* it expects lmi_filter_file() as LMI_FD_FILTER */
} lmi_walls;

/* LMAS_E_IO with the next step where bubblewrap is missing. */
lmas_status lmi_walls_init(lmi_walls *out, const lmi_walls_params *params);
void lmi_walls_done(lmi_walls *walls);

/* Append what is run behind them: texts, borrowed, up to a NULL. What is too much is left out. */
void lmi_walls_add(lmi_walls *walls, ...) __attribute__((sentinel));

/* Make what bubblewrap reads, for a program of the user `uid` (0: ours): in fds[LMI_FD_HOSTS] and
 * the next. `*n_fds` is what a child has then. Close what is there, also after a failure. */
lmas_status lmi_walls_fds(int *fds, int *n_fds, const lmi_walls *walls, uid_t uid);

typedef struct lmi_env {
    const char *envp[LMI_ENVP_MAX]; /* ends in NULL */
    size_t n;
    char home[LMI_ENV_TEXT_MAX], tmp[LMI_ENV_TEXT_MAX], mark[LMI_ENV_TEXT_MAX];
} lmi_env;

/* The environment of a program whose home is `folder`. It points into `*out`. */
void lmi_env_init(lmi_env *out, const char *folder, const char *mark);

/* Another variable, borrowed. */
void lmi_env_add(lmi_env *env, const char *variable);

/* Who a program is told that it is, and where, behind walls. */
#define LMI_USER_NAME "program"
#define LMI_HOST_NAME "sandbox"

/* The variable that holds the mark, with its "=". */
#define LMI_MARK_NAME "LATENTMAS_PROGRAM="

#endif
