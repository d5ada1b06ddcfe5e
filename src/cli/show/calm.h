/* calm.h - threads that wait for each other sleep, rather than keep a core from those that work. */
#ifndef LMI_CLI_CALM_H
#define LMI_CLI_CALM_H

/* Start this program again, with the same `argv`, unless the environment says already how OpenMP's
 * threads wait. Call it before anything is opened. It returns where that cannot be done: threads
 * then wait as they did. */
void lmi_calm_threads(char **argv);

#endif
