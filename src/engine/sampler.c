/*
 * sampler.c - drawing tokens.
 *
 * The order is that of transformers and vLLM, which the paper's numbers come from:
 * temperature first, then top-k, top-p, min-p (libllama's own programs apply the temperature
 * last, which keeps other tokens). What top-k keeps is looked for before the temperature, which
 * changes no order: a vocabulary of 150,000 is read once, and nothing of its size is written.
 * Each agent of each question has its own stream of random numbers, so what it draws depends on
 * nothing that runs beside it or before.
 */
#include "engine/sampler.h"

#include <math.h>

#include "base/mem.h"

struct lmi_sampler {
    const lmas_model *model;
    struct llama_sampler *chain;  /* NULL when greedy */
    llama_token_data *candidates; /* [n_most] */
    size_t n_most;                /* of the largest logits that one of may be drawn */
};

lmas_status lmi_sampling_check(const lmas_sampling *sampling)
{
    if (!(sampling->temperature >= 0.0f && sampling->temperature <= (float)LMAS_TEMPERATURE_MAX))
        return lmi_fail(LMAS_E_INVALID, "temperature must be from 0 to %d, got %g",
                        LMAS_TEMPERATURE_MAX, (double)sampling->temperature);
    if (!(sampling->top_p > 0.0f && sampling->top_p <= 1.0f))
        return lmi_fail(LMAS_E_INVALID, "top_p must be above 0 and at most 1, got %g",
                        (double)sampling->top_p);
    if (sampling->top_k < 0 || sampling->top_k > LMAS_TOP_K_MAX)
        return lmi_fail(LMAS_E_INVALID, "top_k must be from 0 to %d, got %d", LMAS_TOP_K_MAX,
                        sampling->top_k);
    if (!(sampling->min_p >= 0.0f && sampling->min_p <= 1.0f))
        return lmi_fail(LMAS_E_INVALID, "min_p must be from 0 to 1, got %g",
                        (double)sampling->min_p);
    return LMAS_OK;
}

/* One well-mixed number from two (the finaliser of SplitMix64). */
static uint64_t mix(uint64_t seed, uint64_t stream)
{
    uint64_t z = seed + 0x9e3779b97f4a7c15ull * (stream + 1);

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
}

/* The value that libllama takes for "choose one at random" is avoided. */
uint32_t lmi_sampler_seed(uint64_t seed, uint64_t question, size_t agent)
{
    const uint64_t of_question = mix(seed, question);
    const uint32_t z = (uint32_t)(agent ? mix(of_question, agent) : of_question);

    return z == LLAMA_DEFAULT_SEED ? 0 : z;
}

static void build_chain(struct llama_sampler *chain, const lmas_sampling *sampling, uint32_t seed)
{
    llama_sampler_chain_add(chain, llama_sampler_init_temp(sampling->temperature));
    if (sampling->top_k > 0)
        llama_sampler_chain_add(chain, llama_sampler_init_top_k(sampling->top_k));
    if (sampling->top_p < 1.0f)
        llama_sampler_chain_add(chain, llama_sampler_init_top_p(sampling->top_p, 1));
    if (sampling->min_p > 0.0f)
        llama_sampler_chain_add(chain, llama_sampler_init_min_p(sampling->min_p, 1));
    llama_sampler_chain_add(chain, llama_sampler_init_dist(seed));
}

/* How many tokens may be drawn at all. */
static size_t n_candidates(const lmas_model *model, const lmas_sampling *sampling)
{
    const size_t n_vocab = (size_t)model->info.n_vocab;

    if (!(sampling->temperature > 0.0f))
        return 1;
    return sampling->top_k > 0 && (size_t)sampling->top_k < n_vocab ? (size_t)sampling->top_k
                                                                    : n_vocab;
}

