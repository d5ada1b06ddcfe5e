/* rows.h - rows of W_in as a session's model takes them in: what a token is before layer 0. */
#ifndef LMI_LATENT_ROWS_H
#define LMI_LATENT_ROWS_H

#include "latent/session.h"

/* W_in of the session's file, which stays open. */
lmas_status lmi_session_w_in(lmi_matrix *out, lmas_session *session);

/* What libllama takes as a vector in place of each token: its row, scaled [n, n_embd]. */
lmas_status lmi_session_rows(float *out, lmas_session *session, const int32_t *tokens, size_t n);

#endif
