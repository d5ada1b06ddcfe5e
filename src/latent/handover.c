/* handover.c - see handover.h. */
#include "latent/handover.h"

#include "base/mem.h"
#include "engine/state/edit.h"
#include "engine/state/shift.h"

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

        if (first >= last)
            continue;
        status = lmi_memory_add_segment(
            to, &(lmas_segment){s->agent, s->kind, pos + (first - begin), last - first});
        if (status == LMAS_OK)
            status =
                lmi_account_copy(&to->account, &from->account, lmi_extent_of(from->segments, i),
                                 s->kind, first - s->pos, last - first);
    }
    return status;
}

lmas_status lmi_memory_fork(lmas_memory *to, lmas_memory *from)
{
    lmas_status status;

    lmi_memory_settle(from);
    status = lmi_lane_fork(to->session->ctx, to->lane, from->lane);
    to->account.is_straight = from->account.is_straight;
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
    if (status != LMAS_OK)
        return status;
    to->account.is_straight = false; /* each block was read without the other */
    return copy_segments(to, from, begin, end, pos);
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
    if (status == LMAS_OK)
        lmi_account_keep(&memory->account, memory->segments, memory->n_segments, kind);
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
