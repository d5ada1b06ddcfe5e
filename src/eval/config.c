/* config.c - writing config.json, and finding what differs between two of them. */
#include "eval/config.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"
#include "eval/site/site.h"
#include "latentmas_hosts.h"

/* Longest value that a message about a difference shows, and longest name, in bytes. */
static const char OFF[] = "off";
static const char KEEP_ALL[] = "all";

enum { SHOWN_MAX = 60, NAME_MAX_LEN = 256 };

/* Sections that must not change when a run is resumed. */
static const char TASK_SOURCE[] = "task_source";
static const char *const fixed_sections[] = {"task",  TASK_SOURCE, "method",   "params",  "data",
                                             "model", "team",      "versions", "sandbox", NULL};
static const char *const shard_section[] = {"shard", NULL};
static const char *const nothing[] = {NULL};

static void add_versions(yyjson_mut_doc *doc, yyjson_mut_val *root)
{
    yyjson_mut_val *versions = yyjson_mut_obj_add_obj(doc, root, "versions");

    lmi_json_add_text(doc, versions, "latentmas", lmas_version());
    lmi_json_add_text(doc, versions, "libllama", lmas_engine_version());
}

static void add_data(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmi_setup *setup)
{
    yyjson_mut_val *data = yyjson_mut_obj_add_obj(doc, root, "data");

    lmi_json_add_text(doc, data, "sha256", setup->data->sha256);
    yyjson_mut_obj_add_uint(doc, data, "size", setup->data->size);
    yyjson_mut_obj_add_uint(doc, data, "rows", setup->data->n);
    yyjson_mut_obj_add_uint(doc, data, "questions", setup->n);
    if (!setup->rows)
        return;
    lmi_json_add_text(doc, data, "ids", setup->ids);
    if (setup->shuffle_seed >= 0)
        yyjson_mut_obj_add_int(doc, data, "shuffle", setup->shuffle_seed);
}

static void add_model(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmi_setup *setup)
{
    const lmas_model_info *info = lmas_model_describe(setup->model);
    yyjson_mut_val *model = yyjson_mut_obj_add_obj(doc, root, "model");

    lmi_json_add_text(doc, model, "fingerprint", info->fingerprint);
    lmi_json_add_text(doc, model, "arch", info->arch);
    lmi_json_add_text(doc, model, "name", info->name);
    lmi_json_add_text(doc, model, "description", info->description);
    yyjson_mut_obj_add_uint(doc, model, "n_params", info->n_params);
    yyjson_mut_obj_add_uint(doc, model, "size", info->size);
    yyjson_mut_obj_add_int(doc, model, "n_ctx_train", info->n_ctx_train);
    yyjson_mut_obj_add_bool(doc, model, "is_tied", info->is_tied);
    lmi_json_add_text(doc, model, "chat_template", info->chat_template);
}

static void add_team(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmi_setup *setup)
{
    yyjson_mut_val *team = yyjson_mut_obj_add_obj(doc, root, "team");

    lmi_json_add_text(doc, team, "name", lmas_team_name(setup->team));
    lmi_json_add_text(doc, team, "source", lmas_team_source(setup->team));
}

const char *lmi_kv_name(lmas_kv kv)
{
    return kv == LMAS_KV_UNIFIED ? "unified" : kv == LMAS_KV_PER_LANE ? "lane" : "auto";
}

const char *lmi_reasoning_name(lmas_reasoning reasoning)
{
    return reasoning == LMAS_REASONING_ON ? "on" : reasoning == LMAS_REASONING_OFF ? "off" : "auto";
}

/* False for none: so configs had it when it was a switch. */
static void add_think(yyjson_mut_doc *doc, yyjson_mut_val *params, const char *think)
{
    if (think && *think)
        lmi_json_add_text(doc, params, "think", think);
    else
        yyjson_mut_obj_add_bool(doc, params, "think", false);
}

static void add_steps(yyjson_mut_doc *doc, yyjson_mut_val *params, const lmas_solver_params *solver)
{
    if (solver->latent_steps != LMAS_LATENT_STEPS_AUTO) {
        yyjson_mut_obj_add_int(doc, params, "latent_steps", solver->latent_steps);
        return;
    }
    lmi_json_add_text(doc, params, "latent_steps", "auto");
    yyjson_mut_obj_add_int(doc, params, "latent_steps_max", solver->latent_steps_max);
    if (solver->rest_entropy > 0)
        yyjson_mut_obj_add_real(doc, params, "rest_entropy", (double)solver->rest_entropy);
}

