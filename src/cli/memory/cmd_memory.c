/* cmd_memory.c - latentmas memory: working memories in files. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/memory/avp.h"
#include "cli/memory/file.h"
#include "cli/memory/keep.h"
#include "cli/memory/market/market.h"
#include "cli/open.h"
#include "cli/show/term.h"

typedef struct memory_settings {
    lmi_solve_flags solve; /* first: it begins with the general flags */
    lmas_memory_file_params keys;
    lmi_market_flags market;
    const char *read;
    const char *frame, *payload, *dtype, *model_hash, *agent;
    int64_t n_thoughts, n_tokens;
    bool is_json, is_packed;
} memory_settings;

static const lmi_opt memory_opts[] = {
    {"--read", LMI_OPT_FILE, offsetof(memory_settings, read), "DOCUMENT",
     .help = "with save: the text to read into the memory. With load: a text to read behind it"},
    {"--latent_steps", LMI_OPT_INT, offsetof(memory_settings, n_thoughts), "N",
     .max = LMAS_LATENT_STEPS_MAX, .help = "with save: thoughts behind the text"},
    {"--speak", LMI_OPT_INT, offsetof(memory_settings, n_tokens), "N", .min = 1,
     .max = LMAS_NEW_TOKENS_MAX,
     .help = "with load: most tokens to speak, greedily, until the model ends its turn"},
    {"--key", LMI_OPT_FILE, offsetof(memory_settings, keys.key_file), "FILE",
     .help = "16 to 4096 secret bytes: save and import seal with them; load, info, verify and "
             "export refuse what was not sealed with them"},
    {"--sign", LMI_OPT_FILE, offsetof(memory_settings, keys.sign_file), "FILE",
     .help = "with save and import: a secret key of keygen, to sign with"},
    {"--signed_by", LMI_OPT_FILE, offsetof(memory_settings, keys.signed_by_file), "FILE",
     .help = "with load, info, verify and export: a public key of keygen; what was not signed with "
             "the secret one of the pair is refused"},
    {"--must_be_same", LMI_OPT_ON, offsetof(memory_settings, keys.must_be_same),
     .help = "with load: fail where the memory would have to be rebuilt"},
    {"--json", LMI_OPT_ON, offsetof(memory_settings, is_json),
     .help = "with info, push and search: print JSON"},
    {0},
};

#define AT(field) offsetof(memory_settings, field)
static const lmi_opt avp_opts[] = {
    {"--avp", LMI_OPT_FILE, AT(frame), "FRAME",
     .help =
         "with export: the frame to write; or, if it ends in .memorypkg or .vectorpkg, a package "
         "of Awareness, of the cells or of the last hidden state"},
    {"--avp_payload", LMI_OPT_WORD, AT(payload), "kv|thoughts|last",
     .help = "with export: the keys and values of all positions, the vectors of the thoughts, or "
             "the last hidden state"},
    {"--avp_dtype", LMI_OPT_WORD, AT(dtype), "f32|f16|bf16",
     .help = "with export: type of the numbers"},
    {"--avp_zstd", LMI_OPT_ON, AT(is_packed), .help = "with export: pack them"},
    {"--avp_model_hash", LMI_OPT_TEXT, AT(model_hash), "HASH",
     .help = "avp's hash of the model's configuration, which a GGUF cannot tell: export writes it, "
             "and import refuses a frame that has another"},
    {"--agent", LMI_OPT_TEXT, AT(agent), "NAME",
     .help = "whose memory it is: export writes it, and import calls thoughts by it (default: as "
             "the frame says)"},
    {0},
};
#undef AT

static const lmi_opt_group groups[] = {
    {"Memory", memory_opts, 0},
    {"AVP", avp_opts, 0},
    {"Exchange", lmi_market_opts, offsetof(memory_settings, market)},
    {"Model", lmi_model_opts, offsetof(lmi_solve_flags, model)},
    {"Engine", lmi_engine_opts, offsetof(lmi_solve_flags, engine)},
    {"General", lmi_general_opts, offsetof(lmi_solve_flags, general)},
    {0},
};

