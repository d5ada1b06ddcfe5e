/* engine_header_test.c - headers that libllama would abort over: each is refused, and named. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "engine/libllama.h"
#include "support.h"

/* A model whose header is changed before it is written down again, with the old tensors behind. */
typedef struct lie {
    struct gguf_context *gguf;
    const char *source;
} lie;

static lie open_lie(const char *path)
{
    const lie l = {gguf_init_from_file(path, (struct gguf_init_params){true, NULL}), path};

    assert_non_null(l.gguf);
    return l;
}

static const char *write_lie(lie *l)
{
    const size_t start = gguf_get_data_offset(l->gguf);
    static char path[256];
    lmi_buf whole, head;

    snprintf(path, sizeof(path), "%s/lie.gguf", support_folder());
    lmi_buf_init(&whole, 1 << 24);
    lmi_buf_init(&head, 1 << 25);
    assert_ok(lmi_file_read(&whole, l->source));
    assert_true(gguf_write_to_file(l->gguf, path, true));
    assert_ok(lmi_file_read(&head, path));
    lmi_buf_append(&head, whole.data + start, whole.len - start);
    assert_ok(lmi_file_write(path, head.data, head.len));
    lmi_buf_done(&whole);
    lmi_buf_done(&head);
    gguf_free(l->gguf);
    return path;
}

/* Write it down, and try to open it. */
static lmas_status tell(lie *l)
{
    const char *path = write_lie(l);
    lmas_model *model = NULL;
    const lmas_status status = lmas_model_open(&model, path, NULL);

    lmas_model_close(model);
    unlink(path);
    return status;
}

static lmas_status with_u32(const char *key, uint32_t value)
{
    lie l = open_lie(UNTIED_MODEL);

    gguf_set_val_u32(l.gguf, key, value);
    return tell(&l);
}

static lmas_status with_two(const char *key, uint32_t value, const char *other, uint32_t more)
{
    lie l = open_lie(UNTIED_MODEL);

    gguf_set_val_u32(l.gguf, key, value);
    gguf_set_val_u32(l.gguf, other, more);
    return tell(&l);
}

static lmas_status with_f32(const char *key, float value)
{
    lie l = open_lie(UNTIED_MODEL);

    gguf_set_val_f32(l.gguf, key, value);
    return tell(&l);
}

static void test_the_model_itself_is_taken(void **state)
{
    lie l = open_lie(UNTIED_MODEL);

    (void)state;
    assert_ok(tell(&l));
    assert_ok(with_u32("qwen3.expert_count", 0));
    assert_ok(with_two("qwen3.expert_count", 1024, "qwen3.expert_used_count", 1));
    assert_ok(with_u32("qwen3.rope.dimension_count", 32));
    assert_ok(with_f32("qwen3.attention.layer_norm_rms_epsilon", 0.0f));
}

static void test_counts_of_layers_and_sizes_are_within_their_limits(void **state)
{
    (void)state;
    assert_fails(LMAS_E_MODEL, "qwen3.block_count is 0, from 1 to 512 expected",
                 with_u32("qwen3.block_count", 0));
    assert_fails(LMAS_E_MODEL, "qwen3.block_count is 513", with_u32("qwen3.block_count", 513));
    assert_fails(LMAS_E_MODEL, "qwen3.block_count is 4294967295",
                 with_u32("qwen3.block_count", UINT32_MAX));
    assert_fails(LMAS_E_MODEL, "qwen3.embedding_length is 0",
                 with_u32("qwen3.embedding_length", 0));
    assert_fails(LMAS_E_MODEL, "qwen3.context_length is 0", with_u32("qwen3.context_length", 0));
    assert_fails(LMAS_E_MODEL, "qwen3.context_length is 4294967295",
                 with_u32("qwen3.context_length", UINT32_MAX));
    assert_fails(LMAS_E_MODEL, "qwen3.nextn_predict_layers is 4, at most the 3 of block_count",
                 with_u32("qwen3.nextn_predict_layers", 4));
    assert_fails(LMAS_E_MODEL, "qwen3.posnet.block_count is 9",
                 with_u32("qwen3.posnet.block_count", 9));
}

