/* hosts.c - see hosts.h. */
#include "cli/elsewhere/hosts.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "cli/fetch.h"
#include "cli/show/term.h"
#include "cli/show/wait.h"

/* What is opened, and how. */
typedef struct opening {
    lmi_hosts *hosts;
    const lmi_solve_flags *flags;
    const lmas_model_params *model_params;
    const lmas_team *team;
} opening;

static bool is_url(const char *text)
{
    return strncmp(text, "http://", 7) == 0 || strncmp(text, "https://", 8) == 0;
}

lmas_status lmi_host_flags_check(const lmi_host_flags *flags)
{
    size_t i;

    if (flags->agent_models.n > LMI_AGENTS_MAX)
        return lmi_fail(LMAS_E_INVALID, "--agent_models: expected at most %d models, found %zu",
                        LMI_AGENTS_MAX, flags->agent_models.n);
    for (i = 0; i < flags->agent_models.n; i++)
        if (!*flags->agent_models.at[i])
            return lmi_fail(LMAS_E_INVALID, "--agent_models: word %zu is empty", i + 1);
    if (flags->agent_models.n > 0 && is_url(flags->agent_models.at[0]))
        return lmi_fail(LMAS_E_INVALID,
                        "--agent_models: the first model runs here: name a file or one of the hub, "
                        "not a server");
    if (flags->vllm_url && !is_url(flags->vllm_url))
        return lmi_fail(LMAS_E_INVALID, "--vllm_url: expected http://HOST:PORT or https://...%s%s",
                        strchr(flags->vllm_url, '@') ? "" : ", found ",
                        strchr(flags->vllm_url, '@') ? "" : flags->vllm_url);
    return LMAS_OK;
}

/* ---- One of them ---- */

static lmas_status take_place(const opening *o, const char *name)
{
    if (o->hosts->n == LMI_HOSTS_HERE)
        return lmi_fail(LMAS_E_INVALID, "a team on more than %d models beside the first",
                        LMI_HOSTS_HERE);
    o->hosts->at[o->hosts->n++].name = name;
    return LMAS_OK;
}

/* The model of the place taken last. */
static lmas_status load(const opening *o, const char *path)
{
    const size_t i = o->hosts->n - 1;
    lmi_wait w = lmi_wait_begin("loading a model");
    lmas_model_params params = *o->model_params;
    lmas_status status;

    params.chat_template = NULL; /* that of the first one */
    params.progress = lmi_wait_show;
    params.user = &w;
    status = lmas_model_open(&o->hosts->models[i], path, &params);
    o->hosts->at[i].model = o->hosts->models[i];
    lmi_wait_end(&w);
    return status;
}

static lmas_status name_model(lmas_status status, const char *name)
{
    return status == LMAS_OK
               ? LMAS_OK
               : lmi_fail(status, "model \"%.64s\" of the team: %s", name, lmas_last_error());
}

static lmas_status open_file(const opening *o, const char *name, const char *path)
{
    const lmas_status status = take_place(o, name);

    return status == LMAS_OK ? name_model(load(o, path), name) : status;
}

/* A file, or a model of the hub: as -m and -hf find them. */
static lmas_status find_and_open(const opening *o, const char *name, const lmi_model_flags *where)
{
    lmas_status status = take_place(o, name);
    lmi_buf path;

    if (status != LMAS_OK)
        return status;
    lmi_buf_init(&path, LMI_PATH_MAX);
    status = lmi_find_model_shown(&path, where);
    if (status == LMAS_OK)
        status = load(o, lmi_buf_text(&path));
    lmi_buf_done(&path);
    return name_model(status, name);
}

static lmas_status open_server(const opening *o, const char *name, const char *url, const char *id)
{
    lmas_remote_params params = lmi_flags_remote(&o->flags->hosts);
    const lmas_status status = take_place(o, name);

    params.model = id;
    return status == LMAS_OK ? lmas_remote_open(&o->hosts->at[o->hosts->n - 1].remote, url, &params)
                             : status;
}

static bool is_known(const lmi_hosts *hosts, const char *name)
{
    size_t i = 0;

    while (i < hosts->n && strcmp(hosts->at[i].name, name) != 0)
        i++;
    return i < hosts->n;
}

/* ---- By flags ---- */

/* One of --agent_models; the first model is known by the same name. */
static lmas_status add_named(const opening *o, const char *name)
{
    const lmi_model_flags *m = &o->flags->model;
    const char *first = m->hf_repo ? m->hf_repo : m->path;
    const lmi_model_flags where = {.path = name, .is_offline = m->is_offline};
    lmi_hosts *hosts = o->hosts;
    const bool is_first = strcmp(name, first) == 0;

    hosts->agent_hosts[hosts->n_agent_hosts++] = is_first ? NULL : name;
    if (is_first || is_known(hosts, name))
        return LMAS_OK;
    return is_url(name) ? open_server(o, name, name, NULL) : find_and_open(o, name, &where);
}

static lmas_status refuse_count(const opening *o, size_t n)
{
    const size_t n_agents = lmas_team_n_agents(o->team);
    lmas_status status;
    lmi_buf names;
    size_t i;

    lmi_buf_init(&names, LMI_ERROR_MAX);
    for (i = 0; i < n_agents; i++)
        lmi_buf_printf(&names, "%s%s", i ? ", " : "", lmas_team_agent_name(o->team, i));
    status =
        lmi_fail(LMAS_E_INVALID,
                 "--agent_models names %zu model%s, and team %s has %zu agents: one for each "
                 "expected, in this order: %s",
                 n, n == 1 ? "" : "s", lmas_team_name(o->team), n_agents, lmi_buf_text(&names));
    lmi_buf_done(&names);
    return status;
}