static const lmi_opt words[] = {
    {"save", LMI_OPT_FILE, 0, "FILE", .help = "read a text into a memory, and save it"},
    {"load", LMI_OPT_FILE, 0, "FILE", .help = "go on from a memory"},
    {"info", LMI_OPT_FILE, 0, "FILE", .help = "say what a memory file holds"},
    {"verify", LMI_OPT_FILE, 0, "FILE", .help = "say whether it is whole, and whose"},
    {"keygen", LMI_OPT_FILE, 0, "FILE", .help = "make a secret key, and FILE.pub beside it"},
    {"export", LMI_OPT_FILE, 0, "FILE", .help = "write a memory as a frame of AVP"},
    {"import", LMI_OPT_FILE, 0, "FRAME FILE",
     .help = "save a frame of AVP, or a package of Awareness, as a memory"},
    {"push", LMI_OPT_FILE, 0, "FILE", .help = "give a memory to the exchange of a server"},
    {"pull", LMI_OPT_TEXT, 0, "ID", .help = "fetch one from there"},
    {"search", LMI_OPT_TEXT, 0, "WORDS", .help = "list those that are there"},
    {0},
};

static void init(void *settings)
{
    memory_settings *s = settings;

    lmi_solve_flags_init(&s->solve);
    s->n_tokens = 64;
    s->payload = "kv";
    s->dtype = "f16";
    lmi_market_flags_init(&s->market);
}

static lmas_status keep_or_go_on(const memory_settings *s, const char *path, bool is_save)
{
    const lmi_memory_wish keep = {.path = path,
                                  .document = s->read,
                                  .n_thoughts = s->n_thoughts,
                                  .n_tokens = s->n_tokens,
                                  .params = s->keys};

    lmi_interrupt_install();
    return is_save ? lmi_memory_keep_new(&s->solve, &keep) : lmi_memory_go_on(&s->solve, &keep);
}

static int compute(const memory_settings *s, const char *path, bool is_save)
{
    lmas_status status;

    if (lmi_flags_check(&s->solve.model) != LMAS_OK)
        return lmi_say_misuse();
    if (is_save && !s->read) {
        lmi_say("memory save: nothing to read: name a text with --read DOCUMENT");
        return LMI_EXIT_USAGE;
    }
    status = keep_or_go_on(s, path, is_save);
    return status == LMAS_OK ? LMI_EXIT_OK : lmi_say_failure(status);
}

static int look(const memory_settings *s, const char *path, bool is_info)
{
    const lmas_status status =
        is_info ? lmi_memory_info(path, &s->keys, s->is_json) : lmi_memory_verify(path, &s->keys);

    return status == LMAS_OK ? LMI_EXIT_OK : lmi_say_failure(status);
}

static int make_keys(const char *path)
{
    const lmas_status status = lmas_memory_keygen(path);

    if (status != LMAS_OK)
        return lmi_say_failure(status);
    printf("%s: the secret key, to sign with; whoever has it signs as you\n", path);
    printf("%s.pub: the public key, to give to those who check\n", path);
    return LMI_EXIT_OK;
}

static int exchange(const memory_settings *s, const char *memory, const char *frame, bool is_export)
{
    const lmi_avp_wish wish = {
        .memory = memory,
        .frame = frame,
        .payload = s->payload,
        .name = s->market.name,
        .description = s->market.description,
        .dtype = s->dtype,
        .file = s->keys,
        .avp = {.is_packed = s->is_packed, .model_hash = s->model_hash, .agent = s->agent}};
    lmas_status status;

    if (lmi_flags_check(&s->solve.model) != LMAS_OK)
        return lmi_say_misuse();
    if (!frame) {
        lmi_say("memory export: nothing to write: name a frame with --avp FRAME");
        return LMI_EXIT_USAGE;
    }
    lmi_interrupt_install();
    status =
        is_export ? lmi_memory_to_avp(&s->solve, &wish) : lmi_memory_from_avp(&s->solve, &wish);
    return status == LMAS_OK ? LMI_EXIT_OK : lmi_say_failure(status);
}

/* ---- The exchange ---- */

static int want(const char *word, const char *flags, const char *what)
{
    lmi_say("memory %s: %s expected: %s", word, flags, what);
    return LMI_EXIT_USAGE;
}

