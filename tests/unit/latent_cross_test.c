/* latent_cross_test.c - tokens that two vocabularies share, and thoughts that cross over. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "latent/cross/align.h"
#include "latent/cross/cross.h"
#include "latent/cross/head.h"
#include "latent/cross/kernel.h"
#include "latent/memory.h"
#include "support.h"

/* Of make_cross.py: tests/parity. */
#define GEMMA2_MODEL    "tests/parity/fixtures/gemma2.gguf"
#define GEMMA3_MODEL    "tests/parity/fixtures/gemma3.gguf"
#define GRANITE_MODEL   "tests/parity/fixtures/granite.gguf"
#define COMMAND_R_MODEL "tests/parity/fixtures/command-r.gguf"
#define PHI2_MODEL      "tests/parity/fixtures/phi2.gguf"

/* ---- Vocabularies ---- */

typedef struct token {
    lmi_token_kind kind;
    const char *bytes;
} token;

static void fill(lmi_names *names, const token *tokens, size_t n)
{
    size_t i;

    lmi_names_init(names);
    for (i = 0; i < n; i++)
        assert_ok(lmi_names_add(names, tokens[i].kind, tokens[i].bytes, strlen(tokens[i].bytes)));
}

/* Hold two vocabularies against each other: `want` is B's token for each of A's. */
static void match(const token *from, size_t n_from, const token *to, size_t n_to,
                  const int32_t *want, int32_t n_shared)
{
    lmi_overlap overlap;
    lmi_names a, b;
    size_t i;

    fill(&a, from, n_from);
    fill(&b, to, n_to);
    assert_ok(lmi_names_match(&overlap, &a, &b));
    for (i = 0; i < n_from; i++)
        assert_int_equal(overlap.to[i], want[i]);
    assert_int_equal(overlap.n_from, n_from);
    assert_int_equal(overlap.n_to, n_to);
    assert_int_equal(overlap.n_shared, n_shared);
    assert_false(overlap.is_equal);
    lmi_overlap_done(&overlap);
    lmi_names_done(&a);
    lmi_names_done(&b);
}

#define MATCH(from, to, want, n)                                                                   \
    match(from, sizeof(from) / sizeof((from)[0]), to, sizeof(to) / sizeof((to)[0]), want, n)

static void test_text_is_shared_by_its_bytes(void **state)
{
    const token from[] = {{LMI_TOKEN_TEXT, " the"},
                          {LMI_TOKEN_TEXT, "the"},
                          {LMI_TOKEN_TEXT, "th"},
                          {LMI_TOKEN_TEXT, "\n"}};
    const token to[] = {{LMI_TOKEN_TEXT, "\n"},
                        {LMI_TOKEN_TEXT, "The"},
                        {LMI_TOKEN_TEXT, "the"},
                        {LMI_TOKEN_TEXT, " the"},
                        {LMI_TOKEN_TEXT, "t"}};
    const int32_t want[] = {3, 2, -1, 0};

    (void)state;
    MATCH(from, to, want, 3);
}

static void test_control_tokens_are_shared_with_control_tokens_alone(void **state)
{
    const token from[] = {{LMI_TOKEN_CONTROL, "<s>"},
                          {LMI_TOKEN_TEXT, "</s>"},
                          {LMI_TOKEN_UNUSED, "[PAD7]"},
                          {LMI_TOKEN_CONTROL, "<pad>"}};
    const token to[] = {{LMI_TOKEN_TEXT, "<s>"},
                        {LMI_TOKEN_CONTROL, "</s>"},
                        {LMI_TOKEN_UNUSED, "[PAD7]"},
                        {LMI_TOKEN_UNUSED, "<pad>"}};
    const int32_t want[] = {-1, -1, 2, -1};

    (void)state;
    MATCH(from, to, want, 1);
}

static void test_of_equal_bytes_the_first_goes_with_the_first(void **state)
{
    const token from[] = {
        {LMI_TOKEN_TEXT, "a"}, {LMI_TOKEN_TEXT, "b"}, {LMI_TOKEN_TEXT, "a"}, {LMI_TOKEN_TEXT, "a"}};
    const token to[] = {
        {LMI_TOKEN_TEXT, "b"}, {LMI_TOKEN_TEXT, "a"}, {LMI_TOKEN_TEXT, "b"}, {LMI_TOKEN_TEXT, "a"}};
    const int32_t want[] = {1, 0, 3, -1};

    (void)state;
    MATCH(from, to, want, 3);
}

