/*
 * data_strict_test.c - what the tests of HumanEval+ and MBPP+ let through, and what they should.
 *
 * Rows as they are published, but for their numbers; programs that are right, wrong, or right by
 * their own account. Each runs in a sandbox by both rules.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/mem.h"
#include "data/dataset.h"
#include "sandbox/sandbox.h"
#include "support.h"

enum { TEXT_MAX = 1 << 16, PROGRAMS_MAX = 64 };

static const char is_floats[] =
    "import numpy as np\n\ndef is_floats(x) -> bool:\n"
    "    # check if it is float; List[float]; Tuple[float]\n"
    "    if isinstance(x, float):\n        return True\n"
    "    if isinstance(x, (list, tuple)):\n        return all(isinstance(i, float) for i in x)\n"
    "    if isinstance(x, np.ndarray):\n"
    "        return x.dtype == np.float64 or x.dtype == np.float32\n    return False\n\n\n";

static const char by_value[] = "def assertion(out, exp, atol):\n    exact_match = out == exp\n\n"
                               "    if atol == 0 and is_floats(exp):\n        atol = 1e-6\n"
                               "    if not exact_match and atol != 0:\n"
                               "        assert np.allclose(out, exp, rtol=1e-07, atol=atol)\n"
                               "    else:\n        assert exact_match\n\n\n";

static const char by_value_mbpp[] =
    "def assertion(out, exp, atol):\n    if atol == 0 and is_floats(exp):\n        atol = 1e-6\n"
    "    if out != exp and atol != 0:\n"
    "        assert np.allclose(out, exp, rtol=1e-07, atol=atol)\n"
    "    else:\n        assert out == exp, f\"out: {out}, exp: {exp}\"\n\n\n";

static const char by_set[] =
    "def assertion(out, exp, atol):\n    if atol == 0 and is_floats(exp):\n        atol = 1e-6\n"
    "    out = set(out)\n    exp = set(exp)\n    if out != exp and atol != 0:\n"
    "        assert np.allclose(out, exp, rtol=1e-07, atol=atol)\n"
    "    else:\n        assert out == exp, f\"out: {out}, exp: {exp}\"\n\n\n";

/* One that knows more right answers than one. */
static const char by_presence[] =
    "def assertion(out, exp, atol):\n    if isinstance(out, bool):\n        assert out == exp\n"
    "    else:\n        assert exp == (out is not None)\n\n\n";

static lmi_ending got[2 * PROGRAMS_MAX];

static void take(void *user, const lmi_verdict *verdict)
{
    (void)user;
    got[verdict->id] = verdict->ending;
}

/* Open a row of MBPP+, or of HumanEval+, that expects `exp` of f(). */
static void open_row(lmi_dataset *out, bool is_mbpp, const char *assertion, const char *exp,
                     const char *atol)
{
    lmi_buf test, row;
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;

    lmi_buf_init(&test, TEXT_MAX);
    lmi_buf_init(&row, TEXT_MAX);
    lmi_buf_printf(&test, "%s%s", is_floats, assertion);
    lmi_buf_printf(&test,
                   is_mbpp ? "results = [%s]\nfor exp in results:\n    assertion(f(), exp, %s)\n"
                           : "def check(candidate):\n    results = [%s]\n"
                             "    for exp in results:\n"
                             "        assertion(candidate(), exp, %s)\n",
                   exp, atol);
    assert_ok(lmi_json_new(&doc, &root, "a row"));
    yyjson_mut_obj_add_str(doc, root, "task_id", "1");
    yyjson_mut_obj_add_str(doc, root, "prompt", "def f():\n");
    yyjson_mut_obj_add_str(doc, root, "code", "f = None");
    yyjson_mut_obj_add_str(doc, root, "canonical_solution", "    pass");
    yyjson_mut_obj_add_str(doc, root, "entry_point", "f");
    yyjson_mut_obj_add_arr(doc, root, "test_list");
    yyjson_mut_obj_add_str(doc, root, "test", lmi_buf_text(&test));
    assert_ok(lmi_json_write(&row, doc, 0, "a row"));
    assert_ok(lmi_dataset_parse(out, lmi_task_find(is_mbpp ? "mbppplus" : "humanevalplus"), "rows",
                                lmi_buf_text(&row), row.len));
    lmi_buf_done(&test);
    lmi_buf_done(&row);
}

