/*
 * arch_test.c - one model of the matrix against what transformers gave for it.
 *
 *     arch_test DIR/NAME      NAME.gguf and NAME.json (make_arch.py)
 *
 * Four orders of the prompts are four lanes. They run one after the other in a session of one lane,
 * and all at once in a session of four, each a little after the one before, so that one reads while
 * another thinks. A model that takes no vectors is held to what it gives without thoughts.
 */
#include <math.h>
#include <string.h>

#include "attention.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "engine/sampler.h"
#include "engine/state/edit.h"
#include "engine/state/keys.h"
#include "engine/state/shift.h"
#include "engine/state/turn.h"
#include "from_file.h"
#include "latent/memory.h"
#include "probe.h"
#include "support.h"

enum {
    N_LANES = 4,
    N_AGENTS = 4,
    N_GREEDY = 24,
    N_IDS_MAX = 32,
    N_CTX = 256,       /* of each lane */
    LATE_TICKS = 3,    /* a lane begins that many after the one before */
    POSITION_MAX = 64, /* bytes that say where a position is */
    WIDTH_MAX = 8192   /* values of a cell's keys */
};

typedef struct matrix_model {
    const char *name;
    lmi_buf text;
    lmi_json json;
    lmas_model *model;
    int32_t ids[N_AGENTS][N_IDS_MAX];
    size_t n_ids;
    double tolerance;
    bool is_refused;
    double worst_logit, worst_hidden;
    int n_cases;
} matrix_model;

static matrix_model m;
static from_file_case from_file;

/* One lane of one case on its way. */
typedef struct job {
    yyjson_val *want;
    lmas_memory *memory;
    lmi_sampler *sampler;
    size_t lane, agent;
    int64_t thoughts_left;
    int n_spoken;
    bool is_done;
} job;

static void load(const char *stem)
{
    static char path[LMI_PATH_MAX], model[LMI_PATH_MAX];
    const lmas_model_params params = support_model_params();
    yyjson_val *prompts;
    size_t i, j;

    snprintf(path, sizeof(path), "%s.json", stem);
    snprintf(model, sizeof(model), "%s.gguf", stem);
    lmi_buf_init(&m.text, 1 << 20);
    assert_ok(lmi_file_read(&m.text, path));
    assert_ok(lmi_json_parse(&m.json, path, m.text.data, m.text.len));
    assert_ok(lmas_model_open(&m.model, model, &params));
    m.tolerance = yyjson_get_num(yyjson_obj_get(lmi_json_root(&m.json), "tolerance"));
    m.is_refused = yyjson_get_bool(yyjson_obj_get(lmi_json_root(&m.json), "refused"));
    prompts = yyjson_obj_get(lmi_json_root(&m.json), "prompts");
    assert_int_equal(yyjson_arr_size(prompts), N_AGENTS);
    for (i = 0; i < N_AGENTS; i++) {
        m.n_ids = yyjson_arr_size(yyjson_arr_get(prompts, i));
        assert_true(m.n_ids >= 1 && m.n_ids <= N_IDS_MAX);
        for (j = 0; j < m.n_ids; j++)
            m.ids[i][j] = (int32_t)yyjson_get_int(yyjson_arr_get(yyjson_arr_get(prompts, i), j));
    }
    from_file = (from_file_case){m.name, m.model, N_CTX, m.ids[0], m.ids[1], m.n_ids};
}

static void unload(void)
{
    lmas_model_close(m.model);
    lmi_json_done(&m.json);
    lmi_buf_done(&m.text);
}

static double norm(const float *x, size_t n)
{
    double sum = 0;
    size_t i;

    for (i = 0; i < n; i++)
        sum += (double)x[i] * (double)x[i];
    return sqrt(sum);
}

/* Hold `got` against `want`, in `what`, and note how far off it was. */
static void hold(double *worst, const job *j, double got, double want, const char *what)
{
    const double off = fabs(got - want);

    if (!(off <= m.tolerance))
        fail_msg("W_a %s, %d thoughts, lane %zu, agent %zu: %s %g, expected %g within %g",
                 yyjson_get_bool(yyjson_obj_get(j->want, "realign")) ? "on" : "off",
                 yyjson_get_int(yyjson_obj_get(j->want, "steps")), j->lane, j->agent, what, got,
                 want, m.tolerance);
    *worst = fmax(*worst, off);
}

