/*
 * remote_server_test.c - asking servers: each kind's double, by text, tokens, vectors and chat
 * turns, well and with faults.
 */
#include "../remote/double.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "remote/call.h"
#include "remote/server.h"

static const int32_t some_tokens[] = {5, 6, 7, 8, 9};
static float some_rows[5 * DOUBLE_WIDTH];

/* What the double knows of tokens: those of TIED_MODEL, of the texts that are compared by. */
static void add_tokens(yyjson_mut_doc *doc, yyjson_mut_val *root, const char *text)
{
    yyjson_mut_val *list = yyjson_mut_arr(doc);
    lmi_tokens tokens = {0};
    size_t i;

    assert_ok(lmi_model_tokenize(&tokens, support_model(TIED_MODEL), text));
    for (i = 0; i < tokens.n; i++)
        yyjson_mut_arr_add_int(doc, list, tokens.ids[i]);
    yyjson_mut_obj_add(root, yyjson_mut_strcpy(doc, text), list);
    lmi_tokens_done(&tokens);
}

static const char *write_tokens(const char *folder)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    const char *path;
    lmi_buf text;
    size_t i;

    lmi_buf_init(&text, (size_t)1 << 20);
    assert_ok(lmi_json_new(&doc, &root, "tokens"));
    add_tokens(doc, root, "a");
    for (i = 0; lmi_match_text(&text, support_model(TIED_MODEL), i); i++) {
        if (text.len > 0)
            add_tokens(doc, root, lmi_buf_text(&text));
        lmi_buf_clear(&text);
    }
    assert_true(i >= 5);
    assert_ok(lmi_json_write(&text, doc, 0, "tokens"));
    path = support_file(folder, "tokens", lmi_buf_text(&text), text.len);
    lmi_buf_done(&text);
    return path;
}

static int start_double(void **state)
{
    static char folder[256];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(some_rows) / sizeof(*some_rows); i++)
        some_rows[i] = (float)i / 7 - 20;
    setenv("LATENTMAS_HTTP_BACKOFF_MS", "10", 1);
    snprintf(folder, sizeof(folder), "%s", support_folder());
    double_start_or_skip(folder, write_tokens(folder), "what servers say");
    return 0;
}

static int stop_double(void **state)
{
    (void)state;
    double_stop();
    return 0;
}

static lmas_remote *open_as(const char *part)
{
    lmas_remote_params params = lmas_remote_params_default();
    lmas_remote *remote = NULL;

    params.timeout_s = 2;
    params.n_tries = 3;
    assert_ok(lmas_remote_open(&remote, double_url(part), &params));
    return remote;
}

/* A greedy ask of at most 50 tokens. */
static lmi_ask an_ask(void)
{
    return (lmi_ask){.n_most = 50};
}

static lmi_call *ask(lmas_remote *remote, const lmi_ask *what)
{
    lmi_call *call = NULL;

    assert_ok(lmi_call_start(&call, remote, what));
    while (!lmi_call_has_ended(call))
        assert_ok(lmi_remote_poll(remote, 1000, NULL, 0));
    return call;
}

/* The text of a call that went well; it lives until the next. */
static const char *text_of(lmi_call *call)
{
    static char kept[4096];
    lmi_buf text;

    assert_ok(lmi_call_judge(call));
    lmi_buf_init(&text, sizeof(kept) - 1);
    lmi_speech_text(&text, lmi_call_speech(call));
    snprintf(kept, sizeof(kept), "%s", lmi_buf_text(&text));
    lmi_buf_done(&text);
    return kept;
}

/* ---- What a server is ---- */

static void assert_is(const char *part, const char *api, const char *version, uint32_t n_ctx,
                      uint32_t n_embd)
{
    lmas_remote *remote = open_as(part);
    const lmas_remote_info *info = lmas_remote_describe(remote);

    assert_string_equal(info->api, api);
    assert_string_equal(info->version, version);
    assert_string_equal(info->model, "m");
    assert_string_equal(info->url, double_url(part));
    assert_int_equal(info->n_ctx, n_ctx);
    assert_int_equal(info->n_embd, n_embd);
    lmas_remote_free(remote);
}

