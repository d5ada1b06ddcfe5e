/* keys.c - libggml's types to floats and back. */
#include "engine/state/keys.h"

#include <math.h>
#include <string.h>

/* One block of the transform, of n values, a power of two. */
static void mix_block(float *x, uint32_t n)
{
    const float scale = 1.0f / sqrtf((float)n);
    uint32_t half, begin, i;

    for (half = 1; half < n; half *= 2) {
        for (begin = 0; begin < n; begin += 2 * half) {
            for (i = begin; i < begin + half; i++) {
                const float a = x[i], b = x[i + half];

                x[i] = a + b;
                x[i + half] = a - b;
            }
        }
    }
    for (i = 0; i < n; i++)
        x[i] *= scale;
}

static void mix(float *x, uint32_t width, uint32_t n)
{
    uint32_t i;

    for (i = 0; n > 0 && i + n <= width; i += n)
        mix_block(x + i, n);
}

static void to_float(float *out, uint32_t type, const void *bytes, uint32_t n)
{
    if (type == GGML_TYPE_F32)
        memcpy(out, bytes, n * sizeof(float));
    else
        ggml_get_type_traits((enum ggml_type)type)->to_float(bytes, out, n);
}

static void from_float(void *out, uint32_t type, const float *values, uint32_t n)
{
    if (type == GGML_TYPE_F32)
        memcpy(out, values, n * sizeof(float));
    else
        ggml_quantize_chunk((enum ggml_type)type, values, out, 0, 1, n, NULL);
}

/* Values that lie together: a whole row, or one of a transposed cell. */
static uint32_t width_of_piece(const lmi_layer_rows *rows)
{
    const enum ggml_type type = (enum ggml_type)rows->type;

    return (uint32_t)(rows->size / ggml_type_size(type) * (size_t)ggml_blck_size(type));
}

static uint32_t n_pieces(const lmi_layer_rows *rows)
{
    return rows->n_rows > 0 ? rows->n_rows : 1;
}

uint32_t lmi_vector_width(const lmi_layer_rows *rows)
{
    return n_pieces(rows) * width_of_piece(rows);
}

void lmi_vector_load(float *out, const lmi_layer_rows *rows, uint32_t n, uint32_t i)
{
    const uint32_t width = width_of_piece(rows);
    uint32_t k;

    for (k = 0; k < n_pieces(rows); k++)
        to_float(out + (size_t)k * width, rows->type, rows->data + ((size_t)k * n + i) * rows->size,
                 width);
}

void lmi_vector_store(const lmi_layer_rows *rows, uint32_t n, uint32_t i, const float *values)
{
    const uint32_t width = width_of_piece(rows);
    uint32_t k;

    for (k = 0; k < n_pieces(rows); k++)
        from_float(rows->data + ((size_t)k * n + i) * rows->size, rows->type,
                   values + (size_t)k * width, width);
}

uint32_t lmi_keys_width(const lmi_layer_rows *keys)
{
    return lmi_vector_width(keys);
}

void lmi_keys_load(float *out, const lmi_pool *pool, uint32_t layer, uint32_t i)
{
    lmi_vector_load(out, &pool->keys[layer], pool->n, i);
    mix(out, lmi_keys_width(&pool->keys[layer]), pool->n_rot_k);
}

void lmi_keys_store(const lmi_pool *pool, uint32_t layer, uint32_t i, float *values)
{
    mix(values, lmi_keys_width(&pool->keys[layer]), pool->n_rot_k);
    lmi_vector_store(&pool->keys[layer], pool->n, i, values);
}

void lmi_values_load(float *out, const lmi_pool *pool, uint32_t layer, uint32_t i)
{
    lmi_vector_load(out, &pool->values[layer], pool->n, i);
    mix(out, lmi_vector_width(&pool->values[layer]), pool->n_rot_v);
}

void lmi_values_store(const lmi_pool *pool, uint32_t layer, uint32_t i, float *values)
{
    mix(values, lmi_vector_width(&pool->values[layer]), pool->n_rot_v);
    lmi_vector_store(&pool->values[layer], pool->n, i, values);
}

double lmi_keys_rounding(uint32_t type)
{
    enum { N = 256 };
    float before[N], after[N];
    uint8_t bytes[N * sizeof(float)];
    double off = 0, length = 0;
    int i;

    for (i = 0; i < N; i++)
        before[i] = sinf((float)(i * i + 1));
    from_float(bytes, type, before, N);
    to_float(after, type, bytes, N);
    for (i = 0; i < N; i++) {
        const double d = (double)after[i] - (double)before[i];

        off += d * d;
        length += (double)before[i] * (double)before[i];
    }
    return sqrt(off / length);
}
