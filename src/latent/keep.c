/* keep.c - see keep.h: rules as texts, and what each of them lets go. */
#include "latent/keep.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "engine/state/keys.h"
#include "engine/thought/attention.h"
#include "latent/handover.h"
#include "latent/realign/rows.h"

/* ---- Texts ---- */

static const char *const ORDER_NAMES[] = {"top", "bottom", "random"};
enum { N_ORDERS = sizeof(ORDER_NAMES) / sizeof(ORDER_NAMES[0]), FIELDS_MAX = 5 };

/* Its fields, which colons part; 0 where there are too many, or it is too long. */
static size_t split(char copy[LMI_KEEP_TEXT_MAX], const char *fields[FIELDS_MAX], const char *text)
{
    size_t n = 1;
    char *at = copy;

    if (strlen(text) >= LMI_KEEP_TEXT_MAX)
        return 0;
    snprintf(copy, LMI_KEEP_TEXT_MAX, "%s", text);
    fields[0] = copy;
    while ((at = strchr(at, ':')) != NULL) {
        *at++ = '\0';
        if (n == FIELDS_MAX)
            return 0;
        fields[n++] = at;
    }
    return n;
}

/* Digits, and one point where it may have one; nothing else that strtod() would take. */
static bool read_number(double *out, const char *text, bool is_whole, double most)
{
    const size_t n = strspn(text, is_whole ? "0123456789" : "0123456789.");

    if (n == 0 || text[n] || strchr(text, '.') != strrchr(text, '.') || strcmp(text, ".") == 0)
        return false;
    *out = strtod(text, NULL);
    return *out > 0 && *out <= most;
}

static bool read_count(uint32_t *out, const char *text)
{
    double n;

    if (!read_number(&n, text, true, LMAS_N_CTX_MAX))
        return false;
    *out = (uint32_t)n;
    return true;
}

static bool read_order(lmi_keep_order *out, const char *text)
{
    size_t i;

    for (i = 0; i < N_ORDERS; i++) {
        if (strcmp(text, ORDER_NAMES[i]) != 0)
            continue;
        *out = (lmi_keep_order)i;
        return true;
    }
    return false;
}

static bool read_knn(lmi_keep *out, const char *const *fields, size_t n)
{
    *out = (lmi_keep){.rule = LMI_KEEP_KNN, .n = LMI_KEEP_MIN};
    out->restarts = n > 2 && strcmp(fields[n - 1], "restart") == 0;
    n -= out->restarts;
    return n >= 2 && n <= 4 && read_number(&out->share, fields[1], false, 1) &&
           (n < 3 || read_order(&out->order, fields[2])) &&
           (n < 4 || read_count(&out->n, fields[3]));
}

static bool read_attention(lmi_keep *out, const char *const *fields, size_t n)
{
    *out = (lmi_keep){.rule = LMI_KEEP_ATTENTION, .n = LMI_KEEP_SINKS};
    return (n == 2 || n == 3) && read_number(&out->share, fields[1], false, 1) &&
           (n < 3 || read_count(&out->n, fields[2]));
}

static bool read_rule(lmi_keep *out, const char *const *fields, size_t n)
{
    static const char *const words[] = {
        [LMI_KEEP_ALL] = "all", [LMI_KEEP_THOUGHTS] = "thoughts", [LMI_KEEP_PROMPTS] = "prompts"};
    size_t i;

    if (n > 0 && strcmp(fields[0], "knn") == 0)
        return read_knn(out, fields, n);
    if (n > 0 && strcmp(fields[0], "attention") == 0)
        return read_attention(out, fields, n);
    *out = (lmi_keep){.rule = LMI_KEEP_LAST};
    if (n == 2 && strcmp(fields[0], "last") == 0)
        return read_count(&out->n, fields[1]);
    for (i = 0; n == 1 && i < sizeof(words) / sizeof(words[0]); i++) {
        if (!words[i] || strcmp(fields[0], words[i]) != 0)
            continue;
        *out = (lmi_keep){.rule = (lmi_keep_rule)i};
        return true;
    }
    return false;
}

bool lmi_keep_parse(lmi_keep *out, const char *text)
{
    char copy[LMI_KEEP_TEXT_MAX];
    const char *fields[FIELDS_MAX];
    lmi_keep keep;

    if (!read_rule(&keep, fields, split(copy, fields, text)))
        return false;
    *out = keep;
    return true;
}

/* ---- The query ---- */

