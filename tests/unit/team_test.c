/* team_test.c - team files, the three methods as turns, many questions at once, failing alone. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "support.h"
#include "team/job.h"

static const char GOOD[] =
    "{\n"
    " \"name\": \"duo\",\n"
    " \"context\": {\"latent\": \"L\", \"text\": \"T {outputs}\"},\n"
    " \"agents\": [\n"
    "  {\"name\": \"one\", \"prompt\": \"{context}Q: {question} {x}\"},\n"
    "  {\"name\": \"two\", \"prompt\": \"{context} Q: {question} {format}\"}\n"
    " ],\n"
    " \"formats\": {\"number\": \"N\", \"free\": \"F\"}\n"
    "}\n";

static lmas_status parse(const char *json)
{
    lmas_team *team = NULL;
    const lmas_status status = lmas_team_parse(&team, "t.json", json, strlen(json));

    lmas_team_free(team);
    return status;
}

/* GOOD with its first `from` replaced by `to`. */
static lmas_status parse_with(const char *from, const char *to)
{
    const char *at = strstr(GOOD, from);
    char text[2048];

    assert_non_null(at);
    snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - GOOD), GOOD, to, at + strlen(from));
    return parse(text);
}

static void test_a_bad_team_file_is_refused_with_its_line(void **state)
{
    (void)state;
    assert_ok(parse(GOOD));
    assert_fails(LMAS_E_FORMAT, "t.json:3:2:", parse_with("\"duo\",", "\"duo\""));
    assert_fails(LMAS_E_FORMAT, "t.json:2: unknown key \"nmae\"",
                 parse_with("\"name\"", "\"nmae\""));
    assert_fails(LMAS_E_FORMAT, "t.json:3: unknown key \"txt\" in context",
                 parse_with("\"text\"", "\"txt\""));
    assert_fails(LMAS_E_FORMAT, "t.json:6: unknown key \"promt\" in agent 2",
                 parse_with("\"two\", \"prompt\"", "\"two\", \"promt\""));
    assert_fails(LMAS_E_FORMAT, "t.json:6: two agents are named \"one\"",
                 parse_with("\"two\"", "\"one\""));
    assert_fails(LMAS_E_FORMAT, "t.json:6: missing key \"prompt\" in agent 2",
                 parse_with(", \"prompt\": \"{context} Q: {question} {format}\"", ""));
    assert_fails(LMAS_E_FORMAT, "t.json:3: \"text\" in context has no {outputs}",
                 parse_with("T {outputs}", "T"));
    assert_fails(LMAS_E_FORMAT, "t.json:2: name of the team has 0 bytes",
                 parse_with("\"duo\"", "\"\""));
    assert_fails(LMAS_E_FORMAT, "t.json:2: \"name\" in the team must be a string",
                 parse_with("\"duo\"", "7"));
    assert_fails(LMAS_E_FORMAT, "control character", parse_with("\"duo\"", "\"d\\u0007o\""));
    assert_fails(LMAS_E_FORMAT, "NUL", parse_with("\"duo\"", "\"d\\u0000o\""));
}

static void test_a_team_that_cannot_work_is_refused(void **state)
{
    (void)state;
    assert_fails(LMAS_E_FORMAT, "missing key \"agents\"", parse("{\"name\": \"a\"}"));
    assert_fails(LMAS_E_FORMAT, "0 entries", parse("{\"name\": \"a\", \"agents\": []}"));
    assert_fails(LMAS_E_FORMAT, "must be an object", parse("[]"));
    assert_fails(
        LMAS_E_FORMAT, "contains {question}",
        parse("{\"name\": \"a\", \"agents\": [{\"name\": \"b\", \"prompt\": \"hello\"}]}"));
    assert_fails(LMAS_E_FORMAT, "\"context\" needs both",
                 parse("{\"name\": \"a\", \"agents\": [{\"name\": \"b\", \"prompt\": "
                       "\"{context}{question}\"}]}"));
    assert_fails(LMAS_E_FORMAT, "\"baseline\" does not contain",
                 parse("{\"name\": \"a\", \"baseline\": \"x\", \"agents\": [{\"name\": \"b\", "
                       "\"prompt\": \"{question}\"}]}"));
    assert_fails(LMAS_E_INVALID, "sequential", lmas_team_builtin(&(lmas_team *){NULL}, "nobody"));
    assert_fails(LMAS_E_IO, "No such file", lmas_team_open(&(lmas_team *){NULL}, "nowhere.json"));
}

