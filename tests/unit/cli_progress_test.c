/* cli_progress_test.c - when a line of progress is shown, and what it says of a team and a run. */
#include "support.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/run/standing.h"
#include "cli/show/progress.h"

enum { TEXT_MAX = 400, SHORTLY_MS = 300 };

/* stderr goes to a file while a test looks at what is shown. */
static FILE *shown;
static int kept_stderr;

static int catch_stderr(void **state)
{
    (void)state;
    shown = tmpfile();
    kept_stderr = dup(STDERR_FILENO);
    return shown && dup2(fileno(shown), STDERR_FILENO) >= 0 ? 0 : -1;
}

static int give_stderr_back(void **state)
{
    (void)state;
    dup2(kept_stderr, STDERR_FILENO);
    close(kept_stderr);
    return fclose(shown);
}

/* What stderr got since the last call. */
static const char *text_shown(void)
{
    static char text[TEXT_MAX];
    static long before;
    const long end = lseek(fileno(shown), 0, SEEK_END);
    ssize_t n;

    before = before > end ? 0 : before;
    n = pread(fileno(shown), text, sizeof(text) - 1, before);
    text[n > 0 ? n : 0] = '\0';
    before = end;
    return text;
}

/* A call that takes long, and lets signals come. */
static void be_busy(double ms)
{
    const double until = lmi_now_ms() + ms;

    while (lmi_now_ms() < until)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

/* A job's progress, no terminal, of which something may be shown in `ms`. */
static lmi_progress due_in(double ms)
{
    lmi_progress progress;

    lmi_progress_init(&progress);
    progress.is_live = false;
    progress.has_colour = false;
    progress.begin_ms -= 60000;
    progress.shown_ms -= 10000 - ms;
    return progress;
}

static void test_nothing_is_shown_in_the_first_seconds(void **state)
{
    lmi_progress progress;

    (void)state;
    lmi_progress_init(&progress);
    assert_false(lmi_progress_is_due(&progress));
    lmi_progress_promise(&progress, 0, 0, "too early");
    be_busy(SHORTLY_MS);
    lmi_progress_clear(&progress);
    assert_string_equal(text_shown(), "");
}

static void test_what_is_promised_is_shown_while_a_call_goes_on(void **state)
{
    lmi_progress progress = due_in(SHORTLY_MS);

    (void)state;
    lmi_progress_promise(&progress, 0, 0, "first");
    lmi_progress_promise(&progress, 0, 0, "second");
    assert_string_equal(text_shown(), "");
    be_busy(2 * SHORTLY_MS);
    assert_string_equal(text_shown(), "latentmas: second\n");
    lmi_progress_clear(&progress);
    assert_string_equal(text_shown(), "");
}

static void test_without_a_terminal_ten_seconds_lie_between_two_lines(void **state)
{
    lmi_progress progress = due_in(0);

    (void)state;
    lmi_progress_promise(&progress, 1, 4, "1/4");
    lmi_progress_promise(&progress, 2, 4, "2/4");
    be_busy(2 * SHORTLY_MS);
    assert_string_equal(text_shown(), "latentmas: 1/4\n");
    progress.shown_ms = lmi_now_ms() - 9000;
    assert_false(lmi_progress_is_due(&progress));
    progress.shown_ms = lmi_now_ms() - 10000;
    lmi_progress_promise(&progress, 3, 4, "3/4");
    assert_string_equal(text_shown(), "latentmas: 3/4\n");
    lmi_progress_clear(&progress);
}

static void test_a_terminal_gets_a_line_that_fits_and_is_taken_away(void **state)
{
    lmi_progress progress = due_in(0);

    (void)state;
    progress.is_live = true;
    setenv("COLUMNS", "20", 1);
    lmi_progress_promise(&progress, 1, 2, "1/2 abc");
    assert_string_equal(text_shown(), "\r[####.....] 1/2 abc\033[K");
    progress.shown_ms -= 1000;
    lmi_progress_promise(&progress, 1, 2,
                         "ein Wort, das nicht pa\xc3\xa4"
                         "\xc3\xa4sst");
    assert_string_equal(text_shown(), "\rein Wort, das nicht\033[K");
    lmi_progress_clear(&progress);
    assert_string_equal(text_shown(), "\r\033[K");
    unsetenv("COLUMNS");
}

static lmas_running at(size_t turn, lmas_work work, uint32_t n_done, uint32_t n_most)
{
    static const char *const names[] = {"planner", "critic", "judger"};

    return (lmas_running){.agent = names[turn],
                          .turn = turn,
                          .n_turns = 3,
                          .work = work,
                          .n_done = n_done,
                          .n_most = n_most,
                          .n_read = 100,
                          .n_thought = 7,
                          .n_spoken = work == LMAS_WORK_SPEAK ? n_done : 0};
}

/* Who does what of `n` questions, in at most `width` bytes. */
static const char *who(const lmas_running *running, size_t n, size_t width)
{
    static char text[TEXT_MAX];
    lmi_activity activity = {.first = "planner"};
    lmi_buf out;
    size_t i;

    for (i = 0; i < n; i++)
        lmi_activity_take(&activity, &running[i]);
    lmi_buf_init(&out, width);
    lmi_activity_add_who(&out, &activity);
    lmi_activity_add_counts(&out, &activity, 2);
    snprintf(text, sizeof(text), "%s", lmi_buf_text(&out));
    lmi_buf_done(&out);
    return text;
}

static void test_one_question_shows_how_far_its_agent_is(void **state)
{
    const lmas_running reads = at(0, LMAS_WORK_READ, 64, 512);
    const lmas_running thinks = at(1, LMAS_WORK_THINK, 7, 10);
    const lmas_running speaks = at(2, LMAS_WORK_SPEAK, 33, 4096);

    (void)state;
    assert_string_equal(who(NULL, 0, 100), "planner reads  0 read, 0 thoughts, 0 spoken");
    assert_string_equal(
        who(&reads, 1, 100),
        "planner (1 of 3) reads, 64 of 512  100 read, 7 thoughts, 0 spoken (3.5/s)");
    assert_string_equal(who(&thinks, 1, 100),
                        "critic (2 of 3) thinks, 7 of 10  100 read, 7 thoughts, 0 spoken (3.5/s)");
    assert_string_equal(who(&speaks, 1, 100),
                        "judger (3 of 3) speaks  100 read, 7 thoughts, 33 spoken (20/s)");
}

static void test_a_program_is_shown_as_running(void **state)
{
    const lmas_running two[] = {at(1, LMAS_WORK_PROGRAM, 0, 0), at(1, LMAS_WORK_PROGRAM, 0, 0)};

    (void)state;
    assert_string_equal(who(two, 1, 23), "critic (2 of 3) runs");
    assert_string_equal(who(two, 2, 20), "critic runs 2");
}

static void test_many_questions_are_counted_by_agent_and_work(void **state)
{
    const lmas_running many[] = {at(1, LMAS_WORK_THINK, 1, 10), at(0, LMAS_WORK_READ, 0, 9),
                                 at(1, LMAS_WORK_THINK, 3, 10), at(2, LMAS_WORK_SPEAK, 5, 9)};

    (void)state;
    assert_string_equal(who(many, 4, 100), "planner reads 1, critic thinks 2, judger speaks 1  "
                                           "400 read, 28 thoughts, 5 spoken (16/s)");
    assert_string_equal(who(many, 4, 60), "planner reads 1, critic thinks 2, judger speaks 1");
    assert_string_equal(who(many, 4, 40), "planner reads 1, critic thinks 2");
    assert_string_equal(who(many, 4, 10), "");
}

/* Ten questions, of which four have answers that took ten seconds of the engine each. */
static lmi_standing four_of_ten(void)
{
    return (lmi_standing){.totals = {.n = 4, .n_correct = 3, .read_ms = 10e3, .speak_ms = 30e3},
                          .n = 10,
                          .now_ms = 40e3,
                          .n_ended = 4,
                          .n_read = 400,
                          .n_thought = 120,
                          .n_spoken = 80,
                          .engine_ms = 40e3};
}

static void test_time_left_is_what_ended_questions_took(void **state)
{
    lmi_standing s = four_of_ten();
    double left_s = 0;

    (void)state;
    assert_true(lmi_standing_left(&left_s, &s));
    assert_float_equal(left_s, 60, 1e-9);
    s.n_ended = 6; /* two wait for a verdict: the engine is done with them */
    s.engine_ms = 60e3;
    s.now_ms = 60e3;
    assert_true(lmi_standing_left(&left_s, &s));
    assert_float_equal(left_s, 40, 1e-9);
    s.now_ms = 90e3; /* a third of the time went elsewhere */
    assert_true(lmi_standing_left(&left_s, &s));
    assert_float_equal(left_s, 60, 1e-9);
}

static void test_time_left_is_not_guessed_before_the_first_answer(void **state)
{
    lmi_standing s = {.n = 10, .now_ms = 5e3};
    double left_s = 0;

    (void)state;
    assert_false(lmi_standing_left(&left_s, &s));
    s = four_of_ten();
    s.n_before = 4; /* resumed: this process has ended nothing yet */
    s.n_ended = 0;
    s.engine_ms = 0;
    assert_false(lmi_standing_left(&left_s, &s));
}

static void test_a_run_says_answers_agents_rate_and_counts(void **state)
{
    const lmi_activity idle = {.first = "planner"};
    lmi_standing s = four_of_ten();
    lmi_buf out;

    (void)state;
    lmi_buf_init(&out, 200);
    lmi_standing_describe(&out, &s, idle);
    assert_string_equal(lmi_buf_text(&out), "4/10  1 min 0 s left  75.0 % right  10.0 s each  "
                                            "400 read, 120 thoughts, 80 spoken (5.0/s)");
    lmi_buf_clear(&out);
    s = (lmi_standing){.n = 10};
    lmi_standing_describe(&out, &s, idle);
    assert_string_equal(lmi_buf_text(&out), "0/10  planner reads  0 read, 0 thoughts, 0 spoken");
    lmi_buf_done(&out);
}

#define SHOWN(test) cmocka_unit_test_setup_teardown(test, catch_stderr, give_stderr_back)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SHOWN(test_nothing_is_shown_in_the_first_seconds),
        SHOWN(test_what_is_promised_is_shown_while_a_call_goes_on),
        SHOWN(test_without_a_terminal_ten_seconds_lie_between_two_lines),
        SHOWN(test_a_terminal_gets_a_line_that_fits_and_is_taken_away),
        cmocka_unit_test(test_one_question_shows_how_far_its_agent_is),
        cmocka_unit_test(test_a_program_is_shown_as_running),
        cmocka_unit_test(test_many_questions_are_counted_by_agent_and_work),
        cmocka_unit_test(test_time_left_is_what_ended_questions_took),
        cmocka_unit_test(test_time_left_is_not_guessed_before_the_first_answer),
        cmocka_unit_test(test_a_run_says_answers_agents_rate_and_counts),
    };

    return cmocka_run_group_tests_name("cli_progress", tests, NULL, NULL);
}
