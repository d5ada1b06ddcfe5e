/*
 * slot.h - one place where a program runs: started, looked at, ended.
 *
 * The host has two descriptors of a running program to itself: the end of the pipe on which the
 * driver speaks, and the file that takes its output. Neither ever makes the program wait for the
 * host, which may be busy with a model for seconds.
 */
#ifndef LMI_SANDBOX_SLOT_H
#define LMI_SANDBOX_SLOT_H

#include <stdbool.h>
#include <sys/types.h>

#include "process/walls/walls.h"
#include "sandbox/payload.h"
#include "sandbox/sandbox.h"
#include "sandbox/verdict.h"

/* What the child's descriptors are for; the walls' own follow. The driver knows these numbers. */
enum {
    LMI_FD_PAYLOAD = 0,
    LMI_FD_OUTPUT = 1,
    LMI_FD_ERRORS = 2,
    LMI_FD_VERDICT = 3,
    LMI_FD_TOKEN = 4,
};

typedef struct lmi_slot {
    bool is_running;
    uint64_t id; /* the caller's */
    uid_t uid;   /* who runs it; 0: who we are */
    pid_t pid;
    int pidfd;
    int verdict; /* read end */
    int output;
    lmi_token token;
    char *folder; /* without walls; else NULL */
    char mark[LMI_ENV_TEXT_MAX];
    double wall_ms;                          /* its limit */
    double started_ms, deadline_ms, look_ms; /* look_ms: the next look at its memory */
    bool is_late, is_too_big, is_crowded;
} lmi_slot;

/* Run a program, given as lmi_payload_text(). */
lmas_status lmi_slot_start(lmi_slot *slot, const lmi_sandbox_params *params, const lmi_walls *walls,
                           uint64_t id, const lmi_buf *text);

/* Kill it when its time is over, its memory, or the files that it may make. */
void lmi_slot_look(lmi_slot *slot, const lmi_sandbox_params *params, double now_ms);

/* It has ended, or must end: take in what there is, clean up behind it. */
void lmi_slot_finish(lmi_finding *out, lmi_slot *slot);

#endif
