/* kernels_test.c - products by our kernels against exact ones and libggml's, and in company. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "engine/backend.h"
#include "kernels/kernels.h"
#include "kernels/layout.h"
#include "support.h"

static const enum ggml_type TYPES[] = {GGML_TYPE_F32,  GGML_TYPE_F16,  GGML_TYPE_BF16,
                                       GGML_TYPE_Q8_0, GGML_TYPE_Q4_0, GGML_TYPE_Q4_1,
                                       GGML_TYPE_Q5_0, GGML_TYPE_Q5_1, GGML_TYPE_Q4_K,
                                       GGML_TYPE_Q5_K, GGML_TYPE_Q6_K, GGML_TYPE_IQ4_NL};
enum { N_TYPES = sizeof(TYPES) / sizeof(TYPES[0]) };

static const char *path; /* that claims are made of */

/* Take the i-th path that this processor can go; false past the last. */
static bool choose(size_t i)
{
    lmi_backend_start();
    path = lmi_kernels_path(i);
    if (lmi_kernels_refusal())
        print_message("no kernels: %s\n", lmi_kernels_refusal());
    return path && !lmi_kernels_refusal();
}

/* Every claim is made of every path. */
static void on_each_path(void (*claim)(void))
{
    size_t i;

    for (i = 0; choose(i); i++)
        claim();
    if (i == 0)
        skip();
}

/* Numbers from -1 to 1, the same for each seed. */
static float *numbers(size_t n, uint64_t seed)
{
    float *out = lmi_new(n, sizeof(*out));
    uint64_t state = seed * 2862933555777941757u + 3037000493u;
    size_t i;

    assert_non_null(out);
    for (i = 0; i < n; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        out[i] = (float)((double)(state >> 40) / (1 << 23) - 1);
    }
    return out;
}

/* A matrix in a file's form. */
typedef struct matrix {
    enum ggml_type type;
    int64_t n_cols, n_rows;
    void *data;
    size_t size;
} matrix;

static matrix make_matrix(enum ggml_type type, int64_t n_cols, int64_t n_rows, uint64_t seed)
{
    float *values = numbers((size_t)(n_cols * n_rows), seed);
    matrix m = {.type = type, .n_cols = n_cols, .n_rows = n_rows};

    m.size = ggml_row_size(type, n_cols) * (size_t)n_rows;
    m.data = lmi_new(m.size, 1);
    assert_non_null(m.data);
    if (type == GGML_TYPE_F32)
        memcpy(m.data, values, m.size);
    else
        ggml_quantize_chunk(type, values, m.data, 0, n_rows, n_cols, NULL);
    lmi_free(values);
    return m;
}

static float *dequantised(const matrix *m)
{
    const size_t n = (size_t)(m->n_cols * m->n_rows);
    float *out = lmi_new(n, sizeof(*out));

    assert_non_null(out);
    if (m->type == GGML_TYPE_F32)
        memcpy(out, m->data, m->size);
    else
        ggml_get_type_traits(m->type)->to_float(m->data, out, (int64_t)n);
    return out;
}

/* Weights in memory of their own, ours or libggml's, and a backend that computes with them. */
typedef struct machine {
    lmi_pack *pack; /* NULL for libggml's */
    ggml_backend_t backend;
    ggml_backend_buffer_t memory;
    struct ggml_context *weights;
    struct ggml_tensor *w;
} machine;

static void set_threads(const machine *m, int n)
{
    ggml_backend_reg_t reg = ggml_backend_dev_backend_reg(ggml_backend_get_device(m->backend));
    void *found = ggml_backend_reg_get_proc_address(reg, "ggml_backend_set_n_threads");
    ggml_backend_set_n_threads_t set;

    assert_non_null(found);
    memcpy(&set, &found, sizeof(set));
    set(m->backend, n);
}

