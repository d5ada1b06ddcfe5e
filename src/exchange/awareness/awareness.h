/*
 * awareness.h - packages of Awareness, and AVP frames: one out of the other.
 *
 *     NAME.memorypkg, a ZIP   kv_cache/keys.json, values.json   [layer][token][value],
 *                               [layer][head][token][value] or [layer][token][head][value]
 *                             kv_cache/entries.json in place of them: of one layer, the tokens
 *                               that were kept
 *                             kv_cache/metadata.json, metadata.json, provenance.json
 *                             w_matrix/: written for their reader, and not read
 *     NAME.vectorpkg, a ZIP   vector.json, metadata.json, provenance.json, w_matrix/
 *
 *     .memorypkg ◀──▶ a frame of a KV cache, f32      lmas_memory_import(), lmas_memory_export()
 *     .vectorpkg ◀──▶ a frame of one hidden state
 *
 * A package says neither which model's numbers it holds nor how many heads they are of: the caller
 * does. And it may hold numbers that no model has computed, for there are programs that make them
 * up. So what says that it is simulated, is even noise between two bounds, or has nothing in common
 * from token to token, is refused.
 */
#ifndef LMI_EXCHANGE_AWARENESS_AWARENESS_H
#define LMI_EXCHANGE_AWARENESS_AWARENESS_H

#include <stdint.h>

#include "exchange/verdict.h"

/* The model, as lmas_model_info has it. */
typedef struct lmi_awareness_shape {
    uint32_t n_layer, n_head_kv, n_embd;
} lmi_awareness_shape;

/* Write the package as a frame, which a session of that model takes. FORMAT where it is no such
 * package, of another shape, or made up. */
lmi_exchange_verdict lmi_awareness_import(const char *frame, const char *package,
                                          const lmi_awareness_shape *shape);

/* What a package says of itself; all needed. */
typedef struct lmi_awareness_about {
    const char *name, *description, *creator; /* lines; their reader wants 10 letters to describe */
    const char *model;                        /* whose numbers these are */
} lmi_awareness_about;

/* Write the frame as a package: of memory where it holds a KV cache, of a vector where it holds one
 * hidden state. It must be f32, unpacked, and without a map; else INVALID says so. */
lmi_exchange_verdict lmi_awareness_export(const char *package, const char *frame,
                                          const lmi_awareness_about *about);

#endif