/* A model beside the first one by its weights, or as its server calls it. */
static void put_host(lmi_buf *out, const lmas_host *host)
{
    const lmas_remote_info *info = lmas_remote_describe(host->remote);

    lmi_buf_printf(out, "%s%s: ", out->len ? ", " : "", host->name);
    if (info)
        lmi_buf_printf(out, "%s %s", info->api, info->model);
    else
        lmi_buf_printf(out, "%.16s", lmas_model_describe(host->model)->fingerprint);
}

static void put_align(lmi_buf *out, const lmas_align *a)
{
    lmi_buf_printf(out, "%s", lmas_align_name(a->method));
    if (a->method == LMAS_ALIGN_SOFT || a->method == LMAS_ALIGN_KERNEL)
        lmi_buf_printf(out, ", temperature %.7g", (double)a->temperature);
    if (a->method == LMAS_ALIGN_KERNEL)
        lmi_buf_printf(out, ", %u features, seed %llu", a->n_features, (unsigned long long)a->seed);
    if (a->method == LMAS_ALIGN_LINEAR)
        lmi_buf_printf(out, ", ridge %.7g", (double)a->ridge);
    lmi_buf_printf(out, ", least %.7g %.7g %.7g", (double)a->least_coverage, (double)a->least_mass,
                   (double)a->least_cosine);
}

static void put_places(lmi_buf *out, const lmas_solver_params *solver)
{
    size_t i;

    for (i = 0; i < solver->n_agent_hosts; i++)
        lmi_buf_printf(out, "%s%s", i ? ", " : "",
                       solver->agent_hosts[i] ? solver->agent_hosts[i] : "-");
}

static void put_speaker(lmi_buf *out, const lmas_solver_params *solver)
{
    const lmas_remote_info *info = lmas_remote_describe(solver->speaker);

    if (info)
        lmi_buf_printf(out, "%s %s, %s", info->api, info->model,
                       solver->splices ? "spliced" : "in order");
}

static void put_hosts(lmi_buf *out, const lmas_solver_params *solver)
{
    size_t i;

    for (i = 0; i < solver->n_hosts; i++)
        put_host(out, &solver->hosts[i]);
}

static void put_alignment(lmi_buf *out, const lmas_solver_params *solver)
{
    if (solver->n_hosts > 0)
        put_align(out, &solver->align);
}

/* Texts, such as only runs on several models or with a server have. */
static void add_hosts(yyjson_mut_doc *doc, yyjson_mut_val *params, const lmas_solver_params *solver)
{
    static const struct {
        const char *key;
        void (*put)(lmi_buf *out, const lmas_solver_params *solver);
    } texts[] = {{"hosts", put_hosts},
                 {"align", put_alignment},
                 {"agent_models", put_places},
                 {"speaker", put_speaker}};
    lmi_buf text;
    size_t i;

    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        lmi_buf_init(&text, LMI_CONFIG_MAX);
        texts[i].put(&text, solver);
        if (text.len > 0)
            yyjson_mut_obj_add_strcpy(doc, params, texts[i].key, lmi_buf_text(&text));
        lmi_buf_done(&text);
    }
}