static lmi_sandbox *open_sandbox(void)
{
    lmi_sandbox_params params = lmi_sandbox_params_default();
    lmi_sandbox *sandbox = NULL;

    params.kind = LMI_SANDBOX_NONE;
    assert_ok(lmi_sandbox_open(&sandbox, &params, take, NULL));
    if (lmi_sandbox_check_tests(sandbox, "import numpy") != LMAS_OK) {
        print_message("# no numpy here: %s\n", lmas_last_error());
        lmi_sandbox_close(sandbox);
        skip();
    }
    return sandbox;
}

typedef struct program {
    const char *exp, *atol, *text;
    bool is_right, is_right_compat;
} program;

static void submit(lmi_sandbox *sandbox, uint64_t id, const program *p, const char *tests)
{
    const lmi_program one = {.id = id, .candidates = &p->text, .n_candidates = 1, .tests = tests};

    assert_non_null(tests);
    assert_ok(lmi_sandbox_submit(sandbox, &one));
}

/* Program i is tried as 2 i by the exact rule, as 2 i + 1 by the other. */
static void run_all(lmi_sandbox *sandbox, bool is_mbpp, const char *assertion,
                    const program *programs, size_t n)
{
    size_t i;

    assert_int_in_range(n, 1, PROGRAMS_MAX);
    for (i = 0; i < n; i++) {
        lmi_dataset data;

        open_row(&data, is_mbpp, assertion, programs[i].exp, programs[i].atol);
        submit(sandbox, 2 * i, &programs[i], data.items[0].tests);
        submit(sandbox, 2 * i + 1, &programs[i], data.items[0].tests_compat);
        lmi_dataset_done(&data);
    }
    while (lmi_sandbox_n_open(sandbox) > 0)
        assert_ok(lmi_sandbox_poll(sandbox, 1000));
}

static void try_all(bool is_mbpp, const char *assertion, const program *programs, size_t n)
{
    lmi_sandbox *sandbox = open_sandbox();
    size_t n_bad = 0;
    size_t i;

    run_all(sandbox, is_mbpp, assertion, programs, n);
    for (i = 0; i < n; i++) {
        const program *p = &programs[i];
        const lmi_ending *is = &got[2 * i];

        if ((is[0] == LMI_ENDING_PASSED) == p->is_right &&
            (is[1] == LMI_ENDING_PASSED) == p->is_right_compat)
            continue;
        print_message("# %s\n# for %s: exact %s, compat %s\n", p->text, p->exp,
                      lmi_ending_name(is[0]), lmi_ending_name(is[1]));
        n_bad++;
    }
    lmi_sandbox_close(sandbox);
    assert_int_equal(n_bad, 0);
}

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define COUNTER     "from collections import *\n"
#define LIAR        "class L(str):\n    __eq__ = lambda a, b: True\n    __hash__ = str.__hash__\n"

