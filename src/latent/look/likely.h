/*
 * likely.h - the tokens nearest to something, the nearest first: a list of given length.
 *
 *     logits ──▶ p = softmax(logits) ──▶ log p(token), and the likeliest in its place
 */
#ifndef LMI_LATENT_LIKELY_H
#define LMI_LATENT_LIKELY_H

#include "engine/model.h"

/* A list of `n` that has no token yet; NULL when memory is out. Free it with its texts. */
lmas_near *lmi_likely_new(uint32_t n);
void lmi_likely_free(const lmas_near *list, uint32_t n);

/* Keep the `n` highest scores, the highest first; of equal ones the first that came. */
void lmi_likely_offer(lmas_near *list, uint32_t n, int32_t token, float score);

/* Give the tokens their texts: valid UTF-8, control tokens by their names. */
lmas_status lmi_likely_spell(lmas_near *list, uint32_t n, const lmas_model *model);

/* How likely `token` is where the head says `logits` [n_vocab], and the `n_top` likeliest in its
 * place. Its text is the caller's to set. */
lmas_status lmi_likely_spoken(lmas_spoken *out, const lmas_model *model, const float *logits,
                              int32_t token, uint32_t n_top);
void lmi_likely_spoken_done(lmas_spoken *spoken);

#endif
