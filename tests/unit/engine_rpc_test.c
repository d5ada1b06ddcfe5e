/* engine_rpc_test.c - addresses of servers, and who answers there; servers that are none. */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "engine/devices/hello.h"
#include "engine/devices/rpc.h"
#include "support.h"

enum { HELLO_SIZE = 33, MAJOR = 8 };

/* A server of one connection: it reads the hello, says `answer`, and waits until we hang up. */
typedef struct stand_in {
    pthread_t thread;
    const char *answer;
    size_t n_answer;
    ssize_t last; /* what reading brings in the end: 0 for a close, -1 for a reset */
    int fd;
    bool reads, closes;
    unsigned char heard[HELLO_SIZE];
    char address[LMI_SERVER_ROOM];
} stand_in;

static void *serve(void *user)
{
    stand_in *s = user;
    const int fd = accept(s->fd, NULL, NULL);
    char more;

    if (fd < 0)
        return NULL;
    if (s->reads && recv(fd, s->heard, sizeof(s->heard), MSG_WAITALL) < 0)
        s->heard[0] = 0;
    if (s->n_answer && send(fd, s->answer, s->n_answer, MSG_NOSIGNAL) < 0)
        s->heard[0] = 0;
    if (!s->closes)
        s->last = recv(fd, &more, 1, 0);
    close(fd);
    return NULL;
}

static void stand(stand_in *s)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof(in);

    s->fd = socket(AF_INET, SOCK_STREAM, 0);
    if (s->fd < 0)
        fail_msg("no socket");
    assert_int_equal(bind(s->fd, (struct sockaddr *)&in, size), 0);
    assert_int_equal(listen(s->fd, 4), 0);
    assert_int_equal(getsockname(s->fd, (struct sockaddr *)&in, &size), 0);
    snprintf(s->address, sizeof(s->address), "127.0.0.1:%d", ntohs(in.sin_port));
    assert_int_equal(pthread_create(&s->thread, NULL, serve, s), 0);
}

static void leave(stand_in *s)
{
    pthread_join(s->thread, NULL);
    close(s->fd);
}

static lmas_status greet(const char *address)
{
    lmi_server_at at;

    assert_ok(lmi_server_check(address));
    assert_ok(lmi_server_find(&at, address));
    return lmi_server_greet(&at, address, MAJOR);
}

#define ANSWER(version)                                                                            \
    "\x1c\0\0\0\0\0\0\0" version "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

static void test_a_server_of_our_version_is_there(void **state)
{
    stand_in s = {.answer = ANSWER("\x08\0\0"), .n_answer = 36, .reads = true};

    (void)state;
    stand(&s);
    assert_ok(greet(s.address));
    leave(&s);
    assert_int_equal(s.heard[0], 14);
    assert_int_equal(s.heard[1], 24);
}

static void test_a_server_of_another_version_is_refused_with_it(void **state)
{
    stand_in s = {.answer = ANSWER("\x05\x01\0"), .n_answer = 36, .reads = true};

    (void)state;
    stand(&s);
    assert_fails(LMAS_E_IO, "speaks version 5.1 of the protocol, expected 8", greet(s.address));
    leave(&s);
}

static void test_who_answers_otherwise_is_no_server(void **state)
{
    stand_in servers[] = {
        {.answer = "HTTP/1.1 400 Bad Request\r\n\r\n", .n_answer = 28, .reads = true},
        {.answer = "\x1c\0\0", .n_answer = 3, .reads = true, .closes = true},
        {.reads = true, .closes = true},
        {.answer = "SSH-2.0-OpenSSH_10.0\r\n", .n_answer = 22, .closes = true},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(servers) / sizeof(servers[0]); i++) {
        stand(&servers[i]);
        assert_fails(LMAS_E_IO, "is no RPC server", greet(servers[i].address));
        leave(&servers[i]);
    }
}

