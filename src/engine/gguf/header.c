/* header.c - counts, sizes and types of a header, each against what libllama asserts of it. */
#include "engine/gguf/header.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "engine/gguf/arch.h"

/* libllama's own fixed sizes: layers, and experts of a layer. */
enum { LAYERS_MAX = 512, EXPERTS_MAX = 1024 };

/* Longest key that is looked up, in bytes. */
enum { KEY_SIZE = 160 };

/* A mapped tensor must begin at a multiple of this. */
enum { MAPPED_ALIGNMENT = 32 };

typedef struct header {
    const struct gguf_context *gguf;
    const char *path;
    const char *arch;
} header;

/* ---- Looking things up ---- */

int64_t lmi_header_find(const struct gguf_context *gguf, const char *key, enum gguf_type type)
{
    const int64_t id = gguf_find_key(gguf, key);

    return id >= 0 && gguf_get_kv_type(gguf, id) == type ? id : -1;
}

/* The i-th of numbers of one type; false where the type is none of a number. */
static bool number_at(double *out, enum gguf_type type, const void *data, size_t i)
{
    switch (type) {
    case GGUF_TYPE_UINT8:
        *out = ((const uint8_t *)data)[i];
        return true;
    case GGUF_TYPE_INT8:
        *out = ((const int8_t *)data)[i];
        return true;
    case GGUF_TYPE_UINT16:
        *out = ((const uint16_t *)data)[i];
        return true;
    case GGUF_TYPE_INT16:
        *out = ((const int16_t *)data)[i];
        return true;
    case GGUF_TYPE_UINT32:
        *out = ((const uint32_t *)data)[i];
        return true;
    case GGUF_TYPE_INT32:
        *out = ((const int32_t *)data)[i];
        return true;
    case GGUF_TYPE_FLOAT32:
        *out = (double)((const float *)data)[i];
        return true;
    case GGUF_TYPE_FLOAT64:
        *out = ((const double *)data)[i];
        return true;
    default:
        return false; /* 64-bit counts are none of libllama's */
    }
}

bool lmi_header_range(lmi_range *out, const struct gguf_context *gguf, const char *key)
{
    const int64_t id = gguf_find_key(gguf, key);
    const enum gguf_type kind = id < 0 ? GGUF_TYPE_STRING : gguf_get_kv_type(gguf, id);
    const bool is_list = kind == GGUF_TYPE_ARRAY;
    const enum gguf_type type = is_list ? gguf_get_arr_type(gguf, id) : kind;
    const size_t n = is_list ? gguf_get_arr_n(gguf, id) : 1;
    double x = 0;
    size_t i;

    if (type == GGUF_TYPE_STRING || n == 0)
        return false;
    for (i = 0; i < n; i++) {
        const void *data = is_list ? gguf_get_arr_data(gguf, id) : gguf_get_val_data(gguf, id);

        if (!number_at(&x, type, data, i))
            return false;
        out->low = i == 0 || !(x >= out->low) ? x : out->low;
        out->high = i == 0 || !(x <= out->high) ? x : out->high;
    }
    return true;
}

static void key_of(char out[KEY_SIZE], const header *h, const char *name)
{
    snprintf(out, KEY_SIZE, "%.100s.%s", h->arch, name);
}

static bool range_of(lmi_range *out, const header *h, const char *name)
{
    char key[KEY_SIZE];

    key_of(key, h, name);
    return lmi_header_range(out, h->gguf, key);
}

/* The largest number at the key, `otherwise` where there is none. */
static double most_of(const header *h, const char *name, double otherwise)
{
    lmi_range range;

    return range_of(&range, h, name) ? range.high : otherwise;
}

static lmas_status refuse(const header *h, const char *name, double value, const char *expected)
{
    return lmi_fail(LMAS_E_MODEL, "%s: %s.%s is %.10g, %s expected", h->path, h->arch, name, value,
                    expected);
}

/* ---- Counts ---- */

typedef struct limit {
    const char *name;
    double min, max;
} limit;

