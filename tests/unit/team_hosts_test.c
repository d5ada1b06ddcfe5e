/*
 * team_hosts_test.c - teams whose agents live on several models.
 *
 * A second model of the same file is another host: what goes there is mapped and read afresh. By
 * LMAS_ALIGN_IDENTICAL a thought maps to itself, so such a team must say what the same team says on
 * one model whose edges carry "embeds".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "latent/session.h"
#include "support.h"
#include "team/job.h"

enum { N_AGENTS = 4, N_THOUGHTS = 3, N_QUESTIONS = 16, N_SPOKEN = 24 };

/* ---- Teams, hosts, answers ---- */

/* a, b, c and d in a row; b and d are on `model` where one is named. */
static lmas_team *team_of(const char *models, const char *model, const char *carry)
{
    static const char *const prompts[] = {"Plan. {question}", "Check. {question}",
                                          "Refine. {question}",
                                          "Say the answer. {question} {format}"};
    lmas_team *team = NULL;
    char text[4096];
    size_t n = 0, i;

    n += (size_t)snprintf(text, sizeof(text),
                          "{\"name\": \"row\", \"system\": \"Be brief.\", %s \"formats\": "
                          "{\"number\": \"End with the number.\", \"free\": \"\"}, \"agents\": [",
                          models);
    for (i = 0; i < N_AGENTS; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n,
                              "%s{\"name\": \"%c\", \"prompt\": \"%s\"%s%s%s}", i ? ", " : "",
                              (int)('a' + i), prompts[i], model && i % 2 ? ", \"model\": \"" : "",
                              model && i % 2 ? model : "", model && i % 2 ? "\"" : "");
    n += (size_t)snprintf(text + n, sizeof(text) - n, "], \"edges\": [");
    for (i = 0; i + 1 < N_AGENTS; i++)
        n += (size_t)snprintf(text + n, sizeof(text) - n,
                              "%s{\"from\": \"%c\", \"to\": \"%c\", \"carry\": \"%s\"}",
                              i ? ", " : "", (int)('a' + i), (int)('b' + i), carry);
    snprintf(text + n, sizeof(text) - n, "]}");
    assert_ok(lmas_team_parse(&team, "row.json", text, strlen(text)));
    return team;
}

static lmas_team *team_on_twin(void)
{
    return team_of("\"models\": {\"twin\": {\"file\": \"x.gguf\"}},", "twin", "memory");
}

/* Another model of the demo's file, kept until the program ends. */
static lmas_model *twin_model(void)
{
    static lmas_model *model;
    const lmas_model_params p = support_model_params();

    if (!model)
        assert_ok(lmas_model_open(&model, DEMO_MODEL, &p));
    return model;
}

typedef struct said {
    lmas_status status;
    char error[256];
    char text[256];
    size_t n_agents;
    struct {
        char name[8], model[8], crossing[256], output[256];
        uint32_t n_read, n_kept, n_thought, n_spoken, pos_begin, pos_end;
        bool is_cut;
    } agents[N_AGENTS];
} said;

static void copy(char *out, size_t size, const char *text)
{
    snprintf(out, size, "%s", text ? text : "-");
}

/* Into the answers [N_QUESTIONS], by id. */
static bool note(void *user, const lmas_result *r)
{
    said *s = (said *)user + r->id;
    size_t i;

    *s = (said){.status = r->status, .n_agents = r->n_agents};
    copy(s->error, sizeof(s->error), r->error);
    copy(s->text, sizeof(s->text), r->text);
    for (i = 0; i < r->n_agents && i < N_AGENTS; i++) {
        const lmas_agent_trace *t = &r->agents[i];

        copy(s->agents[i].name, sizeof(s->agents[i].name), t->name);
        copy(s->agents[i].model, sizeof(s->agents[i].model), t->model);
        copy(s->agents[i].crossing, sizeof(s->agents[i].crossing), t->crossing);
        copy(s->agents[i].output, sizeof(s->agents[i].output), t->output);
        s->agents[i].n_read = t->n_read;
        s->agents[i].n_kept = t->n_kept;
        s->agents[i].n_thought = t->n_thought;
        s->agents[i].n_spoken = t->n_spoken;
        s->agents[i].pos_begin = t->pos_begin;
        s->agents[i].pos_end = t->pos_end;
        s->agents[i].is_cut = t->is_cut;
    }
    return true;
}

