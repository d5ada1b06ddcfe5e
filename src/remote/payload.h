/*
 * payload.h - vectors as vLLM takes them: what torch.save() would write of a tensor [n, width], in
 * base64.
 *
 *     zip, stored:  archive/data.pkl    a pickle: shape, type, where the numbers are
 *                   archive/byteorder   "little"
 *                   archive/data/0      the numbers, row by row
 *                   archive/version     "3\n"
 */
#ifndef LMI_REMOTE_PAYLOAD_H
#define LMI_REMOTE_PAYLOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Bytes of the numbers of one payload: a fifth more than 128k rows of 4096 in f32. */
#define LMI_PAYLOAD_MAX ((size_t)2560 * 1024 * 1024)

/* Append the payload of `rows` [n, width] times `scale`, as f32, or as bf16 rounded to the nearest,
 * ties to even. LMAS_E_ENGINE where a number is not finite, or no longer after that; LMAS_E_INVALID
 * for no rows, or more than LMI_PAYLOAD_MAX. */
lmas_status lmi_payload_append(lmi_buf *out, const float *rows, size_t n, size_t width, float scale,
                               bool is_bf16);

/* Append the zip alone. */
lmas_status lmi_payload_zip(lmi_buf *out, const float *rows, size_t n, size_t width, float scale,
                            bool is_bf16);

#endif
