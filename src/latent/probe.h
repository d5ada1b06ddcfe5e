/*
 * probe.h - a few words from where a memory stands, behind which it is what it was.
 *
 *   memory   ██████████████┬░░░░░░░░   greedy tokens behind the last thought, as if the agent spoke
 *                          └ back to here
 *
 * It happens in the memory's own lane, so it takes none; the cells of the words are dropped again.
 * Where cells cannot be dropped (a state that sums up), or the words would push others out of a
 * window that shares a pool, the lane's bytes from before are put back.
 */
#ifndef LMI_LATENT_PROBE_H
#define LMI_LATENT_PROBE_H

#include "engine/sampler.h"
#include "engine/state/blob.h"
#include "latent/memory.h"
#include "latent/speech.h"

typedef struct lmi_probe {
    uint32_t begin;  /* where the memory ends */
    uint32_t n_most; /* tokens */
    uint32_t n_said;
    int32_t token; /* which is taken in */
    lmi_sampler *sampler;
    lmi_speech speech;
    lmi_blob before; /* the lane's bytes, where they must be put back */
} lmi_probe;

/* Whether a model's memory is put back so, at least where lanes share a pool. */
bool lmi_probe_copies(const lmas_model *model);

/* Of an idle memory whose lane has fresh logits: at most `n` tokens, less where the lane has no
 * room for as many. To be done with after a failure too. */
lmas_status lmi_probe_begin(lmi_probe *out, lmas_memory *memory, uint32_t n);

/* The memory is idle: draw, and take in. Sets `*has_ended` when the memory is what it was, without
 * a result; `speech` has the words. */
lmas_status lmi_probe_step(bool *has_ended, lmi_probe *probe, lmas_memory *memory);
void lmi_probe_done(lmi_probe *probe);

#endif