static void test_counts_of_experts_fit_each_other(void **state)
{
    static const char count[] = "qwen3.expert_count", used[] = "qwen3.expert_used_count";
    lie l;

    (void)state;
    assert_fails(LMAS_E_MODEL, "qwen3.expert_count is 1025, from 0 to 1024",
                 with_two(count, 1025, used, 1));
    assert_fails(LMAS_E_MODEL, "qwen3.expert_used_count is 0, 1 or more", with_u32(count, 8));
    assert_fails(LMAS_E_MODEL, "qwen3.expert_used_count is 2, no more than expert_count",
                 with_u32(used, 2));
    assert_fails(LMAS_E_MODEL, "qwen3.expert_used_count is 9", with_two(count, 8, used, 9));
    assert_fails(LMAS_E_MODEL, "qwen3.expert_group_count is 2, less than expert_count",
                 with_u32("qwen3.expert_group_count", 2));
    l = open_lie(UNTIED_MODEL);
    gguf_set_val_u32(l.gguf, count, 8);
    gguf_set_val_u32(l.gguf, used, 2);
    gguf_set_val_u32(l.gguf, "qwen3.expert_group_count", 3);
    assert_fails(LMAS_E_MODEL, "qwen3.expert_group_count is 3, a divisor", tell(&l));
    l = open_lie(UNTIED_MODEL);
    gguf_set_val_u32(l.gguf, count, 8);
    gguf_set_val_u32(l.gguf, used, 2);
    gguf_set_val_u32(l.gguf, "qwen3.expert_group_count", 4);
    assert_fails(LMAS_E_MODEL, "qwen3.expert_group_used_count is 0", tell(&l));
}

/* One number for each layer is a list: what holds of one holds of all. */
static void test_a_list_of_experts_counts_as_its_largest(void **state)
{
    const uint32_t used[] = {0, 3, 0};
    lie l = open_lie(UNTIED_MODEL);

    (void)state;
    gguf_set_arr_data(l.gguf, "qwen3.expert_used_count", GGUF_TYPE_UINT32, used, 3);
    assert_fails(LMAS_E_MODEL, "qwen3.expert_used_count is 3", tell(&l));
}

static void test_an_architecture_of_experts_needs_some(void **state)
{
    static const char *const archs[] = {"llada-moe", "smallthinker", "grovemoe", "bailingmoe2"};
    size_t i;

    (void)state;
    for (i = 0; i < 4; i++) {
        lie l = open_lie(UNTIED_MODEL);

        gguf_set_val_str(l.gguf, "general.architecture", archs[i]);
        assert_fails(LMAS_E_MODEL, ".expert_count is 0, 1 or more expected", tell(&l));
    }
}

static void test_an_epsilon_is_not_below_zero(void **state)
{
    static const char *const keys[] = {"qwen3.attention.layer_norm_rms_epsilon",
                                       "qwen3.attention.layer_norm_epsilon",
                                       "qwen3.attention.group_norm_epsilon"};
    size_t i;

    (void)state;
    for (i = 0; i < 3; i++) {
        assert_fails(LMAS_E_MODEL, "epsilon is -1, 0 or more expected", with_f32(keys[i], -1.0f));
        assert_fails(LMAS_E_MODEL, "epsilon is -inf", with_f32(keys[i], -INFINITY));
        assert_fails(LMAS_E_MODEL, "nan, 0 or more expected", with_f32(keys[i], NAN));
    }
}

static void test_heads_and_their_rotation_fit_each_other(void **state)
{
    (void)state;
    assert_fails(LMAS_E_MODEL, "qwen3.rope.dimension_count is 16, the 32 values of a head",
                 with_u32("qwen3.rope.dimension_count", 16));
    assert_fails(LMAS_E_MODEL, "qwen3.rope.dimension_count is 0",
                 with_u32("qwen3.rope.dimension_count", 0));
    assert_fails(LMAS_E_MODEL, "qwen3.attention.value_length is 16, the 32 of",
                 with_u32("qwen3.attention.value_length", 16));
    assert_fails(LMAS_E_MODEL, "qwen3.attention.head_count_kv is 3, a divisor of the 4",
                 with_u32("qwen3.attention.head_count_kv", 3));
}

static void test_an_odd_rotation_is_refused_where_it_may_be_a_part(void **state)
{
    lie l = open_lie(UNTIED_MODEL);

    (void)state;
    gguf_set_val_str(l.gguf, "general.architecture", "gptneox");
    gguf_set_val_u32(l.gguf, "gptneox.attention.head_count", 4);
    gguf_set_val_u32(l.gguf, "gptneox.embedding_length", 48);
    gguf_set_val_u32(l.gguf, "gptneox.rope.dimension_count", 5);
    assert_fails(LMAS_E_MODEL, "gptneox.rope.dimension_count is 5, an even number", tell(&l));
}