static lmas_solver_params params_of(lmas_align_method method)
{
    lmas_solver_params p = lmas_solver_params_default();

    p.latent_steps = N_THOUGHTS;
    p.max_new_tokens = N_SPOKEN;
    p.sampling.temperature = 0;
    p.align.method = method;
    return p;
}

static const char *question_of(size_t i)
{
    static char text[128];

    snprintf(text, sizeof(text),
             "Tom has %zu apples. He buys %zu more. How many apples does he have?", 12 + i,
             3 + 2 * i);
    return text;
}

static lmas_question ask_of(size_t i)
{
    return (lmas_question){.id = i, .text = question_of(i), .kind = LMAS_ANSWER_NUMBER};
}

/* Ask `n` questions on the demo model, and `host` where there is one, of so many lanes each. */
static void ask(said *out, size_t n, const lmas_team *team, lmas_solver_params p, lmas_model *model,
                uint32_t n_lanes)
{
    lmas_session *here = support_session(support_model(DEMO_MODEL), n_lanes, n_lanes * 1024, false);
    lmas_session *there = model ? support_session(model, n_lanes, n_lanes * 1024, false) : NULL;
    const lmas_host host = {.name = "twin", .session = there};
    lmas_solver *solver = NULL;
    size_t i;

    p.hosts = &host;
    p.n_hosts = there ? 1 : 0;
    p.on_result = note;
    p.user = out;
    assert_ok(lmas_solver_new(&solver, here, team, &p));
    for (i = 0; i < n; i++) {
        const lmas_question question = ask_of(i);

        assert_ok(lmas_solver_submit(solver, &question));
    }
    assert_ok(lmas_solver_run(solver));
    lmas_solver_free(solver);
    lmas_session_free(there);
    lmas_session_free(here);
}

static said ask_one(const lmas_team *team, const lmas_solver_params *p, lmas_model *model)
{
    said answers[N_QUESTIONS] = {{0}};

    ask(answers, 1, team, *p, model, 1);
    assert_int_equal(answers[0].status, LMAS_OK);
    assert_int_equal(answers[0].n_agents, N_AGENTS);
    return answers[0];
}

/* ---- What crosses over ---- */

static void test_on_two_models_of_one_file_a_team_says_what_relays_on_one_say(void **state)
{
    lmas_team *one = team_of("", NULL, "embeds");
    lmas_team *two = team_on_twin();
    static said relayed[N_QUESTIONS], crossed[N_QUESTIONS];
    const lmas_solver_params p = params_of(LMAS_ALIGN_IDENTICAL);
    size_t i, k;

    (void)state;
    ask(relayed, N_QUESTIONS, one, p, NULL, 4);
    ask(crossed, N_QUESTIONS, two, p, twin_model(), 4);
    for (i = 0; i < N_QUESTIONS; i++) {
        assert_int_equal(crossed[i].status, LMAS_OK);
        assert_true(strlen(crossed[i].text) > 0);
        assert_string_equal(crossed[i].text, relayed[i].text);
        for (k = 0; k < N_AGENTS; k++) {
            assert_int_equal(crossed[i].agents[k].pos_begin, relayed[i].agents[k].pos_begin);
            assert_int_equal(crossed[i].agents[k].pos_end, relayed[i].agents[k].pos_end);
        }
    }
    lmas_team_free(one);
    lmas_team_free(two);
}

