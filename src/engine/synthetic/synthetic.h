/* synthetic.h - the parts of a synthetic model: its vocabulary, and the weights in its file. */
#ifndef LMI_ENGINE_SYNTHETIC_SYNTHETIC_H
#define LMI_ENGINE_SYNTHETIC_SYNTHETIC_H

#include "base/status.h"
#include "engine/libllama.h"

enum { LMI_SYNTHETIC_ALIGNMENT = 32 }; /* of a tensor in the file */

/* Add a tokenizer of `n_vocab` tokens to the metadata, and a ChatML template: enough to read
 * English and to speak nonsense. */
lmas_status lmi_synthetic_vocab(struct gguf_context *gguf, int32_t n_vocab);

/* A model on its way to a file. `tensors` are the names and sizes of those in `gguf`, in its
 * order: matrices of `type`, and vectors, of ones. */
typedef struct lmi_synthetic {
    const char *path;
    enum ggml_type type;
    struct gguf_context *gguf;
    struct ggml_context *tensors;
    lmas_progress_fn progress; /* called on the calling thread only */
    void *user;
} lmi_synthetic;

/* Write it by all cores at hand. The file gets its name when it is whole, and its bytes do not
 * depend on the number of cores. */
lmas_status lmi_synthetic_write(const lmi_synthetic *model);

#endif
