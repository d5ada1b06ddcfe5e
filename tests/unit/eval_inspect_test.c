/* eval_inspect_test.c - single questions of runs: read, taken, and as one page. */
#include "runs.h"

#include <math.h>

#include "base/mem.h"
#include "eval/inspect/table.h"
#include "eval/inspect/write.h"

#define TOKENS "[[\" so\",0.75],[\"<b>\",0.125]]"
#define THOUGHT                                                                                    \
    "{\"norm\":12.3456,\"entropy\":0.5,\"cosine_prompt\":0.98765,\"head\":" TOKENS                 \
    ",\"input\":" TOKENS "}"

/* A run of one question whose line is `head`, numbers, then one agent with `members`. */
static const char *one_line(const char *name, const char *head, const char *members)
{
    const char *path;
    lmi_buf line;

    lmi_buf_init(&line, 1 << 16);
    lmi_buf_printf(&line,
                   "{\"index\":0,%s\"correct\":true,\"status\":\"ok\"," WORK ",\"run_ms\":1,"
                   "\"agents\":[{\"name\":\"n\"," WORK ",%s}]}\n",
                   head, members);
    path = make_run(name, (recipe){.questions = "1"}, lmi_buf_text(&line));
    lmi_buf_done(&line);
    return path;
}

static lmas_status open_with(lmi_viewer *viewer, const char *a, const char *b, const char *word)
{
    const char *const folders[] = {a, b};
    lmi_pick pick = {.kind = LMI_PICK_ALL};

    assert_true(!word || lmi_pick_parse(&pick, word));
    return lmi_viewer_open(viewer, folders, b ? 2 : 1, &pick);
}

/* The indexes that are taken, as text. */
static const char *taken(const char *a, const char *b, const char *word)
{
    static char text[128];
    lmi_viewer viewer;
    bool has_row = true;
    size_t n = 0;

    text[0] = '\0';
    assert_ok(open_with(&viewer, a, b, word));
    for (;;) {
        lmi_shown row;

        assert_ok(lmi_viewer_next(&has_row, &row, &viewer));
        if (!has_row)
            break;
        n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%zu", n ? " " : "", row.index);
        lmi_shown_done(&row);
    }
    lmi_viewer_done(&viewer);
    return text;
}

/* ---- Which questions ---- */

static void test_words_that_take_questions(void **state)
{
    lmi_pick pick;

    (void)state;
    assert_true(lmi_pick_parse(&pick, "17") && pick.kind == LMI_PICK_ONE && pick.index == 17);
    assert_true(lmi_pick_parse(&pick, "wrong") && pick.kind == LMI_PICK_WRONG);
    assert_true(lmi_pick_parse(&pick, "differ") && pick.kind == LMI_PICK_DIFFER);
    assert_true(lmi_pick_parse(&pick, "cut") && pick.kind == LMI_PICK_CUT);
    assert_true(lmi_pick_parse(&pick, "failed") && pick.kind == LMI_PICK_FAILED);
    assert_false(lmi_pick_parse(&pick, "cuts"));
    assert_false(lmi_pick_parse(&pick, ""));
    assert_false(lmi_pick_parse(&pick, "-1"));
    assert_false(lmi_pick_parse(&pick, "1x"));
    assert_false(lmi_pick_parse(&pick, "9999999999999999999"));
}

static void test_questions_come_by_index_whatever_the_order_of_lines(void **state)
{
    (void)state;
    assert_string_equal(
        taken(make_run("p1", (recipe){0}, make_lines("-+-", 3, (size_t)-1)), NULL, NULL), "1 2 3");
}

static void test_wrong_takes_what_either_run_has_wrong(void **state)
{
    const char *a = run_of("p2", "+-+-");
    const char *b = run_of("p3", "++--");

    (void)state;
    assert_string_equal(taken(a, NULL, "wrong"), "1 3");
    assert_string_equal(taken(a, b, "wrong"), "1 2 3");
}

static void test_differ_takes_what_one_run_has_right_and_the_other_wrong(void **state)
{
    const char *a = run_of("p4", "+-+-");
    const char *b = run_of("p5", "++-");

    (void)state;
    assert_string_equal(taken(a, b, "differ"), "1 2");
    assert_string_equal(taken(a, NULL, "differ"), "");
}

static void test_differ_of_one_run_is_between_its_rules(void **state)
{
    lmi_buf lines;

    (void)state;
    lmi_buf_init(&lines, 1 << 16);
    add_line(&lines, 0, "true", "true", 1);
    add_line(&lines, 1, "true", "false", 2);
    add_line(&lines, 2, "true", NULL, 3);
    assert_string_equal(taken(make_run("p6", (recipe){0}, lmi_buf_text(&lines)), NULL, "differ"),
                        "1");
    lmi_buf_done(&lines);
}

