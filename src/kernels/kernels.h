/*
 * kernels.h - a backend of ours behind libllama: what a CPU multiplies weights with.
 *
 * libllama builds the graph, libggml's scheduler gives each operation to a backend. Ours owns the
 * weights that it can multiply: they lie in memory of a type of its own, as tiles (layout.h), and
 * so the products with them come to it. Everything else stays with libggml.
 *
 *      graph   norm ──▶ q = Wq x ──▶ rope ──▶ attention ──▶ Wo x ──▶ ...
 *      by      libggml  kernels      libggml  libggml       kernels
 *
 * A model has a pack: the weights of one loading. libllama reads them into the pack's memory as
 * they are in the file; lmi_pack_close() then turns them into tiles, in their place.
 */
#ifndef LMI_KERNELS_H
#define LMI_KERNELS_H

#include "base/status.h"
#include "kernels/ggml.h"

/* Kernels for one kind of processor are a path. Choose one for packs that are made from now on, and
 * for attention: "avx512", "avx2", or NULL for the best that this processor has. NULL, or why there
 * is none. Loads the backend with the first call, behind libggml's own. Any thread. */
const char *lmi_kernels_choose(const char *name);

/* The name of a path that this processor can go, the best first; NULL past the last. */
const char *lmi_kernels_path(size_t i);

/* Whether a device of libggml's is the kernels' backend: it is nobody's to choose. */
bool lmi_kernels_is_device(ggml_backend_dev_t device);

/* Whether this thread's graphs, from now on, are those of a model with a pack: attention and what
 * else lies between the products then is the kernels', too. */
void lmi_kernels_serve(bool is_ours);

/* Whether a matrix [n_rows, n_cols] of the type can be in a pack. */
bool lmi_kernels_take(enum ggml_type type, int64_t n_cols, int64_t n_rows);

typedef struct lmi_pack lmi_pack;

/* NULL when memory is out. Freed after the model whose weights it has. */
lmi_pack *lmi_pack_new(void);
void lmi_pack_free(lmi_pack *pack);

/* The memory that libllama is to load the weights into. */
ggml_backend_buffer_type_t lmi_pack_memory(lmi_pack *pack);

/* All are loaded: make tiles of them, with so many threads. LMAS_E_NOMEM. */
lmas_status lmi_pack_close(lmi_pack *pack, int n_threads);

/* The path of its products; matrices and bytes in it. */
const char *lmi_pack_path(const lmi_pack *pack);
size_t lmi_pack_n(const lmi_pack *pack);
size_t lmi_pack_size(const lmi_pack *pack);

#endif