static void test_a_server_is_known_by_what_it_answers(void **state)
{
    (void)state;
    assert_is("vllm", "vllm", "0.32.0", DOUBLE_CTX, DOUBLE_WIDTH);
    assert_is("sglang", "sglang", "0.5.9", DOUBLE_CTX, 0);
    assert_is("llama", "llama-server", "b7000-abc", DOUBLE_CTX, 0);
    assert_is("openai", "openai", "", 0, 0);
    assert_is("sglang.anonymous", "sglang", "0.5.9", DOUBLE_CTX, 0);
    assert_is("llama.anonymous", "llama-server", "b7000-abc", DOUBLE_CTX, 0);
    assert_is("vllm.novec", "vllm", "0.32.0", DOUBLE_CTX, 0);
    assert_is("vllm.oddtext", "vllm", "0.32.0", DOUBLE_CTX, 0);
    assert_is("vllm.oldversion", "vllm", "0.12.0", DOUBLE_CTX, 0);
    assert_is("vllm.noversion", "vllm", "", DOUBLE_CTX, 0);
}

static void assert_refused(lmas_status want, const char *text, const char *url,
                           const lmas_remote_params *params)
{
    lmas_remote *remote = NULL;

    assert_fails(want, text, lmas_remote_open(&remote, url, params));
    assert_null(remote);
}

static void test_what_a_server_says_is_checked(void **state)
{
    lmas_remote_params params = lmas_remote_params_default();

    (void)state;
    assert_refused(LMAS_E_FORMAT, "lists no model", double_url("vllm.nomodels"), NULL);
    assert_refused(LMAS_E_FORMAT, "lists no model", double_url("vllm.badmodels"), NULL);
    assert_refused(LMAS_E_FORMAT, "max_model_len: a number from 1 to", double_url("vllm.hugelen"),
                   NULL);
    assert_refused(LMAS_E_IO, "there is nothing at this address", double_url("openai.unlisted"),
                   NULL);
    params.n_tries = 2;
    assert_refused(LMAS_E_IO, "HTTP 503 from", double_url("vllm.down"), &params);
    params.model = "other";
    assert_refused(LMAS_E_MODEL, "has no model \"other\": it lists \"m\"", double_url("vllm"),
                   &params);
}

static void test_an_address_is_checked_and_no_password_told(void **state)
{
    lmas_remote_params params = lmas_remote_params_default();
    char text[5000];

    (void)state;
    memset(text, 'a', sizeof(text));
    memcpy(text, "http://", 7);
    text[sizeof(text) - 1] = '\0';
    params.n_tries = 1;
    assert_refused(LMAS_E_INVALID, "at most 2048 bytes", text, NULL);
    assert_refused(LMAS_E_INVALID, "http://HOST", "ftp://a", NULL);
    assert_refused(LMAS_E_INVALID, "http://HOST", "http://", NULL);
    assert_refused(LMAS_E_INVALID, "http://HOST", "http:///v1", NULL);
    assert_refused(LMAS_E_INVALID, "visible ASCII", "http://a b", NULL);
    assert_refused(LMAS_E_INVALID, "ends in its path", "http://a/?x=1", NULL);
    assert_refused(LMAS_E_INVALID, "no name or password", "http://me:secret@a", NULL);
    assert_null(strstr(lmas_last_error(), "secret"));
    assert_refused(LMAS_E_IO, "http://127.0.0.1:1/v1/models", "http://127.0.0.1:1", &params);
    params.n_tries = 0;
    assert_refused(LMAS_E_INVALID, "n_tries", "http://a", &params);
    params = lmas_remote_params_default();
    params.timeout_s = 0;
    assert_refused(LMAS_E_INVALID, "timeout_s", "http://a", &params);
    params = lmas_remote_params_default();
    params.n_at_once = 100000;
    assert_refused(LMAS_E_INVALID, "n_at_once", "http://a", &params);
}

static void test_the_v1_of_an_address_may_be_there(void **state)
{
    static const char *const ends[] = {"/", "/v1", "/v1/", "//v1//"};
    char url[200];
    size_t i;

    (void)state;
    for (i = 0; i < 4; i++) {
        lmas_remote *remote = NULL;

        snprintf(url, sizeof(url), "%s%s", double_url("vllm"), ends[i]);
        assert_ok(lmas_remote_open(&remote, url, NULL));
        assert_string_equal(lmas_remote_describe(remote)->url, double_url("vllm"));
        lmas_remote_free(remote);
    }
}