/* How wide a head's keys are, as the file says. */
static uint32_t head_width(const lmas_session *session)
{
    const lmas_model_info *info = &session->model->info;
    const uint32_t usual = info->n_head > 0 ? (uint32_t)(info->n_embd / info->n_head) : 0;
    char key[160];

    snprintf(key, sizeof(key), "%.100s.attention.key_length", info->arch);
    return lmi_weights_u32(session->weights, key, usual);
}

static lmas_status check_knn(lmas_session *session)
{
    lmi_matrix w_in;
    lmas_status status = lmi_session_w_in(&w_in, session);
    const uint32_t width = status == LMAS_OK ? head_width(session) : 0;

    if (status == LMAS_OK && (width == 0 || w_in.n_cols % width != 0))
        status = lmi_fail(LMAS_E_MODEL,
                          "knn compares a prompt's embedding, folded to the width of a head, with "
                          "keys, and this model's embeddings of %lld values do not fold to heads "
                          "of %u: thoughts, prompts and last:N are possible",
                          (long long)w_in.n_cols, width);
    return status;
}

static lmas_status check_attention(const lmas_session *session)
{
    const lmas_status status = lmi_context_prove_attention(session->ctx);
    const char *refusal = lmi_context_cannot_attend(session->ctx);

    if (status != LMAS_OK || !refusal)
        return status;
    return lmi_fail(LMAS_E_MODEL, "attention chooses by where thoughts look, and %s", refusal);
}

lmas_status lmi_keep_check(lmas_session *session, const lmi_keep *keep)
{
    if (keep->rule != LMI_KEEP_ALL && session->model->is_packed_by_sequence)
        return lmi_fail(LMAS_E_MODEL,
                        "this model sums up all it has read in one state, of which no part can be "
                        "dropped: it hands on all of it or nothing");
    if (keep->rule == LMI_KEEP_KNN)
        return check_knn(session);
    return keep->rule == LMI_KEEP_ATTENTION ? check_attention(session) : LMAS_OK;
}

static lmas_status add_rows(double *sum, float *row, lmi_weights *weights, const lmi_matrix *w_in,
                            const lmi_keeping *k)
{
    lmas_status status = LMAS_OK;
    int64_t j;
    size_t i;

    for (i = 0; status == LMAS_OK && i < k->n_tokens; i++) {
        status = lmi_weights_rows(row, weights, w_in, k->tokens[i], 1);
        for (j = 0; status == LMAS_OK && j < w_in->n_cols; j++)
            sum[j] += (double)row[j];
    }
    return status;
}

/* q, but for a factor that no cosine sees: sums in place of means. */
static lmas_status make_query(double *q, uint32_t width, const lmi_keeping *k)
{
    lmas_session *session = k->memory->session;
    lmi_matrix w_in;
    lmas_status status = lmi_session_w_in(&w_in, session);
    double *sum;
    float *row;
    int64_t j;

    if (status != LMAS_OK)
        return status;
    sum = lmi_new((size_t)w_in.n_cols, sizeof(*sum));
    row = lmi_new((size_t)w_in.n_cols, sizeof(*row));
    if (!sum || !row) {
        lmi_free(sum);
        lmi_free(row);
        return lmi_fail(LMAS_E_NOMEM, "no memory for a prompt's embedding");
    }
    status = add_rows(sum, row, session->weights, &w_in, k);
    for (j = 0; status == LMAS_OK && j < w_in.n_cols; j++)
        q[(uint32_t)j % width] += sum[j];
    lmi_free(sum);
    lmi_free(row);
    return status;
}

/* ---- Nearest cells ---- */

typedef struct candidate {
    double rank; /* the smallest stay */
    uint32_t pos;
} candidate;

static int by_rank(const void *a, const void *b)
{
    const candidate *x = a, *y = b;

    if (x->rank < y->rank || x->rank > y->rank)
        return x->rank < y->rank ? -1 : 1;
    return (x->pos > y->pos) - (x->pos < y->pos);
}

/* The cosine of `q` and the sum over heads of a cell's keys; 0 of a vector that is zero. */
static double nearness(const double *q, uint32_t width, const float *keys, uint32_t n_keys)
{
    double dot = 0, of_q = 0, of_keys = 0;
    uint32_t i, j;

    for (j = 0; j < width; j++) {
        double key = 0;

        for (i = j; i < n_keys; i += width)
            key += (double)keys[i];
        dot += q[j] * key;
        of_q += q[j] * q[j];
        of_keys += key * key;
    }
    return of_q > 0 && of_keys > 0 ? dot / sqrt(of_q * of_keys) : 0;
}

