/* team_graph_test.c - what a graph says, what cannot go, and the turns that come of it. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "support.h"
#include "team/plan/prompt.h"

/* Agents a to `last`, who are shown the question and whatever reaches them, and `rest` behind. */
static lmas_status parse(lmas_team **out, char last, const char *rest)
{
    lmi_buf text;
    lmas_status status;
    char c;

    lmi_buf_init(&text, 1 << 16);
    lmi_buf_puts(&text, "{\"name\": \"t\",\n \"context\": {\"latent\": \"L\", \"text\": \"T "
                        "{outputs}\"},\n \"agents\": [");
    for (c = 'a'; c <= last; c++)
        lmi_buf_printf(&text, "%s{\"name\": \"%c\", \"prompt\": \"{context} {question}\"}",
                       c > 'a' ? ",\n  " : "", c);
    lmi_buf_printf(&text, "]%s}", rest);
    status = lmas_team_parse(out, "t.json", lmi_buf_text(&text), text.len);
    lmi_buf_done(&text);
    return status;
}

static lmas_team *team_of(char last, const char *rest)
{
    lmas_team *team = NULL;

    assert_ok(parse(&team, last, rest));
    return team;
}

static lmi_plan plan_of(const lmas_team *team, lmas_method method, lmas_control control)
{
    lmas_solver_params params = lmas_solver_params_default();
    lmi_plan plan;

    params.method = method;
    params.control = control;
    assert_ok(lmi_plan_make(&plan, support_model(DEMO_MODEL), team, &params));
    return plan;
}

static lmi_plan latent_plan(const lmas_team *team)
{
    return plan_of(team, LMAS_METHOD_LATENT_MAS, LMAS_CONTROL_OFF);
}

/* The turns of a list by their agents, such as "ab". */
static const char *names(const lmi_plan *plan, const lmi_turn_list *list)
{
    static char text[LMI_TEAM_TURNS_MAX + 1];
    size_t i;

    for (i = 0; i < list->n; i++)
        text[i] = plan->turns[list->at[i]].name[0];
    text[i] = '\0';
    return text;
}

#define EXPERTS ",\n \"edges\": [{\"from\": [\"a\", \"b\", \"c\"], \"to\": \"d\"}]"
#define DIAMOND                                                                                    \
    ",\n \"edges\": [{\"from\": \"a\", \"to\": [\"b\", \"c\"]},\n {\"from\": [\"b\", \"c\"], "     \
    "\"to\": \"d\"}]"

/* ---- What cannot go ---- */

