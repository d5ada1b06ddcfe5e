/* info.c - what a GGUF file says of itself, and what is measured on it. */
#include "cli/model/info.h"

#include <stdio.h>
#include <string.h>
#include <yyjson.h>

#include "base/json.h"
#include "cli/command.h"
#include "cli/open.h"
#include "cli/show/term.h"

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

/* The turn as the model reads it, each line behind the others' names. */
static void print_turn(const char *turn)
{
    const char *name = "a turn";

    while (*turn) {
        const size_t len = strcspn(turn, "\n");

        printf("%-15s ", name);
        lmi_put_clean(turn, len);
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
        lmi_put_clean(text, strlen(text));
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
    printf("%-15s %s\n", "CPU kernels", info->kernels);
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
    yyjson_mut_obj_add_str(doc, root, "cpu_kernels", info->kernels);
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

lmas_status lmi_model_info(const lmi_model_flags *flags, bool is_json)
{
    lmi_stage stage = {0};
    findings f = {0};
    const lmas_chat_params chat = lmi_flags_chat(flags);
    lmas_status status = lmi_stage_open_model(&stage, flags);

    if (status == LMAS_OK)
        status = look(&f, stage.model, &chat);
    if (status == LMAS_OK && is_json)
        status = print_json(lmas_model_describe(stage.model), &f);
    else if (status == LMAS_OK)
        print_text(lmas_model_describe(stage.model), &f);
    lmas_text_free(f.turn);
    lmi_stage_done(&stage);
    return status;
}
