/* latent_cancel_test.c - stopping a session: what was under way, what is asked later, going on. */
#include <string.h>

#include "base/buf.h"
#include "latent/memory.h"
#include "support.h"

static const lmas_sampling GREEDY = {.temperature = 0.0f, .top_p = 1.0f};

typedef struct pair {
    lmas_session *session;
    lmas_memory *a, *b;
} pair;

static pair two_memories(void)
{
    pair p = {.session = support_session(support_model(DEMO_MODEL), 2, 1024, false)};

    assert_ok(lmas_memory_new(&p.a, p.session));
    assert_ok(lmas_memory_new(&p.b, p.session));
    return p;
}

static void done(pair *p)
{
    lmas_memory_free(p->a);
    lmas_memory_free(p->b);
    lmas_session_free(p->session);
}

/* Place a request whose tokens go away before anybody looks at them again, as those of a call do
 * that was stopped. */
static void leave_a_request(lmas_memory *memory, lmas_session *session)
{
    lmi_tokens tokens = {0};

    assert_ok(lmi_model_tokenize(&tokens, session->model, "Tom has 12 apples and 7 pears."));
    assert_ok(lmi_memory_start_read(memory, "a", tokens.ids, tokens.n, LMI_WANT_HIDDEN));
    lmas_session_cancel(session);
    assert_fails(LMAS_E_CANCELED, "canceled", lmi_memory_wait(memory));
    memset(tokens.ids, 0xff, tokens.n * sizeof(*tokens.ids));
    lmi_tokens_done(&tokens);
}

static void test_a_request_nobody_waits_for_is_off_its_lane(void **state)
{
    pair p = two_memories();

    (void)state;
    leave_a_request(p.a, p.session);
    assert_false(lmi_memory_is_busy(p.a));
    assert_null(p.a->lane->tokens);
    assert_int_equal(lmas_memory_n_pos(p.a), 0);
    assert_int_equal(lmas_memory_n_segments(p.a), 0);
    assert_fails(LMAS_E_CANCELED, "canceled", lmas_memory_read(p.b, "b", "one"));
    lmas_session_resume(p.session);
    assert_ok(lmas_memory_read(p.b, "b", "one"));
    assert_int_equal(lmas_memory_n_pos(p.a), 0);
    done(&p);
}

static void test_every_later_call_says_canceled(void **state)
{
    pair p = two_memories();
    double ms;

    (void)state;
    assert_ok(lmas_memory_read(p.a, "a", "Tom has 12 apples."));
    lmas_session_cancel(p.session);
    assert_fails(LMAS_E_CANCELED, "canceled", lmas_memory_read(p.a, "a", "one"));
    assert_fails(LMAS_E_CANCELED, "canceled", lmas_memory_read(p.b, "b", "one"));
    assert_fails(LMAS_E_CANCELED, "canceled", lmas_memory_think(p.a, "a", 3));
    assert_fails(LMAS_E_CANCELED, "canceled", lmas_memory_think(p.a, "a", 0));
    assert_fails(LMAS_E_CANCELED, "canceled", lmas_memory_speak(p.a, "a", 1, NULL, NULL, NULL));
    assert_fails(LMAS_E_CANCELED, "canceled", lmas_memory_speak(p.b, "b", 9, NULL, NULL, NULL));
    assert_fails(LMAS_E_CANCELED, "canceled",
                 lmas_session_measure(&ms, p.session, LMAS_WORK_READ, 4, 0));
    done(&p);
}

static bool collect(void *user, const char *text, size_t len)
{
    lmi_buf_append(user, text, len);
    return true;
}

static void speak(lmi_buf *out, lmas_memory *memory)
{
    lmi_buf_init(out, 4096);
    assert_ok(lmas_memory_speak(memory, "a", 24, &GREEDY, collect, out));
}

