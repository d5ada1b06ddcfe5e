/* open.c - opening things for the commands that compute, and saying what takes long. */
#include "cli/open.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/utf8.h"
#include "cli/elsewhere/lost.h"
#include "cli/fetch.h"
#include "cli/interrupt.h"
#include "cli/show/term.h"
#include "cli/show/wait.h"

/* Cells may take this share of the memory that is left beside the model. */
#define MEMORY_SHARE 0.6

/* A cache of this many bytes takes seconds to make: that is said. */
#define SIZE_SAID 1073741824.0

/* YIELDING_ROWS: where questions come by and by, longer prompts let the others on meanwhile. */
enum { TEMPLATE_MAX = 1024 * 1024, CONVERSATION_CELLS = 16384, YIELDING_ROWS = 256 };

lmas_status lmi_flags_check(const lmi_model_flags *flags)
{
    if (!flags->path && !flags->hf_repo)
        return lmi_fail(LMAS_E_INVALID,
                        "no model: name a GGUF file with -m FILE, or a model of the "
                        "Hugging Face hub with -hf ORG/NAME");
    if (flags->path && flags->hf_repo)
        return lmi_fail(LMAS_E_INVALID, "-m %s and -hf %s are both given, one expected",
                        flags->path, flags->hf_repo);
    if (flags->chat_template && flags->chat_template_file)
        return lmi_fail(LMAS_E_INVALID,
                        "--chat-template and --chat-template-file are both given, one expected");
    return LMAS_OK;
}

/* The library would say so, too, behind the loading of a model. */
static lmas_status check_think(const char *think)
{
    const size_t len = think ? strlen(think) : 0;

    if (len > LMAS_THINK_MAX)
        return lmi_fail(LMAS_E_INVALID, "--think: expected at most %d bytes, found %zu",
                        LMAS_THINK_MAX, len);
    if (think && !lmi_utf8_is_valid(think, len))
        return lmi_fail(LMAS_E_INVALID, "--think: the text is not valid UTF-8");
    return LMAS_OK;
}

/* A control without effect would stand in the run's folder as if it had been tried. */
static lmas_status check_control(const lmi_team_flags *flags)
{
    if (strcmp(flags->control, lmas_control_name(LMAS_CONTROL_OFF)) == 0 ||
        strcmp(flags->method, lmas_method_name(LMAS_METHOD_LATENT_MAS)) == 0)
        return LMAS_OK;
    return lmi_fail(LMAS_E_INVALID,
                    "--control %s is an experiment on the memory that latent_mas hands on, and "
                    "--method %s has none: leave out one of the two",
                    flags->control, flags->method);
}

/* One spelling, and what it says is used. */
static lmas_status check_knn(const lmi_team_flags *flags)
{
    const bool is_told = flags->knn_percentage != LMI_KNN_PERCENTAGE ||
                         flags->knn_min_keep != LMI_KNN_MIN_KEEP ||
                         strcmp(flags->knn_strategy, LMI_KNN_STRATEGY) != 0;

    if (flags->knn_filter && flags->keep)
        return lmi_fail(LMAS_E_INVALID,
                        "--knn_filter and --keep %.60s are both given, one expected", flags->keep);
    if (is_told && !flags->knn_filter)
        return lmi_fail(LMAS_E_INVALID, "--knn_percentage, --knn_min_keep and --knn_strategy say "
                                        "what --knn_filter does, which is not given");
    return LMAS_OK;
}

/* A rule without effect would stand in the run's folder as if it had been followed. */
static lmas_status check_keep(const lmi_team_flags *flags)
{
    char room[LMI_KEEP_ROOM];
    const char *keep = lmi_flags_keep(room, flags);

    if (check_knn(flags) != LMAS_OK || !keep)
        return check_knn(flags);
    if (strcmp(flags->method, lmas_method_name(LMAS_METHOD_LATENT_MAS)) != 0)
        return lmi_fail(LMAS_E_INVALID,
                        "--keep %.60s chooses among the cells that latent_mas hands on, and "
                        "--method %s has none: leave out one of the two",
                        keep, flags->method);
    return lmas_keep_check(keep);
}

lmas_status lmi_team_flags_check(const lmi_team_flags *flags)
{
    if (check_control(flags) != LMAS_OK || check_keep(flags) != LMAS_OK)
        return LMAS_E_INVALID;
    if (flags->custom_prompt_file && flags->team)
        return lmi_fail(LMAS_E_INVALID,
                        "--custom_prompt_file and --team are both given, one expected");
    return check_think(flags->think);
}