static void test_another_model_is_told_by_its_width_or_its_tokens(void **state)
{
    lmas_model *tied = support_model(TIED_MODEL);
    lmas_model *demo = support_model(DEMO_MODEL);
    lmas_remote *vllm = open_as("vllm");
    lmas_remote *sglang = open_as("sglang");
    lmas_remote *llama = open_as("llama");
    lmas_remote *plain = open_as("openai");
    lmi_ask what = an_ask();
    lmi_call *call = NULL;

    (void)state;
    assert_true(lmas_remote_describe(vllm)->tells_tokens);
    assert_false(lmas_remote_describe(plain)->tells_tokens);
    assert_ok(lmas_remote_match(vllm, tied));
    assert_fails(LMAS_E_MODEL, "its vectors are 64 wide, those of models/demo.gguf 192",
                 lmas_remote_match(vllm, demo));
    assert_ok(lmas_remote_match(llama, tied));
    assert_fails(LMAS_E_MODEL, "its vectors are 64 wide", lmas_remote_match(llama, demo));
    assert_fails(LMAS_E_MODEL, "\"Hello, world!", lmas_remote_match(sglang, demo));
    assert_fails(LMAS_E_MODEL, "place 0 there is token", lmas_remote_match(sglang, demo));
    what.rows = some_rows;
    what.n_rows = 5;
    assert_fails(LMAS_E_INVALID, "lmas_remote_match() first", lmi_call_start(&call, sglang, &what));
    assert_ok(lmas_remote_match(sglang, tied));
    assert_int_equal(lmas_remote_describe(sglang)->n_embd, DOUBLE_WIDTH);
    assert_ok(lmas_remote_match(plain, demo)); /* nothing to compare */
    lmas_remote_free(vllm);
    lmas_remote_free(sglang);
    lmas_remote_free(llama);
    lmas_remote_free(plain);
}

/* ---- Keys ---- */

static void test_a_key_comes_from_a_file_or_the_environment(void **state)
{
    lmas_remote_params params = lmas_remote_params_default();
    lmas_remote *remote = NULL;

    (void)state;
    assert_refused(LMAS_E_IO, "HTTP 401", double_url("vllm.key"), NULL);
    setenv("OPENAI_API_KEY", DOUBLE_KEY, 1);
    assert_ok(lmas_remote_open(&remote, double_url("vllm.key"), NULL));
    lmas_remote_free(remote);
    setenv("LATENTMAS_API_KEY", "another", 1);
    assert_refused(LMAS_E_IO, "the key is refused", double_url("vllm.key"), NULL);
    params.key_file =
        support_file(support_folder(), "key", DOUBLE_KEY "\r\n", sizeof(DOUBLE_KEY "\r\n") - 1);
    assert_ok(lmas_remote_open(&remote, double_url("vllm.key"), &params));
    lmas_remote_free(remote);
    unsetenv("OPENAI_API_KEY");
    unsetenv("LATENTMAS_API_KEY");
}

static void assert_no_key(const char *text, size_t len, const char *why)
{
    lmas_remote_params params = lmas_remote_params_default();

    params.key_file = support_file(support_folder(), "key", text, len);
    assert_refused(LMAS_E_INVALID, why, double_url("vllm"), &params);
    assert_null(strstr(lmas_last_error(), "sk-"));
}

static void test_what_can_be_no_key_is_refused(void **state)
{
    char text[5000];

    (void)state;
    memset(text, 's', sizeof(text));
    assert_no_key("", 0, "holds no key");
    assert_no_key("\n\n", 2, "holds no key");
    assert_no_key("sk-a\nsk-b\n", 10, "one line of visible ASCII, byte 4");
    assert_no_key("sk-a\0b", 6, "one line of visible ASCII, byte 4");
    assert_no_key("sk-\x01", 4, "one line of visible ASCII, byte 3");
    assert_no_key(text, sizeof(text), "at most 4096 bytes");
}

/* ---- Asking ---- */

static const char *answer_to(lmas_remote *remote, const lmi_ask *what)
{
    lmi_call *call = ask(remote, what);
    const char *text = text_of(call);

    assert_false(lmi_call_is_cut(call));
    assert_int_equal(lmi_call_n_restarts(call), 0);
    lmi_call_free(call);
    return text;
}

