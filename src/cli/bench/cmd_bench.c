/*
 * cmd_bench.c - latentmas bench: how fast this machine reads, speaks, thinks and answers.
 *
 * In llama-bench's manner, with its flags and names where it has them, so that numbers can be laid
 * side by side.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cli/bench/measure.h"
#include "cli/bench/model.h"
#include "cli/bench/print.h"
#include "cli/bench/progress.h"
#include "cli/command.h"
#include "cli/config/flagfile.h"
#include "cli/interrupt.h"
#include "cli/show/term.h"

enum { LENGTH_MAX = 1 << 20, QUESTIONS_MAX = 10000, REPETITIONS_MAX = 1000 };
enum { STEPS_MAX = 100000, TOKENS_MAX = 100000, TOKENS_USUAL = 64 };

typedef struct bench_settings {
    lmi_solve_flags solve; /* first: it begins with the general flags */
    const char *prompt, *gen, *latent, *lanes, *e2e;
    const char *output, *synthetic, *keep;
    int64_t depth, questions, repetitions;
    bool has_warmup;
} bench_settings;

#define AT(field) offsetof(bench_settings, field)
static const lmi_opt test_opts[] = {
    {"-p --n-prompt", LMI_OPT_LIST, AT(prompt), "LIST",
     .help = "ppN: read a prompt of N tokens. A list is 128,512 or a range, 1-4, 1-9+2 or "
             "16-256*2; 0 for none"},
    {"-n --n-gen", LMI_OPT_LIST, AT(gen), "LIST",
     .help = "tgN: take in N spoken tokens one by one, with the logits of each; 0 for none"},
    {"-l --n-latent", LMI_OPT_LIST, AT(latent), "LIST",
     .help = "latN: think N thoughts; 0 for none"},
    {"-np --parallel", LMI_OPT_LIST, AT(lanes), "LIST",
     .help = "lanes at once, each doing all of that; every test is made at every number"},
    {"-d --n-depth", LMI_OPT_INT, AT(depth), "N", .max = LENGTH_MAX,
     .help = "positions that stand in a lane before pp, tg and lat, and are not timed"},
    {"-r --repetitions", LMI_OPT_INT, AT(repetitions), "N", .min = 1, .max = REPETITIONS_MAX,
     .help = "repetitions of each test, which mean and deviation are taken of"},
    {"--no-warmup", LMI_OPT_OFF, AT(has_warmup),
     .help = "count the first run of each test too, which finds cold caches"},
    {"-o --output", LMI_OPT_WORD, AT(output), "md|csv|json|jsonl",
     .help = "a table to read; or one with all settings; the same with every sample, as one "
             "array or a line a test"},
    {0},
};

static const lmi_opt e2e_opts[] = {
    {"--e2e", LMI_OPT_LIST, AT(e2e), "LIST", .words = "baseline|text_mas|latent_mas",
     .help = "have a team answer whole questions, greedy, by these methods: any of baseline, "
             "text_mas and latent_mas, with commas between (default none)"},
    {"--questions", LMI_OPT_INT, AT(questions), "N", .min = 1, .max = QUESTIONS_MAX,
     .help = "how many of the built-in questions; they take turns on the lanes (default: as many "
             "as lanes)"},
    {"--team", LMI_OPT_FILE, AT(solve.team.team), "FILE|NAME", .word_at = lmas_team_builtin_name,
     .help = "a team file, or a built-in team"},
    {"--latent_steps", LMI_OPT_INT, AT(solve.team.latent_steps), "N", .max = STEPS_MAX,
     .help = "thoughts of each agent but the last"},
    {"--max_new_tokens", LMI_OPT_INT, AT(solve.team.max_new_tokens), "N", .min = 1,
     .max = TOKENS_MAX, .help = "most tokens an agent speaks"},
    {0},
};

static const lmi_opt synthetic_opts[] = {
    {"--synthetic", LMI_OPT_TEXT, AT(synthetic), "SHAPE:TYPE", .word_at = lmas_synthetic_shape,
     .help = "in place of -m: a model with random weights, written to a temporary file; TYPE is "
             "one that llama.cpp knows, such as q8_0, q4_K or f16, and SHAPE one of"},
    {"--keep", LMI_OPT_FILE, AT(keep), "FILE",
     .help = "write it to FILE instead and leave it there; use it again if it is there"},
    {0},
};

