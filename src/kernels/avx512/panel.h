/*
 * panel.h - tiles of quantised weights, unpacked as far as VNNI takes them.
 *
 * A panel is a tile's next 256 columns: unsigned bytes u, and for each 32 columns (or 16) of each
 * row a scale and, of some types, a least value. It stays in the first-level cache while all rows
 * of activations pass.
 *
 *      w = scale * (u - bias) + least
 */
#ifndef LMI_KERNELS_AVX512_PANEL_H
#define LMI_KERNELS_AVX512_PANEL_H

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
    bool has_least;
    bool is_halved; /* 16 columns share a scale */
} lmi_reading;

lmi_reading lmi_panel_reading(enum ggml_type type);

/* Fill `panel` with `n` groups (at most 8, and 8 where a block has 256 columns) from `group` on. */
void lmi_panel_fill(lmi_panel *panel, const lmi_layout *layout, const uint8_t *tile, size_t group,
                    size_t n);

#endif
