/* kept.c - see kept.h. */
#include "cli/ask/kept.h"

#include <stdio.h>

#include "base/file.h"
#include "cli/origin.h"
#include "cli/show/term.h"

/* Whoever waited for an answer is not to hear only then that there is no such folder. */
static lmas_status try_to_write(const char *path)
{
    lmi_sink sink;
    const lmas_status status = lmi_sink_open(&sink, path);

    if (status == LMAS_OK)
        (void)lmi_sink_finish(&sink, LMAS_E_CANCELED); /* thrown away */
    return status;
}

lmas_status lmi_kept_look(const lmi_kept *kept, lmi_stage *stage)
{
    const lmas_status status =
        kept->from ? lmi_origin_look(&stage->n_before, kept->from, &kept->params) : LMAS_OK;

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