static void hold_hidden(const job *j)
{
    const size_t n_embd = (size_t)lmas_model_describe(m.model)->n_embd;
    const float *hidden = j->memory->lane->hidden;
    yyjson_val *want = yyjson_obj_get(j->want, "hidden");
    const size_t n = yyjson_arr_size(want) / (N_AGENTS - 1);
    size_t i;

    for (i = 0; i < n; i++)
        hold(&m.worst_hidden, j, (double)hidden[i],
             yyjson_get_num(yyjson_arr_get(want, j->agent * n + i)), "hidden state");
    hold(&m.worst_hidden, j, norm(hidden, n_embd),
         yyjson_get_num(yyjson_arr_get(yyjson_obj_get(j->want, "hidden_norm"), j->agent)),
         "norm of a hidden state");
}

static void hold_logits(const job *j)
{
    const size_t n_vocab = (size_t)lmas_model_describe(m.model)->n_vocab;
    const float *logits = j->memory->lane->logits;
    yyjson_val *want = yyjson_obj_get(j->want, "logits");
    const size_t n = yyjson_arr_size(want);
    size_t i;

    assert_true(n > 0);
    for (i = 0; i < n; i++)
        hold(&m.worst_logit, j, (double)logits[i * (n_vocab / n)],
             yyjson_get_num(yyjson_arr_get(want, i)), "logit");
    hold(&m.worst_logit, j, norm(logits, n_vocab),
         yyjson_get_num(yyjson_obj_get(j->want, "logits_norm")), "norm of the logits");
}

static void read_prompt(job *j)
{
    const size_t prompt = (j->agent + j->lane) % N_AGENTS;

    j->thoughts_left = yyjson_get_int(yyjson_obj_get(j->want, "steps"));
    assert_ok(lmi_memory_start_read(j->memory, "agent", m.ids[prompt], m.n_ids,
                                    LMI_WANT_HIDDEN | LMI_WANT_LOGITS));
}

static void speak(job *j)
{
    int32_t token;

    if (j->n_spoken == 0)
        hold_logits(j);
    assert_ok(lmi_sampler_draw(&token, j->sampler, j->memory->lane->logits));
    assert_int_equal(token, yyjson_get_int(yyjson_arr_get(yyjson_obj_get(j->want, "greedy"),
                                                          (size_t)j->n_spoken)));
    j->is_done = ++j->n_spoken == N_GREEDY;
    if (!j->is_done)
        assert_ok(lmi_memory_start_token(j->memory, "judger", token, LMI_WANT_LOGITS));
}

/* The lane is idle: look at its result, and give it what comes next. */
static void advance(job *j)
{
    assert_ok(lmi_memory_wait(j->memory));
    if (j->agent == N_AGENTS - 1) {
        speak(j);
    } else if (j->thoughts_left > 0) {
        j->thoughts_left--;
        assert_ok(lmi_memory_start_thought(j->memory, "agent", LMI_WANT_HIDDEN));
    } else {
        hold_hidden(j);
        j->agent++;
        read_prompt(j);
    }
}

static void begin(job *j, lmas_session *session, yyjson_val *want)
{
    lmas_sampling greedy = {.temperature = 0.0f};

    *j = (job){.want = want, .lane = yyjson_get_uint(yyjson_obj_get(want, "lane"))};
    assert_ok(lmas_memory_new(&j->memory, session));
    assert_ok(lmi_sampler_new(&j->sampler, m.model, &greedy, 0, 0));
    read_prompt(j);
}

static void end(job *j)
{
    lmi_sampler_free(j->sampler);
    lmas_memory_free(j->memory);
    m.n_cases++;
}

/* `n` entries at once, one behind the other. */
static void run_together(lmas_session *session, yyjson_val *const *want, size_t n)
{
    job jobs[N_LANES] = {0};
    size_t n_begun = 0, n_done = 0;
    size_t tick, i;

    for (tick = 0; n_done < n; tick++) {
        if (n_begun < n && tick == n_begun * LATE_TICKS) {
            begin(&jobs[n_begun], session, want[n_begun]);
            n_begun++;
        }
        for (i = n_done = 0; i < n_begun; i++) {
            while (!jobs[i].is_done && !lmi_memory_is_busy(jobs[i].memory))
                advance(&jobs[i]);
            n_done += jobs[i].is_done;
        }
        if (n_done < n)
            assert_ok(lmi_context_tick(session->ctx));
    }
    for (i = 0; i < n; i++)
        end(&jobs[i]);
}

