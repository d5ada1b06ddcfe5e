/*
 * synthetic.c - a model of a known shape with random weights, to measure speed where no
 * weights can be downloaded. The same shape has the same values in every type, up to rounding.
 */
#include "engine/synthetic/synthetic.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
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

enum { TENSORS_MAX = 1024 };

/* What a spec asks for, and the model that it becomes. */
typedef struct maker {
    const shape *shape;
    lmi_synthetic model;
} maker;

const char *lmas_synthetic_shape(size_t i)
{
    return i < N_SHAPES ? SHAPES[i].name : NULL;
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

/* "qwen3-0.6b:q8_0", the letters of either size. */
static lmas_status parse(maker *m, const char *spec)
{
    const size_t len = strcspn(spec, ":");
    const char *type = spec[len] ? spec + len + 1 : "";
    size_t i, k;

    for (i = 0; i < N_SHAPES; i++)
        if (strlen(SHAPES[i].name) == len && strncasecmp(SHAPES[i].name, spec, len) == 0)
            break;
    for (k = 0; k < N_TYPES; k++)
        if (strcasecmp(ggml_type_name(TYPES[k]), type) == 0)
            break;
    if (i == N_SHAPES || k == N_TYPES)
        return refuse(spec, i < N_SHAPES);
    m->shape = &SHAPES[i];
    m->model.type = TYPES[k];
    return LMAS_OK;
}

static void describe(const maker *m)
{
    const shape *s = m->shape;
    struct gguf_context *g = m->model.gguf;
    char name[96];

    snprintf(name, sizeof(name), "synthetic %s:%s", s->name, ggml_type_name(m->model.type));
    gguf_set_val_str(g, "general.architecture", "qwen3");
    gguf_set_val_str(g, "general.name", name);
    gguf_set_val_u32(g, "general.quantization_version", 2);
    gguf_set_val_u32(g, "general.alignment", LMI_SYNTHETIC_ALIGNMENT);
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
static void declare(const lmi_synthetic *m, const char *name, int64_t n_rows, int64_t n_cols)
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
        declare(&m->model, name, parts[k].n_rows, parts[k].n_cols);
    }
}

static lmas_status declare_all(maker *m)
{
    const struct ggml_init_params params = {.mem_size = TENSORS_MAX * ggml_tensor_overhead(),
                                            .no_alloc = true};
    int32_t i;

    m->model.tensors = ggml_init(params);
    if (!m->model.tensors)
        return lmi_fail(LMAS_E_NOMEM, "no memory for the tensors of a synthetic model");
    declare(&m->model, "token_embd.weight", m->shape->n_vocab, m->shape->n_embd);
    for (i = 0; i < m->shape->n_layer; i++)
        declare_layer(m, i);
    declare(&m->model, "output_norm.weight", 0, m->shape->n_embd);
    if (!m->shape->is_tied)
        declare(&m->model, "output.weight", m->shape->n_vocab, m->shape->n_embd);
    return LMAS_OK;
}

static lmas_status make(maker *m, const char *spec)
{
    lmas_status status = parse(m, spec);

    if (status != LMAS_OK)
        return status;
    describe(m);
    status = lmi_synthetic_vocab(m->model.gguf, m->shape->n_vocab);
    if (status == LMAS_OK)
        status = declare_all(m);
    return status == LMAS_OK ? lmi_synthetic_write(&m->model) : status;
}

lmas_status lmas_model_synthesize(const char *path, const char *spec, lmas_progress_fn progress,
                                  void *user)
{
    maker m = {.model = {.path = path, .progress = progress, .user = user}};
    lmas_status status;

    if (!path || !spec)
        return lmi_fail(LMAS_E_INVALID, "lmas_model_synthesize needs a path and a shape");
    lmi_backend_start();
    m.model.gguf = gguf_init_empty();
    status =
        m.model.gguf ? make(&m, spec) : lmi_fail(LMAS_E_NOMEM, "no memory for a synthetic model");
    gguf_free(m.model.gguf);
    ggml_free(m.model.tensors);
    return status;
}