static void test_without_a_gold_runs_differ_by_their_predictions(void **state)
{
    const char *a = one_line("p7", "\"prediction\":\"1\",", "\"n_kept\":0,\"n_dropped\":0");
    const char *b = one_line("p8", "\"prediction\":\"2\",", "\"n_kept\":0,\"n_dropped\":0");
    lmi_viewer viewer;
    lmi_shown row;
    bool has_row;

    (void)state;
    assert_string_equal(taken(a, b, "differ"), "");
    assert_ok(open_with(&viewer, a, b, NULL));
    assert_ok(lmi_viewer_next(&has_row, &row, &viewer));
    row.views[0].exact = row.views[1].exact = LMI_MARK_UNGRADED;
    assert_true(lmi_shown_differs(&row));
    row.views[1].prediction = "1";
    assert_false(lmi_shown_differs(&row));
    lmi_shown_done(&row);
    lmi_viewer_done(&viewer);
}

static void test_a_question_that_no_run_has_is_refused(void **state)
{
    const char *a = run_of("p9", "+-");
    lmi_viewer viewer;

    (void)state;
    assert_fails(LMAS_E_INVALID, "expected a question from 0 to 3, found 4",
                 open_with(&viewer, a, NULL, "4"));
    assert_fails(LMAS_E_INVALID, "question 3 of 4 is not answered yet",
                 open_with(&viewer, a, NULL, "3"));
    assert_fails(LMAS_E_INVALID, "runs over other data",
                 open_with(&viewer, a, make_run("p10", (recipe){.data = "\"bb\""}, ""), NULL));
    assert_fails(LMAS_E_IO, "there is no such folder",
                 open_with(&viewer, in_root("nowhere"), NULL, NULL));
}

/* ---- What a line says ---- */

static void test_segments_end_where_the_agent_was_stopped(void **state)
{
    const lmas_agent_trace whole = {.n_kept = 2,
                                    .n_dropped = 3,
                                    .pos_begin = 5,
                                    .n_read = 10,
                                    .n_thought = 3,
                                    .n_spoken = 4,
                                    .pos_end = 21};
    const lmas_agent_trace stopped = {.n_read = 10, .n_thought = 3, .pos_end = 7};
    lmi_segment s[LMI_SEGMENT_KINDS];

    (void)state;
    assert_int_equal(lmi_segments(s, &whole), 4);
    assert_true(s[0].kind == LMI_SEGMENT_INHERITED && s[0].pos_begin == 0 && s[0].pos_end == 5);
    assert_int_equal(s[0].n_cells, 2);
    assert_int_equal(s[1].n_cells, 10);
    assert_true(s[1].kind == LMI_SEGMENT_PROMPT && s[1].pos_begin == 5 && s[1].pos_end == 15);
    assert_true(s[2].kind == LMI_SEGMENT_THOUGHTS && s[2].pos_begin == 15 && s[2].pos_end == 18);
    assert_true(s[3].kind == LMI_SEGMENT_TEXT && s[3].pos_begin == 18 && s[3].pos_end == 21);
    assert_int_equal(lmi_segments(s, &stopped), 1);
    assert_true(s[0].kind == LMI_SEGMENT_PROMPT && s[0].pos_end == 7);
    assert_int_equal(lmi_segments(s, &(lmas_agent_trace){0}), 0);
}

static void test_thoughts_are_read_as_the_run_kept_them(void **state)
{
    const char *path = one_line("v1", "",
                                "\"n_kept\":2,\"n_dropped\":0,\"kept_size\":2048,\"thoughts\":"
                                "[" THOUGHT "," THOUGHT "," THOUGHT "," THOUGHT "]");
    const lmas_thought *t;
    lmi_viewer viewer;
    lmi_shown row;
    bool has_row;

    (void)state;
    assert_ok(open_with(&viewer, path, NULL, "0"));
    assert_ok(lmi_viewer_next(&has_row, &row, &viewer));
    assert_true(has_row && lmi_exhibit_has_thoughts(&row.views[0]));
    assert_int_equal(viewer.cell_size[0], 1024);
    t = &row.views[0].result.agents[0].thoughts[3];
    assert_true(fabsf(t->norm - 12.3456F) < 1e-4F && isnan(t->cosine_before));
    assert_int_equal(t->n_near, 2);
    assert_string_equal(t->input[1].text, "<b>");
    assert_true(t->head[0].score == 0.75F);
    lmi_shown_done(&row);
    lmi_viewer_done(&viewer);
}