static void test_an_unknown_way_to_stretch_positions_is_refused(void **state)
{
    lie l = open_lie(UNTIED_MODEL);

    (void)state;
    gguf_set_val_str(l.gguf, "qwen3.rope.scaling.type", "rub\x1b[2Jber");
    assert_fails(LMAS_E_MODEL, "qwen3.rope.scaling.type is \"rub?[2Jber\", none, linear, yarn or",
                 tell(&l));
}

/* The model's tokens as a vocabulary of `kind`, the first of them replaced by a copy of another. */
static lmas_status with_tokens(const char *kind, size_t copied)
{
    const char *tokens[1024];
    lie l = open_lie(UNTIED_MODEL);
    lie old = open_lie(UNTIED_MODEL);
    const int64_t id = gguf_find_key(old.gguf, "tokenizer.ggml.tokens");
    const size_t n = gguf_get_arr_n(old.gguf, id);
    size_t i;

    assert_int_in_range(n, copied + 1, 1024);
    for (i = 0; i < n; i++)
        tokens[i] = gguf_get_arr_str(old.gguf, id, i ? i : copied);
    gguf_set_val_str(l.gguf, "tokenizer.ggml.model", kind);
    gguf_set_arr_str(l.gguf, "tokenizer.ggml.tokens", tokens, n);
    gguf_free(old.gguf);
    return tell(&l);
}

static void test_a_vocabulary_has_each_token_once_and_all_bytes(void **state)
{
    const int32_t types[640] = {[600] = 6};
    lie l = open_lie(UNTIED_MODEL);

    (void)state;
    gguf_set_arr_str(l.gguf, "tokenizer.ggml.tokens", NULL, 0);
    assert_fails(LMAS_E_MODEL, "tokenizer.ggml.tokens has 0 tokens", tell(&l));
    assert_ok(with_tokens("gpt2", 0));
    assert_fails(LMAS_E_MODEL, "\" twice, once expected", with_tokens("gpt2", 40));
    assert_fails(LMAS_E_MODEL, "tokenizer.ggml.tokens has no <0x", with_tokens("llama", 0));
    l = open_lie(UNTIED_MODEL);
    gguf_set_val_str(l.gguf, "tokenizer.ggml.model", "bert");
    gguf_set_arr_data(l.gguf, "tokenizer.ggml.token_type", GGUF_TYPE_INT32, types, 640);
    assert_fails(LMAS_E_MODEL, "token of type 6 (byte)", tell(&l));
}

static void test_tensors_of_whole_numbers_are_no_weights(void **state)
{
    static const char *const names[] = {"output_norm.weight", "output.weight"};
    size_t i;

    (void)state;
    for (i = 0; i < 2; i++) {
        lie l = open_lie(UNTIED_MODEL);
        const int64_t id = gguf_find_tensor(l.gguf, names[i]);

        assert_int_equal(gguf_get_tensor_type(l.gguf, id), GGML_TYPE_F32);
        gguf_set_tensor_type(l.gguf, names[i], GGML_TYPE_I32);
        assert_fails(LMAS_E_MODEL, "weight is of type i32, none of weights", tell(&l));
    }
}

static void put(lmi_buf *out, const void *data, size_t size)
{
    lmi_buf_append(out, data, size);
}

static void put_u32(lmi_buf *out, uint32_t x)
{
    put(out, &x, sizeof(x));
}

static void put_u64(lmi_buf *out, uint64_t x)
{
    put(out, &x, sizeof(x));
}

static void put_string(lmi_buf *out, const char *text)
{
    put_u64(out, strlen(text));
    put(out, text, strlen(text));
}

static void put_text(lmi_buf *out, const char *key, const char *text)
{
    put_string(out, key);
    put_u32(out, GGUF_TYPE_STRING);
    put_string(out, text);
}

/* A file whose one tensor begins at a multiple of 8 that is none of 32 (libggml's writer knows 32
 * alone). */