lmas_status lmi_sampler_new(lmi_sampler **out, const lmas_model *model,
                            const lmas_sampling *sampling, uint64_t question, size_t agent)
{
    lmi_sampler *sampler = lmi_new(1, sizeof(*sampler));

    if (!sampler)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a sampler");
    sampler->model = model;
    sampler->n_most = n_candidates(model, sampling);
    sampler->candidates = lmi_new(sampler->n_most, sizeof(llama_token_data));
    if (sampling->temperature > 0.0f)
        sampler->chain = llama_sampler_chain_init(llama_sampler_chain_default_params());
    if (!sampler->candidates || (sampling->temperature > 0.0f && !sampler->chain)) {
        lmi_sampler_free(sampler);
        return lmi_fail(LMAS_E_NOMEM, "no memory for a sampler");
    }
    if (sampler->chain)
        build_chain(sampler->chain, sampling, lmi_sampler_seed(sampling->seed, question, agent));
    *out = sampler;
    return LMAS_OK;
}

void lmi_sampler_free(lmi_sampler *sampler)
{
    if (!sampler)
        return;
    if (sampler->chain)
        llama_sampler_free(sampler->chain);
    lmi_free(sampler->candidates);
    lmi_free(sampler);
}

/* Put a candidate in the place of the least one of a heap, whose least is first. */
static void replace_least(llama_token_data *heap, size_t n, llama_token_data candidate)
{
    size_t at = 0;

    for (;;) {
        size_t child = 2 * at + 1;

        if (child + 1 < n && heap[child + 1].logit < heap[child].logit)
            child++;
        if (child >= n || heap[child].logit >= candidate.logit)
            break;
        heap[at] = heap[child];
        at = child;
    }
    heap[at] = candidate;
}

/* The candidates are the largest logits, of equal ones the first; what is no number, or -inf, is
 * none. How many there are. */
static size_t choose_largest(lmi_sampler *sampler, const float *logits)
{
    llama_token_data *heap = sampler->candidates;
    const size_t n = sampler->n_most;
    size_t i, n_found = 0;

    for (i = 0; i < n; i++)
        heap[i] = (llama_token_data){.id = -1, .logit = -INFINITY};
    for (i = 0; i < (size_t)sampler->model->info.n_vocab; i++)
        if (logits[i] > heap[0].logit)
            replace_least(heap, n, (llama_token_data){.id = (llama_token)i, .logit = logits[i]});
    for (i = 0; i < n; i++)
        if (heap[i].id >= 0)
            heap[n_found++] = heap[i];
    return n_found;
}

static size_t choose_all(lmi_sampler *sampler, const float *logits)
{
    size_t i;

    for (i = 0; i < sampler->n_most; i++)
        sampler->candidates[i] = (llama_token_data){.id = (llama_token)i, .logit = logits[i]};
    return sampler->n_most;
}

/* The largest of the candidates; NULL when none is a number. */
static const llama_token_data *best_of(const lmi_sampler *sampler, size_t n)
{
    const llama_token_data *best = NULL;
    size_t i;

    for (i = 0; i < n; i++)
        if (!isnan(sampler->candidates[i].logit) &&
            (!best || sampler->candidates[i].logit > best->logit))
            best = &sampler->candidates[i];
    return best;
}

static int32_t draw(lmi_sampler *sampler, size_t n)
{
    llama_token_data_array list = {.data = sampler->candidates, .size = n, .selected = -1};
    int32_t token;

    llama_sampler_apply(sampler->chain, &list);
    if (list.selected < 0 || (size_t)list.selected >= list.size)
        return -1;
    token = list.data[list.selected].id;
    llama_sampler_accept(sampler->chain, token);
    return token;
}

lmas_status lmi_sampler_draw(int32_t *out, lmi_sampler *sampler, const float *logits)
{
    const bool is_some = sampler->n_most < (size_t)sampler->model->info.n_vocab;
    const size_t n = is_some ? choose_largest(sampler, logits) : choose_all(sampler, logits);
    const llama_token_data *best = best_of(sampler, n);
    int32_t token;

    if (!best || !isfinite(best->logit))
        return lmi_fail(LMAS_E_ENGINE, "the logits are not finite: the model is broken or "
                                       "overflows in this precision");
    token = sampler->chain ? draw(sampler, n) : best->id;
    if (token < 0)
        return lmi_fail(LMAS_E_ENGINE, "the sampler chose no token");
    *out = token;
    return LMAS_OK;
}

lmas_sampling lmas_sampling_default(void)
{
    return (lmas_sampling){
        .temperature = 0.6f, .top_p = 0.95f, .top_k = 20, .min_p = 0.0f, .seed = 42};
}