/* A busy server reads our hello later, and would answer to nobody and die. */
static void test_a_server_that_says_nothing_is_left_by_a_reset_within_seconds(void **state)
{
    stand_in s = {.reads = true};
    const double begin = lmi_now_ms();

    (void)state;
    stand(&s);
    assert_fails(LMAS_E_IO, "does not answer: it is busy", greet(s.address));
    assert_true(lmi_now_ms() - begin < 8000);
    leave(&s);
    assert_int_equal(s.last, -1);
}

static void test_where_nobody_listens_is_no_server(void **state)
{
    stand_in s = {.closes = true};
    lmi_server_at at;

    (void)state;
    stand(&s);
    assert_fails(LMAS_E_IO, "no RPC server", greet(s.address));
    leave(&s); /* the port is free now */
    assert_fails(LMAS_E_IO, "Connection refused", greet(s.address));
    assert_fails(LMAS_E_IO, "no RPC server at nobody.invalid:1",
                 lmi_server_find(&at, "nobody.invalid:1"));
}

static void test_an_address_is_a_host_and_a_port(void **state)
{
    static const char *const good[] = {"a:1", "gpu-1.lan:65535", "10.0.0.1:050", "my_host:50052"};
    static const char *const bad[] = {"",         "a",       ":1",         "a:",    "a:0",
                                      "a:65536",  "a:1:2",   "a b:1",      "a:1 ",  "a:-1",
                                      "a:+1",     "[::1]:1", "a/b:1",      "a\n:1", "ä:1",
                                      "a:123456", "a:1x2",   "http://a:1", "a:0x10"};
    char text[LMI_SERVER_ROOM + 8];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_ok(lmi_server_check(good[i]));
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_fails(LMAS_E_INVALID, "is no server, expected HOST:PORT", lmi_server_check(bad[i]));
    memset(text, 'a', sizeof(text));
    memcpy(text + 253, ":1", 3);
    assert_ok(lmi_server_check(text));
    memcpy(text + 253, "a:1", 4);
    assert_fails(LMAS_E_INVALID, "expected HOST:PORT", lmi_server_check(text));
}

static lmas_status open_on(const char *servers)
{
    lmas_model_params params = lmas_model_params_default();
    lmas_model *model = NULL;

    params.rpc = servers;
    return lmas_model_open(&model, DEMO_MODEL, &params);
}

static void test_a_model_refuses_lists_that_are_none(void **state)
{
    char text[17 * 5 + 1];
    size_t i;

    (void)state;
    assert_fails(LMAS_E_INVALID, "\"\" is no server", open_on(""));
    assert_fails(LMAS_E_INVALID, "\"\" is no server", open_on("a:1,"));
    assert_fails(LMAS_E_INVALID, "\"\" is no server", open_on("a:1,,b:1"));
    for (i = 0; i < 17; i++)
        snprintf(text + 5 * i, 6, "a:%02zu,", i + 1);
    text[17 * 5 - 1] = '\0';
    assert_fails(LMAS_E_INVALID, "at most 16 servers", open_on(text));
}

static void test_no_list_takes_no_server(void **state)
{
    lmi_rpc_set set = 7;

    (void)state;
    assert_ok(lmi_rpc_take(&set, NULL));
    assert_int_equal(set, 0);
    lmi_rpc_give_back(set);
    assert_false(lmi_rpc_is_any());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_server_of_our_version_is_there),
        cmocka_unit_test(test_a_server_of_another_version_is_refused_with_it),
        cmocka_unit_test(test_who_answers_otherwise_is_no_server),
        cmocka_unit_test(test_a_server_that_says_nothing_is_left_by_a_reset_within_seconds),
        cmocka_unit_test(test_where_nobody_listens_is_no_server),
        cmocka_unit_test(test_an_address_is_a_host_and_a_port),
        cmocka_unit_test(test_a_model_refuses_lists_that_are_none),
        cmocka_unit_test(test_no_list_takes_no_server),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
