/*
 * remote_hostile_test.c - servers that say what no server should: streams without an end, and 2000
 * that are wrong in some way, each decided by the question.
 */
#include "../remote/double.h"

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "remote/call.h"
#include "remote/server.h"

enum { N_STREAMS = 500, N_TOKENS = 50, N_SERVERS = 200 };

static lmas_remote *open_as(const char *part)
{
    lmas_remote_params params = lmas_remote_params_default();
    lmas_remote *remote = NULL;

    params.timeout_s = 5;
    params.n_tries = 1;
    assert_ok(lmas_remote_open(&remote, double_url(part), &params));
    return remote;
}

static void wait_for(lmas_remote *remote, lmi_call *const *calls, size_t n)
{
    size_t i = 0;

    while (i < n) {
        assert_ok(lmi_remote_poll(remote, 1000, NULL, 0));
        while (i < n && lmi_call_has_ended(calls[i]))
            i++;
    }
}

/* ---- Without an end ---- */

static void assert_ends(const char *part, const char *why)
{
    lmas_remote *remote = open_as(part);
    const lmi_ask what = {.text = "x", .n_most = N_TOKENS};
    const double begin = lmi_now_ms();
    lmi_call *call = NULL;

    assert_ok(lmi_call_start(&call, remote, &what));
    wait_for(remote, &call, 1);
    assert_fails(LMAS_E_FORMAT, why, lmi_call_judge(call));
    assert_true(lmi_now_ms() - begin < (SUPPORT_IS_SANITIZED ? 120e3 : 30e3));
    lmi_call_free(call);
    lmas_remote_free(remote);
}

static void test_a_stream_without_an_end_is_left(void **state)
{
    (void)state;
    assert_ends("openai.endless", "an answer longer than");
    assert_ends("openai.chatty", "an answer longer than");
    assert_ends("vllm.silent", "an answer longer than");
    assert_ends("sglang.silent", "an answer longer than");
}

/* ---- Wrong in some way ---- */

/* It is a text, or one line that says why it is none. */
static bool check_end(lmi_call *call)
{
    const lmas_status status = lmi_call_judge(call);
    lmi_buf text;

    if (status != LMAS_OK) {
        assert_true(status == LMAS_E_FORMAT || status == LMAS_E_IO);
        assert_true(strlen(lmas_last_error()) > 0);
        assert_null(strpbrk(lmas_last_error(), "\n\r\a\x1b"));
        assert_true(lmi_utf8_is_valid(lmas_last_error(), strlen(lmas_last_error())));
        return false;
    }
    lmi_buf_init(&text, LMI_SPEECH_MAX * 3);
    lmi_speech_text(&text, lmi_call_speech(call));
    assert_ok(lmi_buf_status(&text));
    assert_int_equal(strlen(lmi_buf_text(&text)), text.len);
    assert_true(lmi_utf8_is_valid(lmi_buf_text(&text), text.len));
    lmi_buf_done(&text);
    assert_true(lmi_call_n_read(call) <= LMI_REMOTE_CTX_MAX);
    assert_true(lmi_call_n_spoken(call) <= LMI_REMOTE_CTX_MAX);
    return true;
}

static void hear(const char *part, bool is_chat)
{
    static lmi_call *calls[N_STREAMS];
    lmas_remote *remote = open_as(part);
    lmi_ask what = {.n_most = N_TOKENS};
    char text[32];
    size_t i, n_ok = 0;

    *(is_chat ? &what.user : &what.text) = text;
    for (i = 0; i < N_STREAMS; i++) {
        snprintf(text, sizeof(text), "question %zu", i);
        assert_ok(lmi_call_start(&calls[i], remote, &what));
    }
    wait_for(remote, calls, N_STREAMS);
    for (i = 0; i < N_STREAMS; i++) {
        n_ok += check_end(calls[i]);
        lmi_call_free(calls[i]);
    }
    print_message("# %s: %zu of %d streams are answers\n", part, n_ok, N_STREAMS);
    assert_true(n_ok > N_STREAMS / 20 && n_ok < N_STREAMS);
    lmas_remote_free(remote);
}

static void test_2000_streams_that_are_wrong_end_in_a_text_or_a_line(void **state)
{
    (void)state;
    hear("openai.fuzz", false);
    hear("vllm.fuzz", true);
    hear("llama.fuzz", false);
    hear("sglang.fuzz", false);
}

/* ---- What it is ---- */

static void check_info(const lmas_remote_info *info)
{
    assert_true(info->n_ctx <= LMI_REMOTE_CTX_MAX && info->n_embd <= LMI_REMOTE_EMBD_MAX);
    assert_true(strlen(info->model) > 0 && strlen(info->model) <= LMI_NAME_MAX);
    assert_true(strlen(info->version) <= LMI_NAME_MAX);
    assert_null(strpbrk(info->model, "\n\x1b"));
    assert_null(strpbrk(info->version, "\n\x1b"));
}

static void test_a_server_that_says_odd_things_of_itself_is_known_or_refused(void **state)
{
    static const char *const kinds[] = {"vllm", "sglang", "llama", "openai"};
    lmas_remote_params params = lmas_remote_params_default();
    size_t i, n_open = 0;
    char part[64];

    (void)state;
    params.n_tries = 1;
    for (i = 0; i < N_SERVERS; i++) {
        lmas_remote *remote = NULL;

        snprintf(part, sizeof(part), "%s.askew.%zu", kinds[i % 4], i);
        if (lmas_remote_open(&remote, double_url(part), &params) == LMAS_OK) {
            check_info(lmas_remote_describe(remote));
            n_open++;
        } else {
            assert_null(strpbrk(lmas_last_error(), "\n\r\a\x1b"));
        }
        lmas_remote_free(remote);
    }
    print_message("# %zu of %d servers are taken\n", n_open, N_SERVERS);
    assert_true(n_open > 0 && n_open < N_SERVERS);
}

static int start_double(void **state)
{
    char folder[256];

    (void)state;
    snprintf(folder, sizeof(folder), "%s", support_folder());
    double_start_or_skip(folder, NULL, "servers that say what no server should");
    return 0;
}

static int stop_double(void **state)
{
    (void)state;
    double_stop();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_stream_without_an_end_is_left),
        cmocka_unit_test(test_a_server_that_says_odd_things_of_itself_is_known_or_refused),
        cmocka_unit_test(test_2000_streams_that_are_wrong_end_in_a_text_or_a_line),
    };

    return cmocka_run_group_tests(tests, start_double, stop_double);
}