static void test_each_kind_takes_text_tokens_and_chat_turns(void **state)
{
    static const char *const kinds[] = {"vllm", "sglang", "llama", "openai", "sglang.pieces"};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
        lmas_remote *remote = open_as(kinds[i]);
        lmi_ask what = an_ask();

        what.text = "one two three";
        assert_non_null(strstr(answer_to(remote, &what), "heard text 3 "));
        what.text = NULL;
        what.tokens = some_tokens;
        what.n_tokens = 5;
        assert_non_null(strstr(answer_to(remote, &what), "heard tokens 5 "));
        what.tokens = NULL;
        what.system = "be brief";
        what.user = "hello";
        assert_non_null(strstr(answer_to(remote, &what), "heard chat 2 "));
        lmas_remote_free(remote);
    }
}

static const char *rows_answer(const char *part, bool is_bf16, float scale)
{
    lmas_remote_params params = lmas_remote_params_default();
    lmas_remote *remote = NULL;
    lmi_ask what = an_ask();
    const char *text;

    params.is_bf16 = is_bf16;
    assert_ok(lmas_remote_open(&remote, double_url(part), &params));
    if (strcmp(part, "sglang") == 0)
        remote->info.n_embd = DOUBLE_WIDTH; /* as lmas_remote_match() finds it */
    what.rows = some_rows;
    what.n_rows = 5;
    what.row_scale = scale;
    text = answer_to(remote, &what);
    lmas_remote_free(remote);
    return text;
}

static void test_vectors_reach_vllm_and_sglang_as_they_are(void **state)
{
    char f32[64], bf16[64];

    (void)state;
    snprintf(f32, sizeof(f32), "%s", rows_answer("vllm", false, 0));
    assert_non_null(strstr(f32, "heard rows 5 "));
    assert_string_equal(rows_answer("sglang", false, 1), f32);
    snprintf(bf16, sizeof(bf16), "%s", rows_answer("vllm", true, 0));
    assert_non_null(strstr(bf16, "heard rows 5 "));
    assert_string_not_equal(bf16, f32);
    assert_string_not_equal(rows_answer("vllm", false, 8), f32);
}

static void test_what_is_no_ask_is_refused(void **state)
{
    lmas_remote *remote = open_as("vllm");
    lmas_remote *plain = open_as("openai");
    const float bad[DOUBLE_WIDTH] = {[3] = 1.0f / 0.0f};
    lmi_ask what = an_ask();
    lmi_call *call = NULL;

    (void)state;
    assert_fails(LMAS_E_INVALID, "found 0 of them", lmi_call_start(&call, remote, &what));
    what.text = "a";
    what.user = "b";
    assert_fails(LMAS_E_INVALID, "found 2 of them", lmi_call_start(&call, remote, &what));
    what.user = NULL;
    what.n_most = 0;
    assert_fails(LMAS_E_INVALID, "tokens to speak", lmi_call_start(&call, remote, &what));
    what.n_most = 5;
    what.n_stops = 1000;
    assert_fails(LMAS_E_INVALID, "stop words", lmi_call_start(&call, remote, &what));
    what = an_ask();
    what.rows = bad;
    what.n_rows = 1;
    assert_fails(LMAS_E_ENGINE, "not finite", lmi_call_start(&call, remote, &what));
    assert_fails(LMAS_E_INVALID, "takes no vectors", lmi_call_start(&call, plain, &what));
    lmas_remote_free(remote);
    lmas_remote_free(plain);
}

static void test_an_ask_stays_within_the_servers_context(void **state)
{
    lmas_remote *remote = open_as("vllm");
    int32_t *tokens = lmi_new(DOUBLE_CTX, sizeof(*tokens));
    lmi_ask what = an_ask();
    lmi_call *call = NULL;

    (void)state;
    what.tokens = tokens;
    what.n_tokens = DOUBLE_CTX - 2;
    call = ask(remote, &what);
    assert_int_equal(lmi_call_n_most(call), 2);
    assert_true(lmi_call_is_cut(call));
    assert_int_equal(lmi_call_n_spoken(call), 2);
    assert_int_equal(lmi_call_n_read(call), DOUBLE_CTX - 2);
    assert_string_equal(text_of(call), "heard tokens");
    lmi_call_free(call);
    what.n_tokens = DOUBLE_CTX;
    assert_fails(LMAS_E_CONTEXT_FULL, "leave no room", lmi_call_start(&call, remote, &what));
    lmi_free(tokens);
    lmas_remote_free(remote);
}