static void test_tokens_without_bytes_are_shared_with_none(void **state)
{
    const token from[] = {{LMI_TOKEN_TEXT, ""}, {LMI_TOKEN_TEXT, "x"}};
    const token to[] = {{LMI_TOKEN_TEXT, ""}, {LMI_TOKEN_TEXT, ""}, {LMI_TOKEN_TEXT, "x"}};
    const int32_t want[] = {-1, 2};

    (void)state;
    MATCH(from, to, want, 1);
}

static void test_tokens_of_one_tokenizer_are_all_shared(void **state)
{
    lmi_overlap overlap;

    (void)state;
    assert_ok(lmi_overlap_find(&overlap, support_model(UNTIED_MODEL), support_model(TIED_MODEL)));
    assert_true(overlap.is_equal);
    assert_null(overlap.to);
    assert_int_equal(overlap.n_shared, overlap.n_from);
    assert_true(overlap.coverage == 1.0);
    lmi_overlap_done(&overlap);
}

/* What is said to be shared is the same text, and what is not is nowhere. */
static void test_the_overlap_of_two_tokenizers_holds_for_every_token(void **state)
{
    const lmas_model *from = support_model(UNTIED_MODEL), *to = support_model(DEMO_MODEL);
    lmi_overlap overlap;
    lmi_buf a, b;
    int32_t i, n = 0;

    (void)state;
    assert_ok(lmi_overlap_find(&overlap, from, to));
    assert_false(overlap.is_equal);
    lmi_buf_init(&a, 4096);
    lmi_buf_init(&b, 4096);
    for (i = 0; i < overlap.n_from; i++) {
        if (overlap.to[i] < 0)
            continue;
        n++;
        lmi_buf_clear(&a);
        lmi_buf_clear(&b);
        lmi_model_spell(&a, from, i);
        lmi_model_spell(&b, to, overlap.to[i]);
        assert_string_equal(lmi_buf_text(&a), lmi_buf_text(&b));
        assert_int_equal(lmi_model_is_control(from, i), lmi_model_is_control(to, overlap.to[i]));
    }
    assert_int_equal(n, overlap.n_shared);
    assert_true(n > 256); /* bytes at least */
    lmi_buf_done(&a);
    lmi_buf_done(&b);
    lmi_overlap_done(&overlap);
}

/* 150,000 tokens on each side, in opposite orders. */
static void test_large_vocabularies_are_matched_token_by_token(void **state)
{
    enum { N = 150000 };
    lmi_overlap overlap;
    lmi_names a, b;
    char text[32];
    int i;

    (void)state;
    lmi_names_init(&a);
    lmi_names_init(&b);
    for (i = 0; i < N; i++) {
        assert_ok(lmi_names_add(&a, LMI_TOKEN_TEXT, text, (size_t)sprintf(text, "t%d", i)));
        assert_ok(lmi_names_add(&b, LMI_TOKEN_TEXT, text, (size_t)sprintf(text, "t%d", N - 1 - i)));
    }
    assert_ok(lmi_names_match(&overlap, &a, &b));
    assert_int_equal(overlap.n_shared, N);
    for (i = 0; i < N; i++)
        if (overlap.to[i] != N - 1 - i)
            fail_msg("token %d goes with %d", i, (int)overlap.to[i]);
    lmi_overlap_done(&overlap);
    lmi_names_done(&a);
    lmi_names_done(&b);
}

/* ---- Crossing over ---- */

static lmi_cross *cross_new(const char *from, const char *to, lmas_align_method method)
{
    lmas_align align = lmas_align_default();
    lmi_cross *cross = NULL;

    align.method = method;
    assert_ok(lmi_cross_new(&cross, support_model(from), support_model(to), &align, NULL, NULL));
    return cross;
}

/* What the model thinks and would say after a text. The session is the caller's. */
static lmas_memory *think_of(lmas_session **session, lmas_model *model, const char *text)
{
    static lmi_tokens tokens; /* borrowed until the lane is idle */
    lmas_memory *memory = NULL;

    *session = support_session(model, 1, 256, false);
    assert_ok(lmas_memory_new(&memory, *session));
    assert_ok(lmi_model_tokenize(&tokens, model, text));
    assert_ok(lmi_memory_start_read(memory, "agent", tokens.ids, tokens.n,
                                    LMI_WANT_HIDDEN | LMI_WANT_LOGITS));
    assert_ok(lmi_memory_wait(memory));
    lmi_tokens_done(&tokens);
    return memory;
}

