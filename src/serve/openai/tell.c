/* tell.c - see tell.h. */
#include "serve/openai/tell.h"

#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

static const char WHAT[] = "an answer";

static bool is_chat(const lmi_reply *reply)
{
    return reply->form.endpoint == LMI_CHAT;
}

/* ---- Envelopes ---- */

static const char *object_of(const lmi_reply *reply)
{
    if (!is_chat(reply))
        return "text_completion";
    return reply->form.streams ? "chat.completion.chunk" : "chat.completion";
}

static lmas_status open_envelope(yyjson_mut_doc **doc, yyjson_mut_val **root,
                                 const lmi_reply *reply)
{
    const lmas_status status = lmi_json_new(doc, root, WHAT);

    if (status != LMAS_OK)
        return status;
    yyjson_mut_obj_add_str(*doc, *root, "id", reply->id);
    yyjson_mut_obj_add_str(*doc, *root, "object", object_of(reply));
    yyjson_mut_obj_add_int(*doc, *root, "created", reply->created);
    yyjson_mut_obj_add_str(*doc, *root, "model", reply->form.entry->id);
    yyjson_mut_obj_add_str(*doc, *root, "system_fingerprint", "latentmas-" LMAS_VERSION);
    return LMAS_OK;
}

/* An event is a line and an empty one; JSON has no newlines of its own. */
static lmas_status close_event(lmi_buf *out, yyjson_mut_doc *doc)
{
    lmas_status status;

    lmi_buf_puts(out, "data: ");
    status = lmi_json_write(out, doc, 0, WHAT);
    lmi_buf_puts(out, "\n\n");
    return status == LMAS_OK ? lmi_buf_status(out) : status;
}

/* ---- Usage ---- */

static void add_usage(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmi_reply *reply)
{
    yyjson_mut_val *usage = yyjson_mut_obj_add_obj(doc, root, "usage");
    yyjson_mut_val *read, *said;
    uint64_t n_read = 0, n_shared = 0, n_thought = 0, n_spoken = 0;
    size_t i;

    for (i = 0; i < reply->n_choices; i++) {
        n_read += reply->choices[i].n_read;
        n_shared += reply->choices[i].n_shared;
        n_thought += reply->choices[i].n_thought;
        n_spoken += reply->choices[i].n_spoken;
    }
    yyjson_mut_obj_add_uint(doc, usage, "prompt_tokens", n_read);
    yyjson_mut_obj_add_uint(doc, usage, "completion_tokens", n_thought + n_spoken);
    yyjson_mut_obj_add_uint(doc, usage, "total_tokens", n_read + n_thought + n_spoken);
    read = yyjson_mut_obj_add_obj(doc, usage, "prompt_tokens_details");
    yyjson_mut_obj_add_uint(doc, read, "cached_tokens", n_shared);
    said = yyjson_mut_obj_add_obj(doc, usage, "completion_tokens_details");
    yyjson_mut_obj_add_uint(doc, said, "reasoning_tokens", n_thought);
}

lmas_status lmi_tell_usage(lmi_buf *out, const lmi_reply *reply)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    const lmas_status status = open_envelope(&doc, &root, reply);

    if (status != LMAS_OK)
        return status;
    yyjson_mut_obj_add_arr(doc, root, "choices");
    add_usage(doc, root, reply);
    return close_event(out, doc);
}

/* ---- Tokens ---- */

/* Bytes of a token that are no character become one that says so. */
static yyjson_mut_val *text_of(yyjson_mut_doc *doc, const char *text, size_t len)
{
    yyjson_mut_val *val;
    lmi_buf whole;

    lmi_buf_init(&whole, LMI_BODY_MAX);
    lmi_utf8_append(&whole, text, len);
    val = yyjson_mut_strncpy(doc, lmi_buf_text(&whole), whole.len);
    lmi_buf_done(&whole);
    return val;
}

