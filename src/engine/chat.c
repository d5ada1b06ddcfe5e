/* chat.c - chat turns; chat.h has the idea, src/jinja the language of templates. */
#include "engine/chat.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "engine/libllama.h"
#include "engine/model.h"

enum { BUILTIN_MAX = 256 };

lmas_chat_params lmas_chat_params_default(void)
{
    return (lmas_chat_params){.reasoning = LMAS_REASONING_AUTO};
}

/* ---- Reading a template --------------------------------------------------------------- */

static bool is_builtin(const char *name)
{
    const char *names[BUILTIN_MAX];
    int32_t n = llama_chat_builtin_templates(names, BUILTIN_MAX);

    for (n = n < BUILTIN_MAX ? n : BUILTIN_MAX; n > 0; n--)
        if (strcmp(names[n - 1], name) == 0)
            return true;
    return false;
}

/* Special tokens as transformers names them, and the keys under which a GGUF has their ids. */
static const struct {
    const char *name, *key;
} specials[LMI_N_SPECIALS] = {
    {"bos_token", "tokenizer.ggml.bos_token_id"},
    {"eos_token", "tokenizer.ggml.eos_token_id"},
    {"unk_token", "tokenizer.ggml.unknown_token_id"},
    {"sep_token", "tokenizer.ggml.seperator_token_id"},
    {"pad_token", "tokenizer.ggml.padding_token_id"},
    {"cls_token", "tokenizer.ggml.cls_token_id"},
    {"mask_token", "tokenizer.ggml.mask_token_id"},
};

/* A file that names none has none, but for SentencePiece's customary two. */
static const char *find_special(const lmas_model *model, const lmi_weights *weights, size_t i)
{
    const bool is_spm = llama_vocab_type(model->vocab) == LLAMA_VOCAB_TYPE_SPM;
    const uint32_t otherwise = !is_spm || i > 1 ? UINT32_MAX
                               : i == 0         ? (uint32_t)llama_vocab_bos(model->vocab)
                                                : (uint32_t)llama_vocab_eos(model->vocab);
    const uint32_t id = lmi_weights_u32(weights, specials[i].key, otherwise);

    if (id >= (uint32_t)llama_vocab_n_tokens(model->vocab))
        return NULL;
    return llama_vocab_get_text(model->vocab, (llama_token)id);
}

static lmas_status parse(lmi_chat_template *chat)
{
    const lmas_status status = lmi_template_parse(&chat->jinja, chat->text, strlen(chat->text));

    if (status == LMAS_OK || status == LMAS_E_NOMEM)
        return status;
    chat->complaint = lmi_strdup(lmas_last_error());
    return chat->complaint ? LMAS_OK : lmi_fail(LMAS_E_NOMEM, "no memory for a chat template");
}

lmas_status lmi_chat_open(lmi_chat_template *out, lmas_model *model, const lmi_weights *weights,
                          const char *asked)
{
    const char *text = asked ? asked : llama_model_chat_template(model->llama, NULL);
    size_t i;

    for (i = 0; i < LMI_N_SPECIALS; i++)
        out->specials[i] = find_special(model, weights, i);
    model->info.bos = out->specials[0];
    if (!text)
        return LMAS_OK;
    out->text = lmi_strdup(text);
    if (!out->text)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a chat template");
    out->is_named = asked && is_builtin(asked);
    model->info.chat_template = out->text;
    model->info.knows_reasoning = strstr(text, "enable_thinking") != NULL;
    model->info.knows_date = strstr(text, "strftime_now") != NULL;
    if (asked && !out->is_named && !strchr(asked, '{'))
        return lmi_fail(LMAS_E_INVALID,
                        "no chat template is named \"%.100s\": expected a name that libllama "
                        "knows (chatml, llama3, ...) or Jinja",
                        asked);
    return out->is_named ? LMAS_OK : parse(out);
}

void lmi_chat_close(lmi_chat_template *chat)
{
    lmi_template_free(chat->jinja);
    lmi_free(chat->text);
    lmi_free(chat->complaint);
}

/* ---- What the caller adds -------------------------------------------------------------- */

static const char DATE_FORM[] = "2026-11-28 or 2026-11-28T09:30:00";