void lmi_say_devices(const lmi_model_flags *flags)
{
    if (flags->devices && strncmp(flags->devices, "cuda", 4) == 0)
        lmi_say("--device %s: libllama chooses among the devices it finds; --list-devices names "
                "them",
                flags->devices);
}

void lmi_print_devices(void)
{
    lmas_device device;
    size_t i;

    for (i = 0; lmas_device_at(&device, i); i++) {
        char total[32], left[32];

        lmi_size_text(total, (double)device.total_size);
        lmi_size_text(left, (double)device.free_size);
        printf("%-10s %s, %s of %s free\n", device.name, device.description, left, total);
    }
}

static bool is_log_shown;

static void hear_log(void *user, lmas_log_level level, const char *line)
{
    static const char letters[] = "EWID";

    (void)user;
    lmi_lost_hear(level, line);
    if (is_log_shown)
        fprintf(stderr, "%c %s\n", (size_t)level < 4 ? letters[level] : '?', line);
}

void lmi_log_to_stderr(void)
{
    is_log_shown = true;
    lmas_log_set(hear_log, NULL);
}

/* Of servers the log is heard in any case: it says over which of libggml's troubles it aborts. */
static void watch_servers(void)
{
    lmas_log_set(hear_log, NULL);
    lmi_lost_watch();
}

static lmas_status read_template(lmi_stage *stage, const char *path)
{
    lmas_status status;

    lmi_buf_init(&stage->chat_template, TEMPLATE_MAX);
    status = lmi_file_read(&stage->chat_template, path);
    if (status == LMAS_OK)
        stage->model_params.chat_template = lmi_buf_text(&stage->chat_template);
    return status;
}

/* A switch that the template does not read changes nothing: that is said. */
static void say_reasoning(const lmas_model *model, const lmi_model_flags *flags)
{
    if (strcmp(flags->reasoning, "auto") != 0 && !lmas_model_describe(model)->knows_reasoning)
        lmi_say("--reasoning %s changes nothing: this chat template has no enable_thinking",
                flags->reasoning);
}

static lmas_status load_model(lmi_stage *stage)
{
    lmi_wait w = lmi_wait_begin("loading the model");
    lmas_status status;

    stage->model_params.progress = lmi_wait_show;
    stage->model_params.user = &w;
    status = lmas_model_open(&stage->model, lmi_buf_text(&stage->path), &stage->model_params);
    stage->model_params.progress = NULL;
    stage->model_params.user = NULL;
    lmi_wait_end(&w);
    return status;
}

static lmas_status borrow_model(lmi_stage *stage)
{
    const lmi_stage *lender = stage->lender;

    stage->model = lender->model;
    stage->model_params = lender->model_params;
    lmi_buf_puts(&stage->path, lmi_buf_text(&lender->path));
    return lmi_buf_status(&stage->path);
}

lmas_status lmi_stage_open_model(lmi_stage *stage, const lmi_model_flags *flags)
{
    lmas_status status = LMAS_OK;

    lmi_buf_init(&stage->path, LMI_PATH_MAX);
    if (stage->lender)
        return borrow_model(stage);
    stage->model_params = lmi_flags_model(flags);
    if (stage->model_params.rpc)
        watch_servers();
    if (flags->chat_template_file)
        status = read_template(stage, flags->chat_template_file);
    if (status == LMAS_OK)
        status = lmi_find_model_shown(&stage->path, flags);
    if (status == LMAS_OK)
        status = load_model(stage);
    if (status == LMAS_OK)
        say_reasoning(stage->model, flags);
    return status;
}

/* A built-in team goes before a file of its name: ./NAME is the file. */
lmas_status lmi_team_open(lmas_team **out, const char *name)
{
    const char *known;
    lmi_buf names;
    lmas_status status;
    size_t i;

    lmi_buf_init(&names, LMI_ERROR_MAX);
    for (i = 0; (known = lmas_team_builtin_name(i)); i++) {
        if (strcmp(known, name) == 0)
            break;
        lmi_buf_printf(&names, "%s%s", i ? ", " : "", known);
    }
    if (known)
        status = lmas_team_builtin(out, name);
    else if (strpbrk(name, "./") || lmi_file_exists(name))
        status = lmas_team_open(out, name);
    else
        status = lmi_fail(LMAS_E_INVALID, "no team \"%s\": neither a file nor one of %s", name,
                          lmi_buf_text(&names));
    lmi_buf_done(&names);
    return status;
}

