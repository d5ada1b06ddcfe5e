/*
 * cmd_run.c - latentmas run: a team answers a data file, and a folder keeps what came of it; or
 * several data files, methods and seeds, and a folder for each (grid/).
 */
#include "base/mem.h"
#include "cli/command.h"
#include "cli/config/flagfile.h"
#include "cli/run/grid/grid.h"
#include "cli/run/work.h"
#include "cli/show/term.h"

enum { TIME_MAX = 100000000 };

static const lmi_opt run_opts[] = {
    {"--generate_bs -np --parallel", LMI_OPT_INT, offsetof(lmi_run_settings, generate_bs), "N",
     .min = 1, .max = LMAS_N_LANES_MAX,
     .help = "questions at once; answers do not depend on it, rounding aside"},
    {"--keep_thoughts", LMI_OPT_INT, offsetof(lmi_run_settings, keep_thoughts), "N",
     .max = LMAS_NEAR_MAX,
     .help = "keep in samples.jsonl what each thought was like: norm, cosines, entropy, and the N "
             "tokens nearest to it through the head and through W_in"},
    {"--output --output_path", LMI_OPT_FOLDER, offsetof(lmi_run_settings, output), "DIR",
     .help =
         "the run's folder (default: runs/<time>-<task>-<method>); one that holds this very run "
         "goes on with it, one with another is refused. Of several runs the folder that theirs "
         "are in (default: runs/<time>-grid)"},
    {"--resume", LMI_OPT_FOLDER, offsetof(lmi_run_settings, resume), "DIR",
     .help = "go on with the run in DIR, or with all of several; flags that they were started with "
             "need not be repeated"},
    {"--retry-failed", LMI_OPT_ON, offsetof(lmi_run_settings, retries),
     .help = "with --resume: ask the questions that failed again"},
    {"--max_time", LMI_OPT_REAL, offsetof(lmi_run_settings, max_time), "SECONDS", .min = 1,
     .max = TIME_MAX,
     .help = "begin no more questions after that, and end with exit code 4 when those under way "
             "have ended; --resume goes on"},
    {0},
};

#define AT(field) offsetof(lmi_moot_flags, field)
static const lmi_opt moot_opts[] = {
    {"--do_not_enforce_qwen", LMI_OPT_MOOT_ON, AT(do_not_enforce_qwen),
     .help = "Science-LatentMAS's; any model is taken here"},
    {"--gpu_memory_utilization", LMI_OPT_MOOT_TEXT, AT(gpu_memory_utilization), "X",
     .help = "vLLM's, which is told when it is started; -c sets the size of the working memory"},
    {"--tensor_parallel_size", LMI_OPT_MOOT_TEXT, AT(tensor_parallel_size), "N",
     .help = "vLLM's, which is told when it is started; --device picks libllama's devices"},
    {"--soft_chunk_size", LMI_OPT_MOOT_TEXT, AT(soft_chunk_size), "N",
     .help = "Hybrid-LatentMAS's; all thoughts of a turn are mapped together, in blocks of rows"},
    {"--kernel_chunk_size", LMI_OPT_MOOT_TEXT, AT(kernel_chunk_size), "N",
     .help = "Hybrid-LatentMAS's, likewise"},
    {"--kernel_early_stopping", LMI_OPT_MOOT_ON, AT(kernel_early_stopping),
     .help = "Hybrid-LatentMAS's; the features' sums are over all rows"},
    {0},
};
#undef AT

const lmi_opt_group lmi_run_groups[] = {
    {"Questions", lmi_task_opts, offsetof(lmi_run_settings, task)},
    {"Run", run_opts, 0},
    {"Several runs", lmi_grid_opts, offsetof(lmi_run_settings, grid)},
    {"Model", lmi_model_opts, offsetof(lmi_solve_flags, model)},
    {"Team", lmi_team_opts, offsetof(lmi_solve_flags, team)},
    {"Sampling", lmi_sampling_opts, offsetof(lmi_solve_flags, sampling)},
    {"Engine", lmi_engine_opts, offsetof(lmi_solve_flags, engine)},
    {"Other models and servers", lmi_host_opts, offsetof(lmi_solve_flags, hosts)},
    {"Grader", lmi_grader_opts, offsetof(lmi_run_settings, grader)},
    {"Model-written code", lmi_code_opts, offsetof(lmi_run_settings, code)},
    {"Flags from a file", lmi_config_opts, 0},
    {"General", lmi_general_opts, offsetof(lmi_solve_flags, general)},
    {"Accepted without effect", moot_opts, offsetof(lmi_run_settings, moot)},
    {0},
};

