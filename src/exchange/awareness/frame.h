/*
 * frame.h - an AVP frame, as much of one as a package holds (docs/memory.md; src/store/avp has all
 * of it, which is the library's).
 */
#ifndef LMI_EXCHANGE_AWARENESS_FRAME_H
#define LMI_EXCHANGE_AWARENESS_FRAME_H

#include "exchange/awareness/cells.h"

typedef struct lmi_awareness_frame {
    bool is_cells;
    lmi_awareness_cells cells; /* of a KV cache */
    uint32_t n_layer, n_embd;  /* of the model, as the frame has them */
    float *vector;             /* [n_embd] else */
} lmi_awareness_frame;

/* Read an unpacked frame of float32: a KV cache, or one hidden state that went through no map.
 * FORMAT where it is damaged, INVALID where it is another kind. */
lmi_exchange_verdict lmi_awareness_read_frame(lmi_awareness_frame *out, const char *path);
void lmi_awareness_frame_done(lmi_awareness_frame *frame);

lmi_exchange_verdict lmi_awareness_write_frame(const char *path, const lmi_awareness_frame *frame);

#endif
