/*
 * edit.h - what a handover does to the cells of a lane: takes some away, or overwrites all.
 *
 *   thin        ████████████  ──▶  █ ██  █  ███    any of them go, and what is left lies together
 *   drop        ████████████  ──▶  ████    ████    a hole: the rest stays where it is
 *                                  ████            a tail: the lane ends earlier
 *   renumber    ██ █  █ ███   ──▶  ███████         holes close, and keys stay as they were turned
 *   overwrite   ████████████  ──▶  ░░░░░░░░░░░░    as many cells, at the same positions
 *
 * What the cells that stay have once seen of those that go, they keep. A model that sums up all it
 * has read (recurrent, hybrid) has nothing that could be taken out: LMAS_E_MODEL, and the lane is
 * as it was.
 */
#ifndef LMI_ENGINE_STATE_EDIT_H
#define LMI_ENGINE_STATE_EDIT_H

#include "engine/state/cells.h"

typedef enum lmi_fill {
    LMI_FILL_ZERO = 0,
    LMI_FILL_RANDOM /* of the length that each vector had */
} lmi_fill;

/* The idle lane loses positions [begin, end). At its end it goes back to behind the last position
 * that is left, earlier holes counted in, and has no result any more; where a sliding window has
 * dropped what would be seen from there, LMAS_E_INVALID, and the lane is as it was. */
lmas_status lmi_lane_drop_range(lmi_context *ctx, lmi_lane *lane, uint32_t begin, uint32_t end);

/* The idle lane loses the cells whose positions `is_kept` [lane->pos] does not name, and goes back
 * as lmi_lane_drop_range() does where the last ones are among them. Attention costs by the highest
 * cell in use, so the lane is made anew of what is left; in a pool of which others hold cells, too,
 * its own are freed where they are, for whoever comes next. Cells that others share stay theirs.
 * `view` is of the lane as it is, NULL to look here. The result goes. */
lmas_status lmi_lane_thin(lmi_context *ctx, lmi_lane *lane, const lmi_view *view,
                          const bool *is_kept);

/* The idle lane's cells get positions 0, 1, 2 ... in their order, and it ends behind the last. Keys
 * stay as they were turned where they were read, so what they are to those who read on is another
 * distance: that is what kNN-LatentMAS does. Cells that others share stay theirs, as below. The
 * result goes. */
lmas_status lmi_lane_renumber(lmi_context *ctx, lmi_lane *lane);

/* Each cell's keys and each cell's values, layer by layer, become zeros, or a vector in a random
 * direction. The draw depends on `seed`, the position and the layer alone: lanes of one seed get
 * the same directions. Cells that others share stay theirs as they were, which takes room for the
 * lane's own: after LMAS_E_CONTEXT_FULL it is failed. The result goes. */
lmas_status lmi_lane_overwrite(lmi_context *ctx, lmi_lane *lane, lmi_fill fill, uint64_t seed);

#endif
