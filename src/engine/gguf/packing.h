/*
 * packing.h - which weights of a model our kernels multiply.
 *
 * Matrices by which every model of libllama only multiplies, or takes rows of, and only those whose
 * type and size the kernels know. libllama is told by a regular expression over their names.
 */
#ifndef LMI_ENGINE_GGUF_PACKING_H
#define LMI_ENGINE_GGUF_PACKING_H

#include "base/buf.h"
#include "engine/gguf/weights.h"

/* Longest expression: a role whose layers differ names each of them. */
#define LMI_PACKING_MAX ((size_t)64 * 1024)

/* Append the expression to `out`; nothing where no matrix can be packed. */
void lmi_packing_choose(lmi_buf *out, const lmi_weights *weights);

#endif