static float *row_new(const lmas_model *model)
{
    return lmi_new((size_t)model->info.n_embd, sizeof(float));
}

/* Sum of softmax(logits) W_in, in double, row by row. */
static void expect_soft(double *out, const lmas_model *model, const float *logits)
{
    const size_t n = (size_t)model->info.n_embd;
    float *row = row_new(model);
    lmi_weights *weights = NULL;
    double most = -INFINITY, sum = 0;
    lmi_matrix w_in;
    int32_t i;
    size_t k;

    assert_ok(lmi_weights_open(&weights, model->path));
    assert_true(lmi_weights_find(&w_in, weights, "token_embd.weight"));
    for (i = 0; i < model->info.n_vocab; i++)
        most = fmax(most, (double)logits[i]);
    for (i = 0; i < model->info.n_vocab; i++) {
        const double p = exp((double)logits[i] - most);

        assert_ok(lmi_weights_rows(row, weights, &w_in, i, 1));
        for (k = 0; k < n; k++)
            out[k] += p * (double)row[k];
        sum += p;
    }
    for (k = 0; k < n; k++)
        out[k] *= (double)model->thought.scale / sum;
    lmi_weights_close(weights);
    lmi_free(row);
}

/* Soft onto the model itself is what its own logits say. */
static void soft_onto_itself(const char *path)
{
    lmas_model *model = support_model(path);
    double *want = lmi_new((size_t)model->info.n_embd, sizeof(double));
    float *e = row_new(model);
    lmi_cross *cross = cross_new(path, path, LMAS_ALIGN_SOFT);
    lmi_cross_quality quality;
    lmas_session *session;
    lmas_memory *memory = think_of(&session, model, "A box holds 24 pens");
    int32_t k;

    expect_soft(want, model, memory->lane->logits);
    assert_ok(lmi_cross_map(e, &quality, cross, memory->lane->hidden, 1));
    for (k = 0; k < model->info.n_embd; k++)
        assert_float_equal(e[k], want[k], 1e-5f * model->thought.scale);
    assert_float_equal(quality.mass, 1.0, 1e-9);
    lmi_cross_free(cross);
    lmas_memory_free(memory);
    lmas_session_free(session);
    lmi_free(want);
    lmi_free(e);
}

static void test_soft_onto_the_same_model_is_what_its_logits_say(void **state)
{
    (void)state;
    soft_onto_itself(UNTIED_MODEL);
    soft_onto_itself(TIED_MODEL);
}

/* Capped at 5; inputs scaled; divided by 4; multiplied by 1/4; with a bias. */
static void test_so_it_is_where_an_architecture_scores_in_its_own_way(void **state)
{
    (void)state;
    soft_onto_itself(GEMMA2_MODEL);
    soft_onto_itself(GEMMA3_MODEL);
    soft_onto_itself(GRANITE_MODEL);
    soft_onto_itself(COMMAND_R_MODEL);
    soft_onto_itself(PHI2_MODEL);
}

/* Identical onto itself is the model's own next input, and so is linear with W_a. */
static void own_thought(lmas_align_method method, bool realign)
{
    lmas_model *model = support_model(UNTIED_MODEL);
    float *e = row_new(model), *want = row_new(model);
    lmi_cross *cross = cross_new(UNTIED_MODEL, UNTIED_MODEL, method);
    lmas_session *session = support_session(model, 1, 256, realign);
    float *h = row_new(model);
    int32_t k;

    for (k = 0; k < model->info.n_embd; k++)
        h[k] = sinf(3.0f * (float)k) * 5;
    lmi_realign_apply(want, session->realign, h);
    assert_ok(lmi_cross_map(e, NULL, cross, h, 1));
    for (k = 0; k < model->info.n_embd; k++)
        assert_float_equal(e[k], want[k], 1e-6);
    lmi_cross_free(cross);
    lmas_session_free(session);
    lmi_free(e);
    lmi_free(want);
    lmi_free(h);
}

static void test_identical_onto_the_same_model_is_its_own_thought(void **state)
{
    (void)state;
    own_thought(LMAS_ALIGN_IDENTICAL, false);
}

