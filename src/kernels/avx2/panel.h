/*
 * panel.h - tiles of quantised weights, unpacked as far as AVX2 multiplies them.
 *
 * A panel is a tile's next 256 columns, as bytes: for types of up to 6 bits unsigned ones, whose
 * products with int8 can be added in 16 bits for a while; for those of 8 bits signed ones.
 *
 *      w = scale * (u - bias) + least
 */
#ifndef LMI_KERNELS_AVX2_PANEL_H
#define LMI_KERNELS_AVX2_PANEL_H

#include "kernels/path.h"

enum {
    LMI_PANEL_COLS = 256,
    LMI_PANEL_GROUPS = LMI_PANEL_COLS / LMI_GROUP,
    LMI_GROUP_BYTES = LMI_TILE * LMI_GROUP, /* u of one group: [8 words of columns][16 rows][4] */
};

typedef struct lmi_panel {
    _Alignas(32) uint8_t u[LMI_PANEL_GROUPS][LMI_GROUP_BYTES];
    float scale[LMI_PANEL_GROUPS][2]
               [LMI_TILE]; /* of a group's two halves, which mostly are equal */
    float least[LMI_PANEL_GROUPS][LMI_TILE];
} lmi_panel;

/* How the panels of a type are read. */
typedef struct lmi_reading {
    int bias;
    size_t n_words; /* whose products fit 16 bits when they are added; 0: signed bytes */
    bool has_least;
    bool is_halved; /* 16 columns share a scale */
} lmi_reading;

lmi_reading lmi_avx2_reading(enum ggml_type type);

/* Fill `panel` with `n` groups (at most 8, and 8 where a block has 256 columns) from `group` on. */
void lmi_avx2_fill(lmi_panel *panel, const lmi_layout *layout, const uint8_t *tile, size_t group,
                   size_t n);

#endif