/* Of four cases that come together, how many run. Alone, one unless all are asked for: the others
 * do when four run at once. */
static size_t n_of_four(uint32_t n_lanes)
{
    return n_lanes == N_LANES || support_is_whole() ? N_LANES : 1;
}

/* Every recorded case with realignment off or on. They come by fours: one for each lane. */
static void run_cases(uint32_t n_lanes, bool realign)
{
    lmas_session *session = support_session(m.model, n_lanes, n_lanes * N_CTX, realign);
    yyjson_val *cases = yyjson_obj_get(lmi_json_root(&m.json), "cases");
    const size_t n = yyjson_arr_size(cases);
    size_t i, k;

    for (i = 0; i + N_LANES <= n; i += N_LANES) {
        yyjson_val *four[N_LANES];

        for (k = 0; k < N_LANES; k++)
            four[k] = yyjson_arr_get(cases, i + k);
        if (yyjson_get_bool(yyjson_obj_get(four[0], "realign")) != realign)
            continue;
        for (k = 0; k < n_of_four(n_lanes); k += n_lanes)
            run_together(session, four + k, n_lanes);
    }
    lmas_session_free(session);
}

static void run_all(uint32_t n_lanes)
{
    size_t n_recorded;

    m.worst_logit = m.worst_hidden = 0;
    m.n_cases = 0;
    run_cases(n_lanes, false);
    run_cases(n_lanes, true);
    n_recorded = yyjson_arr_size(yyjson_obj_get(lmi_json_root(&m.json), "cases"));
    assert_int_equal((size_t)m.n_cases, n_recorded / N_LANES * n_of_four(n_lanes));
    print_message("# %s, %u at once: %d cases, logits off by %.1e, hidden states by %.1e, %d of %d "
                  "tokens\n",
                  m.name, n_lanes, m.n_cases, m.worst_logit, m.worst_hidden, m.n_cases * N_GREEDY,
                  m.n_cases * N_GREEDY);
}

static void test_each_alone(void **state)
{
    (void)state;
    run_all(1);
}

static void test_four_at_once(void **state)
{
    (void)state;
    run_all(N_LANES);
}

static const char team_file[] =
    "{\"name\": \"two\", \"context\": {\"latent\": \"on\", \"text\": \"{outputs}\"}, \"agents\": ["
    "{\"name\": \"a\", \"prompt\": \"plan {question}\"},"
    "{\"name\": \"b\", \"prompt\": \"do {question} {context}\"}],"
    "\"baseline\": \"do {question}\"}";

static lmas_status run_method(lmas_session *session, lmas_method method)
{
    lmas_solver_params params = lmas_solver_params_default();
    lmas_team *team = NULL;
    lmas_answer *answer = NULL;
    lmas_status status;

    params.method = method;
    params.latent_steps = 2;
    params.max_new_tokens = 4;
    assert_ok(lmas_team_parse(&team, "two", team_file, strlen(team_file)));
    status = lmas_solve(&answer, session, team, &params, "9 + 3");
    lmas_answer_free(answer);
    lmas_team_free(team);
    return status;
}

static void test_every_method_runs_or_is_refused_in_a_line(void **state)
{
    lmas_session *session = support_session(m.model, 1, 1024, false);
    const char *reason = lmas_session_cannot_think(session);
    lmas_status status;

    (void)state;
    assert_ok(run_method(session, LMAS_METHOD_BASELINE));
    assert_ok(run_method(session, LMAS_METHOD_TEXT_MAS));
    status = run_method(session, LMAS_METHOD_LATENT_MAS);
    assert_int_equal(reason != NULL, m.is_refused);
    assert_int_equal(status != LMAS_OK, m.is_refused);
    if (reason) {
        assert_non_null(strstr(lmas_last_error(), reason));
        assert_null(strchr(lmas_last_error(), '\n'));
        print_message("# %s: %s\n", m.name, lmas_last_error());
    }
    lmas_session_free(session);
}

