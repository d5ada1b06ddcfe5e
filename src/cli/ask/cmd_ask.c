/* cmd_ask.c - latentmas ask: one question, one team, the answer on stdout as it comes. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/open.h"
#include "cli/show/activity.h"
#include "cli/show/progress.h"
#include "cli/show/term.h"
#include "cli/talk/trace.h"
#include "data/foreign.h"
#include "data/task.h"

typedef struct ask_settings {
    lmi_solve_flags solve; /* first: it begins with the general flags */
    const char *trace;     /* what of the agents is shown; NULL for nothing */
} ask_settings;

/* Tokens near to a thought that fit a line. */
enum { N_NEAR = 4 };

static const char *trace_at(size_t i)
{
    static const char *const words[] = {"agents", "thoughts"};

    return i < sizeof(words) / sizeof(words[0]) ? words[i] : NULL;
}

static bool shows_thoughts(const ask_settings *settings)
{
    return settings->trace && strcmp(settings->trace, "thoughts") == 0;
}

static const lmi_opt ask_opts[] = {
    {"--trace", LMI_OPT_WORD, offsetof(ask_settings, trace), "[=WHAT]", .word_at = trace_at,
     .alone = "agents",
     .help = "show on stderr what each agent did: tokens read, thoughts, tokens spoken, seconds, "
             "its stretch of the working memory. --trace=thoughts also shows what each thought "
             "was like: the words that the model would say there, and those nearest to what goes "
             "in"},
    {0},
};

static const lmi_opt_group groups[] = {
    {"Ask", ask_opts, 0},
    {"Model", lmi_model_opts, offsetof(lmi_solve_flags, model)},
    {"Team", lmi_team_opts, offsetof(lmi_solve_flags, team)},
    {"Sampling", lmi_sampling_opts, offsetof(lmi_solve_flags, sampling)},
    {"Engine", lmi_engine_opts, offsetof(lmi_solve_flags, engine)},
    {"General", lmi_general_opts, offsetof(lmi_solve_flags, general)},
    {0},
};

static void init(void *settings)
{
    ask_settings *s = settings;

    lmi_solve_flags_init(&s->solve);
}

/* What the callbacks need. */
typedef struct speech {
    const ask_settings *settings;
    bool is_line_open; /* stdout stands in the middle of a line */
    bool is_on_screen; /* stdout is a terminal, where what is spoken is progress enough */
    int write_error;   /* errno of stdout, 0 while it takes what it is given */
    lmi_progress progress;
    lmi_activity idle;  /* nothing at work yet */
    lmas_status status; /* how the question ended, and why */
    char error[LMI_ERROR_MAX];
} speech;

static void flush(speech *s)
{
    if (fflush(stdout) != 0 && !s->write_error)
        s->write_error = errno ? errno : EIO;
}

static bool print_speech(void *user, uint64_t id, const char *text, size_t len)
{
    speech *s = user;

    (void)id;
    if (len == 0)
        return true;
    lmi_progress_clear(&s->progress);
    errno = 0;
    fwrite(text, 1, len, stdout);
    s->is_line_open = text[len - 1] != '\n';
    flush(s);
    return !s->write_error;
}

static void end_line(speech *s)
{
    if (!s->is_line_open)
        return;
    errno = 0;
    putchar('\n');
    s->is_line_open = false;
    flush(s);
}

static bool print_agent(void *user, uint64_t id, const lmas_agent_trace *agent)
{
    speech *s = user;

    (void)id;
    if (!s->settings->trace)
        return true;
    lmi_progress_clear(&s->progress);
    end_line(s);
    lmi_trace_agent(stderr, agent);
    if (shows_thoughts(s->settings))
        lmi_trace_thoughts(stderr, agent);
    return true;
}

/* Nothing came out: an empty line would leave a person alone with it. */
static void say_nothing_came(const speech *s, const lmas_agent_trace *last)
{
    const bool is_alone = strcmp(s->settings->solve.team.method, "baseline") == 0;
    const char *plural = last->n_spoken == 1 ? "" : "s";
    const char *alone = is_alone ? "" : "; or try one agent with --method baseline";

    if (last->is_cut)
        lmi_say("no answer: %s spoke %u token%s, as many as --max_new_tokens or the team file "
                "lets it, and no word among them: give it more",
                last->name, last->n_spoken, plural);
    else if (last->n_spoken)
        lmi_say("no answer: %s spoke %u token%s and no word among them, only white space or "
                "control tokens: try another --seed or --temp%s",
                last->name, last->n_spoken, plural, alone);
    else
        lmi_say("no answer: %s ended its turn at once, as a model does whose chat template does "
                "not fit: \"latentmas model info FILE\" shows it, --chat-template names another%s",
                last->name, alone);
}