static machine make_machine(const matrix *w, bool is_ours, int n_threads)
{
    ggml_backend_dev_t cpu = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
    machine m = {.pack = is_ours ? lmi_pack_new(path) : NULL};

    m.weights = ggml_init((struct ggml_init_params){ggml_tensor_overhead(), NULL, true});
    m.w = ggml_new_tensor_2d(m.weights, w->type, w->n_cols, w->n_rows);
    m.memory = ggml_backend_alloc_ctx_tensors_from_buft(
        m.weights, is_ours ? lmi_pack_memory(m.pack) : ggml_backend_dev_buffer_type(cpu));
    assert_non_null(m.memory);
    ggml_backend_buffer_set_usage(m.memory, GGML_BACKEND_BUFFER_USAGE_WEIGHTS);
    ggml_backend_tensor_set(m.w, w->data, 0, w->size);
    if (is_ours)
        assert_ok(lmi_pack_close(m.pack, n_threads));
    m.backend = ggml_backend_dev_init(is_ours ? ggml_backend_dev_by_name("latentmas") : cpu, NULL);
    assert_non_null(m.backend);
    set_threads(&m, n_threads);
    return m;
}

static void machine_done(machine *m)
{
    ggml_backend_free(m->backend);
    ggml_backend_buffer_free(m->memory);
    ggml_free(m->weights);
    lmi_pack_free(m->pack);
}

/* Compute `op` of a graph whose one input is `data`. */
static float *compute(const machine *m, struct ggml_context *ctx, struct ggml_tensor *op,
                      struct ggml_tensor *input, const void *data)
{
    struct ggml_cgraph *graph = ggml_new_graph(ctx);
    ggml_backend_buffer_t memory;
    float *out;

    ggml_build_forward_expand(graph, op);
    memory = ggml_backend_alloc_ctx_tensors_from_buft(
        ctx, ggml_backend_get_default_buffer_type(m->backend));
    assert_non_null(memory);
    assert_true(ggml_backend_supports_op(m->backend, op));
    ggml_backend_tensor_set(input, data, 0, ggml_nbytes(input));
    assert_int_equal(ggml_backend_graph_compute(m->backend, graph), GGML_STATUS_SUCCESS);
    out = lmi_new(ggml_nbytes(op), 1);
    ggml_backend_tensor_get(op, out, 0, ggml_nbytes(op));
    ggml_backend_buffer_free(memory);
    return out;
}

static struct ggml_context *new_context(void)
{
    return ggml_init(
        (struct ggml_init_params){16 * ggml_tensor_overhead() + ggml_graph_overhead(), NULL, true});
}

/* [n_rows of x, n_rows of w] */
static float *product(const machine *m, const float *x, int64_t n_rows)
{
    struct ggml_context *ctx = new_context();
    struct ggml_tensor *input = ggml_new_tensor_2d(ctx, GGML_TYPE_F32, m->w->ne[0], n_rows);
    float *y = compute(m, ctx, ggml_mul_mat(ctx, m->w, input), input, x);

    ggml_free(ctx);
    return y;
}

/* Squares of what products of one type are off, ours and libggml's, over many shapes: a single one
 * is off by chance. */
typedef struct errors {
    double ours, theirs;
} errors;

static void add_errors(errors *out, const float *y, const float *other, const float *w,
                       const float *x, const matrix *m, int64_t n)
{
    int64_t i, j, k;

    for (i = 0; i < n; i++)
        for (j = 0; j < m->n_rows; j++) {
            const size_t at = (size_t)(i * m->n_rows + j);
            double exact = 0;

            for (k = 0; k < m->n_cols; k++)
                exact += (double)w[j * m->n_cols + k] * (double)x[i * m->n_cols + k];
            out->ours += (exact - (double)y[at]) * (exact - (double)y[at]);
            out->theirs += (exact - (double)other[at]) * (exact - (double)other[at]);
        }
}

/* One shape: what it is off, and the same bits for each row alone. */
static void check_product(errors *off, enum ggml_type type, int64_t n_cols, int64_t n_rows,
                          int64_t n, uint64_t seed)
{
    const matrix w = make_matrix(type, n_cols, n_rows, seed);
    float *x = numbers((size_t)(n * n_cols), seed + 1), *exact = dequantised(&w);
    machine ours = make_machine(&w, true, 2), theirs = make_machine(&w, false, 2);
    float *y = product(&ours, x, n), *other = product(&theirs, x, n);
    int64_t i;

    add_errors(off, y, other, exact, x, &w, n);
    for (i = 0; i < n; i += n > 4 ? n / 4 : 1) {
        float *alone = product(&ours, x + i * n_cols, 1);

        assert_memory_equal(alone, y + i * n_rows, (size_t)n_rows * sizeof(*y));
        lmi_free(alone);
    }
    machine_done(&ours);
    machine_done(&theirs);
    lmi_free(w.data);
    lmi_free(x);
    lmi_free(exact);
    lmi_free(y);
    lmi_free(other);
}