static void test_linear_onto_the_same_model_is_realignment(void **state)
{
    (void)state;
    own_thought(LMAS_ALIGN_LINEAR, true);
}

enum { MANY = 1030, FIRST = 1000 }; /* more than go through BLAS at a time */

static float *waves(size_t n, size_t width, float size)
{
    float *h = lmi_new(n * width, sizeof(float));
    size_t i;

    for (i = 0; i < n * width; i++)
        h[i] = size * sinf(0.7f * (float)i + 0.001f * (float)(i % 977));
    return h;
}

static void many_are_as_one(lmas_align_method method)
{
    const lmas_model *from = support_model(UNTIED_MODEL), *to = support_model(DEMO_MODEL);
    const size_t d = (size_t)from->info.n_embd, d_in = (size_t)to->info.n_embd;
    float *h = waves(MANY, d, 4), *e = lmi_new(MANY * d_in, sizeof(float)), *one = row_new(to);
    lmi_cross *cross = cross_new(UNTIED_MODEL, DEMO_MODEL, method);
    lmi_cross_quality quality, first, rest;
    size_t k;

    assert_ok(lmi_cross_map(e, &quality, cross, h, MANY));
    assert_ok(lmi_cross_map(one, NULL, cross, h + (MANY - 1) * d, 1));
    for (k = 0; k < d_in; k++)
        assert_float_equal(e[(MANY - 1) * d_in + k], one[k], 1e-5f * to->thought.scale);
    assert_true(quality.mass > 0 && quality.mass <= 1);
    assert_true(quality.cosine > 0 && quality.cosine <= 1 + 1e-6);
    assert_ok(lmi_cross_map(e, &first, cross, h, FIRST));
    assert_ok(lmi_cross_map(e, &rest, cross, h + FIRST * d, MANY - FIRST));
    assert_double_equal(quality.cosine * (double)MANY,
                        first.cosine * (double)FIRST + rest.cosine * (double)(MANY - FIRST), 1e-3);
    assert_double_equal(quality.mass * (double)MANY,
                        first.mass * (double)FIRST + rest.mass * (double)(MANY - FIRST), 1e-3);
    lmi_cross_free(cross);
    lmi_free(h);
    lmi_free(e);
    lmi_free(one);
}

static void test_a_thought_among_many_comes_out_as_alone(void **state)
{
    (void)state;
    many_are_as_one(LMAS_ALIGN_SOFT);
    many_are_as_one(LMAS_ALIGN_LINEAR);
    many_are_as_one(LMAS_ALIGN_KERNEL);
}

/* So cold that all but the likeliest token are nothing: e is a row of W_in,B. */
static void test_a_cold_thought_becomes_a_row(void **state)
{
    lmas_model *from = support_model(UNTIED_MODEL), *to = support_model(DEMO_MODEL);
    lmas_align align = lmas_align_default();
    float *h = waves(4, (size_t)from->info.n_embd, 40);
    float *e = lmi_new(4 * (size_t)to->info.n_embd, sizeof(float));
    lmi_cross_quality quality;
    lmi_cross *cross = NULL;

    (void)state;
    align.temperature = 1e-6f;
    assert_ok(lmi_cross_new(&cross, from, to, &align, NULL, NULL));
    assert_ok(lmi_cross_map(e, &quality, cross, h, 4));
    assert_float_equal(quality.cosine, 1.0, 1e-5);
    lmi_cross_free(cross);
    lmi_free(h);
    lmi_free(e);
}

static double distance(const float *a, const float *b, size_t n)
{
    double sum = 0, length = 0;
    size_t i;

    for (i = 0; i < n; i++) {
        sum += ((double)a[i] - (double)b[i]) * ((double)a[i] - (double)b[i]);
        length += (double)b[i] * (double)b[i];
    }
    return sqrt(sum / length);
}