/* The team that is meant: the reference's hierarchy is a chain. */
static const char *team_name(const lmi_team_flags *flags)
{
    if (flags->team)
        return flags->team;
    return flags->compat && strcmp(flags->prompt, "hierarchical") == 0 ? "hierarchical-chain"
                                                                       : flags->prompt;
}

/* A file that somebody sent is no reason to run what it says. */
static lmas_status refuse_programs(const lmas_team *team)
{
    size_t i;

    for (i = 0; i < lmas_team_n_agents(team); i++)
        if (lmas_team_agent_program(team, i))
            return lmi_fail(LMAS_E_INVALID,
                            "team %s runs a program, %s (%.80s): look at it, then allow it with "
                            "--allow-tools",
                            lmas_team_name(team), lmas_team_agent_name(team, i),
                            lmas_team_agent_program(team, i));
    return LMAS_OK;
}

static lmas_status open_team(lmas_team **out, const lmi_team_flags *flags, bool is_quiet)
{
    const lmas_status status =
        flags->custom_prompt_file
            ? lmas_team_open_prompts(out, flags->custom_prompt_file, flags->prompt)
            : lmi_team_open(out, team_name(flags));

    if (status == LMAS_OK && !is_quiet)
        lmi_say_remarks(*out);
    if (!is_quiet && flags->first_agent_text && strcmp(flags->method, "latent_mas") != 0)
        lmi_say("--first_agent_text changes nothing with %s: whoever is asked speaks",
                flags->method);
    return status == LMAS_OK && !flags->allow_tools ? refuse_programs(*out) : status;
}

lmas_status lmi_stage_open(lmi_stage *stage, const lmi_solve_flags *flags)
{
    lmas_status status = open_team(&stage->team, &flags->team, stage->is_quiet);

    if (status == LMAS_OK)
        status = lmi_stage_open_model(stage, &flags->model);
    if (status != LMAS_OK)
        return status;
    stage->solver_params = lmi_flags_solver(flags);
    stage->solver_params.keep_rule = lmi_flags_keep(stage->keep, &flags->team);
    status = lmi_hosts_open(&stage->hosts, &stage->solver_params, stage->team, flags,
                            &stage->model_params);
    if (status == LMAS_OK && stage->hosts.speaker) /* before a run has a folder */
        status = lmas_remote_match(stage->hosts.speaker, stage->model);
    if (status != LMAS_OK)
        return status;
    stage->session_params = lmi_flags_session(flags);
    if (flags->engine.n_ctx > 0)
        stage->n_ctx_asked = (uint32_t)flags->engine.n_ctx;
    else if (flags->engine.n_ctx == 0)
        stage->n_ctx_asked = (uint32_t)lmas_model_describe(stage->model)->n_ctx_train;
    return LMAS_OK;
}

/* Bytes of one cell of a model under the cache types in use; the narrow ones count as f16. */
static double cell_size_of(const lmi_stage *stage, const lmas_model *model)
{
    const lmas_session_params *p = &stage->session_params;
    const double half = (double)lmas_model_describe(model)->cell_size / 2;

    return half * (strcmp(p->cache_type_k, "f32") == 0 ? 2 : 1) +
           half * (strcmp(p->cache_type_v, "f32") == 0 ? 2 : 1);
}

/* What servers have, where the layers and their cells are. */
static uint64_t memory_of_servers(void)
{
    lmas_device device;
    uint64_t size = 0;
    size_t i;

    for (i = 0; lmas_device_at(&device, i); i++)
        if (device.is_remote)
            size += device.total_size;
    return size;
}

static bool is_on_servers(const lmi_stage *stage)
{
    return stage->model_params.rpc && !stage->model_params.devices;
}

/* Of what is free beside mapped models; a server counts what it has, not what is free. */
static uint64_t left_beside(const lmi_stage *stage, uint64_t mapped)
{
    const uint64_t memory = is_on_servers(stage) ? memory_of_servers() : lmi_budget_memory();

    return memory > mapped ? (uint64_t)((double)(memory - mapped) * MEMORY_SHARE) : 0;
}

static double cell_size(const lmi_stage *stage)
{
    return cell_size_of(stage, stage->model);
}

