/* keys.c - libggml's types to floats and back. */
#include "engine/state/keys.h"

#include <math.h>
#include <string.h>

uint32_t lmi_keys_width(const lmi_layer_rows *keys)
{
    const enum ggml_type type = (enum ggml_type)keys->type;

    return (uint32_t)(keys->size / ggml_type_size(type) * (size_t)ggml_blck_size(type));
}

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

void lmi_keys_load(float *out, const lmi_pool *pool, uint32_t layer, uint32_t i)
{
    const lmi_layer_rows *keys = &pool->keys[layer];
    const uint32_t width = lmi_keys_width(keys);

    to_float(out, keys->type, keys->data + i * keys->size, width);
    mix(out, width, pool->n_rot_k);
}

void lmi_keys_store(const lmi_pool *pool, uint32_t layer, uint32_t i, float *values)
{
    const lmi_layer_rows *keys = &pool->keys[layer];
    const uint32_t width = lmi_keys_width(keys);

    mix(values, width, pool->n_rot_k);
    from_float(keys->data + i * keys->size, keys->type, values, width);
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