/* More features lie nearer to the sum that they stand for. */
static void test_the_kernel_comes_nearer_to_soft_with_more_features(void **state)
{
    lmas_model *from = support_model(UNTIED_MODEL), *to = support_model(TIED_MODEL);
    const size_t d = (size_t)from->info.n_embd, d_in = (size_t)to->info.n_embd;
    float *h = waves(16, d, 0.4f), *e = lmi_new(16 * d_in, sizeof(float));
    float *soft = lmi_new(16 * d_in, sizeof(float));
    lmas_align align = lmas_align_default();
    lmi_cross *cross = cross_new(UNTIED_MODEL, TIED_MODEL, LMAS_ALIGN_SOFT);
    double far, near;

    (void)state;
    assert_ok(lmi_cross_map(soft, NULL, cross, h, 16));
    lmi_cross_free(cross);
    align.method = LMAS_ALIGN_KERNEL;
    align.n_features = 64;
    assert_ok(lmi_cross_new(&cross, from, to, &align, NULL, NULL));
    assert_ok(lmi_cross_map(e, NULL, cross, h, 16));
    lmi_cross_free(cross);
    far = distance(e, soft, 16 * d_in);
    align.n_features = LMAS_FEATURES_MAX;
    assert_ok(lmi_cross_new(&cross, from, to, &align, NULL, NULL));
    assert_ok(lmi_cross_map(e, NULL, cross, h, 16));
    lmi_cross_free(cross);
    near = distance(e, soft, 16 * d_in);
    print_message("# kernel: 64 features lie %.3f from soft, %d lie %.3f\n", far, LMAS_FEATURES_MAX,
                  near);
    assert_true(near < far / 4);
    lmi_free(h);
    lmi_free(e);
    lmi_free(soft);
}

static void test_directions_of_a_group_are_orthogonal(void **state)
{
    enum { N = 20, WIDTH = 12 };
    double rows[N * WIDTH], other[N * WIDTH];
    size_t i, j, k;

    (void)state;
    assert_ok(lmi_draw_directions(rows, N, WIDTH, 7));
    assert_ok(lmi_draw_directions(other, N, WIDTH, 8));
    assert_memory_not_equal(rows, other, sizeof(rows));
    for (i = 0; i < N; i++)
        for (j = 0; j < i; j++) {
            double sum = 0;

            for (k = 0; k < WIDTH; k++)
                sum += rows[i * WIDTH + k] * rows[j * WIDTH + k];
            if (i / WIDTH == j / WIDTH)
                assert_float_equal(sum, 0, 1e-12);
        }
}

/* ---- What is refused ---- */

static void refuse(const char *text, const lmas_align *align)
{
    lmas_model *model = support_model(UNTIED_MODEL);
    lmi_cross *cross = NULL;

    assert_fails(LMAS_E_INVALID, text, lmi_cross_new(&cross, model, model, align, NULL, NULL));
    assert_null(cross);
}

#define REFUSE(text, member, value)                                                                \
    do {                                                                                           \
        lmas_align align = lmas_align_default();                                                   \
        align.member = value;                                                                      \
        refuse(text, &align);                                                                      \
    } while (0)

static void refuse_method(int number)
{
    lmas_align align = lmas_align_default();

    memcpy(&align.method, &number, sizeof(number)); /* no cast may give it */
    refuse("method", &align);
    assert_null(lmas_align_name(align.method));
}

static void test_numbers_beyond_their_range_are_refused(void **state)
{
    (void)state;
    refuse_method(LMAS_ALIGN_TEXT + 1);
    refuse_method(-1);
    REFUSE("by text", method, LMAS_ALIGN_TEXT);
    REFUSE("temperature", temperature, 0.0f);
    REFUSE("temperature", temperature, NAN);
    REFUSE("temperature", temperature, 101.0f);
    REFUSE("ridge", ridge, -1e-9f);
    REFUSE("ridge", ridge, INFINITY);
    REFUSE("n_features", n_features, 0);
    REFUSE("n_features", n_features, LMAS_FEATURES_MAX + 1);
    REFUSE("least_coverage", least_coverage, 1.5f);
    REFUSE("least_mass", least_mass, -0.1f);
    REFUSE("least_mass", least_mass, NAN);
    REFUSE("least_cosine", least_cosine, 1.01f);
}

static void test_the_defaults_are_those_of_the_header(void **state)
{
    const lmas_align align = lmas_align_default();

    (void)state;
    assert_ok(lmi_align_check(&align));
    assert_int_equal(align.method, LMAS_ALIGN_SOFT);
    assert_float_equal(align.temperature, 1, 0);
    assert_int_equal(align.n_features, 1024);
    assert_int_equal(align.seed, 42);
}

