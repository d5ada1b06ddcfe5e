/* engine_arch_test.c - what is read from a header before libllama sees the file. */
#include <string.h>

#include "engine/gguf/layers.h"
#include "engine/libllama.h"
#include "support.h"

enum { N_LAYERS = 8 };

/* A GGUF of a header alone, to be filled and written. */
static struct gguf_context *header(const char *arch)
{
    struct gguf_context *gguf = gguf_init_empty();

    gguf_set_val_str(gguf, "general.architecture", arch);
    gguf_set_val_str(gguf, "tokenizer.ggml.model", "gpt2");
    return gguf;
}

static void set(struct gguf_context *gguf, const char *name, uint32_t value)
{
    const char *arch = gguf_get_val_str(gguf, gguf_find_key(gguf, "general.architecture"));
    char key[160];

    snprintf(key, sizeof(key), "%s.%s", arch, name);
    gguf_set_val_u32(gguf, key, value);
}

static void set_list(struct gguf_context *gguf, const char *name, enum gguf_type type,
                     const void *values)
{
    const char *arch = gguf_get_val_str(gguf, gguf_find_key(gguf, "general.architecture"));
    char key[160];

    snprintf(key, sizeof(key), "%s.%s", arch, name);
    gguf_set_arr_data(gguf, key, type, values, N_LAYERS);
}

/* Written under a name of its own; the path lives until the next call. */
static const char *written(struct gguf_context *gguf)
{
    static char path[256];

    snprintf(path, sizeof(path), "%s/header.gguf", support_folder());
    assert_true(gguf_write_to_file(gguf, path, true));
    gguf_free(gguf);
    return path;
}

static void set_heads(struct gguf_context *gguf, uint32_t n_head, uint32_t n_head_kv, uint32_t k,
                      uint32_t v)
{
    set(gguf, "attention.head_count", n_head);
    set(gguf, "attention.head_count_kv", n_head_kv);
    set(gguf, "attention.key_length", k);
    set(gguf, "attention.value_length", v);
}

static uint64_t cell_size(struct gguf_context *gguf)
{
    char arch[64];
    lmi_weights *weights = NULL;
    uint64_t size;

    snprintf(arch, sizeof(arch), "%s",
             gguf_get_val_str(gguf, gguf_find_key(gguf, "general.architecture")));
    assert_ok(lmi_weights_open(&weights, written(gguf)));
    size = lmi_layers_cell_size(weights, arch, N_LAYERS, 512);
    lmi_weights_close(weights);
    return size;
}

static void test_a_cell_holds_the_keys_and_values_of_every_layer(void **state)
{
    struct gguf_context *plain = header("llama"), *short_one = header("llama");

    (void)state;
    set_heads(plain, 8, 2, 48, 32);
    assert_int_equal(cell_size(plain), 2 * N_LAYERS * 2 * (48 + 32));
    set(short_one, "attention.head_count", 8); /* heads of 512 / 8, all with keys of their own */
    assert_int_equal(cell_size(short_one), 2 * N_LAYERS * 8 * (64 + 64));
}

static void test_recurrent_layers_have_no_cells(void **state)
{
    static const int32_t heads[N_LAYERS] = {0, 0, 2, 0, 0, 0, 4, 0};
    static const bool recurrent[N_LAYERS] = {true, true, true, false, true, true, true, false};
    struct gguf_context *listed = header("jamba"), *each_fourth = header("qwen3next");
    struct gguf_context *each_second = header("qwen35moe"), *flagged = header("other");
    struct gguf_context *none = header("mamba");

    (void)state;
    set_heads(listed, 8, 2, 64, 64);
    set_list(listed, "attention.head_count_kv", GGUF_TYPE_INT32, heads);
    assert_int_equal(cell_size(listed), 2 * 6 * 128);
    set_heads(each_fourth, 8, 2, 64, 64);
    assert_int_equal(cell_size(each_fourth), 2 * 2 * 2 * 128);
    set_heads(each_second, 8, 2, 64, 64);
    set(each_second, "full_attention_interval", 2);
    assert_int_equal(cell_size(each_second), 2 * 4 * 2 * 128);
    set_heads(flagged, 8, 2, 64, 64);
    set_list(flagged, "attention.recurrent_layers", GGUF_TYPE_BOOL, recurrent);
    assert_int_equal(cell_size(flagged), 2 * 2 * 2 * 128);
    set(none, "attention.head_count", 0);
    assert_int_equal(cell_size(none), 0);
}