static const program by_values[] = {
    /* nothing is not something */
    {"[]", "0", "f = lambda: []", true, true},
    {"[]", "0", "f = lambda: None", false, true},
    {"[]", "0", "f = lambda: 7", false, true},
    {"[]", "0", "f = lambda: {}", false, true},
    {"[]", "0", "f = lambda: ()", false, true},
    {"()", "0", "f = lambda: []", false, true},
    {"[]", "0", "import numpy\nf = lambda: numpy.array([])", false, false},
    /* length and type of floats */
    {"[1.0, 1.0]", "0", "f = lambda: [1.0000001, 1.0]", true, true},
    {"[1.0, 1.0]", "0", "f = lambda: [1.1, 1.0]", false, false},
    {"[1.0, 1.0]", "0", "f = lambda: [1.0]", false, true},
    {"[1.0, 1.0]", "0", "f = lambda: 1.0", false, true},
    {"[1.0, 1.0]", "0", "f = lambda: (1.0, 1.0)", false, true},
    {"[1.0, 1.0]", "0", "f = lambda: [1, 1]", true, true},
    {"0.5", "0", "f = lambda: 0.5000001", true, true},
    {"0.5", "0", "f = lambda: [0.5]", false, true},
    {"2.0", "0", "f = lambda: 2", true, true},
    {"0.5", "0", "import numpy\nf = lambda: numpy.float64(0.5000001)", true, true},
    {"float('inf')", "0", "f = lambda: float('inf')", true, true},
    {"float('inf')", "0", "f = lambda: 1e300", false, false},
    {"1e10", "1e-4", "f = lambda: 1e10 + 1", true, true},
    /* no tolerance for what is no float */
    {"[10 ** 9]", "1e-6", "f = lambda: [10 ** 9 + 1]", false, true},
    {"True", "1e-6", "f = lambda: 1 + 1e-9", false, true},
    {"[[0.5], [1.5, 2]]", "1e-6", "f = lambda: [[0.5 + 1e-9], [1.5, 2]]", true, false},
    /* what is as good as the plain type */
    {"{'a': 1}", "0", COUNTER "f = lambda: Counter('a')", true, true},
    {"{'a': 1}", "0", COUNTER "f = lambda: OrderedDict(a=1)", true, true},
    {"(1, 2)", "0", COUNTER "f = lambda: namedtuple('P', 'a b')(1, 2)", true, true},
    {"3", "0", "import numpy\nf = lambda: numpy.int64(3)", true, true},
    {"True", "0", "import numpy\nf = lambda: numpy.bool_(True)", true, true},
    {"['a']", "0", "import numpy\nf = lambda: [numpy.str_('a')]", true, true},
    {"{1, 2}", "0", "f = lambda: frozenset([1, 2])", true, true},
    {"b'a'", "0", "f = lambda: b'a'", true, true},
    {"None", "0", "f = lambda: None", true, true},
    {"1", "0", "f = lambda: True", true, true},
    /* who is not what it says */
    {"'a'", "0", LIAR "f = lambda: L('b')", false, true},
    {"'a'", "0", LIAR "f = lambda: L('a')", true, true},
    {"['a', {'b': 'c'}]", "0", LIAR "f = lambda: ['a', {'b': L('d')}]", false, true},
    {"{'a': 1}", "0", LIAR "f = lambda: {L('a'): 2 - 1}", true, true},
    {"5", "0", "class L(int):\n    __eq__ = lambda a, b: True\nf = lambda: L(4)", false, true},
    {"0.5", "0", "class L(float):\n    __eq__ = lambda a, b: True\nf = lambda: L(4)", false, true},
    {"[1]", "0", "class L(list):\n    __eq__ = lambda a, b: True\nf = lambda: L()", false, true},
    {"[1]", "0",
     "class L(list):\n    __eq__ = lambda a, b: True\n    __iter__ = lambda a: iter([1])\n"
     "    __len__ = lambda a: 1\n    __class__ = list\nf = lambda: L()",
     false, true},
    {"{'a': 1}", "0",
     "class L(dict):\n    __eq__ = lambda a, b: True\n    items = lambda a: [('a', 1)]\n"
     "f = lambda: L()",
     false, true},
    {"5", "0", "class L:\n    __eq__ = lambda a, b: True\nf = L", false, true},
    {"None", "0", "class L:\n    __eq__ = lambda a, b: True\nf = L", false, true},
    {"[]", "0",
     "class M(type):\n    __eq__ = lambda a, b: True\n    __hash__ = type.__hash__\n"
     "    mro = lambda c: (c, object)\n    __instancecheck__ = lambda c, x: True\n"
     "class L(metaclass=M):\n    __eq__ = lambda a, b: True\nf = L",
     false, true},
    {"3", "0",
     "import numpy\nclass L(numpy.float64):\n    __eq__ = lambda a, b: True\n"
     "    item = lambda a: 3\nf = lambda: L(4)",
     false, true},
    /* who takes the names that a comparison might use */
    {"[1]", "0", "assertion = print\nisinstance = type = len = print\nf = lambda: [1]", true, true},
    {"[1]", "0", "len = lambda x: 0\nany = lambda x: False\nf = lambda: [2]", false, false},
    {"[1.5]", "0", "import numpy\nnumpy.allclose = lambda *a, **n: True\nf = lambda: [2.5]", false,
     true},
    {"[1]", "0", "import builtins\nbuiltins.type = lambda x: list\nf = lambda: [2]", false, false},
};