static void add_params(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmi_setup *setup)
{
    const lmas_solver_params *solver = setup->solver_params;
    const lmas_session_params *session = setup->session_params;
    yyjson_mut_val *params = yyjson_mut_obj_add_obj(doc, root, "params");

    lmi_json_add_text(doc, params, "control", lmas_control_name(solver->control));
    lmi_json_add_text(doc, params, "keep", solver->keep_rule ? solver->keep_rule : KEEP_ALL);
    add_steps(doc, params, solver);
    yyjson_mut_obj_add_int(doc, params, "max_new_tokens", solver->max_new_tokens);
    yyjson_mut_obj_add_int(doc, params, "text_mas_context_length", solver->text_context_length);
    add_think(doc, params, solver->think);
    lmi_json_add_text(doc, params, "first_agent_text", solver->first_speaks ? "on" : OFF);
    lmi_json_add_text(doc, params, "reasoning", lmi_reasoning_name(solver->chat.reasoning));
    lmi_json_add_text(doc, params, "chat_template_kwargs", solver->chat.kwargs);
    lmi_json_add_text(doc, params, "date",
                      lmas_model_describe(setup->model)->knows_date ? solver->chat.date : NULL);
    yyjson_mut_obj_add_float(doc, params, "temperature", solver->sampling.temperature);
    yyjson_mut_obj_add_float(doc, params, "top_p", solver->sampling.top_p);
    yyjson_mut_obj_add_int(doc, params, "top_k", solver->sampling.top_k);
    yyjson_mut_obj_add_float(doc, params, "min_p", solver->sampling.min_p);
    yyjson_mut_obj_add_uint(doc, params, "seed", solver->sampling.seed);
    add_hosts(doc, params, solver);
    if (setup->grader)
        lmi_json_add_text(doc, params, "grader", setup->grader);
    lmi_json_add_text(doc, params, "realignment", lmas_session_realignment(setup->session));
    if (setup->n_ctx_asked)
        yyjson_mut_obj_add_uint(doc, params, "ctx_size", setup->n_ctx_asked);
    else
        yyjson_mut_obj_add_null(doc, params, "ctx_size");
    lmi_json_add_text(doc, params, "cache_type_k", session->cache_type_k);
    lmi_json_add_text(doc, params, "cache_type_v", session->cache_type_v);
    lmi_json_add_text(doc, params, "kv", lmi_kv_name(session->kv));
    yyjson_mut_obj_add_int(doc, params, "flash_attn", session->flash_attn);
    yyjson_mut_obj_add_int(doc, params, "n_gpu_layers", setup->model_params->n_gpu_layers);
    lmi_json_add_text(doc, params, "devices", setup->model_params->devices);
}

static void add_place(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmi_setup *setup)
{
    const lmas_session_params *session = setup->session_params;
    yyjson_mut_val *engine = yyjson_mut_obj_add_obj(doc, root, "engine");
    yyjson_mut_val *paths = yyjson_mut_obj_add_obj(doc, root, "paths");
    yyjson_mut_val *command = yyjson_mut_obj_add_arr(doc, root, "command");
    size_t i;

    yyjson_mut_obj_add_uint(doc, engine, "n_ctx", lmas_session_n_ctx(setup->session));
    yyjson_mut_obj_add_uint(doc, engine, "n_lanes", lmas_session_n_lanes(setup->session));
    yyjson_mut_obj_add_uint(doc, engine, "n_batch", session->n_batch);
    yyjson_mut_obj_add_uint(doc, engine, "n_ubatch", lmas_session_n_ubatch(setup->session));
    yyjson_mut_obj_add_uint(doc, engine, "cell_size", lmas_model_describe(setup->model)->cell_size);
    yyjson_mut_obj_add_int(doc, engine, "n_threads", lmas_session_n_threads(setup->session));
    yyjson_mut_obj_add_int(doc, engine, "n_threads_batch",
                           lmas_session_n_threads_batch(setup->session));
    lmi_json_add_text(doc, engine, "rpc", setup->model_params->rpc);
    lmi_json_add_text(doc, paths, "model", lmas_model_describe(setup->model)->path);
    lmi_json_add_text(doc, paths, "data", setup->data->path);
    lmi_json_add_text(doc, paths, "python", setup->python ? setup->python->path : NULL);
    for (i = 0; i < setup->n_args; i++)
        yyjson_mut_arr_add_str(doc, command, setup->args[i]);
}

static void add_shard(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmi_setup *setup)
{
    yyjson_mut_val *shard;

    if (setup->n_shards == 1) {
        yyjson_mut_obj_add_null(doc, root, "shard");
        return;
    }
    shard = yyjson_mut_obj_add_obj(doc, root, "shard");
    yyjson_mut_obj_add_uint(doc, shard, "index", setup->shard);
    yyjson_mut_obj_add_uint(doc, shard, "count", setup->n_shards);
}

void lmi_config_add_sandbox(yyjson_mut_doc *doc, yyjson_mut_val *object,
                            const lmi_sandbox_params *params, const lmi_python *python)
{
    yyjson_mut_val *sandbox = yyjson_mut_obj_add_obj(doc, object, "sandbox");

    yyjson_mut_obj_add_str(doc, sandbox, "kind", lmi_sandbox_kind_name(params->kind));
    yyjson_mut_obj_add_real(doc, sandbox, "wall_sec", params->wall_ms / 1e3);
    yyjson_mut_obj_add_uint(doc, sandbox, "memory", params->memory_size);
    lmi_json_add_text(doc, sandbox, "python", python->version);
}