static void test_names_of_methods_lead_back(void **state)
{
    lmas_align_method method = LMAS_ALIGN_KERNEL;
    int i;

    (void)state;
    for (i = 0; lmas_align_name((lmas_align_method)i); i++) {
        assert_true(lmas_align_parse(&method, lmas_align_name((lmas_align_method)i)));
        assert_int_equal(method, i);
    }
    assert_int_equal(i, LMAS_ALIGN_TEXT + 1);
    assert_false(lmas_align_parse(&method, "Soft"));
    assert_false(lmas_align_parse(&method, ""));
    assert_false(lmas_align_parse(&method, NULL));
    assert_int_equal(method, LMAS_ALIGN_TEXT);
}

static void test_identical_needs_models_of_one_width(void **state)
{
    lmas_align align = lmas_align_default();
    lmi_cross *cross = NULL;

    (void)state;
    align.method = LMAS_ALIGN_IDENTICAL;
    assert_fails(LMAS_E_MODEL, "are 48 wide",
                 lmi_cross_new(&cross, support_model(UNTIED_MODEL), support_model(TIED_MODEL),
                               &align, NULL, NULL));
}

/* A file whose W_out is not that of the model: half of its rows point the other way. */
static void test_a_model_that_scores_otherwise_than_its_file_says_is_refused(void **state)
{
    lmas_model *model = support_model(UNTIED_MODEL);
    lmi_weights *weights = NULL;
    lmi_matrix w_out;
    lmi_head head;
    lmi_buf file;
    const char *path;
    size_t i;

    (void)state;
    lmi_buf_init(&file, 1 << 24);
    assert_ok(lmi_file_read(&file, UNTIED_MODEL));
    assert_ok(lmi_weights_open(&weights, UNTIED_MODEL));
    assert_true(lmi_weights_find(&w_out, weights, "output.weight"));
    assert_ok(lmi_head_read(&head, weights, model, 1));
    assert_float_equal(head.scale, 1, 0);
    assert_float_equal(head.cap, 0, 0);
    lmi_head_done(&head);
    lmi_weights_close(weights);
    for (i = 3; i < (size_t)w_out.n_rows / 2 * w_out.row_size; i += sizeof(float))
        file.data[w_out.offset + i] = (char)(file.data[w_out.offset + i] ^ 0x80);
    path = support_file(support_folder(), "other.gguf", file.data, file.len);
    assert_ok(lmi_weights_open(&weights, path));
    assert_fails(LMAS_E_MODEL, "does not score tokens by W_out h",
                 lmi_head_read(&head, weights, model, 1));
    lmi_weights_close(weights);
    lmi_buf_done(&file);
}

/* Gemma 2 without its key is capped at 30 all the same; where 5 is said of it, that is not what
 * runs. */
static void test_a_cap_is_what_libllama_makes_of_it(void **state)
{
    static const char key[] = "final_logit_softcapping";
    const lmas_model_params params = support_model_params();
    lmas_model *model = NULL;
    lmi_weights *weights = NULL;
    lmi_head head;
    lmi_buf file;
    char path[160];
    char *at;

    (void)state;
    lmi_buf_init(&file, 1 << 24);
    assert_ok(lmi_file_read(&file, GEMMA2_MODEL));
    at = memmem(file.data, file.len, key, sizeof(key) - 1);
    assert_non_null(at);
    at[0] = 'F';
    snprintf(path, sizeof(path), "%s",
             support_file(support_folder(), "nameless.gguf", file.data, file.len));
    assert_ok(lmas_model_open(&model, path, &params));
    assert_ok(lmi_weights_open(&weights, path));
    assert_ok(lmi_head_read(&head, weights, model, 1));
    assert_float_equal(head.cap, 30, 0);
    lmi_weights_close(weights);
    lmi_head_done(&head);
    assert_ok(lmi_weights_open(&weights, GEMMA2_MODEL));
    assert_fails(LMAS_E_MODEL, "does not score tokens by W_out h",
                 lmi_head_read(&head, weights, model, 1));
    lmi_weights_close(weights);
    lmas_model_close(model);
    lmi_buf_done(&file);
}

static void test_the_kernel_cannot_follow_a_cap(void **state)
{
    lmas_align align = lmas_align_default();
    lmi_cross *cross = NULL;

    (void)state;
    align.method = LMAS_ALIGN_KERNEL;
    assert_fails(LMAS_E_MODEL, "capped at 5",
                 lmi_cross_new(&cross, support_model(GEMMA2_MODEL), support_model(TIED_MODEL),
                               &align, NULL, NULL));
}

