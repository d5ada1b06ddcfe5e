/* latent_attention_test.c - where thoughts look: what it adds up to, who asks for it, and what a
 * rule makes of it from handover to handover. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "engine/thought/attention.h"
#include "engine/tick/decode.h"
#include "latent/handover.h"
#include "latent/keep.h"
#include "support.h"

enum { N_CTX = 2048, N_A = 20, N_B = 12, N_THOUGHTS = 3 };

static const int32_t *some_tokens(void)
{
    static int32_t tokens[64];
    int32_t i;

    for (i = 0; i < 64; i++)
        tokens[i] = 10 + (i * 37) % 500;
    return tokens;
}

static lmas_session *session_of(lmas_flash_attn flash_attn, lmas_kv kv)
{
    lmas_session_params p = lmas_session_params_default();
    lmas_session *session = NULL;

    p.n_lanes = 4;
    p.n_ctx = 4 * N_CTX;
    p.n_threads = 1;
    p.kv = kv;
    p.flash_attn = flash_attn;
    p.cache_type_k = p.cache_type_v = "f32";
    assert_ok(lmas_session_new(&session, support_model(UNTIED_MODEL), &p));
    return session;
}

/* A session in which it can be asked for. */
static lmas_session *proved_session(void)
{
    lmas_session *session = session_of(LMAS_FLASH_ATTN_OFF, LMAS_KV_PER_LANE);

    assert_ok(lmi_keep_check(session, &(lmi_keep){.rule = LMI_KEEP_ATTENTION}));
    return session;
}

static lmas_memory *new_memory(lmas_session *session)
{
    lmas_memory *memory = NULL;

    assert_ok(lmas_memory_new(&memory, session));
    return memory;
}

static void read_tokens(lmas_memory *memory, size_t n, unsigned want)
{
    assert_ok(lmi_memory_start_read(memory, "a", some_tokens(), n, LMI_WANT_HIDDEN | want));
    assert_ok(lmi_memory_wait(memory));
}

static void think(lmas_memory *memory, int n)
{
    while (n-- > 0) {
        assert_ok(lmi_memory_start_thought(memory, "a", LMI_WANT_HIDDEN | LMI_WANT_ATTENTION));
        assert_ok(lmi_memory_wait(memory));
    }
}

static double sum_of(const lmas_memory *memory, uint32_t begin, uint32_t end)
{
    double sum = 0;

    for (; begin < end; begin++)
        sum += lmi_memory_attention(memory, begin);
    return sum;
}

/* One for each head and layer, at positions that are there; of a prompt its last row alone. */
static void test_a_thought_pays_one_a_head_and_layer(void **state)
{
    lmas_session *session = proved_session();
    const lmas_model_info *info = lmas_model_describe(support_model(UNTIED_MODEL));
    const double one = (double)info->n_layer * info->n_head, n_thoughts = N_THOUGHTS;
    lmas_memory *memory = new_memory(session);

    (void)state;
    read_tokens(memory, N_A, LMI_WANT_NOTHING);
    assert_true(sum_of(memory, 0, N_A) == 0);
    think(memory, N_THOUGHTS);
    assert_true(fabs(sum_of(memory, 0, N_A + N_THOUGHTS) - n_thoughts * one) < 1e-3);
    assert_true(sum_of(memory, 0, N_A) > 0 && lmi_memory_attention(memory, N_A) > 0);
    read_tokens(memory, N_B, LMI_WANT_ATTENTION);
    assert_true(fabs(sum_of(memory, 0, N_CTX) - (n_thoughts + 1) * one) < 1e-3);
    think(memory, 1);
    assert_true(fabs(sum_of(memory, 0, N_CTX) - (n_thoughts + 2) * one) < 1e-3);
    lmas_memory_free(memory);
    lmas_session_free(session);
}

/* Cells that lie where they lay have other positions once the holes are closed. */
static void test_a_lane_made_anew_is_looked_up_anew(void **state)
{
    lmas_session *session = proved_session();
    const lmas_model_info *info = lmas_model_describe(support_model(UNTIED_MODEL));
    const double one = (double)info->n_layer * info->n_head;
    lmas_memory *memory = new_memory(session);
    static bool is_kept[N_CTX];
    double before;

    (void)state;
    read_tokens(memory, N_A, LMI_WANT_NOTHING);
    memset(is_kept, true, sizeof(is_kept));
    is_kept[7] = is_kept[8] = false;
    assert_ok(lmi_memory_thin(memory, NULL, is_kept));
    read_tokens(memory, 1, LMI_WANT_ATTENTION);
    assert_ok(lmi_memory_renumber(memory));
    before = sum_of(memory, 0, N_CTX);
    read_tokens(memory, 1, LMI_WANT_ATTENTION);
    assert_true(fabs(sum_of(memory, 0, N_A) - before - one) < 1e-3);
    lmas_memory_free(memory);
    lmas_session_free(session);
}

