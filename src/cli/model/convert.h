/*
 * convert.h - latentmas model convert: a GGUF file of a model's folder, by llama.cpp's own tools.
 *
 * convert.py drives the converter, which is Python; it is embedded by the build (tools/embed.sh).
 */
#ifndef LMI_CLI_MODEL_CONVERT_H
#define LMI_CLI_MODEL_CONVERT_H

#include "base/status.h"

extern const char lmi_convert_py[]; /* ends in a NUL */

/* Types of the file: those that the converter writes, and those that only the quantiser does. */
#define LMI_CONVERT_TYPES "auto|f32|f16|bf16|q8_0"
#define LMI_QUANTISE_TYPES                                                                         \
    "q6_k|q5_k_m|q5_k_s|q5_1|q5_0|q4_k_m|q4_k_s|q4_1|q4_0|iq4_nl|iq4_xs|q3_k_l|q3_k_m|q3_k_s|q2_k"

/* Convert the folder into a file of that type, show that it opens, and print its path. `out` may be
 * NULL: NAME-TYPE.gguf where one stands. A file that is there already is not written over. */
lmas_status lmi_model_convert(const char *folder, const char *out, const char *type);

#endif
