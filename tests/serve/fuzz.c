/*
 * fuzz.c - any bytes as the body of a request (libFuzzer; `make fuzz-serve`).
 *
 * What is looked for: a crash, a finding of the sanitizers, a refusal without a word, and a form
 * that breaks its word: what the solver would be asked keeps within its limits.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "serve/openai/form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool claim)
{
    if (!claim)
        abort();
}

static void look_at_question(const lmi_form *form)
{
    const lmas_question *q = &form->question;
    size_t i;

    hold(q->max_new_tokens >= 0 && q->n_top <= 20 && q->n_near <= LMAS_NEAR_MAX);
    hold(q->n_stops <= LMAS_STOPS_MAX && q->sampling == &form->sampling);
    for (i = 0; i < q->n_stops; i++)
        hold(q->stops[i] && strlen(q->stops[i]) > 0 && strlen(q->stops[i]) <= LMAS_STOP_SIZE_MAX);
    for (i = 0; i < q->n_before; i++)
        hold(q->before[i].role && q->before[i].text && strlen(q->before[i].text) <= LMI_BODY_MAX);
    hold(!q->system || strlen(q->system) > 0);
}

static void look_at(const lmi_form *form)
{
    size_t i;

    hold(form->n >= 1 && form->n <= LMI_CHOICES_MAX);
    hold(form->n_prompts >= 1 && form->n_prompts * form->n <= LMI_CHOICES_MAX);
    for (i = 0; i < form->n_prompts; i++)
        hold(form->prompts[i] != NULL);
    hold(form->sampling.temperature >= 0 && form->sampling.top_p > 0 && form->sampling.top_p <= 1);
    look_at_question(form);
}

static void read_as(lmi_endpoint endpoint, const uint8_t *data, size_t size)
{
    static lmas_team *team;
    lmi_entry entries[] = {{.id = (char *)"sequential", .method = LMAS_METHOD_LATENT_MAS}};
    const lmi_catalog catalog = {.at = entries, .n = 1};
    const lmi_defaults defaults = {
        .catalog = &catalog, .sampling = lmas_sampling_default(), .kind = LMAS_ANSWER_FREE};
    lmi_complaint why;
    lmi_form form;

    if (!team && lmas_team_builtin(&team, "sequential") != LMAS_OK)
        abort();
    entries[0].team = team;
    if (lmi_form_read(&form, &why, endpoint, &defaults, (const char *)data, size) == LMAS_OK)
        look_at(&form);
    else
        hold(lmas_last_error()[0] && why.code >= 400);
    lmi_form_done(&form);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    read_as(LMI_CHAT, data, size);
    read_as(LMI_COMPLETIONS, data, size);
    return 0;
}
