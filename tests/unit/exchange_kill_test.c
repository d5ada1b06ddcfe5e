/*
 * exchange_kill_test.c - killed at any moment, an exchange has what it acknowledged, and nothing
 * half.
 *
 * A child works in the folder and tells through a pipe what was acknowledged. It dies by SIGKILL,
 * at a random moment or before its n-th step towards the disk; then the folder is opened again.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "base/sha256.h"
#include "exchange_files.h"

enum { N_PUBLISHES = 200, IDS_MAX = 4096 };

/* ---- Steps towards the disk ---- */

/* At this many steps from now the process dies, or the disk is full; 0: at none. */
static long steps_left;
static bool is_deadly = true;

/* False where the disk is full. */
static bool step(void)
{
    const bool is_last = steps_left == 1;

    if (is_last && is_deadly)
        kill(getpid(), SIGKILL);
    steps_left -= steps_left > 0 ? 1 : 0;
    if (is_last)
        errno = ENOSPC;
    return !is_last;
}

/* In place of the C library's, for this room and, as they are to be seen from outside, SQLite. */
#pragma GCC visibility push(default)
int fsync(int fd)
{
    return step() ? (int)syscall(SYS_fsync, fd) : -1;
}

int fdatasync(int fildes)
{
    return step() ? (int)syscall(SYS_fdatasync, fildes) : -1;
}

int renameat(int oldfd, const char *old, int newfd, const char *new)
{
    return step() ? (int)syscall(SYS_renameat2, oldfd, old, newfd, new, 0) : -1;
}

int unlinkat(int fd, const char *name, int flag)
{
    return step() ? (int)syscall(SYS_unlinkat, fd, name, flag) : -1;
}

ssize_t pwrite64(int fd, const void *buf, size_t n, off_t offset)
{
    return step() ? syscall(SYS_pwrite64, fd, buf, n, offset) : -1;
}

#pragma GCC visibility pop

/* ---- The child ---- */

/* What was acknowledged. */
typedef struct word {
    char what; /* 'o': the folder is open, '+': published, 'b': may be gone from now on, '-': is */
    char id[LMI_EXCHANGE_ID_SIZE];
} word;

static void tell(int fd, char what, const char *id)
{
    word w = {.what = what};

    snprintf(w.id, sizeof(w.id), "%s", id);
    if (write(fd, &w, sizeof(w)) != sizeof(w))
        _exit(3);
}

static void publish_or_exit(char id[LMI_EXCHANGE_ID_SIZE], int fd)
{
    static const float vector[] = {1, 2, 3};
    const lmi_exchange_offer offer = {
        .name = "n", .text = FIRST_TEXT, .embedding = vector, .n_embedding = 3};

    if (publish_bytes(id, "ann", &offer, memory_file.data, memory_file.len, 4096) !=
        LMI_EXCHANGE_OK)
        _exit(4);
    tell(fd, '+', id);
}

static void delete_or_exit(const char *id, int fd)
{
    tell(fd, 'b', id);
    if (lmi_exchange_delete(exchange, "ann", id) != LMI_EXCHANGE_OK)
        _exit(5);
    tell(fd, '-', id);
}

/* Publish `n`, and delete every third again. */
static void work(int fd, int n, long die_at)
{
    const lmi_exchange_params params = test_params();
    char id[LMI_EXCHANGE_ID_SIZE];
    int i;

    if (lmi_exchange_open(&exchange, room, &params, NULL) != LMI_EXCHANGE_OK)
        _exit(2);
    tell(fd, 'o', "");
    steps_left = die_at;
    for (i = 0; i < n; i++) {
        publish_or_exit(id, fd);
        if (i % 3 == 1)
            delete_or_exit(id, fd);
    }
    _exit(0);
}

static pid_t start(int *fd, int n, long die_at)
{
    int pipes[2];
    pid_t child;

    assert_int_equal(pipe(pipes), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(pipes[0]);
        work(pipes[1], n, die_at);
    }
    close(pipes[1]);
    *fd = pipes[0];
    return child;
}

/* ---- What is there, and what must be ---- */

/* Ids; an empty one is none. */
typedef struct ids {
    char id[IDS_MAX][LMI_EXCHANGE_ID_SIZE];
} ids;

static ids must_be, must_not;         /* there; deleted since it was last opened */
static size_t n_published, n_unheard; /* acknowledged; there without that */

static void note(ids *list, const char *id)
{
    size_t i;

    for (i = 0; i < IDS_MAX; i++)
        if (!list->id[i][0]) {
            memcpy(list->id[i], id, LMI_EXCHANGE_ID_SIZE);
            return;
        }
    fail_msg("more than %d ids", IDS_MAX);
}

static void forget(ids *list, const char *id)
{
    size_t i;

    for (i = 0; i < IDS_MAX; i++)
        if (strcmp(list->id[i], id) == 0)
            list->id[i][0] = '\0';
}

