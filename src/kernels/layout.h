/*
 * layout.h - how the rows of a matrix become tiles.
 *
 * A tile is 16 rows that are multiplied at once, one in each lane of a vector of 16 words. The file
 * has row after row, each a series of blocks; a tile has block after block, and of each block the
 * first word of all 16 rows, then the second, ...: one load brings the same word of every row.
 *
 *      file   row 0: d q0 q1 q2 ... | d q0 ...     tile   q0 of rows 0 .. 15 | q1 of rows 0 .. 15
 *             row 1: d q0 q1 q2 ... | d q0 ...            | ... | d of rows 0 .. 15 | next block
 *
 * Bytes are moved, none is added: a tile takes the place of its rows.
 */
#ifndef LMI_KERNELS_LAYOUT_H
#define LMI_KERNELS_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/ggml.h"

enum {
    LMI_TILE = 16,       /* rows of a tile */
    LMI_GROUP = 32,      /* columns that share a scale of the activations */
    LMI_RUNS_MAX = 4,    /* of words in a block */
    LMI_BLOCK_MAX = 256, /* bytes of a block of one row */
};

/* The blocks of one type of weights. */
typedef struct lmi_layout {
    enum ggml_type type;
    size_t n_cols; /* of a block */
    size_t size;   /* its bytes, of one row */
    struct {
        size_t offset, n; /* bytes into the block, words */
    } runs[LMI_RUNS_MAX]; /* in the order in which a tile has them */
    int half;             /* a last 2 bytes: their offset, -1 for none */
    uint32_t flip; /* bits of the first run that a tile has inverted: int8 becomes uint8 + 128 */
} lmi_layout;

/* NULL for a type that there are no tiles of. */
const lmi_layout *lmi_layout_of(enum ggml_type type);

/* Whether a matrix of the type can be cut into tiles. */
bool lmi_layout_fits(enum ggml_type type, int64_t n_cols, int64_t n_rows);

/* Turn the 16 rows at `rows`, of `row_size` bytes each, into a tile in their place; `spare` has
 * room for as many bytes. */
void lmi_layout_pack(const lmi_layout *layout, void *rows, size_t row_size, void *spare);

/* Block `block` of row `row` of a tile in the file's form, into `out` [layout->size]. */
void lmi_layout_unpack(void *out, const lmi_layout *layout, const void *tile, size_t block,
                       size_t row);

#endif
