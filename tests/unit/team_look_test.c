/* team_look_test.c - what programs see of a team's graph. */
#include <stdio.h>
#include <string.h>

#include "support.h"

#define AGENT(name) "{\"name\": \"" name "\", \"prompt\": \"{question} {outputs}\"}"

static lmas_team *team_of(const char *more)
{
    lmas_team *team = NULL;
    char text[1024];

    snprintf(text, sizeof(text), "{\"name\": \"t\", \"agents\": [%s, %s, %s]%s}", AGENT("a"),
             AGENT("b"), AGENT("c"), more);
    assert_ok(lmas_team_parse(&team, "t.json", text, strlen(text)));
    return team;
}

static void assert_edge(const lmas_team *team, size_t i, lmas_edge want)
{
    lmas_edge found;

    assert_true(lmas_team_edge(&found, team, i));
    assert_int_equal(found.from, want.from);
    assert_int_equal(found.to, want.to);
    assert_string_equal(found.carry, want.carry);
    assert_int_equal(found.is_next_round, want.is_next_round);
}

static void test_edges_come_in_the_order_of_the_file(void **state)
{
    lmas_team *team = team_of(", \"rounds\": 2, \"edges\": ["
                              "{\"from\": [\"b\", \"a\"], \"to\": \"c\", \"carry\": \"both\"},"
                              "{\"from\": \"c\", \"to\": \"a\", \"next_round\": true}]");
    lmas_edge edge;

    (void)state;
    assert_edge(team, 0, (lmas_edge){1, 2, "both", false, NULL});
    assert_edge(team, 1, (lmas_edge){0, 2, "both", false, NULL});
    assert_edge(team, 2, (lmas_edge){2, 0, "memory", true, NULL});
    assert_false(lmas_team_edge(&edge, team, 3));
    assert_int_equal(lmas_team_n_rounds(team), 2);
    lmas_team_free(team);
}

static void test_edges_that_a_file_leaves_unsaid_are_there(void **state)
{
    lmas_team *team = team_of(", \"rounds\": 3");
    lmas_edge edge;

    (void)state;
    assert_edge(team, 0, (lmas_edge){0, 1, "memory", false, NULL});
    assert_edge(team, 1, (lmas_edge){1, 2, "memory", false, NULL});
    assert_edge(team, 2, (lmas_edge){2, 0, "memory", true, NULL});
    assert_false(lmas_team_edge(&edge, team, 3));
    lmas_team_free(team);
    team = team_of("");
    assert_false(lmas_team_edge(&edge, team, 2));
    assert_int_equal(lmas_team_n_rounds(team), 1);
    lmas_team_free(team);
}

static void test_of_nothing_there_is_nothing_to_see(void **state)
{
    lmas_team *team = team_of("");
    lmas_edge edge;

    (void)state;
    assert_false(lmas_team_edge(&edge, NULL, 0));
    assert_false(lmas_team_edge(NULL, team, 0));
    assert_int_equal(lmas_team_n_rounds(NULL), 0);
    lmas_team_free(team);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_edges_come_in_the_order_of_the_file),
        cmocka_unit_test(test_edges_that_a_file_leaves_unsaid_are_there),
        cmocka_unit_test(test_of_nothing_there_is_nothing_to_see),
    };

    return cmocka_run_group_tests_name("look", tests, NULL, NULL);
}