static lmas_status parse_date(struct tm *out, const char *date)
{
    struct tm tm = {0}, told;
    time_t seconds;
    int end = 0;

    if (sscanf(date, "%4d-%2d-%2d%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday, &end) == 3 &&
        date[end] == 'T') {
        const int day_end = end;

        end = 0;
        sscanf(date + day_end, "T%2d:%2d:%2d%n", &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &end);
        end += end ? day_end : 0;
    }
    if (!end || date[end])
        return lmi_fail(LMAS_E_INVALID, "date \"%.60s\", expected one such as %s", date, DATE_FORM);
    tm.tm_year -= 1900;
    tm.tm_mon--;
    told = tm;
    seconds = timegm(&tm); /* puts the weekday in, and moves 31 February to March */
    if (tm.tm_mday != told.tm_mday || tm.tm_mon != told.tm_mon || tm.tm_sec != told.tm_sec ||
        !gmtime_r(&seconds, out))
        return lmi_fail(LMAS_E_INVALID, "there is no date %.60s", date);
    return LMAS_OK;
}

static lmas_status find_date(struct tm *out, const char *date)
{
    const time_t now = time(NULL);

    if (date)
        return parse_date(out, date);
    if (!localtime_r(&now, out))
        return lmi_fail(LMAS_E_INVALID, "this system's clock tells no date");
    return LMAS_OK;
}

static lmas_status check_kwarg(const lmi_json *json, yyjson_val *key)
{
    if (!yyjson_equals_str(key, "messages") && !yyjson_equals_str(key, "add_generation_prompt"))
        return LMAS_OK;
    return lmi_fail(LMAS_E_INVALID, "%s: \"%s\" is set by latentmas itself", json->label,
                    yyjson_get_str(key));
}

/* Put the members of the JSON object `kwargs` into `variables`, over what is there. */
static lmas_status add_kwargs(yyjson_mut_doc *doc, yyjson_mut_val *variables, const char *kwargs)
{
    lmi_json json = {0};
    lmas_status status = LMAS_OK;
    size_t i, max;
    yyjson_val *key, *val;

    if (strlen(kwargs) > LMI_KWARGS_MAX)
        return lmi_fail(LMAS_E_INVALID, "chat template kwargs of %zu bytes, at most %zu expected",
                        strlen(kwargs), LMI_KWARGS_MAX);
    status = lmi_json_parse(&json, "chat template kwargs", kwargs, strlen(kwargs));
    if (status == LMAS_OK && !yyjson_is_obj(lmi_json_root(&json)))
        status = lmi_fail(LMAS_E_INVALID, "chat template kwargs must be a JSON object, found %s",
                          lmi_json_type(lmi_json_root(&json)));
    if (status != LMAS_OK) {
        lmi_json_done(&json);
        return status;
    }
    yyjson_obj_foreach(lmi_json_root(&json), i, max, key, val)
    {
        status = check_kwarg(&json, key);
        if (status != LMAS_OK)
            break;
        yyjson_mut_obj_put(variables, yyjson_val_mut_copy(doc, key), yyjson_val_mut_copy(doc, val));
    }
    lmi_json_done(&json);
    return status;
}

static bool has_kwargs(const lmi_chat *chat)
{
    size_t i;

    for (i = 0; i < LMI_KWARGS_LEVELS; i++)
        if (chat->kwargs[i])
            return true;
    return false;
}

/* The file's kwargs, then the switch, then the caller's kwargs: the last word is the caller's. */
static lmas_status add_chat(yyjson_mut_doc *doc, yyjson_mut_val *variables, const lmi_chat *chat)
{
    lmas_status status = LMAS_OK;
    size_t i;

    if (chat->reasoning < LMAS_REASONING_AUTO || chat->reasoning > LMAS_REASONING_ON)
        return lmi_fail(LMAS_E_INVALID, "reasoning must be auto, off or on, got %d",
                        (int)chat->reasoning);
    for (i = 0; status == LMAS_OK && i < LMI_KWARGS_CALLER; i++)
        if (chat->kwargs[i])
            status = add_kwargs(doc, variables, chat->kwargs[i]);
    if (chat->reasoning != LMAS_REASONING_AUTO)
        yyjson_mut_obj_put(variables, yyjson_mut_str(doc, "enable_thinking"),
                           yyjson_mut_bool(doc, chat->reasoning == LMAS_REASONING_ON));
    if (status == LMAS_OK && chat->kwargs[LMI_KWARGS_CALLER])
        status = add_kwargs(doc, variables, chat->kwargs[LMI_KWARGS_CALLER]);
    return status == LMAS_OK ? lmi_json_status(doc, "a chat turn") : status;
}

lmas_status lmi_chat_check(const lmi_chat *chat)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *variables;
    struct tm date;
    lmas_status status = lmi_json_new(&doc, &variables, "a chat turn");

    if (status != LMAS_OK)
        return status;
    status = add_chat(doc, variables, chat);
    yyjson_mut_doc_free(doc);
    return status == LMAS_OK ? find_date(&date, chat->date) : status;
}

/* ---- Rendering ------------------------------------------------------------------------- */

static void add_message(yyjson_mut_doc *doc, yyjson_mut_val *messages, const char *role,
                        const char *content)
{
    yyjson_mut_val *message = yyjson_mut_arr_add_obj(doc, messages);

    yyjson_mut_obj_add_str(doc, message, "role", role);
    yyjson_mut_obj_add_str(doc, message, "content", content);
}

