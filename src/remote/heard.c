/*
 * heard.c - three layouts of one thing; see body.h.
 *
 * Each event is read strictly: what has a wrong type is refused. What is absent or null says
 * nothing.
 */
#include "remote/heard.h"

#include <string.h>

#include "base/json.h"
#include "base/utf8.h"
#include "net/code.h"

/* Bytes of a failure told in a stream that a message shows. */
enum { TOLD_MAX = 200 };

static const char REPLACEMENT[] = "\xef\xbf\xbd"; /* U+FFFD */

static lmas_status take_event(void *user, const char *data, size_t len);

void lmi_heard_init(lmi_heard *heard, lmi_layout layout, bool is_pieces, const char *key)
{
    *heard = (lmi_heard){.layout = layout, .is_pieces = is_pieces, .key = key};
    lmi_stream_init(&heard->stream, take_event, heard);
    lmi_speech_init(&heard->speech);
}

void lmi_heard_done(lmi_heard *heard)
{
    lmi_stream_done(&heard->stream);
    lmi_speech_done(&heard->speech);
}

void lmi_heard_clear(lmi_heard *heard)
{
    lmi_stream_clear(&heard->stream);
    lmi_speech_clear(&heard->speech);
    heard->finish = LMI_FINISH_NONE;
    heard->is_done = heard->has_counts = heard->is_passing = heard->is_refused = false;
    heard->n_events = 0;
    heard->n_bytes = 0;
    heard->n_read = heard->n_spoken = 0;
}

static lmas_status refuse(const char *what, yyjson_val *found)
{
    return lmi_fail(LMAS_E_FORMAT, "the server's stream: %s expected, %s found", what,
                    found ? lmi_json_type(found) : "nothing");
}

/* ---- Text ---- */

/* A zero byte would end the text for those who read it as C does. */
static lmas_status add_text(lmi_heard *heard, const char *text, size_t len)
{
    lmi_buf *raw = &heard->speech.raw;
    size_t i = 0;

    while (i < len) {
        const size_t n = strnlen(text + i, len - i);

        lmi_buf_append(raw, text + i, n);
        i += n;
        if (i < len) {
            lmi_buf_puts(raw, REPLACEMENT);
            i++;
        }
    }
    return raw->status == LMAS_OK
               ? LMAS_OK
               : lmi_fail(raw->status, "the server speaks more than %zu bytes", LMI_SPEECH_MAX);
}

static lmas_status take_piece(lmi_heard *heard, yyjson_val *text)
{
    if (!text || yyjson_is_null(text))
        return LMAS_OK;
    if (!yyjson_is_str(text))
        return refuse("a text", text);
    return add_text(heard, yyjson_get_str(text), yyjson_get_len(text));
}

/* All so far: what goes beyond what is there is new. A character that is not whole yet stands in it
 * as U+FFFD. */
static lmas_status take_whole(lmi_heard *heard, yyjson_val *value, bool is_last)
{
    const lmi_buf *raw = &heard->speech.raw;
    const size_t mark = sizeof(REPLACEMENT) - 1;
    const char *text = yyjson_get_str(value);
    size_t len = yyjson_get_len(value);

    if (!text)
        return refuse("a text", value);
    while (!is_last && len >= mark && memcmp(text + len - mark, REPLACEMENT, mark) == 0)
        len -= mark;
    if (len <= raw->len && memcmp(text, lmi_buf_text(raw), len) == 0)
        return LMAS_OK;
    if (len < raw->len || memcmp(text, lmi_buf_text(raw), raw->len) != 0)
        return lmi_fail(LMAS_E_FORMAT, "the server's stream takes back what it had said");
    return add_text(heard, text + raw->len, len - raw->len);
}

/* ---- Ends, counts, failures ---- */

/* What a server says of its failure, as a line. It may say the key that it was sent. */
static void copy_told(char out[TOLD_MAX + 1], const lmi_heard *heard, yyjson_val *message)
{
    const char *text = yyjson_get_str(message);
    size_t len;

    if (!text || (heard->key && *heard->key && strstr(text, heard->key)))
        text = "it does not say why";
    len = lmi_utf8_floor(text, strnlen(text, TOLD_MAX));
    memcpy(out, text, len);
    out[len] = '\0';
    lmi_flatten(out);
}

/* Whether a failure of this code may pass, or is about what was asked; of none, `normal` says. */
static void judge_code(lmi_heard *heard, yyjson_val *code, long normal)
{
    const long number = yyjson_is_int(code) ? (long)yyjson_get_sint(code) : normal;

    heard->is_passing = lmi_is_passing_code(number);
    heard->is_refused = lmi_is_refusing_code(number);
}

/* SGLang's reason is an object: {"type": "length", ...}; where it gave up with a message. */
static lmas_status take_finish(lmi_heard *heard, yyjson_val *reason)
{
    yyjson_val *type = yyjson_is_obj(reason) ? yyjson_obj_get(reason, "type") : reason;
    char said[TOLD_MAX + 1];

    if (!reason || yyjson_is_null(reason))
        return LMAS_OK;
    if (!yyjson_is_str(type))
        return refuse("a reason to end", type);
    if (yyjson_equals_str(type, "abort") || yyjson_equals_str(type, "error")) {
        judge_code(heard, yyjson_obj_get(reason, "status_code"), 500);
        copy_told(said, heard, yyjson_obj_get(reason, "message"));
        return lmi_fail(LMAS_E_IO, "the server gave up in the middle of its answer: %s", said);
    }
    heard->finish = yyjson_equals_str(type, "length") ? LMI_FINISH_LENGTH : LMI_FINISH_STOP;
    return LMAS_OK;
}

