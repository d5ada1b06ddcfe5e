/*
 * prefix.h - positions that were read once, for many lanes.
 *
 * Where lanes draw from one pool of cells, a prefix is a sequence of its own and every lane
 * that takes it shares its cells. Where each lane has its own part, sequences cannot share, and
 * a prefix is a copy in host memory: taking it costs milliseconds.
 */
#ifndef LMI_ENGINE_PREFIX_H
#define LMI_ENGINE_PREFIX_H

#include "engine/state/blob.h"

typedef struct lmi_prefix {
    uint32_t n;  /* positions */
    int32_t seq; /* the sequence that holds its cells, -1 when it is a copy */
    lmi_blob copy;
} lmi_prefix;

/* Whether a prefix can be kept at all: not where a state sums up all that was read. */
bool lmi_prefix_is_possible(const lmi_context *ctx);

/* Keep all that the lane holds, which stays as it is but for its `ms`. At most one prefix of a
 * context shares cells, the first one kept with `may_share`. */
lmas_status lmi_prefix_keep(lmi_prefix **out, lmi_context *ctx, lmi_lane *lane, bool may_share);
void lmi_prefix_free(lmi_context *ctx, lmi_prefix *prefix);

/* Put the first `n` positions of the prefix into an empty, idle lane. */
lmas_status lmi_prefix_give(lmi_context *ctx, lmi_lane *lane, const lmi_prefix *prefix, uint32_t n);

#endif