static void test_values_are_compared_with_type_and_length(void **state)
{
    (void)state;
    try_all(false, by_value, by_values, COUNT(by_values));
}

static void test_the_other_wording_is_known_too(void **state)
{
    static const program programs[] = {
        {"[]", "0", "f = lambda: []", true, true},
        {"[]", "0", "f = lambda: None", false, true},
        {"[1.0, 1.0]", "0", "f = lambda: 1.0", false, true},
        {"0.5", "0.0001", "f = lambda: 0.50005", true, true},
        {"0.5", "0.0001", "f = lambda: 0.6", false, false},
        {"5", "0.0001", "f = lambda: 5.0", true, true},
    };

    (void)state;
    try_all(true, by_value_mbpp, programs, COUNT(programs));
}

static void test_sets_are_compared_as_sets(void **state)
{
    static const program programs[] = {
        {"(1, 2)", "0", "f = lambda: [2, 1, 1]", true, true},
        {"(1, 2)", "0", "f = lambda: {1, 2}", true, true},
        {"(1, 2)", "0", "f = lambda: (x for x in [2, 1])", true, true},
        {"(1, 2)", "0", "f = lambda: [1, 3]", false, false},
        {"()", "0", "f = lambda: []", true, true},
        {"()", "0", "f = lambda: {}", false, true},
        {"()", "0", "f = lambda: ''", false, true},
        {"()", "0", "f = lambda: None", false, false},
        {"('a',)", "0",
         "class L(str):\n    __eq__ = lambda a, b: True\n    __hash__ = lambda a: hash('a')\n"
         "f = lambda: [L('b')]",
         false, true},
    };

    (void)state;
    try_all(true, by_set, programs, COUNT(programs));
}

static void test_a_comparison_of_its_own_goes_on_deciding(void **state)
{
    static const program programs[] = {
        {"True", "0", "import re\nf = lambda: re.match('a', 'a')", true, true},
        {"True", "0", "f = lambda: 'a'", true, true},
        {"True", "0", "f = lambda: None", false, false},
        {"False", "0", "f = lambda: False", true, true},
    };

    (void)state;
    try_all(true, by_presence, programs, COUNT(programs));
}

static void test_tests_without_a_comparison_stay_as_they_are(void **state)
{
    lmi_dataset data;

    (void)state;
    open_row(&data, true, "def assertion_of(out):\n    pass\nassertion = assertion_of\n", "1", "0");
    assert_null(data.items[0].tests_compat);
    assert_null(strstr(data.items[0].tests, "_published_assertion"));
    lmi_dataset_done(&data);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_are_compared_with_type_and_length),
        cmocka_unit_test(test_the_other_wording_is_known_too),
        cmocka_unit_test(test_sets_are_compared_as_sets),
        cmocka_unit_test(test_a_comparison_of_its_own_goes_on_deciding),
        cmocka_unit_test(test_tests_without_a_comparison_stay_as_they_are),
    };

    return cmocka_run_group_tests_name("data: strict comparisons", tests, NULL, NULL);
}
