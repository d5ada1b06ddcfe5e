/* cmd_serve.c - latentmas serve: teams behind the API that everybody speaks. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/open.h"
#include "cli/serve/teams.h"
#include "cli/show/term.h"
#include "serve/serve.h"

/* How many questions run together where nobody says. */
enum { FILE_MIB = 4096, QUOTA_MIB = 65536, MEMORIES = 10000, UPLOAD_S = 3600 };
enum { AT_ONCE = 8, AT_ONCE_MAX = LMAS_N_LANES_MAX, WAITING = 1024, CACHE_MIB = 512, IDLE_S = 60 };

#define MIB (1024.0 * 1024.0)

typedef struct serve_settings {
    lmi_solve_flags solve; /* first: it begins with the general flags */
    const char *host, *key_file, *origin, *kind;
    lmi_words teams;
    const char *exchange;
    int64_t port, n_at_once, n_waiting, cache_mib;
    int64_t file_mib, quota_mib, n_memories;
    double idle_s, upload_s;
} serve_settings;

#define AT(field) offsetof(serve_settings, field)
static const lmi_opt serve_opts[] = {
    {"--host", LMI_OPT_TEXT, AT(host), "ADDRESS",
     .help = "the address to listen at: 0.0.0.0 for all of the machine's, :: for those of IPv6 "
             "too. There is no encryption: beyond this machine put a proxy with TLS before it"},
    {"--port", LMI_OPT_INT, AT(port), "N", .max = 65535,
     .help = "the port, 0 for any that is free"},
    {"--teams", LMI_OPT_WORDS, AT(teams), "TEAM TEAM ...",
     .help = "the teams to serve: built-in ones, team files, folders of team files. The words end "
             "at the next flag (default: sequential and hierarchical, or what --team says)"},
    {"-np --parallel", LMI_OPT_INT, AT(n_at_once), "N", .min = 1, .max = AT_ONCE_MAX,
     .help = "questions that run together"},
    {"--max_waiting", LMI_OPT_INT, AT(n_waiting), "N", .min = 1, .max = LMI_WAITING_MAX,
     .help = "questions that may wait for them; whoever asks more is told to come again (429)"},
    {"--cache_ram -cram", LMI_OPT_INT, AT(cache_mib), "MIB", .max = 1 << 24,
     .help = "memory in which the beginnings of conversations are kept, the oldest going first, so "
             "that a next turn does not read them again; 0 keeps none"},
    {"--answer", LMI_OPT_WORD, AT(kind), "free|number|choice|code",
     .help = "what kind of answer the prompts ask for where the client does not say "
             "(\"latentmas\": {\"answer\": \"number\"})"},
    {"--api_key_file", LMI_OPT_FILE, AT(key_file), "FILE",
     .help = "keys, one a line: only who sends one of them is answered, and each is a tenant of "
             "its own"},
    {"--cors_origin", LMI_OPT_TEXT, AT(origin), "ORIGIN",
     .help = "let pages of this origin, such as https://example.org, ask from a browser; * is all "
             "(default: none)"},
    {"--request_timeout", LMI_OPT_REAL, AT(idle_s), "S", .min = 1, .max = 86400,
     .help = "seconds in which a request must be there, and a client take what it is sent"},
    {0},
};
static const lmi_opt exchange_opts[] = {
    {"--exchange", LMI_OPT_FILE, AT(exchange), "FOLDER",
     .help = "serve an exchange of memory files too, at /v1/memories: clients put them in, find "
             "those of their own and those that others have published, and fetch them. The folder "
             "is made where it is not there; one server at a time has it"},
    {"--exchange_file", LMI_OPT_INT, AT(file_mib), "MIB", .min = 1, .max = 1 << 20,
     .help = "the longest file that is taken. Checking it takes a small multiple of it in memory"},
    {"--exchange_quota", LMI_OPT_INT, AT(quota_mib), "MIB", .min = 1, .max = 1 << 30,
     .help = "all files of one tenant: a key, or everybody where there are none"},
    {"--exchange_memories", LMI_OPT_INT, AT(n_memories), "N", .min = 1, .max = 1 << 30,
     .help = "how many memories one tenant may have there"},
    {"--upload_timeout", LMI_OPT_REAL, AT(upload_s), "S", .min = 1, .max = 7 * 86400,
     .help = "seconds after which an upload that nobody goes on with is forgotten"},
    {0},
};
#undef AT

