/* cli_interrupt_test.c - what a first signal does, while work hears of it and while it cannot. */
#include "support.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/interrupt.h"

enum { WENT_ON = 7 };

/* The exit status of a child that gets the signal, early: before it says how it takes one; and in
 * `out` what it writes on stderr. */
static int status_of_child(char *out, size_t size, int number, bool is_early, bool is_at_once)
{
    int ends[2], status = 0;
    size_t n = 0;
    ssize_t got;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        dup2(ends[1], STDERR_FILENO);
        lmi_interrupt_install();
        lmi_interrupt_at_once(!is_at_once && !is_early);
        if (is_early)
            raise(number);
        lmi_interrupt_at_once(is_at_once);
        if (!is_early)
            raise(number);
        _exit(lmi_interrupted() ? WENT_ON : 0);
    }
    close(ends[1]);
    while (n + 1 < size && (got = read(ends[0], out + n, size - 1 - n)) > 0)
        n += (size_t)got;
    out[n] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void test_a_first_signal_ends_work_that_cannot_hear_of_it(void **state)
{
    static const int numbers[] = {SIGINT, SIGTERM};
    char said[256];
    size_t i;

    (void)state;
    for (i = 0; i < 4; i++) {
        assert_int_equal(status_of_child(said, sizeof(said), numbers[i / 2], i % 2 == 1, true),
                         LMI_EXIT_INTERRUPTED);
        assert_string_equal(said, "\nlatentmas: interrupted\n");
    }
}

static void test_a_first_signal_only_marks_work_that_looks_at_the_mark(void **state)
{
    char said[256];

    (void)state;
    assert_int_equal(status_of_child(said, sizeof(said), SIGINT, false, false), WENT_ON);
    assert_string_equal(said, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_first_signal_ends_work_that_cannot_hear_of_it),
        cmocka_unit_test(test_a_first_signal_only_marks_work_that_looks_at_the_mark),
    };

    return cmocka_run_group_tests_name("cli_interrupt", tests, NULL, NULL);
}
