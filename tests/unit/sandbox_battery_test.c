/*
 * sandbox_battery_test.c - hostile programs: none is ever graded passed, none leaves anything.
 *
 * Each file of tests/sandbox/battery/ attacks in one way. It sets `hole` to true only when the
 * attack worked, and the test behind it is that `hole` is true: to pass, a program must have broken
 * out, or must have got around the test. What it may know of the host stands in front of it.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "process/tree.h"
#include "sandbox/sandbox.h"
#include "support.h"

enum {
    PROGRAMS_MAX = 200,
    PROGRAMS_MIN = 30,
};

#define WALL_MS 4000.0

enum { N_PARALLEL = 4 }; /* most of them wait */
#define GONE_MS 3000.0   /* what was killed has so long to be gone */

static const char battery[] = "tests/sandbox/battery";
static const char tests_behind[] = "assert hole is True\npass\n";

/* What a program may know, and should not be able to reach. */
typedef struct host {
    char home[LMI_PATH_MAX], folder[LMI_PATH_MAX];
    char tmp[LMI_PATH_MAX], secret[LMI_PATH_MAX];
    char socket_name[64];
    int tcp, local;
    unsigned port;
} host;

typedef struct attack {
    char name[256];
    char *text;
    lmi_ending ending;
    char detail[300];
    double wall_ms;
    size_t n_verdicts;
} attack;

static host here;
static attack attacks[PROGRAMS_MAX];
static size_t n_attacks;
static lmi_sandbox *sandbox;

static int listen_at(const struct sockaddr *address, socklen_t len)
{
    const int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, address, len) != 0 || listen(fd, 16) != 0)
        fail_msg("cannot listen");
    return fd;
}

static void open_doors(void)
{
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    const size_t begin = offsetof(struct sockaddr_un, sun_path) + 1;
    socklen_t len = sizeof(any);

    here.tcp = listen_at((struct sockaddr *)&any, sizeof(any));
    assert_int_equal(getsockname(here.tcp, (struct sockaddr *)&any, &len), 0);
    here.port = ntohs(any.sin_port);
    snprintf(here.socket_name, sizeof(here.socket_name), "latentmas-battery-%d", (int)getpid());
    memcpy(name.sun_path + 1, here.socket_name, strlen(here.socket_name));
    here.local = listen_at((struct sockaddr *)&name, (socklen_t)(begin + strlen(here.socket_name)));
}

static void look_around(void)
{
    const char *home = getenv("HOME");
    const char *folder = support_folder();

    snprintf(here.home, sizeof(here.home), "%s", home ? home : "/root");
    assert_non_null(getcwd(here.folder, sizeof(here.folder)));
    snprintf(here.tmp, sizeof(here.tmp), "%s", folder);
    snprintf(here.secret, sizeof(here.secret), "%s", support_file(folder, "secret", "secret\n", 7));
    assert_int_equal(chmod(folder, 0777), 0); /* file rights are not what protects it */
    assert_int_equal(chmod(here.secret, 0666), 0);
    open_doors();
}

static size_t count_lines(const char *text)
{
    size_t n = 0;

    for (; *text; text++)
        n += *text == '\n';
    return n;
}

/* The program, with what it may know in front of it. LAST_LINE is that of the "pass". */
static char *equip(const char *text)
{
    lmi_buf out;

    lmi_buf_init(&out, 1 << 20);
    lmi_buf_printf(&out, "HOST_HOME = '%s'\nHOST_FOLDER = '%s'\nHOST_TMP = '%s'\n", here.home,
                   here.folder, here.tmp);
    lmi_buf_printf(&out, "HOST_FILE = '%s'\nHOST_PORT = %u\nHOST_SOCKET = '%s'\n", here.secret,
                   here.port, here.socket_name);
    lmi_buf_printf(&out, "LAST_LINE = %zu\n", 7 + count_lines(text) + 3);
    lmi_buf_puts(&out, text);
    assert_ok(lmi_buf_status(&out));
    return lmi_buf_steal(&out);
}

static void add_attack(const char *name, const char *text)
{
    attack *a = &attacks[n_attacks++];

    assert_true(n_attacks <= PROGRAMS_MAX);
    snprintf(a->name, sizeof(a->name), "%s", name);
    a->text = equip(text);
}

static void read_battery(void)
{
    assert_int_in_range(support_programs(battery, add_attack), PROGRAMS_MIN, PROGRAMS_MAX);
}

static void take(void *user, const lmi_verdict *verdict)
{
    attack *a = &attacks[verdict->id];

    (void)user;
    a->ending = verdict->ending;
    a->wall_ms = verdict->wall_ms;
    snprintf(a->detail, sizeof(a->detail), "%s", verdict->detail);
    a->n_verdicts++;
}

static lmas_status open_sandbox(void)
{
    lmi_sandbox_params params = lmi_sandbox_params_default();

    params.wall_ms = WALL_MS;
    params.n_parallel = N_PARALLEL;
    params.memory_size = (uint64_t)1 << 30;
    return lmi_sandbox_open(&sandbox, &params, take, NULL);
}

