/*
 * prune.c - see prune.h.
 *
 *   blocks   [ origin ][ a         b      ][ c    ][ d       e    ]
 *   rules     none       of the base's edge   x       of the other edge
 *
 * Blocks that came along one edge are judged together, and so are all those along edges without a
 * rule of their own: what stays of S cells is a share of these S.
 */
#include "team/turn/prune.h"

#include "base/clock.h"
#include "latent/handover.h"

/* The positions of all blocks of one rule, which are in the memory. */
static uint32_t gather(lmi_keeping *k, const lmi_strand *strand, const lmi_keep *keep)
{
    const lmi_turn *turn = strand->turn;
    uint32_t n = 0, pos = lmi_plan_origin(strand->plan, turn);
    size_t i;

    for (i = 0; i < turn->n_keeps; i++)
        for (; pos < strand->ends[i]; pos++)
            if (turn->keeps[i] == keep && lmi_memory_has(k->memory, pos))
                k->cells[n++] = pos;
    return n;
}

/* Whether the rule of block `i` is that of one before it. */
static bool was_there(const lmi_turn *turn, size_t i)
{
    size_t k;

    for (k = 0; k < i; k++)
        if (turn->keeps[k] == turn->keeps[i])
            return true;
    return false;
}

static lmas_status apply(lmi_keeping *k, const lmi_strand *strand)
{
    const lmi_turn *turn = strand->turn;
    lmas_status status = LMAS_OK;
    size_t i;

    for (i = 0; status == LMAS_OK && i < turn->n_keeps; i++) {
        const lmi_keep *keep = turn->keeps[i];

        if (keep && !was_there(turn, i))
            status = lmi_keeping_apply(k, keep, k->cells, gather(k, strand, keep));
    }
    return status;
}

/* kNN-LatentMAS's own handover: the blocks lie without a hole between them, from 0 on. */
static lmas_status restart(lmi_strand *strand)
{
    const lmi_turn *turn = strand->turn;
    size_t i;

    if (!lmi_turn_restarts(turn))
        return LMAS_OK;
    for (i = 0; i < turn->blocks.n; i++)
        strand->ends[i] = lmi_memory_rank(strand->memory, strand->ends[i]);
    return lmi_memory_renumber(strand->memory);
}

static void note(lmas_agent_trace *trace, uint32_t n_before, uint32_t n_left, uint64_t cell_size)
{
    trace->n_kept = n_left;
    trace->n_dropped = n_before - n_left;
    trace->kept_size = n_left * cell_size;
    trace->dropped_size = (n_before - n_left) * cell_size;
}

/* What is random hangs on the seed, the question and the turn. */
lmas_status lmi_prune(lmi_strand *strand)
{
    lmas_memory *memory = strand->memory;
    const double begin = lmi_now_ms();
    lmi_keeping k;
    uint32_t n_left = 0;
    lmas_status status = lmi_keeping_begin(&k, memory);

    k.tokens = strand->prompt.ids;
    k.n_tokens = strand->prompt.n;
    k.seed = lmi_case_seed(strand->c, strand->plan, strand->index);
    if (status == LMAS_OK)
        status = apply(&k, strand);
    if (status == LMAS_OK)
        status = lmi_keeping_finish(&n_left, &k);
    if (status == LMAS_OK)
        status = restart(strand);
    if (status == LMAS_OK)
        note(&strand->trace, k.n_before, n_left, strand->turn->model->info.cell_size);
    lmi_keeping_end(&k);
    memory->lane->ms += lmi_now_ms() - begin;
    return status;
}
