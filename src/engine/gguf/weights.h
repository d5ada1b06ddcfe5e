/*
 * weights.h - the GGUF file itself: its header, its two embedding matrices, its identity.
 *
 * libllama keeps the weights to itself, so what the method needs of them is read from the
 * file: W_in (token_embd.weight) and W_out (output.weight), dequantised row by row.
 */
#ifndef LMI_ENGINE_GGUF_WEIGHTS_H
#define LMI_ENGINE_GGUF_WEIGHTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/sha256.h"
#include "base/status.h"

typedef struct lmi_weights lmi_weights;

/* A matrix of the file, not yet read. */
typedef struct lmi_matrix {
    int64_t n_rows;  /* n_vocab */
    int64_t n_cols;  /* n_embd */
    int32_t type;    /* enum ggml_type */
    uint64_t offset; /* bytes from the start of its file */
    size_t row_size; /* bytes */
    int file;        /* index of the split it is in */
} lmi_matrix;

/* Open the GGUF at `path` (and, of a split model, the other parts) and read the headers.
 * LMAS_E_IO, or LMAS_E_MODEL for what is not a whole GGUF. */
lmas_status lmi_weights_open(lmi_weights **out, const char *path);
void lmi_weights_close(lmi_weights *weights);

/* LMAS_E_MODEL for a header that libllama would not survive (header.h). */
lmas_status lmi_weights_check(const lmi_weights *weights, const char *path, bool is_mapped);

/* Metadata: a string, NULL when absent or of another type; a truth value; numbers. */
const char *lmi_weights_string(const lmi_weights *weights, const char *key);
bool lmi_weights_bool(const lmi_weights *weights, const char *key, bool otherwise);
uint32_t lmi_weights_u32(const lmi_weights *weights, const char *key, uint32_t otherwise);
float lmi_weights_f32(const lmi_weights *weights, const char *key, float otherwise);

/* The `i`-th number or truth value of a list; of a key that is one number, that number for all. */
uint32_t lmi_weights_u32_at(const lmi_weights *weights, const char *key, uint32_t i,
                            uint32_t otherwise);
bool lmi_weights_is_list(const lmi_weights *weights, const char *key);

/* Whether the key is there, of whatever type. */
bool lmi_weights_has(const lmi_weights *weights, const char *key);

/* A tensor as the header names it. */
typedef struct lmi_tensor {
    const char *name;
    int32_t type;      /* enum ggml_type */
    const int64_t *ne; /* [4], the fastest first */
} lmi_tensor;

/* The `i`-th of all parts; false past the last. */
bool lmi_weights_at(lmi_tensor *out, const lmi_weights *weights, size_t i);

/* Find a matrix by name; false when the file has none. */
bool lmi_weights_find(lmi_matrix *out, const lmi_weights *weights, const char *name);

/* Dequantise rows [first, first + n) into `out` [n, n_cols]. */
lmas_status lmi_weights_rows(float *out, lmi_weights *weights, const lmi_matrix *matrix,
                             int64_t first, int64_t n);

/* SHA-256, in hex, of the file's size, its header and 64 blocks of 64 KiB spread evenly over
 * its data; of everything when it is 64 MiB or less. Of a split model, all parts in turn. */
lmas_status lmi_weights_fingerprint(char out[LMI_SHA256_SIZE], lmi_weights *weights);

#endif