static int trade(const memory_settings *s, const lmi_args *args)
{
    const char *word = args->words[0], *what = args->n_words > 1 ? args->words[1] : NULL;
    lmas_status status;

    if (strcmp(word, "push") == 0 && !s->market.to)
        return want(word, "--to URL", "the server whose exchange gets it");
    if (strcmp(word, "pull") == 0 && (!s->market.from || !s->market.out))
        return want(word, "--from URL -o FILE", "the server, and where the memory goes");
    if (strcmp(word, "search") == 0 && !s->market.at)
        return want(word, "--at URL", "the server whose exchange is searched");
    lmi_interrupt_install();
    if (strcmp(word, "push") == 0)
        status = lmi_market_push(what, &s->market, &s->keys, s->is_json);
    else if (strcmp(word, "pull") == 0)
        status = lmi_market_pull(what, &s->market, &s->keys);
    else
        status = lmi_market_search(args->words + 1, args->n_words - 1, &s->market, s->is_json);
    return status == LMAS_OK ? LMI_EXIT_OK : lmi_say_failure(status);
}

static bool is_trade(const lmi_args *args, const char *word)
{
    return (args->n_words == 2 && (strcmp(word, "push") == 0 || strcmp(word, "pull") == 0)) ||
           strcmp(word, "search") == 0;
}

/* A flag that means nothing to the word would be passed over in silence. */
static lmas_status check_flags(const memory_settings *s, const char *word)
{
    const struct {
        const char *flag, *words;
        bool is_given;
    } flags[] = {{"--read", "save, load", s->read},
                 {"--latent_steps", "save", s->n_thoughts > 0},
                 {"--sign", "save, import", s->keys.sign_file},
                 {"--signed_by", "load, info, verify, export, push, pull", s->keys.signed_by_file},
                 {"--must_be_same", "load, export", s->keys.must_be_same},
                 {"--json", "info, push, search", s->is_json},
                 {"--avp", "export", s->frame},
                 {"--to", "push", s->market.to},
                 {"--from", "pull", s->market.from},
                 {"--at", "search", s->market.at},
                 {"--output", "pull", s->market.out},
                 {"--name", "push, export", s->market.name},
                 {"--description", "push, export", s->market.description},
                 {"--tag", "push, search", s->market.tags.n > 0},
                 {"--text", "push", s->market.text},
                 {"--publish", "push", s->market.is_published},
                 {"--expires", "push", s->market.days > 0},
                 {"--like", "search", s->market.like},
                 {"--own", "search", s->market.is_own}};
    size_t i;

    for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
        if (flags[i].is_given && !strstr(flags[i].words, word))
            return lmi_fail(LMAS_E_INVALID, "memory %s: %s is for %s", word, flags[i].flag,
                            flags[i].words);
    return LMAS_OK;
}

static int run(void *settings, const lmi_args *args)
{
    memory_settings *s = settings;
    const char *word = args->n_words ? args->words[0] : "";

    if (s->solve.model.has_list_devices) {
        lmi_print_devices();
        return LMI_EXIT_OK;
    }
    if (check_flags(s, word) != LMAS_OK)
        return lmi_say_misuse();
    if (args->n_words == 2 && (strcmp(word, "save") == 0 || strcmp(word, "load") == 0))
        return compute(s, args->words[1], word[0] == 's');
    if (args->n_words == 2 && (strcmp(word, "info") == 0 || strcmp(word, "verify") == 0))
        return look(s, args->words[1], word[0] == 'i');
    if (args->n_words == 2 && strcmp(word, "keygen") == 0)
        return make_keys(args->words[1]);
    if (args->n_words == 2 && strcmp(word, "export") == 0)
        return exchange(s, args->words[1], s->frame, true);
    if (args->n_words == 3 && strcmp(word, "import") == 0)
        return exchange(s, args->words[2], args->words[1], false);
    if (is_trade(args, word))
        return trade(s, args);
    lmi_say(
        "memory: expected save FILE, load FILE, info FILE, verify FILE, keygen FILE, export FILE, "
        "import FRAME FILE, push FILE, pull ID or search WORDS, found %s%s%s%s",
        *word ? "\"" : "nothing", word, *word ? "\"" : "", args->n_words > 2 ? " and more" : "");
    return LMI_EXIT_USAGE;
}