/* The line on the thoughts of one that hands on to `to`. */
static void check_crossing(const char *line, const char *to)
{
    char begin[64];

    snprintf(begin, sizeof(begin), "identical to %s: ", to);
    assert_ptr_equal(strstr(line, begin), line);
    assert_non_null(strstr(line, "coverage 1.000, mass 1.000, cosine "));
    assert_non_null(strstr(line, ": taken"));
}

static void test_traces_tell_whose_model_it_was_and_how_thoughts_crossed(void **state)
{
    lmas_team *team = team_on_twin();
    const lmas_solver_params p = params_of(LMAS_ALIGN_IDENTICAL);
    const said s = ask_one(team, &p, twin_model());
    size_t i;

    (void)state;
    for (i = 0; i < N_AGENTS; i++) {
        assert_int_equal(s.agents[i].name[0], 'a' + i);
        assert_string_equal(s.agents[i].model, i % 2 ? "twin" : "-");
        assert_int_equal(s.agents[i].n_thought, i + 1 < N_AGENTS ? N_THOUGHTS : 0);
    }
    for (i = 0; i < 3; i++) {
        check_crossing(s.agents[i].crossing, i % 2 ? "the first model" : "twin");
        assert_string_equal(s.agents[i].output, "");
    }
    assert_string_equal(s.agents[3].crossing, "-");
    lmas_team_free(team);
}

/* Cells of the blocks before agent `k`: prompts, thoughts, or both. */
static uint32_t sum_before(const said *s, size_t k, bool prompts, bool thoughts)
{
    uint32_t n = 0;
    size_t i;

    for (i = 0; i < k; i++)
        n += (prompts ? s->agents[i].n_read : 0) + (thoughts ? s->agents[i].n_thought : 0);
    return n;
}

/* What an agent keeps is what those before it made, wherever they live, less what the experiment
 * drops. */
static void check_control(lmas_control control, bool prompts, bool thoughts)
{
    lmas_team *team = team_on_twin();
    lmas_solver_params p = params_of(LMAS_ALIGN_IDENTICAL);
    said s;
    size_t k;

    p.control = control;
    s = ask_one(team, &p, twin_model());
    for (k = 0; k < N_AGENTS; k++) {
        assert_int_equal(s.agents[k].n_kept, sum_before(&s, k, prompts, thoughts));
        if (!prompts && !thoughts)
            assert_int_equal(s.agents[k].pos_begin, 0);
    }
    lmas_team_free(team);
}

static void test_an_agent_inherits_the_blocks_of_all_models_and_controls_choose(void **state)
{
    (void)state;
    check_control(LMAS_CONTROL_OFF, true, true);
    check_control(LMAS_CONTROL_PROMPTS, true, false);
    check_control(LMAS_CONTROL_THOUGHTS, false, true);
    check_control(LMAS_CONTROL_NO_MEMORY, false, false);
}

/* ---- Words in place of thoughts ---- */

/* Those who only think speak, and their words go on in place of their thoughts. */
static void check_words(lmas_model *model, const lmas_align *align, const char *why)
{
    lmas_team *team = team_on_twin();
    lmas_solver_params p = params_of(LMAS_ALIGN_SOFT);
    uint32_t n_words = 0;
    said s;

    p.align = *align;
    s = ask_one(team, &p, model);
    assert_non_null(strstr(s.agents[0].crossing, why));
    assert_non_null(strstr(s.agents[0].crossing, "words instead"));
    assert_true(s.agents[0].n_spoken > 0);
    assert_int_equal(s.agents[0].n_thought, N_THOUGHTS);
    assert_ok(lmas_model_count_tokens(&n_words, model, s.agents[0].output));
    n_words += s.agents[0].is_cut ? 0 : 1; /* the end of its turn */
    if (model == twin_model())
        assert_int_equal(s.agents[1].n_kept, s.agents[0].n_read + n_words);
    lmas_team_free(team);
}