/* What one more position adds to a lane's state, beside the few bytes that say where it is. */
static void test_cell_size_is_what_a_position_takes(void **state)
{
    lmas_session *session = support_session(m.model, 1, N_CTX, false);
    const size_t cell = (size_t)lmas_model_describe(m.model)->cell_size * 2; /* f32 here */
    lmas_memory *memory = NULL;
    size_t before, grown;

    (void)state;
    assert_ok(lmas_memory_new(&memory, session));
    assert_ok(lmi_memory_start_read(memory, "agent", m.ids[0], 4, LMI_WANT_HIDDEN));
    assert_ok(lmi_memory_wait(memory));
    before = llama_state_seq_get_size(session->ctx->llama, memory->lane->seq);
    assert_ok(lmi_memory_start_read(memory, "agent", m.ids[0], 1, LMI_WANT_HIDDEN));
    assert_ok(lmi_memory_wait(memory));
    grown = llama_state_seq_get_size(session->ctx->llama, memory->lane->seq) - before;
    print_message("# %s: a position of %zu bytes in f32, cell_size says %zu\n", m.name, grown,
                  cell);
    assert_int_in_range((int)grown, (int)cell, (int)cell + POSITION_MAX);
    lmas_memory_free(memory);
    lmas_session_free(session);
}

/* A decode that fails half-way leaves the model further than the lane is: dropped where a cache
 * remembers positions, and the end of the lane where a state does not. */
static void test_a_lane_goes_back_or_fails(void **state)
{
    lmas_session *session = support_session(m.model, 1, N_CTX, false);
    lmi_lane *lane = lmi_lane_take(session->ctx);

    (void)state;
    lmi_lane_read(lane, m.ids[0], 6, LMI_WANT_LOGITS);
    assert_ok(lmi_context_tick(session->ctx));
    assert_int_equal(lane->state, LMI_LANE_IDLE);
    lane->pos = 4;
    lmi_lane_read(lane, m.ids[1], 2, LMI_WANT_LOGITS);
    assert_ok(lmi_context_tick(session->ctx));
    if (m.model->is_packed_by_sequence) {
        assert_int_equal(lane->state, LMI_LANE_FAILED);
        assert_non_null(strstr(lane->error, "cannot go back"));
    } else {
        assert_int_equal(lane->state, LMI_LANE_IDLE);
        assert_int_equal(lane->pos, 6);
    }
    lmi_lane_clear(session->ctx, lane);
    lmi_lane_read(lane, m.ids[1], 2, LMI_WANT_LOGITS);
    assert_ok(lmi_context_tick(session->ctx));
    assert_int_equal(lane->state, LMI_LANE_IDLE);
    lmi_lane_give(session->ctx, lane);
    lmas_session_free(session);
}

static lmi_context *make_context(lmas_kv kv)
{
    return arch_context(m.model, kv, N_CTX);
}

static double apart(const float *a, const float *b)
{
    const size_t n = (size_t)lmas_model_describe(m.model)->n_vocab;
    double worst = 0;
    size_t i;

    for (i = 0; i < n; i++)
        worst = fmax(worst, fabs((double)a[i] - (double)b[i]));
    return worst;
}

static const float *go_on(lmi_context *ctx, lmi_lane *lane, const int32_t *ids)
{
    assert_ok(lmi_lane_read_at(ctx, lane, lane->pos, ids, m.n_ids, LMI_WANT_LOGITS));
    return lane->logits;
}

/* The next prompt behind both: how far their logits lie apart. */
static double apart_behind(lmi_context *ctx, lmi_lane *a, lmi_lane *b, const int32_t *ids)
{
    go_on(ctx, a, ids);
    go_on(ctx, b, ids);
    return apart(a->logits, b->logits);
}

static double fork_and_go_on(lmas_kv kv)
{
    lmi_context *ctx = make_context(kv);
    lmi_lane *origin = lmi_lane_take(ctx), *fork = lmi_lane_take(ctx);
    double off;

    assert_ok(lmi_lane_read_at(ctx, origin, 0, m.ids[0], m.n_ids, LMI_WANT_NOTHING));
    assert_ok(lmi_lane_fork(ctx, fork, origin));
    off = apart_behind(ctx, origin, fork, m.ids[1]);
    lmi_lane_clear(ctx, origin); /* which the fork outlives */
    assert_ok(lmi_lane_fork(ctx, origin, fork));
    off = fmax(off, apart_behind(ctx, fork, origin, m.ids[2]));
    lmi_context_free(ctx);
    return off;
}

