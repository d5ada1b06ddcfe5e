/* latent_test.c - realignment, thinking, the working memory and its segments, speaking. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "latent/memory.h"
#include "latent/realign/matrix.h"
#include "support.h"

static double norm_of(const float *x, size_t n)
{
    double sum = 0;
    size_t i;

    for (i = 0; i < n; i++)
        sum += (double)x[i] * (double)x[i];
    return sqrt(sum);
}

static void test_a_thought_has_the_size_of_an_input_embedding(void **state)
{
    const lmi_realign realign = {.n_embd = 3, .target_norm = 2.0f};
    const float h[3] = {30.0f, 0.0f, -40.0f};
    float e[3];

    (void)state;
    lmi_realign_apply(e, &realign, h);
    assert_float_equal(e[0], 1.2f, 1e-6);
    assert_float_equal(e[1], 0.0f, 1e-6);
    assert_float_equal(e[2], -1.6f, 1e-6);
}

/* Row vector times matrix, then the rescale: h W_a, not W_a h. */
static void test_the_matrix_is_applied_from_the_right(void **state)
{
    float matrix[4] = {0.0f, 1.0f, 0.0f, 0.0f};
    const lmi_realign realign = {.n_embd = 2, .target_norm = 5.0f, .matrix = matrix};
    const float h[2] = {3.0f, 7.0f};
    float e[2];

    (void)state;
    lmi_realign_apply(e, &realign, h);
    assert_float_equal(e[0], 0.0f, 1e-6);
    assert_float_equal(e[1], 5.0f, 1e-6);
}

static void test_a_zero_hidden_state_is_not_blown_up(void **state)
{
    const lmi_realign realign = {.n_embd = 2, .target_norm = 1.0f};
    const float h[2] = {0.0f, 0.0f};
    float e[2] = {9.0f, 9.0f};

    (void)state;
    lmi_realign_apply(e, &realign, h);
    assert_true(e[0] == 0.0f && e[1] == 0.0f);
}

static void test_a_tied_model_keeps_the_identity(void **state)
{
    lmas_session *tied = support_session(support_model(TIED_MODEL), 1, 256, true);
    lmas_session *untied = support_session(support_model(UNTIED_MODEL), 1, 256, true);

    (void)state;
    assert_string_equal(lmas_session_realignment(tied), "norm");
    assert_string_equal(lmas_session_realignment(untied), "matrix");
    lmas_session_free(tied);
    lmas_session_free(untied);
}

static float *obtain(const char *cache_dir)
{
    const lmi_realign_params params = {.is_matrix_wanted = true, .cache_dir = cache_dir};
    float *matrix = NULL;

    assert_ok(lmi_matrix_obtain(&matrix, support_model(UNTIED_MODEL), &params));
    return matrix;
}

static void test_the_matrix_is_kept_and_a_damaged_one_is_solved_again(void **state)
{
    const char *folder = support_folder();
    const char *print = lmas_model_describe(support_model(UNTIED_MODEL))->fingerprint;
    const size_t size = (size_t)48 * 48 * sizeof(float);
    float *first = obtain(folder);
    char path[256];
    lmi_buf file;
    float *second;

    (void)state;
    snprintf(path, sizeof(path), "%s/realign-%.32s.bin", folder, print);
    lmi_buf_init(&file, 1 << 20);
    assert_ok(lmi_file_read(&file, path));
    second = obtain(folder);
    assert_memory_equal(first, second, size);
    lmi_free(second);
    file.data[500] ^= 1; /* one bit of the matrix */
    assert_ok(lmi_file_write(path, file.data, file.len));
    second = obtain(folder);
    assert_memory_equal(first, second, size);
    file.data[500] ^= 1;
    lmi_buf_clear(&file);
    assert_ok(lmi_file_read(&file, path)); /* and the good one was put back */
    assert_memory_equal(file.data + 8 + 64 + 8, first, size);
    lmi_buf_done(&file);
    lmi_free(first);
    lmi_free(second);
}

static void test_a_cache_that_cannot_be_written_does_no_harm(void **state)
{
    float *matrix;

    (void)state;
    matrix = obtain("/proc/nowhere");
    assert_non_null(matrix);
    lmi_free(matrix);
}

static bool stop_at_once(void *user, float progress)
{
    (void)user;
    (void)progress;
    return false;
}