static void test_what_does_not_cross_well_is_said_in_words(void **state)
{
    lmas_align align = lmas_align_default();

    (void)state;
    align.method = LMAS_ALIGN_TEXT;
    check_words(twin_model(), &align, "text to twin: words instead, as asked");
    align.method = LMAS_ALIGN_IDENTICAL;
    align.least_cosine = 0.9999f;
    check_words(twin_model(), &align, "cosine is below the least");
    align = lmas_align_default();
    align.least_coverage = 1;
    check_words(support_model(TIED_MODEL), &align, "coverage is below the least");
    align.least_coverage = 0;
    align.least_mass = 1;
    check_words(support_model(TIED_MODEL), &align, "mass is below the least");
}

static void test_thoughts_that_cross_well_go_on_without_words(void **state)
{
    lmas_team *team = team_on_twin();
    const lmas_solver_params p = params_of(LMAS_ALIGN_SOFT);
    const said s = ask_one(team, &p, twin_model());

    (void)state;
    assert_non_null(strstr(s.agents[0].crossing, "soft to twin: coverage 1.000, mass 1.000"));
    assert_non_null(strstr(s.agents[0].crossing, ": taken"));
    assert_int_equal(s.agents[0].n_spoken, 0);
    lmas_team_free(team);
}

/* ---- Company ---- */

static void test_answers_do_not_depend_on_how_many_are_asked_at_once(void **state)
{
    static const uint32_t n_lanes[] = {1, 4, 16};
    static said answers[3][N_QUESTIONS];
    lmas_team *team = team_on_twin();
    const lmas_solver_params p = params_of(LMAS_ALIGN_SOFT);
    size_t i, k;

    (void)state;
    for (k = 0; k < 3; k++)
        ask(answers[k], N_QUESTIONS, team, p, twin_model(), n_lanes[k]);
    for (i = 0; i < N_QUESTIONS; i++) {
        assert_int_equal(answers[0][i].status, LMAS_OK);
        for (k = 1; k < 3; k++)
            assert_string_equal(answers[k][i].text, answers[0][i].text);
    }
    lmas_team_free(team);
}

/* ---- What is refused ---- */

/* A team of one whose "models" stand on line 2, and its agent, on `agent`, on line 3. */
static lmas_status parse(lmas_team **out, const char *models, const char *agent)
{
    char text[2048];

    snprintf(text, sizeof(text),
             "{\"name\": \"t\",\n \"models\": %s,\n \"agents\": [{\"name\": \"a\", "
             "\"prompt\": \"{question}\"%s}]}",
             models, agent);
    return lmas_team_parse(out, "t.json", text, strlen(text));
}

static void test_what_a_file_says_of_models_is_checked(void **state)
{
    static const char on_big[] = ", \"model\": \"big\"";
    static const struct {
        const char *models, *agent, *why;
    } bad[] = {
        {"[]", "", "t.json:2: \"models\" must be an object, found"},
        {"{\"big\": 1}", "", "t.json:2: model \"big\" must be an object"},
        {"{\"big\": {}}", "", "t.json:2: model \"big\" must say where it is"},
        {"{\"big\": {\"file\": \"f\", \"hf\": \"a/b\"}}", "", "found 2 of them"},
        {"{\"big\": {\"file\": \"f\", \"id\": \"m\"}}", "", "only with \"url\""},
        {"{\"big\": {\"file\": \"\"}}", "", "\"file\" in model \"big\" has 0 bytes"},
        {"{\"big\": {\"file\": 1}}", "", "t.json:2: \"file\" in model \"big\" must be a string"},
        {"{\"big\": {\"url\": \"http://h\\u0007\"}}", "", "contains a control character"},
        {"{\"big\": {\"path\": \"f\"}}", "", "unknown key \"path\" in model \"big\""},
        {"{\"b\\nig\": {\"file\": \"f\"}}", "", "t.json:2: "},
        {"{\"\": {\"file\": \"f\"}}", "", "0 bytes"},
        {"{\"small\": {\"file\": \"f\"}}", on_big, "t.json:3: \"model\" in agent"},
        {"{}", on_big, "which \"models\" does not name"},
        {"{\"big\": {\"file\": \"f\"}}", ", \"model\": 1", "must be a string"},
    };
    lmas_team *team = NULL;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(*bad); i++)
        assert_fails(LMAS_E_FORMAT, bad[i].why, parse(&team, bad[i].models, bad[i].agent));
}

