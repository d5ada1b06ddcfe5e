/*
 * weight.c - the cells that a question needs, read backwards: with answers of one token and without
 * thoughts what is left are the prompts, and the difference to the same with thoughts are those.
 * Of text_mas, whose agents read one after the other, the longest prompt stands for each.
 */
#include "cli/run/grid/weight.h"

enum { WEIGHED = 32 }; /* questions that are looked at */

/* Cells of all memories of the first model, with so many thoughts and answers of one token. */
static lmas_status count_cells(double *out, const lmi_stage *stage, int32_t latent_steps,
                               const lmas_question *question)
{
    lmas_solver_params params = stage->solver_params;
    lmas_needs needs[1 + LMI_HOSTS_HERE];
    lmas_status status;

    params.latent_steps = latent_steps;
    params.max_new_tokens = 1;
    status = lmas_question_needs(needs, stage->model, stage->team, &params, question);
    *out = status == LMAS_OK ? needs->n_cells_all : 0;
    return status;
}

static size_t n_agents(const lmi_stage *stage)
{
    const size_t n = lmas_team_n_agents(stage->team) * lmas_team_n_rounds(stage->team);

    return stage->solver_params.method == LMAS_METHOD_BASELINE || n == 0 ? 1 : n;
}

static lmas_status weigh_one(lmi_run_weight *sum, const lmi_stage *stage,
                             const lmas_question *question)
{
    const lmas_solver_params *p = &stage->solver_params;
    const bool thinks = p->method == LMAS_METHOD_LATENT_MAS;
    const int32_t n_steps =
        p->latent_steps == LMAS_LATENT_STEPS_AUTO ? p->latent_steps_max : p->latent_steps;
    double n_read = 0, n_all = 0;
    lmas_status status = count_cells(&n_read, stage, 0, question);

    n_all = n_read;
    if (status == LMAS_OK && thinks)
        status = count_cells(&n_all, stage, n_steps, question);
    sum->n_read += thinks ? n_read : n_read * (double)n_agents(stage);
    sum->n_thought += n_all - n_read;
    return status;
}

/* An answer cannot be longer than the context. */
static double most_spoken(const lmi_stage *stage)
{
    const int32_t trained = lmas_model_describe(stage->model)->n_ctx_train;
    const int32_t most = stage->solver_params.max_new_tokens;

    return trained > 0 && trained < most ? trained : most;
}

lmas_status lmi_weigh(lmi_run_weight *out, const lmi_stage *stage, const lmi_setup *setup)
{
    const size_t n = setup->n < WEIGHED ? setup->n : WEIGHED;
    lmas_status status = LMAS_OK;
    size_t i;

    *out = (lmi_run_weight){.n_speakers = 1};
    if (stage->solver_params.method == LMAS_METHOD_TEXT_MAS)
        out->n_speakers = (double)n_agents(stage);
    out->n_spoken_most = out->n_speakers * most_spoken(stage);
    for (i = 0; status == LMAS_OK && i < n; i++) {
        const lmas_question question = lmi_run_question(setup, i * setup->n / n);

        status = weigh_one(out, stage, &question);
    }
    out->n_read /= (double)(n ? n : 1);
    out->n_thought /= (double)(n ? n : 1);
    return status;
}
