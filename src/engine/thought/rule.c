/* rule.c - what a GGUF's header says of thoughts. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "engine/thought/thought.h"

/* Rows of W_in among which the proof's is chosen: some tokens were never trained. */
enum { CANDIDATES = 16 };

/* These multiply a token's row by sqrt(n_embd) and take a vector as it is. (Gemma, Gemma 2, Granite
 * and MiniCPM multiply both.) */
static const char *const scale_tokens[] = {"gemma3", "gemma3n", "gemma4", NULL};

/* These end the process on a vector unless positions have sections (M-RoPE). */
static const char *const need_sections[] = {"glm4", "glm4moe", "granite-switch", NULL};

static bool is_among(const char *name, const char *const *names)
{
    for (; *names; names++)
        if (strcmp(name, *names) == 0)
            return true;
    return false;
}

static uint32_t number_of(const lmi_weights *weights, const char *arch, const char *name)
{
    char key[160];

    snprintf(key, sizeof(key), "%.100s.%s", arch, name);
    return lmi_weights_u32(weights, key, 0);
}

static bool has_sections(const lmi_weights *weights, const char *arch)
{
    char key[160];

    snprintf(key, sizeof(key), "%.100s.rope.dimension_sections", arch);
    return lmi_weights_has(weights, key);
}

static float norm_of(const float *row, int64_t n)
{
    float sum = 0;
    int64_t i;

    for (i = 0; i < n; i++)
        sum += row[i] * row[i];
    return sqrtf(sum);
}

/* Of some rows in the middle of W_in the longest, as the proof's. */
static lmas_status choose_row(lmi_thought_rule *rule, lmi_weights *weights, const lmi_matrix *w_in)
{
    const int64_t n = w_in->n_rows < CANDIDATES ? w_in->n_rows : CANDIDATES;
    const int64_t first = rule->has_inputs_by_token ? 0 : (w_in->n_rows - n) / 2;
    float *rows = lmi_new((size_t)(n * w_in->n_cols), sizeof(float));
    lmas_status status;
    int64_t best = 0;
    int64_t i;

    if (!rows)
        return lmi_fail(LMAS_E_NOMEM, "no memory for rows of the embedding matrix");
    status = lmi_weights_rows(rows, weights, w_in, first, n);
    for (i = 1; status == LMAS_OK && !rule->has_inputs_by_token && i < n; i++)
        if (norm_of(rows + i * w_in->n_cols, w_in->n_cols) >
            norm_of(rows + best * w_in->n_cols, w_in->n_cols))
            best = i;
    for (i = 0; status == LMAS_OK && i < w_in->n_cols; i++)
        rule->row[i] = rows[best * w_in->n_cols + i] * rule->scale;
    rule->token = (int32_t)(first + best);
    lmi_free(rows);
    return status;
}

lmas_status lmi_thought_read(lmi_thought_rule *out, lmi_weights *weights, const char *arch,
                             int32_t n_embd)
{
    lmi_thought_rule rule = {.scale = 1};
    lmas_status status;
    lmi_matrix w_in;

    if (is_among(arch, scale_tokens))
        rule.scale = sqrtf((float)n_embd);
    rule.has_inputs_by_token = number_of(weights, arch, "embedding_length_per_layer_input") > 0;
    if (is_among(arch, need_sections) && !has_sections(weights, arch))
        snprintf(
            rule.refusal, sizeof(rule.refusal),
            "libllama's %.60s takes no vectors in place of tokens, so this model cannot think; "
            "baseline and text_mas run on it",
            arch);
    if (!lmi_weights_find(&w_in, weights, "token_embd.weight") || w_in.n_cols != n_embd)
        return lmi_fail(LMAS_E_MODEL, "no token_embd.weight of %d columns in the GGUF", n_embd);
    rule.row = lmi_new((size_t)n_embd, sizeof(float));
    status = rule.row ? choose_row(&rule, weights, &w_in)
                      : lmi_fail(LMAS_E_NOMEM, "no memory for a row of the embedding matrix");
    if (status == LMAS_OK)
        *out = rule;
    else
        lmi_thought_done(&rule);
    return status;
}

void lmi_thought_done(lmi_thought_rule *rule)
{
    lmi_free(rule->row);
    rule->row = NULL;
}
