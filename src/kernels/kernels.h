/*
 * kernels.h - a backend of ours behind libllama: what a CPU multiplies weights with.
 *
 * libllama builds the graph, libggml's scheduler gives each operation to a backend. Ours owns the
 * weights that it can multiply: they lie in memory of a type of its own, as tiles (layout.h), and
 * so the products with them come to it; with them what lies between, so that a layer stays with one
 * backend. What it does not know stays with libggml.
 *
 *      graph   norm ──▶ q = Wq x ──▶ rope ──▶ attention ──▶ Wo x ──▶ gate, experts ──▶ ...
 *      by      kernels  kernels      kernels  kernels       kernels  libggml
 *
 * A model has a pack: the weights of one loading. libllama reads them into the pack's memory as
 * they are in the file; lmi_pack_close() then turns them into tiles, in their place.
 */
#ifndef LMI_KERNELS_H
#define LMI_KERNELS_H

#include "base/status.h"
#include "kernels/ggml.h"

/* Kernels for one kind of processor are a path: "avx512", "avx2". The name of one that this
 * processor can go, the best first; NULL past the last. */
const char *lmi_kernels_path(size_t i);

/* Why there can be no packs here; NULL where there can. Loads the backend with the first call,
 * behind libggml's own. Any thread. */
const char *lmi_kernels_refusal(void);

/* Whether a device of libggml's is the kernels' backend: it is nobody's to choose. */
bool lmi_kernels_is_device(ggml_backend_dev_t device);

/* Whether a matrix [n_rows, n_cols] of the type can be in a pack. */
bool lmi_kernels_take(enum ggml_type type, int64_t n_cols, int64_t n_rows);

typedef struct lmi_pack lmi_pack;

/* Of one path, or of the best (NULL). NULL when memory is out, and where the path cannot be gone.
 * Freed after the model whose weights it has. */
lmi_pack *lmi_pack_new(const char *path);
void lmi_pack_free(lmi_pack *pack);

/* The memory that libllama is to load the weights into. */
ggml_backend_buffer_type_t lmi_pack_memory(lmi_pack *pack);

/* All are loaded: make tiles of them, with so many threads. LMAS_E_NOMEM. */
lmas_status lmi_pack_close(lmi_pack *pack, int n_threads);

/* Whose graphs this thread computes from now on: those of a model with a pack, whose path is also
 * that of attention and what else lies between the products; NULL for those of other models. */
void lmi_pack_serve(const lmi_pack *pack);

/* The path of its products; matrices and bytes in it. */
const char *lmi_pack_path(const lmi_pack *pack);
size_t lmi_pack_n(const lmi_pack *pack);
size_t lmi_pack_size(const lmi_pack *pack);

#endif