static void test_solving_can_be_stopped(void **state)
{
    const lmi_realign_params params = {
        .is_matrix_wanted = true, .cache_dir = "", .progress = stop_at_once};
    float *matrix = NULL;

    (void)state;
    assert_fails(LMAS_E_CANCELED, "stopped",
                 lmi_matrix_obtain(&matrix, support_model(UNTIED_MODEL), &params));
    assert_null(matrix);
}

static void test_think_adds_one_position_per_step(void **state)
{
    lmas_session *session = support_session(support_model(DEMO_MODEL), 1, 512, false);
    lmas_memory *memory = NULL;
    uint32_t n;

    (void)state;
    assert_ok(lmas_memory_new(&memory, session));
    assert_ok(lmas_memory_read(memory, "planner", "Tom has 12 apples."));
    n = lmas_memory_n_pos(memory);
    assert_true(n > 3);
    assert_ok(lmas_memory_think(memory, "planner", 7));
    assert_int_equal(lmas_memory_n_pos(memory), n + 7);
    assert_ok(lmas_memory_think(memory, "planner", 0));
    assert_int_equal(lmas_memory_n_pos(memory), n + 7);
    lmas_memory_free(memory);
    lmas_session_free(session);
}

static void test_each_thought_taken_in_has_the_target_norm(void **state)
{
    lmas_session *session = support_session(support_model(DEMO_MODEL), 1, 512, false);
    lmas_memory *memory = NULL;
    float target;
    int i;

    (void)state;
    assert_ok(lmas_model_target_norm(&target, support_model(DEMO_MODEL)));
    assert_ok(lmas_memory_new(&memory, session));
    assert_ok(lmas_memory_read(memory, "planner", "Tom has 12 apples."));
    for (i = 0; i < 5; i++) {
        assert_ok(lmas_memory_think(memory, "planner", 1));
        assert_float_equal(norm_of(memory->thought, session->realign->n_embd), target, 1e-4);
    }
    lmas_memory_free(memory);
    lmas_session_free(session);
}

static void test_segments_say_who_put_what_where(void **state)
{
    const lmas_sampling greedy = {.temperature = 0.0f, .top_p = 1.0f};
    lmas_session *session = support_session(support_model(UNTIED_MODEL), 1, 512, false);
    lmas_memory *memory = NULL;
    const lmas_segment *s;

    (void)state;
    assert_ok(lmas_memory_new(&memory, session));
    assert_ok(lmas_memory_read(memory, "a", "one two"));
    assert_ok(lmas_memory_read(memory, "a", " three"));
    assert_ok(lmas_memory_think(memory, "a", 4));
    assert_ok(lmas_memory_read(memory, "b", "four"));
    assert_ok(lmas_memory_speak(memory, "b", 3, &greedy, NULL, NULL));
    assert_int_equal(lmas_memory_n_segments(memory), 4);
    s = lmas_memory_segment(memory, 0);
    assert_string_equal(s->agent, "a");
    assert_int_equal(s->kind, LMAS_SEGMENT_PROMPT);
    assert_int_equal(s[1].kind, LMAS_SEGMENT_THOUGHT);
    assert_int_equal(s[1].n, 4);
    assert_int_equal(s[1].pos, s[0].n);
    assert_int_equal(s[2].pos, s[1].pos + 4);
    assert_int_equal(s[3].kind, LMAS_SEGMENT_TEXT);
    assert_int_equal(s[3].n, 2); /* three tokens spoken, the last stays out */
    assert_int_equal(s[3].pos + s[3].n, lmas_memory_n_pos(memory));
    assert_null(lmas_memory_segment(memory, 4));
    lmas_memory_free(memory);
    lmas_session_free(session);
}