const lmi_command lmi_cmd_memory = {
    .name = "memory",
    .summary = "keep working memories in files, and go on from them",
    .usage = "save -m MODEL FILE --read DOCUMENT [--key FILE | --sign FILE]\n"
             "load -m MODEL FILE [--speak N] [--key FILE | --signed_by FILE]\n"
             "info FILE [--json] [--key FILE | --signed_by FILE]\n"
             "verify FILE [--key FILE | --signed_by FILE]\n"
             "keygen FILE\n"
             "export -m MODEL FILE --avp FRAME [--avp_payload P] [--signed_by FILE]\n"
             "import -m MODEL FRAME FILE [--key FILE | --sign FILE]\n"
             "push FILE --to URL [--name NAME] [--tag TAG ...] [--publish]\n"
             "pull ID --from URL -o FILE [--signed_by FILE]\n"
             "search --at URL [WORDS ...] [--tag TAG ...] [--like FILE]",
    .about =
        "A working memory is the KV cache that a model filled as it read and thought. save reads a "
        "text as it stands, without a chat template, and writes the memory to a file: all cells, "
        "what was read and thought, and what the model was about to say. load goes on from there "
        "in a fraction of the time, bit for bit, as if nothing had been between.\n"
        "The file is for that model alone; another one's is refused. Where libllama, the types of "
        "the cache or flash attention are others than then, the memory is rebuilt: what was read "
        "and thought is fed in again, and a line on stderr says why.\n"
        "A damaged file is refused in a line. With a key, so is one that somebody changed or made "
        "without it; without a key take memories only from people whom you would take a program "
        "from. A key is either a secret that those who save and those who load share (--key), or "
        "one of a pair (keygen): who has the secret one signs, and all who have the public one "
        "can tell (Ed25519).\n"
        "export writes a memory for other programs, as a frame of the Agent Vector Protocol, and "
        "import reads one of theirs. What comes in as keys and values has no last hidden state and "
        "cannot be rebuilt: read on with load --read before it speaks. Both take packages of "
        "Awareness too (.memorypkg, .vectorpkg); those whose numbers no model has computed, and "
        "there are such, are refused.\n"
        "push gives a memory to the exchange of a server (latentmas serve --exchange), search "
        "finds "
        "what is there, and pull fetches it; what was cut goes on where it stood. What was pulled "
        "is whole when it has its name, and whose it is only a signature tells. A memory can be "
        "turned back into the text that was read: what you publish, you publish as plain text.",
    .examples =
        "read a text once\n"
        "latentmas memory save -m models/demo.gguf notes.lmem --read notes.txt\n"
        "what is in there\n"
        "latentmas memory info notes.lmem\n"
        "go on from it\n"
        "latentmas memory load -m models/demo.gguf notes.lmem --speak 64\n"
        "seal it with a key (head -c 32 /dev/urandom >notes.key makes one)\n"
        "latentmas memory save -m models/demo.gguf notes.lmem --read notes.txt --key notes.key\n"
        "is it still what was sealed?\n"
        "latentmas memory verify notes.lmem --key notes.key\n"
        "make a pair of keys: notes.sign is yours, notes.sign.pub is for everybody\n"
        "latentmas memory keygen notes.sign\n"
        "sign it\n"
        "latentmas memory save -m models/demo.gguf notes.lmem --read notes.txt --sign notes.sign\n"
        "did who has notes.sign sign it?\n"
        "latentmas memory verify notes.lmem --signed_by notes.sign.pub\n"
        "hand it to a program that speaks AVP\n"
        "latentmas memory export -m models/demo.gguf notes.lmem --avp notes.avp\n"
        "give it to others, find it, fetch it\n"
        "latentmas memory push notes.lmem --to http://localhost:8080 --publish --tag notes\n"
        "latentmas memory search --at http://localhost:8080 --tag notes\n"
        "latentmas memory pull 5f0c... --from http://localhost:8080 -o theirs.lmem\n",
    .words = words,
    .computes = true,
    .groups = groups,
    .environment = {lmi_env_terminal, lmi_env_models, lmi_env_hub, lmi_env_http, lmi_env_engine,
                    lmi_env_compute},
    .files = {lmi_files_models},
    .see_also = "ask model",
    .settings_size = sizeof(memory_settings),
    .init = init,
    .run = run,
};
