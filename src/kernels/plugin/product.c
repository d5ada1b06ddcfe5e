/* product.c - weights by activations: which rows and tiles a member multiplies. */
#include "kernels/plugin/step.h"

enum {
    SHARES = 8,   /* of a product, for each member: who is late takes fewer */
    N_AT_ONCE = 2 /* tiles that are multiplied together */
};

static bool takes(const struct ggml_tensor *op)
{
    return op->op == GGML_OP_MUL_MAT && lmi_pack_has(op->src[0]) &&
           op->src[1]->type == GGML_TYPE_F32 && op->src[1]->nb[0] == sizeof(float) &&
           op->type == GGML_TYPE_F32 && ggml_is_contiguous(op);
}

static void prepare(lmi_step *s, lmi_member *me)
{
    const int64_t n = (int64_t)s->x.n_rows, share = lmi_step_share(n, me);
    int64_t k, i;

    while ((k = lmi_crew_next(me, &s->n_prepared, (n + share - 1) / share)) >= 0)
        for (i = k * share; i < n && i < (k + 1) * share; i++) {
            s->x.x[i] = lmi_step_row(s->op->src[1], s->op->src[1], i);
            s->path->prepare(&s->x, (size_t)i);
        }
}

/* Rows that are multiplied with some tiles before the next ones are: as many as the second-level
 * cache holds. */
static size_t rows_at_once(const lmi_operand *x)
{
    enum { CACHE = 256 * 1024, LEAST = 48 };
    const size_t n = CACHE / x->n_cols;

    return n < LEAST ? LEAST : n;
}

static void multiply(const lmi_step *s, int64_t first, int64_t n)
{
    const struct ggml_tensor *w = s->op->src[0];
    const size_t tile_size = w->nb[1] * LMI_TILE;
    lmi_product p = {.layout = lmi_layout_of(w->type),
                     .tiles = (const uint8_t *)w->data + tile_size * (size_t)first,
                     .tile_size = tile_size,
                     .n_tiles = (size_t)n,
                     .x = &s->x,
                     .y = (float *)s->op->data + LMI_TILE * first,
                     .y_stride = (size_t)w->ne[1]};
    const size_t at_once = rows_at_once(&s->x);

    for (p.begin = 0; p.begin < s->x.n_rows; p.begin = p.end) {
        p.end = p.begin + at_once < s->x.n_rows ? p.begin + at_once : s->x.n_rows;
        s->path->multiply(&p);
    }
}

static void take_shares(lmi_step *s, lmi_member *me)
{
    const int64_t n_tiles = s->op->src[0]->ne[1] / LMI_TILE;
    int64_t share = n_tiles / ((int64_t)me->n * SHARES) / N_AT_ONCE * N_AT_ONCE;
    int64_t i;

    share = share < N_AT_ONCE ? N_AT_ONCE : share;
    while ((i = lmi_crew_next(me, &s->n_taken, (n_tiles + share - 1) / share)) >= 0)
        multiply(s, i * share, n_tiles - i * share < share ? n_tiles - i * share : share);
}

static void run(lmi_step *s, lmi_member *me)
{
    if (s->is_fresh) {
        lmi_crew_meet(me);
        prepare(s, me);
        lmi_crew_meet(me);
    }
    take_shares(s, me);
}

lmi_operand lmi_product_operand(const struct ggml_tensor *op)
{
    return (lmi_operand){.form = lmi_pack_path_of(op->src[0])->form_of(op->src[0]->type),
                         .n_cols = (size_t)op->src[0]->ne[0],
                         .n_rows = (size_t)ggml_nrows(op->src[1])};
}

const lmi_kind lmi_kind_product = {.takes = takes, .run = run};