static void test_a_fork_goes_on_as_its_origin(void **state)
{
    const double parts = fork_and_go_on(LMAS_KV_PER_LANE);
    const double pool = fork_and_go_on(LMAS_KV_UNIFIED);

    (void)state;
    print_message("# %s: logits of a fork off by %.1e in parts, by %.1e in a pool\n", m.name, parts,
                  pool);
    assert_true(fmax(parts, pool) <= m.tolerance);
}

/* A prompt read with nothing before it at `begin` and moved to `pos`, against one read there, and
 * how much the place matters to the model itself: but for rounding not at all, unless it scales
 * what a query looks for by where it stands, as Ministral 3 does. What a block once saw so stays
 * in it. */
typedef struct moved {
    double off, own;
} moved;

/* The first `n` prompts, one behind the other. */
static void read_prompts(lmi_context *ctx, lmi_lane *lane, uint32_t pos, size_t n)
{
    size_t i;

    lane->pos = pos;
    for (i = 0; i < n; i++)
        go_on(ctx, lane, m.ids[i]);
}

static void move_and_go_on(moved *worst, lmi_context *ctx, uint32_t begin, uint32_t pos, size_t n)
{
    lmi_lane *from = lmi_lane_take(ctx), *to = lmi_lane_take(ctx), *there = lmi_lane_take(ctx);

    read_prompts(ctx, from, begin, n);
    read_prompts(ctx, there, pos, n);
    to->pos = pos;
    assert_ok(lmi_lane_splice(ctx, to, from, begin, from->pos));
    assert_int_equal(to->pos, there->pos);
    worst->off = fmax(worst->off, apart_behind(ctx, to, there, m.ids[3]));
    go_on(ctx, from, m.ids[3]);
    worst->own = fmax(worst->own, apart(from->logits, there->logits));
    lmi_lane_give(ctx, from);
    lmi_lane_give(ctx, to);
    lmi_lane_give(ctx, there);
}

/* The second of two prompts taken away to another place, and put back behind the first. */
static double put_back_and_go_on(lmi_context *ctx)
{
    lmi_lane *whole = lmi_lane_take(ctx), *part = lmi_lane_take(ctx), *away = lmi_lane_take(ctx);
    const uint32_t n = (uint32_t)m.n_ids;
    double off;

    read_prompts(ctx, whole, 0, 2);
    read_prompts(ctx, part, 0, 1);
    away->pos = 77;
    assert_ok(lmi_lane_splice(ctx, away, whole, n, 2 * n));
    assert_ok(lmi_lane_splice(ctx, part, away, 77, 77 + n));
    off = fmax(apart_behind(ctx, part, whole, m.ids[2]), apart_behind(ctx, part, whole, m.ids[3]));
    lmi_lane_give(ctx, whole);
    lmi_lane_give(ctx, part);
    lmi_lane_give(ctx, away);
    return off;
}

/* The first of three prompts moved behind nothing, when the lane has long gone on: as if it had
 * been read alone, or refused where a window has lost it. */
static void check_late_move(lmi_context *ctx)
{
    lmi_lane *from = lmi_lane_take(ctx), *to = lmi_lane_take(ctx), *alone = lmi_lane_take(ctx);
    const uint32_t n = (uint32_t)m.n_ids;
    lmas_status status;

    read_prompts(ctx, from, 0, 3);
    read_prompts(ctx, alone, 0, 1);
    status = lmi_lane_splice(ctx, to, from, 0, n);
    if (llama_model_n_swa(m.model->llama) > 0 && status != LMAS_OK) {
        assert_fails(LMAS_E_INVALID, "no longer there", status);
        print_message("# %s: late, it is refused: %s\n", m.name, lmas_last_error());
    } else {
        assert_ok(status);
        assert_true(apart_behind(ctx, to, alone, m.ids[1]) <= m.tolerance);
    }
    lmi_lane_give(ctx, from);
    lmi_lane_give(ctx, to);
    lmi_lane_give(ctx, alone);
}