static void add_bytes(yyjson_mut_doc *doc, yyjson_mut_val *entry, const char *text, size_t len)
{
    yyjson_mut_val *bytes = yyjson_mut_obj_add_arr(doc, entry, "bytes");
    size_t i;

    for (i = 0; i < len; i++)
        yyjson_mut_arr_add_uint(doc, bytes, (unsigned char)text[i]);
}

static void add_odds(yyjson_mut_doc *doc, yyjson_mut_val *entry, const char *text, size_t len,
                     float logprob)
{
    yyjson_mut_obj_add_val(doc, entry, "token", text_of(doc, text, len));
    lmi_json_add_real(doc, entry, "logprob", (double)logprob);
    add_bytes(doc, entry, text, len);
}

static void add_chat_token(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmas_spoken *token)
{
    yyjson_mut_val *entry = yyjson_mut_arr_add_obj(doc, yyjson_mut_obj_get(root, "content"));
    yyjson_mut_val *top;
    uint32_t i;

    add_odds(doc, entry, token->text, token->size, token->logprob);
    top = yyjson_mut_obj_add_arr(doc, entry, "top_logprobs");
    for (i = 0; i < token->n_top && token->top[i].token >= 0; i++)
        add_odds(doc, yyjson_mut_arr_add_obj(doc, top), token->top[i].text,
                 strlen(token->top[i].text), token->top[i].score);
}

/* The older form: lists side by side. */
static void add_plain_token(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmas_spoken *token,
                            size_t offset)
{
    yyjson_mut_val *top = yyjson_mut_obj(doc);
    uint32_t i;

    for (i = 0; i < token->n_top && token->top[i].token >= 0; i++)
        yyjson_mut_obj_put(top, yyjson_mut_strcpy(doc, token->top[i].text),
                           yyjson_mut_real(doc, (double)token->top[i].score));
    yyjson_mut_arr_append(yyjson_mut_obj_get(root, "tokens"),
                          text_of(doc, token->text, token->size));
    yyjson_mut_arr_add_real(doc, yyjson_mut_obj_get(root, "token_logprobs"),
                            (double)token->logprob);
    yyjson_mut_arr_append(yyjson_mut_obj_get(root, "top_logprobs"), top);
    yyjson_mut_arr_add_uint(doc, yyjson_mut_obj_get(root, "text_offset"), offset);
}

static lmas_status open_tokens(lmi_choice *choice)
{
    static const char *const lists[] = {"tokens", "token_logprobs", "top_logprobs", "text_offset"};
    yyjson_mut_val *root;
    const lmas_status status = lmi_json_new(&choice->tokens, &root, WHAT);
    size_t i;

    if (status != LMAS_OK)
        return status;
    if (is_chat(choice->reply)) {
        yyjson_mut_obj_add_arr(choice->tokens, root, "content");
        yyjson_mut_obj_add_null(choice->tokens, root, "refusal");
        return LMAS_OK;
    }
    for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        yyjson_mut_obj_add_arr(choice->tokens, root, lists[i]);
    return LMAS_OK;
}

lmas_status lmi_tell_token(lmi_choice *choice, const lmas_spoken *token)
{
    const lmas_status status = choice->tokens ? LMAS_OK : open_tokens(choice);
    yyjson_mut_val *root;

    if (status != LMAS_OK)
        return status;
    root = yyjson_mut_doc_get_root(choice->tokens);
    if (is_chat(choice->reply))
        add_chat_token(choice->tokens, root, token);
    else
        add_plain_token(choice->tokens, root, token, choice->n_offset);
    choice->n_offset += token->size;
    return LMAS_OK;
}

/* Null where nobody asked. */
static void add_tokens(yyjson_mut_doc *doc, yyjson_mut_val *entry, const lmi_choice *choice)
{
    yyjson_mut_val *root = yyjson_mut_doc_get_root(choice->tokens);

    if (root)
        yyjson_mut_obj_add_val(doc, entry, "logprobs", yyjson_mut_val_mut_copy(doc, root));
    else
        yyjson_mut_obj_add_null(doc, entry, "logprobs");
}

/* ---- Text ---- */

