/* engine_synthetic_test.c - models with random weights: what they are called, and their bytes. */
#include <dirent.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "support.h"

enum { FILE_MAX = 64 * 1024 * 1024 };

static const char *path_in(const char *folder, const char *name)
{
    static char path[256];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

static void make(lmi_buf *out, const char *folder, const char *spec)
{
    const char *path = path_in(folder, "model.gguf");

    assert_ok(lmas_model_synthesize(path, spec, NULL, NULL));
    lmi_buf_init(out, FILE_MAX);
    assert_ok(lmi_file_read(out, path));
}

static void test_one_core_and_all_write_the_same_bytes(void **state)
{
    const char *folder = support_folder();
    lmi_buf by_all, by_one;
    cpu_set_t all, one;
    size_t i = 0;

    (void)state;
    make(&by_all, folder, "qwen3-tiny:f32"); /* more than one stretch */
    assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
    while (!CPU_ISSET(i, &all))
        i++;
    CPU_ZERO(&one);
    CPU_SET(i, &one);
    assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
    assert_int_equal(lmas_n_cores(), 1);
    make(&by_one, folder, "qwen3-tiny:f32");
    assert_int_equal(sched_setaffinity(0, sizeof(all), &all), 0);
    assert_true(by_all.len > (size_t)4 * 1024 * 1024);
    assert_int_equal(by_all.len, by_one.len);
    assert_memory_equal(by_all.data, by_one.data, by_all.len);
    lmi_buf_done(&by_all);
    lmi_buf_done(&by_one);
}

/* The name in the file, static. */
static const char *name_of(const char *spec)
{
    const char *path = path_in(support_folder(), "model.gguf");
    const lmas_model_params params = support_model_params();
    static char name[128];
    lmas_model *model = NULL;
    float norm = 0;

    assert_ok(lmas_model_synthesize(path, spec, NULL, NULL));
    assert_ok(lmas_model_open(&model, path, &params));
    snprintf(name, sizeof(name), "%s", lmas_model_describe(model)->name);
    assert_ok(lmas_model_target_norm(&norm, model));
    assert_true(norm > 0.9f * 0.32f && norm < 1.1f * 0.32f); /* 0.02 times the root of 256 */
    lmas_model_close(model);
    return name;
}

static void test_a_spec_is_read_in_letters_of_either_size(void **state)
{
    (void)state;
    assert_string_equal(name_of("qwen3-tiny:q8_0"), "synthetic qwen3-tiny:q8_0");
    assert_string_equal(name_of("Qwen3-Tiny:Q8_0"), "synthetic qwen3-tiny:q8_0");
    assert_string_equal(name_of("qwen3-tiny:q4_k"), "synthetic qwen3-tiny:q4_K");
    assert_string_equal(name_of("qwen3-tiny:BF16"), "synthetic qwen3-tiny:bf16");
}

static void test_a_spec_that_is_none_is_refused(void **state)
{
    static const char *const bad[] = {
        "", ":", "qwen3-tiny", "qwen3-tiny:", "qwen3-tin:q8_0", "qwen3-tiny:q8_0 "};
    const char *path = path_in(support_folder(), "model.gguf");
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_fails(LMAS_E_INVALID, "expected", lmas_model_synthesize(path, bad[i], NULL, NULL));
    assert_false(lmi_file_exists(path));
}

static size_t n_files(const char *folder)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    size_t n = 0;

    assert_non_null(dir);
    while ((entry = readdir(dir)))
        n += entry->d_name[0] != '.';
    closedir(dir);
    return n;
}

/* Counts how often it is asked, and stops the first time. */
static bool refuse(void *user, float progress)
{
    int *n_asked = user;

    assert_true(progress >= 0 && progress <= 1);
    ++*n_asked;
    return false;
}

static void test_a_model_that_is_stopped_leaves_no_file(void **state)
{
    const char *folder = support_folder();
    int n_asked = 0;

    (void)state;
    assert_fails(
        LMAS_E_CANCELED, "was stopped",
        lmas_model_synthesize(path_in(folder, "model.gguf"), "qwen3-tiny:f32", refuse, &n_asked));
    assert_int_equal(n_asked, 1);
    assert_int_equal(n_files(folder), 0);
}

static bool watch(void *user, float progress)
{
    float *last = user;

    assert_true(progress >= *last && progress <= 1);
    *last = progress;
    return true;
}

static void test_progress_grows(void **state)
{
    float last = 0;

    (void)state;
    assert_ok(lmas_model_synthesize(path_in(support_folder(), "model.gguf"), "qwen3-tiny:f32",
                                    watch, &last));
    assert_true(last > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_core_and_all_write_the_same_bytes),
        cmocka_unit_test(test_a_spec_is_read_in_letters_of_either_size),
        cmocka_unit_test(test_a_spec_that_is_none_is_refused),
        cmocka_unit_test(test_a_model_that_is_stopped_leaves_no_file),
        cmocka_unit_test(test_progress_grows),
    };

    return cmocka_run_group_tests_name("engine_synthetic", tests, NULL, NULL);
}
