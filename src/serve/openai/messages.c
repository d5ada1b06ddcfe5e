/* messages.c - see messages.h. */
#include "serve/openai/messages.h"

#include <string.h>

#include "base/mem.h"

enum { MESSAGES_MAX = 4096 };

/* ---- One message ---- */

static lmas_status refuse_content(lmi_reading *r, size_t i, const char *found)
{
    return lmi_field_refuse(
        r, "messages", NULL,
        "messages[%zu].content: a text, or a list of parts {\"type\": \"text\"} "
        "expected, found %s",
        i, found);
}

/* Texts that need no copy are borrowed; those in parts are joined in form->texts, whose room does
 * not move: it was made at once. */
static lmas_status join_parts(const char **out, lmi_reading *r, size_t i, yyjson_val *parts)
{
    lmi_buf *texts = &r->form->texts;
    const size_t begin = texts->len;
    yyjson_arr_iter iter = yyjson_arr_iter_with(parts);
    yyjson_val *part;

    while ((part = yyjson_arr_iter_next(&iter))) {
        yyjson_val *text = yyjson_obj_get(part, "text");
        const char *type = yyjson_get_str(yyjson_obj_get(part, "type"));

        if (!yyjson_is_str(text) || strlen(yyjson_get_str(text)) != yyjson_get_len(text))
            return refuse_content(r, i, type ? type : lmi_json_type(part));
        lmi_buf_puts(texts, yyjson_get_str(text));
    }
    lmi_buf_append(texts, "", 1); /* its NUL */
    *out = texts->data + begin;
    return lmi_buf_status(texts);
}

static lmas_status read_content(const char **out, lmi_reading *r, size_t i, yyjson_val *message)
{
    yyjson_val *content = yyjson_obj_get(message, "content");

    if (yyjson_is_arr(content))
        return join_parts(out, r, i, content);
    if (!yyjson_is_str(content) || strlen(yyjson_get_str(content)) != yyjson_get_len(content))
        return refuse_content(r, i, content ? lmi_json_type(content) : "nothing");
    *out = yyjson_get_str(content);
    return LMAS_OK;
}

typedef enum said_by { BY_SYSTEM, BY_USER, BY_ASSISTANT, BY_NOBODY } said_by;

static said_by who(yyjson_val *message)
{
    yyjson_val *role = yyjson_obj_get(message, "role");

    if (yyjson_equals_str(role, "system") || yyjson_equals_str(role, "developer"))
        return BY_SYSTEM;
    if (yyjson_equals_str(role, "user"))
        return BY_USER;
    return yyjson_equals_str(role, "assistant") ? BY_ASSISTANT : BY_NOBODY;
}

static void add_system(lmi_buf *system, const char *text)
{
    if (system->len > 0 && text[0])
        lmi_buf_puts(system, "\n\n");
    lmi_buf_puts(system, text);
}

static lmas_status read_message(lmi_reading *r, size_t i, yyjson_val *message)
{
    static const char *const roles[] = {[BY_USER] = "user", [BY_ASSISTANT] = "assistant"};
    lmi_form *form = r->form;
    const said_by by = who(message);
    const char *text = NULL;
    lmas_status status;

    if (by == BY_NOBODY)
        return lmi_field_refuse(
            r, "messages", NULL,
            "messages[%zu].role: system, developer, user or assistant expected%s", i,
            yyjson_equals_str(yyjson_obj_get(message, "role"), "tool")
                ? ", found tool: a team calls none"
                : "");
    status = read_content(&text, r, i, message);
    if (status != LMAS_OK)
        return status;
    if (by == BY_SYSTEM)
        add_system(&form->system, text);
    else
        form->before[form->question.n_before++] = (lmas_message){roles[by], text};
    return lmi_buf_status(&form->system);
}

/* ---- All of them ---- */

/* Bytes that the parts of all messages take, with the NUL behind each. */
static size_t count_parts(yyjson_val *messages)
{
    yyjson_arr_iter iter = yyjson_arr_iter_with(messages);
    yyjson_val *message, *part;
    size_t n = 1;

    while ((message = yyjson_arr_iter_next(&iter))) {
        yyjson_arr_iter parts = yyjson_arr_iter_with(yyjson_obj_get(message, "content"));

        n++;
        while ((part = yyjson_arr_iter_next(&parts)))
            n += yyjson_get_len(yyjson_obj_get(part, "text"));
    }
    return n;
}

static lmas_status make_room(lmi_reading *r, yyjson_val *messages, size_t n)
{
    lmi_form *form = r->form;
    const size_t size = count_parts(messages);

    form->before = lmi_new(n, sizeof(*form->before));
    form->prompts = lmi_new(1, sizeof(*form->prompts));
    if (!form->before || !form->prompts ||
        !lmi_reserve((void **)&form->texts.data, &form->texts.capacity, size + 1, 1))
        return lmi_fail(LMAS_E_NOMEM, "no memory for a request");
    form->texts.data[0] = '\0';
    form->question.before = form->before;
    return LMAS_OK;
}

/* The user's last word is the question. */
static lmas_status settle(lmi_reading *r)
{
    lmas_question *question = &r->form->question;
    const size_t n = question->n_before;

    if (n == 0 || strcmp(r->form->before[n - 1].role, "user") != 0)
        return lmi_field_refuse(
            r, "messages", NULL,
            "messages: the last one must be the user's, which the team answers");
    r->form->prompts[0] = r->form->before[n - 1].text;
    r->form->n_prompts = 1;
    question->n_before--;
    question->system = r->form->system.len > 0 ? r->form->system.data : NULL;
    return LMAS_OK;
}

lmas_status lmi_read_messages(lmi_reading *r)
{
    yyjson_val *messages = lmi_field(r, "messages");
    const size_t n = yyjson_arr_size(messages);
    yyjson_arr_iter iter = yyjson_arr_iter_with(messages);
    lmas_status status;
    yyjson_val *message;
    size_t i = 0;

    if (n == 0 || n > MESSAGES_MAX)
        return lmi_field_refuse(r, "messages", NULL,
                                "messages: a list of 1 to %d expected, found %zu", MESSAGES_MAX, n);
    status = make_room(r, messages, n);
    while (status == LMAS_OK && (message = yyjson_arr_iter_next(&iter)))
        status = read_message(r, i++, message);
    return status == LMAS_OK ? settle(r) : status;
}

/* ---- Completions ---- */

lmas_status lmi_read_prompts(lmi_reading *r)
{
    yyjson_val *prompt = lmi_field(r, "prompt");
    const bool is_list = yyjson_is_arr(prompt);
    const size_t n = is_list ? yyjson_arr_size(prompt) : 1;
    lmi_form *form = r->form;

    if (n == 0 || n * form->n > LMI_CHOICES_MAX)
        return lmi_field_refuse(r, "prompt", NULL,
                                "prompt: 1 to %d answers in all, found %zu prompts",
                                LMI_CHOICES_MAX, n);
    form->prompts = lmi_new(n, sizeof(*form->prompts));
    if (!form->prompts)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a request");
    for (; form->n_prompts < n; form->n_prompts++) {
        yyjson_val *one = is_list ? yyjson_arr_get(prompt, form->n_prompts) : prompt;

        if (!yyjson_is_str(one) || strlen(yyjson_get_str(one)) != yyjson_get_len(one))
            return lmi_field_refuse(r, "prompt", NULL,
                                    "prompt: a text, or a list of texts expected, found %s",
                                    one ? lmi_json_type(one) : "nothing");
        form->prompts[form->n_prompts] = yyjson_get_str(one);
    }
    return LMAS_OK;
}
