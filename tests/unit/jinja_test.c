/*
 * jinja_test.c - the template engine: a claim for each line of tests/jinja/cases.jsonl, whose
 * expected texts jinja2 made (make_cases.py), and inputs that would ruin an engine without limits.
 */
#include "support.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "jinja/jinja.h"

static const char CASES[] = "tests/jinja/cases.jsonl";
enum { CASES_MAX = 1024, FILE_MAX = 4 * 1024 * 1024, SECOND_MS = 1000 };

/* Under the sanitizers the same work takes several times as long. */
#if defined(__SANITIZE_ADDRESS__)
enum { SLOWNESS = 8 };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
enum { SLOWNESS = 8 };
#else
enum { SLOWNESS = 1 };
#endif
#else
enum { SLOWNESS = 1 };
#endif

static lmas_status render(lmi_buf *out, const char *text, size_t len, yyjson_val *variables,
                          time_t seconds)
{
    lmi_template *template = NULL;
    struct tm now;
    lmas_status status = lmi_template_parse(&template, text, len);

    gmtime_r(&seconds, &now);
    if (status == LMAS_OK)
        status = lmi_template_render(out, template, variables, &now);
    lmi_template_free(template);
    return status;
}

/* ---- Cases --------------------------------------------------------------------------- */

typedef struct example {
    yyjson_doc *doc;
    yyjson_val *root, *variables;
    time_t now;
} example;

static const char *member(const example *e, const char *key)
{
    return yyjson_get_str(yyjson_obj_get(e->root, key));
}

static void test_example(void **state)
{
    const example *e = *state;
    yyjson_val *template = yyjson_obj_get(e->root, "template");
    const char *want = member(e, "out");
    lmas_status status;
    lmi_buf out;

    lmi_buf_init(&out, 1 << 20);
    status = render(&out, yyjson_get_str(template), yyjson_get_len(template), e->variables, e->now);
    if (want) {
        if (status != LMAS_OK)
            fail_msg("%s", lmas_last_error());
        assert_string_equal(lmi_buf_text(&out), want);
    } else if (member(e, "raised")) {
        assert_int_equal(status, LMAS_E_MODEL);
        assert_string_equal(lmas_last_error(), member(e, "raised"));
    } else {
        assert_int_equal(status, LMAS_E_FORMAT);
        if (!strstr(lmas_last_error(), member(e, "complaint")))
            fail_msg("\"%s\" does not name %s", lmas_last_error(), member(e, "complaint"));
    }
    lmi_buf_done(&out);
}