static const lmi_opt thought_opts[] = {
    {"--latent_space_realign", LMI_OPT_ON, AT(solve.team.realign),
     .help = "think through W_a, the realignment matrix; without effect on tied models"},
    {0},
};
#undef AT

static const lmi_opt_group groups[] = {
    {"Tests", test_opts, 0},
    {"End to end", e2e_opts, 0},
    {"Model with random weights", synthetic_opts, 0},
    {"Model", lmi_model_opts, offsetof(lmi_solve_flags, model)},
    {"Thoughts", thought_opts, 0},
    {"Engine", LMI_ENGINE_OPTS_SIZED, offsetof(lmi_solve_flags, engine)},
    {"Flags from a file", lmi_config_opts, 0},
    {"General", lmi_general_opts, offsetof(lmi_solve_flags, general)},
    {0},
};

static void init(void *settings)
{
    bench_settings *s = settings;

    *s = (bench_settings){.prompt = "512",
                          .gen = "128",
                          .latent = "128",
                          .lanes = "1",
                          .e2e = "",
                          .output = "md",
                          .repetitions = 5,
                          .has_warmup = true};
    lmi_solve_flags_init(&s->solve);
    s->solve.team.team = "sequential";
    s->solve.team.max_new_tokens = TOKENS_USUAL;
    s->solve.sampling.temperature = 0; /* greedy: the same work in every repetition */
}

/* What a measurement holds while it goes on. */
typedef struct work {
    const bench_settings *settings;
    bench_settings usual;
    lmi_bench_test *tests;
    size_t n_tests;
    lmi_bench_model model;
    lmi_stage stage;
    lmi_bench_place place;
    lmi_bench_printer printer;
    lmi_bench_progress progress;
} work;

static void work_done(work *w)
{
    lmi_bench_place_done(&w->place);
    lmi_stage_done(&w->stage);
    lmi_bench_model_done(&w->model);
    lmi_free(w->tests);
}

/* The checks of flags and their relations that the table cannot make. */
static lmas_status check(const bench_settings *s, const lmi_args *args)
{
    const lmi_model_flags *model = &s->solve.model;
    const char *named = model->path ? model->path : model->hf_repo;

    if (args->n_words)
        return lmi_fail(LMAS_E_INVALID, "bench: no word without a flag expected, found \"%s\"",
                        args->words[0]);
    if (named && s->synthetic)
        return lmi_fail(LMAS_E_INVALID, "-%s %s and --synthetic %s are both given, one expected",
                        model->path ? "m" : "hf", named, s->synthetic);
    if (!named && !s->synthetic)
        return lmi_fail(
            LMAS_E_INVALID,
            "no model: name a GGUF file with -m FILE, or have one with random weights made "
            "with --synthetic SHAPE:TYPE; -hf ORG/NAME names one of the Hugging Face "
            "hub");
    if (s->keep && !s->synthetic)
        return lmi_fail(LMAS_E_INVALID, "--keep %s: there is nothing to keep without --synthetic",
                        s->keep);
    return s->synthetic ? LMAS_OK : lmi_flags_check(model);
}

/* libllama wants a row of every lane in one decode. */
static lmas_status check_lanes(const lmi_list *lanes, int64_t n_batch)
{
    size_t i;

    for (i = 0; i < lanes->n; i++)
        if (lanes->items[i] > n_batch)
            return lmi_fail(LMAS_E_INVALID, "-b %lld is too small for %u lanes, %u expected",
                            (long long)n_batch, lanes->items[i], lanes->items[i]);
    return LMAS_OK;
}

