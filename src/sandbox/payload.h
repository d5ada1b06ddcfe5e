/*
 * payload.h - a program on its way to the driver, and the token that it sends back.
 *
 * The file the driver reads: half of the token, a line of numbers ("PROCESSES CHANGE SIZE...",
 * a size for each candidate, for what is given and for the tests; the change is 1 for a mutant, 2
 * for the bare program, else 0), then those texts.
 */
#ifndef LMI_SANDBOX_PAYLOAD_H
#define LMI_SANDBOX_PAYLOAD_H

#include "base/buf.h"
#include "sandbox/limits.h"
#include "sandbox/sandbox.h"

typedef struct lmi_token {
    unsigned char bytes[2 * LMI_TOKEN_HALF];
} lmi_token;

lmas_status lmi_token_new(lmi_token *out);

/* All but the half of the token. LMAS_E_INVALID when it is too long or has no candidate. */
lmas_status lmi_payload_text(lmi_buf *out, const lmi_program *program, size_t n_processes);

#endif
