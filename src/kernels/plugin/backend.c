/*
 * backend.c - walking through a graph, all threads side by side.
 *
 * Each member of the crew goes through all operations. Of each it does some shares; where an
 * operation needs what another wrote, those must be done first. Activations that several products
 * take (q, k and v of one row, gate and up) are prepared once.
 *
 *      member 0   prepare x | meet | tiles 0 1 4 ...  | (same x) tiles 0 2 ... | meet | prepare
 *      member 1   prepare x | meet | tiles 2 3 5 ...  | (same x) tiles 1 3 ... | meet | prepare
 */
#include "base/mem.h"
#include "kernels/plugin/step.h"

typedef struct state {
    int n_threads;
    ggml_abort_callback is_aborted;
    void *user;
    void *operand; /* prepared activations, of one product after the other */
    size_t operand_size;
    float *angles; /* of the last rotation */
    size_t angles_size;
    const struct ggml_tensor *turned; /* by it; NULL before the first of a graph */
    lmi_step *steps;
    size_t n_steps, n_steps_max;
    atomic_bool is_stopped; /* is_aborted() said so, on the way */
} state;

enum { STRIDE = 16 }; /* steps between two questions whether to stop */

static bool is_view(const struct ggml_tensor *op)
{
    return op->op == GGML_OP_NONE || op->op == GGML_OP_RESHAPE || op->op == GGML_OP_VIEW ||
           op->op == GGML_OP_PERMUTE || op->op == GGML_OP_TRANSPOSE;
}

static const lmi_kind *kind_of(const struct ggml_tensor *op)
{
    static const lmi_kind *const kinds[] = {&lmi_kind_product,  &lmi_kind_look_up, &lmi_kind_dots,
                                            &lmi_kind_softmax,  &lmi_kind_norm,    &lmi_kind_add,
                                            &lmi_kind_multiply, &lmi_kind_swiglu,  &lmi_kind_copy,
                                            &lmi_kind_pick,     &lmi_kind_keep,    &lmi_kind_rope};
    size_t i;

    for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (kinds[i]->takes(op))
            return kinds[i];
    return NULL;
}

/* Products with weights of ours are nobody else's. What lies between them is ours in the graphs of
 * a model that has some, which its thread says. */
bool lmi_plugin_supports(const struct ggml_tensor *op)
{
    const lmi_kind *kind = is_view(op) ? NULL : kind_of(op);

    return is_view(op) || kind == &lmi_kind_product || kind == &lmi_kind_look_up ||
           (kind && lmi_plugin_served());
}

/* Whether to go on: the calling thread asks now and then. Who hears it first leaves first, and the
 * others do without. */
static bool go_on(state *s, const lmi_member *me, size_t i)
{
    if (s->is_aborted && me->index == 0 && i % STRIDE == 0 && s->is_aborted(s->user))
        atomic_store_explicit(&s->is_stopped, true, memory_order_relaxed);
    return !atomic_load_explicit(&s->is_stopped, memory_order_relaxed);
}

static void walk(void *work, lmi_member *me)
{
    state *s = work;
    size_t i;

    for (i = 0; i < s->n_steps && go_on(s, me, i); i++)
        s->steps[i].kind->run(&s->steps[i], me);
}

/* (a graph may hold what nobody takes: of tokens and vectors, those that are not fed) */
static bool is_work(const struct ggml_tensor *op)
{
    return (op->flags & GGML_TENSOR_FLAG_COMPUTE) && !is_view(op) && !ggml_is_empty(op);
}

/* Where a product's activations are prepared; those of the step before may stand there already. */
static bool plan_product(state *s, lmi_step *step, const lmi_step *before)
{
    size_t size;

    step->x = lmi_product_operand(step->op);
    step->is_fresh = !before || before->kind != &lmi_kind_product ||
                     before->op->src[1] != step->op->src[1] || before->x.form != step->x.form;
    size = lmi_operand_size(step->x.form, step->x.n_rows, step->x.n_cols);
    return lmi_reserve(&s->operand, &s->operand_size, size, 1);
}

