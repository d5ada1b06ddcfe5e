/* load.h - how many of the cores we may use others leave free. */
#ifndef LMI_ENGINE_LOAD_H
#define LMI_ENGINE_LOAD_H

#include <sched.h>
#include <stdbool.h>
#include <stdio.h>

/* A look at the machine. Two of them tell what happened in between. */
typedef struct lmi_load {
    bool is_known; /* the system told of every core of ours */
    int n_cores;   /* cores in our affinity mask */
    double at_ms;
    double busy_ms; /* what those cores have worked so far, for anybody */
    double ours_ms; /* what this process has worked so far */
} lmi_load;

/* Take `busy_ms` from a file of /proc/stat's form, for the cores of `mine`. */
void lmi_load_read(lmi_load *load, FILE *file, const cpu_set_t *mine);

/* Look now. Never fails: what the system does not tell is not known. */
void lmi_load_look(lmi_load *out);

/* How many of `n_wanted` threads find a core that others left free between two looks: 1 at least,
 * and all of them where that is not known. */
int lmi_load_n_free(const lmi_load *from, const lmi_load *to, int n_wanted);

/* The same, as it is now. `since` is an earlier look: it saves waiting where it shows nobody else.
 * Otherwise this waits for a tenth of a second at most. */
int lmi_load_choose(const lmi_load *since, int n_wanted);

#endif