/* What no key may fall below or exceed. Where an epsilon is no number, no comparison holds. */
static const limit limits[] = {
    {"block_count", 1, LAYERS_MAX},
    {"context_length", 1, INT32_MAX},
    {"embedding_length", 1, INT32_MAX},
    {"expert_count", 0, EXPERTS_MAX},
    {"attention.layer_norm_epsilon", 0, HUGE_VAL},
    {"attention.layer_norm_rms_epsilon", 0, HUGE_VAL},
    {"attention.group_norm_epsilon", 0, HUGE_VAL},
};

static lmas_status check_limits(const header *h)
{
    lmi_range range;
    size_t i;

    for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        const limit *l = &limits[i];
        char expected[64];

        if (!range_of(&range, h, l->name) || (range.low >= l->min && range.high <= l->max))
            continue;
        if (isinf(l->max))
            snprintf(expected, sizeof(expected), "%.0f or more", l->min);
        else
            snprintf(expected, sizeof(expected), "from %.0f to %.0f", l->min, l->max);
        return refuse(h, l->name, range.low >= l->min ? range.high : range.low, expected);
    }
    return LMAS_OK;
}

/* Parts of the layers cannot be more than all. */
static lmas_status check_layers(const header *h)
{
    static const char *const names[] = {"nextn_predict_layers", "posnet.block_count",
                                        "convnext.block_count"};
    const double n_layers = most_of(h, "block_count", LAYERS_MAX);
    char expected[64];
    size_t i;

    snprintf(expected, sizeof(expected), "at most the %.0f of block_count", n_layers);
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (most_of(h, names[i], 0) > n_layers)
            return refuse(h, names[i], most_of(h, names[i], 0), expected);
    return LMAS_OK;
}

static lmas_status check_groups(const header *h, double n_experts)
{
    const double n = most_of(h, "expert_group_count", 0);
    const double n_used = most_of(h, "expert_group_used_count", 0);

    if (n != 0 && n >= n_experts)
        return refuse(h, "expert_group_count", n, "less than expert_count");
    if (n <= 1)
        return LMAS_OK;
    if (fmod(n_experts, n) != 0)
        return refuse(h, "expert_group_count", n, "a divisor of expert_count");
    return n_used >= 1 && n_used < n ? LMAS_OK
                                     : refuse(h, "expert_group_used_count", n_used,
                                              "1 or more, and less than expert_group_count");
}

static lmas_status check_experts(const header *h)
{
    const double n = most_of(h, "expert_count", 0);
    const double n_used = most_of(h, "expert_used_count", 0);

    if (n_used > n)
        return refuse(h, "expert_used_count", n_used, "no more than expert_count");
    if (n > 0 && n_used < 1)
        return refuse(h, "expert_used_count", n_used, "1 or more of the experts");
    if (n < 1 && lmi_arch_needs_experts(h->arch))
        return refuse(h, "expert_count", n, "1 or more");
    return check_groups(h, n);
}

/* ---- Attention ---- */

static lmas_status check_heads(const header *h)
{
    const double n = most_of(h, "attention.head_count", 0);
    const double n_kv = most_of(h, "attention.head_count_kv", n);
    char expected[64];

    snprintf(expected, sizeof(expected), "a divisor of the %.0f of attention.head_count", n);
    return n >= 1 && n_kv >= 1 && fmod(n, n_kv) != 0
               ? refuse(h, "attention.head_count_kv", n_kv, expected)
               : LMAS_OK;
}

/* The size of a head, 0 where the header does not tell one of all. */
static double head_size(const header *h, const char *name)
{
    lmi_range heads;

    if (!range_of(&heads, h, "attention.head_count") || heads.low != heads.high || heads.low < 1)
        return 0;
    return most_of(h, name, floor(most_of(h, "embedding_length", 0) / heads.high));
}