static void assert_same(const lmas_memory *a, const lmas_memory *b)
{
    uint32_t i;

    for (i = 0; i < N_CTX; i++)
        assert_true(fabs(lmi_memory_attention(a, i) - lmi_memory_attention(b, i)) < 1e-4);
}

/* A fork thinks on as its origin, and pays as it. A cell that went gets nothing more. */
static void test_what_was_paid_goes_along(void **state)
{
    lmas_session *session = proved_session();
    lmas_memory *memory = new_memory(session), *fork = new_memory(session);
    lmas_memory *joined = new_memory(session);
    static bool is_kept[N_CTX];
    double before;

    (void)state;
    read_tokens(memory, N_A, LMI_WANT_NOTHING);
    think(memory, N_THOUGHTS);
    assert_ok(lmi_memory_fork(fork, memory));
    assert_same(fork, memory);
    read_tokens(joined, N_B, LMI_WANT_NOTHING);
    assert_ok(lmi_memory_splice(joined, memory, 4, N_A + 1));
    assert_true(lmi_memory_attention(joined, N_B - 1) == 0);
    assert_true(lmi_memory_attention(joined, N_B) == lmi_memory_attention(memory, 4));
    assert_true(lmi_memory_attention(joined, N_B + N_A - 4) == lmi_memory_attention(memory, N_A));
    memset(is_kept, true, sizeof(is_kept));
    is_kept[7] = false;
    assert_ok(lmi_memory_thin(memory, NULL, is_kept));
    assert_ok(lmi_memory_thin(fork, NULL, is_kept));
    before = lmi_memory_attention(memory, 7);
    read_tokens(memory, N_B, LMI_WANT_NOTHING);
    read_tokens(fork, N_B, LMI_WANT_NOTHING);
    think(memory, N_THOUGHTS);
    think(fork, N_THOUGHTS);
    assert_same(fork, memory);
    assert_true(lmi_memory_attention(memory, 7) == before);
    assert_true(lmi_memory_attention(memory, N_A + N_THOUGHTS + 1) > 0);
    lmi_memory_clear(memory);
    assert_true(sum_of(memory, 0, N_CTX) == 0);
    lmas_memory_free(memory);
    lmas_memory_free(fork);
    lmas_memory_free(joined);
    lmas_session_free(session);
}

/* A tail that goes takes along what was paid to it. */
static void test_what_comes_in_place_of_a_tail_has_nothing_yet(void **state)
{
    lmas_session *session = proved_session();
    lmas_memory *memory = new_memory(session);
    bool is_kept[N_CTX] = {true, true, true, true};

    (void)state;
    read_tokens(memory, N_A, LMI_WANT_NOTHING);
    think(memory, N_THOUGHTS);
    assert_ok(lmi_memory_thin(memory, NULL, is_kept));
    assert_int_equal(lmas_memory_n_pos(memory), 4);
    assert_true(lmi_memory_attention(memory, 3) > 0);
    read_tokens(memory, N_B, LMI_WANT_NOTHING);
    assert_true(sum_of(memory, 4, N_CTX) == 0);
    lmas_memory_free(memory);
    lmas_session_free(session);
}

/* ---- The rule ---- */

/* Choose by `rule` of all cells; who stays. */
static uint32_t choose(bool *is_kept, lmas_memory *memory, const char *rule)
{
    lmi_keeping k;
    lmi_keep keep;
    uint32_t n = 0, n_left = 0, i;

    assert_true(lmi_keep_parse(&keep, rule));
    assert_ok(lmi_keeping_begin(&k, memory));
    for (i = 0; i < memory->lane->pos; i++)
        if (lmi_memory_has(memory, i))
            k.cells[n++] = i;
    assert_ok(lmi_keeping_apply(&k, &keep, k.cells, n));
    for (i = 0; i < memory->lane->pos; i++)
        n_left += is_kept[i] = k.is_kept[i];
    lmi_keeping_end(&k);
    return n_left;
}