static void check_shape(errors *off, int i)
{
    const enum ggml_type type = TYPES[i % N_TYPES];
    const int64_t block = ggml_blck_size(type) < LMI_GROUP ? LMI_GROUP : ggml_blck_size(type);
    float *draw = numbers(3, (uint64_t)i);
    const int64_t n_cols = block * (1 + (int64_t)(fabsf(draw[0]) * 512 / (float)block));
    const int64_t n_rows = LMI_TILE * (1 + (int64_t)(fabsf(draw[1]) * 9));
    const int64_t n = 1 + (int64_t)(draw[2] * draw[2] * 40);

    check_product(off, type, n_cols, n_rows, n, (uint64_t)i);
    lmi_free(draw);
}

static void check_products(void)
{
    const int n_shapes = support_is_whole() ? 10000 : 240;
    errors off[N_TYPES] = {{0}};
    int i;

    for (i = 0; i < n_shapes; i++)
        check_shape(&off[i % N_TYPES], i);
    for (i = 0; i < N_TYPES; i++) {
        print_message("%s: error %.4f of libggml's\n", ggml_type_name(TYPES[i]),
                      sqrt(off[i].ours / off[i].theirs));
        assert_true(off[i].ours <= off[i].theirs * 1.0001);
    }
}

static void test_a_product_is_no_worse_than_libggmls_and_does_not_depend_on_company(void **state)
{
    (void)state;
    on_each_path(check_products);
}

static void check_threads(void)
{
    const int64_t n = 37;
    size_t i;

    for (i = 0; i < N_TYPES; i++) {
        const matrix w = make_matrix(TYPES[i], 512, 208, i);
        float *x = numbers((size_t)(n * w.n_cols), 7);
        machine one = make_machine(&w, true, 1), two = make_machine(&w, true, 2);
        float *a = product(&one, x, n), *b = product(&two, x, n);

        assert_memory_equal(a, b, (size_t)(n * w.n_rows) * sizeof(*a));
        machine_done(&one);
        machine_done(&two);
        lmi_free(w.data);
        lmi_free(x);
        lmi_free(a);
        lmi_free(b);
    }
}

static void test_a_product_does_not_depend_on_threads(void **state)
{
    (void)state;
    on_each_path(check_threads);
}

/* A value that is no number stays visible, and does not leave its row. */
static void check_broken(void)
{
    const float bad[] = {NAN, INFINITY, -INFINITY};
    const int64_t n = 9;
    size_t i, k;
    int64_t r;

    for (i = 0; i < N_TYPES; i++)
        for (k = 0; k < sizeof(bad) / sizeof(bad[0]); k++) {
            const matrix w = make_matrix(TYPES[i], 512, 48, i);
            float *x = numbers((size_t)(n * w.n_cols), 7);
            machine m = make_machine(&w, true, 2);
            float *whole = product(&m, x, n), *broken;

            x[4 * w.n_cols + 77] = bad[k];
            broken = product(&m, x, n);
            for (r = 0; r < n; r++)
                if (r != 4)
                    assert_memory_equal(broken + r * w.n_rows, whole + r * w.n_rows,
                                        (size_t)w.n_rows * sizeof(*whole));
            for (r = 0; r < w.n_rows; r++)
                assert_false(isfinite(broken[4 * w.n_rows + r]));
            machine_done(&m);
            lmi_free(w.data);
            lmi_free(x);
            lmi_free(whole);
            lmi_free(broken);
        }
}

static void test_what_is_no_number_stays_none_and_in_its_row(void **state)
{
    (void)state;
    on_each_path(check_broken);
}