static const lmi_opt_group groups[] = {
    {"Server", serve_opts, 0},
    {"Exchange", exchange_opts, 0},
    {"Model", lmi_model_opts, offsetof(lmi_solve_flags, model)},
    {"Team", lmi_team_opts, offsetof(lmi_solve_flags, team)},
    {"Sampling", lmi_sampling_opts, offsetof(lmi_solve_flags, sampling)},
    {"Engine", lmi_engine_opts, offsetof(lmi_solve_flags, engine)},
    {"General", lmi_general_opts, offsetof(lmi_solve_flags, general)},
    {0},
};

static void init(void *settings)
{
    serve_settings *s = settings;

    lmi_solve_flags_init(&s->solve);
    s->host = "127.0.0.1";
    s->port = 8080;
    s->kind = "free";
    s->n_at_once = AT_ONCE;
    s->n_waiting = WAITING;
    s->cache_mib = CACHE_MIB;
    s->idle_s = IDLE_S;
    s->file_mib = FILE_MIB;
    s->quota_mib = QUOTA_MIB;
    s->n_memories = MEMORIES;
    s->upload_s = UPLOAD_S;
}

static lmas_status check(const serve_settings *s)
{
    if (lmi_flags_check(&s->solve.model) != LMAS_OK ||
        lmi_team_flags_check(&s->solve.team) != LMAS_OK)
        return LMAS_E_INVALID;
    if (strcmp(s->solve.team.control, lmas_control_name(LMAS_CONTROL_OFF)) != 0)
        return lmi_fail(LMAS_E_INVALID, "--control is for experiments: use latentmas run");
    if (s->teams.n > 0 && s->solve.team.team)
        return lmi_fail(LMAS_E_INVALID, "--teams and --team are both given, one expected");
    return LMAS_OK;
}

static lmas_status open_teams(lmi_served_teams *out, const serve_settings *s)
{
    static const char *const usual[] = {"sequential", "hierarchical"};
    const char *one = s->solve.team.team;

    if (s->teams.n > 0)
        return lmi_served_teams_open(out, (const char *const *)s->teams.at, s->teams.n);
    return one ? lmi_served_teams_open(out, &one, 1) : lmi_served_teams_open(out, usual, 2);
}

/* The most lanes that a question to any of the teams takes. */
static lmas_status count_lanes(uint32_t *out, const lmi_stage *stage, const lmi_served_teams *teams)
{
    const lmas_question question = {.text = "?", .kind = LMAS_ANSWER_FREE};
    lmas_solver_params params = stage->solver_params;
    lmas_status status = LMAS_OK;
    lmas_needs needs;
    size_t i;

    *out = 1;
    params.method = LMAS_METHOD_LATENT_MAS;
    for (i = 0; status == LMAS_OK && i < teams->n; i++) {
        if (!lmas_team_can_answer(teams->at[i], params.method, question.kind))
            continue;
        status = lmas_question_needs(&needs, stage->model, teams->at[i], &params, &question);
        if (status == LMAS_OK && needs.n_lanes > *out)
            *out = needs.n_lanes;
    }
    return status;
}

static void tell(const char *line)
{
    lmi_say("%s", line);
}