/* Who stays of prompts was paid no less than who goes; sinks apart. */
static void assert_best(const lmas_memory *memory, const bool *is_kept, uint32_t n_sinks)
{
    double least = INFINITY, most = 0;
    uint32_t i, k;

    for (i = 0; i < memory->n_segments; i++) {
        const lmas_segment *s = &memory->segments[i];

        for (k = s->pos; k < s->pos + s->n; k++) {
            const double paid = lmi_memory_attention(memory, k);

            if (s->kind != LMAS_SEGMENT_PROMPT || k < n_sinks)
                assert_true(is_kept[k]);
            else if (is_kept[k])
                least = fmin(least, paid);
            else
                most = fmax(most, paid);
        }
    }
    assert_true(least >= most);
}

static void test_the_share_of_prompts_that_was_looked_at_most_stays(void **state)
{
    lmas_session *session = proved_session();
    lmas_memory *memory = new_memory(session);
    const uint32_t n_thoughts = 2 * N_THOUGHTS, n_prompts = N_A + N_B;
    bool is_kept[N_CTX];

    (void)state;
    read_tokens(memory, N_A, LMI_WANT_NOTHING);
    think(memory, N_THOUGHTS);
    read_tokens(memory, N_B, LMI_WANT_NOTHING);
    think(memory, N_THOUGHTS);
    assert_ok(lmi_memory_start_text(memory, "a", some_tokens(), 5, LMI_WANT_NOTHING));
    assert_ok(lmi_memory_wait(memory));
    assert_int_equal(choose(is_kept, memory, "attention:0.5"), n_prompts / 2 + n_thoughts + 5);
    assert_best(memory, is_kept, LMI_KEEP_SINKS);
    assert_int_equal(choose(is_kept, memory, "attention:0.75:9"),
                     n_prompts * 3 / 4 + n_thoughts + 5);
    assert_best(memory, is_kept, 9);
    assert_int_equal(choose(is_kept, memory, "attention:0.01"), LMI_KEEP_SINKS + n_thoughts + 5);
    assert_int_equal(choose(is_kept, memory, "attention:0.01:64"), n_prompts + n_thoughts + 5);
    assert_int_equal(choose(is_kept, memory, "attention:1"), n_prompts + n_thoughts + 5);
    lmas_memory_free(memory);
    lmas_session_free(session);
}

static void test_flash_attention_is_refused_with_the_way_out(void **state)
{
    lmas_session *session = session_of(LMAS_FLASH_ATTN_ON, LMAS_KV_PER_LANE);
    lmas_solver_params p = lmas_solver_params_default();
    lmas_solver *solver = NULL;
    lmas_team *team = NULL;

    (void)state;
    assert_ok(lmas_team_builtin(&team, "sequential"));
    p.keep_rule = "attention:0.5";
    assert_fails(LMAS_E_MODEL, "flash_attn off", lmas_solver_new(&solver, session, team, &p));
    p.keep_rule = "last:8";
    assert_ok(lmas_solver_new(&solver, session, team, &p));
    lmas_solver_free(solver);
    lmas_team_free(team);
    lmas_session_free(session);
}

/* ---- Who asks ---- */

/* Cells that went at all handovers of a question; tokens that all but the last agent read. */
typedef struct counts {
    uint32_t n_dropped, n_read;
} counts;

static bool check_result(void *user, const lmas_result *r)
{
    counts *c = user;

    if (r->status != LMAS_OK)
        fail_msg("%s", r->error);
    *c = (counts){(uint32_t)r->n_dropped, (uint32_t)r->n_read - r->agents[r->n_agents - 1].n_read};
    return true;
}

static counts ask_team(lmas_session *session, const lmas_team *team, const char *keep,
                       int32_t latent_steps)
{
    const lmas_question q = {.text = "What is 2 + 2?", .kind = LMAS_ANSWER_NUMBER};
    lmas_solver_params p = lmas_solver_params_default();
    lmas_solver *solver = NULL;
    counts c = {0, 0};

    p.keep_rule = keep;
    p.latent_steps = latent_steps;
    p.max_new_tokens = 4;
    p.on_result = check_result;
    p.user = &c;
    assert_ok(lmas_solver_new(&solver, session, team, &p));
    assert_ok(lmas_solver_submit(solver, &q));
    assert_ok(lmas_solver_run(solver));
    lmas_solver_free(solver);
    return c;
}

