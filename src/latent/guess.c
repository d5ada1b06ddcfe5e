/* guess.c - see guess.h. */
#include "latent/guess.h"

#include <string.h>

#include "base/mem.h"

/* Before any was tried, as if so many had been, more of them right the longer the end was. */
enum { TRIED_BEFORE = 8 };

static float right_before(size_t length)
{
    return (float)(TRIED_BEFORE * (length + 1)) / (float)(length + 3);
}

static uint64_t sum(const uint64_t *counts)
{
    uint64_t n = 0;
    size_t i;

    for (i = 0; i <= LMI_ENDS_MAX; i++)
        n += counts[i];
    return n;
}

uint64_t lmi_odds_n_tried(const lmi_odds *odds)
{
    return sum(odds->n_tried);
}

uint64_t lmi_odds_n_right(const lmi_odds *odds)
{
    return sum(odds->n_right);
}

lmas_status lmi_guess_begin(lmi_guess *out, lmi_odds *odds, const lmi_tokens *prompt, size_t n_most)
{
    *out = (lmi_guess){.odds = odds, .n_most = n_most};
    if (n_most == 0)
        return LMAS_OK;
    if (!lmi_reserve((void **)&out->history.ids, &out->history.capacity, prompt->n + 1,
                     sizeof(*prompt->ids)))
        return lmi_fail(LMAS_E_NOMEM, "no memory for what an agent has read");
    memcpy(out->history.ids, prompt->ids, prompt->n * sizeof(*prompt->ids));
    out->history.n = prompt->n;
    return LMAS_OK;
}

void lmi_guess_done(lmi_guess *guess)
{
    lmi_tokens_done(&guess->history);
    *guess = (lmi_guess){0};
}

lmas_status lmi_guess_add(lmi_guess *guess, int32_t token)
{
    lmi_tokens *h = &guess->history;

    if (guess->n_most == 0)
        return LMAS_OK;
    if (!lmi_reserve((void **)&h->ids, &h->capacity, h->n + 1, sizeof(*h->ids)))
        return lmi_fail(LMAS_E_NOMEM, "no memory for what an agent has said");
    h->ids[h->n++] = token;
    return LMAS_OK;
}

/* How many tokens before `at` are those that the history ends with. */
static size_t n_alike(const lmi_tokens *h, size_t at)
{
    size_t n = 0;

    while (n < LMI_ENDS_MAX && n < at && h->ids[at - 1 - n] == h->ids[h->n - 1 - n])
        n++;
    return n;
}

/* Where what followed begins, behind the longest end that stood there before, the latest of them;
 * the history's end where none did. */
static size_t find_end(size_t *length, const lmi_tokens *h)
{
    size_t found = h->n;
    size_t at;

    *length = 0;
    for (at = h->n - 1; at > 0 && *length < LMI_ENDS_MAX; at--) {
        const size_t n = h->ids[at - 1] == h->ids[h->n - 1] ? n_alike(h, at) : 0;

        if (n > *length) {
            *length = n;
            found = at;
        }
    }
    return found;
}

static size_t capped(size_t length)
{
    return length < LMI_ENDS_MAX ? length : LMI_ENDS_MAX;
}

static float chance(const lmi_odds *odds, size_t length)
{
    const size_t i = capped(length);

    return ((float)odds->n_right[i] + right_before(i)) / (float)(odds->n_tried[i] + TRIED_BEFORE);
}

void lmi_guess_next(lmi_guess *guess, int32_t token, size_t n_most)
{
    const lmi_tokens *h = &guess->history;
    const size_t most = n_most < guess->n_most ? n_most : guess->n_most;
    float all = 1;
    size_t from;

    guess->n = 0;
    guess->tokens[0] = token;
    if (most == 0 || h->n < 2)
        return;
    from = find_end(&guess->end, h);
    for (; guess->n < most && from + guess->n < h->n; guess->n++) {
        all *= chance(guess->odds, guess->end + guess->n);
        guess->tokens[1 + guess->n] = h->ids[from + guess->n];
        guess->chances[guess->n] = all;
    }
}

void lmi_guess_learn(lmi_guess *guess, size_t n_tried, size_t n_right)
{
    size_t i;

    for (i = 0; i < n_tried && i <= n_right; i++) {
        guess->odds->n_tried[capped(guess->end + i)]++;
        guess->odds->n_right[capped(guess->end + i)] += i < n_right;
    }
}
