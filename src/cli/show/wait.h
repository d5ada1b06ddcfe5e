/* wait.h - a long call of the library: a percentage on a terminal, and Ctrl-C ends it. */
#ifndef LMI_CLI_SHOW_WAIT_H
#define LMI_CLI_SHOW_WAIT_H

#include <stdbool.h>

typedef struct lmi_wait {
    const char *what; /* "loading the model" */
    double begin_ms;
    bool is_shown;
} lmi_wait;

lmi_wait lmi_wait_begin(const char *what);

/* A lmas_progress_fn; `user` is the wait. */
bool lmi_wait_show(void *user, float progress);

/* Take the percentage away. */
void lmi_wait_end(const lmi_wait *wait);

#endif
