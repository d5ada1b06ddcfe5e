/*
 * sandbox_honest_test.c - programs that do no harm and use what programs use: all pass.
 *
 * Each file of tests/sandbox/honest/ does one usual thing, asks itself whether it worked, and ends;
 * the test behind it is that it did. Those whose names begin with numpy_ need that.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "sandbox/sandbox.h"
#include "support.h"

enum { PROGRAMS_MAX = 200, PROGRAMS_MIN = 44 };

#define WALL_MS 30000.0

static const char folder[] = "tests/sandbox/honest";
static const char tests_behind[] = "assert right is True\npass\n";

typedef struct program {
    char name[256];
    char *text;
    lmi_ending ending;
    char detail[300];
} program;

static program programs[PROGRAMS_MAX];
static size_t n_programs;

static void add_program(const char *name, const char *text)
{
    program *p = &programs[n_programs++];

    assert_true(n_programs <= PROGRAMS_MAX);
    snprintf(p->name, sizeof(p->name), "%s", name);
    p->text = lmi_strdup(text);
    assert_non_null(p->text);
}

static int read_programs(void **state)
{
    (void)state;
    assert_int_in_range(support_programs(folder, add_program), PROGRAMS_MIN, PROGRAMS_MAX);
    return 0;
}

static void take(void *user, const lmi_verdict *verdict)
{
    program *p = &programs[verdict->id];

    (void)user;
    p->ending = verdict->ending;
    snprintf(p->detail, sizeof(p->detail), "%s", verdict->detail);
}

static void run_all(lmi_sandbox *sandbox)
{
    const bool has_numpy = lmi_sandbox_check_tests(sandbox, "import numpy") == LMAS_OK;
    size_t i;

    for (i = 0; i < n_programs; i++) {
        const char *text = programs[i].text;
        const lmi_program one = {
            .id = i, .candidates = &text, .n_candidates = 1, .tests = tests_behind};

        programs[i].ending = LMI_ENDING_PASSED;
        if (strncmp(programs[i].name, "numpy_", 6) == 0 && !has_numpy)
            print_message("# %s: no numpy here\n", programs[i].name);
        else
            assert_ok(lmi_sandbox_submit(sandbox, &one));
    }
    while (lmi_sandbox_n_open(sandbox) > 0)
        assert_ok(lmi_sandbox_poll(sandbox, 1000));
}

static void assert_all_pass(lmi_sandbox_kind kind)
{
    lmi_sandbox_params params = lmi_sandbox_params_default();
    lmi_sandbox *sandbox = NULL;
    size_t n_bad = 0;
    size_t i;

    params.kind = kind;
    params.wall_ms = WALL_MS;
    if (lmi_sandbox_open(&sandbox, &params, take, NULL) != LMAS_OK) {
        print_message("# no sandbox here: %s\n", lmas_last_error());
        skip();
    }
    run_all(sandbox);
    lmi_sandbox_close(sandbox);
    for (i = 0; i < n_programs; i++) {
        const program *p = &programs[i];

        if (p->ending == LMI_ENDING_PASSED)
            continue;
        print_message("# %s: %s %s\n", p->name, lmi_ending_name(p->ending), p->detail);
        n_bad++;
    }
    assert_int_equal(n_bad, 0);
}

static void test_every_honest_program_passes_with_bubblewrap(void **state)
{
    (void)state;
    assert_all_pass(LMI_SANDBOX_BWRAP);
}

static void test_every_honest_program_passes_without_walls(void **state)
{
    (void)state;
    assert_all_pass(LMI_SANDBOX_NONE);
}

static int free_programs(void **state)
{
    (void)state;
    while (n_programs > 0)
        lmi_free(programs[--n_programs].text);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_honest_program_passes_with_bubblewrap),
        cmocka_unit_test(test_every_honest_program_passes_without_walls),
    };

    return cmocka_run_group_tests_name("sandbox: honest programs", tests, read_programs,
                                       free_programs);
}