lmas_status lmi_tell_chunk(lmi_buf *out, lmi_choice *choice, const char *text)
{
    const lmi_reply *reply = choice->reply;
    yyjson_mut_doc *doc;
    yyjson_mut_val *root, *entry, *delta;
    const lmas_status status = open_envelope(&doc, &root, reply);

    if (status != LMAS_OK)
        return status;
    entry = yyjson_mut_arr_add_obj(doc, yyjson_mut_obj_add_arr(doc, root, "choices"));
    yyjson_mut_obj_add_uint(doc, entry, "index", choice->index);
    if (is_chat(reply)) {
        delta = yyjson_mut_obj_add_obj(doc, entry, "delta");
        if (!choice->has_begun)
            yyjson_mut_obj_add_str(doc, delta, "role", "assistant");
        if (!choice->has_begun || text[0])
            yyjson_mut_obj_add_str(doc, delta, "content", text);
    } else {
        yyjson_mut_obj_add_str(doc, entry, "text", text);
    }
    add_tokens(doc, entry, choice);
    lmi_json_add_text(doc, entry, "finish_reason", choice->finish);
    choice->has_begun = true;
    yyjson_mut_doc_free(choice->tokens);
    choice->tokens = NULL;
    return close_event(out, doc);
}

static void add_whole(yyjson_mut_doc *doc, yyjson_mut_val *choices, const lmi_choice *choice)
{
    yyjson_mut_val *entry = yyjson_mut_arr_add_obj(doc, choices);
    yyjson_mut_val *message;

    yyjson_mut_obj_add_uint(doc, entry, "index", choice->index);
    if (is_chat(choice->reply)) {
        message = yyjson_mut_obj_add_obj(doc, entry, "message");
        yyjson_mut_obj_add_str(doc, message, "role", "assistant");
        yyjson_mut_obj_add_str(doc, message, "content", lmi_buf_text(&choice->text));
        yyjson_mut_obj_add_null(doc, message, "refusal");
    } else {
        yyjson_mut_obj_add_str(doc, entry, "text", lmi_buf_text(&choice->text));
    }
    add_tokens(doc, entry, choice);
    lmi_json_add_text(doc, entry, "finish_reason", choice->finish);
    if (choice->agents)
        yyjson_mut_obj_add_val(
            doc, entry, "latentmas",
            yyjson_mut_val_mut_copy(doc, yyjson_mut_doc_get_root(choice->agents)));
}

lmas_status lmi_tell_whole(lmi_buf *out, const lmi_reply *reply)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *root, *choices;
    const lmas_status status = open_envelope(&doc, &root, reply);
    size_t i;

    if (status != LMAS_OK)
        return status;
    if (reply->form.is_plain) {
        yyjson_mut_obj_add_bool(doc, root, "success", true);
        yyjson_mut_obj_add_str(doc, root, "content", lmi_buf_text(&reply->choices[0].text));
    }
    choices = yyjson_mut_obj_add_arr(doc, root, "choices");
    for (i = 0; i < reply->n_choices; i++)
        add_whole(doc, choices, &reply->choices[i]);
    add_usage(doc, root, reply);
    return lmi_json_write(out, doc, 0, WHAT);
}

/* ---- Agents ---- */

static void add_near(yyjson_mut_doc *doc, yyjson_mut_val *thought, const char *key,
                     const lmas_near *list, uint32_t n)
{
    yyjson_mut_val *near = yyjson_mut_obj_add_arr(doc, thought, key);
    uint32_t i;

    for (i = 0; i < n && list[i].token >= 0; i++) {
        yyjson_mut_val *entry = yyjson_mut_arr_add_obj(doc, near);

        yyjson_mut_obj_add_strcpy(doc, entry, "text", list[i].text);
        lmi_json_add_real(doc, entry, "score", (double)list[i].score);
    }
}