bool lmi_shard_has(const lmi_setup *setup, size_t i)
{
    return i % setup->n_shards == setup->shard - 1;
}

size_t lmi_shard_size(const lmi_setup *setup)
{
    size_t n = 0, k;

    for (k = 0; k < setup->n; k++)
        n += lmi_shard_has(setup, lmi_setup_row(setup, k));
    return n;
}

size_t lmi_setup_row(const lmi_setup *setup, size_t k)
{
    return setup->rows ? setup->rows[k] : k;
}

size_t lmi_setup_n_rows(const lmi_setup *setup)
{
    return setup->rows ? setup->data->n : setup->n;
}

lmas_status lmi_config_write(lmi_buf *out, const lmi_setup *setup)
{
    static const char what[] = "config.json (of which file names and flags must be UTF-8)";
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    char started[32];
    lmas_status status = lmi_json_new(&doc, &root, what);

    if (status != LMAS_OK)
        return status;
    lmi_utc_iso(started);
    yyjson_mut_obj_add_str(doc, root, "started", started);
    add_versions(doc, root);
    lmi_json_add_text(doc, root, "task", setup->data->task->name);
    lmi_json_add_text(doc, root, TASK_SOURCE, setup->data->task->text);
    lmi_json_add_text(doc, root, "split", setup->split);
    lmi_json_add_text(doc, root, "method", lmas_method_name(setup->solver_params->method));
    add_params(doc, root, setup);
    add_data(doc, root, setup);
    add_shard(doc, root, setup);
    if (setup->sandbox)
        lmi_config_add_sandbox(doc, root, setup->sandbox, setup->python);
    else
        yyjson_mut_obj_add_null(doc, root, "sandbox");
    add_model(doc, root, setup);
    add_team(doc, root, setup);
    add_place(doc, root, setup);
    lmi_site_write(doc, root, setup->model_params, lmas_model_describe(setup->model));
    return lmi_json_write(out, doc, YYJSON_WRITE_PRETTY | YYJSON_WRITE_NEWLINE_AT_END, what);
}

/* A value as a message shows it: one line, cut where it grows long. */
static void show(char out[SHOWN_MAX + 4], yyjson_val *val)
{
    char *text = val ? yyjson_val_write(val, 0, NULL) : NULL;

    if (text && strlen(text) <= SHOWN_MAX)
        snprintf(out, SHOWN_MAX + 4, "%s", text);
    else
        snprintf(out, SHOWN_MAX + 4, "%s", text ? "a long text" : "nothing");
    lmi_free(text);
}

static void describe(lmi_buf *out, const char *name, yyjson_val *was, yyjson_val *is)
{
    char was_text[SHOWN_MAX + 4];
    char is_text[SHOWN_MAX + 4];

    show(was_text, was);
    show(is_text, is);
    if (strcmp(was_text, is_text) == 0)
        lmi_buf_printf(out, "it was started with another %s", name);
    else
        lmi_buf_printf(out, "it was started with %s %s, found %s", name, was_text, is_text);
}

const char *lmi_config_unsaid(const char *key)
{
    if (strcmp(key, "reasoning") == 0)
        return lmi_reasoning_name(LMAS_REASONING_AUTO);
    if (strcmp(key, "first_agent_text") == 0)
        return OFF;
    if (strcmp(key, "keep") == 0)
        return KEEP_ALL;
    return strcmp(key, "control") == 0 ? lmas_control_name(LMAS_CONTROL_OFF) : NULL;
}

const char *lmi_config_text(const char *key, yyjson_val *val)
{
    if (strcmp(key, "think") == 0 && yyjson_is_true(val))
        return "<think>"; /* what the switch stood for */
    return yyjson_get_str(val);
}

bool lmi_config_same(const char *key, yyjson_val *a, yyjson_val *b)
{
    const char *a_text = lmi_config_text(key, a);
    const char *b_text = lmi_config_text(key, b);

    return a_text && b_text ? strcmp(a_text, b_text) == 0 : yyjson_equals(a, b);
}