static const char *odd_file(void)
{
    const char *path;
    lmi_buf file;

    lmi_buf_init(&file, 1 << 16);
    put(&file, "GGUF", 4);
    put_u32(&file, GGUF_VERSION);
    put_u64(&file, 1); /* tensors */
    put_u64(&file, 4); /* keys */
    put_string(&file, "general.alignment");
    put_u32(&file, GGUF_TYPE_UINT32);
    put_u32(&file, 8);
    put_text(&file, "general.architecture", "qwen3");
    put_text(&file, "tokenizer.ggml.model", "gpt2");
    put_text(&file, "general.name", "odd one");
    put_string(&file, "x.weight");
    put_u32(&file, 1); /* dimensions */
    put_u64(&file, 8);
    put_u32(&file, GGML_TYPE_F32);
    put_u64(&file, 0); /* offset */
    while (file.len % 8)
        lmi_buf_putc(&file, 0);
    assert_int_not_equal(file.len % 32, 0);
    put(&file, (const char[32]){0}, 32);
    path = support_file(support_folder(), "odd.gguf", file.data, file.len);
    lmi_buf_done(&file);
    return path;
}

static void test_tensors_that_cannot_be_mapped_are_refused_where_they_would_be(void **state)
{
    lmas_model_params params = lmas_model_params_default();
    const char *path = odd_file();
    lmas_model *model = NULL;

    (void)state;
    assert_fails(LMAS_E_MODEL, "it cannot be mapped", lmas_model_open(&model, path, &params));
    params.use_mmap = false;
    assert_fails(LMAS_E_MODEL, "libllama cannot load", lmas_model_open(&model, path, &params));
}

static void test_what_is_no_regular_file_is_not_waited_for(void **state)
{
    lmas_model *model = NULL;
    char path[256];

    (void)state;
    snprintf(path, sizeof(path), "%s/pipe.gguf", support_folder());
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_fails(LMAS_E_IO, "is a pipe, a GGUF file was expected",
                 lmas_model_open(&model, path, NULL));
    assert_fails(LMAS_E_IO, "is no regular file", lmas_model_open(&model, "/dev/null", NULL));
}

static void test_names_of_a_model_are_a_line_each(void **state)
{
    lie l = open_lie(UNTIED_MODEL);
    lmas_model *model = NULL;

    (void)state;
    gguf_set_val_str(l.gguf, "general.name",
                     "red\x1b[31m\nand\xc2\x9b"
                     "2J caf\xc3\xa9\x7f");
    assert_ok(lmas_model_open(&model, write_lie(&l), NULL));
    assert_string_equal(lmas_model_describe(model)->name, "red?[31m?and?2J caf\xc3\xa9?");
    lmas_model_close(model);
}

/* What a child says on stderr before libggml ends it. */
static void last_words(char *out, size_t size)
{
    int ends[2], status = 0;
    size_t n = 0;
    ssize_t got;
    pid_t child;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        lmas_device device;

        dup2(ends[1], STDERR_FILENO);
        (void)lmas_device_at(&device, 0);
        GGML_ABORT("it is\x1b broken\nand more\n");
    }
    close(ends[1]);
    while (n + 1 < size && (got = read(ends[0], out + n, size - 1 - n)) > 0)
        n += (size_t)got;
    out[n] = '\0';
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
}

static void test_an_abort_of_libggml_is_one_line(void **state)
{
    char said[4096];
    size_t n;

    (void)state;
    last_words(said, sizeof(said));
    n = strlen(said);
    assert_non_null(strstr(said, "engine_header_test.c:"));
    assert_non_null(strstr(said, "it is? broken"));
    assert_int_equal(strcspn(said, "\n"), n - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_abort_of_libggml_is_one_line),
        cmocka_unit_test(test_the_model_itself_is_taken),
        cmocka_unit_test(test_counts_of_layers_and_sizes_are_within_their_limits),
        cmocka_unit_test(test_counts_of_experts_fit_each_other),
        cmocka_unit_test(test_a_list_of_experts_counts_as_its_largest),
        cmocka_unit_test(test_an_architecture_of_experts_needs_some),
        cmocka_unit_test(test_an_epsilon_is_not_below_zero),
        cmocka_unit_test(test_heads_and_their_rotation_fit_each_other),
        cmocka_unit_test(test_an_odd_rotation_is_refused_where_it_may_be_a_part),
        cmocka_unit_test(test_an_unknown_way_to_stretch_positions_is_refused),
        cmocka_unit_test(test_a_vocabulary_has_each_token_once_and_all_bytes),
        cmocka_unit_test(test_tensors_of_whole_numbers_are_no_weights),
        cmocka_unit_test(test_tensors_that_cannot_be_mapped_are_refused_where_they_would_be),
        cmocka_unit_test(test_what_is_no_regular_file_is_not_waited_for),
        cmocka_unit_test(test_names_of_a_model_are_a_line_each),
    };

    return cmocka_run_group_tests_name("engine_header", tests, NULL, NULL);
}