static void refuses(const char *head, const char *members, const char *what)
{
    const char *path = one_line("v2", head, members);
    lmi_viewer viewer;
    lmi_shown row;
    bool has_row;

    assert_ok(open_with(&viewer, path, NULL, NULL));
    assert_fails(LMAS_E_FORMAT, "v2/samples.jsonl:1: this is no line of a run",
                 lmi_viewer_next(&has_row, &row, &viewer));
    assert_fails(LMAS_E_FORMAT, what, lmi_fail(LMAS_E_FORMAT, "%s", lmas_last_error()));
    lmi_viewer_done(&viewer);
}

static void test_a_line_that_holds_something_else_is_named(void **state)
{
    (void)state;
    refuses("\"question\":7,", "\"input\":\"\"", "must be a text");
    refuses("\"question\":\"a\\u0000b\",", "\"input\":\"\"", "must be a text");
    refuses("", "\"input\":[]", "output, probe, model or crossing is no text");
    refuses("", "\"pos_end\":-1", "a number out of range");
    refuses("", "\"pos_end\":5000000000", "a number out of range");
    refuses("", "\"thoughts\":[" THOUGHT "]", "other thoughts than it had");
    refuses("", "\"thoughts\":[1,2,3,4]", "a thought that is none");
    refuses("", "\"thoughts\":[{\"norm\":\"\"},{},{},{}]", "a thought that is none");
    refuses("", "\"thoughts\":[{\"head\":[[1,2]]},{},{},{}]", "a thought that is none");
}

/* ---- The page ---- */

static void make_page(lmi_buf *out, const char *a, const char *b)
{
    lmi_viewer viewer;

    lmi_buf_init(out, 1 << 24);
    assert_ok(open_with(&viewer, a, b, NULL));
    assert_ok(lmi_inspect_page(out, &viewer));
    lmi_viewer_done(&viewer);
}

/* Everything between the data's tags. */
static char *data_of(const lmi_buf *page)
{
    static const char begin[] = "<script type=\"application/json\" id=\"data\">\n";
    const char *from = strstr(lmi_buf_text(page), begin);
    const char *to = from ? strstr(from, "</script>") : NULL;
    char *data;

    assert_non_null(to);
    from += strlen(begin);
    data = lmi_strndup(from, (size_t)(to - from));
    assert_non_null(data);
    return data;
}

static void test_no_text_of_a_run_becomes_markup(void **state)
{
    const char *path = one_line(
        "w1", "\"question\":\"</script><img src=x onerror=alert(1)>\",\"gold\":\"&lt;\",",
        "\"input\":\"<!--<script>\",\"output\":\"\\u2028\\u2029\xe2\x80\xa8\xe2\x82\xac]]>\","
        "\"thoughts\":[" THOUGHT "," THOUGHT "," THOUGHT "," THOUGHT "]");
    lmi_json json;
    lmi_buf page;
    char *data;

    (void)state;
    make_page(&page, path, NULL);
    data = data_of(&page);
    assert_null(strpbrk(data, "<>&"));
    assert_null(strstr(data, "\xe2\x80\xa8"));
    assert_null(strstr(data, "\xe2\x80\xa9"));
    assert_non_null(strstr(data, "\\u2028\\u2029\\u2028\xe2\x82\xac]]\\u003e"));
    assert_ok(lmi_json_parse(&json, "data", data, strlen(data)));
    assert_non_null(yyjson_obj_get(lmi_json_root(&json), "head"));
    lmi_json_done(&json);
    lmi_free(data);
    lmi_buf_done(&page);
}

static void test_the_page_holds_each_text_once(void **state)
{
    const char *path =
        make_run("w2", (recipe){0},
                 "{\"index\":0,\"question\":\"Q0?\",\"correct\":true,\"status\":"
                 "\"ok\"," WORK ",\"run_ms\":1,\"agents\":[{\"name\":\"n\",\"input\":"
                 "\"Say Q0? now\"," WORK "}]}\n"
                 "{\"index\":1,\"question\":\"Q1?\",\"correct\":true,\"status\":"
                 "\"ok\"," WORK ",\"run_ms\":1,\"agents\":[{\"name\":\"n\",\"input\":"
                 "\"Say Q1? now\"," WORK "}]}\n");
    lmi_buf page;
    char *data;

    (void)state;
    make_page(&page, path, NULL);
    data = data_of(&page);
    assert_non_null(strstr(data, "\"texts\":[\"Say \\u0001 now\"]"));
    assert_non_null(strstr(data, "\"words\":[\"n\"]"));
    lmi_free(data);
    lmi_buf_done(&page);
}