static void test_sampling_is_sent_in_full_and_plain_servers_get_what_they_know(void **state)
{
    static const char *const kinds[] = {"vllm.x.full", "sglang.x.full", "llama.x.full",
                                        "openai.x.full"};
    static const char *const stops[] = {"a", "b", "c", "d", "e"};
    size_t i;

    (void)state;
    for (i = 0; i < 4; i++) {
        lmas_remote *remote = open_as(kinds[i]);
        lmi_ask what = an_ask();

        what.text = "x";
        what.sampling = lmas_sampling_default();
        what.seed = UINT64_MAX;
        what.stops = stops;
        what.n_stops = 5;
        what.stop_tokens = some_tokens;
        what.n_stop_tokens = 5;
        answer_to(remote, &what);
        lmas_remote_free(remote);
    }
    assert_int_equal(double_count("\"seed\": 9223372036854775807"), 1);
    assert_int_equal(double_count("\"temperature\": 0.6, \"top_p\": 0.95, \"top_k\": 20"), 3);
    assert_int_equal(double_count("\"stop\": [\"a\", \"b\", \"c\", \"d\"]"), 1);
    assert_int_equal(double_count("\"stop_token_ids\": [5, 6, 7, 8, 9]"), 2);
    assert_int_equal(double_count("\"repeat_penalty\": 1"), double_count("\"samplers\": ["));
}

/* ---- Faults ---- */

/* (libcurl asks once more by itself where a connection that it kept turns out closed) */
enum { AT_LEAST = 1000 };

/* The ask that meets a fault, failing as said, after so many tries. */
static void assert_fault(const char *part, lmas_status want, const char *why, size_t n_tries)
{
    lmas_remote *remote = open_as(part);
    lmi_ask what = an_ask();
    char asked[100];
    lmi_call *call;

    snprintf(asked, sizeof(asked), "\"part\": \"%s\", \"key\": null, \"fault\"", part);
    what.text = "some words to say";
    call = ask(remote, &what);
    assert_fails(want, why, lmi_call_judge(call));
    assert_fails(want, why, lmi_call_judge(call));
    assert_null(strpbrk(lmas_last_error(), "\n\r\a"));
    if (n_tries > AT_LEAST)
        assert_true(double_count(asked) >= n_tries - AT_LEAST);
    else
        assert_int_equal(double_count(asked), n_tries);
    lmi_call_free(call);
    lmas_remote_free(remote);
}

static void test_what_will_not_pass_fails_at_once(void **state)
{
    (void)state;
    assert_fault("vllm.400", LMAS_E_IO, "HTTP 400 from", 1);
    assert_fault("vllm.400.b", LMAS_E_IO, "(the server says: the double says 400)", 1);
    assert_fault("vllm.401", LMAS_E_IO, "a key is asked for", 1);
    assert_fault("vllm.403", LMAS_E_IO, "HTTP 403", 1);
    assert_fault("vllm.404", LMAS_E_IO, "HTTP 404", 1);
    assert_fault("openai.422", LMAS_E_IO, "(the server says: the double says 422)", 1);
    assert_fault("vllm.garbage", LMAS_E_FORMAT, "is no event stream", 1);
    assert_fault("vllm.html", LMAS_E_FORMAT, "is no event stream", 1);
    assert_fault("vllm.json", LMAS_E_FORMAT, "is no event stream", 1);
    assert_fault("vllm.long", LMAS_E_FORMAT, "is no event stream", 1);
    assert_fault("vllm.badutf8", LMAS_E_FORMAT, "the server's stream:1", 1);
    assert_fault("vllm.badjson", LMAS_E_FORMAT, "the server's stream:1", 1);
    assert_fault("vllm.wrongtype", LMAS_E_FORMAT, "a text expected", 1);
    assert_fault("vllm.hugeline", LMAS_E_FORMAT, "a line of more than", 1);
    assert_fault("vllm.inbad", LMAS_E_IO, "in the middle of its answer: engine?died", 1);
    assert_fault("vllm.empty", LMAS_E_FORMAT, "no room to speak", 1);
    assert_fault("sglang.innocode", LMAS_E_IO, "in the middle of its answer: engine?died", 1);
    assert_fault("sglang.shrink", LMAS_E_FORMAT, "takes back", 1);
}