/* The first line holds what all examples are rendered with; each further one is a test. */
static size_t list_examples(struct CMUnitTest *tests, example *examples, yyjson_doc **context,
                            lmi_buf *file)
{
    size_t n = 0;
    char *line, *rest;

    assert_ok(lmi_file_read(file, CASES));
    for (line = strtok_r(file->data, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        yyjson_doc *doc = yyjson_read(line, strlen(line), 0);
        yyjson_val *root = yyjson_doc_get_root(doc);

        assert_non_null(root);
        if (!*context) {
            *context = doc;
            continue;
        }
        assert_true(n < CASES_MAX);
        examples[n] = (example){
            doc, root, yyjson_obj_get(yyjson_doc_get_root(*context), "ctx"),
            (time_t)yyjson_get_sint(yyjson_obj_get(yyjson_doc_get_root(*context), "now"))};
        tests[n] = (struct CMUnitTest){.name = yyjson_get_str(yyjson_obj_get(root, "claim")),
                                       .test_func = test_example,
                                       .initial_state = &examples[n]};
        n++;
    }
    return n;
}

/* ---- Inputs without measure ------------------------------------------------------------ */

/* `text` must fail with `words`, soon. */
static void assert_stopped(const char *text, size_t len, const char *words)
{
    yyjson_doc *variables = yyjson_read("{}", 2, 0);
    const double begin = lmi_now_ms();
    lmi_buf out;

    lmi_buf_init(&out, (size_t)1 << 30);
    assert_fails(LMAS_E_FORMAT, words, render(&out, text, len, yyjson_doc_get_root(variables), 0));
    assert_int_equal(out.len, 0);
    assert_true(lmi_now_ms() - begin < SECOND_MS * SLOWNESS);
    lmi_buf_done(&out);
    yyjson_doc_free(variables);
}

static void stops(const char *text, const char *words)
{
    assert_stopped(text, strlen(text), words);
}

/* `n` times `part`. */
static void stops_at_many(const char *part, size_t n, const char *words)
{
    lmi_buf text;

    lmi_buf_init(&text, LMI_TEMPLATE_MAX + 100);
    while (n--)
        lmi_buf_puts(&text, part);
    assert_stopped(lmi_buf_text(&text), text.len, words);
    lmi_buf_done(&text);
}

static void test_a_template_has_a_longest_length(void **state)
{
    (void)state;
    stops_at_many("x", LMI_TEMPLATE_MAX + 1, "at most 1048576 expected");
}

static void test_a_template_must_be_utf8(void **state)
{
    (void)state;
    stops("a\xff", "not valid UTF-8");
    stops("{{ '\xed\xa0\x80' }}", "not valid UTF-8");
}

static void test_loops_without_end_are_stopped(void **state)
{
    (void)state;
    stops("{% for a in range(100000) %}{% for b in range(100000) %}{% for c in range(100000) %}"
          "{{ c }}{% endfor %}{% endfor %}{% endfor %}",
          "than");
    stops("{% for a in range(99999) %}{{ range(99999) | sum }}{% endfor %}", "than");
    stops("{% for a in range(99999) %}{{ 'x' in 'y' * 99999 }}{% endfor %}", "than");
}

static void test_nesting_has_a_deepest_level(void **state)
{
    (void)state;
    stops_at_many("{{ ((((((((((", 200, "inside each other");
    stops_at_many("{% if x %}", 5000, "inside each other");
    stops_at_many("{% for x in y %}", 5000, "inside each other");
    stops_at_many("{{ [[[[[[[[[[", 200, "inside each other");
    stops_at_many("{{ - - - - - - - - - -", 200, "inside each other");
}

static void test_macros_that_call_themselves_are_stopped(void **state)
{
    (void)state;
    stops("{% macro m(n) %}{{ m(n + 1) }}{% endmacro %}{{ m(0) }}", "inside each other");
    stops("{% macro m() %}{{ caller }}{% call m() %}{% endcall %}{% endmacro %}{{ m() }}",
          "inside each other");
}

static void test_memory_has_a_ceiling(void **state)
{
    (void)state;
    stops("{{ 'x' * 10 ** 9 }}", "memory");
    stops("{{ 'x' * 10 ** 18 }}", "memory");
    stops("{% set ns = namespace(s='xxxxxxxxxxxxxxxx') %}{% for i in range(99) %}"
          "{% set ns.s = ns.s + ns.s %}{% endfor %}",
          "than");
    stops("{% set ns = namespace(l=[1]) %}{% for i in range(99) %}{% set ns.l = ns.l + ns.l %}"
          "{% endfor %}",
          "than");
    stops("{{ '%999999999d' % 1 }}", "line 1");
    stops("{{ 'x'.ljust(10 ** 12) }}", "line 1");
    stops("{{ [1] * 10 ** 9 }}", "than");
}

static void test_output_has_a_ceiling(void **state)
{
    (void)state;
    stops("{% set s = 'x' * 1000000 %}{% for i in range(99) %}{{ s }}{% endfor %}",
          "writes more than");
}

static void test_what_the_engine_lacks_is_said(void **state)
{
    (void)state;
    stops("{% block a %}{% endblock %}",
          "line 1, column 4: the statement 'block' is not supported");
    stops("{% autoescape true %}{% endautoescape %}", "'autoescape' is not supported");
    stops("{% include 'a' %}", "'include' is not supported");
    stops("{{ 'a' | urlize }}", "urlize is not supported");
    stops("{{ 2 ** 64 }}", "integer beyond 64 bits is not supported");
    stops("{{ (1e-30).as_integer_ratio() }}", "integer beyond 64 bits is not supported");
    stops("{{ (7).to_bytes() }}", "'to_bytes' of int is not supported");
}

/* A NUL is a character like others. */
static void test_a_nul_is_written_as_it_is(void **state)
{
    static const char text[] = "a\0{{ 'b\0' | length }}";
    yyjson_doc *variables = yyjson_read("{}", 2, 0);
    lmi_buf out;

    (void)state;
    lmi_buf_init(&out, 100);
    assert_ok(render(&out, text, sizeof(text) - 1, yyjson_doc_get_root(variables), 0));
    assert_int_equal(out.len, 3);
    assert_memory_equal(out.data, "a\0002", 3);
    lmi_buf_done(&out);
    yyjson_doc_free(variables);
}

static void test_what_is_written_joins_what_is_there_or_leaves_it(void **state)
{
    yyjson_doc *variables = yyjson_read("{}", 2, 0);
    yyjson_val *root = yyjson_doc_get_root(variables);
    lmi_buf out;

    (void)state;
    lmi_buf_init(&out, 100);
    lmi_buf_puts(&out, "before ");
    assert_ok(render(&out, "{{ 1 }}", 7, root, 0));
    assert_string_equal(lmi_buf_text(&out), "before 1");
    assert_fails(LMAS_E_FORMAT, "'x' is undefined", render(&out, "{{ 2 }}{{ x.y }}", 16, root, 0));
    assert_string_equal(lmi_buf_text(&out), "before 1");
    lmi_buf_done(&out);
    yyjson_doc_free(variables);
}

int main(void)
{
    static struct CMUnitTest tests[CASES_MAX + 16];
    static example examples[CASES_MAX];
    const struct CMUnitTest others[] = {
        cmocka_unit_test(test_a_template_has_a_longest_length),
        cmocka_unit_test(test_a_template_must_be_utf8),
        cmocka_unit_test(test_loops_without_end_are_stopped),
        cmocka_unit_test(test_nesting_has_a_deepest_level),
        cmocka_unit_test(test_macros_that_call_themselves_are_stopped),
        cmocka_unit_test(test_memory_has_a_ceiling),
        cmocka_unit_test(test_output_has_a_ceiling),
        cmocka_unit_test(test_what_the_engine_lacks_is_said),
        cmocka_unit_test(test_a_nul_is_written_as_it_is),
        cmocka_unit_test(test_what_is_written_joins_what_is_there_or_leaves_it),
    };
    const size_t n_others = sizeof(others) / sizeof(others[0]);
    yyjson_doc *context = NULL;
    lmi_buf file;
    size_t n;
    int n_failed;

    lmi_buf_init(&file, FILE_MAX);
    n = list_examples(tests, examples, &context, &file);
    memcpy(tests + n, others, sizeof(others));
    n_failed = _cmocka_run_group_tests("jinja", tests, n + n_others, NULL, NULL);
    while (n)
        yyjson_doc_free(examples[--n].doc);
    yyjson_doc_free(context);
    lmi_buf_done(&file);
    return n_failed;
}