/* Bytes of the lane, when a rule needs them. */
static lmas_status look(lmi_keeping *k)
{
    lmas_memory *memory = k->memory;

    if (k->view.blob.data)
        return LMAS_OK;
    return lmi_view_lane(&k->view, memory->session->ctx, memory->lane);
}

/* Candidates come by position, as the caller has them; cells lie as they may. */
static void rank_cells(candidate *found, uint32_t n, const lmi_keeping *k, const double *q,
                       uint32_t width, float *keys, double sign)
{
    const lmi_cells *cells = &k->view.cells;
    const lmi_pool *pool = &cells->pools[0];
    const uint32_t layer = pool->n_layers / 2;
    const uint32_t n_keys = lmi_keys_width(&pool->keys[layer]);
    uint32_t i;

    for (i = 0; i < pool->n; i++) {
        const candidate key = {.pos = lmi_cells_position(cells, pool, i)};
        uint32_t low = 0, high = n;

        while (low < high) {
            const uint32_t middle = (low + high) / 2;

            if (found[middle].pos < key.pos)
                low = middle + 1;
            else
                high = middle;
        }
        if (low == n || found[low].pos != key.pos)
            continue;
        lmi_keys_load(keys, pool, layer, i);
        found[low].rank = sign * nearness(q, width, keys, n_keys);
    }
}

static lmas_status rank_by_keys(candidate *found, uint32_t n, lmi_keeping *k, double sign)
{
    const uint32_t width = head_width(k->memory->session);
    const lmi_pool *pool = &k->view.cells.pools[0];
    const uint32_t n_keys = lmi_keys_width(&pool->keys[pool->n_layers / 2]);
    double *q = lmi_new(width, sizeof(*q));
    float *keys = lmi_new(n_keys, sizeof(*keys));
    lmas_status status =
        q && keys ? make_query(q, width, k) : lmi_fail(LMAS_E_NOMEM, "no memory for a query");

    if (status == LMAS_OK && n_keys % width != 0)
        status =
            lmi_fail(LMAS_E_MODEL, "keys of %u values are no whole heads of %u", n_keys, width);
    if (status == LMAS_OK)
        rank_cells(found, n, k, q, width, keys, sign);
    lmi_free(q);
    lmi_free(keys);
    return status;
}

/* Numbers that hang on the seed and the position alone (the finaliser of SplitMix64). */
static void rank_at_random(candidate *found, uint32_t n, uint64_t seed)
{
    uint32_t i;

    for (i = 0; i < n; i++) {
        uint64_t z = seed + 0x9e3779b97f4a7c15u * ((uint64_t)found[i].pos + 1);

        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
        z = (z ^ z >> 27) * 0x94d049bb133111ebu;
        found[i].rank = (double)((z ^ z >> 31) >> 11);
    }
}

static lmas_status rank(candidate *found, uint32_t n, lmi_keeping *k, lmi_keep_order order)
{
    lmas_status status;

    if (order == LMI_KEEP_RANDOM) {
        rank_at_random(found, n, k->seed);
        return LMAS_OK;
    }
    status = look(k);
    if (status == LMAS_OK)
        status = check_knn(k->memory->session);
    return status == LMAS_OK ? rank_by_keys(found, n, k, order == LMI_KEEP_TOP ? -1 : 1) : status;
}

/* ---- Rules ---- */

/* Of `n` cells a share stays, `n_sure` of them in any case. */
static uint32_t count_kept(const lmi_keep *keep, uint32_t n, uint32_t n_sure)
{
    const uint32_t share = (uint32_t)((double)n * keep->share);

    return share > n_sure ? share : n_sure;
}

/* Of those that are ranked the first `n_kept` stay. */
static void drop_behind(lmi_keeping *k, candidate *found, uint32_t n, uint32_t n_kept)
{
    uint32_t i;

    qsort(found, n, sizeof(*found), by_rank);
    for (i = n_kept; i < n; i++)
        k->is_kept[found[i].pos] = false;
}

static candidate *new_candidates(uint32_t n)
{
    candidate *found = lmi_new(n, sizeof(*found));

    if (!found)
        (void)lmi_fail(LMAS_E_NOMEM, "no memory to choose cells");
    return found;
}

/* The last ones stay in any case. */
static lmas_status keep_nearest(lmi_keeping *k, const lmi_keep *keep, const uint32_t *positions,
                                uint32_t n)
{
    const uint32_t n_last = keep->n < n ? keep->n : n;
    const uint32_t n_kept = count_kept(keep, n, n_last);
    candidate *found;
    lmas_status status;
    uint32_t i;

    if (n_kept == n)
        return LMAS_OK;
    found = new_candidates(n - n_last);
    if (!found)
        return LMAS_E_NOMEM;
    for (i = 0; i < n - n_last; i++)
        found[i].pos = positions[i];
    status = rank(found, n - n_last, k, keep->order);
    if (status == LMAS_OK)
        drop_behind(k, found, n - n_last, n_kept - n_last);
    lmi_free(found);
    return status;
}