static void test_built_in_teams_have_a_format_for_every_kind(void **state)
{
    size_t i, k;

    (void)state;
    for (i = 0; lmas_team_builtin_name(i); i++) {
        lmas_team *team = NULL;

        assert_ok(lmas_team_builtin(&team, lmas_team_builtin_name(i)));
        assert_string_equal(lmas_team_name(team), lmas_team_builtin_name(i));
        assert_int_in_range((int)lmas_team_n_agents(team), 3, 4);
        for (k = 0; k < LMI_ANSWER_KINDS; k++)
            assert_non_null(team->formats[k]);
        lmas_team_free(team);
    }
    assert_int_equal(i, 7);
}

static lmas_team *duo(void)
{
    lmas_team *team = NULL;

    assert_ok(lmas_team_parse(&team, "t.json", GOOD, strlen(GOOD)));
    return team;
}

static lmi_plan plan_of(const lmas_team *team, lmas_method method)
{
    lmas_solver_params params = lmas_solver_params_default();
    lmi_plan plan;

    params.method = method;
    assert_ok(lmi_plan_make(&plan, support_model(DEMO_MODEL), team, &params));
    return plan;
}

/* What agent `i` is told of a question that says nothing of its own. */
static char *told(const lmi_plan *plan, size_t i, lmi_case c)
{
    lmi_buf out;

    c.asked = &(const lmas_question){0};
    lmi_buf_init(&out, LMI_PROMPT_MAX);
    assert_ok(lmi_plan_prompt(&out, plan, i, &c));
    return lmi_buf_steal(&out);
}

/* What agent `i` is told when the first one said `said`. */
static char *prompt_of(lmas_method method, size_t i, const char *question, const char *said)
{
    const char *const texts[] = {said, NULL};
    const lmi_case c = {.question = question, .kind = LMAS_ANSWER_FREE, .said = texts};
    lmas_team *team = duo();
    lmi_plan plan = plan_of(team, method);
    char *prompt = told(&plan, i, c);

    lmi_plan_done(&plan);
    lmas_team_free(team);
    return prompt;
}

static void assert_prompt(const char *want, char *prompt)
{
    assert_non_null(strstr(prompt, want));
    lmi_free(prompt);
}

static void test_slots_are_filled_once_and_other_braces_stay(void **state)
{
    (void)state;
    assert_prompt("user\nQ: why {format}? {x}<|im_end|>",
                  prompt_of(LMAS_METHOD_LATENT_MAS, 0, "why {format}?", ""));
    assert_prompt("user\nL Q: {question} F<|im_end|>",
                  prompt_of(LMAS_METHOD_LATENT_MAS, 1, "{question}", ""));
    assert_prompt("user\nT [one]:\nsaid {question} Q: q F<|im_end|>",
                  prompt_of(LMAS_METHOD_TEXT_MAS, 1, "q", "said {question}"));
    assert_prompt("user\nq\n\nF<|im_end|>", prompt_of(LMAS_METHOD_BASELINE, 0, "q", ""));
}

static void test_a_note_is_said_where_a_prompt_asks_for_it(void **state)
{
    static const char json[] = "{\"name\": \"n\", \"agents\": ["
                               "{\"name\": \"one\", \"prompt\": \"{note} Q: {question}\"},"
                               "{\"name\": \"two\", \"prompt\": \"Q: {question}\"}]}";
    const char *const notes[] = {"psst {question}", NULL};
    lmas_team *team = NULL;
    lmi_plan plan;
    size_t i;

    (void)state;
    assert_ok(lmas_team_parse(&team, "n.json", json, strlen(json)));
    plan = plan_of(team, LMAS_METHOD_LATENT_MAS);
    for (i = 0; i < 2; i++) {
        const lmi_case c = {.question = "q", .note = notes[i]};
        assert_prompt(i == 0 ? "user\npsst {question} Q: q<" : "user\n Q: q<", told(&plan, 0, c));
        assert_prompt("user\nQ: q<", told(&plan, 1, c));
    }
    lmi_plan_done(&plan);
    lmas_team_free(team);
}