static void test_what_may_pass_is_tried_as_often_as_said(void **state)
{
    (void)state;
    assert_fault("vllm.500", LMAS_E_IO, "HTTP 500", 3);
    assert_fault("vllm.503", LMAS_E_IO, "HTTP 503", 3);
    assert_fault("vllm.away", LMAS_E_IO, "vllm.away/v1/completions", AT_LEAST + 3);
    assert_fault("vllm.cut", LMAS_E_IO, "/v1/completions", 3);
    assert_fault("vllm.cutclean", LMAS_E_IO, "was cut off after", 3);
    assert_fault("vllm.done", LMAS_E_IO, "was cut off after 0 bytes", 3);
    assert_fault("vllm.inerror", LMAS_E_IO, "in the middle of its answer", 3);
    assert_fault("vllm.abort", LMAS_E_IO, "gave up", 3);
    assert_fault("sglang.cut", LMAS_E_IO, "/generate", 3);
    assert_fault("sglang.inerror", LMAS_E_IO, "in the middle of its answer: engine?died", 3);
}

/* The same answer as without the fault, `n` texts dropped before it. */
static void assert_recovers(const char *part, unsigned n_restarts)
{
    lmas_remote *remote = open_as(part);
    lmi_ask what = an_ask();
    lmi_call *call;

    what.tokens = some_tokens;
    what.n_tokens = 5;
    call = ask(remote, &what);
    assert_non_null(strstr(text_of(call), "heard tokens 5 "));
    assert_int_equal(lmi_call_n_restarts(call), n_restarts);
    lmi_call_free(call);
    lmas_remote_free(remote);
}

static void test_an_answer_comes_after_faults_that_pass(void **state)
{
    const double begin = lmi_now_ms();

    (void)state;
    assert_recovers("vllm.500-2", 0);
    assert_recovers("vllm.away-1", 0);
    assert_recovers("vllm.cut-2", 2);
    assert_recovers("vllm.cutclean-1", 1);
    assert_recovers("vllm.inerror-1", 1);
    assert_recovers("sglang.cut-1", 1);
    assert_recovers("vllm.slow", 0);
    assert_recovers("vllm.nodone", 0);
    assert_true(lmi_now_ms() - begin < 8000);
    assert_recovers("vllm.429-1", 0); /* it asks for a second */
    assert_true(lmi_now_ms() - begin >= 1000);
}

static void test_a_server_that_sends_nothing_is_left_after_its_time(void **state)
{
    const double begin = lmi_now_ms();

    (void)state;
    assert_recovers("vllm.stall-1", 0);
    assert_true(lmi_now_ms() - begin >= 1500);
    assert_true(lmi_now_ms() - begin < 15000);
}

static void test_a_server_that_reads_otherwise_than_sent_is_not_believed(void **state)
{
    lmas_remote *remote;
    lmi_ask what = an_ask();
    lmi_call *call;

    (void)state;
    what.rows = some_rows;
    what.n_rows = 5;
    remote = open_as("vllm.miscount");
    call = ask(remote, &what);
    assert_fails(LMAS_E_FORMAT, "read 6 positions of the 5", lmi_call_judge(call));
    lmi_call_free(call);
    lmas_remote_free(remote);
    remote = open_as("vllm.nocount");
    call = ask(remote, &what);
    assert_fails(LMAS_E_FORMAT, "does not say how many", lmi_call_judge(call));
    lmi_call_free(call);
    lmas_remote_free(remote);
}

static void test_no_message_has_the_key_and_no_other_host_gets_it(void **state)
{
    lmas_remote *remote;
    lmi_ask what = an_ask();
    lmi_call *call;

    (void)state;
    what.text = "x";
    setenv("LATENTMAS_API_KEY", DOUBLE_KEY, 1);
    remote = open_as("vllm.keyecho");
    call = ask(remote, &what);
    assert_fails(LMAS_E_IO, "the key is refused (the server says: you sent Bearer ***",
                 lmi_call_judge(call));
    assert_null(strstr(lmas_last_error(), DOUBLE_KEY));
    lmi_call_free(call);
    lmas_remote_free(remote);
    assert_refused(LMAS_E_IO, "it has moved to", double_url("vllm.redirect"), NULL);
    unsetenv("LATENTMAS_API_KEY");
}

