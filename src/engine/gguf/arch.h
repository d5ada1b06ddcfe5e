/* arch.h - what libllama asserts of an architecture's header beyond what it does of all. */
#ifndef LMI_ENGINE_GGUF_ARCH_H
#define LMI_ENGINE_GGUF_ARCH_H

#include <stdbool.h>

/* Each layer has experts. */
bool lmi_arch_needs_experts(const char *arch);

/* Keys and values of a head are of one size. */
bool lmi_arch_has_equal_heads(const char *arch);

/* The rotation turns all of a head. */
bool lmi_arch_turns_whole_heads(const char *arch);

#endif