/* What an agent is told of two others' texts, of which it may read `limit` bytes. */
static void assert_heard(const char *want, int32_t limit, const char *one, const char *two)
{
    static const char json[] = "{\"name\": \"n\", \"agents\": ["
                               "{\"name\": \"one\", \"prompt\": \"{question}\"},"
                               "{\"name\": \"two\", \"prompt\": \"{question}\"},"
                               "{\"name\": \"three\", \"prompt\": \"<{outputs}>\"}]}";
    const lmi_case c = {.question = "q", .said = (const char *[]){one, two, NULL}};
    lmas_team *team = NULL;
    lmi_plan plan;

    assert_ok(lmas_team_parse(&team, "n.json", json, strlen(json)));
    plan = plan_of(team, LMAS_METHOD_TEXT_MAS);
    plan.params.text_context_length = limit;
    assert_prompt(want, told(&plan, 2, c));
    lmi_plan_done(&plan);
    lmas_team_free(team);
}

static void test_the_text_of_others_is_cut_at_a_character(void **state)
{
    (void)state;
    assert_heard("<[one]:\nx>", 8, "x\xc3\xa9y", ""); /* "[one]:" and a newline are 7 bytes */
    assert_heard("<[one]:\na\n\n[two]:\nb>", -1, "a", "b");
    assert_heard("<>", 0, "a", "b");
}

/* What the callbacks of a solver saw. */
typedef struct seen {
    lmas_result results[64]; /* by id; texts are copies */
    char *texts[64];
    size_t n_results;
    lmas_agent_trace agents[64];
    size_t n_agents;
    lmi_buf speech;
} seen;

static bool on_result(void *user, const lmas_result *r)
{
    seen *s = user;

    if (r->id >= 64 || s->texts[r->id])
        return false;
    s->results[r->id] = *r;
    s->texts[r->id] = lmi_strdup(r->status == LMAS_OK ? r->text : r->error);
    s->n_results++;
    return true;
}

static bool on_agent(void *user, uint64_t id, const lmas_agent_trace *agent)
{
    seen *s = user;

    (void)id;
    if (s->n_agents < 64)
        s->agents[s->n_agents++] = *agent;
    return true;
}

static bool on_speech(void *user, uint64_t id, const char *text, size_t len)
{
    (void)id;
    lmi_buf_append(&((seen *)user)->speech, text, len);
    return true;
}

static void forget(seen *s)
{
    size_t i;

    for (i = 0; i < 64; i++)
        lmi_free(s->texts[i]);
    lmi_buf_done(&s->speech);
    *s = (seen){0};
    lmi_buf_init(&s->speech, 1 << 20);
}

/* Run `n` questions through `team` with `params` and record what the callbacks saw. */
static void solve_all(seen *s, lmas_session *session, const lmas_team *team,
                      lmas_solver_params params, const char *const *questions, size_t n)
{
    lmas_solver *solver = NULL;
    size_t i;

    forget(s);
    params.on_result = on_result;
    params.on_agent = on_agent;
    params.on_speech = on_speech;
    params.user = s;
    assert_ok(lmas_solver_new(&solver, session, team, &params));
    for (i = 0; i < n; i++) {
        const lmas_question q = {.id = i, .text = questions[i], .kind = LMAS_ANSWER_NUMBER};

        assert_ok(lmas_solver_submit(solver, &q));
    }
    assert_int_equal(lmas_solver_n_open(solver), n);
    assert_ok(lmas_solver_run(solver));
    assert_int_equal(lmas_solver_n_open(solver), 0);
    assert_int_equal(s->n_results, n);
    lmas_solver_free(solver);
}

/* Tokens enough to tell answers apart, where many questions are answered many times. */
static int32_t n_telling(void)
{
    return support_is_whole() ? 48 : 8;
}

static lmas_solver_params greedy_params(lmas_method method)
{
    lmas_solver_params p = lmas_solver_params_default();

    p.method = method;
    p.max_new_tokens = 48;
    p.sampling.temperature = 0.0f;
    return p;
}

static const char *const APPLES[] = {
    "Tom has 12 apples. He buys 7 more. How many apples does he have?"};

