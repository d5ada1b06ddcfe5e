/*
 * cells.h - the bytes of a lane, read cell by cell and put back, and lanes made of others' cells.
 *
 *   blob    magic, sequence, then pool after pool
 *   pool    streams; cells; their places; shape; keys of each layer; values of each layer
 *   place   position, 1, (x, y, token where the model has them), sequence
 *
 * A model with sliding windows has two pools: of the layers that see all, then of the others,
 * where only the cells in the window are. libllama documents none of this: bytes that do not come
 * out even are refused.
 */
#ifndef LMI_ENGINE_STATE_CELLS_H
#define LMI_ENGINE_STATE_CELLS_H

#include "engine/state/blob.h"

enum { LMI_POOLS_MAX = 4 };

/* One layer's keys or values: a row a cell; transposed values have a row for each of `n_rows`. */
typedef struct lmi_layer_rows {
    uint32_t type;   /* enum ggml_type */
    uint32_t n_rows; /* of transposed values, else 0 */
    size_t size;     /* bytes of a cell in a row */
    uint8_t *data;
} lmi_layer_rows;

typedef struct lmi_pool {
    uint32_t n_streams;
    uint32_t n; /* cells */
    uint8_t *places;
    uint32_t is_transposed, n_layers, n_rot_k, n_rot_v; /* n_rot_k: see turn.h */
    lmi_layer_rows *keys;                               /* [n_layers] */
    lmi_layer_rows *values;                             /* [n_layers], or NULL: made of the keys */
} lmi_pool;

typedef struct lmi_cells {
    const uint8_t *head; /* magic and sequence */
    uint32_t n_pools;
    lmi_pool pools[LMI_POOLS_MAX];
    size_t place_size; /* bytes of a place */
    bool has_values;
} lmi_cells;

/* Read `blob`, which the cells point into. Free with lmi_cells_done(). */
lmas_status lmi_cells_read(lmi_cells *out, const lmi_blob *blob);
void lmi_cells_done(lmi_cells *cells);

uint32_t lmi_cells_position(const lmi_cells *cells, const lmi_pool *pool, uint32_t i);

/* A cell at position p gets `place[p]`; its keys stay as they are. */
void lmi_cells_renumber(lmi_cells *cells, const uint32_t *place);

/* How many cells of `pool` are at positions [begin, end). */
uint32_t lmi_cells_count(const lmi_cells *cells, const lmi_pool *pool, uint32_t begin,
                         uint32_t end);

/* A lane's bytes, and what they say: zeros of a lane that holds nothing. To be done with after a
 * failure too. */
typedef struct lmi_view {
    lmi_blob blob;
    lmi_cells cells;
} lmi_view;

lmas_status lmi_view_lane(lmi_view *out, lmi_context *ctx, const lmi_lane *lane);
void lmi_view_done(lmi_view *view);

/* From here on the lane is these bytes, and ends at `pos`; or it has failed. Its result goes. */
lmas_status lmi_lane_become(lmi_context *ctx, lmi_lane *lane, const lmi_blob *blob, uint32_t pos);

/* All cells of `to` (NULL for none), then those of `from` at [begin, end), `delta` further on.
 * Keys are as they were. */
lmas_status lmi_cells_join(lmi_blob *out, const lmi_cells *to, const lmi_cells *from,
                           uint32_t begin, uint32_t end, int64_t delta);

/* The cells whose positions `is_kept` names, which has a place for each position there is. */
lmas_status lmi_cells_thin(lmi_blob *out, const lmi_cells *cells, const bool *is_kept);

/* The first cell of each pool `n` times, at positions 0 to n - 1: room to write others' into. */
lmas_status lmi_cells_repeat(lmi_blob *out, const lmi_cells *cells, uint32_t n);

#endif