static void test_a_zero_byte_becomes_a_replacement(void **state)
{
    lmas_remote *remote = open_as("vllm.nul");
    lmi_ask what = an_ask();
    lmi_call *call;

    (void)state;
    what.text = "x";
    call = ask(remote, &what);
    assert_non_null(strstr(text_of(call), "a\xef\xbf\xbd"
                                          "b "));
    lmi_call_free(call);
    lmas_remote_free(remote);
}

/* ---- Many ---- */

enum { MANY = 40 };

static void test_many_go_at_once_and_no_more_than_said(void **state)
{
    lmas_remote *remote = open_as("vllm.slow.many");
    lmi_call *calls[MANY];
    lmi_ask what = an_ask();
    size_t n_left = MANY;
    double begin;
    size_t i;

    (void)state;
    remote->params.n_at_once = 8;
    what.text = "x";
    begin = lmi_now_ms();
    for (i = 0; i < MANY; i++)
        assert_ok(lmi_call_start(&calls[i], remote, &what));
    while (n_left > 0) {
        assert_ok(lmi_remote_poll(remote, 1000, NULL, 0));
        assert_true(remote->n_running <= 8);
        for (n_left = i = 0; i < MANY; i++)
            n_left += !lmi_call_has_ended(calls[i]);
    }
    /* 5 words of 0.15 s each, 40 questions, 8 at once: 3 s and a half, and not 30 */
    assert_true(lmi_now_ms() - begin < 15000);
    for (i = 0; i < MANY; i++) {
        assert_non_null(strstr(text_of(calls[i]), "heard text 1 "));
        lmi_call_free(calls[i]);
    }
    lmas_remote_free(remote);
}

enum { N_FAULTS = 500 };

/* Faults that pass, each question's once or twice, and those that do not. */
static const char *const passing[] = {"500-1",     "away-1",  "cut-2", "cutclean-1",
                                      "inerror-2", "abort-1", "503-2", "done-1"};
static const char *const lasting[] = {"400",     "401",     "404",       "422",   "garbage", "html",
                                      "badutf8", "badjson", "wrongtype", "inbad", "empty",   "500"};

static const char *fault_of(size_t i)
{
    if (i % 3 == 0)
        return "";
    return i % 3 == 1 ? passing[i / 3 % 8] : lasting[i / 3 % 12];
}

/* A question that nothing lasting struck has its own answer, and another one line that says why. */
static void assert_ended_alone(lmi_call *call, size_t i)
{
    if (i % 3 != 2) {
        assert_non_null(strstr(text_of(call), "heard text 3 "));
        return;
    }
    assert_true(lmi_call_judge(call) != LMAS_OK);
    assert_true(strlen(lmas_last_error()) > 0);
    assert_null(strpbrk(lmas_last_error(), "\n\r\a\x1b"));
}

static void test_500_faults_end_no_question_but_their_own(void **state)
{
    lmas_remote *remote = open_as("vllm.x.faults");
    static lmi_call *calls[N_FAULTS];
    lmi_ask what = an_ask();
    char text[100];
    size_t n_left = N_FAULTS;
    size_t i;

    (void)state;
    what.text = text;
    for (i = 0; i < N_FAULTS; i++) {
        snprintf(text, sizeof(text), "fault:%s.%zu question %zu", fault_of(i), i, i);
        assert_ok(lmi_call_start(&calls[i], remote, &what));
    }
    while (n_left > 0) {
        assert_ok(lmi_remote_poll(remote, 1000, NULL, 0));
        for (n_left = i = 0; i < N_FAULTS; i++)
            n_left += !lmi_call_has_ended(calls[i]);
    }
    for (i = 0; i < N_FAULTS; i++) {
        assert_ended_alone(calls[i], i);
        lmi_call_free(calls[i]);
    }
    lmas_remote_free(remote);
}

