/*
 * rebuild.c - a working memory fed again with what was fed into it.
 *
 * Tokens and vectors are the same numbers as then, in the same order; what a cache of another type
 * or another libllama makes of them is its own.
 */
#include <math.h>

#include "base/mem.h"
#include "store/load.h"

static lmas_status check_tokens(const lmi_container *c, const int32_t *tokens, uint64_t n)
{
    uint64_t i;

    for (i = 0; i < n; i++)
        if (tokens[i] < 0 || (uint32_t)tokens[i] >= c->manifest.n_vocab)
            return lmi_fail(LMAS_E_FORMAT, "%s: token %llu is %d, of a vocabulary of %u", c->path,
                            (unsigned long long)i, tokens[i], c->manifest.n_vocab);
    return LMAS_OK;
}

static lmas_status check_vectors(const lmi_container *c, const float *vectors, uint64_t n)
{
    uint64_t i;

    for (i = 0; i < n; i++)
        if (!isfinite(vectors[i]))
            return lmi_fail(LMAS_E_FORMAT, "%s: a value of thought %llu is not finite", c->path,
                            (unsigned long long)(i / c->manifest.n_embd));
    return LMAS_OK;
}

lmas_status lmi_content_read(int32_t **tokens, float **vectors, const lmi_container *container)
{
    void *ids = NULL, *values = NULL;
    uint64_t n_tokens, n_vectors;
    lmas_status status;

    lmi_manifest_count(&n_tokens, &n_vectors, &container->manifest);
    status = lmi_container_unpack(&ids, container, LMI_CHUNK_TOKENS);
    if (status == LMAS_OK)
        status = lmi_container_unpack(&values, container, LMI_CHUNK_VECTORS);
    if (status == LMAS_OK)
        status = check_tokens(container, ids, n_tokens);
    if (status == LMAS_OK)
        status = check_vectors(container, values, n_vectors * container->manifest.n_embd);
    if (status != LMAS_OK) {
        lmi_free(ids);
        lmi_free(values);
        return status;
    }
    *tokens = ids;
    *vectors = values;
    return LMAS_OK;
}

static lmas_status feed_tokens(lmas_memory *memory, const lmas_segment *s, const int32_t *tokens,
                               unsigned want)
{
    lmas_status status = s->kind == LMAS_SEGMENT_TEXT
                             ? lmi_memory_start_text(memory, s->agent, tokens, s->n, want)
                             : lmi_memory_start_read(memory, s->agent, tokens, s->n, want);

    return status == LMAS_OK ? lmi_memory_wait(memory) : status;
}

static lmas_status feed_vectors(lmas_memory *memory, const lmas_segment *s, const float *vectors,
                                unsigned want)
{
    lmas_status status = lmi_session_check_thinking(memory->session);
    uint32_t i;

    for (i = 0; status == LMAS_OK && i < s->n; i++) {
        status =
            lmi_memory_start_vector(memory, s->agent, vectors + (size_t)i * memory->account.n_embd,
                                    i + 1 < s->n ? LMI_WANT_NOTHING : want);
        if (status == LMAS_OK)
            status = lmi_memory_wait(memory);
    }
    return status;
}

/* What the last row must give: what was at hand when it was saved. */
static unsigned wanted(const lmi_manifest *m, size_t i)
{
    if (i + 1 < m->n_segments)
        return LMI_WANT_NOTHING;
    return (m->has_hidden ? LMI_WANT_HIDDEN : 0) | (m->has_logits ? LMI_WANT_LOGITS : 0);
}

static lmas_status feed(lmas_memory *memory, const lmi_manifest *m, const int32_t *tokens,
                        const float *vectors)
{
    lmas_status status = lmi_context_check(memory->session->ctx);
    size_t i;

    for (i = 0; status == LMAS_OK && i < m->n_segments; i++) {
        const lmas_segment *s = &m->segments[i];
        const lmi_extent base = lmi_extent_of(m->segments, i);

        if (s->kind == LMAS_SEGMENT_THOUGHT)
            status = feed_vectors(memory, s, vectors + base.n_vectors * m->n_embd, wanted(m, i));
        else
            status = feed_tokens(memory, s, tokens + base.n_tokens, wanted(m, i));
    }
    return status;
}

lmas_status lmi_memory_rebuild(lmas_memory *memory, const lmi_container *container,
                               const char *reason)
{
    int32_t *tokens = NULL;
    float *vectors = NULL;
    lmas_status status = lmi_content_read(&tokens, &vectors, container);

    if (status == LMAS_OK)
        status = feed(memory, &container->manifest, tokens, vectors);
    lmi_free(tokens);
    lmi_free(vectors);
    if (status != LMAS_OK)
        return status;
    memory->rebuilt = lmi_strdup(reason);
    return memory->rebuilt ? LMAS_OK : lmi_fail(LMAS_E_NOMEM, "no memory for a reason");
}
