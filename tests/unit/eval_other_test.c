/* eval_other_test.c - the other question that a control asks for. */
#include "support.h"

#include <string.h>

#include "data/foreign.h"
#include "eval/run.h"

static const char rows[] = "{\"question\":\"a\",\"gold\":\"1\",\"note\":\"x\"}\n"
                           "{\"question\":\"a\",\"gold\":\"1\",\"note\":\"x\"}\n"
                           "{\"question\":\"a\",\"gold\":\"1\",\"note\":\"y\"}\n"
                           "{\"question\":\"b\",\"gold\":\"1\"}\n";

static void open_rows(lmi_dataset *out)
{
    assert_ok(lmi_dataset_parse(out, lmi_task_find("custom"), "rows", rows, strlen(rows)));
}

static void assert_other(const lmi_setup *setup, size_t i, const char *text, const char *note)
{
    const lmas_question question = lmi_run_question(setup, i);

    assert_int_equal(question.id, i);
    assert_string_equal(question.text, setup->data->items[i].question);
    assert_string_equal(question.other, text);
    if (note)
        assert_string_equal(question.other_note, note);
    else
        assert_null(question.other_note);
}

static void test_shuffled_takes_the_next_question_that_is_not_alike(void **state)
{
    const lmas_solver_params params = {.control = LMAS_CONTROL_SHUFFLED};
    lmi_dataset data;
    lmi_setup setup = {.data = &data, .n = 4, .shard = 1, .n_shards = 1, .solver_params = &params};

    (void)state;
    open_rows(&data);
    assert_other(&setup, 0, "b", NULL); /* in text and note */
    assert_other(&setup, 2, "b", NULL);
    assert_other(&setup, 3, "a", "x");
    setup.n = 3; /* where there is no such one, in either */
    assert_other(&setup, 0, "a", "y");
    assert_other(&setup, 1, "a", "y");
    assert_other(&setup, 2, "a", "x");
    setup.shard = setup.n_shards = 2;
    assert_other(&setup, 2, "a", "x");
    assert_true(lmi_run_has_others(&setup));
    setup.n = 2;
    assert_false(lmi_run_has_others(&setup));
    setup.n = 1;
    assert_false(lmi_run_has_others(&setup));
    lmi_dataset_done(&data);
}

static void test_wrong_task_takes_a_question_of_none(void **state)
{
    const lmas_solver_params params = {.control = LMAS_CONTROL_WRONG_TASK};
    lmi_dataset data;
    const lmi_setup setup = {.data = &data, .n = 4, .solver_params = &params};
    size_t i;

    (void)state;
    open_rows(&data);
    for (i = 0; i < 4; i++)
        assert_other(&setup, i, lmi_foreign_question(i), NULL);
    assert_string_not_equal(lmi_foreign_question(0), lmi_foreign_question(1));
    assert_non_null(lmi_foreign_question(1000003));
    lmi_dataset_done(&data);
}

static void test_other_controls_have_no_other_question(void **state)
{
    lmas_solver_params params = {0};
    lmi_dataset data;
    const lmi_setup setup = {.data = &data, .n = 4, .solver_params = &params};

    (void)state;
    open_rows(&data);
    for (; lmas_control_name(params.control); params.control++)
        if (params.control != LMAS_CONTROL_SHUFFLED && params.control != LMAS_CONTROL_WRONG_TASK)
            assert_null(lmi_run_question(&setup, 0).other);
    lmi_dataset_done(&data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shuffled_takes_the_next_question_that_is_not_alike),
        cmocka_unit_test(test_wrong_task_takes_a_question_of_none),
        cmocka_unit_test(test_other_controls_have_no_other_question),
    };

    return cmocka_run_group_tests_name("eval_other", tests, NULL, NULL);
}
