/*
 * scale.h - by how much a vector must be longer or shorter for a server than for libllama.
 *
 *     row of W_in ──▶ × as_row ────┐
 *                                  ├──▶ server ──▶ layer 0
 *     vector that libllama takes   │
 *     in place of a token ──▶ × as_input
 *
 * libllama multiplies vectors on some architectures, and so does vLLM on others. What enters layer
 * 0 must be the same.
 */
#ifndef LMI_REMOTE_SCALE_H
#define LMI_REMOTE_SCALE_H

#include "engine/model.h"

typedef struct lmi_scale {
    float as_row;   /* for a raw row of the GGUF's W_in */
    float as_input; /* for a vector as libllama takes it in: a thought, or a row times
                     * model->thought.scale */
} lmi_scale;

/* LMAS_E_MODEL where it is not known what the server does with this architecture's vectors. */
lmas_status lmi_scale_for(lmi_scale *out, const lmas_model *model);

/* The same from the architecture's name, the width, and the scale of tokens alone. */
lmas_status lmi_scale_find(lmi_scale *out, const char *arch, int32_t n_embd, float token_scale);

#endif