/* An answer that the model had not ended. */
static void say_how_it_ended(const lmas_agent_trace *last)
{
    if (last->is_circling)
        lmi_say("the answer is cut after %u tokens, and repeats itself: another --temp, --seed or "
                "--latent_steps may help",
                last->n_spoken);
    else if (last->is_cut)
        lmi_say("the answer is cut after %u token%s: give more by -n or the team file",
                last->n_spoken, last->n_spoken == 1 ? "" : "s");
}

static bool note_result(void *user, const lmas_result *result)
{
    speech *s = user;

    lmi_progress_clear(&s->progress);
    end_line(s);
    s->status = result->status;
    snprintf(s->error, sizeof(s->error), "%s", result->error);
    if (result->status != LMAS_OK)
        return true;
    if (s->settings->trace)
        lmi_trace_total(stderr, result);
    if (result->text[0])
        say_how_it_ended(&result->agents[result->n_agents - 1]);
    else if (result->n_agents)
        say_nothing_came(s, &result->agents[result->n_agents - 1]);
    return true;
}

/* All of stdin, without the newline that ends it. */
static lmas_status read_stdin(lmi_buf *out)
{
    char chunk[4096];

    for (;;) {
        const ssize_t n = read(STDIN_FILENO, chunk, sizeof(chunk));

        if (n == 0)
            break;
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return lmi_fail_errno(LMAS_E_IO, "cannot read the question from stdin");
        lmi_buf_append(out, chunk, (size_t)n);
        if (out->status != LMAS_OK)
            break;
    }
    while (out->len && strchr("\r\n", out->data[out->len - 1]))
        out->data[--out->len] = '\0';
    return LMAS_OK;
}

/* The question, from the command line or with `-` from stdin. */
static lmas_status take_question(lmi_buf *out, const char *word)
{
    const bool is_piped = strcmp(word, "-") == 0;
    lmas_status status = LMAS_OK;

    if (is_piped)
        status = read_stdin(out);
    else
        lmi_buf_puts(out, word);
    if (status != LMAS_OK)
        return status;
    if (out->status == LMAS_E_FORMAT)
        return lmi_fail(LMAS_E_INVALID, "the question is longer than %zu bytes", out->max);
    if (out->status != LMAS_OK)
        return lmi_buf_status(out);
    if (strlen(lmi_buf_text(out)) != out->len)
        return lmi_fail(LMAS_E_INVALID, "the question contains a NUL byte, text expected");
    if (!lmi_utf8_is_valid(lmi_buf_text(out), out->len))
        return lmi_fail(LMAS_E_INVALID, "the question is not valid UTF-8");
    if (lmi_buf_text(out)[strspn(lmi_buf_text(out), " \t\r\n")] == '\0')
        return lmi_fail(LMAS_E_INVALID, is_piped ? "the question is empty: stdin holds no text"
                                                 : "the question is empty: put it in quotes, or "
                                                   "give - and pipe it in");
    return LMAS_OK;
}

/* Say what the team is at, unless the terminal shows it already. */
static void show_activity(speech *s, const lmas_solver *solver)
{
    const double seconds = (lmi_now_ms() - s->progress.begin_ms) / 1e3;
    lmi_activity activity = s->idle;
    lmi_buf text;

    if (s->is_line_open && s->is_on_screen)
        return;
    lmi_activity_look(&activity, solver);
    lmi_buf_init(&text, lmi_progress_width(&s->progress));
    lmi_activity_add_who(&text, &activity);
    lmi_activity_add_counts(&text, &activity, seconds);
    lmi_progress_promise(&s->progress, 0, 0, lmi_buf_text(&text));
    lmi_buf_done(&text);
}

/* Tick until the answer is there. */
static lmas_status drive(speech *s, lmas_solver *solver, const lmas_question *question)
{
    lmas_status status = lmas_solver_submit(solver, question);

    lmi_progress_init(&s->progress);
    while (status == LMAS_OK && lmas_solver_n_open(solver) > 0) {
        show_activity(s, solver);
        status = lmas_solver_tick(solver);
    }
    lmi_progress_clear(&s->progress);
    end_line(s);
    if (status == LMAS_OK && s->status != LMAS_OK)
        return lmi_fail(s->status, "%s", s->error);
    return status;
}

