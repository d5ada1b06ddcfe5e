/* cmd_model.c - latentmas model: GGUF files, what they hold and where they come from. */
#include <string.h>

#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/model/cached.h"
#include "cli/model/convert.h"
#include "cli/model/info.h"
#include "cli/open.h"
#include "cli/show/term.h"

typedef struct model_settings {
    lmi_general_flags general;
    lmi_model_flags model;
    bool is_json;
    const char *out, *type;
} model_settings;

static const lmi_opt model_opts[] = {
    {"--json", LMI_OPT_ON, offsetof(model_settings, is_json),
     .help = "with info and list: print JSON"},
    {0},
};

static const lmi_opt convert_opts[] = {
    {"-o --outfile", LMI_OPT_FILE, offsetof(model_settings, out), "FILE",
     .help = "the file to write (default: the folder's name and the type)"},
    {"--type --outtype", LMI_OPT_WORD, offsetof(model_settings, type),
     LMI_CONVERT_TYPES "|" LMI_QUANTISE_TYPES,
     .help = "how weights are stored; auto as in the folder. Those after q8_0 are made by "
             "llama-quantize"},
    {0},
};

static const lmi_opt_group groups[] = {
    {"Output", model_opts, 0},
    {"With convert", convert_opts, 0},
    {"Model", lmi_model_opts, offsetof(model_settings, model)},
    {"General", lmi_general_opts, 0},
    {0},
};

static const lmi_opt words[] = {
    {"info", LMI_OPT_FILE, 0, "FILE", .help = "say what a GGUF file holds"},
    {"get", LMI_OPT_TEXT, 0, "ORG/NAME[:QUANT]...",
     .help = "fetch models, or their newest version"},
    {"list", LMI_OPT_ON, .help = "name the models in the cache"},
    {"path", LMI_OPT_TEXT, 0, "ORG/NAME[:QUANT]", .help = "say where a model lies"},
    {"rm", LMI_OPT_TEXT, 0, "ORG/NAME[:QUANT]...", .help = "remove models from the cache"},
    {"convert", LMI_OPT_FOLDER, 0, "DIR", .help = "make a GGUF file of a model's folder"},
    {0},
};

static void init(void *settings)
{
    model_settings *s = settings;

    lmi_model_flags_init(&s->model);
    s->type = "auto";
}

static int convert(const model_settings *s, const char *folder)
{
    lmas_status status;

    lmi_interrupt_install();
    status = lmi_model_convert(folder, s->out, s->type);
    return status == LMAS_OK ? LMI_EXIT_OK : lmi_say_failure(status);
}

static int info(model_settings *s, const lmi_args *args)
{
    lmas_status status;

    if (args->n_words == 2)
        s->model.path = args->words[1];
    if (lmi_flags_check(&s->model) != LMAS_OK)
        return lmi_say_misuse();
    lmi_interrupt_install();
    status = lmi_model_info(&s->model, s->is_json);
    return status == LMAS_OK ? LMI_EXIT_OK : lmi_say_failure(status);
}

static int run(void *settings, const lmi_args *args)
{
    model_settings *s = settings;
    const char *word = args->n_words ? args->words[0] : "";

    if (s->model.has_list_devices) {
        lmi_print_devices();
        return LMI_EXIT_OK;
    }
    if (strcmp(word, "info") == 0 && args->n_words <= 2)
        return info(s, args);
    if (strcmp(word, "get") == 0 && args->n_words >= 2)
        return lmi_models_get(args->words + 1, args->n_words - 1, s->model.is_offline);
    if (strcmp(word, "list") == 0 && args->n_words == 1)
        return lmi_models_list(s->is_json);
    if (strcmp(word, "path") == 0 && args->n_words == 2)
        return lmi_model_path(args->words[1]);
    if (strcmp(word, "rm") == 0 && args->n_words >= 2)
        return lmi_models_remove(args->words + 1, args->n_words - 1);
    if (strcmp(word, "convert") == 0 && args->n_words == 2)
        return convert(s, args->words[1]);
    lmi_say("model: expected info FILE, get NAME..., list, path NAME, rm NAME... or convert DIR, "
            "found %s%s%s%s",
            *word ? "\"" : "nothing", word, *word ? "\"" : "",
            args->n_words > 1 ? " and more" : "");
    return LMI_EXIT_USAGE;
}

const lmi_command lmi_cmd_model = {
    .name = "model",
    .summary = "look at models, fetch them by name, keep them",
    .usage = "info FILE|ORG/NAME[:QUANT] [--json]\n"
             "get ORG/NAME[:QUANT]...\n"
             "list [--json]\n"
             "path ORG/NAME[:QUANT]\n"
             "rm ORG/NAME[:QUANT]...\n"
             "convert DIR [-o FILE] [--type TYPE]",
    .about =
        "info prints architecture, sizes, vocabulary, context, the target norm (mean size of an "
        "input embedding, which thoughts are rescaled to), what the chat template makes of a "
        "system text and a question, and the fingerprint that runs record.\n"
        "The other words are about models of the Hugging Face hub. get fetches one, or its newest "
        "version, and prints where it is; one that was cut off, in whatever way, goes on where it "
        "was, and what comes is checked by its SHA-256. The cache is the one that llama.cpp and "
        "huggingface_hub use: what one of the three has fetched, the others find. A repository "
        "without GGUF files stands for the one of its name with -GGUF behind it. rm removes GGUF "
        "files only: other files of the same model stay.\n"
        "convert makes a GGUF file of a folder as the hub has them, by llama.cpp's own converter "
        "and "
        "quantiser: on Debian, apt install llama.cpp-tools python3-gguf python3-torch "
        "python3-transformers python3-safetensors. A config.json that lacks what the converter "
        "would guess is refused with what to put in.",
    .examples = "look at the demo model\n"
                "latentmas model info models/demo.gguf\n"
                "the same for programs\n"
                "latentmas model info models/demo.gguf --json\n"
                "fetch a model ahead of time, to be used offline later\n"
                "latentmas model get Qwen/Qwen3-4B-GGUF:Q8_0\n"
                "what is there, and how large it is\n"
                "latentmas model list\n"
                "of a folder with config.json and *.safetensors\n"
                "latentmas model convert ./my-model -o my-model.gguf --type q8_0\n",
    .words = words,
    .groups = groups,
    .environment = {lmi_env_terminal, lmi_env_models, lmi_env_hub, lmi_env_http, lmi_env_convert,
                    lmi_env_engine},
    .files = {lmi_files_models},
    .see_also = "ask bench data run",
    .settings_size = sizeof(model_settings),
    .init = init,
    .run = run,
};
