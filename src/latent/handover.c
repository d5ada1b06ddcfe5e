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

/* Which of positions [begin, end) of `from`, which now begin at `pos`, are holes. */
static lmas_status copy_holes(lmas_memory *to, const lmas_memory *from, uint32_t begin,
                              uint32_t end, uint32_t pos)
{
    const size_t n = pos + (end - begin);
    uint32_t i;

    if (begin >= from->n_known)
        return LMAS_OK;
    if (!lmi_reserve((void **)&to->is_hole, &to->known_capacity, n, sizeof(bool)))
        return lmi_fail(LMAS_E_NOMEM, "no memory for the places of a working memory");
    while (to->n_known < pos)
        to->is_hole[to->n_known++] = false;
    for (i = begin; i < end; i++)
        to->is_hole[pos + (i - begin)] = !lmi_memory_has(from, i);
    to->n_known = n;
    return LMAS_OK;
}

/* What was paid to positions [begin, end) of `from`, which now begin at `pos`. */
static lmas_status copy_attention(lmas_memory *to, const lmas_memory *from, uint32_t begin,
                                  uint32_t end, uint32_t pos)
{
    lmas_status status;
    uint32_t i;

    if (begin >= from->n_weighed)
        return LMAS_OK;
    status = lmi_memory_weigh(to, (size_t)pos + (end - begin));
    for (i = begin; status == LMAS_OK && i < end; i++)
        to->attention[pos + (i - begin)] = lmi_memory_attention(from, i);
    return status;
}

/* All that is known of these positions, but for what is in the cells. */
static lmas_status copy_knowledge(lmas_memory *to, const lmas_memory *from, uint32_t begin,
                                  uint32_t end, uint32_t pos)
{
    lmas_status status = copy_segments(to, from, begin, end, pos);

    if (status == LMAS_OK)
        status = copy_holes(to, from, begin, end, pos);
    return status == LMAS_OK ? copy_attention(to, from, begin, end, pos) : status;
}

lmas_status lmi_memory_fork(lmas_memory *to, lmas_memory *from)
{
    const uint32_t end = from->lane->pos;
    lmas_status status;

    lmi_memory_settle(from);
    status = lmi_lane_fork(to->session->ctx, to->lane, from->lane);
    to->account.is_straight = from->account.is_straight;
    return status == LMAS_OK ? copy_knowledge(to, from, 0, end, 0) : status;
}

bool lmi_memory_has(const lmas_memory *memory, uint32_t pos)
{
    return pos < memory->lane->pos && !(pos < memory->n_known && memory->is_hole[pos]);
}

uint32_t lmi_memory_end(const lmas_memory *memory, uint32_t begin, uint32_t end)
{
    while (end > begin && !lmi_memory_has(memory, end - 1))
        end--;
    return end;
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
    return copy_knowledge(to, from, begin, end, pos);
}

/* What of the segments is there, from the first such position of each to the last. */
static void trim_segments(lmas_memory *memory)
{
    size_t n = 0;
    size_t i;

    for (i = 0; i < memory->n_segments; i++) {
        lmas_segment s = memory->segments[i];
        const uint32_t end = lmi_memory_end(memory, s.pos, s.pos + s.n);

        while (s.pos < end && !lmi_memory_has(memory, s.pos))
            s.pos++;
        s.n = end - s.pos;
        if (s.n > 0)
            memory->segments[n++] = s;
        else
            lmi_free((void *)s.agent);
    }
    memory->n_segments = n;
}

lmas_status lmi_memory_thin(lmas_memory *memory, const lmi_view *view, const bool *is_kept)
{
    const uint32_t n = memory->lane->pos;
    lmas_status status;

    lmi_memory_settle(memory);
    if (!lmi_reserve((void **)&memory->is_hole, &memory->known_capacity, n, sizeof(bool)))
        return lmi_fail(LMAS_E_NOMEM, "no memory for the places of a working memory");
    status = lmi_lane_thin(memory->session->ctx, memory->lane, view, is_kept);
    if (status != LMAS_OK)
        return status;
    for (memory->n_known = 0; memory->n_known < memory->lane->pos; memory->n_known++)
        memory->is_hole[memory->n_known] = !is_kept[memory->n_known];
    if (memory->n_weighed > memory->lane->pos)
        memory->n_weighed = memory->lane->pos;
    trim_segments(memory);
    lmi_account_lose(&memory->account); /* which of its entries are still there it does not say */
    return LMAS_OK;
}