static lmas_status solve(lmi_stage *stage, speech *s, const char *text)
{
    const bool is_swapped = stage->solver_params.control == LMAS_CONTROL_WRONG_TASK;
    const lmas_question question = {.text = text,
                                    .kind = LMAS_ANSWER_FREE,
                                    .other = is_swapped ? lmi_foreign_question(0) : NULL};
    lmas_solver *solver = NULL;
    lmas_status status;

    lmi_interrupt_at_once(true);
    status = lmi_stage_ask(stage, &question);
    lmi_interrupt_at_once(false);
    if (status != LMAS_OK)
        return status;
    stage->solver_params.share_prefixes = false; /* there is no other question */
    stage->solver_params.n_near = shows_thoughts(s->settings) ? N_NEAR : 0;
    stage->solver_params.on_speech = print_speech;
    stage->solver_params.on_agent = print_agent;
    stage->solver_params.on_result = note_result;
    stage->solver_params.user = s;
    s->idle = lmi_activity_of(stage->team, stage->solver_params.method);
    status = lmas_solver_new(&solver, stage->session, stage->team, &stage->solver_params);
    if (status == LMAS_OK && s->settings->trace)
        lmi_trace_head(stderr);
    if (status == LMAS_OK)
        status = drive(s, solver, &question);
    lmas_solver_free(solver);
    return status;
}

static lmas_status ask(const ask_settings *settings, speech *s, const char *question)
{
    lmi_stage stage = {0};
    lmas_status status = lmi_stage_open(&stage, &settings->solve);

    if (status == LMAS_OK)
        status = solve(&stage, s, question);
    lmi_stage_done(&stage);
    return status;
}

/* A reader that went away (head) has had enough; that is no failure worth a word. */
static int finish(lmas_status status, const speech *s)
{
    if (s->write_error && s->write_error != EPIPE)
        lmi_say("cannot write the answer: %s", strerror(s->write_error));
    if (s->write_error)
        return LMI_EXIT_FAILURE;
    return status == LMAS_OK ? LMI_EXIT_OK : lmi_say_failure(status);
}

/* The checks of flags that the table cannot make. */
static lmas_status check(const ask_settings *s)
{
    if (lmi_flags_check(&s->solve.model) != LMAS_OK ||
        lmi_team_flags_check(&s->solve.team) != LMAS_OK)
        return LMAS_E_INVALID;
    if (strcmp(s->solve.team.control, lmas_control_name(LMAS_CONTROL_SHUFFLED)) == 0)
        return lmi_fail(LMAS_E_INVALID,
                        "--control shuffled hands on the memory of another question, and ask has "
                        "one: use latentmas run, or --control wrong-task");
    return LMAS_OK;
}

static int run(void *settings, const lmi_args *args)
{
    const ask_settings *s = settings;
    speech out = {.settings = s, .is_on_screen = isatty(STDOUT_FILENO) == 1};
    lmas_status status;
    lmi_buf question;

    if (s->solve.model.has_list_devices) {
        lmi_print_devices();
        return LMI_EXIT_OK;
    }
    if (args->n_words != 1) {
        lmi_say("ask: one question expected, found %zu words: put the question in quotes, or give "
                "- to read it from stdin",
                args->n_words);
        return LMI_EXIT_USAGE;
    }
    if (check(s) != LMAS_OK)
        return lmi_say_misuse();
    lmi_buf_init(&question, LMI_QUESTION_MAX);
    status = take_question(&question, args->words[0]);
    if (status != LMAS_OK) {
        lmi_buf_done(&question);
        return status == LMAS_E_INVALID ? lmi_say_misuse() : lmi_say_failure(status);
    }
    lmi_say_devices(&s->solve.model);
    lmi_interrupt_install();
    status = ask(s, &out, lmi_buf_text(&question));
    lmi_buf_done(&question);
    return finish(status, &out);
}

const lmi_command lmi_cmd_ask = {
    .name = "ask",
    .summary = "ask a team one question",
    .usage = "-m MODEL [FLAG...] QUESTION\n"
             "-m MODEL [FLAG...] -",
    .about =
        "Asks a team of agents one question. The last agent's answer goes to stdout as it comes; "
        "everything else goes to stderr. With - the question is read from stdin.",
    .examples = "ask the demo model, and see what each agent does\n"
                "latentmas ask -m models/demo.gguf --trace \"Tom has 12 apples and buys 7 more. "
                "How many?\"\n"
                "one agent alone, greedy, the question from a pipe\n"
                "echo \"12 + 7?\" | latentmas ask -m models/demo.gguf --method baseline --temp 0 "
                "-\n",
    .computes = true,
    .groups = groups,
    .environment = {lmi_env_terminal, lmi_env_cache, lmi_env_models, lmi_env_hub, lmi_env_http,
                    lmi_env_engine, lmi_env_compute},
    .files = {lmi_files_models, lmi_files_realign},
    .see_also = "model run teams",
    .settings_size = sizeof(ask_settings),
    .init = init,
    .run = run,
};
