/* cmd_model.c - latentmas model: what a GGUF file says of itself. */
#include <stdio.h>
#include <string.h>
#include <yyjson.h>

#include "base/json.h"
#include "base/status.h"
#include "base/utf8.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/open.h"
#include "cli/show/term.h"

typedef struct model_settings {
    lmi_general_flags general;
    lmi_model_flags model;
    bool is_json;
} model_settings;

static const lmi_opt model_opts[] = {
    {"--json", LMI_OPT_ON, offsetof(model_settings, is_json), .help = "print JSON"},
    {0},
};

static const lmi_opt_group groups[] = {
    {"Output", model_opts, 0},
    {"Model", lmi_model_opts, offsetof(model_settings, model)},
    {"General", lmi_general_opts, 0},
    {0},
};

static const lmi_opt words[] = {
    {"info", LMI_OPT_FILE, 0, "FILE", .help = "say what a GGUF file holds"},
    {0},
};

static void init(void *settings)
{
    model_settings *s = settings;

    lmi_model_flags_init(&s->model);
}

/* A turn that shows what the template makes of a system text and a question. */
static const char SYSTEM[] = "You are terse.";
static const char USER[] = "How many?";

/* What is measured, beside what the file says. */
typedef struct findings {
    float target_norm;
    char *turn;                    /* as the model reads it; NULL when there is none */
    char complaint[LMI_ERROR_MAX]; /* why there is none */
} findings;

static lmas_status look(findings *out, lmas_model *model, const lmas_chat_params *chat)
{
    lmas_status status = lmas_model_target_norm(&out->target_norm, model);

    if (status != LMAS_OK)
        return status;
    status = lmas_model_format_chat(&out->turn, model, SYSTEM, USER, chat);
    if (status != LMAS_OK)
        snprintf(out->complaint, sizeof(out->complaint), "%s", lmas_last_error());
    return status == LMAS_E_INVALID ? status : LMAS_OK;
}

static void print_count(const char *name, double n)
{
    if (n >= 1e9)
        printf("%-15s %.1f billion", name, n / 1e9);
    else if (n >= 1e6)
        printf("%-15s %.1f million", name, n / 1e6);
    else
        printf("%-15s %.0f", name, n);
}

/* Where the template puts the system text. */
static const char *system_place(const char *turn)
{
    char merged[sizeof(SYSTEM) + sizeof(USER) + 2];

    snprintf(merged, sizeof(merged), "%s\n\n%s", SYSTEM, USER);
    if (strstr(turn, merged))
        return "before the user's: the template has no system role";
    return strstr(turn, SYSTEM) ? "in its place" : "left out by the template";
}

/* What a template wrote may hold what a terminal obeys: that is shown instead. */
static void put_clean(const char *text, size_t len)
{
    const char *end = text + len;

    while (text < end) {
        const size_t n = lmi_utf8_control(text);

        if (n)
            printf("\\x%02x", (unsigned char)text[n - 1]);
        else
            putchar(*text);
        text += n ? n : 1;
    }
}

/* The turn as the model reads it, each line behind the others' names. */
static void print_turn(const char *turn)
{
    const char *name = "a turn";

    while (*turn) {
        const size_t len = strcspn(turn, "\n");

        printf("%-15s ", name);
        put_clean(turn, len);
        puts(turn[len] ? "\\n" : "");
        turn += len + (turn[len] == '\n');
        name = "";
    }
}

static void print_template(const lmas_model_info *info, const findings *f)
{
    const char *text = info->chat_template;

    if (!text) {
        printf("%-15s none\n", "chat template");
        return;
    }
    printf("%-15s ", "chat template");
    if (strchr(text, '{')) {
        printf("Jinja, %zu bytes%s%s\n", strlen(text),
               info->knows_reasoning ? ", knows --reasoning" : "",
               info->knows_date ? ", tells the date" : "");
    } else {
        printf("libllama's ");
        put_clean(text, strlen(text));
        putchar('\n');
    }
    if (!f->turn) {
        printf("%-15s %s\n", "unusable", f->complaint);
        return;
    }
    printf("%-15s %s\n", "system text", system_place(f->turn));
    print_turn(f->turn);
}

static void print_text(const lmas_model_info *info, const findings *f)
{
    char size[32];

    printf("%s\n", info->path);
    printf("%-15s %s%s%s\n", "architecture", info->arch, *info->name ? ", " : "", info->name);
    lmi_size_text(size, (double)info->size);
    print_count("weights", (double)info->n_params);
    printf(", %s (%s)\n", size, info->description);
    printf("%-15s %d layers, %d wide, %d heads, %d of K and V\n", "shape", info->n_layer,
           info->n_embd, info->n_head, info->n_head_kv);
    printf("%-15s %s\n", "embeddings",
           info->is_tied ? "tied: W_out is W_in" : "untied: W_out is a matrix of its own");
    printf("%-15s %.6g\n", "target norm", (double)f->target_norm);
    if (info->cannot_think)
        printf("%-15s no: %s\n", "thoughts", info->cannot_think);
    printf("%-15s %d tokens, %s\n", "vocabulary", info->n_vocab, info->vocab_type);
    lmi_size_text(size, (double)info->cell_size);
    printf("%-15s trained for %d positions", "context", info->n_ctx_train);
    if (info->cell_size)
        printf(", %s of f16 KV cache each", size);
    putchar('\n');
    print_template(info, f);
    printf("%-15s %s\n", "fingerprint", info->fingerprint);
}

