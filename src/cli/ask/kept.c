/* kept.c - see kept.h. */
#include "cli/ask/kept.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "cli/origin.h"
#include "cli/show/term.h"

/* Whoever waited for an answer is not to hear only then that there is no such folder. */
static lmas_status try_to_write(const char *path)
{
    struct stat st;
    lmas_status status;
    lmi_sink sink;

    if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
        return lmi_fail(LMAS_E_IO, "cannot write %s: it is a folder", path);
    status = lmi_sink_open(&sink, path);
    if (status == LMAS_OK)
        (void)lmi_sink_finish(&sink, LMAS_E_CANCELED); /* thrown away */
    return status;
}

static bool drops(const char *keep)
{
    return keep && strcmp(keep, "all") != 0;
}

/* Nor that what is to be saved cannot be: of dropped positions no file can tell. */
static lmas_status check_whole(const lmi_stage *stage)
{
    const lmas_solver_params *p = &stage->solver_params;
    const bool is_latent = p->method == LMAS_METHOD_LATENT_MAS;
    lmas_edge edge;
    size_t i;

    if (p->speaker)
        return lmi_fail(LMAS_E_INVALID,
                        "--save_memory keeps the last agent's memory, and --vllm_url has a server "
                        "speak, which gives none out: leave out one of the two");
    for (i = 0; is_latent && lmas_team_edge(&edge, stage->team, i); i++) {
        if (p->control == LMAS_CONTROL_PROMPTS || p->control == LMAS_CONTROL_THOUGHTS)
            return lmi_fail(LMAS_E_INVALID,
                            "a memory of which --control %s drops positions cannot be saved",
                            lmas_control_name(p->control));
        if (drops(edge.keep ? edge.keep : p->keep_rule))
            return lmi_fail(LMAS_E_INVALID,
                            "a memory of which the rule %s (--keep, or in the team file) may drop "
                            "positions cannot be saved",
                            edge.keep ? edge.keep : p->keep_rule);
    }
    return LMAS_OK;
}

lmas_status lmi_kept_look(const lmi_kept *kept, lmi_stage *stage)
{
    lmas_status status = lmas_memory_file_check(&kept->params);

    if (status == LMAS_OK && kept->from)
        status = lmi_origin_look(&stage->n_before, kept->from, &kept->params);
    if (status == LMAS_OK && kept->to)
        status = check_whole(stage);
    return status == LMAS_OK && kept->to ? try_to_write(kept->to) : status;
}

lmas_status lmi_kept_open(lmi_kept *kept, lmi_stage *stage)
{
    const lmas_status status =
        kept->from ? lmi_origin_load(&kept->origin, stage->session, kept->from, &kept->params)
                   : LMAS_OK;

    stage->solver_params.origin = kept->origin;
    return status;
}

/* A failure is no reason to take the answer back: it is told when that has ended. */
bool lmi_kept_save(void *user, lmas_memory *memory)
{
    lmi_kept *kept = user;

    kept->status = lmas_memory_save(memory, kept->to, &kept->params);
    if (kept->status != LMAS_OK)
        snprintf(kept->error, sizeof(kept->error), "%s", lmas_last_error());
    return true;
}

lmas_status lmi_kept_end(const lmi_kept *kept)
{
    if (kept->status != LMAS_OK)
        return lmi_fail(kept->status, "the memory is not saved: %s", kept->error);
    return LMAS_OK;
}

void lmi_kept_done(lmi_kept *kept)
{
    lmas_memory_free(kept->origin);
    kept->origin = NULL;
}
