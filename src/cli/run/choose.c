/* choose.c - a list of names, a shuffle that is the same everywhere. */
#include "cli/run/choose.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "cli/words.h"

enum { DIGITS_MAX = 9 };

/* Rows by number in a list that grows; none twice. */
typedef struct chosen {
    const lmi_dataset *data;
    size_t *rows; /* [data->n] */
    bool *has;    /* [data->n] */
    size_t n;
} chosen;

static void take(chosen *c, size_t row)
{
    if (c->has[row])
        return;
    c->has[row] = true;
    c->rows[c->n++] = row;
}

/* Digits, and nothing else, up to `end`. */
static bool read_number(size_t *out, const char *text, size_t len)
{
    size_t i;

    *out = 0;
    for (i = 0; i < len && text[i] >= '0' && text[i] <= '9'; i++)
        *out = 10 * *out + (size_t)(text[i] - '0');
    return len > 0 && len <= DIGITS_MAX && i == len;
}

/* "7" or "7-12". */
static bool read_range(size_t *first, size_t *last, const char *word, size_t len)
{
    const char *dash = memchr(word, '-', len);
    const size_t n = dash ? (size_t)(dash - word) : len;

    if (!read_number(first, word, n))
        return false;
    *last = *first;
    return !dash || (read_number(last, dash + 1, len - n - 1) && *last >= *first);
}

/* A row by the data set's own name for it. */
static bool take_named(chosen *c, const char *word, size_t len)
{
    bool is_found = false;
    size_t i;

    for (i = 0; i < c->data->n; i++) {
        const char *id = c->data->items[i].id;

        if (!id || strlen(id) != len || memcmp(id, word, len) != 0)
            continue;
        is_found = true;
        take(c, i);
    }
    return is_found;
}

static lmas_status take_word(chosen *c, const char *word, size_t len)
{
    size_t first, last;

    if (take_named(c, word, len))
        return LMAS_OK;
    if (!read_range(&first, &last, word, len))
        return lmi_fail(LMAS_E_INVALID,
                        "--ids: expected numbers of rows from 0, such as 3 or 7-12, or ids of the "
                        "data set, a comma between, found \"%.*s\"",
                        (int)(len < 64 ? len : 64), word);
    if (last >= c->data->n)
        return lmi_fail(LMAS_E_INVALID, "--ids: row %zu of %s, which has rows 0 to %zu", last,
                        c->data->path, c->data->n - 1);
    for (; first <= last; first++)
        take(c, first);
    return LMAS_OK;
}

static lmas_status take_words(chosen *c, const char *ids)
{
    lmas_status status = LMAS_OK;
    const char *word;
    size_t len;

    while (status == LMAS_OK && lmi_word_next(&word, &len, &ids, ','))
        status = take_word(c, word, len);
    return status;
}

/* The generator that SplitMix64 is known as. */
static uint64_t draw(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* Fisher and Yates, from the front: a longer choice begins with the shorter ones. */
static void shuffle(size_t *rows, size_t n, uint64_t seed)
{
    uint64_t state = seed;
    size_t i;

    for (i = 0; i + 1 < n; i++) {
        const size_t k = i + (size_t)(draw(&state) % (n - i));
        const size_t row = rows[k];

        rows[k] = rows[i];
        rows[i] = row;
    }
}

static lmas_status choose(chosen *c, const char *ids, int64_t seed)
{
    lmas_status status = ids ? take_words(c, ids) : LMAS_OK;
    size_t i;

    for (i = 0; !ids && i < c->data->n; i++)
        take(c, i);
    if (status == LMAS_OK && c->n == 0)
        status = lmi_fail(LMAS_E_INVALID, "--ids: no row is named");
    if (status == LMAS_OK && seed >= 0)
        shuffle(c->rows, c->n, (uint64_t)seed);
    return status;
}

lmas_status lmi_choose_rows(size_t **out, size_t *n_out, const lmi_dataset *data, const char *ids,
                            int64_t seed)
{
    chosen c = {.data = data,
                .rows = lmi_new(data->n, sizeof(*c.rows)),
                .has = lmi_new(data->n, sizeof(*c.has))};
    const lmas_status status = c.rows && c.has
                                   ? choose(&c, ids, seed)
                                   : lmi_fail(LMAS_E_NOMEM, "no memory for %zu rows", data->n);

    lmi_free(c.has);
    *n_out = c.n;
    *out = status == LMAS_OK ? c.rows : NULL;
    if (status != LMAS_OK)
        lmi_free(c.rows);
    return status;
}