static void check_moves(lmi_context *ctx)
{
    const double put_back = put_back_and_go_on(ctx);
    moved worst = {0, 0};

    move_and_go_on(&worst, ctx, 0, 64, 1);
    move_and_go_on(&worst, ctx, 3, 180, 3); /* longer than a window */
    move_and_go_on(&worst, ctx, 150, 7, 2);
    print_message(
        "# %s: logits behind a moved block off by %.1e, of itself by %.1e; behind one put "
        "back by %.1e\n",
        m.name, worst.off, worst.own, put_back);
    assert_true(worst.off <= fmax(m.tolerance, worst.own));
    assert_true(put_back <= m.tolerance);
    check_late_move(ctx);
}

static void test_a_moved_block_is_as_if_read_there_or_refused(void **state)
{
    lmi_context *ctx = make_context(LMAS_KV_PER_LANE);
    const char *reason;

    (void)state;
    assert_ok(lmi_context_prove_join(ctx));
    reason = lmi_context_cannot_join(ctx);
    if (reason) {
        assert_null(strchr(reason, '\n'));
        print_message("# %s: %s\n", m.name, reason);
    } else {
        check_moves(ctx);
    }
    lmi_context_free(ctx);
}

/* `to` holds what is in these bytes at [begin, end) as well. */
static void put_behind(lmi_context *ctx, lmi_lane *to, const lmi_view *from, uint32_t begin,
                       uint32_t end)
{
    lmi_view before;
    lmi_blob joined;

    assert_ok(lmi_view_lane(&before, ctx, to));
    assert_ok(lmi_cells_join(&joined, &before.cells, &from->cells, begin, end, 0));
    assert_ok(lmi_lane_become(ctx, to, &joined, end));
    lmi_blob_done(&joined);
    lmi_view_done(&before);
}

/* How far logits behind a hole lie from those of a lane without the cells, and of one with them. */
typedef struct hole {
    double off, seen;
} hole;

/* Of three prompts the second dropped (in parts, by a lane made anew), or never put there. */
static hole drop_hole_and_go_on(lmi_context *ctx)
{
    bool is_kept[N_CTX] = {false};
    lmi_lane *holed = lmi_lane_take(ctx), *without = lmi_lane_take(ctx);
    lmi_lane *whole = lmi_lane_take(ctx);
    const uint32_t n = (uint32_t)m.n_ids;
    lmi_view all;
    hole h;

    read_prompts(ctx, holed, 0, 3);
    assert_ok(lmi_lane_fork(ctx, whole, holed));
    assert_ok(lmi_view_lane(&all, ctx, holed));
    put_behind(ctx, without, &all, 0, n);
    put_behind(ctx, without, &all, 2 * n, 3 * n);
    lmi_view_done(&all);
    memset(is_kept, true, n);
    memset(is_kept + (size_t)2 * n, true, n);
    assert_ok(ctx->is_unified ? lmi_lane_drop_range(ctx, holed, n, 2 * n)
                              : lmi_lane_thin(ctx, holed, NULL, is_kept));
    assert_int_equal(holed->pos, 3 * n);
    h.off = apart_behind(ctx, holed, without, m.ids[3]);
    go_on(ctx, whole, m.ids[3]);
    h.seen = apart(whole->logits, without->logits);
    lmi_lane_give(ctx, holed);
    lmi_lane_give(ctx, without);
    lmi_lane_give(ctx, whole);
    return h;
}

/* All but the first prompt dropped: as if they had not been read. */
static double drop_tail_and_go_on(lmi_context *ctx)
{
    lmi_lane *lane = lmi_lane_take(ctx), *alone = lmi_lane_take(ctx);
    const uint32_t n = (uint32_t)m.n_ids;
    double off;

    read_prompts(ctx, lane, 0, 3);
    read_prompts(ctx, alone, 0, 1);
    assert_ok(lmi_lane_drop_range(ctx, lane, n, 3 * n));
    assert_int_equal(lane->pos, n);
    off = apart_behind(ctx, lane, alone, m.ids[1]);
    lmi_lane_give(ctx, lane);
    lmi_lane_give(ctx, alone);
    return off;
}

/* Of a lane made anew a window has only what can be seen from its end. Going back is refused where
 * more would be seen. */