/* Which tests the flags ask for. */
static lmas_status plan(work *w)
{
    const bench_settings *s = w->settings;
    lmi_bench_wish wish = {.depth = (uint32_t)s->depth, .n_questions = (uint32_t)s->questions};
    lmas_status status = lmi_list_parse(&wish.prompt, "-p", s->prompt, 0, LENGTH_MAX);

    if (status == LMAS_OK)
        status = lmi_list_parse(&wish.gen, "-n", s->gen, 0, LENGTH_MAX);
    if (status == LMAS_OK)
        status = lmi_list_parse(&wish.latent, "-l", s->latent, 0, LENGTH_MAX);
    if (status == LMAS_OK)
        status = lmi_list_parse(&wish.lanes, "-np", s->lanes, 1, LMAS_N_LANES_MAX);
    if (status == LMAS_OK)
        status = lmi_bench_parse_methods(&wish, "--e2e", s->e2e);
    if (status == LMAS_OK)
        status = check_lanes(&wish.lanes, s->solve.engine.n_batch);
    if (status != LMAS_OK)
        return status;
    if (wish.prompt.n + wish.gen.n + wish.latent.n + wish.n_methods == 0)
        return lmi_fail(LMAS_E_INVALID, "nothing to measure: -p, -n, -l and --e2e are all off");
    return lmi_bench_plan(&w->tests, &w->n_tests, &wish);
}

/* A temporary model is removed as soon as nobody reads its file again, so that no way to die
 * leaves it behind. W_a is computed from the file; all else of it is mapped. */
static lmas_status release_model(work *w)
{
    float norm;
    lmas_status status;

    if (w->settings->solve.team.realign)
        return LMAS_OK;
    status = lmas_model_target_norm(&norm, w->stage.model);
    if (status == LMAS_OK)
        lmi_bench_model_remove(&w->model);
    return status;
}

static lmas_status open_stage(work *w)
{
    const bench_settings *s = w->settings;
    lmi_solve_flags flags = s->solve;
    lmas_status status;

    if (s->synthetic)
        flags.model.path = lmi_buf_text(&w->model.path);
    status = lmi_stage_open(&w->stage, &flags);
    if (status == LMAS_OK && s->synthetic)
        status = lmi_bench_model_check(&w->model, w->stage.model);
    if (status == LMAS_OK && s->synthetic)
        status = release_model(w);
    if (status == LMAS_OK)
        status = lmi_bench_place_init(&w->place, &w->stage, &s->solve, &w->usual.solve);
    return status;
}

static lmas_status repeat(work *w, size_t test, lmi_bout *bout, lmi_bench_result *result)
{
    const size_t n_warmup = w->settings->has_warmup ? 1 : 0;
    const size_t n = (size_t)w->settings->repetitions + n_warmup;
    lmas_status status = LMAS_OK;
    size_t i;

    for (i = 0; status == LMAS_OK && i < n; i++) {
        double ms = 0;

        lmi_bench_progress_show(&w->progress, test, i + 1 - n_warmup);
        status = lmi_bout_repeat(&ms, bout);
        if (status != LMAS_OK)
            break;
        lmi_bench_progress_learn(&w->progress, test, ms);
        if (i >= n_warmup)
            result->samples_ms[result->n++] = ms;
    }
    lmi_bench_progress_clear(&w->progress);
    return status;
}

static lmas_status measure(work *w, size_t test)
{
    lmi_bench_result result = {0};
    lmi_bout bout;
    lmas_status status;

    result.samples_ms = lmi_new((size_t)w->settings->repetitions, sizeof(double));
    if (!result.samples_ms)
        return lmi_fail(LMAS_E_NOMEM, "no memory for samples");
    status = lmi_bout_open(&bout, &w->stage, &w->tests[test], &result);
    if (status == LMAS_OK)
        status = repeat(w, test, &bout, &result);
    if (status == LMAS_OK)
        status = lmi_bench_print(&w->printer, &w->tests[test], &result);
    lmi_bout_close(&bout);
    lmi_free(result.samples_ms);
    return status;
}

static lmas_status measure_all(work *w)
{
    const bench_settings *s = w->settings;
    lmas_status status = LMAS_OK;
    size_t i;

    lmi_bench_printer_init(&w->printer, lmi_bench_form_parse(s->output), &w->place, w->tests,
                           w->n_tests);
    w->progress = (lmi_bench_progress){.tests = w->tests,
                                       .n_tests = w->n_tests,
                                       .n_repetitions = (size_t)s->repetitions,
                                       .has_warmup = s->has_warmup};
    lmi_progress_init(&w->progress.line);
    for (i = 0; status == LMAS_OK && i < w->n_tests; i++)
        status = measure(w, i);
    lmi_bench_print_end(&w->printer);
    return status;
}