bool lmi_config_count(uint64_t *out, const lmi_buf *stored, const char *section, const char *key)
{
    lmi_json json;
    yyjson_val *val = NULL;
    bool is_there = false;

    if (lmi_json_parse(&json, "config.json", lmi_buf_text(stored), stored->len) == LMAS_OK) {
        val = yyjson_obj_get(yyjson_obj_get(lmi_json_root(&json), section), key);
        is_there = yyjson_is_uint(val);
        *out = yyjson_get_uint(val);
        lmi_json_done(&json);
    }
    return is_there;
}

/* Whether two values of `key` mean the same; at most one of them is absent, and null says no more
 * than that. */
static bool is_same(const char *key, yyjson_val *a, yyjson_val *b)
{
    const char *unsaid = lmi_config_unsaid(key);

    if (a && b)
        return lmi_config_same(key, a, b);
    if (yyjson_is_null(a ? a : b))
        return true;
    return unsaid && yyjson_equals_str(a ? a : b, unsaid);
}

static bool is_listed(const char *const *list, const char *name)
{
    while (*list && strcmp(*list, name) != 0)
        list++;
    return *list != NULL;
}

/* The first value of section `name` in `left`, spared ones aside, that `right` has differently. */
static bool find_in_object(lmi_buf *out, const char *name, yyjson_val *left, yyjson_val *right,
                           bool is_left_before, const char *const *spared)
{
    size_t i, max;
    yyjson_val *key, *val;

    yyjson_obj_foreach(left, i, max, key, val)
    {
        yyjson_val *other = yyjson_obj_get(right, yyjson_get_str(key));
        char full_name[NAME_MAX_LEN];

        if (is_listed(spared, yyjson_get_str(key)) || is_same(yyjson_get_str(key), val, other))
            continue;
        snprintf(full_name, sizeof(full_name), "%s.%s", name, yyjson_get_str(key));
        describe(out, full_name, is_left_before ? val : other, is_left_before ? other : val);
        return true;
    }
    return false;
}

/* Sections are objects of plain values, so two levels are all there is. True when they differ. */
static bool find_in_section(lmi_buf *out, const char *name, yyjson_val *was, yyjson_val *is,
                            const char *const *spared)
{
    if (!yyjson_is_obj(is) || !yyjson_is_obj(was)) {
        if (yyjson_equals(was, is) || (strcmp(name, TASK_SOURCE) == 0 && (!was || !is)))
            return false; /* earlier versions recorded no source */
        describe(out, name, was, is);
        return true;
    }
    return find_in_object(out, name, is, was, false, spared) ||
           find_in_object(out, name, was, is, true, spared);
}

static lmas_status find_difference(lmi_buf *out, const char *path, const lmi_buf *stored,
                                   const lmi_buf *now, const char *const *sections,
                                   const char *const *spared)
{
    lmi_json was = {0};
    lmi_json is = {0};
    bool is_found = false;
    lmas_status status = lmi_json_parse(&was, path, lmi_buf_text(stored), stored->len);

    if (status == LMAS_OK)
        status = lmi_json_parse(&is, "this run", lmi_buf_text(now), now->len);
    for (; status == LMAS_OK && !is_found && *sections; sections++)
        is_found = find_in_section(out, *sections, yyjson_obj_get(lmi_json_root(&was), *sections),
                                   yyjson_obj_get(lmi_json_root(&is), *sections), spared);
    lmi_json_done(&is);
    lmi_json_done(&was);
    return status == LMAS_OK ? lmi_buf_status(out) : status;
}

static lmas_status refuse_difference(const char *path, const lmi_buf *stored, const lmi_buf *now,
                                     const char *const *sections, const char *const *spared)
{
    lmi_buf difference;
    lmas_status status;

    lmi_buf_init(&difference, LMI_ERROR_MAX);
    status = find_difference(&difference, path, stored, now, sections, spared);
    if (status == LMAS_OK && difference.len)
        status = lmi_fail(LMAS_E_INVALID, "%s: %s: resume it as it was, or start a new run", path,
                          lmi_buf_text(&difference));
    lmi_buf_done(&difference);
    return status;
}

lmas_status lmi_config_difference(lmi_buf *out, const char *path, const lmi_buf *stored,
                                  const lmi_buf *now)
{
    return find_difference(out, path, stored, now, fixed_sections, nothing);
}

lmas_status lmi_config_difference_but(lmi_buf *out, const char *path, const lmi_buf *stored,
                                      const lmi_buf *now, const char *const *spared)
{
    return find_difference(out, path, stored, now, fixed_sections, spared);
}

