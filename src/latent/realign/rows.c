/* rows.c - see rows.h. */
#include "latent/realign/rows.h"

lmas_status lmi_session_w_in(lmi_matrix *out, lmas_session *session)
{
    lmas_status status = LMAS_OK;

    if (!session->weights)
        status = lmi_weights_open(&session->weights, session->model->path);
    if (status == LMAS_OK && !lmi_weights_find(out, session->weights, "token_embd.weight"))
        status = lmi_fail(LMAS_E_MODEL, "%s has no token_embd.weight", session->model->path);
    return status;
}

lmas_status lmi_session_rows(float *out, lmas_session *session, const int32_t *tokens, size_t n)
{
    const size_t width = (size_t)session->model->info.n_embd;
    const float scale = session->model->thought.scale;
    lmi_matrix w_in;
    lmas_status status = lmi_session_w_in(&w_in, session);
    size_t i;

    if (status == LMAS_OK && (size_t)w_in.n_cols != width)
        status = lmi_fail(LMAS_E_MODEL, "rows of W_in have %lld values, %zu expected",
                          (long long)w_in.n_cols, width);
    for (i = 0; status == LMAS_OK && i < n; i++)
        status = lmi_weights_rows(out + i * width, session->weights, &w_in, tokens[i], 1);
    for (i = 0; status == LMAS_OK && i < n * width; i++)
        out[i] *= scale;
    return status;
}
