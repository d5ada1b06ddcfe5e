/* row.c - a row holds where, with which settings, what, and how fast. */
#include "cli/bench/row.h"

#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "eval/site/site.h"

enum { NAME_MAX_LEN = 4096 };

/* More digits say nothing and lengthen every line. */
static double round_off(double x)
{
    const double max = 1e12;

    return x > 0 && x < max ? (double)(int64_t)(x * 1e6 + 0.5) / 1e6 : x;
}

lmas_status lmi_bench_place_init(lmi_bench_place *out, const lmi_stage *stage,
                                 const lmi_solve_flags *flags, const lmi_solve_flags *usual)
{
    const char *path = lmas_model_describe(stage->model)->path;
    const char *file = lmi_path_name(path);
    const lmas_model_params params = lmi_flags_model(&flags->model);
    lmas_status status;

    *out = (lmi_bench_place){.stage = stage, .flags = flags, .usual = usual};
    lmi_buf_init(&out->file, LMI_PATH_MAX);
    lmi_buf_init(&out->cpu, NAME_MAX_LEN);
    lmi_buf_init(&out->backend, NAME_MAX_LEN);
    lmi_buf_init(&out->gpu, NAME_MAX_LEN);
    lmi_utf8_append(&out->file, file, strlen(file));
    lmi_site_devices(&out->cpu, &out->gpu, &out->backend, &params);
    status = lmi_buf_status(&out->file);
    if (status == LMAS_OK)
        status = lmi_buf_status(&out->cpu);
    if (status == LMAS_OK)
        status = lmi_buf_status(&out->backend);
    return status == LMAS_OK ? lmi_buf_status(&out->gpu) : status;
}

void lmi_bench_place_done(lmi_bench_place *place)
{
    lmi_buf_done(&place->file);
    lmi_buf_done(&place->cpu);
    lmi_buf_done(&place->backend);
    lmi_buf_done(&place->gpu);
}

static void add_settings(yyjson_mut_doc *doc, yyjson_mut_val *row, const lmi_solve_flags *flags,
                         int64_t n_ubatch)
{
    yyjson_mut_obj_add_int(doc, row, "n_gpu_layers", flags->model.n_gpu_layers);
    yyjson_mut_obj_add_int(doc, row, "batch", flags->engine.n_batch);
    yyjson_mut_obj_add_int(doc, row, "ubatch", n_ubatch);
    yyjson_mut_obj_add_str(doc, row, "type_k", flags->engine.cache_type_k);
    yyjson_mut_obj_add_str(doc, row, "type_v", flags->engine.cache_type_v);
    yyjson_mut_obj_add_str(doc, row, "flash_attn", flags->engine.flash_attn);
    yyjson_mut_obj_add_str(doc, row, "kv", flags->engine.kv);
    yyjson_mut_obj_add_int(doc, row, "latent_steps", flags->team.latent_steps);
    yyjson_mut_obj_add_int(doc, row, "max_new_tokens", flags->team.max_new_tokens);
}

static void add_place(yyjson_mut_doc *doc, yyjson_mut_val *row, const lmi_bench_place *place)
{
    const lmas_model_info *info = lmas_model_describe(place->stage->model);

    yyjson_mut_obj_add_str(doc, row, "build", lmas_version());
    yyjson_mut_obj_add_str(doc, row, "libllama", lmas_engine_version());
    yyjson_mut_obj_add_str(doc, row, "model_file", lmi_buf_text(&place->file));
    yyjson_mut_obj_add_str(doc, row, "cpu_kernels", info->kernels);
    yyjson_mut_obj_add_str(doc, row, "model", info->description);
    yyjson_mut_obj_add_uint(doc, row, "size", info->size);
    yyjson_mut_obj_add_uint(doc, row, "params", info->n_params);
    yyjson_mut_obj_add_str(doc, row, "cpu", lmi_buf_text(&place->cpu));
    lmi_json_add_text(doc, row, "gpu", place->gpu.len ? lmi_buf_text(&place->gpu) : NULL);
    yyjson_mut_obj_add_str(doc, row, "backend", lmi_buf_text(&place->backend));
}