static lmas_status add_by_flags(const opening *o)
{
    const lmi_words *words = &o->flags->hosts.agent_models;
    lmas_status status = LMAS_OK;
    size_t i;

    if (words->n > 0 && words->n != lmas_team_n_agents(o->team))
        return refuse_count(o, words->n);
    for (i = 0; status == LMAS_OK && i < words->n; i++)
        status = add_named(o, words->at[i]);
    return status;
}

/* ---- By the team's file ---- */

/* The file that a team means: from where its own lies. */
static lmas_status join_path(lmi_buf *out, const opening *o, const char *file)
{
    const char *team = o->flags->team.team ? o->flags->team.team : "";
    const char *slash = strrchr(team, '/');

    if (*file != '/' && slash)
        lmi_buf_append(out, team, (size_t)(slash - team) + 1);
    lmi_buf_puts(out, file);
    return lmi_buf_status(out);
}

static lmas_status add_file(const opening *o, const lmas_team_model *m)
{
    lmi_buf path;
    lmas_status status;

    lmi_buf_init(&path, LMI_PATH_MAX);
    status = join_path(&path, o, m->file);
    if (status == LMAS_OK)
        status = open_file(o, m->name, lmi_buf_text(&path));
    lmi_buf_done(&path);
    return status;
}

/* A file that somebody sent is no reason to tell a server what is asked, or one's key. (A password
 * in it is not shown.) */
static lmas_status refuse_server(const opening *o, const lmas_team_model *m)
{
    return lmi_fail(LMAS_E_INVALID,
                    "team %s asks a server, %.200s: look at it, then allow it with --allow-tools",
                    lmas_team_name(o->team), strchr(m->url, '@') ? m->name : m->url);
}

static lmas_status add_model(const opening *o, const lmas_team_model *m)
{
    const lmi_model_flags hub = {.hf_repo = m->hf, .is_offline = o->flags->model.is_offline};

    if (m->file)
        return add_file(o, m);
    if (m->hf)
        return find_and_open(o, m->name, &hub);
    if (!o->flags->team.allow_tools)
        return refuse_server(o, m);
    return open_server(o, m->name, m->url, m->id);
}

/* Whether an agent is on it. */
static bool is_used(const lmas_team *team, const char *name)
{
    size_t i;

    for (i = 0; i < lmas_team_n_agents(team); i++)
        if (lmas_team_agent_model(team, i) && strcmp(lmas_team_agent_model(team, i), name) == 0)
            return true;
    return false;
}

static lmas_status add_by_team(const opening *o)
{
    lmas_status status = LMAS_OK;
    lmas_team_model m;
    size_t i;

    for (i = 0; status == LMAS_OK && lmas_team_model_at(&m, o->team, i); i++)
        if (is_used(o->team, m.name))
            status = add_model(o, &m);
    return status;
}

/* ---- All of them ---- */

/* The reference's switches alone name no server. */
static void say_moot(const lmi_host_flags *f)
{
    const struct {
        bool is_given;
        const char *flag;
    } flags[] = {{f->use_vllm, "--use_vllm"},
                 {f->use_second_HF_model, "--use_second_HF_model"},
                 {f->device2 != NULL, "--device2"},
                 {f->enable_prefix_caching, "--enable_prefix_caching"}};
    size_t i;

    for (i = 0; !f->vllm_url && i < sizeof(flags) / sizeof(flags[0]); i++)
        if (flags[i].is_given)
            lmi_say("%s has no effect without --vllm_url URL: libllama thinks and speaks",
                    flags[i].flag);
}

static lmas_status add_speaker(const opening *o)
{
    const lmi_host_flags *f = &o->flags->hosts;
    const lmas_remote_params params = lmi_flags_remote(f);

    say_moot(f);
    return f->vllm_url ? lmas_remote_open(&o->hosts->speaker, f->vllm_url, &params) : LMAS_OK;
}

static void tell(lmas_solver_params *params, const lmi_hosts *hosts)
{
    params->hosts = hosts->at;
    params->n_hosts = hosts->n;
    params->agent_hosts = hosts->agent_hosts;
    params->n_agent_hosts = hosts->n_agent_hosts;
    params->speaker = hosts->speaker;
}

lmas_status lmi_hosts_open(lmi_hosts *out, lmas_solver_params *params, const lmas_team *team,
                           const lmi_solve_flags *flags, const lmas_model_params *model_params)
{
    const opening o = {.hosts = out, .flags = flags, .model_params = model_params, .team = team};
    const bool is_single = params->method == LMAS_METHOD_BASELINE;
    lmas_status status = is_single ? LMAS_OK : add_by_flags(&o);

    if (is_single && flags->hosts.agent_models.n > 0)
        lmi_say("--agent_models changes nothing with baseline: the first model alone is asked");
    if (status == LMAS_OK && !is_single && out->n_agent_hosts == 0)
        status = add_by_team(&o);
    if (status == LMAS_OK)
        status = add_speaker(&o);
    tell(params, out);
    return status;
}

lmas_status lmi_hosts_start(lmi_hosts *hosts, size_t i, const lmas_session_params *params)
{
    return lmas_session_new(&hosts->at[i].session, hosts->models[i], params);
}

void lmi_hosts_done(lmi_hosts *hosts)
{
    size_t i;

    for (i = 0; i < hosts->n; i++) {
        lmas_session_free(hosts->at[i].session);
        lmas_remote_free(hosts->at[i].remote);
        lmas_model_close(hosts->models[i]);
    }
    lmas_remote_free(hosts->speaker);
    *hosts = (lmi_hosts){0};
}