/* What is said, in its order. */
static void add_messages(yyjson_mut_doc *doc, yyjson_mut_val *messages, const lmi_words *words)
{
    size_t i;

    if (words->system)
        add_message(doc, messages, "system", words->system);
    for (i = 0; i < words->n_before; i++)
        add_message(doc, messages, words->before[i].role, words->before[i].text);
    add_message(doc, messages, "user", words->user);
}

/* The variables of one turn, as an immutable document. */
static lmas_status make_variables(yyjson_doc **out, const lmas_model *model, const lmi_words *words,
                                  const lmi_chat *chat)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    lmas_status status = lmi_json_new(&doc, &root, "a chat turn");
    size_t i;

    if (status != LMAS_OK)
        return status;
    add_messages(doc, yyjson_mut_obj_add_arr(doc, root, "messages"), words);
    yyjson_mut_obj_add_null(doc, root, "tools");
    yyjson_mut_obj_add_null(doc, root, "documents");
    yyjson_mut_obj_add_bool(doc, root, "add_generation_prompt", true);
    for (i = 0; i < LMI_N_SPECIALS; i++)
        if (model->chat.specials[i])
            yyjson_mut_obj_add_str(doc, root, specials[i].name, model->chat.specials[i]);
    status = add_chat(doc, root, chat);
    *out = status == LMAS_OK ? yyjson_mut_doc_imut_copy(doc, NULL) : NULL;
    yyjson_mut_doc_free(doc);
    if (status == LMAS_OK && !*out)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a chat turn");
    return status;
}

static lmas_status render(lmi_buf *out, const lmas_model *model, const lmi_words *words,
                          const lmi_chat *chat)
{
    yyjson_doc *variables = NULL;
    struct tm date;
    lmas_status status = find_date(&date, chat->date);

    if (status == LMAS_OK)
        status = make_variables(&variables, model, words, chat);
    if (status == LMAS_OK)
        status = lmi_template_render(out, model->chat.jinja, yyjson_doc_get_root(variables), &date);
    yyjson_doc_free(variables);
    return status;
}

/* The system text before the first that the user said. */
static lmas_status merge(lmi_buf *out, lmas_message **before, const lmi_words *words)
{
    const char *first = words->n_before > 0 ? words->before[0].text : words->user;
    size_t i;

    lmi_buf_printf(out, "%s\n\n%s", words->system, first);
    if (words->n_before == 0 || lmi_buf_status(out) != LMAS_OK)
        return lmi_buf_status(out);
    *before = lmi_new(words->n_before, sizeof(**before));
    if (!*before)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a chat turn");
    for (i = 0; i < words->n_before; i++)
        (*before)[i] = words->before[i];
    (*before)[0].text = lmi_buf_text(out);
    return LMAS_OK;
}

/* For a template that refuses the system's role alone. */
static lmas_status render_merged(lmi_buf *out, const lmas_model *model, const lmi_words *words,
                                 const lmi_chat *chat)
{
    lmas_message *before = NULL;
    lmi_words merged = *words;
    lmas_status status;
    lmi_buf first;

    lmi_buf_init(&first, 2 * LMI_TEXT_MAX);
    status = merge(&first, &before, words);
    merged.system = NULL;
    merged.before = before;
    merged.user = before ? words->user : lmi_buf_text(&first);
    if (status == LMAS_OK)
        status = render(out, model, &merged, chat);
    lmi_free(before);
    lmi_buf_done(&first);
    return status;
}

static lmas_status format_jinja(lmi_buf *out, const lmas_model *model, const lmi_words *words,
                                const lmi_chat *chat)
{
    lmas_status status = lmi_chat_check(chat); /* so that what fails below is the template */
    char why[LMI_ERROR_MAX];

    if (status != LMAS_OK)
        return status;
    if (model->chat.complaint)
        return lmi_fail(LMAS_E_MODEL, "the chat template of %s: %s (chat_template gives another)",
                        model->path, model->chat.complaint);
    status = render(out, model, words, chat);
    if (status != LMAS_E_MODEL && status != LMAS_E_FORMAT)
        return status;
    snprintf(why, sizeof(why), "%s", lmas_last_error());
    if (status == LMAS_E_MODEL && words->system &&
        render_merged(out, model, words, chat) == LMAS_OK)
        return LMAS_OK;
    if (status == LMAS_E_MODEL)
        return lmi_fail(status, "the chat template of %s refuses: %s", model->path, why);
    return lmi_fail(LMAS_E_MODEL, "the chat template of %s: %s (chat_template gives another)",
                    model->path, why);
}

/* The messages as libllama takes them; free them with lmi_free(). */
static struct llama_chat_message *list_messages(size_t *n, const lmi_words *words)
{
    struct llama_chat_message *list = lmi_new(words->n_before + 2, sizeof(*list));
    size_t i;