/* A rotation turns pairs of a head's values: all of them in most architectures. */
static lmas_status check_rope(const header *h)
{
    const double k = head_size(h, "attention.key_length");
    const double v = head_size(h, "attention.value_length");
    const double n_rot = most_of(h, "rope.dimension_count", k);
    char expected[80];

    if (k == 0)
        return LMAS_OK;
    if (k != v && lmi_arch_has_equal_heads(h->arch)) {
        snprintf(expected, sizeof(expected), "the %.0f of attention.key_length", k);
        return refuse(h, "attention.value_length", v, expected);
    }
    snprintf(expected, sizeof(expected), "the %.0f values of a head", k);
    if (n_rot != k && lmi_arch_turns_whole_heads(h->arch))
        return refuse(h, "rope.dimension_count", n_rot, expected);
    if (fmod(most_of(h, "rope.dimension_count", 0), 2) != 0)
        return refuse(h, "rope.dimension_count", n_rot, "an even number");
    return LMAS_OK;
}

static lmas_status check_scaling(const header *h)
{
    static const char *const known[] = {"none", "linear", "yarn", "longrope"};
    char key[KEY_SIZE];
    int64_t id;
    size_t i;

    key_of(key, h, "rope.scaling.type");
    id = lmi_header_find(h->gguf, key, GGUF_TYPE_STRING);
    for (i = 0; id >= 0 && i < sizeof(known) / sizeof(known[0]); i++)
        if (strcmp(gguf_get_val_str(h->gguf, id), known[i]) == 0)
            return LMAS_OK;
    return id < 0 ? LMAS_OK
                  : lmi_fail(LMAS_E_MODEL,
                             "%s: %s is \"%.60s\", none, linear, yarn or longrope expected",
                             h->path, key, gguf_get_val_str(h->gguf, id));
}

lmas_status lmi_header_check(const struct gguf_context *gguf, const char *path, bool is_mapped)
{
    const int64_t id = lmi_header_find(gguf, "general.architecture", GGUF_TYPE_STRING);
    const header h = {.gguf = gguf, .path = path, .arch = id < 0 ? "" : gguf_get_val_str(gguf, id)};
    lmas_status status = check_limits(&h);

    if (status == LMAS_OK)
        status = check_layers(&h);
    if (status == LMAS_OK)
        status = check_experts(&h);
    if (status == LMAS_OK)
        status = check_heads(&h);
    if (status == LMAS_OK)
        status = check_rope(&h);
    if (status == LMAS_OK)
        status = check_scaling(&h);
    if (status == LMAS_OK)
        status = lmi_header_check_vocab(gguf, path);
    return status == LMAS_OK ? lmi_header_check_tensors(gguf, path, is_mapped) : status;
}

/* ---- Tensors ---- */

static bool is_whole_number(enum ggml_type type)
{
    return type == GGML_TYPE_I8 || type == GGML_TYPE_I16 || type == GGML_TYPE_I32 ||
           type == GGML_TYPE_I64 || type == GGML_TYPE_F64;
}

/* Tables of token and expert ids are the only tensors of whole numbers. */
static bool is_table(const char *name)
{
    return strstr(name, "tid2eid") != NULL;
}

lmas_status lmi_header_check_tensors(const struct gguf_context *gguf, const char *path,
                                     bool is_mapped)
{
    const size_t start = gguf_get_data_offset(gguf);
    int64_t i;

    for (i = 0; i < gguf_get_n_tensors(gguf); i++) {
        const char *name = gguf_get_tensor_name(gguf, i);
        const enum ggml_type type = gguf_get_tensor_type(gguf, i);
        const size_t offset = start + gguf_get_tensor_offset(gguf, i);

        if (is_whole_number(type) && !is_table(name))
            return lmi_fail(LMAS_E_MODEL, "%s: tensor %s is of type %s, none of weights", path,
                            name, ggml_type_name(type));
        if (is_mapped && offset % MAPPED_ALIGNMENT != 0)
            return lmi_fail(LMAS_E_MODEL,
                            "%s: tensor %s begins at byte %zu, which is no multiple of %d "
                            "(general.alignment is %zu): it cannot be mapped, only read",
                            path, name, offset, MAPPED_ALIGNMENT, gguf_get_alignment(gguf));
    }
    return LMAS_OK;
}