static void check_tail_of_window(lmi_context *ctx)
{
    const uint32_t window = (uint32_t)llama_model_n_swa(m.model->llama);
    lmi_lane *lane = lmi_lane_take(ctx);
    const uint32_t n = (uint32_t)m.n_ids;

    read_prompts(ctx, lane, 0, 3);
    assert_ok(lmi_lane_overwrite(ctx, lane, LMI_FILL_ZERO, 0));
    if (window > 0 && window < 3 * n) {
        assert_fails(LMAS_E_INVALID, "no longer there", lmi_lane_drop_range(ctx, lane, n, 3 * n));
        print_message("# %s: a tail stays: %s\n", m.name, lmas_last_error());
        assert_int_equal(lane->pos, 3 * n);
    } else {
        assert_ok(lmi_lane_drop_range(ctx, lane, n, 3 * n));
        assert_int_equal(lane->pos, n);
    }
    go_on(ctx, lane, m.ids[1]);
    lmi_lane_give(ctx, lane);
}

static double norm_at(const lmi_view *v, uint32_t pool, const lmi_layer_rows *rows, uint32_t i)
{
    static float x[WIDTH_MAX];

    assert_uint_in_range(lmi_vector_width(rows), 1, WIDTH_MAX);
    lmi_vector_load(x, rows, v->cells.pools[pool].n, i);
    return norm(x, lmi_vector_width(rows));
}

/* Of one cell, in all layers: how far off the norms in `b` are from `scale` times those in `a`. */
static double norms_off_of(const lmi_view *a, const lmi_view *b, uint32_t pool, uint32_t i,
                           double scale)
{
    const lmi_pool *p = &a->cells.pools[pool], *q = &b->cells.pools[pool];
    double off = 0;
    uint32_t j = 0, k;

    while (j < q->n && lmi_cells_position(&b->cells, q, j) != lmi_cells_position(&a->cells, p, i))
        j++;
    assert_true(j < q->n);
    for (k = 0; k < p->n_layers; k++) {
        const double keys = norm_at(a, pool, &p->keys[k], i);
        const double values = p->values ? norm_at(a, pool, &p->values[k], i) : 1;
        const double other = p->values ? norm_at(b, pool, &q->values[k], j) : scale;

        off = fmax(off, fabs(norm_at(b, pool, &q->keys[k], j) - scale * keys) / (keys + 1e-9));
        off = fmax(off, fabs(other - scale * values) / (values + 1e-9));
    }
    return off;
}

static double norms_off(const lmi_view *a, const lmi_view *b, double scale)
{
    double off = 0;
    uint32_t i, k;

    assert_int_equal(a->cells.n_pools, b->cells.n_pools);
    for (k = 0; k < a->cells.n_pools; k++) {
        assert_int_equal(a->cells.pools[k].n, b->cells.pools[k].n);
        for (i = 0; i < a->cells.pools[k].n; i++)
            off = fmax(off, norms_off_of(a, b, k, i, scale));
    }
    return off;
}

/* Random cells have the norms that were there, zeroed ones none; the lane goes on. */
static double overwrite_and_go_on(lmi_context *ctx, lmi_fill fill)
{
    lmi_lane *lane = lmi_lane_take(ctx);
    lmi_view before, after;
    double off;

    read_prompts(ctx, lane, 0, 3);
    assert_ok(lmi_view_lane(&before, ctx, lane));
    assert_ok(lmi_lane_overwrite(ctx, lane, fill, 7));
    assert_ok(lmi_view_lane(&after, ctx, lane));
    off = norms_off(&before, &after, fill == LMI_FILL_RANDOM ? 1 : 0);
    go_on(ctx, lane, m.ids[3]);
    lmi_view_done(&before);
    lmi_view_done(&after);
    lmi_lane_give(ctx, lane);
    return off;
}

static void check_edits(lmas_kv kv)
{
    lmi_context *ctx = make_context(kv);
    const double tail = drop_tail_and_go_on(ctx);
    const hole h = drop_hole_and_go_on(ctx);
    const double random = overwrite_and_go_on(ctx, LMI_FILL_RANDOM);
    const double zero = overwrite_and_go_on(ctx, LMI_FILL_ZERO);

    print_message("# %s, %s: logits behind a hole off by %.1e (unseen) and %.1e (seen), behind a "
                  "dropped tail by %.1e; norms of random cells by %.1e, of zeroed ones by %.1e\n",
                  m.name, kv == LMAS_KV_UNIFIED ? "pool" : "parts", h.off, h.seen, tail, random,
                  zero);
    assert_true(fmax(h.off, tail) <= m.tolerance);
    assert_true(h.off < 1e-3 * h.seen);
    assert_true(random < 1e-6 && zero <= 0);
    check_tail_of_window(ctx);
    lmi_context_free(ctx);
}