static void test_sliding_layers_have_heads_of_their_own_size(void **state)
{
    static const bool slides[N_LAYERS] = {true, true, true, true, true, false, true, true};
    struct gguf_context *listed = header("gemma4"), *periodic = header("gemma4");

    (void)state;
    set_heads(listed, 8, 2, 64, 64);
    set(listed, "attention.key_length_swa", 32);
    set(listed, "attention.value_length_swa", 16);
    set_list(listed, "attention.sliding_window_pattern", GGUF_TYPE_BOOL, slides);
    assert_int_equal(cell_size(listed), 2 * (7 * 2 * 48 + 2 * 128));
    set_heads(periodic, 8, 2, 64, 64);
    set(periodic, "attention.key_length_swa", 32);
    set(periodic, "attention.sliding_window_pattern", 4);
    assert_int_equal(cell_size(periodic), 2 * (6 * 2 * 96 + 2 * 2 * 128));
}

static void test_layers_that_share_keys_have_no_cells(void **state)
{
    struct gguf_context *some = header("gemma4"), *too_many = header("gemma4");

    (void)state;
    set_heads(some, 8, 2, 64, 64);
    set(some, "attention.shared_kv_layers", 3);
    assert_int_equal(cell_size(some), 2 * 5 * 2 * 128);
    set_heads(too_many, 8, 2, 64, 64);
    set(too_many, "attention.shared_kv_layers", 4000000000u); /* nonsense is passed over */
    assert_int_equal(cell_size(too_many), 2 * N_LAYERS * 2 * 128);
}

static void test_latent_attention_keeps_one_key_and_no_values(void **state)
{
    struct gguf_context *mla = header("deepseek2");

    (void)state;
    set_heads(mla, 8, 1, 576, 512);
    set(mla, "attention.key_length_mla", 192);
    set(mla, "attention.value_length_mla", 128);
    assert_int_equal(cell_size(mla), 2 * N_LAYERS * 576);
}

static void test_lists_of_other_types_and_lengths_are_passed_over(void **state)
{
    static const float fractions[N_LAYERS] = {1, 1, 1, 1, 1, 1, 1, 1};
    static const int32_t two[2] = {3, 5};
    struct gguf_context *odd = header("llama"), *shorter = header("llama");

    (void)state;
    set_heads(odd, 8, 2, 64, 64);
    set_list(odd, "attention.head_count_kv", GGUF_TYPE_FLOAT32, fractions);
    assert_int_equal(cell_size(odd), 2 * N_LAYERS * 8 * 128); /* as many as there are heads */
    set_heads(shorter, 8, 2, 64, 64);
    gguf_set_arr_data(shorter, "llama.attention.head_count_kv", GGUF_TYPE_INT32, two, 2);
    assert_int_equal(cell_size(shorter), 2 * (3 + 5 + 6 * 8) * 128);
}

static struct gguf_context *windowed(const char *arch, const bool slides[N_LAYERS])
{
    struct gguf_context *gguf = header(arch);

    set(gguf, "attention.sliding_window", 32);
    if (slides)
        set_list(gguf, "attention.sliding_window_pattern", GGUF_TYPE_BOOL, slides);
    return gguf;
}