static void add_thoughts(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmas_agent_trace *agent)
{
    yyjson_mut_val *thoughts = yyjson_mut_obj_add_arr(doc, root, "thoughts");
    uint32_t i;

    for (i = 0; i < agent->n_thought; i++) {
        const lmas_thought *t = &agent->thoughts[i];
        yyjson_mut_val *entry = yyjson_mut_arr_add_obj(doc, thoughts);

        lmi_json_add_real(doc, entry, "norm", (double)t->norm);
        lmi_json_add_real(doc, entry, "entropy", (double)t->entropy);
        lmi_json_add_real(doc, entry, "cosine_before", (double)t->cosine_before);
        lmi_json_add_real(doc, entry, "cosine_prompt", (double)t->cosine_prompt);
        add_near(doc, entry, "head", t->head, t->n_near);
        add_near(doc, entry, "input", t->input, t->n_near);
    }
}

lmas_status lmi_tell_trace(yyjson_mut_doc **out, const lmas_agent_trace *agent)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    const lmas_status status = lmi_json_new(&doc, &root, WHAT);

    if (status != LMAS_OK)
        return status;
    yyjson_mut_obj_add_strcpy(doc, root, "agent", agent->name);
    yyjson_mut_obj_add_uint(doc, root, "round", agent->round);
    yyjson_mut_obj_add_strcpy(doc, root, "input", agent->input);
    yyjson_mut_obj_add_strcpy(doc, root, "output", agent->output);
    yyjson_mut_obj_add_uint(doc, root, "n_read", agent->n_read);
    yyjson_mut_obj_add_uint(doc, root, "n_shared", agent->n_shared);
    yyjson_mut_obj_add_uint(doc, root, "n_thought", agent->n_thought);
    yyjson_mut_obj_add_uint(doc, root, "n_spoken", agent->n_spoken);
    lmi_json_add_real(doc, root, "read_ms", agent->read_ms);
    lmi_json_add_real(doc, root, "think_ms", agent->think_ms);
    lmi_json_add_real(doc, root, "speak_ms", agent->speak_ms);
    if (agent->thoughts)
        add_thoughts(doc, root, agent);
    *out = doc;
    return lmi_json_status(doc, WHAT);
}

/* An event beside the choices. */
static lmas_status open_event(yyjson_mut_doc **doc, yyjson_mut_val **own, const lmi_choice *choice,
                              const char *event)
{
    yyjson_mut_val *root;
    const lmas_status status = open_envelope(doc, &root, choice->reply);

    if (status != LMAS_OK)
        return status;
    yyjson_mut_obj_add_arr(*doc, root, "choices");
    *own = yyjson_mut_obj_add_obj(*doc, root, "latentmas");
    yyjson_mut_obj_add_str(*doc, *own, "event", event);
    yyjson_mut_obj_add_uint(*doc, *own, "index", choice->index);
    return LMAS_OK;
}

lmas_status lmi_tell_work(lmi_buf *out, const lmi_choice *choice, const lmas_running *running)
{
    static const char *const works[] = {"read", "think", "speak", "program"};
    yyjson_mut_doc *doc;
    yyjson_mut_val *own;
    const lmas_status status = open_event(&doc, &own, choice, "work");

    if (status != LMAS_OK)
        return status;
    yyjson_mut_obj_add_str(doc, own, "agent", running->agent);
    yyjson_mut_obj_add_uint(doc, own, "turn", running->turn);
    yyjson_mut_obj_add_uint(doc, own, "n_turns", running->n_turns);
    yyjson_mut_obj_add_str(doc, own, "work", works[running->work]);
    yyjson_mut_obj_add_uint(doc, own, "n_done", running->n_done);
    yyjson_mut_obj_add_uint(doc, own, "n_most", running->n_most);
    return close_event(out, doc);
}

lmas_status lmi_tell_agent(lmi_buf *out, const lmi_choice *choice, yyjson_mut_doc *trace)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *own;
    const lmas_status status = open_event(&doc, &own, choice, "agent");

    if (status != LMAS_OK)
        return status;
    yyjson_mut_obj_add_val(doc, own, "trace",
                           yyjson_mut_val_mut_copy(doc, yyjson_mut_doc_get_root(trace)));
    return close_event(out, doc);
}
