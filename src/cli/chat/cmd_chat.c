/* cmd_chat.c - latentmas chat: turn after turn with one team, from a terminal or a pipe. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cli/chat/conversation.h"
#include "cli/chat/typing.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/show/term.h"
#include "cli/words.h"

typedef struct chat_settings {
    lmi_solve_flags solve; /* first: it begins with the general flags */
    const char *memory;
    lmas_memory_file_params keys;
} chat_settings;

static const lmi_opt chat_opts[] = {
    {"--memory", LMI_OPT_FILE, offsetof(chat_settings, memory), "FILE",
     .help = "begin with the working memory in this file, as /load does"},
    {"--key", LMI_OPT_FILE, offsetof(chat_settings, keys.key_file), "FILE",
     .help = "seal what /save writes with the secret bytes in this file, and load nothing that was "
             "not sealed with them"},
    {"--sign", LMI_OPT_FILE, offsetof(chat_settings, keys.sign_file), "FILE",
     .help = "sign what /save writes, with a key of latentmas memory keygen"},
    {"--signed_by", LMI_OPT_FILE, offsetof(chat_settings, keys.signed_by_file), "FILE",
     .help = "load nothing that the owner of this public key has not signed"},
    {0},
};

static const lmi_opt_group groups[] = {
    {"Chat", chat_opts, 0},
    {"Model", lmi_model_opts, offsetof(lmi_solve_flags, model)},
    {"Team", lmi_team_opts, offsetof(lmi_solve_flags, team)},
    {"Sampling", lmi_sampling_opts, offsetof(lmi_solve_flags, sampling)},
    {"Engine", lmi_engine_opts, offsetof(lmi_solve_flags, engine)},
    {"General", lmi_general_opts, offsetof(lmi_solve_flags, general)},
    {0},
};

static void init(void *settings)
{
    chat_settings *s = settings;

    lmi_solve_flags_init(&s->solve);
}

/* ---- What is no question ---- */

/* `rest`: what stands behind the word, "" for nothing. */
typedef struct chat_word {
    const char *name, *operand; /* "FILE" where it takes one */
    const char *help;
    lmas_status (*run)(lmi_conversation *chat, const char *rest);
} chat_word;

static lmas_status show_help(lmi_conversation *chat, const char *rest);

static lmas_status show(const lmi_account_text *text)
{
    if (text->size == 0)
        lmi_say("nothing yet: ask something first");
    else
        fwrite(text->text, 1, text->size, stderr);
    return LMAS_OK;
}

static lmas_status show_agents(lmi_conversation *chat, const char *rest)
{
    (void)rest;
    return show(&chat->agents);
}

static lmas_status show_thoughts(lmi_conversation *chat, const char *rest)
{
    (void)rest;
    return show(&chat->thoughts);
}

/* The most positions it can have: where each lane has a part of the cache, that part. */
static uint32_t most_positions(const lmi_conversation *chat)
{
    const lmas_session *session = chat->stage->session;
    const bool is_part = chat->stage->session_params.kv == LMAS_KV_PER_LANE;

    return lmas_session_n_ctx(session) / (is_part ? lmas_session_n_lanes(session) : 1);
}

static lmas_status say_memory(lmi_conversation *chat, const char *rest)
{
    (void)rest;
    lmi_say("%u of %u positions of working memory", lmas_memory_n_pos(chat->memory),
            most_positions(chat));
    return LMAS_OK;
}

static lmas_status save(lmi_conversation *chat, const char *rest)
{
    const lmas_status status = lmi_conversation_save(chat, rest);

    if (status == LMAS_OK)
        lmi_say("%s: %u positions saved", rest, lmas_memory_n_pos(chat->memory));
    return status;
}

static lmas_status load(lmi_conversation *chat, const char *rest)
{
    const lmas_status status = lmi_conversation_load(chat, rest);

    return status == LMAS_OK ? say_memory(chat, "") : status;
}

static lmas_status forget(lmi_conversation *chat, const char *rest)
{
    (void)rest;
    return lmi_conversation_forget(chat);
}

static const chat_word chat_words[] = {
    {"/agents", NULL, "what each agent did for the last answer", show_agents},
    {"/thoughts", NULL, "what each of its thoughts was like", show_thoughts},
    {"/memory", NULL, "how full the working memory is", say_memory},
    {"/save", "FILE", "keep it in a file: what was said and thought so far", save},
    {"/load", "FILE", "go on from such a file", load},
    {"/new", NULL, "forget all, and begin anew", forget},
    {"/help", NULL, "this list", show_help},
    {"/quit", NULL, "end, as Ctrl-D does", NULL},
};
enum { N_WORDS = sizeof(chat_words) / sizeof(chat_words[0]) };

