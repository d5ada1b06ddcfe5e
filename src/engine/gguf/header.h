/*
 * header.h - what a GGUF's header says that libllama would abort over.
 *
 * libllama asserts where it ought to refuse, and the caller's process ends. Whatever the header
 * alone foretells is refused before, in one line with the key and its value. The conditions are
 * those of libllama 0.7; a model that it runs meets them all.
 */
#ifndef LMI_ENGINE_GGUF_HEADER_H
#define LMI_ENGINE_GGUF_HEADER_H

#include <stdbool.h>

#include "base/status.h"
#include "engine/libllama.h"

/* LMAS_E_MODEL for a header of `path` that libllama would not survive. `is_mapped`: the file will
 * be mapped into memory. */
lmas_status lmi_header_check(const struct gguf_context *gguf, const char *path, bool is_mapped);

/* The tensors of one part: their types, and where they lie. */
lmas_status lmi_header_check_tensors(const struct gguf_context *gguf, const char *path,
                                     bool is_mapped);

/* The vocabulary (vocab.c). */
lmas_status lmi_header_check_vocab(const struct gguf_context *gguf, const char *path);

/* The smallest and the largest of some numbers. */
typedef struct lmi_range {
    double low, high;
} lmi_range;

/* Id of the key, -1 where it is not there or of another type. */
int64_t lmi_header_find(const struct gguf_context *gguf, const char *key, enum gguf_type type);

/* The numbers at `key`, one or a list; false where there are none. */
bool lmi_header_range(lmi_range *out, const struct gguf_context *gguf, const char *key);

#endif
