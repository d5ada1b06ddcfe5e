/* account.c - two lists that grow; account.h draws them. */
#include "latent/account.h"

#include <string.h>

#include "base/mem.h"

lmi_extent lmi_extent_of(const lmas_segment *segments, size_t n)
{
    lmi_extent extent = {0};
    size_t i;

    for (i = 0; i < n; i++) {
        if (segments[i].kind == LMAS_SEGMENT_THOUGHT)
            extent.n_vectors += segments[i].n;
        else
            extent.n_tokens += segments[i].n;
    }
    return extent;
}

void lmi_account_init(lmi_account *account, size_t n_embd, bool is_wanted)
{
    *account = (lmi_account){.is_wanted = is_wanted, .is_straight = true, .n_embd = n_embd};
}

void lmi_account_done(lmi_account *account)
{
    lmi_free(account->tokens);
    lmi_free(account->vectors);
    *account = (lmi_account){0};
}

void lmi_account_clear(lmi_account *account)
{
    account->n_tokens = account->n_vectors = 0;
    account->is_lost = false;
    account->is_straight = true;
}

void lmi_account_lose(lmi_account *account)
{
    account->n_tokens = account->n_vectors = 0;
    account->is_lost = true;
}

bool lmi_account_is_whole(const lmi_account *account)
{
    return account->is_wanted && !account->is_lost;
}

lmas_status lmi_account_add_tokens(lmi_account *account, const int32_t *tokens, size_t n)
{
    if (!lmi_account_is_whole(account) || n == 0)
        return LMAS_OK;
    if (!lmi_reserve((void **)&account->tokens, &account->tokens_capacity, account->n_tokens + n,
                     sizeof(*tokens)))
        return lmi_fail(LMAS_E_NOMEM, "no memory to note %zu tokens of a working memory", n);
    memcpy(account->tokens + account->n_tokens, tokens, n * sizeof(*tokens));
    account->n_tokens += n;
    return LMAS_OK;
}

lmas_status lmi_account_add_vectors(lmi_account *account, const float *vectors, size_t n)
{
    const size_t size = account->n_embd * sizeof(float);

    if (!lmi_account_is_whole(account) || n == 0)
        return LMAS_OK;
    if (!lmi_reserve((void **)&account->vectors, &account->vectors_capacity, account->n_vectors + n,
                     size))
        return lmi_fail(LMAS_E_NOMEM, "no memory to note %zu thoughts of a working memory", n);
    memcpy(account->vectors + account->n_vectors * account->n_embd, vectors, n * size);
    account->n_vectors += n;
    return LMAS_OK;
}

void lmi_account_trim(lmi_account *account, lmi_extent extent)
{
    if (account->n_tokens > extent.n_tokens)
        account->n_tokens = extent.n_tokens;
    if (account->n_vectors > extent.n_vectors)
        account->n_vectors = extent.n_vectors;
}

lmas_status lmi_account_copy(lmi_account *to, const lmi_account *from, lmi_extent base,
                             lmas_segment_kind kind, size_t skip, size_t n)
{
    if (!lmi_account_is_whole(from))
        lmi_account_lose(to);
    if (!lmi_account_is_whole(to))
        return LMAS_OK;
    if (kind == LMAS_SEGMENT_THOUGHT)
        return lmi_account_add_vectors(to, from->vectors + (base.n_vectors + skip) * from->n_embd,
                                       n);
    return lmi_account_add_tokens(to, from->tokens + base.n_tokens + skip, n);
}