static lmas_status serve(lmi_stage *stage, const lmi_served_teams *teams, const serve_settings *s)
{
    lmi_serve_params params = {.host = s->host,
                               .port = (uint16_t)s->port,
                               .model = stage->model,
                               .session = stage->session,
                               .teams = teams->at,
                               .n_teams = teams->n,
                               .params = stage->solver_params,
                               .n_at_once = stage->n_at_once,
                               .n_waiting = (uint32_t)s->n_waiting,
                               .key_file = s->key_file,
                               .origin = s->origin,
                               .exchange = {.folder = s->exchange,
                                            .file_max = (uint64_t)s->file_mib << 20,
                                            .n_bytes = (uint64_t)s->quota_mib << 20,
                                            .n = (uint64_t)s->n_memories,
                                            .upload_s = s->upload_s},
                               .idle_s = s->idle_s,
                               .asks_for_end = lmi_interrupt_asks_for_end,
                               .tell = tell};
    lmas_status status;

    lmas_answer_kind_parse(&params.kind, s->kind);
    params.params.kept_size = (uint64_t)((double)s->cache_mib * MIB);
    lmi_interrupt_gently(LMI_GENTLY);
    status = lmi_serve(&params);
    lmi_interrupt_gently(LMI_AT_ONCE);
    return status;
}

static lmas_status open_and_serve(lmi_stage *stage, lmi_served_teams *teams,
                                  const serve_settings *s)
{
    uint32_t n_lanes = 1;
    uint64_t n_all;
    lmas_status status = open_teams(teams, s);

    if (status == LMAS_OK)
        status = lmi_stage_open(stage, &s->solve);
    if (status == LMAS_OK)
        status = count_lanes(&n_lanes, stage, teams);
    n_all = (uint64_t)n_lanes * (uint64_t)s->n_at_once;
    if (status == LMAS_OK)
        status =
            lmi_stage_receive(stage, n_all < LMAS_N_LANES_MAX ? (uint32_t)n_all : LMAS_N_LANES_MAX,
                              (uint32_t)s->n_at_once);
    return status == LMAS_OK ? serve(stage, teams, s) : status;
}

static int run(void *settings, const lmi_args *args)
{
    serve_settings *s = settings;
    lmi_served_teams teams = {.n = 0};
    lmi_stage stage = {0};
    lmas_status status;

    if (s->solve.model.has_list_devices) {
        lmi_print_devices();
        return LMI_EXIT_OK;
    }
    if (args->n_words != 0) {
        lmi_say("serve: nothing expected beside flags, found \"%s\"", args->words[0]);
        return LMI_EXIT_USAGE;
    }
    lmi_solve_flags_settle(&s->solve);
    if (check(s) != LMAS_OK)
        return lmi_say_misuse();
    lmi_say_devices(&s->solve.model);
    lmi_interrupt_install();
    status = open_and_serve(&stage, &teams, s);
    lmi_stage_done(&stage);
    lmi_served_teams_done(&teams);
    return status == LMAS_OK ? LMI_EXIT_OK : lmi_say_failure(status);
}

const lmi_command lmi_cmd_serve = {
    .name = "serve",
    .summary = "answer over HTTP, in OpenAI's words",
    .usage = "-m MODEL [FLAG...]",
    .about =
        "Serves teams of agents over HTTP. Each team is a model to OpenAI's clients, by each of "
        "its "
        "methods: NAME thinks (latent_mas), NAME:text_mas hands over text, NAME:baseline is one "
        "agent. /v1/chat/completions and /v1/completions answer whole or as a stream; /v1/models, "
        "/v1/teams, /props, /metrics (Prometheus) and /health say what there is and how it does. "
        "Questions of all clients share the engine's steps, and get the answers they get alone.\n"
        "On Ctrl-C or SIGTERM nobody is let in any more and those who have asked get their "
        "answers; "
        "a second signal ends at once.",
    .examples = "serve the demo model\n"
                "latentmas serve -m models/demo.gguf --port 8080\n"
                "ask it\n"
                "curl localhost:8080/v1/chat/completions -H 'Content-Type: application/json' -d "
                "'{\"model\": \"sequential\", \"messages\": [{\"role\": \"user\", \"content\": "
                "\"Tom has 12 apples and buys 7 more. How many?\"}]}'\n",
    .computes = true,
    .groups = groups,
    .environment = {lmi_env_terminal, lmi_env_cache, lmi_env_models, lmi_env_hub, lmi_env_http,
                    lmi_env_engine, lmi_env_compute},
    .files = {lmi_files_models, lmi_files_realign},
    .see_also = "ask chat teams",
    .settings_size = sizeof(serve_settings),
    .init = init,
    .run = run,
};
