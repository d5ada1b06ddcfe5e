/* ggml.h - libggml, as much of it as a backend needs. No libllama. */
#ifndef LMI_KERNELS_GGML_H
#define LMI_KERNELS_GGML_H

#include <ggml-backend.h>
#include <ggml.h>

#endif