static uint64_t counted_size(const lmi_stage *stage, const lmas_model *model)
{
    const lmas_model_info *info = lmas_model_describe(model);

    return is_on_servers(stage) ? info->size : info->mapped_size;
}

/* Memory that the cells may take. A mapped model looks like free memory to the system. */
static uint64_t memory_for_cells(const lmi_stage *stage)
{
    uint64_t mapped = counted_size(stage, stage->model);
    size_t i;

    for (i = 0; i < stage->hosts.n; i++)
        if (stage->hosts.models[i])
            mapped += counted_size(stage, stage->hosts.models[i]);
    return left_beside(stage, mapped);
}

/* Questions that there is room for. One alone may try with all of a pool. */
static uint32_t room_of(const lmi_stage *stage, const lmi_budget *budget)
{
    const uint32_t n = budget->n_ctx / budget->n_cells_all;

    return n == 0 && stage->session_params.kv == LMAS_KV_UNIFIED ? 1 : n;
}

/* Less than somebody asked for is worth a line. */
static void say_budget(const lmi_stage *stage, const lmi_budget *budget, size_t n,
                       uint32_t n_at_once)
{
    const uint32_t n_cells = budget->n_cells_all;
    const int32_t usual = lmas_solver_params_default().max_new_tokens;

    if (budget->max_new_tokens < stage->solver_params.max_new_tokens &&
        stage->solver_params.max_new_tokens != usual)
        lmi_say("--max_new_tokens is %d, not %d: the context of %u positions holds no more",
                (int)budget->max_new_tokens, (int)stage->solver_params.max_new_tokens,
                budget->n_cells);
    if (budget->n_beyond > 0 && n > 1) /* of one alone its failure says as much */
        lmi_say("%zu of the questions will fail: they take up to %u positions, more than %s",
                budget->n_beyond, budget->n_cells_most,
                stage->n_ctx_asked ? "-c gives" : "the model was trained for");
    if (budget->n_at_once < n_at_once && !stage->n_ctx_asked)
        lmi_say("memory has room for %u of %u questions at once, at %u positions each",
                budget->n_at_once, n_at_once, n_cells);
    if (stage->n_ctx_asked && room_of(stage, budget) < n_at_once && budget->n_beyond == 0)
        lmi_say("-c %u has room for %u of %u questions at once, at %u positions each: raise -c or "
                "lower --max_new_tokens",
                budget->n_ctx, room_of(stage, budget), n_at_once, n_cells);
}

/* libggml clears the cache before it is used, and tells nobody how far it is. */
static void say_size(const lmi_stage *stage)
{
    const lmas_session_params *p = &stage->session_params;
    const double size = cell_size(stage) * p->n_ctx;
    char text[32];

    lmi_size_text(text, size);
    if (size >= SIZE_SAID)
        lmi_say("making %s of working memory for %u question%s at once; a lower %s "
                "needs less",
                text, stage->n_at_once, stage->n_at_once == 1 ? "" : "s",
                stage->n_ctx_asked ? "-c" : "--max_new_tokens");
}

/* Which sessions after this one do too: what is compared runs alike. */
static void keep_threads(lmi_stage *stage)
{
    const int32_t n_threads = lmas_session_n_threads(stage->session);
    const int32_t n_cores = lmas_n_cores();

    if (stage->session_params.n_threads == 0 && n_threads < n_cores && !stage->lender)
        lmi_say("%d thread%s of %d: others keep the machine busy (-t N to choose)", (int)n_threads,
                n_threads == 1 ? "" : "s", (int)n_cores);
    stage->session_params.n_threads = n_threads;
}

lmas_status lmi_stage_make_session(lmi_stage *stage)
{
    lmi_wait w = lmi_wait_begin("computing the realignment matrix");
    lmas_session_params params = stage->session_params;
    lmas_status status;

    if (stage->lender && params.n_threads == 0)
        params.n_threads = stage->lender->session_params.n_threads;
    params.progress = lmi_wait_show;
    params.user = &w;
    status = lmas_session_new(&stage->session, stage->model, &params);
    lmi_wait_end(&w);
    if (status != LMAS_OK)
        return status;
    keep_threads(stage);
    lmi_interrupt_watch(stage->session);
    return LMAS_OK;
}

/* The lanes of one question alone, and of what it begins with, draw from one pool: it takes less
 * than a part for each, and there is no company whose cells attention would go over. */