/* What is known once all are planned: where activations go, what becomes of scores. */
static void settle(state *s, size_t k)
{
    lmi_step *step = &s->steps[k];
    const lmi_step *next = k + 1 < s->n_steps ? step + 1 : NULL;

    if (step->kind == &lmi_kind_product)
        lmi_operand_place(&step->x, s->operand);
    step->angles = s->angles;
    if (next && next->kind == &lmi_kind_softmax && next->op->src[0] == step->op)
        step->mask = next->op->src[1];
}

/* All layers turn by the same angles, or by two kinds in turns. */
static bool plan_rope(state *s, lmi_step *step)
{
    step->is_first = !s->turned || !lmi_rope_is_same(s->turned, step->op);
    s->turned = step->op;
    return lmi_reserve((void **)&s->angles, &s->angles_size, lmi_rope_size(step->op), 1);
}

static bool plan(state *s, struct ggml_cgraph *graph)
{
    const int n = ggml_graph_n_nodes(graph);
    bool is_planned = lmi_reserve((void **)&s->steps, &s->n_steps_max, (size_t)n, sizeof(lmi_step));
    size_t k;
    int i;

    s->n_steps = 0;
    s->turned = NULL;
    for (i = 0; is_planned && i < n; i++) {
        const struct ggml_tensor *op = ggml_graph_node(graph, i);
        lmi_step *step = &s->steps[s->n_steps];

        if (!is_work(op))
            continue;
        *step = (lmi_step){.op = op, .kind = kind_of(op), .path = lmi_plugin_served()};
        if (lmi_pack_has(op->src[0]))
            step->path = lmi_pack_path_of(op->src[0]);
        if (step->kind == &lmi_kind_product)
            is_planned = plan_product(s, step, s->n_steps ? step - 1 : NULL);
        else if (step->kind == &lmi_kind_rope)
            is_planned = plan_rope(s, step);
        s->n_steps++;
    }
    for (k = 0; is_planned && k < s->n_steps; k++)
        settle(s, k);
    return is_planned;
}

static enum ggml_status compute(ggml_backend_t backend, struct ggml_cgraph *graph)
{
    state *s = backend->context;

    s->is_stopped = false;
    if (!plan(s, graph))
        return GGML_STATUS_ALLOC_FAILED;
    lmi_crew_run(s->n_threads, walk, s);
    return s->is_stopped ? GGML_STATUS_ABORTED : GGML_STATUS_SUCCESS;
}

/* ---- the backend ---- */

static const char *backend_name(ggml_backend_t backend)
{
    (void)backend;
    return "latentmas";
}

static void free_backend(ggml_backend_t backend)
{
    state *s = backend->context;

    lmi_free(s->operand);
    lmi_free(s->angles);
    lmi_free(s->steps);
    lmi_free(s);
    lmi_free(backend);
}

void lmi_plugin_set_threads(ggml_backend_t backend, int n_threads)
{
    state *s = backend->context;

    s->n_threads = n_threads;
}

void lmi_plugin_set_abort(ggml_backend_t backend, ggml_abort_callback fn, void *user)
{
    state *s = backend->context;

    s->is_aborted = fn;
    s->user = user;
}

ggml_backend_t lmi_plugin_backend(void)
{
    static uint8_t guid[16] = "latentmas tiles";
    ggml_backend_t backend = lmi_new(1, sizeof(*backend));
    state *s = lmi_new(1, sizeof(*s));

    if (!backend || !s) {
        lmi_free(backend);
        lmi_free(s);
        return NULL;
    }
    s->n_threads = 1;
    *backend = (struct ggml_backend){
        .guid = &guid,
        .iface = {.get_name = backend_name, .free = free_backend, .graph_compute = compute},
        .device = lmi_plugin_device(),
        .context = s};
    return backend;
}
