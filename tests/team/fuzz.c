/*
 * fuzz.c - any bytes as a team file, or behind a 'P' as a prompt file of Science-LatentMAS
 * (libFuzzer; `make fuzz-team`).
 *
 * What is looked for: a crash, a finding of the sanitizers, and a plan that breaks its word: turns
 * stand behind all that they need, and each memory ends in its turn's own block.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "serve/graph/shape.h"
#include "team/plan/plan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hold(bool claim)
{
    if (!claim)
        abort();
}

static void look_at_turn(const lmi_plan *plan, size_t i)
{
    const lmi_turn *turn = &plan->turns[i];
    size_t k;

    hold(turn->base < (int32_t)i && turn->blocks.n > 0);
    hold(turn->blocks.at[turn->blocks.n - 1] == (int32_t)i);
    for (k = 0; k < turn->waits_for.n; k++)
        hold(turn->waits_for.at[k] < (int32_t)i);
    for (k = 0; k < turn->hears.n; k++) {
        const lmi_turn *from = &plan->turns[turn->hears.at[k]];

        hold(turn->hears.at[k] < (int32_t)i && (from->n_speak > 0 || lmi_turn_is_errand(from)));
    }
    for (k = 0; k < turn->gives_to.n; k++)
        hold(turn->gives_to.at[k] > (int32_t)i);
    for (k = 0; k < turn->n_parcels; k++)
        hold(turn->parcels[k].from < (int32_t)i && turn->parcels[k].block <= turn->parcels[k].from);
    hold(turn->is_output == (i + 1 == plan->n_turns));
}

static void plan(const lmas_team *team, lmas_method method, lmas_control control)
{
    lmas_solver_params params = lmas_solver_params_default();
    lmi_plan made;
    size_t i;

    params.method = method;
    params.control = control;
    if (lmi_plan_make(&made, NULL, team, &params) == LMAS_OK) {
        hold(made.n_hosts == 1 && made.hosts[0].n_lanes_least >= 1);
        hold(made.hosts[0].n_lanes >= made.hosts[0].n_lanes_least);
        for (i = 0; i < made.n_turns; i++)
            look_at_turn(&made, i);
    }
    lmi_plan_done(&made);
}

static void use(lmas_team *team)
{
    lmi_shape shape;

    hold(lmi_shape_init(&shape, team) == LMAS_OK);
    hold(shape.n_levels >= 1 && shape.n_levels <= shape.n_agents);
    lmi_shape_done(&shape);
    plan(team, LMAS_METHOD_BASELINE, LMAS_CONTROL_OFF);
    plan(team, LMAS_METHOD_TEXT_MAS, LMAS_CONTROL_OFF);
    plan(team, LMAS_METHOD_LATENT_MAS, LMAS_CONTROL_OFF);
    plan(team, LMAS_METHOD_LATENT_MAS, LMAS_CONTROL_NO_MEMORY);
    lmas_team_free(team);
}

/* The reader takes a path: that of a file in memory. */
static lmas_status open_prompts(lmas_team **out, const uint8_t *data, size_t size)
{
    static int fd = -1;
    char path[32];

    if (fd < 0)
        fd = memfd_create("prompts", 0);
    hold(ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    return lmas_team_open_prompts(out, path, "sequential");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const bool is_prompts = size > 0 && data[0] == 'P';
    lmas_team *team = NULL;
    lmas_status status;

    if (is_prompts)
        status = open_prompts(&team, data + 1, size - 1);
    else
        status = lmas_team_parse(&team, "t.json", (const char *)data, size);
    hold((status == LMAS_OK) == (team != NULL));
    hold(status == LMAS_OK || (*lmas_last_error() && !strchr(lmas_last_error(), '\n')));
    if (status != LMAS_OK && !is_prompts)
        hold(strncmp(lmas_last_error(), "t.json:", 7) == 0);
    if (team)
        use(team);
    return 0;
}