static void add_numbers(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmas_model_info *info,
                        const findings *f)
{
    yyjson_mut_obj_add_uint(doc, root, "size", info->size);
    yyjson_mut_obj_add_uint(doc, root, "n_params", info->n_params);
    yyjson_mut_obj_add_uint(doc, root, "cell_size", info->cell_size);
    yyjson_mut_obj_add_int(doc, root, "n_layer", info->n_layer);
    yyjson_mut_obj_add_int(doc, root, "n_embd", info->n_embd);
    yyjson_mut_obj_add_int(doc, root, "n_head", info->n_head);
    yyjson_mut_obj_add_int(doc, root, "n_head_kv", info->n_head_kv);
    yyjson_mut_obj_add_int(doc, root, "n_vocab", info->n_vocab);
    yyjson_mut_obj_add_int(doc, root, "n_ctx_train", info->n_ctx_train);
    yyjson_mut_obj_add_bool(doc, root, "is_tied", info->is_tied);
    yyjson_mut_obj_add_float(doc, root, "target_norm", f->target_norm);
}

static lmas_status print_json(const lmas_model_info *info, const findings *f)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    const lmas_status status = lmi_json_new(&doc, &root, info->path);

    if (status != LMAS_OK)
        return status;
    yyjson_mut_obj_add_str(doc, root, "path", info->path);
    yyjson_mut_obj_add_str(doc, root, "arch", info->arch);
    yyjson_mut_obj_add_str(doc, root, "name", info->name);
    yyjson_mut_obj_add_str(doc, root, "description", info->description);
    yyjson_mut_obj_add_str(doc, root, "vocab_type", info->vocab_type);
    add_numbers(doc, root, info, f);
    lmi_json_add_text(doc, root, "cannot_think", info->cannot_think);
    lmi_json_add_text(doc, root, "chat_template", info->chat_template);
    lmi_json_add_text(doc, root, "chat_turn", f->turn);
    lmi_json_add_text(doc, root, "chat_template_error", f->turn ? NULL : f->complaint);
    yyjson_mut_obj_add_str(doc, root, "fingerprint", info->fingerprint);
    return lmi_print_json(doc, info->path);
}

static lmas_status describe(const model_settings *s)
{
    lmi_stage stage = {0};
    findings f = {0};
    const lmas_chat_params chat = lmi_flags_chat(&s->model);
    lmas_status status = lmi_stage_open_model(&stage, &s->model);

    if (status == LMAS_OK)
        status = look(&f, stage.model, &chat);
    if (status == LMAS_OK && s->is_json)
        status = print_json(lmas_model_describe(stage.model), &f);
    else if (status == LMAS_OK)
        print_text(lmas_model_describe(stage.model), &f);
    lmas_text_free(f.turn);
    lmi_stage_done(&stage);
    return status;
}

static int run(void *settings, const lmi_args *args)
{
    model_settings *s = settings;
    lmas_status status;

    if (s->model.has_list_devices) {
        lmi_print_devices();
        return LMI_EXIT_OK;
    }
    if (args->n_words == 0 || strcmp(args->words[0], "info") != 0 || args->n_words > 2) {
        lmi_say("model: expected info and one GGUF file, found %s%s%s",
                args->n_words ? "\"" : "nothing", args->n_words ? args->words[0] : "",
                args->n_words ? "\"" : "");
        return LMI_EXIT_USAGE;
    }
    if (args->n_words == 2)
        s->model.path = args->words[1];
    if (lmi_flags_check(&s->model) != LMAS_OK)
        return lmi_say_misuse();
    lmi_interrupt_install();
    status = describe(s);
    return status == LMAS_OK ? LMI_EXIT_OK : lmi_say_failure(status);
}

const lmi_command lmi_cmd_model = {
    .name = "model",
    .summary = "say what a GGUF file holds",
    .usage = "info FILE [--json]",
    .about =
        "Prints architecture, sizes, vocabulary, context, the target norm (mean size of an input "
        "embedding, which thoughts are rescaled to), what the chat template makes of a system text "
        "and a question, and the fingerprint that runs record.",
    .examples = "look at the demo model\n"
                "latentmas model info models/demo.gguf\n"
                "the same for programs\n"
                "latentmas model info models/demo.gguf --json\n",
    .words = words,
    .groups = groups,
    .environment = {lmi_env_engine},
    .see_also = "ask bench",
    .settings_size = sizeof(model_settings),
    .init = init,
    .run = run,
};