static bool say_no(void *user, float progress)
{
    (void)user;
    (void)progress;
    return false;
}

static void test_a_callback_stops_what_goes_through_both_matrices(void **state)
{
    lmas_model *from = support_model(UNTIED_MODEL), *to = support_model(TIED_MODEL);
    lmas_align align = lmas_align_default();
    lmi_cross *cross = NULL;

    (void)state;
    align.method = LMAS_ALIGN_LINEAR;
    assert_fails(LMAS_E_CANCELED, "stopped", lmi_cross_new(&cross, from, to, &align, say_no, NULL));
    align.method = LMAS_ALIGN_KERNEL;
    assert_fails(LMAS_E_CANCELED, "stopped", lmi_cross_new(&cross, from, to, &align, say_no, NULL));
}

static void test_thoughts_that_are_not_finite_do_not_cross(void **state)
{
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    lmas_model *from = support_model(UNTIED_MODEL), *to = support_model(TIED_MODEL);
    lmi_cross *cross = cross_new(UNTIED_MODEL, TIED_MODEL, LMAS_ALIGN_SOFT);
    lmi_cross_quality quality = {.mass = 7, .cosine = 7};
    float *h = waves(2, (size_t)from->info.n_embd, 1);
    float *e = lmi_new(2 * (size_t)to->info.n_embd, sizeof(float));
    size_t i;

    (void)state;
    for (i = 0; i < 3; i++) {
        h[from->info.n_embd + 3] = bad[i];
        assert_fails(LMAS_E_ENGINE, "not finite", lmi_cross_map(e, &quality, cross, h, 2));
    }
    for (i = 0; i < (size_t)from->info.n_embd; i++)
        h[i] = 3e38f; /* finite, and their scores are not */
    assert_fails(LMAS_E_MODEL, "not finite", lmi_cross_map(e, &quality, cross, h, 1));
    assert_fails(LMAS_E_INVALID, "got 0", lmi_cross_map(e, &quality, cross, h, 0));
    assert_fails(LMAS_E_INVALID, "from 1 to 100000",
                 lmi_cross_map(e, &quality, cross, h, LMAS_LATENT_STEPS_MAX + 1));
    assert_float_equal(quality.mass, 7, 0);
    lmi_cross_free(cross);
    lmi_free(h);
    lmi_free(e);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_is_shared_by_its_bytes),
        cmocka_unit_test(test_control_tokens_are_shared_with_control_tokens_alone),
        cmocka_unit_test(test_of_equal_bytes_the_first_goes_with_the_first),
        cmocka_unit_test(test_tokens_without_bytes_are_shared_with_none),
        cmocka_unit_test(test_tokens_of_one_tokenizer_are_all_shared),
        cmocka_unit_test(test_the_overlap_of_two_tokenizers_holds_for_every_token),
        cmocka_unit_test(test_large_vocabularies_are_matched_token_by_token),
        cmocka_unit_test(test_soft_onto_the_same_model_is_what_its_logits_say),
        cmocka_unit_test(test_so_it_is_where_an_architecture_scores_in_its_own_way),
        cmocka_unit_test(test_identical_onto_the_same_model_is_its_own_thought),
        cmocka_unit_test(test_linear_onto_the_same_model_is_realignment),
        cmocka_unit_test(test_a_thought_among_many_comes_out_as_alone),
        cmocka_unit_test(test_a_cold_thought_becomes_a_row),
        cmocka_unit_test(test_the_kernel_comes_nearer_to_soft_with_more_features),
        cmocka_unit_test(test_directions_of_a_group_are_orthogonal),
        cmocka_unit_test(test_numbers_beyond_their_range_are_refused),
        cmocka_unit_test(test_the_defaults_are_those_of_the_header),
        cmocka_unit_test(test_names_of_methods_lead_back),
        cmocka_unit_test(test_identical_needs_models_of_one_width),
        cmocka_unit_test(test_a_model_that_scores_otherwise_than_its_file_says_is_refused),
        cmocka_unit_test(test_a_cap_is_what_libllama_makes_of_it),
        cmocka_unit_test(test_the_kernel_cannot_follow_a_cap),
        cmocka_unit_test(test_a_callback_stops_what_goes_through_both_matrices),
        cmocka_unit_test(test_thoughts_that_are_not_finite_do_not_cross),
    };

    return cmocka_run_group_tests_name("latent_cross", tests, NULL, NULL);
}