static void check_look_up(void)
{
    const int32_t rows[] = {0, 63, 17, 17, 40};
    const int64_t n = sizeof(rows) / sizeof(rows[0]);
    size_t i;
    int64_t k;

    for (i = 0; i < N_TYPES; i++) {
        const matrix w = make_matrix(TYPES[i], 512, 64, i);
        struct ggml_context *ctx = new_context();
        struct ggml_tensor *input = ggml_new_tensor_1d(ctx, GGML_TYPE_I32, n);
        machine m = make_machine(&w, true, 2);
        float *got = compute(&m, ctx, ggml_get_rows(ctx, m.w, input), input, rows);
        float *want = dequantised(&w);

        for (k = 0; k < n; k++)
            assert_memory_equal(got + k * w.n_cols, want + rows[k] * w.n_cols,
                                (size_t)w.n_cols * sizeof(*got));
        ggml_free(ctx);
        machine_done(&m);
        lmi_free(w.data);
        lmi_free(got);
        lmi_free(want);
    }
}

static void test_rows_come_out_of_tiles_as_they_went_in(void **state)
{
    (void)state;
    on_each_path(check_look_up);
}

/* ---- attention ---- */

enum { HEADS = 4, GROUPS = 2, DIM = 40, CELLS = 600, QUERIES = 70 };

/* Keys and values of a cache, as halves, in memory that is no model's. */
typedef struct cache {
    struct ggml_context *ctx;
    struct ggml_tensor *k, *v; /* [DIM, n_cells, GROUPS], [n_cells, DIM, GROUPS] */
    ggml_backend_buffer_t memory;
} cache;

/* Halves of `numbers`; cells from CELLS on hold others than nothing, too. */
static void fill_halves(struct ggml_tensor *t, bool is_cell_first, uint64_t seed)
{
    float *values = numbers((size_t)DIM * CELLS * GROUPS, seed);
    ggml_fp16_t *out = t->data;
    int64_t g, d, cell;

    for (g = 0; g < GROUPS; g++)
        for (cell = 0; cell < t->ne[is_cell_first ? 0 : 1]; cell++)
            for (d = 0; d < DIM; d++) {
                const int64_t at = is_cell_first ? d * t->ne[0] + cell : cell * DIM + d;

                out[g * DIM * t->ne[is_cell_first ? 0 : 1] + at] =
                    ggml_fp32_to_fp16(cell < CELLS ? values[(g * CELLS + cell) * DIM + d] : 0.5f);
            }
    lmi_free(values);
}

static cache make_cache(int64_t n_cells)
{
    cache c = {.ctx = ggml_init((struct ggml_init_params){2 * ggml_tensor_overhead(), NULL, true})};

    c.k = ggml_new_tensor_3d(c.ctx, GGML_TYPE_F16, DIM, n_cells, GROUPS);
    c.v = ggml_new_tensor_3d(c.ctx, GGML_TYPE_F16, n_cells, DIM, GROUPS);
    c.memory = ggml_backend_alloc_ctx_tensors_from_buft(
        c.ctx,
        ggml_backend_dev_buffer_type(ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU)));
    assert_non_null(c.memory);
    fill_halves(c.k, false, 1);
    fill_halves(c.v, true, 2);
    return c;
}

static void cache_done(cache *c)
{
    ggml_backend_buffer_free(c->memory);
    ggml_free(c->ctx);
}

/* Query i of so many sees the first CELLS - QUERIES + i + 1 cells. */
static struct ggml_tensor *make_mask(const cache *c, struct ggml_context *ctx, int64_t first,
                                     int64_t n)
{
    const int64_t n_cells = c->k->ne[1];
    struct ggml_tensor *mask = ggml_new_tensor_2d(ctx, GGML_TYPE_F16, n_cells, n);
    int64_t i, cell;

    for (i = 0; i < n; i++)
        for (cell = 0; cell < n_cells; cell++)
            ((ggml_fp16_t *)mask->data)[i * n_cells + cell] =
                ggml_fp32_to_fp16(cell <= CELLS - QUERIES + first + i ? 0 : -INFINITY);
    return mask;
}

