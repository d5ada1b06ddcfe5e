/*
 * turn.h - how a model turns its keys by position, measured.
 *
 * RoPE turns pairs of a key's values, each pair at a rate of its own. Which values pair, and how
 * fast they turn, depends on the architecture, the layer, the file and the context's size; so it is
 * not looked up here. A token that is read alone sees nothing but itself: wherever it stands, its
 * keys differ by the turn only, in every layer. The same tokens, read at positions 0, 1, 8, 64 ...,
 * show the pairs and, finer with each position, the rates.
 *
 *   position 0      position 1       position 8
 *      k ────turn───▶ k' ─────turn────▶ k''       angle = rate x distance
 */
#ifndef LMI_ENGINE_STATE_TURN_H
#define LMI_ENGINE_STATE_TURN_H

#include "engine/state/cells.h"
#include "engine/state/fit.h"

typedef struct lmi_turns {
    uint32_t n; /* layers of all pools, in the order of the bytes */
    lmi_turn *layers;
    double residue;  /* the worst share of a layer's keys that its turn does not explain */
    double rounding; /* the share that their type may round away */
} lmi_turns;

/* Measure on an empty, idle lane, which is empty again afterwards. LMAS_E_MODEL, with the
 * reason, where the keys do not turn by position alone. */
lmas_status lmi_turns_measure(lmi_turns *out, lmi_context *ctx, lmi_lane *lane);
void lmi_turns_done(lmi_turns *turns);

/* Turn the keys of all cells but the first n_skipped[i] of pool i by `delta` positions. */
lmas_status lmi_turns_apply(const lmi_turns *turns, const lmi_cells *cells,
                            const uint32_t *n_skipped, int64_t delta);

/* How far apart the keys of two lanes lie that hold the same positions: the worst layer's
 * difference, as a share of its keys. Negative when memory is out. */
double lmi_turns_distance(const lmi_turns *turns, const lmi_cells *a, const lmi_cells *b);

/* Read `n` tokens at `pos`, where the lane ends or, of an empty one, anywhere; ticks until they are
 * read. */
lmas_status lmi_lane_read_at(lmi_context *ctx, lmi_lane *lane, uint32_t pos, const int32_t *tokens,
                             size_t n, unsigned want);

#endif