lmas_status lmi_config_compare(const char *path, const lmi_buf *stored, const lmi_buf *now,
                               const char *const *spared)
{
    return refuse_difference(path, stored, now, fixed_sections, spared);
}

lmas_status lmi_config_difference_in(lmi_buf *out, const char *path, const lmi_buf *stored,
                                     const lmi_buf *now, const char *const *sections,
                                     const char *const *spared)
{
    return find_difference(out, path, stored, now, sections, spared);
}

lmas_status lmi_config_compare_shard(const char *path, const lmi_buf *stored, const lmi_buf *now)
{
    return refuse_difference(path, stored, now, shard_section, nothing);
}

const char *lmi_config_graded_by(yyjson_val *root)
{
    yyjson_val *again = yyjson_obj_get(yyjson_obj_get(root, "graded_by"), "latentmas");
    yyjson_val *first = yyjson_obj_get(yyjson_obj_get(root, "versions"), "latentmas");

    return yyjson_get_str(yyjson_is_str(again) ? again : first);
}

const char *lmi_config_grader(yyjson_val *root)
{
    yyjson_val *again = yyjson_obj_get(yyjson_obj_get(root, "graded_by"), "grader");
    yyjson_val *first = yyjson_obj_get(yyjson_obj_get(root, "params"), "grader");

    return yyjson_get_str(yyjson_is_str(again) ? again : first);
}

/* A run with a grader of its own whose answers another one has judged since. */
static lmas_status compare_grader(const char *path, yyjson_val *root)
{
    const char *own = yyjson_get_str(yyjson_obj_get(yyjson_obj_get(root, "params"), "grader"));
    const char *last = lmi_config_grader(root);

    if (!own || strcmp(own, last) == 0)
        return LMAS_OK;
    return lmi_fail(LMAS_E_INVALID,
                    "%s: its answers were shown to the grader \"%.200s\" since: show them to the "
                    "run's (latentmas regrade --grader \"%.200s\"), then resume",
                    path, last, own);
}

lmas_status lmi_config_compare_graded(const char *path, const lmi_buf *stored)
{
    lmi_json json;
    const char *version;
    lmas_status status = lmi_json_parse(&json, path, lmi_buf_text(stored), stored->len);

    if (status != LMAS_OK)
        return status;
    version = lmi_config_graded_by(lmi_json_root(&json));
    if (version && strcmp(version, lmas_version()) != 0)
        status = lmi_fail(LMAS_E_INVALID,
                          "%s: its answers are graded by the rules of latentmas %.32s, this is %s: "
                          "grade them again with this one (latentmas regrade), then resume",
                          path, version, lmas_version());
    else
        status = compare_grader(path, lmi_json_root(&json));
    lmi_json_done(&json);
    return status;
}

void lmi_config_args_free(char **args, size_t n)
{
    size_t i;

    for (i = 0; args && i < n; i++)
        lmi_free(args[i]);
    lmi_free(args);
}

static lmas_status copy_args(char ***out, size_t *n_out, const char *path, yyjson_val *command)
{
    const size_t n = yyjson_arr_size(command);
    char **args = lmi_new(n, sizeof(*args));
    size_t i, max;
    yyjson_val *word;

    if (!args)
        return lmi_fail(LMAS_E_NOMEM, "no memory for %zu words", n);
    yyjson_arr_foreach(command, i, max, word)
    {
        args[i] = yyjson_is_str(word) ? lmi_strdup(yyjson_get_str(word)) : NULL;
        if (args[i])
            continue;
        lmi_config_args_free(args, n);
        return lmi_fail(LMAS_E_FORMAT, "%s: \"command\" must hold strings, found %s", path,
                        lmi_json_type(word));
    }
    *out = args;
    *n_out = n;
    return LMAS_OK;
}

lmas_status lmi_config_args(char ***out, size_t *n_out, const char *path, const lmi_buf *stored)
{
    lmi_json json;
    yyjson_val *command;
    lmas_status status = lmi_json_parse(&json, path, lmi_buf_text(stored), stored->len);

    if (status != LMAS_OK)
        return status;
    command = yyjson_obj_get(lmi_json_root(&json), "command");
    if (yyjson_is_arr(command))
        status = copy_args(out, n_out, path, command);
    else
        status =
            lmi_fail(LMAS_E_FORMAT, "%s: missing \"command\", this is no run of latentmas", path);
    lmi_json_done(&json);
    return status;
}
