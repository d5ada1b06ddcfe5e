/* synthetic.h - vocabulary of a synthetic model: enough to read English and to speak nonsense. */
#ifndef LMI_ENGINE_SYNTHETIC_H
#define LMI_ENGINE_SYNTHETIC_H

#include <gguf.h>

#include "base/status.h"

/* Add a tokenizer of `n_vocab` tokens to the metadata, and a ChatML template. */
lmas_status lmi_synthetic_vocab(struct gguf_context *gguf, int32_t n_vocab);

#endif