void lmi_run_init(void *settings)
{
    lmi_run_settings *s = settings;

    *s = (lmi_run_settings){.generate_bs = 20, .grid = {.seeds = -1, .repeats = 1}};
    lmi_task_flags_init(&s->task);
    lmi_grader_flags_init(&s->grader);
    lmi_code_flags_init(&s->code);
    lmi_solve_flags_init(&s->solve);
}

/* One line for each flag that is given and has no effect. */
void lmi_run_say_moot(const lmi_run_settings *s)
{
    const lmi_opt *opt;

    lmi_say_devices(&s->solve.model);
    for (opt = moot_opts; opt->names; opt++) {
        const void *field = (const char *)&s->moot + opt->offset;
        const bool is_given = opt->kind == LMI_OPT_MOOT_ON ? *(const bool *)field
                                                           : *(const char *const *)field != NULL;

        if (is_given)
            lmi_say("%s has no effect: %s", opt->names, opt->help);
    }
}

/* The lists of a command line, and what they cannot stand beside. */
static lmi_grid_call grid_call(const lmi_run_settings *s, const lmi_args *args)
{
    return (lmi_grid_call){.args = args,
                           .flags = &s->grid,
                           .groups = lmi_run_groups,
                           .task = s->task.task,
                           .data = s->task.data,
                           .method = s->solve.team.method,
                           .seed = s->solve.sampling.seed,
                           .output = s->output,
                           .resume = s->resume};
}

static int run(void *settings, const lmi_args *args)
{
    lmi_run_work w = {.settings = *(lmi_run_settings *)settings, .folder = {.fd = -1}};
    const lmi_grid_call call = grid_call(&w.settings, args);
    int code;

    if (w.settings.solve.model.has_list_devices) {
        lmi_print_devices();
        return LMI_EXIT_OK;
    }
    if (lmi_grid_is_meant(&call))
        return lmi_grid_go(&call);
    code = lmi_run_go(&w, args);
    lmi_run_done(&w);
    return code;
}

const lmi_command lmi_cmd_run = {
    .name = "run",
    .summary = "evaluate a team on a benchmark or a data file",
    .usage = "-m MODEL [--task TASK] [--data FILE] [FLAG...]\n"
             "-m MODEL --task TASK,... --method METHOD,... --seeds N,... [FLAG...]\n"
             "--resume DIR [FLAG...]",
    .about =
        "Has a team answer every question of a task and grades the answers. Each question is "
        "written to the run's folder as soon as it ends; a run that was stopped, in whatever way, "
        "goes on with --resume. The last line on stdout is a summary in JSON.",
    .examples = "the demo model on ten of its problems, two at once\n"
                "latentmas run -m models/demo.gguf --task demo --max_samples 10 -np 2\n"
                "all of them, greedy, into a folder of your choice\n"
                "latentmas run -m models/demo.gguf --task demo --temp 0 --output runs/a\n"
                "go on with it after an interruption\n"
                "latentmas run --resume runs/a\n"
                "two methods by three seeds in one command, in a folder each; --dry-run shows the "
                "plan\n"
                "latentmas run -m models/demo.gguf --task demo --method baseline,latent_mas "
                "--seeds 42,43,44 --output runs/b\n",
    .computes = true,
    .groups = lmi_run_groups,
    .environment = {lmi_env_terminal, lmi_env_cache, lmi_env_data, lmi_env_models, lmi_env_hub,
                    lmi_env_rows, lmi_env_http, lmi_env_code, lmi_env_temporary, lmi_env_engine,
                    lmi_env_compute},
    .files = {lmi_files_run, lmi_files_data, lmi_files_models, lmi_files_realign, lmi_files_code},
    .exit_codes = LMI_EXIT_CODES(
        "3 the run is over, and some of its questions failed, or the grader some answers\n"
        "4 --max_time ended it before all was asked\n"),
    .see_also = "data report tasks teams",
    .settings_size = sizeof(lmi_run_settings),
    .init = lmi_run_init,
    .run = run,
};