static lmas_status choose_kv(lmi_stage *stage, const lmas_question *question)
{
    lmas_needs needs[1 + LMI_HOSTS_HERE];
    const lmas_status status =
        lmas_question_needs(needs, stage->model, stage->team, &stage->solver_params, question);

    if (status == LMAS_OK && (needs->n_lanes > 1 || stage->n_before > 0) &&
        stage->session_params.kv == LMAS_KV_AUTO)
        stage->session_params.kv = LMAS_KV_UNIFIED;
    return status;
}

lmas_status lmi_stage_ask(lmi_stage *stage, const lmas_question *question)
{
    const lmas_status status = choose_kv(stage, question);

    return status == LMAS_OK ? lmi_stage_start(stage, question, 1, 1) : status;
}

/* Cells for a conversation where nobody says how many; `n_times` as many where its lanes share
 * none. */
static uint32_t cells_to_converse(const lmi_stage *stage, uint32_t n_times)
{
    const int32_t trained = lmas_model_describe(stage->model)->n_ctx_train;
    const double affordable = (double)memory_for_cells(stage) / cell_size(stage);
    uint32_t n = CONVERSATION_CELLS;

    if (trained > 0 && (uint32_t)trained < n)
        n = (uint32_t)trained;
    n *= n_times;
    return affordable > 0 && affordable < n ? (uint32_t)affordable : n;
}

/* Its memory is of one model. */
static lmas_status check_single(const lmi_stage *stage)
{
    if (stage->hosts.n == 0)
        return LMAS_OK;
    return lmi_fail(LMAS_E_INVALID,
                    "this is done on one model, and team %s is on several: ask and run take it",
                    lmas_team_name(stage->team));
}

lmas_status lmi_stage_converse(lmi_stage *stage, uint32_t n_beside)
{
    const lmas_question question = {.text = "?", .kind = LMAS_ANSWER_FREE};
    lmas_needs needs;
    lmas_status status = check_single(stage);
    uint32_t n_times;

    if (status == LMAS_OK)
        status = lmas_question_needs(&needs, stage->model, stage->team, &stage->solver_params,
                                     &question);
    if (status != LMAS_OK)
        return status;
    if (stage->session_params.kv == LMAS_KV_AUTO)
        stage->session_params.kv = LMAS_KV_UNIFIED; /* what the turns begin with is shared */
    stage->session_params.n_lanes = needs.n_lanes + n_beside;
    n_times = needs.copies_origin ? stage->session_params.n_lanes : 1;
    stage->session_params.n_ctx =
        stage->n_ctx_asked ? stage->n_ctx_asked : cells_to_converse(stage, n_times);
    stage->n_at_once = 1;
    return lmi_stage_make_session(stage);
}

lmas_status lmi_stage_receive(lmi_stage *stage, uint32_t n_lanes, uint32_t n_at_once)
{
    const lmas_status status = check_single(stage);

    if (status != LMAS_OK)
        return status;
    stage->session_params.n_lanes = n_lanes;
    stage->session_params.n_yield = YIELDING_ROWS;
    stage->session_params.n_ctx =
        stage->n_ctx_asked ? stage->n_ctx_asked : cells_to_converse(stage, n_lanes);
    stage->n_at_once = n_at_once;
    return lmi_stage_make_session(stage);
}

/* ---- Memory for all models ---- */

/* What the questions want of host `i`, from 0: of the first model's. */
static lmi_demand demand_of(const lmi_stage *stage, const lmas_question *questions, size_t n,
                            size_t i)
{
    return (lmi_demand){.host = i,
                        .model = i == 0 ? stage->model : stage->hosts.models[i - 1],
                        .first = stage->model,
                        .team = stage->team,
                        .params = &stage->solver_params,
                        .questions = questions,
                        .n = n,
                        .n_at_once = stage->n_at_once,
                        .n_ctx = stage->n_ctx_asked,
                        .keeps_text = stage->keeps_text,
                        .n_before = i == 0 ? stage->n_before : 0,
                        .is_per_lane = stage->session_params.kv != LMAS_KV_UNIFIED,
                        .cell_size =
                            cell_size_of(stage, i == 0 ? stage->model : stage->hosts.models[i - 1]),
                        .max_size = memory_for_cells(stage)};
}