/* What queries [first, first + n) take from the cache: [DIM, n, HEADS]. */
static float *attend(const machine *m, const cache *c, const float *queries, int64_t first,
                     int64_t n)
{
    struct ggml_context *fixed = ggml_init((struct ggml_init_params){(size_t)1 << 20, NULL, false});
    struct ggml_context *ctx = new_context();
    struct ggml_tensor *input = ggml_new_tensor_3d(ctx, GGML_TYPE_F32, DIM, n, HEADS);
    float *own = lmi_new((size_t)(DIM * n * HEADS), sizeof(*own));
    struct ggml_tensor *scores = ggml_mul_mat(ctx, c->k, input);
    struct ggml_tensor *weights =
        ggml_soft_max_ext(ctx, scores, make_mask(c, fixed, first, n), 0.3f, 0);
    float *out;
    int64_t h;

    for (h = 0; h < HEADS; h++)
        memcpy(own + h * n * DIM, queries + (h * QUERIES + first) * DIM,
               (size_t)(n * DIM) * sizeof(*own));
    if (m->pack)
        assert_false(ggml_backend_supports_op(m->backend, scores)); /* another model's graph */
    lmi_pack_serve(m->pack);
    assert_true(ggml_backend_supports_op(m->backend, scores) &&
                ggml_backend_supports_op(m->backend, weights));
    out = compute(m, ctx, ggml_mul_mat(ctx, c->v, weights), input, own);
    lmi_pack_serve(NULL);
    ggml_free(fixed);
    ggml_free(ctx);
    lmi_free(own);
    return out;
}

static void check_attention(void)
{
    const matrix w = make_matrix(GGML_TYPE_F16, 32, 16, 1);
    float *queries, *whole, *theirs;
    machine ours, other;
    cache small, large;
    int64_t i, h;

    ours = make_machine(&w, true, 2);
    other = make_machine(&w, false, 2);
    small = make_cache(CELLS);
    large = make_cache(CELLS + 64);
    queries = numbers((size_t)DIM * QUERIES * HEADS, 3);
    whole = attend(&ours, &small, queries, 0, QUERIES);
    theirs = attend(&other, &small, queries, 0, QUERIES);
    for (i = 0; i < (int64_t)DIM * QUERIES * HEADS; i++)
        assert_true(fabsf(whole[i] - theirs[i]) < 2e-3f);
    for (i = 0; i < QUERIES; i++) {
        float *alone = attend(&ours, i % 2 ? &small : &large, queries, i, 1);

        for (h = 0; h < HEADS; h++)
            assert_memory_equal(alone + h * DIM, whole + (h * QUERIES + i) * DIM,
                                DIM * sizeof(*alone));
        lmi_free(alone);
    }
    machine_done(&ours);
    machine_done(&other);
    cache_done(&small);
    cache_done(&large);
    lmi_free(w.data);
    lmi_free(queries);
    lmi_free(whole);
    lmi_free(theirs);
}

static void test_attention_is_libggmls_and_does_not_depend_on_company(void **state)
{
    (void)state;
    on_each_path(check_attention);
}

/* ---- what lies between the products ---- */

enum { WIDTH = 72, ROWS = 6, OF_HEADS = 3 };

/* Makes an operation of [WIDTH, OF_HEADS, ROWS] values. */
typedef struct ggml_tensor *(*make_fn)(struct ggml_context *ctx, struct ggml_context *fixed,
                                       struct ggml_tensor *x);

/* A row of WIDTH values that stays. */
static struct ggml_tensor *fixed_row(struct ggml_context *fixed, uint64_t seed)
{
    struct ggml_tensor *row = ggml_new_tensor_1d(fixed, GGML_TYPE_F32, WIDTH);
    float *values = numbers(WIDTH, seed);

    memcpy(row->data, values, ggml_nbytes(row));
    lmi_free(values);
    return row;
}

static struct ggml_tensor *positions(struct ggml_context *fixed)
{
    static const int32_t at[ROWS] = {0, 1, 7, 300, 301, 4095};
    struct ggml_tensor *row = ggml_new_tensor_1d(fixed, GGML_TYPE_I32, ROWS);

    memcpy(row->data, at, sizeof(at));
    return row;
}

static struct ggml_tensor *make_norm(struct ggml_context *ctx, struct ggml_context *fixed,
                                     struct ggml_tensor *x)
{
    return ggml_mul(ctx, ggml_rms_norm(ctx, x, 1e-6f), fixed_row(fixed, 1));
}

static struct ggml_tensor *make_sum(struct ggml_context *ctx, struct ggml_context *fixed,
                                    struct ggml_tensor *x)
{
    return ggml_add(ctx, ggml_add(ctx, x, x), fixed_row(fixed, 2));
}

static struct ggml_tensor *make_gate(struct ggml_context *ctx, struct ggml_context *fixed,
                                     struct ggml_tensor *x)
{
    return ggml_swiglu_split(ctx, ggml_add(ctx, x, ggml_add(ctx, x, x)),
                             ggml_mul(ctx, x, fixed_row(fixed, 3)));
}