static void test_numbers_of_the_page_are_short(void **state)
{
    const char *path =
        one_line("w3", "", "\"thoughts\":[" THOUGHT "," THOUGHT "," THOUGHT "," THOUGHT "]");
    lmi_buf page;
    char *data;

    (void)state;
    make_page(&page, path, NULL);
    data = data_of(&page);
    assert_non_null(strstr(data, "[12.35,5000,null,9876,[1,7500,2,1250],[1,7500,2,1250]]"));
    lmi_free(data);
    lmi_buf_done(&page);
}

static void test_a_page_of_nothing_and_one_of_too_much_are_refused(void **state)
{
    const char *const none[] = {run_of("w4", "++")};
    lmi_viewer viewer;
    lmi_buf lines, page;
    size_t i;

    (void)state;
    lmi_buf_init(&lines, 1 << 24);
    lmi_buf_init(&page, 1 << 24);
    assert_ok(open_with(&viewer, none[0], NULL, "wrong"));
    assert_fails(LMAS_E_INVALID, "no question is taken", lmi_inspect_page(&page, &viewer));
    lmi_viewer_done(&viewer);
    for (i = 0; i <= LMI_INSPECT_QUESTIONS_MAX; i++)
        add_line(&lines, i, "true", "true", 1);
    assert_ok(lmi_buf_status(&lines));
    assert_ok(open_with(
        &viewer, make_run("w5", (recipe){.questions = "6000"}, lmi_buf_text(&lines)), NULL, NULL));
    assert_fails(LMAS_E_INVALID, "a page holds at most 5000 questions",
                 lmi_inspect_page(&page, &viewer));
    assert_int_equal(page.len, 0);
    lmi_viewer_done(&viewer);
    lmi_buf_done(&lines);
    lmi_buf_done(&page);
}

static void test_a_page_larger_than_its_limit_is_refused(void **state)
{
    const size_t size = LMI_INSPECT_SIZE_MAX + 1;
    char *text = lmi_new(size + 64, 1);
    lmi_viewer viewer;
    lmi_buf line, page;

    (void)state;
    assert_non_null(text);
    memset(text, 'x', size);
    lmi_buf_init(&line, 2 * size);
    lmi_buf_init(&page, 2 * size);
    lmi_buf_printf(&line,
                   "{\"index\":0,\"correct\":true,\"status\":\"ok\"," WORK ",\"run_ms\":1,"
                   "\"agents\":[{\"name\":\"n\"," WORK ",\"output\":\"%s\"}]}\n",
                   text);
    assert_ok(open_with(&viewer, make_run("w6", (recipe){0}, lmi_buf_text(&line)), NULL, NULL));
    assert_fails(LMAS_E_INVALID, "a page holds at most 64 MiB", lmi_inspect_page(&page, &viewer));
    assert_int_equal(page.len, 0);
    lmi_viewer_done(&viewer);
    lmi_buf_done(&line);
    lmi_buf_done(&page);
    lmi_free(text);
}

static void test_a_table_knows_its_texts_again(void **state)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *object;
    lmi_table table;

    (void)state;
    assert_ok(lmi_json_new(&doc, &object, "a table"));
    lmi_table_init(&table, doc);
    assert_int_equal(lmi_table_number(&table, "b"), 0);
    assert_int_equal(lmi_table_number(&table, "a"), 1);
    assert_int_equal(lmi_table_number(&table, "b"), 0);
    assert_int_equal(lmi_table_number(&table, ""), 2);
    assert_int_equal(yyjson_mut_arr_size(table.list), 3);
    lmi_table_done(&table);
    yyjson_mut_doc_free(doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_that_take_questions),
        cmocka_unit_test(test_questions_come_by_index_whatever_the_order_of_lines),
        cmocka_unit_test(test_wrong_takes_what_either_run_has_wrong),
        cmocka_unit_test(test_differ_takes_what_one_run_has_right_and_the_other_wrong),
        cmocka_unit_test(test_differ_of_one_run_is_between_its_rules),
        cmocka_unit_test(test_without_a_gold_runs_differ_by_their_predictions),
        cmocka_unit_test(test_a_question_that_no_run_has_is_refused),
        cmocka_unit_test(test_segments_end_where_the_agent_was_stopped),
        cmocka_unit_test(test_thoughts_are_read_as_the_run_kept_them),
        cmocka_unit_test(test_a_line_that_holds_something_else_is_named),
        cmocka_unit_test(test_no_text_of_a_run_becomes_markup),
        cmocka_unit_test(test_the_page_holds_each_text_once),
        cmocka_unit_test(test_numbers_of_the_page_are_short),
        cmocka_unit_test(test_a_page_of_nothing_and_one_of_too_much_are_refused),
        cmocka_unit_test(test_a_page_larger_than_its_limit_is_refused),
        cmocka_unit_test(test_a_table_knows_its_texts_again),
    };

    return cmocka_run_group_tests(tests, prepare, NULL);
}
