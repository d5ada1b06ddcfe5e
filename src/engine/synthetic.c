/*
 * synthetic.c - a model of a known shape with random weights, to measure speed where no
 * weights can be downloaded.
 *
 * Speed does not depend on the values, so each row of a matrix is a slice of one pool of normal
 * numbers, quantised once: writing a model costs what writing its file costs. The same shape
 * has the same values in every type, up to rounding.
 */
#include "engine/synthetic.h"

#include <llama.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "engine/backend.h"

/* Width of Qwen3's family in the paper, and one small enough for tests. */
typedef struct shape {
    const char *name;
    int32_t n_layer, n_embd, n_ff, n_head, n_head_kv, n_rot, n_vocab, n_ctx;
    bool is_tied;
} shape;

static const shape SHAPES[] = {
    {"qwen3-0.6b", 28, 1024, 3072, 16, 8, 128, 151936, 40960, true},
    {"qwen3-1.7b", 28, 2048, 6144, 16, 8, 128, 151936, 40960, true},
    {"qwen3-4b", 36, 2560, 9728, 32, 8, 128, 151936, 40960, true},
    {"qwen3-8b", 36, 4096, 12288, 32, 8, 128, 151936, 40960, false},
    {"qwen3-14b", 40, 5120, 17408, 40, 8, 128, 151936, 40960, false},
    {"qwen3-tiny", 2, 256, 512, 4, 2, 64, 4096, 4096, true},
};
enum { N_SHAPES = sizeof(SHAPES) / sizeof(SHAPES[0]) };

static const enum ggml_type TYPES[] = {
    GGML_TYPE_F32,  GGML_TYPE_F16,  GGML_TYPE_BF16, GGML_TYPE_Q8_0, GGML_TYPE_Q6_K, GGML_TYPE_Q5_K,
    GGML_TYPE_Q5_1, GGML_TYPE_Q5_0, GGML_TYPE_Q4_K, GGML_TYPE_Q4_1, GGML_TYPE_Q4_0};
enum { N_TYPES = sizeof(TYPES) / sizeof(TYPES[0]) };

enum {
    SLICE = 256,         /* a row starts at a multiple of this: whole blocks of every type */
    POOL = 4096 * SLICE, /* values that rows start among */
    ROW_MAX = 32768,     /* widest row */
    TENSORS_MAX = 1024,
    ROWS_A_LOOK = 4096, /* rows between two looks at the caller */
    ALIGNMENT = 32,     /* of a tensor in the file */
};
static const float DEVIATION = 0.02f;

/* A model on its way to a file. */
typedef struct maker {
    const char *path;
    const shape *shape;
    enum ggml_type type;
    struct gguf_context *gguf;
    struct ggml_context *tensors; /* names and sizes only */
    float *ones;                  /* [ROW_MAX] */
    char *pool;                   /* [POOL + ROW_MAX] values in `type` */
    uint64_t random;
    FILE *file;
    uint64_t n_written, n_total; /* bytes of tensors */
    lmas_progress_fn progress;
    void *user;
} maker;

const char *lmas_synthetic_shape(size_t i)
{
    return i < N_SHAPES ? SHAPES[i].name : NULL;
}

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Close to normal: the sum of four uniform numbers has variance 1/3. */
static float next_normal(uint64_t *state)
{
    const uint64_t bits = next_random(state);
    float sum = -2.0f;
    int i;

    for (i = 0; i < 4; i++)
        sum += (float)(bits >> 16 * i & 0xffff) / 65536.0f;
    return sum * 1.7320508f;
}

/* Say what could have stood there: shapes, or behind one of them types. */
static lmas_status refuse(const char *spec, bool is_shape_known)
{
    const size_t n = is_shape_known ? (size_t)N_TYPES : (size_t)N_SHAPES;
    lmas_status status;
    lmi_buf names;
    size_t i;

    lmi_buf_init(&names, LMI_ERROR_MAX);
    for (i = 0; i < n; i++)
        lmi_buf_printf(&names, "%s%s", i ? ", " : "",
                       is_shape_known ? ggml_type_name(TYPES[i]) : SHAPES[i].name);
    status =
        lmi_fail(LMAS_E_INVALID, "no synthetic model \"%s\": expected %s %s", spec,
                 is_shape_known ? ":TYPE after the shape, one of" : "SHAPE:TYPE, the shape one of",
                 lmi_buf_text(&names));
    lmi_buf_done(&names);
    return status;
}

/* "qwen3-0.6b:q8_0" */
static lmas_status parse(maker *m, const char *spec)
{
    const size_t len = strcspn(spec, ":");
    const char *type = spec[len] ? spec + len + 1 : "";
    size_t i, k;

    for (i = 0; i < N_SHAPES; i++)
        if (strlen(SHAPES[i].name) == len && strncmp(SHAPES[i].name, spec, len) == 0)
            break;
    for (k = 0; k < N_TYPES; k++)
        if (strcmp(ggml_type_name(TYPES[k]), type) == 0)
            break;
    if (i == N_SHAPES || k == N_TYPES)
        return refuse(spec, i < N_SHAPES);
    m->shape = &SHAPES[i];
    m->type = TYPES[k];
    return LMAS_OK;
}