static void test_a_file_says_where_models_are_and_who_is_on_which(void **state)
{
    lmas_team *team = NULL;
    lmas_team_model m;

    (void)state;
    assert_ok(parse(&team,
                    "{\"big\": {\"url\": \"http://h\", \"id\": \"m\"}, \"hub\": {\"hf\": \"a/b\"}}",
                    ", \"model\": \"big\""));
    assert_true(lmas_team_model_at(&m, team, 0));
    assert_string_equal(m.name, "big");
    assert_string_equal(m.url, "http://h");
    assert_string_equal(m.id, "m");
    assert_null(m.file);
    assert_true(lmas_team_model_at(&m, team, 1));
    assert_string_equal(m.hf, "a/b");
    assert_false(lmas_team_model_at(&m, team, 2));
    assert_string_equal(lmas_team_agent_model(team, 0), "big");
    assert_null(lmas_team_agent_model(team, 1));
    lmas_team_free(team);
}

static lmas_status try_hosts(const lmas_team *team, const lmas_host *hosts, size_t n)
{
    lmas_session *here = support_session(support_model(DEMO_MODEL), 1, 1024, false);
    lmas_solver_params p = params_of(LMAS_ALIGN_SOFT);
    lmas_solver *solver = NULL;
    lmas_status status;

    p.hosts = hosts;
    p.n_hosts = n;
    status = lmas_solver_new(&solver, here, team, &p);
    lmas_solver_free(solver);
    lmas_session_free(here);
    return status;
}

static void test_hosts_that_do_not_fit_the_team_are_refused(void **state)
{
    lmas_session *there = support_session(twin_model(), 1, 1024, false);
    const lmas_host other = {.name = "other", .session = there};
    const lmas_host twins[] = {{.name = "twin", .session = there},
                               {.name = "twin", .session = there}};
    const lmas_host nameless = {.session = there};
    const lmas_host empty = {.name = "twin"};
    const lmas_host idle = {.name = "twin", .model = twin_model()};
    lmas_host many[64];
    lmas_team *team = team_on_twin();
    size_t i;

    (void)state;
    for (i = 0; i < 64; i++)
        many[i] = twins[0];
    assert_fails(LMAS_E_INVALID, "agent b of team row is on the model \"twin\", and no host",
                 try_hosts(team, NULL, 0));
    assert_fails(LMAS_E_INVALID, "no host has that name", try_hosts(team, &other, 1));
    assert_fails(LMAS_E_INVALID, "two of hosts are named \"twin\"", try_hosts(team, twins, 2));
    assert_fails(LMAS_E_INVALID, "needs a name", try_hosts(team, &nameless, 1));
    assert_fails(LMAS_E_INVALID, "a session or a remote", try_hosts(team, &empty, 1));
    assert_fails(LMAS_E_INVALID, "host twin has no session", try_hosts(team, &idle, 1));
    assert_fails(LMAS_E_INVALID, "n_hosts must be at most 16", try_hosts(team, many, 64));
    assert_fails(LMAS_E_INVALID, "must be there", try_hosts(team, NULL, 1));
    assert_ok(try_hosts(team, twins, 1));
    lmas_team_free(team);
    lmas_session_free(there);
}