/* Both are refused, and the lane goes on as one that nobody touched. */
static void check_no_edits(void)
{
    lmi_context *ctx = make_context(LMAS_KV_PER_LANE);
    lmi_lane *lane = lmi_lane_take(ctx), *other = lmi_lane_take(ctx);

    read_prompts(ctx, lane, 0, 1);
    read_prompts(ctx, other, 0, 1);
    assert_fails(LMAS_E_MODEL, "no part can be dropped", lmi_lane_drop_range(ctx, lane, 2, 3));
    assert_fails(LMAS_E_MODEL, "no part can be overwritten",
                 lmi_lane_overwrite(ctx, lane, LMI_FILL_ZERO, 0));
    assert_int_equal(lane->pos, m.n_ids);
    assert_int_equal(lane->has, LMI_WANT_LOGITS);
    assert_true(apart_behind(ctx, lane, other, m.ids[1]) <= m.tolerance);
    lmi_context_free(ctx);
}

static void test_cells_go_and_are_overwritten_or_a_summed_up_state_is_refused(void **state)
{
    (void)state;
    if (m.model->is_packed_by_sequence) {
        check_no_edits();
        return;
    }
    check_edits(LMAS_KV_UNIFIED);
    check_edits(LMAS_KV_PER_LANE);
}

static char claims[11][160];

static void name_claims(void)
{
    snprintf(claims[0], sizeof(claims[0]), "%s: each case alone meets its vectors", m.name);
    snprintf(claims[1], sizeof(claims[1]), "%s: four at once meet them too", m.name);
    snprintf(claims[2], sizeof(claims[2]), "%s: baseline and text_mas run, latent_mas %s", m.name,
             m.is_refused ? "is refused in a line" : "runs");
    snprintf(claims[3], sizeof(claims[3]), "%s: cell size is what a position takes", m.name);
    snprintf(claims[4], sizeof(claims[4]), "%s: after a failed decode a lane %s", m.name,
             m.model->is_packed_by_sequence ? "fails, and starts anew" : "goes back");
    snprintf(claims[5], sizeof(claims[5]), "%s: a fork goes on as its origin", m.name);
    snprintf(claims[6], sizeof(claims[6]),
             "%s: a moved block is as if read there, or a join is refused in a line", m.name);
    snprintf(claims[7], sizeof(claims[7]), "%s: %s", m.name,
             m.model->is_packed_by_sequence ? "a summed-up state cannot lose a part"
                                            : "cells drop out of sight and are overwritten");
    snprintf(claims[8], sizeof(claims[8]), "%s: a memory goes on out of files", m.name);
    snprintf(claims[9], sizeof(claims[9]), "%s: attention is by position or refused", m.name);
    snprintf(claims[10], sizeof(claims[10]), "%s: a probe changes nothing", m.name);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        {.name = claims[0], .test_func = test_each_alone},
        {.name = claims[1], .test_func = test_four_at_once},
        {.name = claims[2], .test_func = test_every_method_runs_or_is_refused_in_a_line},
        {.name = claims[3], .test_func = test_cell_size_is_what_a_position_takes},
        {.name = claims[4], .test_func = test_a_lane_goes_back_or_fails},
        {.name = claims[5], .test_func = test_a_fork_goes_on_as_its_origin},
        {.name = claims[6], .test_func = test_a_moved_block_is_as_if_read_there_or_refused},
        {.name = claims[7],
         .test_func = test_cells_go_and_are_overwritten_or_a_summed_up_state_is_refused},
        {claims[8], test_a_memory_goes_on_out_of_a_file, NULL, NULL, &from_file},
        {claims[9], test_attention_is_by_position_or_refused, NULL, NULL, &from_file},
        {claims[10], test_a_probe_changes_nothing, NULL, NULL, &from_file},
    };
    int n_failed;

    if (argc != 2)
        return 2;
    m.name = strrchr(argv[1], '/') ? strrchr(argv[1], '/') + 1 : argv[1];
    load(argv[1]);
    print_message("# %s on libllama %s\n", m.name, lmas_engine_version());
    name_claims();
    n_failed = cmocka_run_group_tests_name(m.name, tests, NULL, NULL);
    unload();
    return n_failed ? 1 : 0;
}
