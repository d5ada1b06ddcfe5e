/*
 * passage.h - a frame of AVP into a memory file of the exchange.
 *
 * To become a memory file a frame goes through a KV cache of the model's: one of its own, as long
 * as the frame, in the slow crew's thread. Threads may share a model, and the teams' session stays
 * the thread's that serves. Hidden states are realigned by their norm.
 */
#ifndef LMI_SERVE_PASSAGE_H
#define LMI_SERVE_PASSAGE_H

#include "serve/exchange/chore.h"

/* Keep the frame at that path as a memory of the chore's tenant, of so many positions. */
lmi_exchange_verdict lmi_pass_frame(char id[LMI_EXCHANGE_ID_SIZE], uint32_t *n_pos,
                                    lmi_chore *chore, const char *frame,
                                    const lmi_exchange_offer *offer);

/* What a failure of the library's is to the client, for whom its message calls the file at that
 * path `what`. */
lmi_exchange_verdict lmi_without_path(lmas_status status, const char *path, const char *what);

#endif