static void test_who_is_where_can_be_said_agent_by_agent(void **state)
{
    static const char *const names[] = {NULL, NULL, "twin", NULL};
    static const char *const unknown[] = {"nobody"};
    lmas_session *there = support_session(twin_model(), 1, 1024, false);
    lmas_session *here = support_session(support_model(DEMO_MODEL), 1, 1024, false);
    const lmas_host host = {.name = "twin", .session = there};
    lmas_team *team = team_on_twin();
    lmas_solver_params p = params_of(LMAS_ALIGN_SOFT);
    said answers[N_QUESTIONS] = {{0}};
    const lmas_question question = ask_of(0);
    lmas_solver *solver = NULL;
    size_t i;

    (void)state;
    p.hosts = &host;
    p.n_hosts = 1;
    p.agent_hosts = names;
    p.n_agent_hosts = N_AGENTS;
    p.on_result = note;
    p.user = answers;
    assert_ok(lmas_solver_new(&solver, here, team, &p));
    assert_ok(lmas_solver_submit(solver, &question));
    assert_ok(lmas_solver_run(solver));
    for (i = 0; i < N_AGENTS; i++)
        assert_string_equal(answers[0].agents[i].model, i == 2 ? "twin" : "-");
    lmas_solver_free(solver);
    solver = NULL;
    p.agent_hosts = unknown;
    p.n_agent_hosts = 1;
    assert_fails(LMAS_E_INVALID, "on the model \"nobody\"",
                 lmas_solver_new(&solver, here, team, &p));
    lmas_team_free(team);
    lmas_session_free(here);
    lmas_session_free(there);
}

/* ---- Room ---- */

/* A question that the second host has no room for; what is said of it. */
static said overflow(int32_t n_thoughts, const char *text)
{
    lmas_session *here = support_session(support_model(DEMO_MODEL), 1, 1024, false);
    lmas_session *there = support_session(twin_model(), 1, 256, false);
    const lmas_host host = {.name = "twin", .session = there};
    const lmas_question question = {.text = text, .kind = LMAS_ANSWER_NUMBER};
    lmas_team *team = team_on_twin();
    lmas_solver_params p = params_of(LMAS_ALIGN_SOFT);
    said answers[N_QUESTIONS] = {{0}};
    lmas_solver *solver = NULL;

    p.hosts = &host;
    p.n_hosts = 1;
    p.latent_steps = n_thoughts;
    p.on_result = note;
    p.user = answers;
    assert_ok(lmas_solver_new(&solver, here, team, &p));
    assert_ok(lmas_solver_submit(solver, &question));
    assert_ok(lmas_solver_run(solver));
    assert_int_equal(answers[0].status, LMAS_E_CONTEXT_FULL);
    lmas_solver_free(solver);
    lmas_team_free(team);
    lmas_session_free(here);
    lmas_session_free(there);
    return answers[0];
}

static void test_a_session_that_is_too_small_is_named(void **state)
{
    said s = overflow(60, question_of(0));
    char text[600];
    size_t n = 0;

    (void)state;
    assert_ptr_equal(strstr(s.error, "twin: context full"), s.error);
    while (n < 380)
        n += (size_t)snprintf(text + n, sizeof(text) - n, "Tom has 12 apples and Ann 7 pears. ");
    s = overflow(2, text);
    assert_ptr_equal(strstr(s.error, "twin: context of 256 cells is too small"), s.error);
    assert_int_equal(s.n_agents, 0); /* nothing was begun */
}

