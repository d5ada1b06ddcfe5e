/* overlap.c - see overlap.h: two sorted lists, gone through side by side. */
#include "latent/cross/overlap.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Bytes of a vocabulary's tokens together, and of one. */
static const size_t NAMES_MAX = (size_t)1 << 28;
enum { NAME_MAX_LEN = 1 << 20 };

typedef struct lmi_name {
    const char *bytes; /* once all are there */
    size_t begin, len;
    int32_t id;
} lmi_name;

void lmi_names_init(lmi_names *names)
{
    *names = (lmi_names){0};
    lmi_buf_init(&names->bytes, NAMES_MAX);
}

void lmi_names_done(lmi_names *names)
{
    lmi_buf_done(&names->bytes);
    lmi_free(names->items);
    *names = (lmi_names){0};
}

lmas_status lmi_names_add(lmi_names *names, lmi_token_kind kind, const char *bytes, size_t len)
{
    static const char letters[] = {'t', 'c', 'u'};
    const int32_t id = names->n_tokens++;

    if (len == 0)
        return LMAS_OK;
    if (len > NAME_MAX_LEN)
        return lmi_fail(LMAS_E_MODEL, "token %d has %zu bytes, at most %d were expected", id, len,
                        NAME_MAX_LEN);
    if (!lmi_reserve((void **)&names->items, &names->capacity, names->n + 1, sizeof(lmi_name)))
        return lmi_fail(LMAS_E_NOMEM, "no memory for the names of %d tokens", id);
    names->items[names->n++] = (lmi_name){.begin = names->bytes.len, .len = len + 1, .id = id};
    lmi_buf_putc(&names->bytes, letters[kind]);
    lmi_buf_append(&names->bytes, bytes, len);
    return lmi_buf_status(&names->bytes);
}

/* Bytes decide, then the id. */
static int compare_bytes(const lmi_name *a, const lmi_name *b)
{
    const int order = memcmp(a->bytes, b->bytes, a->len < b->len ? a->len : b->len);

    return order ? order : (a->len > b->len) - (a->len < b->len);
}

static int compare(const void *a, const void *b)
{
    const lmi_name *x = a, *y = b;
    const int order = compare_bytes(x, y);

    return order ? order : (x->id > y->id) - (x->id < y->id);
}

static void sort(lmi_names *names)
{
    size_t i;

    for (i = 0; i < names->n; i++)
        names->items[i].bytes = lmi_buf_text(&names->bytes) + names->items[i].begin;
    if (names->n > 1)
        qsort(names->items, names->n, sizeof(lmi_name), compare);
}

static void finish(lmi_overlap *overlap)
{
    overlap->coverage =
        overlap->n_from > 0 ? (double)overlap->n_shared / (double)overlap->n_from : 0;
}

lmas_status lmi_names_match(lmi_overlap *out, lmi_names *from, lmi_names *to)
{
    lmi_overlap overlap = {.n_from = from->n_tokens, .n_to = to->n_tokens};
    size_t i, k;

    overlap.to = lmi_new((size_t)from->n_tokens, sizeof(*overlap.to));
    if (!overlap.to)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a map of %d tokens", from->n_tokens);
    for (i = 0; i < (size_t)from->n_tokens; i++)
        overlap.to[i] = -1;
    sort(from);
    sort(to);
    for (i = 0, k = 0; i < from->n && k < to->n;) {
        const int order = compare_bytes(&from->items[i], &to->items[k]);

        if (order == 0) {
            overlap.to[from->items[i].id] = to->items[k].id;
            overlap.n_shared++;
        }
        i += order <= 0;
        k += order >= 0;
    }
    finish(&overlap);
    *out = overlap;
    return LMAS_OK;
}

static bool are_equal(const lmas_model *a, const lmas_model *b)
{
    int32_t i;

    if (a == b)
        return true;
    if (a->info.n_vocab != b->info.n_vocab || strcmp(a->info.vocab_type, b->info.vocab_type) != 0)
        return false;
    for (i = 0; i < a->info.n_vocab; i++)
        if (lmi_model_token_kind(a, i) != lmi_model_token_kind(b, i) ||
            strcmp(lmi_model_token_name(a, i), lmi_model_token_name(b, i)) != 0)
            return false;
    return true;
}

static lmas_status add_all(lmi_names *names, const lmas_model *model)
{
    lmas_status status = LMAS_OK;
    lmi_buf piece;
    int32_t i;

    lmi_buf_init(&piece, NAME_MAX_LEN);
    for (i = 0; status == LMAS_OK && i < model->info.n_vocab; i++) {
        const lmi_token_kind kind = lmi_model_token_kind(model, i);

        lmi_buf_clear(&piece);
        if (kind == LMI_TOKEN_TEXT)
            lmi_model_piece(&piece, model, i);
        else
            lmi_buf_puts(&piece, lmi_model_token_name(model, i));
        status = lmi_buf_status(&piece);
        if (status == LMAS_OK)
            status = lmi_names_add(names, kind, lmi_buf_text(&piece), piece.len);
    }
    lmi_buf_done(&piece);
    return status;
}

lmas_status lmi_overlap_find(lmi_overlap *out, const lmas_model *from, const lmas_model *to)
{
    lmi_names of_from, of_to;
    lmas_status status;

    if (are_equal(from, to)) {
        const int32_t n = from->info.n_vocab;

        *out = (lmi_overlap){.n_from = n, .n_to = n, .n_shared = n, .is_equal = true};
        finish(out);
        return LMAS_OK;
    }
    lmi_names_init(&of_from);
    lmi_names_init(&of_to);
    status = add_all(&of_from, from);
    if (status == LMAS_OK)
        status = add_all(&of_to, to);
    if (status == LMAS_OK)
        status = lmi_names_match(out, &of_from, &of_to);
    lmi_names_done(&of_from);
    lmi_names_done(&of_to);
    return status;
}

void lmi_overlap_done(lmi_overlap *overlap)
{
    lmi_free(overlap->to);
    *overlap = (lmi_overlap){0};
}