static void add_test(yyjson_mut_doc *doc, yyjson_mut_val *row, const lmi_bench_place *place,
                     const lmi_bench_test *test, const lmi_bench_result *result)
{
    const bool is_answer = test->kind == LMI_BENCH_ANSWER;
    char name[LMI_BENCH_NAME_SIZE];

    lmi_bench_name(name, test);
    yyjson_mut_obj_add_uint(doc, row, "lanes", result->n_lanes);
    yyjson_mut_obj_add_uint(doc, row, "depth", test->depth);
    yyjson_mut_obj_add_strcpy(doc, row, "test", name);
    yyjson_mut_obj_add_uint(doc, row, "n_prompt", test->kind == LMI_BENCH_READ ? test->n : 0);
    yyjson_mut_obj_add_uint(doc, row, "n_gen", test->kind == LMI_BENCH_SPEAK ? test->n : 0);
    yyjson_mut_obj_add_uint(doc, row, "n_latent", test->kind == LMI_BENCH_THINK ? test->n : 0);
    yyjson_mut_obj_add_uint(doc, row, "n_questions", is_answer ? test->n : 0);
    lmi_json_add_text(doc, row, "method", is_answer ? lmas_method_name(test->method) : NULL);
    lmi_json_add_text(doc, row, "team", is_answer ? lmas_team_name(place->stage->team) : NULL);
    yyjson_mut_obj_add_uint(doc, row, "n_read", result->n_read);
    yyjson_mut_obj_add_uint(doc, row, "n_thought", result->n_thought);
    yyjson_mut_obj_add_uint(doc, row, "n_spoken", result->n_spoken);
    yyjson_mut_obj_add_str(doc, row, "test_time", result->started);
}

/* Mean and deviation of times, and of the rates of the repetitions (not the rate of the mean):
 * both as llama-bench has them. */
static void add_times(yyjson_mut_doc *doc, yyjson_mut_val *row, const lmi_bench_test *test,
                      const lmi_bench_result *result)
{
    const double units = lmi_bench_units(test, result->n_lanes);
    const lmi_spread ms = lmi_spread_of(result->samples_ms, result->n);
    double *rates = lmi_new(result->n, sizeof(*rates));
    yyjson_mut_val *samples;
    lmi_spread rate = {0};
    size_t i;

    for (i = 0; rates && i < result->n; i++)
        rates[i] = units / result->samples_ms[i] * 1e3;
    if (rates)
        rate = lmi_spread_of(rates, result->n);
    lmi_free(rates);
    yyjson_mut_obj_add_real(doc, row, "avg_ms", round_off(ms.mean));
    yyjson_mut_obj_add_real(doc, row, "stddev_ms", round_off(ms.deviation));
    yyjson_mut_obj_add_real(doc, row, "avg_ts", round_off(rate.mean));
    yyjson_mut_obj_add_real(doc, row, "stddev_ts", round_off(rate.deviation));
    samples = yyjson_mut_obj_add_arr(doc, row, "samples_ms");
    for (i = 0; i < result->n; i++)
        yyjson_mut_arr_add_real(doc, samples, round_off(result->samples_ms[i]));
}

yyjson_mut_val *lmi_bench_row(yyjson_mut_doc *doc, const lmi_bench_place *place,
                              const lmi_bench_test *test, const lmi_bench_result *result)
{
    yyjson_mut_val *row = yyjson_mut_obj(doc);

    add_place(doc, row, place);
    yyjson_mut_obj_add_int(doc, row, "threads", result->n_threads);
    yyjson_mut_obj_add_int(doc, row, "threads_batch", result->n_threads_batch);
    add_settings(doc, row, place->flags, result->n_ubatch);
    yyjson_mut_obj_add_str(doc, row, "realignment", result->realignment);
    add_test(doc, row, place, test, result);
    add_times(doc, row, test, result);
    return row;
}

yyjson_mut_val *lmi_bench_usual(yyjson_mut_doc *doc, const lmi_bench_place *place,
                                const lmi_bench_result *result)
{
    /* Left to the session, whatever it took is the usual; a width that was asked for never is. */
    const bool is_own_ubatch = place->flags->engine.n_ubatch == place->usual->engine.n_ubatch;
    yyjson_mut_val *usual = yyjson_mut_obj(doc);

    yyjson_mut_obj_add_int(doc, usual, "threads_batch", result->n_threads);
    add_settings(doc, usual, place->usual, is_own_ubatch ? result->n_ubatch : 0);
    yyjson_mut_obj_add_str(doc, usual, "realignment", "norm");
    return usual;
}
