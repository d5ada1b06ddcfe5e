/* handover.c - see handover.h. */
#include "latent/handover.h"

#include "base/mem.h"
#include "engine/state/edit.h"
#include "engine/state/shift.h"

/* The same stretch of another memory, `delta` further on. */
static lmas_status add_segment(lmas_memory *memory, const lmas_segment *segment, uint32_t pos,
                               uint32_t n)
{
    char *name;

    if (memory->n_segments == LMI_SEGMENTS_MAX)
        return lmi_fail(LMAS_E_INVALID, "more than %zu segments in one working memory",
                        LMI_SEGMENTS_MAX);
    name = lmi_strdup(segment->agent);
    if (!name || !lmi_reserve((void **)&memory->segments, &memory->segments_capacity,
                              memory->n_segments + 1, sizeof(lmas_segment))) {
        lmi_free(name);
        return lmi_fail(LMAS_E_NOMEM, "no memory for a segment");
    }
    memory->segments[memory->n_segments++] =
        (lmas_segment){.agent = name, .kind = segment->kind, .pos = pos, .n = n};
    return LMAS_OK;
}

/* The account of positions [begin, end) of `from`, which now begin at `pos`. */
static lmas_status copy_segments(lmas_memory *to, const lmas_memory *from, uint32_t begin,
                                 uint32_t end, uint32_t pos)
{
    lmas_status status = LMAS_OK;
    size_t i;

    for (i = 0; status == LMAS_OK && i < from->n_segments; i++) {
        const lmas_segment *s = &from->segments[i];
        const uint32_t first = s->pos > begin ? s->pos : begin;
        const uint32_t last = s->pos + s->n < end ? s->pos + s->n : end;

        if (first < last)
            status = add_segment(to, s, pos + (first - begin), last - first);
    }
    return status;
}

lmas_status lmi_memory_fork(lmas_memory *to, lmas_memory *from)
{
    lmas_status status;

    lmi_memory_settle(from);
    status = lmi_lane_fork(to->session->ctx, to->lane, from->lane);
    return status == LMAS_OK ? copy_segments(to, from, 0, from->lane->pos, 0) : status;
}

bool lmi_memory_holds(lmas_memory *memory, uint32_t begin, uint32_t end)
{
    size_t i;

    lmi_memory_settle(memory);
    for (i = 0; i < memory->n_segments; i++) {
        const lmas_segment *s = &memory->segments[i];

        if (s->n > 0 && s->pos < end && s->pos + s->n > begin)
            return true;
    }
    return false;
}

lmas_status lmi_memory_splice(lmas_memory *to, lmas_memory *from, uint32_t begin, uint32_t end)
{
    const uint32_t pos = to->lane->pos;
    lmas_status status;

    lmi_memory_settle(to);
    lmi_memory_settle(from);
    status = lmi_lane_splice(to->session->ctx, to->lane, from->lane, begin, end);
    return status == LMAS_OK ? copy_segments(to, from, begin, end, pos) : status;
}

/* From the last one on, so that what is dropped at the end takes the end back. */
lmas_status lmi_memory_keep(lmas_memory *memory, lmas_segment_kind kind)
{
    lmas_status status = LMAS_OK;
    size_t n = 0;
    size_t i;

    lmi_memory_settle(memory);
    for (i = memory->n_segments; status == LMAS_OK && i-- > 0;) {
        const lmas_segment *s = &memory->segments[i];

        if (s->kind != kind && s->n > 0)
            status = lmi_lane_drop_range(memory->session->ctx, memory->lane, s->pos, s->pos + s->n);
    }
    for (i = 0; status == LMAS_OK && i < memory->n_segments; i++) {
        if (memory->segments[i].kind == kind)
            memory->segments[n++] = memory->segments[i];
        else
            lmi_free((void *)memory->segments[i].agent);
    }
    if (status == LMAS_OK)
        memory->n_segments = n;
    return status;
}