static struct ggml_tensor *make_copy(struct ggml_context *ctx, struct ggml_context *fixed,
                                     struct ggml_tensor *x)
{
    (void)fixed;
    return ggml_cont_2d(ctx, ggml_permute(ctx, x, 0, 2, 1, 3), (int64_t)WIDTH * ROWS, OF_HEADS);
}

/* The last 64 values of each head, by positions; with factors for each pair, or without. */
static struct ggml_tensor *turned(struct ggml_context *ctx, struct ggml_context *fixed,
                                  struct ggml_tensor *x, int mode, struct ggml_tensor *factors)
{
    struct ggml_tensor *part =
        ggml_view_3d(ctx, x, 64, OF_HEADS, ROWS, x->nb[1], x->nb[2], (WIDTH - 64) * sizeof(float));

    return ggml_rope_ext(ctx, part, positions(fixed), factors, 48, mode, 4096, 10000, 0.5f, 0, 1.2f,
                         32, 1);
}

static struct ggml_tensor *make_neox(struct ggml_context *ctx, struct ggml_context *fixed,
                                     struct ggml_tensor *x)
{
    return turned(ctx, fixed, x, GGML_ROPE_TYPE_NEOX, NULL);
}

static struct ggml_tensor *make_plain(struct ggml_context *ctx, struct ggml_context *fixed,
                                      struct ggml_tensor *x)
{
    return turned(ctx, fixed, x, GGML_ROPE_TYPE_NORMAL, NULL);
}

static struct ggml_tensor *make_long(struct ggml_context *ctx, struct ggml_context *fixed,
                                     struct ggml_tensor *x)
{
    struct ggml_tensor *factors = fixed_row(fixed, 5);
    int i;

    for (i = 0; i < WIDTH; i++)
        ((float *)factors->data)[i] += 2;
    return turned(ctx, fixed, x, GGML_ROPE_TYPE_NEOX, factors);
}

/* One operation on a machine; only what is ours runs on ours. */
static float *make_and_compute(const machine *m, make_fn make, const float *values, size_t *n)
{
    struct ggml_context *fixed = ggml_init((struct ggml_init_params){(size_t)1 << 20, NULL, false});
    struct ggml_context *ctx = new_context();
    struct ggml_tensor *x = ggml_new_tensor_3d(ctx, GGML_TYPE_F32, WIDTH, OF_HEADS, ROWS);
    struct ggml_tensor *op = make(ctx, fixed, x);
    float *out;

    *n = (size_t)ggml_nelements(op);
    lmi_pack_serve(m->pack);
    out = compute(m, ctx, op, x, values);
    lmi_pack_serve(NULL);
    ggml_free(fixed);
    ggml_free(ctx);
    return out;
}

static void check_rows(void)
{
    static const make_fn makers[] = {make_norm, make_sum,   make_gate, make_copy,
                                     make_neox, make_plain, make_long};
    const matrix w = make_matrix(GGML_TYPE_F16, 32, 16, 1);
    machine ours = make_machine(&w, true, 2), theirs = make_machine(&w, false, 2);
    float *values = numbers((size_t)WIDTH * OF_HEADS * ROWS, 4);
    size_t i, k, n;

    for (i = 0; i < sizeof(makers) / sizeof(makers[0]); i++) {
        float *got = make_and_compute(&ours, makers[i], values, &n);
        float *want = make_and_compute(&theirs, makers[i], values, &n);

        for (k = 0; k < n; k++)
            if (fabsf(got[k] - want[k]) > 1e-5f)
                fail_msg("operation %zu, value %zu: %g, libggml has %g", i, k, (double)got[k],
                         (double)want[k]);
        lmi_free(got);
        lmi_free(want);
    }
    machine_done(&ours);
    machine_done(&theirs);
    lmi_free(w.data);
    lmi_free(values);
}

static void test_what_lies_between_products_is_libggmls(void **state)
{
    (void)state;
    on_each_path(check_rows);
}

static bool stop_at_third(void *user)
{
    int *n_asked = user;

    return ++*n_asked == 3;
}

