/* cmd_ask.c - latentmas ask: one question, one team, the answer on stdout as it comes. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "cli/ask/kept.h"
#include "cli/command.h"
#include "cli/config/flagfile.h"
#include "cli/interrupt.h"
#include "cli/open.h"
#include "cli/show/term.h"
#include "cli/talk/talk.h"
#include "data/foreign.h"
#include "data/task.h"

typedef struct ask_settings {
    lmi_solve_flags solve; /* first: it begins with the general flags */
    const char *trace;     /* what of the agents is shown; NULL for nothing */
    const char *memory, *save_memory;
    lmas_memory_file_params keys;
} ask_settings;

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
    {"--memory", LMI_OPT_FILE, offsetof(ask_settings, memory), "FILE",
     .help = "begin with the working memory in this file, as latentmas memory save or "
             "--save_memory wrote it: documents read once, asked often. Every agent that would "
             "begin with an empty memory begins with it"},
    {"--save_memory", LMI_OPT_FILE, offsetof(ask_settings, save_memory), "FILE",
     .help = "keep the last agent's memory, its answer in it, to go on from with --memory"},
    {"--key", LMI_OPT_FILE, offsetof(ask_settings, keys.key_file), "FILE",
     .help = "seal what --save_memory writes with the secret bytes in this file, and take nothing "
             "by --memory that was not sealed with them"},
    {"--sign", LMI_OPT_FILE, offsetof(ask_settings, keys.sign_file), "FILE",
     .help = "sign what --save_memory writes, with a key of latentmas memory keygen"},
    {"--signed_by", LMI_OPT_FILE, offsetof(ask_settings, keys.signed_by_file), "FILE",
     .help = "take nothing by --memory that the owner of this public key has not signed"},
    {0},
};

static const lmi_opt_group groups[] = {
    {"Ask", ask_opts, 0},
    {"Model", lmi_model_opts, offsetof(lmi_solve_flags, model)},
    {"Team", lmi_team_opts, offsetof(lmi_solve_flags, team)},
    {"Sampling", lmi_sampling_opts, offsetof(lmi_solve_flags, sampling)},
    {"Engine", lmi_engine_opts, offsetof(lmi_solve_flags, engine)},
    {"Other models and servers", lmi_host_opts, offsetof(lmi_solve_flags, hosts)},
    {"Flags from a file", lmi_config_opts, 0},
    {"General", lmi_general_opts, offsetof(lmi_solve_flags, general)},
    {0},
};