static void describe(const maker *m, const char *spec)
{
    const shape *s = m->shape;
    struct gguf_context *g = m->gguf;
    char name[96];

    snprintf(name, sizeof(name), "synthetic %s", spec);
    gguf_set_val_str(g, "general.architecture", "qwen3");
    gguf_set_val_str(g, "general.name", name);
    gguf_set_val_u32(g, "general.quantization_version", 2);
    gguf_set_val_u32(g, "general.alignment", ALIGNMENT);
    gguf_set_val_u32(g, "qwen3.block_count", (uint32_t)s->n_layer);
    gguf_set_val_u32(g, "qwen3.context_length", (uint32_t)s->n_ctx);
    gguf_set_val_u32(g, "qwen3.embedding_length", (uint32_t)s->n_embd);
    gguf_set_val_u32(g, "qwen3.feed_forward_length", (uint32_t)s->n_ff);
    gguf_set_val_u32(g, "qwen3.attention.head_count", (uint32_t)s->n_head);
    gguf_set_val_u32(g, "qwen3.attention.head_count_kv", (uint32_t)s->n_head_kv);
    gguf_set_val_u32(g, "qwen3.attention.key_length", (uint32_t)s->n_rot);
    gguf_set_val_u32(g, "qwen3.attention.value_length", (uint32_t)s->n_rot);
    gguf_set_val_f32(g, "qwen3.attention.layer_norm_rms_epsilon", 1e-6f);
    gguf_set_val_f32(g, "qwen3.rope.freq_base", 1e6f);
}

/* Declare a matrix [n_rows, n_cols], or a vector of ones where n_rows is 0. */
static void declare(const maker *m, const char *name, int64_t n_rows, int64_t n_cols)
{
    struct ggml_tensor *tensor = n_rows ? ggml_new_tensor_2d(m->tensors, m->type, n_cols, n_rows)
                                        : ggml_new_tensor_1d(m->tensors, GGML_TYPE_F32, n_cols);

    ggml_set_name(tensor, name);
    gguf_add_tensor(m->gguf, tensor);
}

static void declare_layer(const maker *m, int32_t i)
{
    const shape *s = m->shape;
    const int64_t n_q = (int64_t)s->n_head * s->n_rot;
    const int64_t n_kv = (int64_t)s->n_head_kv * s->n_rot;
    const struct {
        const char *name;
        int64_t n_rows, n_cols;
    } parts[] = {
        {"attn_norm", 0, s->n_embd},      {"attn_q", n_q, s->n_embd},
        {"attn_k", n_kv, s->n_embd},      {"attn_v", n_kv, s->n_embd},
        {"attn_q_norm", 0, s->n_rot},     {"attn_k_norm", 0, s->n_rot},
        {"attn_output", s->n_embd, n_q},  {"ffn_norm", 0, s->n_embd},
        {"ffn_gate", s->n_ff, s->n_embd}, {"ffn_up", s->n_ff, s->n_embd},
        {"ffn_down", s->n_embd, s->n_ff},
    };
    char name[GGML_MAX_NAME];
    size_t k;

    for (k = 0; k < sizeof(parts) / sizeof(parts[0]); k++) {
        snprintf(name, sizeof(name), "blk.%d.%s.weight", (int)i, parts[k].name);
        declare(m, name, parts[k].n_rows, parts[k].n_cols);
    }
}

static lmas_status declare_all(maker *m)
{
    const struct ggml_init_params params = {.mem_size = TENSORS_MAX * ggml_tensor_overhead(),
                                            .no_alloc = true};
    int32_t i;

    m->tensors = ggml_init(params);
    if (!m->tensors)
        return lmi_fail(LMAS_E_NOMEM, "no memory for the tensors of a synthetic model");
    declare(m, "token_embd.weight", m->shape->n_vocab, m->shape->n_embd);
    for (i = 0; i < m->shape->n_layer; i++)
        declare_layer(m, i);
    declare(m, "output_norm.weight", 0, m->shape->n_embd);
    if (!m->shape->is_tied)
        declare(m, "output.weight", m->shape->n_vocab, m->shape->n_embd);
    return LMAS_OK;
}

static lmas_status fill_pool(maker *m)
{
    float *values = lmi_new(POOL + ROW_MAX, sizeof(float));
    size_t i;

    m->ones = lmi_new(ROW_MAX, sizeof(float));
    m->pool = lmi_new(ggml_row_size(m->type, POOL + ROW_MAX), 1);
    if (!values || !m->ones || !m->pool) {
        lmi_free(values);
        return lmi_fail(LMAS_E_NOMEM, "no memory for random weights");
    }
    for (i = 0; i < ROW_MAX; i++)
        m->ones[i] = 1.0f;
    for (i = 0; i < POOL + ROW_MAX; i++)
        values[i] = DEVIATION * next_normal(&m->random);
    ggml_quantize_chunk(m->type, values, m->pool, 0, (POOL + ROW_MAX) / SLICE, SLICE, NULL);
    lmi_free(values);
    return LMAS_OK;
}