static void test_latent_agents_extend_one_memory_and_the_last_speaks(void **state)
{
    lmas_session *session = support_session(support_model(DEMO_MODEL), 1, 2048, false);
    lmas_team *team = NULL;
    seen s = {0};
    size_t i;

    (void)state;
    assert_ok(lmas_team_builtin(&team, "sequential"));
    solve_all(&s, session, team, greedy_params(LMAS_METHOD_LATENT_MAS), APPLES, 1);
    assert_int_equal(s.n_agents, 4);
    for (i = 0; i < 4; i++) {
        const lmas_agent_trace *a = &s.agents[i];
        const uint32_t n_text = i == 3 ? a->n_spoken - (a->is_cut ? 1 : 0) : 0;

        assert_string_equal(a->name, lmas_team_agent_name(team, i));
        assert_int_equal(a->pos_begin, i ? s.agents[i - 1].pos_end : 0);
        assert_int_equal(a->n_thought, i < 3 ? 10 : 0);
        assert_int_equal(a->n_spoken > 0, i == 3);
        assert_int_equal(a->pos_end - a->pos_begin, a->n_read + a->n_thought + n_text);
    }
    assert_int_equal(s.results[0].n_thought, 30);
    assert_string_equal(s.texts[0], lmi_buf_text(&s.speech));
    assert_non_null(strstr(s.texts[0], "\\boxed{"));
    forget(&s);
    lmas_team_free(team);
    lmas_session_free(session);
}

static void test_zero_steps_keep_the_working_memory(void **state)
{
    lmas_session *session = support_session(support_model(DEMO_MODEL), 1, 2048, false);
    lmas_solver_params params = greedy_params(LMAS_METHOD_LATENT_MAS);
    lmas_team *team = NULL;
    seen s = {0};

    (void)state;
    params.latent_steps = 0;
    assert_ok(lmas_team_builtin(&team, "sequential"));
    solve_all(&s, session, team, params, APPLES, 1);
    assert_int_equal(s.results[0].n_thought, 0);
    assert_int_equal(s.agents[3].pos_begin,
                     s.agents[0].n_read + s.agents[1].n_read + s.agents[2].n_read);
    forget(&s);
    lmas_team_free(team);
    lmas_session_free(session);
}

static void test_under_the_control_no_agent_inherits_anything(void **state)
{
    lmas_session *session = support_session(support_model(DEMO_MODEL), 2, 2048, false);
    lmas_solver_params params = greedy_params(LMAS_METHOD_LATENT_MAS);
    const char *const questions[] = {APPLES[0], APPLES[0]};
    lmas_team *team = NULL;
    seen s = {0};
    size_t i;

    (void)state;
    params.control = LMAS_CONTROL_NO_MEMORY;
    assert_ok(lmas_team_builtin(&team, "sequential"));
    solve_all(&s, session, team, params, questions, 2);
    assert_int_equal(s.n_agents, 8);
    for (i = 0; i < 8; i++) {
        const bool is_last = strcmp(s.agents[i].name, lmas_team_agent_name(team, 3)) == 0;

        assert_int_equal(s.agents[i].pos_begin, 0);
        assert_int_equal(s.agents[i].n_thought, is_last ? 0 : 10);
    }
    assert_string_equal(s.texts[0], s.texts[1]);
    forget(&s);
    lmas_team_free(team);
    lmas_session_free(session);
}

static void test_text_agents_start_afresh_and_read_the_others(void **state)
{
    lmas_session *session = support_session(support_model(DEMO_MODEL), 1, 2048, false);
    lmas_team *team = NULL;
    lmas_answer *answer = NULL;
    lmas_solver_params params = greedy_params(LMAS_METHOD_TEXT_MAS);
    const lmas_result *r;
    size_t i;

    (void)state;
    assert_ok(lmas_team_builtin(&team, "sequential"));
    assert_ok(lmas_solve(&answer, session, team, &params, APPLES[0]));
    r = lmas_answer_result(answer);
    assert_int_equal(r->n_agents, 4);
    for (i = 0; i < 4; i++) {
        assert_int_equal(r->agents[i].pos_begin, 0);
        assert_int_equal(r->agents[i].n_thought, 0);
        assert_true(r->agents[i].n_spoken > 0);
        if (i > 0)
            assert_non_null(strstr(r->agents[i].input, r->agents[i - 1].output));
    }
    assert_string_equal(r->text, r->agents[3].output);
    lmas_answer_free(answer);
    lmas_team_free(team);
    lmas_session_free(session);
}

