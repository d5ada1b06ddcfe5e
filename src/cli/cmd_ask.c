/* cmd_ask.c - latentmas ask: one question, one team, the answer on stdout as it comes. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/open.h"
#include "cli/term.h"
#include "cli/trace.h"
#include "data/task.h"

typedef struct ask_settings {
    lmi_solve_flags solve; /* first: it begins with the general flags */
    bool has_trace;
} ask_settings;

static const lmi_opt ask_opts[] = {
    {"--trace", LMI_OPT_ON, offsetof(ask_settings, has_trace),
     .help = "show on stderr what each agent did: tokens read, thoughts, tokens spoken, seconds, "
             "its stretch of the working memory"},
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
    bool has_trace;
    bool is_line_open; /* stdout stands in the middle of a line */
    int write_error;   /* errno of stdout, 0 while it takes what it is given */
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
    if (!s->has_trace)
        return true;
    end_line(s);
    lmi_trace_agent(agent);
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
    lmas_status status = LMAS_OK;

    if (strcmp(word, "-") == 0)
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
        return lmi_fail(LMAS_E_INVALID, "the question is empty");
    return LMAS_OK;
}

static lmas_status solve(lmi_stage *stage, speech *s, const char *text)
{
    const lmas_question question = {.text = text, .kind = LMAS_ANSWER_FREE};
    lmas_answer *answer = NULL;
    lmas_status status;

    lmi_interrupt_at_once(true);
    status = lmi_stage_start(stage, &question, 1, 1);
    lmi_interrupt_at_once(false);
    if (status != LMAS_OK)
        return status;
    stage->solver_params.on_speech = print_speech;
    stage->solver_params.on_agent = print_agent;
    stage->solver_params.user = s;
    if (s->has_trace)
        lmi_trace_head();
    status = lmas_solve(&answer, stage->session, stage->team, &stage->solver_params, text);
    end_line(s);
    if (status == LMAS_OK && s->has_trace)
        lmi_trace_total(lmas_answer_result(answer));
    lmas_answer_free(answer);
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

static int run(void *settings, const lmi_args *args)
{
    const ask_settings *s = settings;
    speech out = {.has_trace = s->has_trace};
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
    if (lmi_flags_check(&s->solve.model) != LMAS_OK)
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
    .groups = groups,
    .environment = {lmi_env_terminal, lmi_env_cache, lmi_env_engine, lmi_env_realign},
    .files = {lmi_files_realign},
    .see_also = "model run teams",
    .settings_size = sizeof(ask_settings),
    .init = init,
    .run = run,
};
