/*
 * panel.h - tiles of quantised weights, unpacked as far as int8 products take them.
 *
 * A panel is a tile's next 256 columns: bytes u, and for each 32 columns (or 16) of each row a
 * scale and, of some types, a least value. It stays in the first-level cache while all rows of
 * activations pass.
 *
 *      w = scale * (u - bias) + least
 *
 * Weights of up to 6 bits are unsigned bytes. Those of 8 bits are as the path multiplies them:
 * unsigned with a bias of 128, or signed.
 */
#ifndef LMI_KERNELS_PANEL_H
#define LMI_KERNELS_PANEL_H

#include "kernels/path.h"

enum {
    LMI_PANEL_COLS = 256,
    LMI_PANEL_GROUPS = LMI_PANEL_COLS / LMI_GROUP,
    LMI_GROUP_BYTES = LMI_TILE * LMI_GROUP, /* u of one group: [8 words of columns][16 rows][4] */
};

typedef struct lmi_panel {
    _Alignas(64) uint8_t u[LMI_PANEL_GROUPS][LMI_GROUP_BYTES];
    float scale[LMI_PANEL_GROUPS][2]
               [LMI_TILE]; /* of a group's two halves, which mostly are equal */
    float least[LMI_PANEL_GROUPS][LMI_TILE];
} lmi_panel;

/* How the panels of a type are read. */
typedef struct lmi_reading {
    int bias;
    size_t n_words; /* whose products with int8, added, fit 16 bits; 0 for weights of 8 bits */
    bool has_least;
    bool is_halved; /* 16 columns share a scale */
} lmi_reading;

lmi_reading lmi_panel_reading(enum ggml_type type);

/* Unpacks one block of a tile: into a group, or of 256 columns into all, from `group` on. */
typedef void (*lmi_fill_fn)(lmi_panel *panel, size_t group, const uint8_t *block);

/* A path's ways of unpacking. */
typedef struct lmi_fillers {
    lmi_fill_fn q8_0, q4_0, iq4_nl, q4_1, q5_0, q5_1, q4_k, q5_k, q6_k;
} lmi_fillers;

/* Fill `panel` with `n` groups (at most 8, and 8 where a block has 256 columns) from `group` on. */
void lmi_panel_fill(lmi_panel *panel, const lmi_fillers *fillers, const lmi_layout *layout,
                    const uint8_t *tile, size_t group, size_t n);

/* Word `i` of a block, and what follows it. */
static inline const uint8_t *lmi_from_word(const uint8_t *block, size_t i)
{
    return block + sizeof(uint32_t) * LMI_TILE * i;
}

#endif