/* Twelve problems that differ in length, so that lanes are never in step. */
static const char *const PROBLEMS[12] = {
    "Tom has 12 apples. He buys 7 more. How many apples does he have?",
    "A box holds 6 eggs. How many eggs are in 4 boxes?",
    "Mia had 30 stickers. She gave 8 to Sam and 5 to Ann. How many stickers does she have left?",
    "What is 2 + 2?",
    "A train has 9 cars. Each car has 40 seats, and 13 seats in all are broken. How many seats can "
    "be used?",
    "Ben reads 15 pages a day. How many pages does he read in 6 days?",
    "There are 48 pencils for 8 children. How many pencils does each child get?",
    "7 - 3?",
    "A shop sold 25 cups on Monday and twice as many on Tuesday. How many cups did it sell on both "
    "days together?",
    "Lena is 11. Her brother is 4 years older. How old is her brother?",
    "A rope of 90 metres is cut into 5 equal pieces, and each piece is cut in half. How long is "
    "one "
    "piece in metres?",
    "Sam has 3 bags with 7 marbles and 2 bags with 9 marbles. How many marbles does he have?",
};

static void test_answers_do_not_depend_on_the_batch(void **state)
{
    static const uint32_t widths[] = {1, 4, 16};
    lmas_model *model = support_model("tests/parity/fixtures/golden.gguf");
    lmas_team *team = NULL;
    int method;

    (void)state;
    assert_ok(lmas_team_builtin(&team, "sequential"));
    for (method = 0; method < 3; method++) {
        seen alone = {0}, beside = {0};
        size_t w, i;

        for (w = 0; w < 3; w++) {
            lmas_session *session = support_session(model, widths[w], 1024 * widths[w], false);
            lmas_solver_params params = greedy_params((lmas_method)method);

            params.max_new_tokens = n_telling();
            solve_all(w ? &beside : &alone, session, team, params, PROBLEMS, 12);
            for (i = 0; w && i < 12; i++)
                assert_string_equal(alone.texts[i], beside.texts[i]);
            lmas_session_free(session);
        }
        forget(&alone);
        forget(&beside);
    }
    lmas_team_free(team);
}

static lmas_session *session_of(lmas_kv kv, uint32_t n_lanes)
{
    lmas_session_params p = lmas_session_params_default();
    lmas_session *session = NULL;

    p.n_lanes = n_lanes;
    p.n_ctx = 1024 * n_lanes;
    p.n_threads = 1;
    p.kv = kv;
    p.cache_type_k = p.cache_type_v = "f32";
    assert_ok(lmas_session_new(&session, support_model("tests/parity/fixtures/golden.gguf"), &p));
    return session;
}

/* The team's prompts begin alike up to the question: whoever comes first reads that for all. */
static void check_sharing(lmas_kv kv, uint32_t n_lanes, lmas_method method)
{
    lmas_solver_params params = greedy_params(method);
    lmas_session *session = session_of(kv, n_lanes);
    lmas_team *team = NULL;
    seen shared = {0}, read = {0};
    uint64_t n_most = 0, n_none = 0;
    const size_t n = support_is_whole() ? 12 : 7;
    size_t i;

    params.max_new_tokens = n_telling();
    assert_ok(lmas_team_builtin(&team, "sequential"));
    solve_all(&shared, session, team, params, PROBLEMS, n);
    params.share_prefixes = false;
    solve_all(&read, session, team, params, PROBLEMS, n);
    for (i = 0; i < n; i++) {
        assert_string_equal(shared.texts[i], read.texts[i]);
        assert_int_equal(read.results[i].n_shared, 0);
        assert_int_equal(shared.results[i].n_read, read.results[i].n_read);
        n_most = shared.results[i].n_shared > n_most ? shared.results[i].n_shared : n_most;
        n_none += shared.results[i].n_shared == 0;
    }
    assert_true(n_most > 20);
    assert_int_equal(n_none, 0); /* whoever reads it for all says so as well */
    forget(&shared);
    forget(&read);
    lmas_team_free(team);
    lmas_session_free(session);
}