/* Call `claim` for each; how many there are. */
static size_t for_each(const ids *list, void (*claim)(const char *id))
{
    size_t i, n = 0;

    for (i = 0; i < IDS_MAX; i++)
        if (list->id[i][0]) {
            claim(list->id[i]);
            n++;
        }
    return n;
}

static void hear_word(const word *w)
{
    if (w->what == '+') {
        note(&must_be, w->id);
        n_published++;
    }
    if (w->what == 'b')
        forget(&must_be, w->id);
    if (w->what == '-')
        note(&must_not, w->id);
}

static void hear_all(int fd)
{
    word w;

    while (read(fd, &w, sizeof(w)) == sizeof(w))
        hear_word(&w);
    close(fd);
}

/* The record's file is all there, with the record's sum. */
static void assert_whole(const char *id)
{
    lmi_exchange_record *record = NULL;
    char *data = lmi_new(memory_file.len + 1, 1), sum[LMI_SHA256_SIZE];
    lmi_sha256 hash;
    size_t n = 0;

    assert_done(lmi_exchange_get(&record, exchange, "ann", id));
    assert_done(lmi_exchange_read(&n, exchange, "ann", id, 0, data, memory_file.len + 1));
    assert_int_equal(n, memory_file.len);
    assert_memory_equal(data, memory_file.data, n);
    lmi_sha256_init(&hash);
    lmi_sha256_add(&hash, data, n);
    lmi_sha256_done(sum, &hash);
    assert_string_equal(record->sha256, sum);
    lmi_exchange_record_free(record);
    lmi_free(data);
}

/* Every one that can be found, by its words and by its vector alike. */
static size_t assert_all_whole(void)
{
    static const float vector[] = {1, 2, 3};
    lmi_exchange_query query = {
        .words = "apples", .nearest = vector, .n_nearest = 3, .limit = LMI_EXCHANGE_LIMIT_MAX};
    const lmi_exchange_query any = {.limit = 1};
    lmi_exchange_found found;
    uint64_t total;
    size_t i;

    assert_done(lmi_exchange_search(&found, exchange, "ann", &any));
    total = found.total;
    lmi_exchange_found_done(&found);
    for (;; query.offset += query.limit) {
        assert_done(lmi_exchange_search(&found, exchange, "ann", &query));
        assert_int_equal(found.total, total);
        if (!found.n)
            break;
        for (i = 0; i < found.n; i++)
            assert_whole(found.records[i]->id);
        lmi_exchange_found_done(&found);
    }
    lmi_exchange_found_done(&found);
    return (size_t)total;
}

static void assert_gone(const char *id)
{
    lmi_exchange_record *record = NULL;

    assert_refused(LMI_EXCHANGE_ABSENT, "", lmi_exchange_get(&record, exchange, "ann", id));
}

/* What is there without having been acknowledged is whole, and from now on is to stay. */
static void take_stock(void)
{
    lmi_exchange_query query = {.limit = LMI_EXCHANGE_LIMIT_MAX};
    lmi_exchange_found found;
    size_t i;

    must_be = must_not = (ids){0};
    for (;; query.offset += query.limit) {
        assert_done(lmi_exchange_search(&found, exchange, "ann", &query));
        for (i = 0; i < found.n; i++)
            note(&must_be, found.records[i]->id);
        if (found.n < query.limit)
            break;
        lmi_exchange_found_done(&found);
    }
    lmi_exchange_found_done(&found);
}

/* Open after a kill: nothing lost, nothing half there, no stray file. */
static void assert_sound(lmi_exchange_cleaned *cleaned)
{
    lmi_exchange_params params = test_params();
    size_t n, total;

    params.n_audit = 100;
    assert_done(lmi_exchange_open(&exchange, room, &params, cleaned));
    assert_int_equal(cleaned->n_records, 0); /* a file comes before its record, and goes after it */
    n = for_each(&must_be, assert_whole);
    for_each(&must_not, assert_gone);
    total = assert_all_whole();
    assert_true(total == n || total == n + 1); /* one at most that nobody heard of, or was going */
    n_unheard += total - n;
    assert_int_equal(count_files("files"), total);
    assert_int_equal(count_files("incoming"), 0);
    take_stock();
    lmi_exchange_close(exchange);
    exchange = NULL;
}

static void start_over(void)
{
    new_room(NULL);
    lmi_exchange_close(exchange);
    exchange = NULL;
    must_be = must_not = (ids){0};
    n_published = n_unheard = 0;
}

/* ---- The claims ---- */