static lmas_status show_help(lmi_conversation *chat, const char *rest)
{
    size_t i;

    (void)chat;
    (void)rest;
    for (i = 0; i < N_WORDS; i++)
        fprintf(stderr, "%-9s %-5s %s\n", chat_words[i].name,
                chat_words[i].operand ? chat_words[i].operand : "", chat_words[i].help);
    fputs("A line that ends in \\ goes on in the next. One that is to begin with / begins with a "
          "blank.\n",
          stderr);
    return LMAS_OK;
}

static lmas_status refuse_word(const char *line, size_t len)
{
    lmi_nearest nearest;
    size_t i;

    lmi_nearest_init(&nearest, line, len);
    for (i = 0; i < N_WORDS; i++)
        lmi_nearest_offer(&nearest, chat_words[i].name, strlen(chat_words[i].name));
    return lmi_fail(LMAS_E_INVALID,
                    "no command %.*s%s%s; /help lists all, and a blank before it "
                    "says it to the team",
                    (int)(len < 40 ? len : 40), line, nearest.name ? ", did you mean " : "",
                    nearest.name ? nearest.name : "");
}

/* Do what the line says; sets `*is_end` where it ends the chat. */
static lmas_status obey(bool *is_end, lmi_conversation *chat, const char *line)
{
    const size_t len = strcspn(line, " \t");
    const char *rest = line + len + strspn(line + len, " \t");
    const chat_word *word = chat_words;

    while (word < chat_words + N_WORDS &&
           (strlen(word->name) != len || strncmp(word->name, line, len) != 0))
        word++;
    if (word == chat_words + N_WORDS)
        return refuse_word(line, len);
    if (!word->operand != (*rest == '\0'))
        return lmi_fail(LMAS_E_INVALID, "%s takes %s, found \"%.80s\"", word->name,
                        word->operand ? "the name of a file" : "nothing", rest);
    *is_end = !word->run;
    return *is_end ? LMAS_OK : word->run(chat, rest);
}

/* ---- Line by line ---- */

/* A line without anything on it is no turn. */
static lmas_status take(bool *is_end, lmi_conversation *chat, const char *line)
{
    const size_t blank = strspn(line, " \t\r\n");

    if (line[blank] == '\0')
        return LMAS_OK;
    lmi_interrupt_at_once(false);
    return line[0] == '/' ? obey(is_end, chat, line) : lmi_conversation_say(chat, line + blank);
}

static void tell(lmas_status status, const lmi_conversation *chat)
{
    (void)lmi_say_failure(status);
    if (status == LMAS_E_CONTEXT_FULL)
        lmi_say(
            "the memory has %u of %u positions: /save keeps it, /new begins anew, -c gives more",
            lmas_memory_n_pos(chat->memory), most_positions(chat));
}

/* Whoever types stops an answer with Ctrl-C, and the chat with Ctrl-C where nothing runs. A failure
 * is told, and the chat goes on; a pipe's exit code says that there was one. */
static lmas_status converse(lmi_conversation *chat, lmi_typing *lines)
{
    lmas_status result = LMAS_OK, status;
    bool is_end = false;
    lmi_buf line;

    lmi_buf_init(&line, LMI_TYPED_MAX);
    while (!is_end && !chat->write_error) {
        lmi_interrupt_at_once(true);
        if (!lmi_typing_next(&line, &status, lines))
            is_end = true;
        else if (status == LMAS_OK)
            status = take(&is_end, chat, lmi_buf_text(&line));
        if (status != LMAS_OK && !chat->write_error)
            tell(status, chat);
        result = status == LMAS_OK || lines->editor ? result : status;
        if (lmi_interrupted() && !lines->editor)
            break;
        lmi_interrupt_forget();
    }
    lmi_interrupt_at_once(false);
    lmi_buf_done(&line);
    return result;
}

static void greet(const lmi_stage *stage)
{
    size_t i;

    fprintf(stderr, "%s:", lmas_team_name(stage->team));
    for (i = 0; i < lmas_team_n_agents(stage->team); i++)
        fprintf(stderr, "%s %s", i ? "," : "", lmas_team_agent_name(stage->team, i));
    fputs(". /help lists what else there is, Ctrl-D ends.\n", stderr);
}