static void test_what_all_prompts_begin_with_is_read_once(void **state)
{
    static const lmas_kv kinds[] = {LMAS_KV_UNIFIED, LMAS_KV_PER_LANE};
    int method;
    size_t k;

    (void)state;
    for (k = 0; k < 2; k++)
        for (method = 0; method < 3; method++) {
            check_sharing(kinds[k], 1, (lmas_method)method);
            check_sharing(kinds[k], 5, (lmas_method)method);
        }
}

/* Each asks for all there is, and a kept beginning holds some of it. */
static void test_a_pool_lets_in_questions_that_want_all_of_it(void **state)
{
    lmas_solver_params params = greedy_params(LMAS_METHOD_BASELINE);
    lmas_session *session = session_of(LMAS_KV_UNIFIED, 2);
    lmas_team *team = NULL;
    seen s = {0};
    size_t i;

    (void)state;
    params.max_new_tokens = 100000;
    assert_ok(lmas_team_builtin(&team, "sequential"));
    solve_all(&s, session, team, params, PROBLEMS, 3);
    for (i = 0; i < 3; i++)
        assert_true(s.results[i].n_spoken > 0);
    forget(&s);
    lmas_team_free(team);
    lmas_session_free(session);
}

static void test_the_same_seed_gives_the_same_answers(void **state)
{
    lmas_solver_params params = lmas_solver_params_default();
    lmas_session *session = support_session(support_model(DEMO_MODEL), 3, 6144, false);
    lmas_team *team = NULL;
    seen first = {0}, second = {0};
    const size_t n = support_is_whole() ? 12 : 8;
    size_t i, n_other = 0;

    (void)state;
    params.max_new_tokens = 48;
    params.sampling.temperature = 3.0f;
    assert_ok(lmas_team_builtin(&team, "hierarchical"));
    solve_all(&first, session, team, params, PROBLEMS, n);
    solve_all(&second, session, team, params, PROBLEMS, n);
    for (i = 0; i < n; i++)
        assert_string_equal(first.texts[i], second.texts[i]);
    params.sampling.seed = 43;
    solve_all(&second, session, team, params, PROBLEMS, n);
    for (i = 0; i < n; i++)
        n_other += strcmp(first.texts[i], second.texts[i]) != 0;
    assert_true(n_other > 0);
    forget(&first);
    forget(&second);
    lmas_team_free(team);
    lmas_session_free(session);
}

static void test_a_question_too_long_for_the_context_fails_alone(void **state)
{
    static char long_question[8192];
    const char *questions[3] = {APPLES[0], long_question, PROBLEMS[3]};
    lmas_session *session = support_session(support_model(DEMO_MODEL), 2, 1024, false);
    lmas_team *team = NULL;
    seen s = {0};

    (void)state;
    memset(long_question, 'x', sizeof(long_question) - 1);
    assert_ok(lmas_team_builtin(&team, "sequential"));
    solve_all(&s, session, team, greedy_params(LMAS_METHOD_LATENT_MAS), questions, 3);
    assert_int_equal(s.results[0].status, LMAS_OK);
    assert_int_equal(s.results[1].status, LMAS_E_CONTEXT_FULL);
    assert_non_null(strstr(s.texts[1], "too small"));
    assert_int_equal(s.results[2].status, LMAS_OK);
    forget(&s);
    lmas_team_free(team);
    lmas_session_free(session);
}

static void test_the_cells_of_a_question_are_its_worst_case(void **state)
{
    lmas_solver_params params = greedy_params(LMAS_METHOD_LATENT_MAS);
    const lmas_question q = {.text = APPLES[0], .kind = LMAS_ANSWER_NUMBER};
    lmas_session *session = support_session(support_model(DEMO_MODEL), 1, 2048, false);
    lmas_team *team = NULL;
    lmas_needs needs;
    seen s = {0};

    (void)state;
    assert_ok(lmas_team_builtin(&team, "sequential"));
    assert_ok(lmas_question_needs(&needs, support_model(DEMO_MODEL), team, &params, &q));
    solve_all(&s, session, team, params, APPLES, 1);
    assert_int_equal(needs.n_cells, s.results[0].n_read + s.results[0].n_thought + 48);
    forget(&s);
    lmas_team_free(team);
    lmas_session_free(session);
}

/* The last look at each of two questions, and what kinds of work were seen half done. */
typedef struct watch {
    lmas_running last[2];
    bool is_seen[2], has_seen[3];
} watch;