static void test_out_of_order_calls_are_refused(void **state)
{
    lmas_session *session = support_session(support_model(DEMO_MODEL), 1, 512, false);
    lmas_memory *memory = NULL;
    lmas_memory *other = NULL;

    (void)state;
    assert_ok(lmas_memory_new(&memory, session));
    assert_fails(LMAS_E_CONTEXT_FULL, "lanes", lmas_memory_new(&other, session));
    assert_fails(LMAS_E_INVALID, "before thinking", lmas_memory_think(memory, "a", 1));
    assert_fails(LMAS_E_INVALID, "before speaking",
                 lmas_memory_speak(memory, "a", 1, NULL, NULL, NULL));
    assert_fails(LMAS_E_INVALID, "no tokens", lmas_memory_read(memory, "a", ""));
    assert_fails(LMAS_E_INVALID, "0 or more steps", lmas_memory_think(memory, "a", -1));
    assert_ok(lmas_memory_read(memory, "a", "one"));
    assert_ok(lmas_memory_speak(memory, "a", 2, NULL, NULL, NULL));
    assert_fails(LMAS_E_INVALID, "before thinking", lmas_memory_think(memory, "a", 1));
    lmas_memory_free(memory);
    assert_ok(lmas_memory_new(&memory, session)); /* the lane came back, empty */
    assert_int_equal(lmas_memory_n_pos(memory), 0);
    lmas_memory_free(memory);
    lmas_session_free(session);
}

static bool collect(void *user, const char *text, size_t len)
{
    lmi_buf_append(user, text, len);
    return true;
}

static bool refuse(void *user, const char *text, size_t len)
{
    (void)user;
    (void)text;
    (void)len;
    return false;
}

static void test_a_text_callback_can_stop_the_speech(void **state)
{
    lmas_session *session = support_session(support_model(DEMO_MODEL), 1, 512, false);
    lmas_memory *memory = NULL;

    (void)state;
    assert_ok(lmas_memory_new(&memory, session));
    assert_ok(lmas_memory_read(memory, "a", "Tom has 12 apples."));
    assert_fails(LMAS_E_CANCELED, "asked to stop",
                 lmas_memory_speak(memory, "a", 20, NULL, refuse, NULL));
    lmas_memory_free(memory);
    lmas_session_free(session);
}

static void test_cancel_stops_every_later_call(void **state)
{
    lmas_session *session = support_session(support_model(DEMO_MODEL), 1, 512, false);
    lmas_memory *memory = NULL;

    (void)state;
    assert_ok(lmas_memory_new(&memory, session));
    lmas_session_cancel(session);
    assert_fails(LMAS_E_CANCELED, "canceled", lmas_memory_read(memory, "a", "one"));
    lmas_memory_free(memory);
    lmas_session_free(session);
}

static void test_stories260k_goes_on_as_its_authors_saw_it(void **state)
{
    const lmas_sampling greedy = {.temperature = 0.0f, .top_p = 1.0f};
    lmas_session *session;
    lmas_memory *memory = NULL;
    lmi_buf text;

    (void)state;
    if (!lmi_file_exists(STORIES_MODEL))
        skip();
    session = support_session(support_model(STORIES_MODEL), 1, 256, false);
    lmi_buf_init(&text, 4096);
    assert_ok(lmas_memory_new(&memory, session));
    assert_ok(
        lmas_memory_read(memory, "reader", lmas_model_describe(support_model(STORIES_MODEL))->bos));
    assert_ok(lmas_memory_read(memory, "reader", "Once upon a time"));
    assert_ok(lmas_memory_speak(memory, "speaker", 40, &greedy, collect, &text));
    assert_non_null(strstr(text.data, ", there was a little girl named Lily. She loved to play "
                                      "outside in the park."));
    assert_ptr_equal(strstr(text.data, ", there was"), text.data);
    lmi_buf_done(&text);
    lmas_memory_free(memory);
    lmas_session_free(session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_thought_has_the_size_of_an_input_embedding),
        cmocka_unit_test(test_the_matrix_is_applied_from_the_right),
        cmocka_unit_test(test_a_zero_hidden_state_is_not_blown_up),
        cmocka_unit_test(test_a_tied_model_keeps_the_identity),
        cmocka_unit_test(test_the_matrix_is_kept_and_a_damaged_one_is_solved_again),
        cmocka_unit_test(test_a_cache_that_cannot_be_written_does_no_harm),
        cmocka_unit_test(test_solving_can_be_stopped),
        cmocka_unit_test(test_think_adds_one_position_per_step),
        cmocka_unit_test(test_each_thought_taken_in_has_the_target_norm),
        cmocka_unit_test(test_segments_say_who_put_what_where),
        cmocka_unit_test(test_out_of_order_calls_are_refused),
        cmocka_unit_test(test_a_text_callback_can_stop_the_speech),
        cmocka_unit_test(test_cancel_stops_every_later_call),
        cmocka_unit_test(test_stories260k_goes_on_as_its_authors_saw_it),
    };

    return cmocka_run_group_tests_name("latent", tests, NULL, NULL);
}
