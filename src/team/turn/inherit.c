/*
 * inherit.c - see inherit.h.
 *
 * A memory that nobody will take from is no longer anybody's, but what it begins with is of use: in
 * a text team an agent's prompt most often begins as that of the one before him, who has just read
 * it.
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

/* ---- Memories that nobody has ---- */

/* Whether the memory, which its owner has done with, begins with his prompt and nothing else. */
static bool begins_with_prompt(const lmi_strand *strand)
{
    return strand->plan->params.share_prefixes && lmi_turn_is_fresh(strand->turn) &&
           lmi_plan_origin(strand->plan, strand->turn) == 0;
}

static void put_free(lmi_memories *memories, lmi_strand *strand)
{
    const bool is_left = begins_with_prompt(strand);

    if (!is_left)
        lmi_memory_clear(strand->memory);
    memories->free[memories->n_free++] =
        (lmi_spare){strand->memory, is_left ? (int32_t)strand->index : LMI_NO_TURN};
    strand->memory = NULL;
}

static lmas_memory *take_out(lmi_memories *memories, size_t at)
{
    lmas_memory *memory = memories->free[at].memory;

    memories->free[at] = memories->free[--memories->n_free];
    return memory;
}

/* An empty one; where there is none, one that is made so. */
static lmas_memory *take_free(lmi_memories *memories)
{
    size_t at = memories->n_free - 1;
    lmas_memory *memory;

    while (at > 0 && memories->free[at].turn != LMI_NO_TURN)
        at--;
    memory = take_out(memories, at);
    lmi_memory_clear(memory);
    return memory;
}

/* How much of the prompt of `strand` each has, the one that has most in `*at`. */
static uint32_t find_longest(size_t *at, const lmi_memories *memories, const lmi_strand *strands,
                             const lmi_strand *strand)
{
    uint32_t longest = 0;
    size_t i;

    for (i = 0; i < memories->n_free; i++) {
        const int32_t turn = memories->free[i].turn;
        const uint32_t n =
            turn == LMI_NO_TURN ? 0 : lmi_shelf_share(&strands[turn].prompt, &strand->prompt);

        if (n > longest) {
            longest = n;
            *at = i;
        }
    }
    return longest;
}

/* Go on in what another turn has left, as far as both prompts begin alike. */
static lmas_memory *take_left(lmi_strand *strand, lmi_memories *memories, const lmi_strand *strands)
{
    size_t at = 0;
    const uint32_t n =
        begins_with_prompt(strand) ? find_longest(&at, memories, strands, strand) : 0;
    lmas_memory *memory;

    if (n == 0)
        return take_free(memories);
    memory = take_out(memories, at);
    if (lmi_memory_go_back(memory, strand->turn->name, strand->prompt.ids, n) == LMAS_OK)
        strand->n_has = n; /* a model may be one that cannot */
    return memory;
}

/* ---- Who gets which ---- */

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
    put_free(memories, strand);
}

/* A new memory begins with the origin, where there is one. */
static lmas_status take_new(lmi_strand *strand, lmi_memories *memories, const lmi_strand *strands)
{
    lmas_memory *origin = strand->plan->params.origin;

    strand->memory = take_left(strand, memories, strands);
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
        status = take_new(strand, memories, strands);
    else
        status =
            take_base(strands, strand, lmi_plan_takes_over(strand->plan, standing, i), memories);
    return status == LMAS_OK ? move_blocks(strands, strand) : status;
}
