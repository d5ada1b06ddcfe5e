/* params.c - what a run is told: methods and experiments by name, and the limits of its numbers. */
#include "team/plan/params.h"

#include <string.h>

#include "base/utf8.h"
#include "engine/sampler.h"

static const char *const METHOD_NAMES[] = {"baseline", "text_mas", "latent_mas"};
enum { N_METHODS = sizeof(METHOD_NAMES) / sizeof(METHOD_NAMES[0]) };

const char *lmas_method_name(lmas_method method)
{
    return (size_t)method < N_METHODS ? METHOD_NAMES[method] : NULL;
}

bool lmas_method_parse(lmas_method *out, const char *name)
{
    size_t i;

    for (i = 0; out && name && i < N_METHODS; i++) {
        if (strcmp(name, METHOD_NAMES[i]) != 0)
            continue;
        *out = (lmas_method)i;
        return true;
    }
    return false;
}

static const char *const CONTROL_NAMES[] = {"off",  "none", "prompts",  "thoughts",  "random",
                                            "zero", "text", "shuffled", "wrong-task"};
enum { N_CONTROLS = sizeof(CONTROL_NAMES) / sizeof(CONTROL_NAMES[0]) };

const char *lmas_control_name(lmas_control control)
{
    return (size_t)control < N_CONTROLS ? CONTROL_NAMES[control] : NULL;
}

bool lmas_control_parse(lmas_control *out, const char *name)
{
    size_t i;

    for (i = 0; out && name && i < N_CONTROLS; i++) {
        if (strcmp(name, CONTROL_NAMES[i]) != 0)
            continue;
        *out = (lmas_control)i;
        return true;
    }
    return false;
}

bool lmi_control_swaps(lmas_control control)
{
    return control == LMAS_CONTROL_SHUFFLED || control == LMAS_CONTROL_WRONG_TASK;
}

bool lmi_control_overwrites(lmas_control control)
{
    return control == LMAS_CONTROL_RANDOM || control == LMAS_CONTROL_ZERO;
}

bool lmi_control_drops(lmas_control control)
{
    return control == LMAS_CONTROL_PROMPTS || control == LMAS_CONTROL_THOUGHTS;
}

lmas_status lmas_keep_check(const char *keep)
{
    lmi_keep ignored;

    if (!keep || lmi_keep_parse(&ignored, keep))
        return LMAS_OK;
    return lmi_fail(LMAS_E_INVALID, "keep_rule must be " LMI_KEEP_EXPECTED ", found \"%.*s\"",
                    LMI_KEEP_TEXT_MAX, keep);
}

lmas_status lmi_params_keep(lmi_keep *out, const lmas_solver_params *params)
{
    const lmas_control control = params->control;

    *out = (lmi_keep){.rule = LMI_KEEP_ALL};
    if (control == LMAS_CONTROL_PROMPTS)
        out->rule = LMI_KEEP_PROMPTS;
    if (control == LMAS_CONTROL_THOUGHTS)
        out->rule = LMI_KEEP_THOUGHTS;
    if (!params->keep_rule)
        return LMAS_OK;
    if (lmi_control_drops(control) || control == LMAS_CONTROL_NO_MEMORY ||
        control == LMAS_CONTROL_TEXT)
        return lmi_fail(
            LMAS_E_INVALID,
            "keep_rule %.48s chooses among the cells that are handed on, and control %s %s: "
            "leave out one of the two",
            params->keep_rule, lmas_control_name(control),
            lmi_control_drops(control) ? "chooses them itself" : "hands on none");
    return lmi_keep_parse(out, params->keep_rule) ? LMAS_OK : lmas_keep_check(params->keep_rule);
}

lmas_solver_params lmas_solver_params_default(void)
{
    return (lmas_solver_params){.method = LMAS_METHOD_LATENT_MAS,
                                .latent_steps = 10,
                                .latent_steps_max = 40,
                                .max_new_tokens = 4096,
                                .text_context_length = -1,
                                .share_prefixes = true,
                                .align = lmas_align_default(),
                                .sampling = lmas_sampling_default(),
                                .chat = lmas_chat_params_default()};
}

static lmas_status check_think(const char *think)
{
    const size_t len = think ? strlen(think) : 0;

    if (len > LMAS_THINK_MAX)
        return lmi_fail(LMAS_E_INVALID, "think must be at most %d bytes, got %zu", LMAS_THINK_MAX,
                        len);
    if (think && !lmi_utf8_is_valid(think, len))
        return lmi_fail(LMAS_E_INVALID, "think is not valid UTF-8");
    return LMAS_OK;
}

/* Nats: more than any vocabulary has. */
#define REST_ENTROPY_MAX 100.0f

static lmas_status check_steps(const lmas_solver_params *p)
{
    if (p->latent_steps != LMAS_LATENT_STEPS_AUTO &&
        (p->latent_steps < 0 || p->latent_steps > LMAS_LATENT_STEPS_MAX))
        return lmi_fail(LMAS_E_INVALID,
                        "latent_steps must be from 0 to %d, or %d (LMAS_LATENT_STEPS_AUTO), got %d",
                        LMAS_LATENT_STEPS_MAX, LMAS_LATENT_STEPS_AUTO, p->latent_steps);
    if (p->latent_steps_max < 1 || p->latent_steps_max > LMAS_LATENT_STEPS_MAX)
        return lmi_fail(LMAS_E_INVALID, "latent_steps_max must be from 1 to %d, got %d",
                        LMAS_LATENT_STEPS_MAX, p->latent_steps_max);
    if (!(p->rest_entropy >= 0 && p->rest_entropy <= REST_ENTROPY_MAX))
        return lmi_fail(LMAS_E_INVALID, "rest_entropy must be from 0 to %g, got %g",
                        (double)REST_ENTROPY_MAX, (double)p->rest_entropy);
    return LMAS_OK;
}

lmas_status lmi_params_check(const lmas_solver_params *p)
{
    if (!lmas_method_name(p->method))
        return lmi_fail(LMAS_E_INVALID, "method must be baseline, text_mas or latent_mas, got %d",
                        (int)p->method);
    if (!lmas_control_name(p->control))
        return lmi_fail(LMAS_E_INVALID, "control must be from 0 (off) to %d (%s), got %d",
                        N_CONTROLS - 1, CONTROL_NAMES[N_CONTROLS - 1], (int)p->control);
    if (check_steps(p) != LMAS_OK)
        return LMAS_E_INVALID;
    if (p->max_new_tokens < 1 || p->max_new_tokens > LMAS_NEW_TOKENS_MAX)
        return lmi_fail(LMAS_E_INVALID, "max_new_tokens must be from 1 to %d, got %d",
                        LMAS_NEW_TOKENS_MAX, p->max_new_tokens);
    if (p->text_context_length < -1 || p->text_context_length > LMAS_TEXT_CONTEXT_MAX)
        return lmi_fail(LMAS_E_INVALID, "text_context_length must be from -1 to %d, got %d",
                        LMAS_TEXT_CONTEXT_MAX, p->text_context_length);
    if (p->n_near > LMAS_NEAR_MAX)
        return lmi_fail(LMAS_E_INVALID, "n_near must be from 0 to %d, got %u", LMAS_NEAR_MAX,
                        p->n_near);
    if (p->n_probe > LMAS_NEW_TOKENS_MAX)
        return lmi_fail(LMAS_E_INVALID, "n_probe must be from 0 to %d, got %u", LMAS_NEW_TOKENS_MAX,
                        p->n_probe);
    if (check_think(p->think) != LMAS_OK)
        return LMAS_E_INVALID;
    return lmi_sampling_check(&p->sampling);
}