static void test_needs_are_counted_for_each_host_and_suffice(void **state)
{
    lmas_host host = {.name = "twin", .model = twin_model()};
    lmas_team *team = team_on_twin();
    lmas_solver_params p = params_of(LMAS_ALIGN_SOFT);
    const lmas_question question = ask_of(0);
    lmas_needs needs[2] = {{0}};
    said answers[N_QUESTIONS] = {{0}};
    lmas_session *here, *there;
    lmas_solver *solver = NULL;
    size_t i;

    (void)state;
    p.hosts = &host;
    p.n_hosts = 1;
    assert_ok(lmas_question_needs(needs, support_model(DEMO_MODEL), team, &p, &question));
    for (i = 0; i < 2; i++) {
        assert_int_equal(needs[i].n_lanes_least, 1);
        assert_true(needs[i].n_lanes >= 1 && needs[i].n_cells > 0);
        assert_true(needs[i].n_cells_all >= needs[i].n_cells);
    }
    assert_true(needs[1].n_cells > needs[0].n_cells); /* d, which has all and speaks, is there */
    here =
        support_session(support_model(DEMO_MODEL), needs[0].n_lanes, needs[0].n_cells_all, false);
    there = support_session(twin_model(), needs[1].n_lanes, needs[1].n_cells_all, false);
    host = (lmas_host){.name = "twin", .session = there};
    p.on_result = note;
    p.user = answers;
    assert_ok(lmas_solver_new(&solver, here, team, &p));
    assert_ok(lmas_solver_submit(solver, &question));
    assert_ok(lmas_solver_run(solver));
    assert_int_equal(answers[0].status, LMAS_OK);
    assert_true(answers[0].agents[3].pos_end <= needs[1].n_cells);
    assert_true(answers[0].agents[2].pos_end <= needs[0].n_cells);
    lmas_solver_free(solver);
    lmas_team_free(team);
    lmas_session_free(here);
    lmas_session_free(there);
}

/* A memory of the second host is no origin. */
static void refuse_foreign(lmas_session *here, lmas_session *there, const lmas_team *team,
                           lmas_solver_params p)
{
    lmas_memory *foreign = NULL;
    lmas_solver *solver = NULL;

    assert_ok(lmas_memory_new(&foreign, there));
    p.origin = foreign;
    assert_fails(LMAS_E_INVALID, "origin must be", lmas_solver_new(&solver, here, team, &p));
    lmas_memory_free(foreign);
}

/* What the first host's new memories begin with; the other's begin with nothing. */
static void test_an_origin_beside_other_hosts_is_refused(void **state)
{
    lmas_session *here = support_session(support_model(DEMO_MODEL), 3, 3072, false);
    lmas_session *there = support_session(twin_model(), 1, 1024, false);
    const lmas_host host = {.name = "twin", .session = there};
    lmas_team *team = team_on_twin();
    lmas_solver_params p = params_of(LMAS_ALIGN_SOFT);
    lmas_memory *origin = NULL;
    lmas_solver *solver = NULL;

    (void)state;
    assert_ok(lmas_memory_new(&origin, here));
    assert_ok(lmas_memory_read(origin, "documents", "Tom is a farmer. He likes apples."));
    p.hosts = &host;
    p.n_hosts = 1;
    p.origin = origin;
    assert_fails(LMAS_E_INVALID, "a memory that all begin with is of the first model, and b is not",
                 lmas_solver_new(&solver, here, team, &p));
    refuse_foreign(here, there, team, p);
    lmas_memory_free(origin);
    lmas_team_free(team);
    lmas_session_free(here);
    lmas_session_free(there);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_on_two_models_of_one_file_a_team_says_what_relays_on_one_say),
        cmocka_unit_test(test_traces_tell_whose_model_it_was_and_how_thoughts_crossed),
        cmocka_unit_test(test_an_agent_inherits_the_blocks_of_all_models_and_controls_choose),
        cmocka_unit_test(test_what_does_not_cross_well_is_said_in_words),
        cmocka_unit_test(test_thoughts_that_cross_well_go_on_without_words),
        cmocka_unit_test(test_answers_do_not_depend_on_how_many_are_asked_at_once),
        cmocka_unit_test(test_what_a_file_says_of_models_is_checked),
        cmocka_unit_test(test_a_file_says_where_models_are_and_who_is_on_which),
        cmocka_unit_test(test_hosts_that_do_not_fit_the_team_are_refused),
        cmocka_unit_test(test_who_is_where_can_be_said_agent_by_agent),
        cmocka_unit_test(test_a_session_that_is_too_small_is_named),
        cmocka_unit_test(test_needs_are_counted_for_each_host_and_suffice),
        cmocka_unit_test(test_an_origin_beside_other_hosts_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
