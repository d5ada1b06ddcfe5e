/* sampler.h - from logits to a token: greedy, or libllama's samplers in the reference's order. */
#ifndef LMI_ENGINE_SAMPLER_H
#define LMI_ENGINE_SAMPLER_H

#include "base/status.h"
#include "engine/model.h"

typedef struct lmi_sampler lmi_sampler;

/* Contract of the numbers: temperature and top_k from 0 to their limits, top_p above 0 and at most
 * 1, min_p from 0 to 1. */
lmas_status lmi_sampling_check(const lmas_sampling *sampling);

/* A sampler of its own random stream, decided by the seed, the question's id and the agent's
 * number. */
lmas_status lmi_sampler_new(lmi_sampler **out, const lmas_model *model,
                            const lmas_sampling *sampling, uint64_t question, size_t agent);
void lmi_sampler_free(lmi_sampler *sampler);

/* What decides that stream. */
uint32_t lmi_sampler_seed(uint64_t seed, uint64_t question, size_t agent);

/* Draw a token from `logits` [n_vocab]. */
lmas_status lmi_sampler_draw(int32_t *out, lmi_sampler *sampler, const float *logits);

#endif
