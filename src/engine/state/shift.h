/*
 * shift.h - a lane that begins as another is, and a block of a lane that goes on in another.
 *
 *   fork     a  ████████            b := a            b  ████████
 *   splice   a  ░░░░████████░░      b  ██████  ──▶    b  ██████████████
 *                   begin   end        to->pos           the block, delta further on or back
 *
 * The block goes through host memory: its keys are turned by delta as the model would have turned
 * them there (turn.h), its values stay. In a pool it gets new cells, in a part of its own the lane
 * is made anew of the bytes of both. What the block's states once saw they keep. libllama's own
 * shift (llama_memory_seq_add) is not used: it applies YaRN's factor again, ends the process on
 * some types of keys and on M-RoPE, and moves a shared cell for all who share it.
 */
#ifndef LMI_ENGINE_STATE_SHIFT_H
#define LMI_ENGINE_STATE_SHIFT_H

#include "engine/context.h"

/* How this context's keys turn. A context has one once a join was asked for. */
typedef struct lmi_shift lmi_shift;
void lmi_shift_free(lmi_shift *shift);

/* An empty, idle lane `to` becomes what the idle lane `from` is. */
lmas_status lmi_lane_fork(lmi_context *ctx, lmi_lane *to, lmi_lane *from);

/* Measure how keys turn, and prove it: a block moved must be as if read there. Once a context,
 * before its first join; later calls cost nothing. Needs a free lane. What it finds wrong is no
 * failure but what lmi_context_cannot_join() says from then on. */
lmas_status lmi_context_prove_join(lmi_context *ctx);

/* Why no block can move here, in words; NULL where one can. Before the proof it says only what is
 * known without it. */
const char *lmi_context_cannot_join(const lmi_context *ctx);

/* Append positions [begin, end) of `from` behind those of `to`. Both are idle and may be the same;
 * `from` stays as it is. LMAS_E_MODEL where no block can move, LMAS_E_CONTEXT_FULL where `to`
 * cannot hold it, LMAS_E_INVALID where a window has dropped part of the block: `to` is as it was.
 * Any later failure leaves a `to` with cells of its own failed, and another as it was. */
lmas_status lmi_lane_splice(lmi_context *ctx, lmi_lane *to, lmi_lane *from, uint32_t begin,
                            uint32_t end);

#endif