/* Bytes that each model's cells would take if there were room for all. */
static lmas_status weigh(double *sizes, const lmi_stage *stage, const lmas_question *questions,
                         size_t n)
{
    lmas_status status = LMAS_OK;
    size_t i;

    for (i = 0; status == LMAS_OK && i <= stage->hosts.n; i++) {
        lmi_demand demand;
        lmi_budget budget;

        sizes[i] = 0;
        if (i > 0 && !stage->hosts.models[i - 1])
            continue;
        demand = demand_of(stage, questions, n, i);
        demand.max_size = 0;
        status = lmi_budget_make(&budget, &demand);
        if (status == LMAS_OK)
            sizes[i] = demand.cell_size * budget.n_ctx;
    }
    return status;
}

/* The budget of one host, which has that share of the memory. Where it has room for less than the
 * others, all get less. */
static lmas_status budget_host(lmi_budget *out, lmi_stage *stage, const lmi_demand *demand)
{
    const lmas_status status = lmi_budget_make(out, demand);

    if (status != LMAS_OK)
        return status;
    if (demand->host == 0)
        say_budget(stage, out, demand->n, stage->n_at_once);
    stage->solver_params.max_new_tokens = out->max_new_tokens;
    stage->n_at_once = out->n_at_once;
    return LMAS_OK;
}

static lmas_status budget_all(lmi_budget *budgets, lmi_stage *stage, const lmas_question *questions,
                              size_t n)
{
    double sizes[1 + LMI_HOSTS_HERE] = {0};
    double sum = 0;
    lmas_status status = LMAS_OK;
    size_t i;

    if (stage->hosts.n > 0)
        status = weigh(sizes, stage, questions, n);
    for (i = 0; stage->hosts.n > 0 && i <= stage->hosts.n; i++)
        sum += sizes[i];
    for (i = 0; status == LMAS_OK && i <= stage->hosts.n; i++) {
        lmi_demand demand;

        if (i > 0 && !stage->hosts.models[i - 1])
            continue;
        demand = demand_of(stage, questions, n, i);
        if (sum > 0)
            demand.max_size = (uint64_t)((double)demand.max_size * sizes[i] / sum);
        status = budget_host(&budgets[i], stage, &demand);
    }
    return status;
}

static lmas_status start_hosts(lmi_stage *stage, const lmi_budget *budgets)
{
    lmas_status status = LMAS_OK;
    size_t i;

    for (i = 0; status == LMAS_OK && i < stage->hosts.n; i++) {
        lmas_session_params params = stage->session_params;

        if (!stage->hosts.models[i])
            continue;
        params.n_ctx = budgets[i + 1].n_ctx;
        params.n_lanes = budgets[i + 1].n_lanes;
        status = lmi_hosts_start(&stage->hosts, i, &params);
    }
    return status;
}

static void weigh_cells(lmi_stage *stage, const lmi_budget *budgets)
{
    size_t i;

    stage->cells_size_max = (double)memory_for_cells(stage);
    stage->cells_size = cell_size(stage) * budgets[0].n_ctx;
    for (i = 0; i < stage->hosts.n; i++)
        if (stage->hosts.models[i])
            stage->cells_size += cell_size_of(stage, stage->hosts.models[i]) * budgets[i + 1].n_ctx;
}

/* All hosts have as many questions at once, and answers as long, as the narrowest has room for: a
 * second look gives the others that. */
lmas_status lmi_stage_start(lmi_stage *stage, const lmas_question *questions, size_t n,
                            uint32_t n_at_once)
{
    lmi_budget budgets[1 + LMI_HOSTS_HERE] = {{0}};
    lmas_status status;

    stage->n_at_once = n < n_at_once ? (uint32_t)n : n_at_once;
    status = budget_all(budgets, stage, questions, n);
    if (status == LMAS_OK && stage->hosts.n > 0)
        status = budget_all(budgets, stage, questions, n);
    if (status != LMAS_OK)
        return status;
    stage->session_params.n_ctx = budgets[0].n_ctx;
    stage->session_params.n_lanes = budgets[0].n_lanes;
    weigh_cells(stage, budgets);
    say_size(stage);
    status = lmi_stage_make_session(stage);
    return status == LMAS_OK ? start_hosts(stage, budgets) : status;
}

void lmi_stage_done(lmi_stage *stage)
{
    lmi_interrupt_watch(NULL);
    lmi_hosts_done(&stage->hosts);
    lmas_session_free(stage->session);
    lmas_team_free(stage->team);
    if (!stage->lender)
        lmas_model_close(stage->model);
    lmi_buf_done(&stage->path);
    lmi_buf_done(&stage->chat_template);
    *stage = (lmi_stage){0};
}