static void test_a_graph_is_stopped_on_its_way(void **state)
{
    const matrix w = make_matrix(GGML_TYPE_F16, 32, 16, 1);
    struct ggml_context *ctx = ggml_init((struct ggml_init_params){(size_t)1 << 20, NULL, false});
    struct ggml_tensor *x = ggml_new_tensor_1d(ctx, GGML_TYPE_F32, 32);
    struct ggml_cgraph *graph = ggml_new_graph(ctx);
    void *found;
    ggml_backend_set_abort_callback_t set;
    int i, n_asked = 0;
    machine m;

    (void)state;
    if (!choose(0))
        skip();
    m = make_machine(&w, true, 2);
    for (i = 0; i < 200; i++)
        x = ggml_add(ctx, x, x);
    ggml_build_forward_expand(graph, x);
    found = ggml_backend_reg_get_proc_address(
        ggml_backend_dev_backend_reg(ggml_backend_get_device(m.backend)),
        "ggml_backend_set_abort_callback");
    memcpy(&set, &found, sizeof(set));
    set(m.backend, stop_at_third, &n_asked);
    lmi_pack_serve(m.pack);
    assert_int_equal(ggml_backend_graph_compute(m.backend, graph), GGML_STATUS_ABORTED);
    assert_int_equal(n_asked, 3);
    assert_int_equal(ggml_backend_graph_compute(m.backend, graph), GGML_STATUS_SUCCESS);
    lmi_pack_serve(NULL);
    machine_done(&m);
    ggml_free(ctx);
    lmi_free(w.data);
}

static void test_what_cannot_be_tiled_is_left_to_libggml(void **state)
{
    (void)state;
    assert_true(lmi_kernels_take(GGML_TYPE_Q8_0, 64, 16));
    assert_false(lmi_kernels_take(GGML_TYPE_Q8_0, 64, 17));
    assert_false(lmi_kernels_take(GGML_TYPE_F16, 40, 16));
    assert_false(lmi_kernels_take(GGML_TYPE_Q4_K, 128, 16));
    assert_false(lmi_kernels_take(GGML_TYPE_Q2_K, 256, 16));
    assert_false(lmi_kernels_take(GGML_TYPE_Q8_0, 0, 16));
}

static void test_the_kernels_device_is_nobodys_to_choose(void **state)
{
    lmas_model_params params = lmas_model_params_default();
    lmas_model *model = NULL;
    lmas_device device;
    size_t i;

    (void)state;
    choose(0);
    for (i = 0; lmas_device_at(&device, i); i++)
        assert_string_not_equal(device.name, "latentmas");
    params.devices = "latentmas";
    assert_fails(LMAS_E_INVALID, "no device \"latentmas\"",
                 lmas_model_open(&model, DEMO_MODEL, &params));
}

static void test_kernels_that_a_processor_cannot_run_are_refused(void **state)
{
    lmas_model_params params = lmas_model_params_default();
    lmas_model *model = NULL;

    (void)state;
    params.kernels = "sse9";
    assert_fails(LMAS_E_INVALID, "kernels must be one of auto, off",
                 lmas_model_open(&model, DEMO_MODEL, &params));
    params.kernels = "off";
    assert_ok(lmas_model_open(&model, DEMO_MODEL, &params));
    assert_string_equal(lmas_model_describe(model)->kernels, "off");
    assert_int_equal(lmas_model_describe(model)->mapped_size, lmas_model_describe(model)->size);
    lmas_model_close(model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_product_is_no_worse_than_libggmls_and_does_not_depend_on_company),
        cmocka_unit_test(test_a_product_does_not_depend_on_threads),
        cmocka_unit_test(test_what_is_no_number_stays_none_and_in_its_row),
        cmocka_unit_test(test_rows_come_out_of_tiles_as_they_went_in),
        cmocka_unit_test(test_attention_is_libggmls_and_does_not_depend_on_company),
        cmocka_unit_test(test_what_lies_between_products_is_libggmls),
        cmocka_unit_test(test_a_graph_is_stopped_on_its_way),
        cmocka_unit_test(test_what_cannot_be_tiled_is_left_to_libggml),
        cmocka_unit_test(test_the_kernels_device_is_nobodys_to_choose),
        cmocka_unit_test(test_kernels_that_a_processor_cannot_run_are_refused),
    };

    return cmocka_run_group_tests_name("kernels", tests, NULL, NULL);
}