    *n = 0;
    if (!list)
        return NULL;
    if (words->system)
        list[(*n)++] = (struct llama_chat_message){"system", words->system};
    for (i = 0; i < words->n_before; i++)
        list[(*n)++] = (struct llama_chat_message){words->before[i].role, words->before[i].text};
    list[(*n)++] = (struct llama_chat_message){"user", words->user};
    return list;
}

/* libllama's own templates leave BOS to the tokeniser, so it is put in front where the model
 * wants one. */
static lmas_status apply_named(lmi_buf *out, const lmas_model *model,
                               const struct llama_chat_message *turn, size_t n)
{
    const char *name = model->chat.text;
    int32_t size = llama_chat_apply_template(name, turn, n, true, NULL, 0);
    char *text = size < 0 ? NULL : lmi_new((size_t)size + 1, 1);

    if (!text)
        return size < 0 ? lmi_fail(LMAS_E_MODEL, "libllama cannot apply its template %s", name)
                        : lmi_fail(LMAS_E_NOMEM, "no memory for a chat turn of %d bytes", size);
    size = llama_chat_apply_template(name, turn, n, true, text, size + 1);
    if (llama_vocab_get_add_bos(model->vocab) && model->info.bos)
        lmi_buf_puts(out, model->info.bos);
    lmi_buf_append(out, text, size > 0 ? (size_t)size : 0);
    lmi_free(text);
    return lmi_buf_status(out);
}

static lmas_status format_named(lmi_buf *out, const lmas_model *model, const lmi_words *words,
                                const lmi_chat *chat)
{
    struct llama_chat_message *list;
    lmas_status status;
    size_t n;

    if (has_kwargs(chat) || chat->reasoning != LMAS_REASONING_AUTO)
        return lmi_fail(LMAS_E_INVALID,
                        "libllama's chat template \"%s\" takes no kwargs and no reasoning",
                        model->chat.text);
    list = list_messages(&n, words);
    if (!list)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a chat turn");
    status = apply_named(out, model, list, n);
    lmi_free(list);
    return status;
}

/* Text that may stand in a chat; its length is added up. */
static lmas_status check_text(size_t *len, const char *text)
{
    const size_t n = strlen(text);

    if (!lmi_utf8_is_valid(text, n))
        return lmi_fail(LMAS_E_INVALID, "a chat turn must be valid UTF-8");
    *len += n;
    return LMAS_OK;
}

static lmas_status check_words(const lmas_model *model, const lmi_words *words)
{
    size_t len = 0;
    lmas_status status;
    size_t i;

    if (!model->chat.text)
        return lmi_fail(
            LMAS_E_MODEL,
            "%s has no chat template: name one with chat_template (chatml, llama3, ...)",
            model->path);
    status = check_text(&len, words->user);
    if (status == LMAS_OK && words->system)
        status = check_text(&len, words->system);
    for (i = 0; status == LMAS_OK && i < words->n_before; i++)
        status = check_text(&len, words->before[i].text);
    if (status == LMAS_OK && len > LMI_TEXT_MAX)
        return lmi_fail(LMAS_E_INVALID, "chat turn of %zu bytes, at most %zu expected", len,
                        LMI_TEXT_MAX);
    return status;
}

lmas_status lmi_chat_format(lmi_buf *out, const lmas_model *model, const lmi_words *words,
                            const lmi_chat *chat)
{
    const lmas_status status = check_words(model, words);
    lmi_words w = *words;

    if (status != LMAS_OK)
        return status;
    if (w.system && !w.system[0])
        w.system = NULL;
    return model->chat.is_named ? format_named(out, model, &w, chat)
                                : format_jinja(out, model, &w, chat);
}

lmas_status lmas_model_format_chat(char **out, const lmas_model *model, const char *system,
                                   const char *user, const lmas_chat_params *params)
{
    const lmas_chat_params p = params ? *params : lmas_chat_params_default();
    const lmi_chat chat = {
        .kwargs[LMI_KWARGS_CALLER] = p.kwargs, .reasoning = p.reasoning, .date = p.date};
    lmas_status status;
    lmi_buf text;

    if (!out || !model || !user)
        return lmi_fail(LMAS_E_INVALID, "lmas_model_format_chat needs out, model and user text");
    lmi_buf_init(&text, 4 * LMI_TEXT_MAX);
    lmi_buf_append(&text, "", 0);
    status = lmi_chat_format(&text, model, &(lmi_words){.system = system, .user = user}, &chat);
    if (status == LMAS_OK)
        status = lmi_buf_status(&text);
    if (status == LMAS_OK)
        *out = lmi_buf_steal(&text);
    lmi_buf_done(&text);
    return status;
}

void lmas_text_free(char *text)
{
    lmi_free(text);
}
