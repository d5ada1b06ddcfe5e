/* pairs.c - see pairs.h. */
#include "latent/realign/pairs.h"

#include "base/mem.h"

static lmas_status check_shape(const lmi_matrix *matrix, const char *name, const lmas_model *model)
{
    if (matrix->n_cols == model->info.n_embd && matrix->n_rows == model->info.n_vocab)
        return LMAS_OK;
    return lmi_fail(LMAS_E_MODEL, "%s of %s is %lld x %lld, %d x %d was expected", name,
                    model->path, (long long)matrix->n_rows, (long long)matrix->n_cols,
                    model->info.n_vocab, model->info.n_embd);
}

lmas_status lmi_pairs_find_in(lmi_matrix *out, const lmi_weights *weights, const lmas_model *model)
{
    if (!lmi_weights_find(out, weights, "token_embd.weight"))
        return lmi_fail(LMAS_E_MODEL, "%s has no token_embd.weight", model->path);
    return check_shape(out, "token_embd.weight", model);
}

lmas_status lmi_pairs_find_out(lmi_matrix *out, const lmi_weights *weights, const lmas_model *model)
{
    if (!lmi_weights_find(out, weights, "output.weight"))
        return lmi_pairs_find_in(out, weights, model);
    return check_shape(out, "output.weight", model);
}

bool lmi_block_init(lmi_block *block, const lmi_pairs *pairs)
{
    *block = (lmi_block){0};
    block->out = lmi_new((size_t)LMI_BLOCK_ROWS * (size_t)pairs->w_out.n_cols, sizeof(float));
    block->in = lmi_new((size_t)LMI_BLOCK_ROWS * (size_t)pairs->w_in.n_cols, sizeof(float));
    block->at = lmi_new(LMI_BLOCK_ROWS, sizeof(*block->at));
    return block->out && block->in && block->at;
}

void lmi_block_done(lmi_block *block)
{
    lmi_free(block->out);
    lmi_free(block->in);
    lmi_free(block->at);
    *block = (lmi_block){0};
}

/* Rows of W_in, those that lie behind each other by one read. */
static lmas_status load_in(lmi_block *block, const lmi_pairs *pairs, const int32_t *to_row)
{
    lmas_status status = LMAS_OK;
    size_t i, n;

    for (i = 0; status == LMAS_OK && i < block->n_shared; i += n) {
        const int32_t first = to_row[block->at[i]];

        for (n = 1; i + n < block->n_shared; n++)
            if (to_row[block->at[i + n]] != first + (int32_t)n)
                break;
        status = lmi_weights_rows(block->in + i * (size_t)pairs->w_in.n_cols, pairs->to,
                                  &pairs->w_in, first, (int64_t)n);
    }
    return status;
}

lmas_status lmi_block_load(lmi_block *block, const lmi_pairs *pairs, int64_t first)
{
    const int64_t left = pairs->w_out.n_rows - first;
    const int64_t n = left < LMI_BLOCK_ROWS ? left : LMI_BLOCK_ROWS;
    const lmas_status status = lmi_weights_rows(block->out, pairs->from, &pairs->w_out, first, n);
    int32_t i;

    if (status != LMAS_OK)
        return status;
    block->n = (size_t)n;
    block->n_shared = 0;
    for (i = 0; i < (int32_t)n; i++)
        if (!pairs->to_row || pairs->to_row[first + i] >= 0)
            block->at[block->n_shared++] = i;
    if (pairs->to_row)
        return load_in(block, pairs, pairs->to_row + first);
    return lmi_weights_rows(block->in, pairs->to, &pairs->w_in, first, n);
}