static void test_a_graph_that_cannot_go_is_refused_with_its_line(void **state)
{
    static const char *const bad[][2] = {
        {", \"edges\": 5", "t.json:5: \"edges\" must be an array, found a number"},
        {", \"edges\": [5]", "t.json:5: an edge must be an object, found a number"},
        {",\n \"edges\": [{\"from\": \"a\"}]", "t.json:6: missing key \"to\" in an edge"},
        {",\n \"edges\": [{\"from\": \"a\", \"into\": \"b\"}]",
         "t.json:6: unknown key \"into\" in an edge"},
        {",\n \"edges\": [{\"from\": \"a\",\n \"to\": \"z\"}]",
         "t.json:7: \"to\" of an edge names \"z\", and no agent does"},
        {",\n \"edges\": [{\"from\": 1, \"to\": \"b\"}]", "\"from\" of an edge must name agents"},
        {",\n \"edges\": [{\"from\": [], \"to\": \"b\"}]", "names 0 agents, 1 to 64 expected"},
        {",\n \"edges\": [{\"from\": [\"a\", null], \"to\": \"b\"}]",
         "must name agents, found null"},
        {",\n \"edges\": [{\"from\": \"a\", \"to\": \"b\", \"carry\": \"kv\"}]",
         "t.json:6: \"carry\" must be memory, text, both, embeds or none, found \"kv\""},
        {",\n \"edges\": [{\"from\": \"a\", \"to\": \"b\", \"next_round\": 1}]",
         "\"next_round\" must be true or false, found a number"},
        {",\n \"edges\": [{\"from\": [\"a\", \"a\"], \"to\": \"b\"}]",
         "t.json:6: a second edge from \"a\" to \"b\""},
        {",\n \"edges\": [{\"from\": \"a\", \"to\": \"b\"}, {\"from\": \"b\", \"to\": \"c\"}, "
         "{\"from\": \"c\",\n \"to\": \"a\"}]",
         "edges in a circle: a > b > c > a; an edge of it"},
        {",\n \"edges\": [{\"from\": \"a\", \"to\": \"a\"}]", "edges in a circle: a > a"},
        {",\n \"edges\": [{\"from\": \"a\", \"to\": \"b\"}]",
         "t.json:6: nobody uses \"c\": it is in no edge"},
        {",\n \"edges\": []", "nobody uses"},
        {",\n \"edges\": [{\"from\": \"a\", \"to\": [\"b\", \"c\"]}]",
         "t.json:6: two outputs, \"b\" and \"c\": from each agent but one an edge must lead on"},
        {",\n \"rounds\": 0", "t.json:6: \"rounds\" must be a whole number from 1 to 64"},
        {",\n \"rounds\": 65", "\"rounds\" must be a whole number from 1 to 64"},
        {",\n \"rounds\": 1.5", "\"rounds\" must be a whole number from 1 to 64"},
        {",\n \"rounds\": \"2\"", "\"rounds\" must be a whole number from 1 to 64, found a string"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_fails(LMAS_E_FORMAT, bad[i][1], parse(&(lmas_team *){NULL}, 'c', bad[i][0]));
}

/* Two agents of which the second's prompt is `prompt`, with one edge. */
static lmas_status parse_pair(const char *prompt, const char *carry)
{
    char text[1024];
    lmas_team *team = NULL;
    lmas_status status;

    snprintf(text, sizeof(text),
             "{\"name\": \"t\", \"agents\": [{\"name\": \"a\", \"prompt\": \"{question}\"},\n"
             "{\"name\": \"b\", \"prompt\": \"%s\"}],\n \"edges\": [{\"from\": \"a\", \"to\": "
             "\"b\", \"carry\": \"%s\"}]}",
             prompt, carry);
    status = lmas_team_parse(&team, "t.json", text, strlen(text));
    lmas_team_free(team);
    return status;
}

static void test_what_would_not_be_read_is_refused(void **state)
{
    (void)state;
    assert_ok(parse_pair("Go on.", "memory"));
    assert_ok(parse_pair("{output:a} {question}", "text"));
    assert_ok(parse_pair("{outputs}", "both"));
    assert_fails(LMAS_E_FORMAT, "t.json:3: this edge carries text to \"b\", whose prompt has none",
                 parse_pair("{question}", "text"));
    assert_fails(LMAS_E_FORMAT, "t.json:2: nothing reaches \"b\": no edge brings it anything",
                 parse_pair("Go on.", "none"));
    assert_fails(LMAS_E_FORMAT, "t.json:2: {output:z} in the prompt of \"b\" names no agent",
                 parse_pair("{output:z}", "text"));
    assert_fails(LMAS_E_FORMAT, "t.json:2: {output:a} in the prompt of \"b\" stays empty",
                 parse_pair("{output:a}", "memory"));
    assert_fails(LMAS_E_FORMAT, "{output:b} in the prompt of \"b\" stays empty",
                 parse_pair("{outputs} {output:b}", "text"));
}

/* ---- Turns ---- */

static void test_a_chain_is_a_graph_with_one_strand(void **state)
{
    lmas_team *team = team_of('c', "");
    lmi_plan plan = latent_plan(team);

    (void)state;
    assert_int_equal(plan.n_turns, 3);
    assert_int_equal(plan.hosts[0].n_lanes, 1);
    assert_int_equal(plan.hosts[0].n_lanes_least, 1);
    assert_true(lmi_plan_keeps_memory(&plan));
    assert_int_equal(plan.turns[2].base, 1);
    assert_string_equal(names(&plan, &plan.turns[2].blocks), "abc");
    assert_int_equal(plan.turns[0].n_thoughts, 10);
    assert_int_equal(plan.turns[0].n_speak, 0);
    assert_int_equal(plan.turns[2].n_thoughts, 0);
    assert_true(plan.turns[2].n_speak > 0);
    lmi_plan_done(&plan);
    lmas_team_free(team);
}

static void test_experts_go_side_by_side_and_are_joined_in_the_files_order(void **state)
{
    lmas_team *team = team_of('d', EXPERTS);
    lmi_plan plan = latent_plan(team);
    const lmi_turn *d = &plan.turns[3];

    (void)state;
    assert_int_equal(plan.hosts[0].n_lanes, 3);
    assert_int_equal(plan.hosts[0].n_lanes_least, 3);
    assert_true(lmi_turn_is_fresh(&plan.turns[2]));
    assert_int_equal(d->base, 0);
    assert_int_equal(d->n_parcels, 2);
    assert_int_equal(d->parcels[0].block, 1);
    assert_int_equal(d->parcels[1].from, 2);
    assert_string_equal(names(&plan, &d->blocks), "abcd");
    lmi_plan_done(&plan);
    lmas_team_free(team);
}

static void test_the_order_of_a_join_is_that_of_the_edges(void **state)
{
    lmas_team *team = team_of('d', ",\n \"edges\": [{\"from\": [\"c\", \"a\", \"b\"], \"to\": "
                                   "\"d\"}]");
    lmi_plan plan = latent_plan(team);

    (void)state;
    assert_string_equal(names(&plan, &plan.turns[3].blocks), "cabd");
    lmi_plan_done(&plan);
    lmas_team_free(team);
}

static void test_what_branches_share_is_there_once_behind_the_join(void **state)
{
    lmas_team *team = team_of('d', DIAMOND);
    lmi_plan plan = latent_plan(team);

    (void)state;
    assert_int_equal(plan.hosts[0].n_lanes, 2);
    assert_string_equal(names(&plan, &plan.turns[0].gives_to), "bc");
    assert_string_equal(names(&plan, &plan.turns[3].blocks), "abcd");
    assert_int_equal(plan.turns[3].n_parcels, 1);
    lmi_plan_done(&plan);
    lmas_team_free(team);
}

static void test_the_last_taker_takes_a_memory_over(void **state)
{
    lmas_team *team = team_of('d', DIAMOND);
    lmi_plan plan = latent_plan(team);
    lmi_turn_state standing[4] = {LMI_ENDED};

    (void)state;
    assert_false(lmi_plan_takes_over(&plan, standing, 1));
    standing[1] = LMI_RUNS;
    assert_true(lmi_plan_takes_over(&plan, standing, 2));
    assert_int_equal(lmi_plan_n_held(&plan, standing, 0), 2);
    standing[2] = LMI_RUNS;
    assert_int_equal(lmi_plan_n_held(&plan, standing, 0), 2);
    lmi_plan_done(&plan);
    lmas_team_free(team);
}

/* Two experts whose memories wait for the last one: a third may not begin before they are joined.
 */
static void test_a_branch_waits_where_there_are_no_lanes_for_it(void **state)
{
    lmas_team *team = team_of('g', ",\n \"edges\": [{\"from\": [\"a\", \"b\"], \"to\": \"c\"}, "
                                   "{\"from\": [\"d\", \"e\"], \"to\": \"f\"}, {\"from\": [\"c\", "
                                   "\"f\"], \"to\": \"g\"}]");
    lmi_plan plan = latent_plan(team);
    lmi_turn_state standing[7] = {LMI_WAITS};

    (void)state;
    assert_int_equal(plan.hosts[0].n_lanes, 4);
    assert_int_equal(plan.hosts[0].n_lanes_least, 3);
    assert_true(lmi_plan_may_begin(&plan, standing, 0, 3));
    standing[0] = LMI_RUNS;
    assert_true(lmi_plan_may_begin(&plan, standing, 1, 3));
    standing[1] = LMI_RUNS;
    /* d is ready, and with it there are three; but then nobody could take e. */
    assert_true(lmi_plan_is_ready(&plan, standing, 3));
    assert_true(lmi_plan_may_begin(&plan, standing, 3, 3));
    standing[3] = LMI_RUNS;
    assert_false(lmi_plan_may_begin(&plan, standing, 4, 3));
    assert_true(lmi_plan_may_begin(&plan, standing, 4, 4));
    lmi_plan_done(&plan);
    lmas_team_free(team);
}

static void test_rounds_repeat_the_graph_and_the_last_one_speaks(void **state)
{
    lmas_team *team = team_of('b', ",\n \"rounds\": 3");
    lmi_plan plan = latent_plan(team);
    size_t i;

    (void)state;
    assert_int_equal(plan.n_turns, 6);
    assert_int_equal(plan.hosts[0].n_lanes, 1);
    assert_string_equal(names(&plan, &plan.turns[5].blocks), "ababab");
    for (i = 0; i < 6; i++) {
        assert_int_equal(plan.turns[i].round, i / 2);
        assert_int_equal(plan.turns[i].n_speak > 0, i == 5);
        assert_int_equal(plan.turns[i].n_thoughts, i == 5 ? 0 : 10);
    }
    lmi_plan_done(&plan);
    lmas_team_free(team);
}

/* Two who hear each other in the round after, and a judge who hears them in the end. */
static void test_what_nobody_uses_before_the_last_round_is_not_done(void **state)
{
    lmas_team *team =
        team_of('c', ",\n \"rounds\": 2,\n \"edges\": [{\"from\": [\"a\", \"b\"], \"to\": \"c\", "
                     "\"carry\": \"text\"}, {\"from\": \"a\", \"to\": \"b\", \"carry\": \"text\", "
                     "\"next_round\": true}, {\"from\": \"b\", \"to\": \"a\", \"carry\": \"text\", "
                     "\"next_round\": true}]");
    lmi_plan plan = latent_plan(team);

    (void)state;
    assert_int_equal(plan.n_turns, 5);
    assert_string_equal(plan.turns[4].name, "c");
    assert_int_equal(plan.turns[4].round, 1);
    assert_string_equal(names(&plan, &plan.turns[2].hears), "b");
    assert_string_equal(names(&plan, &plan.turns[4].hears), "abab");
    assert_true(plan.turns[0].n_speak > 0 && plan.turns[0].n_thoughts == 0);
    lmi_plan_done(&plan);
    lmas_team_free(team);
}

static void test_with_text_every_edge_carries_text(void **state)
{
    lmas_team *team = team_of('d', DIAMOND);
    lmi_plan plan = plan_of(team, LMAS_METHOD_TEXT_MAS, LMAS_CONTROL_OFF);
    size_t i;

    (void)state;
    assert_string_equal(names(&plan, &plan.turns[3].hears), "abc");
    assert_string_equal(names(&plan, &plan.turns[2].hears), "a");
    for (i = 0; i < 4; i++) {
        assert_true(lmi_turn_is_fresh(&plan.turns[i]));
        assert_true(plan.turns[i].n_speak > 0 && plan.turns[i].n_thoughts == 0);
    }
    lmi_plan_done(&plan);
    lmas_team_free(team);
}

static void test_a_relay_is_read_behind_what_is_moved(void **state)
{
    lmas_team *team =
        team_of('d', ",\n \"edges\": [{\"from\": \"a\", \"to\": \"d\", \"carry\": \"embeds\"}, "
                     "{\"from\": [\"b\", \"c\"], \"to\": \"d\"}]");
    lmi_plan plan = latent_plan(team);
    const lmi_turn *d = &plan.turns[3];

    (void)state;
    assert_string_equal(names(&plan, &d->blocks), "bcad");
    assert_int_equal(d->base, 1);
    assert_true(!d->parcels[0].is_read && d->parcels[1].is_read);
    assert_true(plan.turns[0].is_relayed && lmi_turn_is_handed_on(&plan.turns[0]));
    assert_int_equal(plan.turns[0].gives_to.n, 0);
    lmi_plan_done(&plan);
    lmas_team_free(team);
}

static void test_controls_change_what_is_inherited_and_nothing_else(void **state)
{
    lmas_team *team = team_of('d', EXPERTS);
    lmi_plan none = plan_of(team, LMAS_METHOD_LATENT_MAS, LMAS_CONTROL_NO_MEMORY);
    lmi_plan text = plan_of(team, LMAS_METHOD_LATENT_MAS, LMAS_CONTROL_TEXT);

    (void)state;
    assert_true(lmi_turn_is_fresh(&none.turns[3]));
    assert_true(none.turns[3].gets_memory); /* it is told so all the same */
    assert_int_equal(none.turns[0].n_thoughts, 10);
    assert_int_equal(none.turns[0].n_speak, 0);
    assert_string_equal(names(&text, &text.turns[3].hears), "abc");
    assert_int_equal(text.turns[0].n_thoughts, 0);
    lmi_plan_done(&none);
    lmi_plan_done(&text);
    lmas_team_free(team);
}

/* ---- Prompts ---- */

static void assert_told(const lmi_plan *plan, size_t i, const lmi_case *c, const char *want)
{
    lmi_buf out;

    lmi_buf_init(&out, LMI_PROMPT_MAX);
    assert_ok(lmi_plan_prompt(&out, plan, i, c));
    if (!strstr(lmi_buf_text(&out), want))
        fail_msg("expected \"%s\" in: %s", want, lmi_buf_text(&out));
    lmi_buf_done(&out);
}

static void test_context_says_what_reaches_the_agent(void **state)
{
    static const char *const said[] = {"A", "B", NULL};
    const lmi_case c = {.asked = &(const lmas_question){0},
                        .question = "q",
                        .kind = LMAS_ANSWER_FREE,
                        .said = said};
    lmas_team *team =
        team_of('c', ",\n \"edges\": [{\"from\": \"a\", \"to\": \"c\"}, {\"from\": \"b\", \"to\": "
                     "\"c\", \"carry\": \"text\"}]");
    lmi_plan plan = latent_plan(team);

    (void)state;
    assert_told(&plan, 0, &c, "user\n q<");
    assert_told(&plan, 2, &c, "user\nL\n\nT [b]:\nB q<");
    lmi_plan_done(&plan);
    lmas_team_free(team);
}

static void test_one_agents_output_has_a_slot_of_its_own(void **state)
{
    static const char json[] =
        "{\"name\": \"t\", \"rounds\": 2, \"agents\": [{\"name\": \"a\", \"prompt\": \"{question} "
        "<{output:b}>\"}, {\"name\": \"b\", \"prompt\": \"[{output:a}|{output:x}|{outputs}]\"}],"
        "\"edges\": [{\"from\": \"a\", \"to\": \"b\", \"carry\": \"text\"}, {\"from\": \"b\", "
        "\"to\": \"a\", \"carry\": \"text\", \"next_round\": true}]}";
    static const char *const said[] = {"A1", "B1", "A2", NULL};
    const lmi_case c = {.asked = &(const lmas_question){0},
                        .question = "q",
                        .kind = LMAS_ANSWER_FREE,
                        .said = said};
    char text[sizeof(json)];
    char *slot;
    lmas_team *team = NULL;
    lmi_plan plan;

    (void)state;
    assert_fails(LMAS_E_FORMAT, "{output:x}", lmas_team_parse(&team, "t.json", json, strlen(json)));
    memcpy(text, json, sizeof(json));
    slot = strstr(text, "{output:x}");
    slot[0] = '(';
    slot[9] = ')';
    assert_ok(lmas_team_parse(&team, "t.json", text, strlen(text)));
    plan = latent_plan(team);
    assert_told(&plan, 0, &c, "q <>");
    assert_told(&plan, 1, &c, "[A1|(output:x)|[a, round 1]:\nA1]");
    assert_told(&plan, 2, &c, "q <B1>");
    assert_told(&plan, 3, &c, "[A2|(output:x)|[a, round 1]:\nA1\n\n[b, round 1]:\nB1\n\n");
    lmi_plan_done(&plan);
    lmas_team_free(team);
}

static void test_a_swapped_question_reaches_all_but_the_last(void **state)
{
    const lmi_case c = {.asked = &(const lmas_question){0},
                        .question = "mine",
                        .other = "yours",
                        .kind = LMAS_ANSWER_FREE};
    lmas_team *team = team_of('d', EXPERTS);
    lmi_plan plan = plan_of(team, LMAS_METHOD_LATENT_MAS, LMAS_CONTROL_SHUFFLED);

    (void)state;
    assert_told(&plan, 0, &c, "yours");
    assert_told(&plan, 3, &c, "L mine");
    lmi_plan_done(&plan);
    lmas_team_free(team);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_graph_that_cannot_go_is_refused_with_its_line),
        cmocka_unit_test(test_what_would_not_be_read_is_refused),
        cmocka_unit_test(test_a_chain_is_a_graph_with_one_strand),
        cmocka_unit_test(test_experts_go_side_by_side_and_are_joined_in_the_files_order),
        cmocka_unit_test(test_the_order_of_a_join_is_that_of_the_edges),
        cmocka_unit_test(test_what_branches_share_is_there_once_behind_the_join),
        cmocka_unit_test(test_the_last_taker_takes_a_memory_over),
        cmocka_unit_test(test_a_branch_waits_where_there_are_no_lanes_for_it),
        cmocka_unit_test(test_rounds_repeat_the_graph_and_the_last_one_speaks),
        cmocka_unit_test(test_what_nobody_uses_before_the_last_round_is_not_done),
        cmocka_unit_test(test_with_text_every_edge_carries_text),
        cmocka_unit_test(test_a_relay_is_read_behind_what_is_moved),
        cmocka_unit_test(test_controls_change_what_is_inherited_and_nothing_else),
        cmocka_unit_test(test_context_says_what_reaches_the_agent),
        cmocka_unit_test(test_one_agents_output_has_a_slot_of_its_own),
        cmocka_unit_test(test_a_swapped_question_reaches_all_but_the_last),
    };

    return cmocka_run_group_tests_name("graph", tests, NULL, NULL);
}
