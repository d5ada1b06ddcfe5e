/*
 * verdict.h - from what a driver said, and how its process ended, to how the program ended.
 *
 * The driver's lines: "ready", then "none" or "run N", then nothing, "same", "exited TEXT",
 * "failed TEXT" or the token. Behind N stand four numbers for each piece of a program that is not
 * candidate N as it is. What comes after that line may be the program's own invention, so nothing
 * but the token means that it has passed.
 */
#ifndef LMI_SANDBOX_VERDICT_H
#define LMI_SANDBOX_VERDICT_H

#include <stdbool.h>
#include <stddef.h>

#include "sandbox/limits.h"
#include "sandbox/payload.h"
#include "sandbox/sandbox.h"

typedef struct lmi_end {
    const char *said; /* all that the driver said */
    size_t n_said;
    const char *output; /* the end of what was printed */
    size_t n_output;
    int signal_number; /* 0 when it ended with a status */
    int exit_status;
    bool is_late;    /* the wall clock had run out */
    bool is_too_big; /* the host killed it for the memory of all its processes */
    bool is_crowded; /* or for the number of its files */
    double wall_ms;  /* the limit, for the text */
} lmi_end;

typedef struct lmi_finding {
    lmi_ending ending;
    size_t candidate;
    lmi_piece pieces[LMI_PIECES_MAX];
    size_t n_pieces;
    char detail[LMI_DETAIL_MAX + 1]; /* one line of valid UTF-8 */
} lmi_finding;

void lmi_find_ending(lmi_finding *out, const lmi_end *end, const lmi_token *token);

#endif