static lmas_status take_count(uint32_t *out, yyjson_val *value)
{
    if (!yyjson_is_uint(value) || yyjson_get_uint(value) > LMI_REMOTE_CTX_MAX)
        return refuse("a count of tokens", value);
    *out = (uint32_t)yyjson_get_uint(value);
    return LMAS_OK;
}

static lmas_status take_counts(lmi_heard *heard, yyjson_val *usage)
{
    lmas_status status;

    if (!usage || yyjson_is_null(usage))
        return LMAS_OK;
    if (!yyjson_is_obj(usage))
        return refuse("counts", usage);
    status = take_count(&heard->n_read, yyjson_obj_get(usage, "prompt_tokens"));
    if (status == LMAS_OK)
        status = take_count(&heard->n_spoken, yyjson_obj_get(usage, "completion_tokens"));
    heard->has_counts = status == LMAS_OK;
    return status;
}

/* A failure after the head of the answer was sent can only be told in the stream. SGLang tells so,
 * without a code, what is wrong with the request. */
static lmas_status take_error(lmi_heard *heard, yyjson_val *error)
{
    yyjson_val *message = yyjson_is_obj(error) ? yyjson_obj_get(error, "message") : error;
    char said[TOLD_MAX + 1];

    judge_code(heard, yyjson_obj_get(error, "code"),
               heard->layout == LMI_LAYOUT_GENERATE ? 400 : 500);
    copy_told(said, heard, message);
    return lmi_fail(LMAS_E_IO, "the server failed in the middle of its answer: %s", said);
}

/* ---- Events ---- */

static lmas_status take_choice(lmi_heard *heard, yyjson_val *event)
{
    yyjson_val *choices = yyjson_obj_get(event, "choices");
    yyjson_val *choice = yyjson_arr_get_first(choices);
    yyjson_val *from = choice;
    lmas_status status;

    if (choices && !yyjson_is_arr(choices))
        return refuse("a list of choices", choices);
    if (!choice)
        return LMAS_OK;
    if (!yyjson_is_obj(choice))
        return refuse("a choice", choice);
    if (heard->layout == LMI_LAYOUT_CHAT)
        from = yyjson_obj_get(choice, "delta");
    if (from && !yyjson_is_null(from) && !yyjson_is_obj(from))
        return refuse("a delta", from);
    status = take_piece(
        heard, yyjson_obj_get(from, heard->layout == LMI_LAYOUT_CHAT ? "content" : "text"));
    return status == LMAS_OK ? take_finish(heard, yyjson_obj_get(choice, "finish_reason")) : status;
}

static lmas_status take_generated(lmi_heard *heard, yyjson_val *event)
{
    yyjson_val *info = yyjson_obj_get(event, "meta_info");
    yyjson_val *reason = yyjson_obj_get(info, "finish_reason");
    const bool is_last = reason && !yyjson_is_null(reason);
    yyjson_val *text = yyjson_obj_get(event, "text");
    lmas_status status;

    if (!yyjson_is_obj(info))
        return refuse("\"meta_info\"", info);
    status = heard->is_pieces ? take_piece(heard, text) : take_whole(heard, text, is_last);
    if (status == LMAS_OK)
        status = take_counts(heard, info);
    return status == LMAS_OK ? take_finish(heard, reason) : status;
}

static lmas_status take_json(lmi_heard *heard, yyjson_val *event)
{
    yyjson_val *error = yyjson_obj_get(event, "error");
    lmas_status status;

    if (!yyjson_is_obj(event))
        return refuse("an object", event);
    if (error && !yyjson_is_null(error))
        return take_error(heard, error);
    if (heard->layout == LMI_LAYOUT_GENERATE)
        return take_generated(heard, event);
    status = take_choice(heard, event);
    return status == LMAS_OK ? take_counts(heard, yyjson_obj_get(event, "usage")) : status;
}

static lmas_status take_event(void *user, const char *data, size_t len)
{
    lmi_heard *heard = user;
    lmas_status status;
    lmi_json json;

    heard->n_events++;
    if (heard->is_done)
        return LMAS_OK;
    if (strcmp(data, "[DONE]") == 0) {
        heard->is_done = true;
        return LMAS_OK;
    }
    status = lmi_json_parse(&json, "the server's stream", data, len);
    if (status != LMAS_OK)
        return status;
    status = take_json(heard, lmi_json_root(&json));
    lmi_json_done(&json);
    return status;
}

lmas_status lmi_heard_add(lmi_heard *heard, const char *data, size_t size)
{
    heard->n_bytes += size;
    return lmi_stream_add(&heard->stream, data, size);
}

/* ---- The end ---- */

/* A connection that was cut, or what is no stream at all. */
static lmas_status fail_unfinished(lmi_heard *heard)
{
    if (heard->n_events == 0 && heard->n_bytes > 0)
        return lmi_fail(LMAS_E_FORMAT, "the server's answer is no event stream");
    heard->is_passing = true;
    return lmi_fail(LMAS_E_IO, "the server's answer was cut off after %zu bytes of text",
                    heard->speech.raw.len);
}

lmas_status lmi_heard_end(lmi_heard *heard, size_t n_sent)
{
    const lmas_status status = lmi_stream_end(&heard->stream);

    if (status != LMAS_OK)
        return status;
    if (heard->finish == LMI_FINISH_NONE)
        return fail_unfinished(heard);
    if (n_sent > 0 && heard->has_counts && heard->n_read != n_sent)
        return lmi_fail(LMAS_E_FORMAT, "the server read %u positions of the %zu that it was sent",
                        heard->n_read, n_sent);
    if (heard->finish == LMI_FINISH_LENGTH && heard->speech.raw.len == 0)
        return lmi_fail(LMAS_E_FORMAT, "the server had no room to speak: its answer is empty and "
                                       "cut off");
    return LMAS_OK;
}