/* A call that was refused at its door leaves the memory as it was. */
static void test_a_session_that_goes_on_says_what_it_would_have_said(void **state)
{
    pair p = two_memories();
    lmi_buf want, got;

    (void)state;
    assert_ok(lmas_memory_read(p.a, "a", "Tom has 12 apples."));
    assert_ok(lmas_memory_read(p.b, "a", "Tom has 12 apples."));
    assert_ok(lmas_memory_think(p.a, "a", 3));
    speak(&want, p.a);
    lmas_session_cancel(p.session);
    assert_fails(LMAS_E_CANCELED, "canceled", lmas_memory_think(p.b, "a", 3));
    lmas_session_resume(p.session);
    assert_ok(lmas_memory_think(p.b, "a", 3));
    lmas_session_cancel(p.session);
    assert_fails(LMAS_E_CANCELED, "canceled", lmas_memory_speak(p.b, "a", 9, NULL, NULL, NULL));
    lmas_session_resume(p.session);
    speak(&got, p.b);
    assert_true(want.len > 4);
    assert_string_equal(lmi_buf_text(&got), lmi_buf_text(&want));
    lmi_buf_done(&want);
    lmi_buf_done(&got);
    done(&p);
}

static bool cancel(void *user, const char *text, size_t len)
{
    (void)text;
    (void)len;
    lmas_session_cancel(user);
    return true;
}

static void test_speech_that_is_stopped_on_its_way_can_be_read_on(void **state)
{
    pair p = two_memories();
    uint32_t n;

    (void)state;
    assert_ok(lmas_memory_read(p.a, "a", "Tom has 12 apples."));
    n = lmas_memory_n_pos(p.a);
    assert_fails(LMAS_E_CANCELED, "canceled",
                 lmas_memory_speak(p.a, "a", 20, &GREEDY, cancel, p.session));
    assert_int_equal(lmas_memory_n_pos(p.a), n);
    assert_int_equal(lmas_memory_n_segments(p.a), 1);
    lmas_session_resume(p.session);
    assert_fails(LMAS_E_INVALID, "before speaking",
                 lmas_memory_speak(p.a, "a", 1, NULL, NULL, NULL));
    assert_ok(lmas_memory_read(p.a, "a", " How many?"));
    assert_ok(lmas_memory_think(p.a, "a", 2));
    assert_ok(lmas_memory_speak(p.a, "a", 4, &GREEDY, NULL, NULL));
    done(&p);
}

/* What goes and stays of a prompt that was half read: nothing of it. */
static void test_a_prompt_that_was_half_read_is_taken_back(void **state)
{
    pair p = two_memories();
    lmi_tokens tokens = {0};
    uint32_t n;

    (void)state;
    assert_ok(lmas_memory_read(p.a, "a", "Tom has 12 apples."));
    n = lmas_memory_n_pos(p.a);
    assert_ok(lmi_model_tokenize(&tokens, p.session->model, "He buys 7 more. How many?"));
    p.session->ctx->n_batch = 4;
    assert_ok(lmi_memory_start_read(p.a, "a", tokens.ids, tokens.n, LMI_WANT_HIDDEN));
    assert_ok(lmi_context_tick(p.session->ctx));
    assert_true(lmi_memory_is_busy(p.a) && lmas_memory_n_pos(p.a) > n);
    lmas_session_cancel(p.session);
    assert_fails(LMAS_E_CANCELED, "canceled", lmi_memory_wait(p.a));
    lmi_tokens_done(&tokens);
    assert_int_equal(lmas_memory_n_pos(p.a), n);
    lmas_session_resume(p.session);
    assert_ok(lmas_memory_read(p.a, "a", " How many?"));
    assert_ok(lmas_memory_speak(p.a, "a", 4, &GREEDY, NULL, NULL));
    done(&p);
}

static void test_nothing_is_canceled_where_there_is_nothing(void **state)
{
    (void)state;
    lmas_session_cancel(NULL);
    lmas_session_resume(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_request_nobody_waits_for_is_off_its_lane),
        cmocka_unit_test(test_every_later_call_says_canceled),
        cmocka_unit_test(test_a_session_that_goes_on_says_what_it_would_have_said),
        cmocka_unit_test(test_speech_that_is_stopped_on_its_way_can_be_read_on),
        cmocka_unit_test(test_a_prompt_that_was_half_read_is_taken_back),
        cmocka_unit_test(test_nothing_is_canceled_where_there_is_nothing),
    };

    return cmocka_run_group_tests_name("latent_cancel", tests, NULL, NULL);
}