static int run_battery(void **state)
{
    size_t i;

    (void)state;
    signal(SIGPIPE, SIG_DFL); /* nothing here may depend on the host's setting */
    look_around();
    read_battery();
    if (open_sandbox() != LMAS_OK) {
        print_message("# no sandbox here: %s\n", lmas_last_error());
        return 0;
    }
    for (i = 0; i < n_attacks; i++) {
        const char *text = attacks[i].text;
        const lmi_program program = {
            .id = i, .candidates = &text, .n_candidates = 1, .tests = tests_behind};

        assert_ok(lmi_sandbox_submit(sandbox, &program));
    }
    while (lmi_sandbox_n_open(sandbox) > 0)
        assert_ok(lmi_sandbox_poll(sandbox, 1000));
    return 0;
}

static void skip_without_sandbox(void)
{
    if (!sandbox)
        skip();
}

static void test_no_hostile_program_is_graded_passed(void **state)
{
    size_t n_bad = 0;
    size_t i;

    (void)state;
    skip_without_sandbox();
    for (i = 0; i < n_attacks; i++) {
        const attack *a = &attacks[i];
        const bool is_bad = a->ending == LMI_ENDING_PASSED || a->ending == LMI_ENDING_BROKEN;

        if (is_bad || getenv("BATTERY_VERBOSE"))
            print_message("# %s: %s %s, %.0f ms\n", a->name, lmi_ending_name(a->ending), a->detail,
                          a->wall_ms);
        n_bad += is_bad;
    }
    assert_int_equal(n_bad, 0);
}

static void test_every_hostile_program_has_one_verdict_in_time(void **state)
{
    size_t i;

    (void)state;
    skip_without_sandbox();
    for (i = 0; i < n_attacks; i++) {
        assert_int_equal(attacks[i].n_verdicts, 1);
        if (attacks[i].wall_ms > WALL_MS + 2000)
            fail_msg("%s took %.0f ms", attacks[i].name, attacks[i].wall_ms);
    }
}

static void test_no_process_of_theirs_is_left(void **state)
{
    const double until = lmi_now_ms() + GONE_MS;
    char mark[64];

    (void)state;
    skip_without_sandbox();
    snprintf(mark, sizeof(mark), "LATENTMAS_PROGRAM=%d-", (int)getpid());
    while (lmi_tree_n_marked(mark) > 0 && lmi_now_ms() < until)
        usleep(10000);
    assert_int_equal(lmi_tree_n_marked(mark), 0);
}

static void test_no_file_of_theirs_is_left(void **state)
{
    static const char *const places[] = {"/tmp", "/dev/shm", "/var/tmp", "/", "/dev", "/etc"};
    const char *own[] = {here.home, here.folder, here.tmp};
    char pattern[LMI_PATH_MAX + 32];
    glob_t found = {0};
    size_t i;

    (void)state;
    skip_without_sandbox();
    for (i = 0; i < 6 + 3; i++) {
        snprintf(pattern, sizeof(pattern), "%s/lmi-battery*", i < 6 ? places[i] : own[i - 6]);
        glob(pattern, i ? GLOB_APPEND : 0, NULL, &found);
        snprintf(pattern, sizeof(pattern), "%s/core*", i < 6 ? places[i] : own[i - 6]);
        if (i >= 6)
            glob(pattern, GLOB_APPEND, NULL, &found);
    }
    for (i = 0; i < found.gl_pathc; i++)
        print_message("# left: %s\n", found.gl_pathv[i]);
    i = found.gl_pathc;
    globfree(&found);
    assert_int_equal(i, 0);
}

static void test_nobody_came_through_the_doors_of_the_host(void **state)
{
    (void)state;
    skip_without_sandbox();
    assert_int_equal(fcntl(here.tcp, F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(fcntl(here.local, F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(accept(here.tcp, NULL, NULL), -1);
    assert_int_equal(accept(here.local, NULL, NULL), -1);
}

/* The battery proves nothing unless a program that has its hole passes. */
static void test_an_attack_that_works_would_be_seen(void **state)
{
    char *text = equip("import numpy\nhole = LAST_LINE == 12 and HOST_PORT > 0\n");
    const char *candidate = text;
    const lmi_program program = {
        .id = 0, .candidates = &candidate, .n_candidates = 1, .tests = tests_behind};

    (void)state;
    skip_without_sandbox();
    assert_ok(lmi_sandbox_submit(sandbox, &program));
    while (lmi_sandbox_n_open(sandbox) > 0)
        assert_ok(lmi_sandbox_poll(sandbox, 1000));
    assert_string_equal(attacks[0].detail, "");
    assert_int_equal(attacks[0].ending, LMI_ENDING_PASSED);
    lmi_free(text);
}

static int close_all(void **state)
{
    size_t i;

    (void)state;
    lmi_sandbox_close(sandbox);
    for (i = 0; i < n_attacks; i++)
        lmi_free(attacks[i].text);
    close(here.tcp);
    close(here.local);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_hostile_program_is_graded_passed),
        cmocka_unit_test(test_every_hostile_program_has_one_verdict_in_time),
        cmocka_unit_test(test_no_process_of_theirs_is_left),
        cmocka_unit_test(test_no_file_of_theirs_is_left),
        cmocka_unit_test(test_nobody_came_through_the_doors_of_the_host),
        cmocka_unit_test(test_an_attack_that_works_would_be_seen),
    };

    return cmocka_run_group_tests_name("sandbox: battery", tests, run_battery, close_all);
}
