/* read.c - the parts of a prompt, one behind the other; read.h has the picture. */
#include "team/turn/read.h"

/* Read what is left of the prompt. */
static lmas_status read_rest(lmi_strand *strand)
{
    const uint32_t first = strand->n_has;

    return lmi_memory_start_read(strand->memory, strand->turn->name, strand->prompt.ids + first,
                                 strand->prompt.n - first,
                                 lmi_strand_wants(strand, strand->turn->n_thoughts));
}

/* ---- What others of the question begin with ---- */

static bool begins_beside(const lmi_strand *strand, const lmi_strand *other)
{
    return other->is_beginning && other->turn->host == strand->turn->host &&
           lmi_turn_is_fresh(other->turn);
}

/* The beginning of the prompt that all have who begin with it, and have any. */
static void find_beside(lmi_strand *strand)
{
    uint32_t n = UINT32_MAX;
    size_t i;

    strand->first_beside = strand->index;
    for (i = 0; i < strand->plan->n_turns; i++) {
        const lmi_strand *other = &strand->others[i];
        const uint32_t n_here = other != strand && begins_beside(strand, other)
                                    ? lmi_shelf_share(&other->prompt, &strand->prompt)
                                    : 0;

        if (n_here == 0)
            continue;
        n = n_here < n ? n_here : n;
        strand->first_beside = i < strand->first_beside ? i : strand->first_beside;
    }
    strand->n_beside = n == UINT32_MAX ? 0 : n;
}

/* Once, when it has what the shelf has for all: that is the shorter one. */
static bool joins_others(lmi_strand *strand)
{
    const uint32_t n = strand->n_beside;

    strand->n_beside = 0;
    if (n <= strand->n_has)
        return false;
    strand->loan = lmi_shelf_join(strand->shelf, strand->first_beside,
                                  (uint64_t)(uintptr_t)strand->others, &strand->prompt, n);
    return strand->loan.place != NULL;
}

/* ---- One beginning ---- */

/* It has of this loan what it will have. */
static lmas_status leave_shelf(lmi_strand *strand)
{
    lmi_shelf_leave(strand->shelf, &strand->loan);
    return joins_others(strand) ? lmi_read_go_on(strand) : read_rest(strand);
}

/* Take what lies there, in place of what it has; what cannot be taken is read. Cells it shares need
 * no room. */
static bool take(lmi_strand *strand, const lmi_prefix *prefix, uint32_t n)
{
    if (strand->n_has > 0)
        lmi_memory_clear(strand->memory);
    strand->n_has = 0;
    if (lmi_memory_take(strand->memory, strand->turn->name, prefix, strand->prompt.ids, n) !=
        LMAS_OK) {
        lmi_memory_clear(strand->memory);
        return false;
    }
    if (prefix->seq >= 0)
        strand->n_saved += n;
    strand->n_has = n;
    return true;
}

static lmas_status take_beginning(lmi_strand *strand)
{
    const uint32_t n = strand->loan.n;

    if (take(strand, strand->loan.place->prefix, n))
        strand->trace.n_shared = n;
    return leave_shelf(strand);
}

/* The beginning is read: put it on the shelf. Its owner keeps it as well. Where it cannot be
 * kept, everybody reads for himself. */
static lmas_status put_beginning(lmi_strand *strand)
{
    const lmi_shelf_place *place = strand->loan.place;

    strand->n_has = strand->loan.n;
    lmi_shelf_put(strand->shelf, strand->index, &strand->loan, strand->memory->lane);
    if (place->prefix && place->prefix->seq >= 0)
        strand->n_saved += place->prefix->n;
    return leave_shelf(strand);
}

/* Take what a conversation was when it was shorter. */
static void take_shorter(lmi_strand *strand)
{
    uint32_t n;
    const lmi_prefix *prefix = lmi_shelf_shorter(&n, strand->shelf, strand->loan.place);

    if (prefix && n > strand->n_has)
        take(strand, prefix, n);
}

/* Read it for all, a conversation's behind what lies there of it already: that is what it shares.
 * (What all questions begin with counts as shared in each, whoever reads it.) */
static lmas_status begin_beginning(lmi_strand *strand)
{
    lmi_loan *loan = &strand->loan;

    loan->place->state = LMI_SHELF_READING;
    loan->is_reader = true;
    if (lmi_shelf_is_kept(loan->place)) {
        take_shorter(strand);
        strand->trace.n_shared = strand->n_has;
    }
    return lmi_memory_start_read(strand->memory, strand->turn->name,
                                 strand->prompt.ids + strand->n_has, loan->n - strand->n_has,
                                 LMI_WANT_NOTHING);
}

/* As far as others have brought it. */
lmas_status lmi_read_go_on(lmi_strand *strand)
{
    const lmi_loan *loan = &strand->loan;

    if (loan->is_reader)
        return put_beginning(strand);
    switch (loan->place->state) {
    case LMI_SHELF_KEPT:
        return take_beginning(strand);
    case LMI_SHELF_READING:
        return LMAS_OK;
    case LMI_SHELF_ABSENT:
        return leave_shelf(strand);
    default:
        return begin_beginning(strand);
    }
}

/* ---- From the start ---- */

/* What the shelf has is of use where it is more than its memory holds. */
void lmi_read_find(lmi_strand *strand)
{
    strand->loan = lmi_shelf_look(strand->shelf, strand->index, strand->c, &strand->prompt);
    if (strand->loan.n <= strand->n_has)
        lmi_shelf_leave(strand->shelf, &strand->loan);
    if (lmi_shelf_is_open(strand->shelf, strand->index))
        find_beside(strand);
    strand->trace.n_shared = strand->loan.place ? strand->loan.n : strand->n_has;
}

lmas_status lmi_read_start(lmi_strand *strand)
{
    if (!strand->loan.place && !joins_others(strand))
        return read_rest(strand);
    return lmi_read_go_on(strand);
}