static void test_a_window_without_a_layer_that_slides_is_refused(void **state)
{
    static const bool none[N_LAYERS] = {false}, one[N_LAYERS] = {[3] = true};
    static const char *const archs[] = {"mellum", "olmo2", "granite-swa", "one-of-tomorrow"};
    lmas_model *model = NULL;
    struct gguf_context *gguf;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(archs) / sizeof(archs[0]); i++)
        assert_fails(LMAS_E_MODEL, "no layer that slides",
                     lmas_model_open(&model, written(windowed(archs[i], none)), NULL));
    gguf = windowed("mellum", NULL);
    set(gguf, "attention.sliding_window_pattern", 1);
    assert_fails(LMAS_E_MODEL, "no layer that slides",
                 lmas_model_open(&model, written(gguf), NULL));
    /* These get as far as libllama, which misses what a header alone does not have. */
    assert_fails(LMAS_E_MODEL, "libllama cannot load",
                 lmas_model_open(&model, written(windowed("mellum", one)), NULL));
    assert_fails(LMAS_E_MODEL, "libllama cannot load",
                 lmas_model_open(&model, written(windowed("gemma2", NULL)), NULL));
    gguf = windowed("mellum", none);
    set(gguf, "attention.sliding_window", 0);
    assert_fails(LMAS_E_MODEL, "libllama cannot load",
                 lmas_model_open(&model, written(gguf), NULL));
}

static void test_an_afmoe_without_a_window_is_refused(void **state)
{
    static const bool one[N_LAYERS] = {[3] = true};
    lmas_model *model = NULL;

    (void)state;
    assert_fails(LMAS_E_MODEL, "has no sliding window",
                 lmas_model_open(&model, written(header("afmoe")), NULL));
    assert_fails(LMAS_E_MODEL, "libllama cannot load",
                 lmas_model_open(&model, written(windowed("afmoe", one)), NULL));
}

static void test_pictures_stacked_on_every_layer_are_refused(void **state)
{
    static const struct {
        uint32_t n_stacked, n_layer;
        const char *why;
    } cases[] = {{2, 2, "stacks pictures"},
                 {3, 2, "stacks pictures"},
                 {2, 3, "libllama cannot"},
                 {0, 1, "libllama cannot"}};
    lmas_model *model = NULL;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct gguf_context *gguf = header("qwen3vl");

        set(gguf, "n_deepstack_layers", cases[i].n_stacked);
        set(gguf, "block_count", cases[i].n_layer);
        assert_fails(LMAS_E_MODEL, cases[i].why, lmas_model_open(&model, written(gguf), NULL));
    }
}

static void keep(void *user, lmas_log_level level, const char *text)
{
    if (level == LMAS_LOG_WARN)
        snprintf(user, 256, "%s", text);
}

static void test_what_libllama_takes_for_granted_of_minicpm3_is_said(void **state)
{
    char said[256] = "";

    (void)state;
    lmas_log_set(keep, said);
    lmi_layers_warn("minicpm");
    assert_string_equal(said, "");
    lmi_layers_warn("minicpm3");
    assert_non_null(strstr(said, "dim_model_base as 256"));
    lmas_log_set(NULL, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_cell_holds_the_keys_and_values_of_every_layer),
        cmocka_unit_test(test_recurrent_layers_have_no_cells),
        cmocka_unit_test(test_sliding_layers_have_heads_of_their_own_size),
        cmocka_unit_test(test_layers_that_share_keys_have_no_cells),
        cmocka_unit_test(test_latent_attention_keeps_one_key_and_no_values),
        cmocka_unit_test(test_lists_of_other_types_and_lengths_are_passed_over),
        cmocka_unit_test(test_a_window_without_a_layer_that_slides_is_refused),
        cmocka_unit_test(test_an_afmoe_without_a_window_is_refused),
        cmocka_unit_test(test_pictures_stacked_on_every_layer_are_refused),
        cmocka_unit_test(test_what_libllama_takes_for_granted_of_minicpm3_is_said),
    };

    return cmocka_run_group_tests_name("engine_header", tests, NULL, NULL);
}
