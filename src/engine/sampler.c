/*
 * sampler.c - drawing tokens.
 *
 * The order is that of transformers and vLLM, which the paper's numbers come from:
 * temperature first, then top-k, top-p, min-p (libllama's own programs apply the temperature
 * last, which keeps other tokens). Each agent of each question has its own stream of random
 * numbers, so what it draws depends on nothing that runs beside it or before.
 */
#include "engine/sampler.h"

#include <math.h>

#include "base/mem.h"

struct lmi_sampler {
    const lmas_model *model;
    struct llama_sampler *chain;  /* NULL when greedy */
    llama_token_data *candidates; /* [n_vocab], NULL when greedy */
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

lmas_status lmi_sampler_new(lmi_sampler **out, const lmas_model *model,
                            const lmas_sampling *sampling, uint64_t question, size_t agent)
{
    lmi_sampler *sampler = lmi_new(1, sizeof(*sampler));

    if (!sampler)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a sampler");
    sampler->model = model;
    if (sampling->temperature > 0.0f) {
        sampler->candidates = lmi_new((size_t)model->info.n_vocab, sizeof(llama_token_data));
        sampler->chain = llama_sampler_chain_init(llama_sampler_chain_default_params());
        if (!sampler->candidates || !sampler->chain) {
            lmi_sampler_free(sampler);
            return lmi_fail(LMAS_E_NOMEM, "no memory for a sampler");
        }
        build_chain(sampler->chain, sampling, lmi_sampler_seed(sampling->seed, question, agent));
    }
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

/* The first of the largest; -1 when none is a number. */
static int32_t largest(const float *logits, int32_t n)
{
    int32_t best = -1;
    int32_t i;

    for (i = 0; i < n; i++)
        if (!isnan(logits[i]) && (best < 0 || logits[i] > logits[best]))
            best = i;
    return best;
}

static int32_t draw(lmi_sampler *sampler, const float *logits)
{
    const int32_t n = sampler->model->info.n_vocab;
    llama_token_data_array list = {.data = sampler->candidates, .size = (size_t)n, .selected = -1};
    int32_t i;

    for (i = 0; i < n; i++)
        sampler->candidates[i] = (llama_token_data){.id = i, .logit = logits[i]};
    llama_sampler_apply(sampler->chain, &list);
    if (list.selected < 0 || (size_t)list.selected >= list.size)
        return -1;
    i = list.data[list.selected].id;
    llama_sampler_accept(sampler->chain, i);
    return i;
}

lmas_status lmi_sampler_draw(int32_t *out, lmi_sampler *sampler, const float *logits)
{
    const int32_t best = largest(logits, sampler->model->info.n_vocab);
    int32_t token = best;

    if (best < 0 || !isfinite(logits[best]))
        return lmi_fail(LMAS_E_ENGINE, "the logits are not finite: the model is broken or "
                                       "overflows in this precision");
    if (sampler->chain)
        token = draw(sampler, logits);
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
