/*
 * arch.c - architectures by what libllama 0.7 asserts of their headers.
 *
 * The lists are the assertions that its library holds, file by file. An architecture that is new
 * since stands in none, and libllama has the say.
 */
#include "engine/gguf/arch.h"

#include <stddef.h>
#include <string.h>

/* Each layer, or each from some on, has experts. */
static const char *const with_experts[] = {
    "bailingmoe2", "glm4moe", "grovemoe", "lfm2moe", "llada-moe", "smallthinker",
};

/* Keys and values of a head are of one size, and all of it is turned. */
static const char *const whole[] = {
    "apertus",    "arcee",         "arctic",       "baichuan",     "chameleon",      "codeshell",
    "cogvlm",     "cohere2moe",    "dbrx",         "deci",         "deepseek",       "dots1",
    "dream",      "ernie4_5",      "ernie4_5-moe", "exaone",       "exaone-moe",     "exaone4",
    "falcon",     "granite",       "granite_swa",  "granitemoe",   "graniteswitch",  "grok",
    "grovemoe",   "hunyuan-dense", "hunyuan-moe",  "hunyuan_vl",   "hy_v3",          "internlm2",
    "jais2",      "llada",         "llada-moe",    "llama",        "llama-embed",    "llama4",
    "maincoder",  "maion-coder",   "mellum",       "minicpm",      "mistral3",       "olmo",
    "olmo2",      "olmoe",         "orion",        "paddleocr",    "pangu-embedded", "plamo",
    "qwen2",      "qwen2moe",      "qwen2vl",      "qwen3",        "qwen3moe",       "qwen3vl",
    "qwen3vlmoe", "rnd1",          "seed_oss",     "smallthinker", "smollm3",        "starcoder2",
    "talkie",     "xverse",
};

/* Keys and values of a head are of one size. */
static const char *const equal[] = {
    "afmoe",      "bailingmoe2",  "bloom",    "chatglm",    "cohere2",       "command-r",
    "glm4",       "glm4moe",      "gpt2",     "gptneox",    "granitehybrid", "jais",
    "k2-horizon", "laguna",       "maple",    "minimax-01", "minimax-m2",    "minimax-m3",
    "mpt",        "muse-glimmer", "nanbeige", "nemotron",   "nemotron_h",    "nemotron_h_moe",
    "openelm",    "phi2",         "phi3",     "qwen",       "qwen35",        "qwen35moe",
    "qwen3next",  "qwen4exp",     "refact",   "spark2_5",   "stablelm",      "starcoder",
};

static bool is_among(const char *const *names, size_t n, const char *arch)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (strcmp(names[i], arch) == 0)
            return true;
    return false;
}

#define IS_AMONG(list, arch) is_among(list, sizeof(list) / sizeof((list)[0]), arch)

bool lmi_arch_needs_experts(const char *arch)
{
    return IS_AMONG(with_experts, arch);
}

bool lmi_arch_turns_whole_heads(const char *arch)
{
    return IS_AMONG(whole, arch);
}

bool lmi_arch_has_equal_heads(const char *arch)
{
    return IS_AMONG(whole, arch) || IS_AMONG(equal, arch);
}
