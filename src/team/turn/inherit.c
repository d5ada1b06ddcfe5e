/*
 * inherit.c - see inherit.h.
 *
 * The last taker of a memory takes it over, the others get forks; so a chain goes on in one memory.
 * Whoever is the last gets the same cells as a fork: what follows does not depend on time.
 */
#include "team/turn/inherit.h"

#include <string.h>

#include "base/mem.h"
#include "latent/handover.h"

/* Where block `k` of its memory begins. */
static uint32_t begin_of(const lmi_strand *strand, size_t k)
{
    return k ? strand->ends[k - 1] : lmi_plan_origin(strand->plan, strand->turn);
}

static lmas_memory *take_free(lmi_memories *memories)
{
    return memories->free[--memories->n_free];
}

void lmi_let_go(lmi_strand *strands, size_t i, const lmi_turn_state *standing,
                lmi_memories *memories)
{
    lmi_strand *strand = &strands[i];
    const lmi_turn_list *takers = &strand->turn->gives_to;
    size_t k;

    for (k = 0; k < takers->n; k++)
        if (standing[takers->at[k]] == LMI_WAITS)
            return;
    if (!strand->memory || standing[i] == LMI_RUNS)
        return;
    lmi_memory_clear(strand->memory);
    memories->free[memories->n_free++] = strand->memory;
    strand->memory = NULL;
}

/* A new memory begins with the origin, where there is one. */
static lmas_status take_new(lmi_strand *strand, lmi_memories *memories)
{
    lmas_memory *origin = strand->plan->params.origin;

    strand->memory = take_free(memories);
    return origin && strand->turn->host == 0 ? lmi_memory_fork(strand->memory, origin) : LMAS_OK;
}

/* Its base's blocks lie where they lay. */
static lmas_status take_base(lmi_strand *strands, lmi_strand *strand, bool takes_over,
                             lmi_memories *memories)
{
    lmi_strand *base = &strands[strand->turn->base];

    memcpy(strand->ends, base->ends, base->turn->blocks.n * sizeof(*base->ends));
    if (takes_over) {
        strand->memory = base->memory;
        base->memory = NULL;
        return LMAS_OK;
    }
    strand->memory = take_free(memories);
    return lmi_memory_fork(strand->memory, base->memory);
}

/* How many parcels from `first` on come from one memory and lie there side by side. */
static size_t count_run(const lmi_strand *strands, const lmi_turn *turn, size_t first)
{
    const lmi_parcel *p = &turn->parcels[first];
    const lmi_strand *from = &strands[p->from];
    const size_t place = lmi_turn_place(from->turn, p->block);
    size_t n = 1;

    while (first + n < turn->n_parcels && !p[n].is_read && p[n].from == p->from &&
           lmi_turn_place(from->turn, p[n].block) == place + n)
        n++;
    return n;
}

/* Move `n` blocks that lie side by side; each ends as far behind the first as it did, or with the
 * last cell of them all. A handover before may have left nothing of them. */
static lmas_status move_run(lmi_strand *strands, lmi_strand *strand, size_t first, size_t n)
{
    const lmi_parcel *parcel = &strand->turn->parcels[first];
    lmi_strand *from = &strands[parcel->from];
    const size_t place = lmi_turn_place(from->turn, parcel->block);
    const size_t own = lmi_turn_place(strand->turn, parcel->block);
    const uint32_t begin = begin_of(from, place);
    const uint32_t end = lmi_memory_end(from->memory, begin, from->ends[place + n - 1]);
    const uint32_t pos = lmas_memory_n_pos(strand->memory);
    size_t k;

    for (k = 0; k < n; k++) {
        const uint32_t block_end = from->ends[place + k];

        strand->ends[own + k] = pos + (block_end < end ? block_end : end) - begin;
    }
    return end > begin ? lmi_memory_splice(strand->memory, from->memory, begin, end) : LMAS_OK;
}

static lmas_status move_blocks(lmi_strand *strands, lmi_strand *strand)
{
    const lmi_turn *turn = strand->turn;
    lmas_status status = LMAS_OK;
    size_t i, n;

    for (i = 0; status == LMAS_OK && i < turn->n_parcels; i += n) {
        n = turn->parcels[i].is_read ? 1 : count_run(strands, turn, i);
        if (!turn->parcels[i].is_read)
            status = move_run(strands, strand, i, n);
    }
    return status;
}

lmas_status lmi_inherit(lmi_strand *strands, size_t i, const lmi_turn_state *standing,
                        lmi_memories *memories)
{
    lmi_strand *strand = &strands[i];
    lmas_status status = LMAS_OK;

    strand->ends = lmi_new(strand->turn->blocks.n, sizeof(*strand->ends));
    if (!strand->ends)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a turn");
    if (strand->turn->base == LMI_NO_TURN)
        status = take_new(strand, memories);
    else
        status =
            take_base(strands, strand, lmi_plan_takes_over(strand->plan, standing, i), memories);
    return status == LMAS_OK ? move_blocks(strands, strand) : status;
}