/* The segment of a position, at or behind `*at`: they are in order. */
static lmas_segment_kind kind_of(size_t *at, const lmas_memory *memory, uint32_t pos)
{
    while (pos >= memory->segments[*at].pos + memory->segments[*at].n)
        (*at)++;
    return memory->segments[*at].kind;
}

/* Those of prompts alone are judged, and of them the first stay in any case. */
static lmas_status keep_looked_at(lmi_keeping *k, const lmi_keep *keep, const uint32_t *positions,
                                  uint32_t n)
{
    candidate *found = new_candidates(n);
    uint32_t n_found = 0, n_sinks, i;
    size_t at = 0;

    if (!found)
        return LMAS_E_NOMEM;
    for (i = 0; i < n; i++)
        if (kind_of(&at, k->memory, positions[i]) == LMAS_SEGMENT_PROMPT)
            found[n_found++] = (candidate){.rank = -lmi_memory_attention(k->memory, positions[i]),
                                           .pos = positions[i]};
    n_sinks = keep->n < n_found ? keep->n : n_found;
    drop_behind(k, found + n_sinks, n_found - n_sinks,
                count_kept(keep, n_found, n_sinks) - n_sinks);
    lmi_free(found);
    return LMAS_OK;
}

static lmas_status keep_kind(lmi_keeping *k, lmas_segment_kind kind, const uint32_t *positions,
                             uint32_t n)
{
    size_t at = 0;
    uint32_t i;

    for (i = 0; i < n; i++)
        k->is_kept[positions[i]] = kind_of(&at, k->memory, positions[i]) == kind;
    return LMAS_OK;
}

static lmas_status keep_last(lmi_keeping *k, const lmi_keep *keep, const uint32_t *positions,
                             uint32_t n)
{
    uint32_t i;

    for (i = LMI_KEEP_SINKS; i < n && n - i > keep->n; i++)
        k->is_kept[positions[i]] = false;
    return LMAS_OK;
}

lmas_status lmi_keeping_apply(lmi_keeping *k, const lmi_keep *keep, const uint32_t *positions,
                              uint32_t n)
{
    switch (keep->rule) {
    case LMI_KEEP_KNN:
        return keep_nearest(k, keep, positions, n);
    case LMI_KEEP_THOUGHTS:
        return keep_kind(k, LMAS_SEGMENT_THOUGHT, positions, n);
    case LMI_KEEP_PROMPTS:
        return keep_kind(k, LMAS_SEGMENT_PROMPT, positions, n);
    case LMI_KEEP_LAST:
        return keep_last(k, keep, positions, n);
    case LMI_KEEP_ATTENTION:
        return keep_looked_at(k, keep, positions, n);
    case LMI_KEEP_ALL:
        break;
    }
    return LMAS_OK;
}

/* ---- From the first rule to the last ---- */

lmas_status lmi_keeping_begin(lmi_keeping *out, lmas_memory *memory)
{
    const uint32_t n = memory->lane->pos;
    uint32_t i;

    *out = (lmi_keeping){.memory = memory};
    lmi_memory_settle(memory);
    out->is_kept = lmi_new(n, sizeof(bool));
    out->cells = lmi_new(n, sizeof(uint32_t));
    if (!out->is_kept || !out->cells)
        return lmi_fail(LMAS_E_NOMEM, "no memory to choose cells");
    for (i = 0; i < n; i++) {
        out->is_kept[i] = lmi_memory_has(memory, i);
        out->n_before += out->is_kept[i];
    }
    return LMAS_OK;
}

lmas_status lmi_keeping_finish(uint32_t *n_left, lmi_keeping *k)
{
    const uint32_t n = k->memory->lane->pos;
    uint32_t left = 0;
    uint32_t i;

    for (i = 0; i < n; i++)
        left += k->is_kept[i];
    *n_left = left;
    if (left == k->n_before)
        return LMAS_OK;
    return lmi_memory_thin(k->memory, k->view.blob.data ? &k->view : NULL, k->is_kept);
}

void lmi_keeping_end(lmi_keeping *k)
{
    lmi_view_done(&k->view);
    lmi_free(k->is_kept);
    lmi_free(k->cells);
    *k = (lmi_keeping){0};
}