/* A question goes forward only: turn by turn, from reading to thinking to speaking. */
static void check_forward(const lmas_running *was, const lmas_running *is)
{
    assert_true(is->turn > was->turn || (is->turn == was->turn && is->work >= was->work));
    if (is->turn == was->turn && is->work == was->work) {
        assert_uint_in_range(is->n_done, was->n_done, is->n_most);
        assert_int_equal(is->n_most, was->n_most);
    }
    assert_true(is->n_read >= was->n_read && is->n_thought >= was->n_thought);
    assert_true(is->n_spoken >= was->n_spoken && is->engine_ms >= was->engine_ms);
}

static void look(watch *w, const lmas_solver *solver, const lmas_team *team)
{
    lmas_running r;
    size_t i;

    for (i = 0; lmas_solver_running(&r, solver, i); i++) {
        size_t who = r.id == 0 ? 0 : 1;

        assert_int_equal(r.id, who);
        assert_int_equal(r.n_turns, 4);
        assert_string_equal(r.agent, lmas_team_agent_name(team, r.turn));
        if (w->is_seen[who])
            check_forward(&w->last[who], &r);
        w->has_seen[r.work] |= r.n_done > 0 && r.n_done < r.n_most;
        w->is_seen[who] = true;
        w->last[who] = r;
    }
    assert_int_equal(i, lmas_solver_n_open(solver));
}

/* Two questions from the first tick to the last, with a look after each. */
static void watch_two(watch *w, seen *s, lmas_session *session, const lmas_team *team)
{
    lmas_solver_params params = greedy_params(LMAS_METHOD_LATENT_MAS);
    lmas_solver *solver = NULL;
    lmas_running r;
    size_t i;

    params.on_result = on_result;
    params.user = s;
    assert_ok(lmas_solver_new(&solver, session, team, &params));
    for (i = 0; i < 2; i++)
        assert_ok(lmas_solver_submit(solver, &(lmas_question){.id = i, .text = APPLES[0]}));
    assert_false(lmas_solver_running(&r, solver, 0));
    while (lmas_solver_n_open(solver)) {
        assert_ok(lmas_solver_tick(solver));
        look(w, solver, team);
    }
    lmas_solver_free(solver);
}

static void test_a_look_between_ticks_shows_how_far_each_question_is(void **state)
{
    lmas_session_params session_params = lmas_session_params_default();
    lmas_session *session = NULL;
    lmas_team *team = NULL;
    seen s = {0};
    watch w = {0};
    size_t i;

    (void)state;
    session_params.n_lanes = 2;
    session_params.n_ctx = 4096;
    session_params.n_batch = 32; /* so that a prompt takes several ticks */
    session_params.n_threads = 1;
    assert_ok(lmas_session_new(&session, support_model(DEMO_MODEL), &session_params));
    assert_ok(lmas_team_builtin(&team, "sequential"));
    watch_two(&w, &s, session, team);
    assert_true(w.has_seen[LMAS_WORK_READ] && w.has_seen[LMAS_WORK_THINK] &&
                w.has_seen[LMAS_WORK_SPEAK]);
    for (i = 0; i < 2; i++) {
        const lmas_result *end = &s.results[i];

        assert_true(w.is_seen[i]);
        assert_int_equal(w.last[i].n_read, end->n_read);
        assert_int_equal(w.last[i].n_thought, end->n_thought);
        assert_true(end->n_spoken - w.last[i].n_spoken <= 1);
        assert_true(w.last[i].engine_ms <= end->read_ms + end->think_ms + end->speak_ms);
    }
    forget(&s);
    lmas_team_free(team);
    lmas_session_free(session);
}

static bool stop_result(void *user, const lmas_result *r)
{
    (void)user;
    (void)r;
    return false;
}

static void test_a_callback_or_a_cancel_stops_the_solver(void **state)
{
    lmas_solver_params params = greedy_params(LMAS_METHOD_BASELINE);
    const lmas_question q = {.text = APPLES[0], .kind = LMAS_ANSWER_NUMBER};
    lmas_session *session = support_session(support_model(DEMO_MODEL), 1, 2048, false);
    lmas_team *team = NULL;
    lmas_solver *solver = NULL;

    (void)state;
    params.on_result = stop_result;
    assert_ok(lmas_team_builtin(&team, "sequential"));
    assert_ok(lmas_solver_new(&solver, session, team, &params));
    assert_ok(lmas_solver_submit(solver, &q));
    assert_ok(lmas_solver_submit(solver, &q));
    assert_fails(LMAS_E_CANCELED, "asked to stop", lmas_solver_run(solver));
    assert_int_equal(lmas_solver_n_open(solver), 1);
    lmas_session_cancel(session);
    assert_fails(LMAS_E_CANCELED, "canceled", lmas_solver_run(solver));
    lmas_solver_free(solver);
    lmas_team_free(team);
    lmas_session_free(session);
}