static void test_killed_before_each_step_to_the_disk_nothing_is_lost_or_half_there(void **state)
{
    lmi_exchange_cleaned cleaned = {0}, sum = {0};
    int status = 0, fd = -1;
    long n;

    (void)state;
    start_over();
    for (n = 1; n < 1000; n++) {
        const pid_t child = start(&fd, 2, n);

        hear_all(fd);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status) || WEXITSTATUS(status) == 0);
        assert_sound(&cleaned);
        sum.n_uploads += cleaned.n_uploads;
        sum.n_files += cleaned.n_files;
        if (!WIFSIGNALED(status))
            break;
    }
    print_message(
        "# killed before each of %ld steps: %zu publishes acknowledged, %zu there without "
        "that, %d half uploads and %d files without a record cleaned away\n",
        n - 1, n_published, n_unheard, (int)sum.n_uploads, (int)sum.n_files);
    assert_true(n > 10 && n < 1000);
    assert_true(sum.n_uploads > 0 && sum.n_files > 0);
}

static void nap(uint64_t us)
{
    const struct timespec t = {.tv_nsec = (long)us * 1000};

    nanosleep(&t, NULL);
}

static void
test_killed_at_random_moments_of_200_publishes_nothing_is_lost_or_half_there(void **state)
{
    lmi_exchange_cleaned cleaned = {0}, sum = {0};
    uint64_t random = 17;
    int status, fd = -1, n_kills = 0;

    (void)state;
    start_over();
    while (n_published < N_PUBLISHES) {
        const pid_t child = start(&fd, 1000, 0);
        word w;

        assert_int_equal(read(fd, &w, sizeof(w)), sizeof(w));
        nap(random_of(&random) % 20000);
        assert_int_equal(kill(child, SIGKILL), 0);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        hear_all(fd);
        assert_sound(&cleaned);
        sum.n_uploads += cleaned.n_uploads;
        sum.n_files += cleaned.n_files;
        n_kills++;
    }
    print_message("# %d kills during %zu publishes: %zu there without being acknowledged, %d half "
                  "uploads and %d files without a record cleaned away\n",
                  n_kills, n_published, n_unheard, (int)sum.n_uploads, (int)sum.n_files);
}

/* Give what a publish with a disk that is full at step `n` says; all is well again behind it. */
static lmi_exchange_verdict publish_on_full_disk(long n)
{
    const lmi_exchange_offer offer = {.name = "n", .text = FIRST_TEXT};
    char id[LMI_EXCHANGE_ID_SIZE];
    lmi_exchange_verdict verdict;

    is_deadly = false;
    steps_left = n;
    verdict = publish(id, "ann", &offer);
    steps_left = 0;
    is_deadly = true;
    if (verdict == LMI_EXCHANGE_OK)
        assert_whole(id);
    else
        assert_int_equal(verdict, LMI_EXCHANGE_FAILED);
    return verdict;
}

static size_t count_memories(void)
{
    const lmi_exchange_query any = {.limit = 1};
    lmi_exchange_found found;
    size_t total;

    assert_done(lmi_exchange_search(&found, exchange, "ann", &any));
    total = (size_t)found.total;
    lmi_exchange_found_done(&found);
    return total;
}

static void test_a_disk_that_is_full_at_any_step_refuses_and_the_next_publish_works(void **state)
{
    size_t n_refused = 0, n_kept = 0;
    char id[LMI_EXCHANGE_ID_SIZE];
    long n;

    (void)state;
    new_room(NULL);
    for (n = 1; n <= 40; n++) {
        if (publish_on_full_disk(n) == LMI_EXCHANGE_OK)
            n_kept++;
        else
            n_refused++;
        assert_int_equal(count_memories(), n_kept);
        publish_named(id, "ann", "n", false);
        n_kept++;
        assert_int_equal(count_files("incoming"), 0);
        assert_int_equal(count_files("files"), n_kept);
    }
    print_message("# a full disk at each of 40 steps: %zu publishes refused\n", n_refused);
    assert_true(n_refused >= 10 && n_refused < 40);
    open_room(NULL);
    assert_int_equal(count_memories(), n_kept);
    assert_int_equal(count_files("files"), n_kept);
}

static void test_a_second_process_is_refused_while_the_first_lives(void **state)
{
    int status, fd = -1;
    pid_t child;
    word w;

    (void)state;
    start_over();
    child = start(&fd, IDS_MAX, 0);
    assert_int_equal(read(fd, &w, sizeof(w)), sizeof(w));
    assert_int_equal(w.what, 'o');
    assert_refused(LMI_EXCHANGE_INVALID, "another process has the exchange",
                   lmi_exchange_open(&exchange, room, NULL, NULL));
    assert_null(exchange);
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    close(fd);
    assert_done(lmi_exchange_open(&exchange, room, NULL, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_killed_before_each_step_to_the_disk_nothing_is_lost_or_half_there),
        cmocka_unit_test(
            test_killed_at_random_moments_of_200_publishes_nothing_is_lost_or_half_there),
        cmocka_unit_test(test_a_disk_that_is_full_at_any_step_refuses_and_the_next_publish_works),
        cmocka_unit_test(test_a_second_process_is_refused_while_the_first_lives),
    };

    return cmocka_run_group_tests(tests, prepare_files, clean_files);
}