static void init(void *settings)
{
    ask_settings *s = settings;

    lmi_solve_flags_init(&s->solve);
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

/* The session, and in it what the team begins with. */
static lmas_status prepare(lmi_stage *stage, lmi_kept *kept, const lmas_question *question)
{
    lmas_status status = lmi_kept_look(kept, stage);

    lmi_interrupt_at_once(true);
    if (status == LMAS_OK)
        status = lmi_stage_ask(stage, question);
    if (status == LMAS_OK)
        status = lmi_kept_open(kept, stage);
    lmi_interrupt_at_once(false);
    return status;
}

static lmas_status solve(lmi_stage *stage, lmi_talk *talk, lmi_kept *kept, const char *text)
{
    const bool is_swapped = stage->solver_params.control == LMAS_CONTROL_WRONG_TASK;
    const lmas_question question = {.text = text,
                                    .kind = LMAS_ANSWER_FREE,
                                    .other = is_swapped ? lmi_foreign_question(0) : NULL};
    lmas_status status = prepare(stage, kept, &question);

    if (status == LMAS_OK)
        status = lmi_talk_ask(talk, stage, &question);
    return status == LMAS_OK ? lmi_kept_end(kept) : status;
}

static lmas_status ask(const ask_settings *s, lmi_talk *talk, const char *question)
{
    lmi_stage stage = {0};
    lmi_kept kept = {.from = s->memory, .to = s->save_memory, .params = s->keys};
    lmas_status status = lmi_stage_open(&stage, &s->solve);

    talk->on_memory = kept.to ? lmi_kept_save : NULL;
    talk->user = &kept;
    if (status == LMAS_OK)
        status = solve(&stage, talk, &kept, question);
    talk->user = NULL; /* nobody talks any more */
    lmi_kept_done(&kept);
    lmi_stage_done(&stage);
    return status;
}

/* A reader that went away (head) has had enough; that is no failure worth a word. */
static int finish(lmas_status status, int write_error)
{
    if (write_error && write_error != EPIPE)
        lmi_say("cannot write the answer: %s", strerror(write_error));
    if (write_error)
        return LMI_EXIT_FAILURE;
    return status == LMAS_OK ? LMI_EXIT_OK : lmi_say_failure(status);
}

/* The checks of flags that the table cannot make. */
static lmas_status check(const ask_settings *s)
{
    if (s->keys.key_file && !s->memory && !s->save_memory)
        return lmi_fail(LMAS_E_INVALID, "--key changes nothing without --memory or --save_memory");
    if (s->keys.sign_file && !s->save_memory)
        return lmi_fail(LMAS_E_INVALID, "--sign changes nothing without --save_memory");
    if (s->keys.signed_by_file && !s->memory)
        return lmi_fail(LMAS_E_INVALID, "--signed_by changes nothing without --memory");
    if (s->keys.key_file && s->keys.sign_file)
        return lmi_fail(LMAS_E_INVALID, "a file has one seal: give --key or --sign, not both");
    if (lmi_flags_check(&s->solve.model) != LMAS_OK ||
        lmi_team_flags_check(&s->solve.team) != LMAS_OK ||
        lmi_host_flags_check(&s->solve.hosts) != LMAS_OK)
        return LMAS_E_INVALID;
    if (strcmp(s->solve.team.control, lmas_control_name(LMAS_CONTROL_SHUFFLED)) == 0)
        return lmi_fail(LMAS_E_INVALID,
                        "--control shuffled hands on the memory of another question, and ask has "
                        "one: use latentmas run, or --control wrong-task");
    return LMAS_OK;
}

static int run(void *settings, const lmi_args *args)
{
    ask_settings *s = settings;
    lmi_talk talk = {.agents = s->trace ? stderr : NULL,
                     .thoughts = shows_thoughts(s) ? stderr : NULL};
    lmas_status status;
    lmi_buf question;

    if (s->solve.model.has_list_devices) {
        lmi_print_devices();
        return LMI_EXIT_OK;
    }
    if (args->n_words != 1) {
        lmi_say("ask: one question expected, found %zu words: %s", args->n_words,
                args->n_words == 0 && s->solve.hosts.agent_models.n > 0
                    ? "put it before --agent_models, which takes all words behind it"
                    : "put the question in quotes, or give - to read it from stdin");
        return LMI_EXIT_USAGE;
    }
    lmi_solve_flags_settle(&s->solve);
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
    status = ask(s, &talk, lmi_buf_text(&question));
    lmi_buf_done(&question);
    return finish(status, talk.write_error);
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
                "read a document once\n"
                "latentmas memory save -m models/demo.gguf notes.lmem --read notes.txt\n"
                "and ask about it often\n"
                "latentmas ask -m models/demo.gguf --memory notes.lmem \"How many shells are "
                "there?\"\n"
                "one agent alone, greedy, the question from a pipe\n"
                "echo \"12 + 7?\" | latentmas ask -m models/demo.gguf --method baseline --temp 0 "
                "-\n",
    .computes = true,
    .groups = groups,
    .environment = {lmi_env_terminal, lmi_env_cache, lmi_env_models, lmi_env_hub, lmi_env_http,
                    lmi_env_engine, lmi_env_compute},
    .files = {lmi_files_models, lmi_files_realign},
    .see_also = "memory model run teams",
    .settings_size = sizeof(ask_settings),
    .init = init,
    .run = run,
};