/* How many cells went at all handovers of one question. */
static uint32_t ask(lmas_session *session, const char *keep, int32_t latent_steps)
{
    lmas_team *team = NULL;
    counts c;

    assert_ok(lmas_team_builtin(&team, "sequential"));
    c = ask_team(session, team, keep, latent_steps);
    lmas_team_free(team);
    return c.n_dropped;
}

static uint32_t count_lookers(const lmas_session *session)
{
    uint32_t n = 0, i;

    for (i = 0; i < session->ctx->n_lanes; i++)
        n += session->ctx->lanes[i].attention != NULL;
    return n;
}

static bool is_asked_for(lmas_session *session)
{
    struct ggml_tensor weights = {.op = GGML_OP_SOFT_MAX, .name = "kq_soft_max-1"};

    return lmi_decode_tap(&weights, true, session->ctx);
}

static void test_without_the_rule_nobody_asks_for_weights(void **state)
{
    lmas_session *session = session_of(LMAS_FLASH_ATTN_OFF, LMAS_KV_PER_LANE);

    (void)state;
    assert_int_equal(ask(session, NULL, 3), 0);
    assert_true(ask(session, "thoughts", 3) > 0);
    assert_true(ask(session, "last:64", 3) > 0);
    assert_int_equal(count_lookers(session), 0);
    assert_null(session->ctx->layers);
    assert_false(is_asked_for(session));
    assert_true(ask(session, "attention:0.5", 3) > 0);
    assert_true(count_lookers(session) > 0);
    assert_false(is_asked_for(session)); /* the last decode was of a token spoken */
    session->ctx->capture.is_attention_wanted = true;
    assert_true(is_asked_for(session));
    lmas_session_free(session);
}

static void test_a_team_without_thoughts_looks_with_its_prompts(void **state)
{
    lmas_session *session = session_of(LMAS_FLASH_ATTN_OFF, LMAS_KV_PER_LANE);

    (void)state;
    assert_true(ask(session, "attention:0.5", 0) > 0);
    assert_true(session->ctx->lanes[0].attention->n > 100); /* more than the proof's */
    lmas_session_free(session);
}

/* Two memories reach the last one: as cells, or as what was read and thought, which it takes in
 * again, and looks where those thoughts look. Half of the prompts of both goes. */
static void test_half_of_what_two_read_goes_however_it_comes(void **state)
{
    static const char *const carries[] = {"memory", "embeds"};
    lmas_session *session = session_of(LMAS_FLASH_ATTN_OFF, LMAS_KV_PER_LANE);
    int32_t latent_steps;
    size_t i;

    (void)state;
    for (i = 0; i < 4; i++) {
        lmas_team *team = NULL;
        char text[512];
        counts c;

        snprintf(text, sizeof(text),
                 "{\"name\": \"g\", \"agents\": [{\"name\": \"a\", \"prompt\": \"{question}\"},"
                 "{\"name\": \"b\", \"prompt\": \"now {question}\"},"
                 "{\"name\": \"c\", \"prompt\": \"{question}\"}],"
                 "\"edges\": [{\"from\": \"a\", \"to\": \"c\"},"
                 "{\"from\": \"b\", \"to\": \"c\", \"carry\": \"%s\"}]}",
                 carries[i % 2]);
        latent_steps = i < 2 ? 3 : 0;
        assert_ok(lmas_team_parse(&team, "g.json", text, strlen(text)));
        c = ask_team(session, team, "attention:0.5", latent_steps);
        assert_int_equal(c.n_dropped, c.n_read - c.n_read / 2);
        lmas_team_free(team);
    }
    lmas_session_free(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_thought_pays_one_a_head_and_layer),
        cmocka_unit_test(test_a_lane_made_anew_is_looked_up_anew),
        cmocka_unit_test(test_what_was_paid_goes_along),
        cmocka_unit_test(test_what_comes_in_place_of_a_tail_has_nothing_yet),
        cmocka_unit_test(test_the_share_of_prompts_that_was_looked_at_most_stays),
        cmocka_unit_test(test_flash_attention_is_refused_with_the_way_out),
        cmocka_unit_test(test_without_the_rule_nobody_asks_for_weights),
        cmocka_unit_test(test_a_team_without_thoughts_looks_with_its_prompts),
        cmocka_unit_test(test_half_of_what_two_read_goes_however_it_comes),
    };

    return cmocka_run_group_tests_name("latent, attention", tests, NULL, NULL);
}
