/*
 * parity_cross_test.c - thoughts that cross from one model to another, against PyTorch's.
 *
 * cross.json (make_cross.py) has random thoughts of one model and what each method makes of them
 * for another: one tokenizer and two widths, two tokenizers, rows of padding, capped and scaled
 * logits, a bias, scaled inputs. e must be met within 1e-4 of its largest value (seen: 1.7e-6),
 * shares and cosines within 1e-5.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "latent/cross/cross.h"
#include "support.h"

#define FIXTURES "tests/parity/fixtures/"

static const double TOLERANCE = 1e-4;

/* support.h keeps the path that it was given first. */
static lmas_model *model_named(yyjson_val *name)
{
    static const char *const paths[] = {
        UNTIED_MODEL,
        TIED_MODEL,
        FIXTURES "gemma2.gguf",
        FIXTURES "gemma3.gguf",
        FIXTURES "granite.gguf",
        FIXTURES "command-r.gguf",
        FIXTURES "phi2.gguf",
    };
    char path[160];
    size_t i;

    snprintf(path, sizeof(path), FIXTURES "%.100s.gguf", yyjson_get_str(name));
    for (i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
        if (strcmp(paths[i], path) == 0)
            return support_model(paths[i]);
    fail_msg("a case of a model that is not there: %s", path);
    return NULL;
}

static float *numbers(yyjson_val *list, size_t n)
{
    float *out = lmi_new(n, sizeof(float));
    yyjson_val *v;
    size_t i, max;

    assert_int_equal(yyjson_arr_size(list), n);
    yyjson_arr_foreach(list, i, max, v) out[i] = (float)yyjson_get_num(v);
    return out;
}

/* The largest difference, as a share of the largest value. */
static double furthest(const float *got, const float *want, size_t n)
{
    double most = 0, size = 0;
    size_t i;

    for (i = 0; i < n; i++) {
        assert_true(isfinite(got[i]));
        most = fmax(most, fabs((double)got[i] - (double)want[i]));
        size = fmax(size, fabs((double)want[i]));
    }
    return most / size;
}

static double num(yyjson_val *object, const char *key)
{
    assert_true(yyjson_is_num(yyjson_obj_get(object, key)));
    return yyjson_get_num(yyjson_obj_get(object, key));
}

static lmas_align align_of(yyjson_val *root, yyjson_val *c)
{
    lmas_align align = lmas_align_default();

    assert_true(lmas_align_parse(&align.method, yyjson_get_str(yyjson_obj_get(c, "method"))));
    align.temperature = (float)num(c, "temperature");
    align.ridge = (float)num(root, "ridge");
    align.n_features = (uint32_t)num(root, "n_features");
    align.seed = (uint64_t)num(root, "seed");
    return align;
}

/* How far off e is. */
static double run_case(yyjson_val *root, yyjson_val *c)
{
    const lmas_align align = align_of(root, c);
    lmas_model *from = model_named(yyjson_obj_get(c, "from"));
    lmas_model *to = model_named(yyjson_obj_get(c, "to"));
    const size_t n = (size_t)num(root, "n"), n_in = n * (size_t)to->info.n_embd;
    float *h = numbers(yyjson_obj_get(c, "h"), n * (size_t)from->info.n_embd);
    float *want = numbers(yyjson_obj_get(c, "e"), n_in);
    float *e = lmi_new(n_in, sizeof(float));
    lmi_cross_quality quality;
    lmi_cross *cross = NULL;
    double off;

    assert_ok(lmi_cross_new(&cross, from, to, &align, NULL, NULL));
    assert_ok(lmi_cross_map(e, &quality, cross, h, n));
    off = furthest(e, want, n_in);
    print_message("# %s to %s, %s at %g: off by %.1e, mass %.4f, cosine %.4f\n", from->info.arch,
                  to->info.arch, lmas_align_name(align.method), (double)align.temperature, off,
                  quality.mass, quality.cosine);
    assert_true(off <= TOLERANCE);
    assert_int_equal(lmi_cross_overlap(cross)->n_shared, (int)num(c, "n_shared"));
    assert_true(fabs(quality.mass - num(c, "mass")) <= 1e-5);
    assert_true(fabs(quality.cosine - num(c, "cosine")) <= 1e-5);
    lmi_cross_free(cross);
    lmi_free(h);
    lmi_free(want);
    lmi_free(e);
    return off;
}

static void run_method(const char *method, size_t n_cases)
{
    yyjson_val *root, *cases, *c;
    double most = 0;
    size_t i, max, n = 0;
    lmi_json json = {0};
    lmi_buf text;

    lmi_buf_init(&text, 1 << 20);
    assert_ok(lmi_file_read(&text, FIXTURES "cross.json"));
    assert_ok(lmi_json_parse(&json, "cross.json", text.data, text.len));
    root = lmi_json_root(&json);
    cases = yyjson_obj_get(root, "cases");
    yyjson_arr_foreach(cases, i, max, c)
    {
        if (strcmp(yyjson_get_str(yyjson_obj_get(c, "method")), method) != 0)
            continue;
        most = fmax(most, run_case(root, c));
        n++;
    }
    print_message("# %s: %zu cases, off by %.1e at most\n", method, n, most);
    assert_int_equal(n, n_cases);
    lmi_json_done(&json);
    lmi_buf_done(&text);
}

static void test_soft_vectors_of_pytorch_are_met(void **state)
{
    (void)state;
    run_method("soft", 22);
}

static void test_linear_vectors_of_pytorch_are_met(void **state)
{
    (void)state;
    run_method("linear", 11);
}

static void test_identical_vectors_of_pytorch_are_met(void **state)
{
    (void)state;
    run_method("identical", 3);
}

static void test_kernel_vectors_of_pytorch_are_met(void **state)
{
    (void)state;
    run_method("kernel", 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_soft_vectors_of_pytorch_are_met),
        cmocka_unit_test(test_linear_vectors_of_pytorch_are_met),
        cmocka_unit_test(test_identical_vectors_of_pytorch_are_met),
        cmocka_unit_test(test_kernel_vectors_of_pytorch_are_met),
    };

    return cmocka_run_group_tests_name("parity_cross", tests, NULL, NULL);
}
