/* look.c - see look.h. */
#include "latent/look/look.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "latent/look/likely.h"
#include "latent/realign/near.h"
#include "latent/rest.h"

void lmi_look_init(lmi_look *look, const lmas_session *session, uint32_t n_near)
{
    *look = (lmi_look){.session = session, .n_near = n_near};
}

void lmi_look_done(lmi_look *look)
{
    size_t i;

    for (i = 0; i < look->n; i++) {
        lmi_likely_free(look->thoughts[i].head, look->n_near);
        lmi_likely_free(look->thoughts[i].input, look->n_near);
    }
    lmi_free(look->thoughts);
    lmi_free(look->states);
    *look = (lmi_look){0};
}

static double product(const float *a, const float *b, size_t n)
{
    double sum = 0;
    size_t i;

    for (i = 0; i < n; i++)
        sum += (double)a[i] * (double)b[i];
    return sum;
}

static double cosine(const float *a, const float *b, size_t n)
{
    const double length = sqrt(product(a, a, n) * product(b, b, n));

    return length > 0 ? product(a, b, n) / length : 0;
}

/* The likeliest tokens, and how evenly they share: p = softmax(logits). */
static void look_at_head(lmas_thought *thought, lmas_near *list, uint32_t n_near,
                         const float *logits, int32_t n_vocab)
{
    double sum;
    int32_t i;
    uint32_t k;

    for (i = 0; i < n_vocab; i++)
        lmi_likely_offer(list, n_near, i, logits[i]);
    thought->entropy = (float)lmi_entropy(&sum, logits, (size_t)n_vocab, (double)list[0].score);
    for (k = n_near; k-- > 0;)
        if (list[k].token >= 0)
            list[k].score = (float)(exp((double)list[k].score - (double)list[0].score) / sum);
}

/* How it lies to the others. */
static void look_at_state(lmas_thought *thought, const lmi_look *look, const float *h, size_t n)
{
    const float *first = look->states;

    thought->norm = (float)sqrt(product(h, h, n));
    thought->cosine_before = look->n ? (float)cosine(h, first + (look->n - 1) * n, n) : NAN;
    thought->cosine_prompt = look->n ? (float)cosine(h, first, n) : 1.0f;
}

lmas_status lmi_look_add(lmi_look *look, const float *h, const float *logits)
{
    const lmas_model *model = look->session->model;
    const size_t n_embd = (size_t)model->info.n_embd;
    lmas_near *head, *input;
    lmas_thought *thought;

    if (look->n_near == 0)
        return LMAS_OK;
    head = lmi_likely_new(look->n_near);
    input = lmi_likely_new(look->n_near);
    if (!head || !input ||
        !lmi_reserve((void **)&look->states, &look->states_capacity, look->n + 1,
                     n_embd * sizeof(float)) ||
        !lmi_reserve((void **)&look->thoughts, &look->thoughts_capacity, look->n + 1,
                     sizeof(lmas_thought))) {
        lmi_free(head);
        lmi_free(input);
        return lmi_fail(LMAS_E_NOMEM, "no memory to look at thoughts");
    }
    thought = &look->thoughts[look->n];
    *thought = (lmas_thought){.n_near = look->n_near, .head = head, .input = input};
    look_at_state(thought, look, h, n_embd);
    memcpy(look->states + look->n * n_embd, h, n_embd * sizeof(float));
    look->n++;
    look_at_head(thought, head, look->n_near, logits, model->info.n_vocab);
    return lmi_likely_spell(head, look->n_near, model);
}

/* Rows of W_in, beside some of what went in. */
static void compare(void *user, const lmi_near *near)
{
    lmi_look *look = user;
    int64_t row;
    size_t i;

    for (row = 0; row < near->n_rows; row++)
        for (i = 0; i < near->n; i++)
            lmi_likely_offer((lmas_near *)look->thoughts[near->vector + i].input, look->n_near,
                             (int32_t)(near->row + row), near->cosines[(size_t)row * near->n + i]);
}

/* e of every thought, of length 1 [n, n_embd]; NULL when memory is out. */
static float *unit_inputs(const lmi_look *look)
{
    const size_t n = (size_t)look->session->model->info.n_embd;
    float *inputs = lmi_new(look->n * n, sizeof(float));
    size_t i;

    for (i = 0; inputs && i < look->n; i++)
        lmi_realign_apply(inputs + i * n, look->session->realign, look->states + i * n);
    if (inputs)
        lmi_near_unify(inputs, inputs, look->n, n);
    return inputs;
}

lmas_status lmi_look_finish(lmi_look *look)
{
    lmi_weights *weights = NULL;
    float *inputs;
    lmi_matrix w_in;
    lmas_status status;
    size_t i;

    if (look->n == 0)
        return LMAS_OK;
    inputs = unit_inputs(look);
    if (!inputs)
        return lmi_fail(LMAS_E_NOMEM, "no memory to look at thoughts");
    status = lmi_weights_open(&weights, look->session->model->path);
    if (status == LMAS_OK && !lmi_weights_find(&w_in, weights, "token_embd.weight"))
        status = lmi_fail(LMAS_E_MODEL, "%s has no token_embd.weight", look->session->model->path);
    if (status == LMAS_OK)
        status = lmi_near_walk(weights, &w_in, inputs, look->n, compare, look);
    lmi_weights_close(weights);
    lmi_free(inputs);
    for (i = 0; status == LMAS_OK && i < look->n; i++)
        status = lmi_likely_spell((lmas_near *)look->thoughts[i].input, look->n_near,
                                  look->session->model);
    return status;
}