static lmas_status put(maker *m, const void *data, size_t size)
{
    m->n_written += size;
    if (fwrite(data, 1, size, m->file) != size)
        return lmi_fail_errno(LMAS_E_IO, "cannot write %s", m->path);
    return LMAS_OK;
}

static lmas_status ask_caller(const maker *m)
{
    if (m->progress && !m->progress(m->user, (float)m->n_written / (float)m->n_total))
        return lmi_fail(LMAS_E_CANCELED, "making %s was stopped", m->path);
    return LMAS_OK;
}

static lmas_status write_tensor(maker *m, const struct ggml_tensor *tensor)
{
    static const char zeros[ALIGNMENT];
    const size_t size = ggml_row_size(tensor->type, tensor->ne[0]);
    const bool is_norm = ggml_n_dims(tensor) == 1;
    lmas_status status = LMAS_OK;
    int64_t row;

    for (row = 0; status == LMAS_OK && row < ggml_nrows(tensor); row++) {
        const uint64_t slice = next_random(&m->random) % (POOL / SLICE);
        const void *from = is_norm ? (const void *)m->ones
                                   : m->pool + ggml_row_size(m->type, (int64_t)slice * SLICE);

        status = put(m, from, size);
        if (status == LMAS_OK && row % ROWS_A_LOOK == 0)
            status = ask_caller(m);
    }
    return status == LMAS_OK
               ? put(m, zeros, (ALIGNMENT - ggml_nbytes(tensor) % ALIGNMENT) % ALIGNMENT)
               : status;
}

static lmas_status write_all(maker *m)
{
    lmas_status status = LMAS_OK;
    struct ggml_tensor *tensor;

    for (tensor = ggml_get_first_tensor(m->tensors); tensor;
         tensor = ggml_get_next_tensor(m->tensors, tensor))
        m->n_total += ggml_nbytes(tensor);
    if (!gguf_write_to_file_ptr(m->gguf, m->file, true))
        return lmi_fail_errno(LMAS_E_IO, "cannot write %s", m->path);
    for (tensor = ggml_get_first_tensor(m->tensors); status == LMAS_OK && tensor;
         tensor = ggml_get_next_tensor(m->tensors, tensor))
        status = write_tensor(m, tensor);
    return status;
}

/* Into a file of a name of its own, which gets its true name when it is whole. It is not flushed
 * to disk: what a power cut leaves of random numbers is made again. */
static lmas_status write_file(maker *m)
{
    char half[LMI_PATH_MAX];
    lmas_status status;
    int fd;

    if ((size_t)snprintf(half, sizeof(half), "%s.XXXXXX", m->path) >= sizeof(half))
        return lmi_fail(LMAS_E_INVALID, "a path of more than %d bytes", LMI_PATH_MAX);
    fd = mkstemp(half);
    m->file = fd < 0 ? NULL : fdopen(fd, "wb");
    if (!m->file) {
        status = lmi_fail_errno(LMAS_E_IO, "cannot write %s", m->path);
        if (fd >= 0) {
            close(fd);
            unlink(half);
        }
        return status;
    }
    status = write_all(m);
    if (fclose(m->file) != 0 && status == LMAS_OK)
        status = lmi_fail_errno(LMAS_E_IO, "cannot write %s", m->path);
    if (status == LMAS_OK && rename(half, m->path) != 0)
        status = lmi_fail_errno(LMAS_E_IO, "cannot write %s", m->path);
    if (status != LMAS_OK)
        unlink(half);
    return status;
}

static lmas_status make(maker *m, const char *spec)
{
    lmas_status status = parse(m, spec);

    if (status != LMAS_OK)
        return status;
    describe(m, spec);
    status = lmi_synthetic_vocab(m->gguf, m->shape->n_vocab);
    if (status == LMAS_OK)
        status = declare_all(m);
    if (status == LMAS_OK)
        status = fill_pool(m);
    return status == LMAS_OK ? write_file(m) : status;
}

lmas_status lmas_model_synthesize(const char *path, const char *spec, lmas_progress_fn progress,
                                  void *user)
{
    maker m = {.path = path, .random = 0x9e3779b97f4a7c15u, .progress = progress, .user = user};
    lmas_status status;

    if (!path || !spec)
        return lmi_fail(LMAS_E_INVALID, "lmas_model_synthesize needs a path and a shape");
    lmi_backend_start();
    m.gguf = gguf_init_empty();
    status = m.gguf ? make(&m, spec) : lmi_fail(LMAS_E_NOMEM, "no memory for a synthetic model");
    gguf_free(m.gguf);
    ggml_free(m.tensors);
    lmi_free(m.ones);
    lmi_free(m.pool);
    return status;
}