static int go(work *w, const lmi_args *args)
{
    const bench_settings *s = w->settings;
    lmas_status status = check(s, args);

    if (status == LMAS_OK)
        status = plan(w);
    if (status != LMAS_OK)
        return lmi_say_misuse();
    lmi_say_devices(&s->solve.model);
    lmi_interrupt_install();
    signal(SIGPIPE, SIG_IGN); /* a reader that goes away must not leave a model behind */
    if (s->synthetic)
        status = lmi_bench_model_make(&w->model, s->synthetic, s->keep);
    if (status == LMAS_E_INVALID)
        return lmi_say_misuse();
    if (status == LMAS_OK)
        status = open_stage(w);
    if (status == LMAS_OK)
        status = measure_all(w);
    if (w->printer.write_error == EPIPE)
        return LMI_EXIT_FAILURE;
    return status == LMAS_OK ? LMI_EXIT_OK : lmi_say_failure(status);
}

static int run(void *settings, const lmi_args *args)
{
    work w = {.settings = settings};
    int code;

    if (w.settings->solve.model.has_list_devices) {
        lmi_print_devices();
        return LMI_EXIT_OK;
    }
    init(&w.usual);
    code = go(&w, args);
    work_done(&w);
    return code;
}

const lmi_command lmi_cmd_bench = {
    .name = "bench",
    .summary = "measure speed: reading, speaking, thinking, whole questions",
    .usage = "-m MODEL [FLAG...]\n"
             "--synthetic SHAPE:TYPE [--keep FILE] [FLAG...]",
    .about =
        "Measures how fast this machine reads (pp), speaks (tg) and thinks (lat), with one lane "
        "or many, and with --e2e how many questions a team answers. A row is printed as soon as "
        "its test ends; rates are over all lanes: tokens, thoughts or questions (q/s) a second.\n"
        "Timed is what the engine does for a team: the weights, attention, the product with the "
        "vocabulary (once for pp, for every token of tg), the copies of hidden states, the "
        "realignment of thoughts. A thought skips the vocabulary; that is the difference "
        "between lat and tg. Not timed are loading, the warm-up run, the positions of -d, and "
        "turning text into tokens and logits into a token, except by e2e, which times all from "
        "the first step of the first question to the last of the last.\n"
        "Random weights are as fast as trained ones of the same shape and type, so --synthetic "
        "tells a machine's speed without a download. Its answers are noise: they run on until "
        "--max_new_tokens.\n"
        "To compare with llama.cpp, give both the same -t, -fa, -ctk, -ctv, -b and -ub; auto "
        "flash attention is off here on a processor, and on there. pp512 and tg128 with one lane "
        "are those of llama-bench -p 512 -n 128. With more lanes, llama-batched-bench -npp 512 "
        "-ntg 128 -npl 4 gives pp512 as S_PP, and as S_TG the tg128 of -d 512, since it speaks "
        "behind its prompt; its -kvu is --kv unified. Neither knows thoughts.",
    .examples =
        "a model of the size of Qwen3-0.6B with one lane, four and sixteen\n"
        "latentmas bench --synthetic qwen3-0.6b:q8_0 -np 1,4,16\n"
        "the demo model end to end, by the three methods\n"
        "latentmas bench -m models/demo.gguf -p 0 -n 0 -l 0 --e2e baseline,text_mas,latent_mas "
        "-np 4\n"
        "speaking against thinking in a long memory, for a program to read\n"
        "latentmas bench -m models/demo.gguf -p 0 -n 32 -l 32 -d 1024 -o jsonl\n",
    .computes = true,
    .groups = groups,
    .environment = {lmi_env_terminal, lmi_env_cache, lmi_env_models, lmi_env_hub, lmi_env_http,
                    lmi_env_temporary, lmi_env_engine, lmi_env_compute},
    .files = {lmi_files_bench, lmi_files_models, lmi_files_realign},
    .see_also = "ask model teams",
    .settings_size = sizeof(bench_settings),
    .init = init,
    .run = run,
};