static lmas_status chat_with(lmi_stage *stage, const chat_settings *s, int *write_error)
{
    lmi_typing lines = {0};
    lmi_conversation chat;
    lmas_status status = lmi_conversation_open(&chat, stage, &s->keys);

    if (status == LMAS_OK && s->memory)
        status = lmi_conversation_load(&chat, s->memory);
    if (status == LMAS_OK)
        status = lmi_typing_open(&lines);
    if (status != LMAS_OK) {
        lmi_conversation_done(&chat);
        (void)lmi_say_failure(status);
        return status;
    }
    if (lines.editor)
        greet(stage);
    status = converse(&chat, &lines);
    *write_error = chat.write_error;
    lmi_typing_close(&lines);
    lmi_conversation_done(&chat);
    return status;
}

/* Failures have been told where they happened. */
static int finish(lmas_status status, int write_error)
{
    if (write_error && write_error != EPIPE)
        lmi_say("cannot write the answer: %s", strerror(write_error));
    if (write_error)
        return LMI_EXIT_FAILURE;
    if (status == LMAS_E_CANCELED)
        return LMI_EXIT_INTERRUPTED;
    return status == LMAS_OK ? LMI_EXIT_OK : LMI_EXIT_FAILURE;
}

static lmas_status check(const chat_settings *s)
{
    if (s->keys.key_file && s->keys.sign_file)
        return lmi_fail(LMAS_E_INVALID, "a file has one seal: give --key or --sign, not both");
    if (lmi_flags_check(&s->solve.model) != LMAS_OK ||
        lmi_team_flags_check(&s->solve.team) != LMAS_OK)
        return LMAS_E_INVALID;
    if (strcmp(s->solve.team.control, lmas_control_name(LMAS_CONTROL_OFF)) != 0)
        return lmi_fail(LMAS_E_INVALID, "--control is for experiments: use latentmas ask or run");
    return LMAS_OK;
}

static int run(void *settings, const lmi_args *args)
{
    chat_settings *s = settings;
    lmi_stage stage = {0};
    int write_error = 0;
    lmas_status status;

    if (s->solve.model.has_list_devices) {
        lmi_print_devices();
        return LMI_EXIT_OK;
    }
    if (args->n_words != 0) {
        lmi_say("chat: nothing expected beside flags, found \"%s\": what is said comes from the "
                "terminal, or a pipe",
                args->words[0]);
        return LMI_EXIT_USAGE;
    }
    lmi_solve_flags_settle(&s->solve);
    if (check(s) != LMAS_OK)
        return lmi_say_misuse();
    lmi_say_devices(&s->solve.model);
    lmi_interrupt_install();
    status = lmi_stage_open(&stage, &s->solve);
    if (status != LMAS_OK)
        (void)lmi_say_failure(status);
    else
        status = chat_with(&stage, s, &write_error);
    lmi_stage_done(&stage);
    return finish(status, write_error);
}

const lmi_command lmi_cmd_chat = {
    .name = "chat",
    .summary = "ask a team turn after turn, in one working memory",
    .usage = "-m MODEL [FLAG...]",
    .about =
        "Asks a team of agents turn after turn. What was said and thought stays in the working "
        "memory: each turn's agents go on from it, and nothing is read twice. On a terminal lines "
        "are edited and come back with the arrow keys; Ctrl-C stops an answer, and leaves the "
        "memory as it was before it. Through a pipe each line is a turn. Answers go to stdout, "
        "everything else to stderr.\n"
        "A line that begins with / is for the program: /agents and /thoughts show what came before "
        "the last answer, /memory how full the memory is, /save FILE and /load FILE keep it and "
        "fetch it back, /new empties it, /help lists them, /quit ends.",
    .examples =
        "talk to one agent\n"
        "latentmas chat -m models/demo.gguf --method baseline\n"
        "two turns from a pipe\n"
        "printf '%s\\n' 'Mia has 6 bags with 12 shells each. How many?' /memory | latentmas "
        "chat -m models/demo.gguf --temp 0 -n 64\n",
    .computes = true,
    .groups = groups,
    .environment = {lmi_env_terminal, lmi_env_cache, lmi_env_models, lmi_env_hub, lmi_env_http,
                    lmi_env_engine, lmi_env_compute},
    .files = {lmi_files_models, lmi_files_realign},
    .see_also = "ask memory teams",
    .settings_size = sizeof(chat_settings),
    .init = init,
    .run = run,
};
