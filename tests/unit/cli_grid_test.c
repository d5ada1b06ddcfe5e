/* cli_grid_test.c - what runs will take, from what is known of others; and the paper's settings. */
#include "support.h"

#include <string.h>

#include "cli/run/grid/estimate.h"
#include "cli/run/grid/paper.h"
#include "data/task.h"

static const lmi_grid_rates measured = {
    .read_s = 0.001, .think_s = 0.002, .speak_s = 0.01, .are_measured = true};

static lmi_grid_run runs[4];
static lmi_grid_row rows[2];
static lmi_grid grid;

/* Two rows of two runs with ten questions: baseline, and latent_mas with thoughts. */
static int make_grid(void **state)
{
    static char baseline[] = "baseline", latent[] = "latent_mas", task[] = "demo";
    size_t i;

    (void)state;
    memset(runs, 0, sizeof(runs));
    for (i = 0; i < 4; i++) {
        runs[i].task = task;
        runs[i].method = i < 2 ? baseline : latent;
        runs[i].row = i / 2;
        runs[i].n = 10;
    }
    rows[0] = (lmi_grid_row){.first = 0, .n_runs = 2, .n = 10, .weight = {100, 0, 50, 1}};
    rows[1] = (lmi_grid_row){.first = 2, .n_runs = 2, .n = 10, .weight = {400, 30, 50, 1}};
    grid = (lmi_grid){.runs = runs, .n = 4, .rows = rows, .n_rows = 2};
    return 0;
}

/* Run `i` is done: a second a question, 20 tokens spoken of it. */
static void finish(size_t i)
{
    runs[i].is_done = true;
    runs[i].sums = (lmi_grid_sums){
        .n = 10, .n_read = 1000, .n_spoken = 200, .read_s = 2, .speak_s = 8, .wall_s = 10};
}

static void test_a_measurement_has_two_ends(void **state)
{
    const lmi_grid_estimate e = lmi_grid_estimate_of(&grid, &measured);

    (void)state;
    assert_true(e.is_known);
    assert_int_equal(e.n_done, 0);
    assert_double_equal(e.least_s, 20 * 0.1 + 20 * (0.4 + 0.06), 1e-9);
    assert_double_equal(e.most_s, e.least_s + 40 * 50 * 0.01, 1e-9);
}

static void test_without_a_measurement_nothing_is_known(void **state)
{
    const lmi_grid_rates none = {0};
    const lmi_grid_estimate e = lmi_grid_estimate_of(&grid, &none);
    lmi_buf text;

    (void)state;
    lmi_buf_init(&text, 256);
    lmi_grid_describe(&text, &e);
    assert_string_equal(lmi_buf_text(&text), "not known before the first run is done");
    lmi_buf_done(&text);
}

static void test_a_finished_run_tells_its_row_and_its_rates_the_others(void **state)
{
    lmi_grid_estimate e;

    (void)state;
    finish(0);
    e = lmi_grid_estimate_of(&grid, &measured);
    assert_int_equal(e.n_done, 1);
    assert_double_equal(e.least_s, e.most_s, 1e-9);
    /* Its row takes a second a question; the other reads at 2 ms, thinks as measured, speaks 20
     * tokens at 40 ms. */
    assert_double_equal(e.most_s, 10 + 20 * (400 * 0.002 + 30 * 0.002 + 20 * 0.04), 1e-9);
}

static void test_as_many_speak_as_the_method_has(void **state)
{
    lmi_grid_estimate e;

    (void)state;
    finish(0);
    rows[1].weight = (lmi_run_weight){400, 0, 200, 4};
    e = lmi_grid_estimate_of(&grid, &measured);
    assert_double_equal(e.most_s, 10 + 20 * (400 * 0.002 + 4 * 20 * 0.04), 1e-9);
    rows[1].weight.n_spoken_most = 70; /* and no more than they may */
    e = lmi_grid_estimate_of(&grid, &measured);
    assert_double_equal(e.most_s, 10 + 20 * (400 * 0.002 + 70 * 0.04), 1e-9);
}

static void test_what_is_done_of_a_run_is_not_left(void **state)
{
    lmi_grid_estimate e;

    (void)state;
    finish(0);
    finish(2);
    finish(3);
    runs[1].n_done = 6;
    e = lmi_grid_estimate_of(&grid, &measured);
    assert_double_equal(e.most_s, 4, 1e-9);
    runs[1].n_done = 11; /* more lines than questions are none left */
    assert_double_equal(lmi_grid_estimate_of(&grid, &measured).most_s, 0, 1e-9);
}

static void test_all_tasks_of_the_paper_have_its_settings(void **state)
{
    lmi_paper_setting setting;
    const char *task;
    size_t i;

    (void)state;
    for (i = 0; (task = lmi_paper_task_at(i)); i++) {
        assert_non_null(lmi_task_find(task));
        assert_true(lmi_paper_setting_at(&setting, task, 0));
    }
    assert_int_equal(i, 9);
    assert_false(lmi_paper_setting_at(&setting, "winogrande", 0));
    assert_true(lmi_paper_setting_at(&setting, "gpqa", 0));
    assert_string_equal(setting.flag, "--max_new_tokens");
    assert_string_equal(setting.value, "8192");
    assert_false(lmi_paper_setting_at(&setting, "gpqa", 3));
    assert_false(lmi_paper_setting_at(&setting, "demo", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_measurement_has_two_ends, make_grid),
        cmocka_unit_test_setup(test_without_a_measurement_nothing_is_known, make_grid),
        cmocka_unit_test_setup(test_a_finished_run_tells_its_row_and_its_rates_the_others,
                               make_grid),
        cmocka_unit_test_setup(test_as_many_speak_as_the_method_has, make_grid),
        cmocka_unit_test_setup(test_what_is_done_of_a_run_is_not_left, make_grid),
        cmocka_unit_test(test_all_tasks_of_the_paper_have_its_settings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