static void test_absurd_solver_parameters_are_refused(void **state)
{
    lmas_session *session = support_session(support_model(DEMO_MODEL), 1, 512, false);
    lmas_solver_params bad[8];
    lmas_team *team = duo();
    lmas_solver *solver = NULL;
    size_t i;

    (void)state;
    for (i = 0; i < 8; i++)
        bad[i] = lmas_solver_params_default();
    bad[0].latent_steps = -2;
    bad[1].max_new_tokens = 0;
    bad[2].text_context_length = -2;
    bad[3].method = (lmas_method)9;
    bad[4].sampling.top_p = 2.0f;
    bad[5].control = (lmas_control)9;
    bad[6].latent_steps_max = 0;
    bad[7].rest_entropy = 101.0f;
    for (i = 0; i < 8; i++)
        assert_int_equal(lmas_solver_new(&solver, session, team, &bad[i]), LMAS_E_INVALID);
    assert_null(solver);
    lmas_team_free(team);
    lmas_session_free(session);
}

static void test_a_kind_the_team_has_no_format_for_fails_its_question(void **state)
{
    lmas_session *session = support_session(support_model(DEMO_MODEL), 1, 512, false);
    const lmas_question q = {.text = "2 + 2?", .kind = LMAS_ANSWER_CODE};
    lmas_solver_params params = greedy_params(LMAS_METHOD_LATENT_MAS);
    lmas_team *team = duo();
    lmas_solver *solver = NULL;
    seen s = {0};

    (void)state;
    params.on_result = on_result;
    params.user = &s;
    assert_ok(lmas_solver_new(&solver, session, team, &params));
    assert_ok(lmas_solver_submit(solver, &q));
    assert_ok(lmas_solver_run(solver));
    assert_int_equal(s.results[0].status, LMAS_E_INVALID);
    assert_non_null(strstr(s.texts[0], "no \"code\" in formats"));
    lmas_solver_free(solver);
    forget(&s);
    lmas_team_free(team);
    lmas_session_free(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_bad_team_file_is_refused_with_its_line),
        cmocka_unit_test(test_a_team_that_cannot_work_is_refused),
        cmocka_unit_test(test_built_in_teams_have_a_format_for_every_kind),
        cmocka_unit_test(test_slots_are_filled_once_and_other_braces_stay),
        cmocka_unit_test(test_a_note_is_said_where_a_prompt_asks_for_it),
        cmocka_unit_test(test_the_text_of_others_is_cut_at_a_character),
        cmocka_unit_test(test_latent_agents_extend_one_memory_and_the_last_speaks),
        cmocka_unit_test(test_zero_steps_keep_the_working_memory),
        cmocka_unit_test(test_under_the_control_no_agent_inherits_anything),
        cmocka_unit_test(test_text_agents_start_afresh_and_read_the_others),
        cmocka_unit_test(test_answers_do_not_depend_on_the_batch),
        cmocka_unit_test(test_what_all_prompts_begin_with_is_read_once),
        cmocka_unit_test(test_a_pool_lets_in_questions_that_want_all_of_it),
        cmocka_unit_test(test_the_same_seed_gives_the_same_answers),
        cmocka_unit_test(test_a_question_too_long_for_the_context_fails_alone),
        cmocka_unit_test(test_the_cells_of_a_question_are_its_worst_case),
        cmocka_unit_test(test_a_look_between_ticks_shows_how_far_each_question_is),
        cmocka_unit_test(test_a_callback_or_a_cancel_stops_the_solver),
        cmocka_unit_test(test_absurd_solver_parameters_are_refused),
        cmocka_unit_test(test_a_kind_the_team_has_no_format_for_fails_its_question),
    };

    return cmocka_run_group_tests_name("team", tests, NULL, NULL);
}
