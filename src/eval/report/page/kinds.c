/*
 * kinds.c - signs for the ways to answer, and the order in which their pools stand.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "eval/report/page/part.h"

/* Methods with colours of their own, and colours for the others. */
enum { OWN_COLOURS = 4, MORE_COLOURS = 4 };

static const struct {
    const char *name;
    char letter;
} methods[OWN_COLOURS] = {
    {"baseline", 'B'}, {"text_mas", 'T'}, {"latent_mas", 'L'}, {"latent_mas_hybrid", 'H'}};

/* ---- Signs ---- */

/* Where a method stands among those with a colour, or behind them by when it came; the first `n`
 * kinds have their ranks. */
static size_t rank_of(const lmi_sheet *s, const char *method, size_t n)
{
    size_t rank = OWN_COLOURS;
    size_t i;

    for (i = 0; i < OWN_COLOURS; i++)
        if (strcmp(methods[i].name, method) == 0)
            return i;
    for (i = 0; i < n; i++)
        if (strcmp(s->kinds[i].method, method) == 0)
            return s->kinds[i].rank;
        else if (s->kinds[i].rank >= rank)
            rank = s->kinds[i].rank + 1;
    return rank;
}

static char letter_of(const lmi_kind *kind)
{
    const char *c = kind->method;

    if (kind->rank < OWN_COLOURS)
        return methods[kind->rank].letter;
    while (*c && !isalnum((unsigned char)*c))
        c++;
    if (!*c)
        return 'M';
    return (char)toupper((unsigned char)*c);
}

/* Kinds that share a letter are numbered. */
static void set_sign(lmi_sheet *s, size_t kind)
{
    lmi_kind *mine = &s->kinds[kind];
    size_t number = 0;
    size_t n = 0;
    size_t i;

    for (i = 0; i < s->n_kinds; i++) {
        const bool is_twin = letter_of(&s->kinds[i]) == letter_of(mine);

        n += is_twin;
        number += is_twin && i <= kind;
        mine->shade += i < kind && s->kinds[i].rank == mine->rank;
    }
    mine->colour = mine->rank < OWN_COLOURS
                       ? mine->rank
                       : OWN_COLOURS + (mine->rank - OWN_COLOURS) % MORE_COLOURS;
    if (n > 1)
        snprintf(mine->code, sizeof(mine->code), "%c%zu", letter_of(mine), number);
    else
        snprintf(mine->code, sizeof(mine->code), "%c", letter_of(mine));
}

static void set_kinds(lmi_sheet *s)
{
    size_t i;

    for (i = 0; i < s->n_kinds; i++) {
        const lmi_way *way = &s->c->grid.columns[i];

        s->kinds[i].method = s->c->runs[way->run].record.method;
        s->kinds[i].label = way->label;
        s->kinds[i].rank = rank_of(s, s->kinds[i].method, i);
    }
    for (i = 0; i < s->n_kinds; i++)
        set_sign(s, i);
}

/* ---- Pools and runs ---- */

size_t lmi_pool_block(const lmi_sheet *sheet, const lmi_pool *pool)
{
    return sheet->c->runs[pool->first].block;
}

const lmi_kind *lmi_pool_kind(const lmi_sheet *sheet, const lmi_pool *pool)
{
    return &sheet->kinds[pool->column];
}

const lmi_kind *lmi_run_kind(const lmi_sheet *sheet, size_t run)
{
    return lmi_pool_kind(sheet, &sheet->c->pools[sheet->c->runs[run].pool]);
}

bool lmi_pool_has(const lmi_sheet *sheet, const lmi_pool *pool, size_t run)
{
    return &sheet->c->pools[sheet->c->runs[run].pool] == pool;
}

static bool is_before(const lmi_sheet *s, const lmi_pool *a, const lmi_pool *b)
{
    const size_t a_block = lmi_pool_block(s, a), b_block = lmi_pool_block(s, b);

    if (a_block != b_block)
        return a_block < b_block;
    return a->column != b->column ? a->column < b->column : a->first < b->first;
}

/* Whether a run lacks answers, or is over other data than the block's reference. */
static bool is_incomplete(const lmi_sheet *s, size_t run)
{
    const lmi_run *r = &s->c->runs[run];

    return r->record.n < r->record.n_questions ||
           strcmp(r->record.data_sha256, s->c->runs[r->reference].record.data_sha256) != 0;
}

bool lmi_pool_is_incomplete(const lmi_sheet *sheet, const lmi_pool *pool)
{
    size_t i;

    for (i = 0; i < sheet->c->n_runs; i++)
        if (lmi_pool_has(sheet, pool, i) && is_incomplete(sheet, i))
            return true;
    return false;
}

bool lmi_sheet_has_pools(const lmi_sheet *sheet, size_t block)
{
    size_t i;

    for (i = 0; i < sheet->n_pools; i++)
        if (lmi_pool_block(sheet, sheet->pools[i]) == block && sheet->pools[i]->n_runs > 1)
            return true;
    return false;
}

static void sort_pools(lmi_sheet *s)
{
    size_t i, k;

    for (i = 0; i < s->n_pools; i++) {
        const lmi_pool *pool = &s->c->pools[i];

        for (k = i; k > 0 && is_before(s, pool, s->pools[k - 1]); k--)
            s->pools[k] = s->pools[k - 1];
        s->pools[k] = pool;
    }
}

/* ---- All of it ---- */

static lmas_status make(lmi_sheet *s)
{
    s->n_kinds = s->c->grid.n_columns;
    s->n_pools = s->c->n_pools;
    s->kinds = lmi_new(s->n_kinds, sizeof(*s->kinds));
    s->pools = lmi_new(s->n_pools, sizeof(*s->pools));
    if (!s->kinds || !s->pools)
        return lmi_fail(LMAS_E_NOMEM, "no memory for the page");
    set_kinds(s);
    sort_pools(s);
    return lmi_facts_init(&s->facts, s->c);
}

lmas_status lmi_sheet_init(lmi_sheet *out, const lmi_comparison *comparison)
{
    lmas_status status;

    *out = (lmi_sheet){.c = comparison};
    status = make(out);
    if (status != LMAS_OK)
        lmi_sheet_done(out);
    return status;
}

void lmi_sheet_done(lmi_sheet *sheet)
{
    lmi_facts_done(&sheet->facts);
    lmi_free(sheet->kinds);
    lmi_free(sheet->pools);
    *sheet = (lmi_sheet){0};
}