static void test_a_wait_ends_with_another_descriptor_and_costs_no_more_than_said(void **state)
{
    lmas_remote *remotes[2] = {open_as("vllm.stall.a"), open_as("vllm.stall.b")};
    lmi_call *calls[2];
    lmi_ask what = an_ask();
    double begin;
    int fds[2];
    size_t i;

    (void)state;
    what.text = "x";
    for (i = 0; i < 2; i++)
        assert_ok(lmi_call_start(&calls[i], remotes[i], &what));
    for (i = 0; i < 5; i++)
        assert_ok(lmi_remotes_poll(remotes, 2, 20, NULL, 0));
    assert_int_equal(pipe(fds), 0);
    begin = lmi_now_ms();
    assert_ok(lmi_remotes_poll(remotes, 2, 0, fds, 1));
    assert_true(lmi_now_ms() - begin < 50);
    assert_int_equal(write(fds[1], "x", 1), 1);
    begin = lmi_now_ms();
    assert_ok(lmi_remotes_poll(remotes, 2, 1500, fds, 1));
    assert_true(lmi_now_ms() - begin < 500);
    close(fds[0]);
    close(fds[1]);
    for (i = 0; i < 2; i++) {
        lmi_call_free(calls[i]); /* cancels */
        lmas_remote_free(remotes[i]);
    }
}

static void test_a_freed_call_is_no_longer_asked(void **state)
{
    lmas_remote *remote = open_as("vllm.slow.freed");
    const size_t n_fds = support_count_fds();
    lmi_ask what = an_ask();
    lmi_call *calls[3];
    size_t i;

    (void)state;
    what.text = "x";
    remote->params.n_at_once = 1;
    for (i = 0; i < 3; i++)
        assert_ok(lmi_call_start(&calls[i], remote, &what));
    assert_ok(lmi_remote_poll(remote, 100, NULL, 0));
    lmi_call_free(calls[0]);
    lmi_call_free(calls[1]);
    while (!lmi_call_has_ended(calls[2]))
        assert_ok(lmi_remote_poll(remote, 1000, NULL, 0));
    assert_non_null(strstr(text_of(calls[2]), "heard text"));
    lmi_call_free(calls[2]);
    assert_true(support_count_fds() <= n_fds + 2);
    lmas_remote_free(remote);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_server_is_known_by_what_it_answers),
        cmocka_unit_test(test_what_a_server_says_is_checked),
        cmocka_unit_test(test_an_address_is_checked_and_no_password_told),
        cmocka_unit_test(test_the_v1_of_an_address_may_be_there),
        cmocka_unit_test(test_another_model_is_told_by_its_width_or_its_tokens),
        cmocka_unit_test(test_a_key_comes_from_a_file_or_the_environment),
        cmocka_unit_test(test_what_can_be_no_key_is_refused),
        cmocka_unit_test(test_each_kind_takes_text_tokens_and_chat_turns),
        cmocka_unit_test(test_vectors_reach_vllm_and_sglang_as_they_are),
        cmocka_unit_test(test_what_is_no_ask_is_refused),
        cmocka_unit_test(test_an_ask_stays_within_the_servers_context),
        cmocka_unit_test(test_sampling_is_sent_in_full_and_plain_servers_get_what_they_know),
        cmocka_unit_test(test_what_will_not_pass_fails_at_once),
        cmocka_unit_test(test_what_may_pass_is_tried_as_often_as_said),
        cmocka_unit_test(test_an_answer_comes_after_faults_that_pass),
        cmocka_unit_test(test_a_server_that_sends_nothing_is_left_after_its_time),
        cmocka_unit_test(test_a_server_that_reads_otherwise_than_sent_is_not_believed),
        cmocka_unit_test(test_no_message_has_the_key_and_no_other_host_gets_it),
        cmocka_unit_test(test_a_zero_byte_becomes_a_replacement),
        cmocka_unit_test(test_many_go_at_once_and_no_more_than_said),
        cmocka_unit_test(test_500_faults_end_no_question_but_their_own),
        cmocka_unit_test(test_a_wait_ends_with_another_descriptor_and_costs_no_more_than_said),
        cmocka_unit_test(test_a_freed_call_is_no_longer_asked),
    };

    return cmocka_run_group_tests(tests, start_double, stop_double);
}
