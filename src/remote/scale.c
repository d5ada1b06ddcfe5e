/*
 * scale.c - what two engines do with vectors, by architecture.
 *
 * libllama 0.7.0, src/models: gemma, gemma2 (sqrt(n_embd)), granite* and minicpm (the GGUF's
 * embedding_scale) multiply what comes in, token or vector; gemma3, gemma3n, gemma4 tokens alone
 * (model->thought.scale); the others nothing.
 * vLLM 0.32.0, vllm/model_executor/models: gemma*.py and minicpm.py multiply in embed_input_ids(),
 * which vectors do not pass; granite*.py, falcon_h1.py and hyperclovax.py multiply in forward(),
 * which they do; the others nothing.
 */
#include "remote/scale.h"

#include <math.h>
#include <string.h>

typedef enum rule {
    BOTH_SAME,    /* both multiply a vector by the same, or neither does */
    ROOT_ON_OURS, /* libllama multiplies by sqrt(n_embd), the server does not */
    TOKENS_ONLY,  /* neither multiplies a vector, but both a token */
    UNKNOWN,
} rule;

static const struct {
    const char *arch;
    rule rule;
} rules[] = {
    {"gemma", ROOT_ON_OURS},
    {"gemma2", ROOT_ON_OURS},
    {"gemma3", TOKENS_ONLY},
    {"granite", BOTH_SAME},
    {"granitemoe", BOTH_SAME},
    {"granitehybrid", BOTH_SAME},
    /* The layers of these look at the tokens too, which a vector hides. */
    {"gemma3n", UNKNOWN},
    {"gemma4", UNKNOWN},
    /* Multiplied on our side by what the header of the GGUF alone says. */
    {"minicpm", UNKNOWN},
    /* Converting folds the factor into W_in, and the server multiplies once more. */
    {"falcon-h1", UNKNOWN},
    {"hyperclovax", UNKNOWN},
    {"granite-switch", UNKNOWN},
};

static rule rule_of(const char *arch)
{
    size_t i;

    for (i = 0; i < sizeof(rules) / sizeof(*rules); i++)
        if (strcmp(arch, rules[i].arch) == 0)
            return rules[i].rule;
    return BOTH_SAME;
}

lmas_status lmi_scale_find(lmi_scale *out, const char *arch, int32_t n_embd, float token_scale)
{
    switch (rule_of(arch)) {
    case BOTH_SAME:
        *out = (lmi_scale){.as_row = 1, .as_input = 1};
        return LMAS_OK;
    case ROOT_ON_OURS:
        *out = (lmi_scale){.as_row = sqrtf((float)n_embd), .as_input = sqrtf((float)n_embd)};
        return LMAS_OK;
    case TOKENS_ONLY:
        *out = (lmi_scale){.as_row = token_scale, .as_input = 1};
        return LMAS_OK;
    default:
        return lmi_fail(LMAS_E_MODEL,
                        "how a server scales the vectors of %s is not known, so it can be told by "
                        "text alone",
                        arch);
    }
}

lmas_status lmi_scale_for(lmi_scale *out, const lmas_model *model)
{
    return lmi_scale_find(out, model->info.arch, model->info.n_embd, model->thought.scale);
}
