/* exchange_files.h - of the exchange_*_test.c: an exchange in a scratch folder, and its files. */
#ifndef LMI_TESTS_EXCHANGE_FILES_H
#define LMI_TESTS_EXCHANGE_FILES_H

#include "exchange/exchange.h"
#include "store_files.h"

/* Fail unless `call` gives OK, or `want` with a message that contains `text`. */
#define assert_done(call)                assert_verdict(LMI_EXCHANGE_OK, "", call)
#define assert_refused(want, text, call) assert_verdict(want, text, call)
#define assert_verdict(want, text, call)                                                           \
    expect_verdict((want), (text), (call), #call, __FILE__, __LINE__)

static inline void expect_verdict(lmi_exchange_verdict want, const char *text,
                                  lmi_exchange_verdict got, const char *call, const char *file,
                                  int line)
{
    const char *message = got == LMI_EXCHANGE_OK ? "" : lmas_last_error();

    if (got == want && strstr(message, text) && !strchr(message, '\n'))
        return;
    print_error("%s: expected %s with \"%s\", got %s: %s\n", call, lmi_exchange_verdict_name(want),
                text, lmi_exchange_verdict_name(got), message);
    _fail(file, line);
}

/* The clock of the tests. */
static int64_t now_is = 1000000;

static inline int64_t tell_now(void *user)
{
    (void)user;
    return now_is;
}

static lmi_exchange *exchange;
static lmi_buf memory_file; /* the bytes of a small one */
static char room[300];      /* the folder of the exchange */

static inline lmi_exchange_params test_params(void)
{
    lmi_exchange_params p = lmi_exchange_params_default();

    p.now = tell_now;
    return p;
}

static inline void open_room(const lmi_exchange_params *params)
{
    const lmi_exchange_params p = params ? *params : test_params();

    lmi_exchange_close(exchange);
    exchange = NULL;
    assert_done(lmi_exchange_open(&exchange, room, &p, NULL));
}

/* A new folder, open; what was open before is closed. */
static inline void new_room(const lmi_exchange_params *params)
{
    static int n;

    snprintf(room, sizeof(room), "%s/room-%d", folder, n++);
    open_room(params);
}

static inline int prepare_files(void **state)
{
    make_folder(state);
    lmi_buf_init(&memory_file, FILE_MAX);
    assert_ok(lmi_file_read(&memory_file, make_file(TIED_MODEL, "memory.lmem", NULL)));
    return 0;
}

static inline int clean_files(void **state)
{
    (void)state;
    lmi_exchange_close(exchange);
    exchange = NULL;
    lmi_buf_done(&memory_file);
    return 0;
}

/* Publish these bytes in pieces of `piece`. */
static inline lmi_exchange_verdict publish_bytes(char id[LMI_EXCHANGE_ID_SIZE], const char *tenant,
                                                 const lmi_exchange_offer *offer, const char *data,
                                                 size_t size, size_t piece)
{
    lmi_exchange_publish *p = NULL;
    lmi_exchange_verdict verdict = lmi_exchange_begin(&p, exchange, tenant, offer, NULL);
    size_t at;

    for (at = 0; verdict == LMI_EXCHANGE_OK && at < size; at += piece)
        verdict = lmi_exchange_append(p, data + at, size - at < piece ? size - at : piece);
    if (verdict == LMI_EXCHANGE_OK)
        return lmi_exchange_commit(id, p);
    lmi_exchange_abort(p);
    return verdict;
}

static inline lmi_exchange_verdict publish(char id[LMI_EXCHANGE_ID_SIZE], const char *tenant,
                                           const lmi_exchange_offer *offer)
{
    return publish_bytes(id, tenant, offer, memory_file.data, memory_file.len, 64 * 1024);
}

/* Publish a memory of this name. */
static inline void publish_named(char id[LMI_EXCHANGE_ID_SIZE], const char *tenant,
                                 const char *name, bool is_published)
{
    const lmi_exchange_offer offer = {.name = name, .is_published = is_published};

    assert_done(publish(id, tenant, &offer));
}

/* How many names FOLDER/SUB has. */
static inline size_t count_files(const char *sub)
{
    char command[400];
    unsigned long n = 0;
    FILE *pipe;

    snprintf(command, sizeof(command), "ls -A '%s/%s' | wc -l", room, sub);
    pipe = popen(command, "r");
    assert_non_null(pipe);
    assert_int_equal(fscanf(pipe, "%lu", &n), 1);
    pclose(pipe);
    return n;
}

#endif
