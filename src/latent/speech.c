/*
 * speech.c - tokens become text that others may read; see utf8.c for why that needs care.
 *
 * Control tokens are no part of it. But models whose marks of a thought are control tokens say with
 * them what answers, so from the first one on the text is kept with them as well.
 */
#include "latent/speech.h"

#include <string.h>

#include "base/utf8.h"

void lmi_speech_init(lmi_speech *speech)
{
    lmi_buf_init(&speech->raw, LMI_SPEECH_MAX);
    lmi_buf_init(&speech->marked, LMI_SPEECH_MAX);
    speech->n_streamed = 0;
    speech->has_marks = false;
    speech->is_stopped = false;
    lmi_speech_stop_at(speech, NULL, 0);
}

void lmi_speech_done(lmi_speech *speech)
{
    lmi_buf_done(&speech->raw);
    lmi_buf_done(&speech->marked);
}

void lmi_speech_clear(lmi_speech *speech)
{
    lmi_buf_clear(&speech->raw);
    lmi_buf_clear(&speech->marked);
    speech->n_streamed = 0;
    speech->has_marks = false;
    speech->is_stopped = false;
}

void lmi_speech_stop_at(lmi_speech *speech, const char *const *stops, size_t n)
{
    speech->stops = stops;
    speech->n_stops = n;
}

/* Where the first stop begins that ends behind `old`, what was looked at before; NULL for none. */
static const char *find_stop(const lmi_speech *speech, const lmi_buf *buf, size_t old)
{
    const char *text = lmi_buf_text(buf);
    const char *first = NULL;
    size_t i;

    for (i = 0; i < speech->n_stops; i++) {
        const size_t len = strlen(speech->stops[i]);
        const size_t from = old < len ? 0 : old - len + 1;
        const char *at = memmem(text + from, buf->len - from, speech->stops[i], len);

        if (at && (!first || at < first))
            first = at;
    }
    return first;
}

static void cut_at(lmi_buf *buf, const char *at)
{
    buf->len = (size_t)(at - buf->data);
    buf->data[buf->len] = '\0';
}

/* End the text before a stop. In the marked one it may lie apart, by a control token within: then
 * it stays there. */
static void stop(lmi_speech *speech, size_t old)
{
    const char *at = speech->n_stops > 0 ? find_stop(speech, &speech->raw, old) : NULL;
    const char *marked;

    if (!at)
        return;
    speech->is_stopped = true;
    cut_at(&speech->raw, at);
    marked = speech->has_marks ? find_stop(speech, &speech->marked, speech->raw.len) : NULL;
    if (marked)
        cut_at(&speech->marked, marked);
}

/* How many bytes at the end of the text may become a stop. */
static size_t n_held(const lmi_speech *speech)
{
    const char *end = lmi_buf_text(&speech->raw) + speech->raw.len;
    size_t most = 0;
    size_t i;

    for (i = 0; i < speech->n_stops && !speech->is_stopped; i++) {
        size_t n = strlen(speech->stops[i]) - 1;

        n = n < speech->raw.len ? n : speech->raw.len;
        while (n > most && memcmp(end - n, speech->stops[i], n) != 0)
            n--;
        most = n > most ? n : most;
    }
    return most;
}

lmas_status lmi_speech_add(lmi_speech *speech, const lmas_model *model, int32_t token)
{
    const size_t len = speech->raw.len;

    lmi_model_piece(&speech->raw, model, token);
    if (lmi_model_is_control(model, token)) {
        if (!speech->has_marks)
            lmi_buf_append(&speech->marked, lmi_buf_text(&speech->raw), len);
        speech->has_marks = true;
        lmi_model_spell(&speech->marked, model, token);
    } else if (speech->has_marks) {
        lmi_buf_append(&speech->marked, lmi_buf_text(&speech->raw) + len, speech->raw.len - len);
    }
    if (speech->raw.status == LMAS_OK && speech->marked.status == LMAS_OK)
        stop(speech, len);
    return speech->raw.status != LMAS_OK ? lmi_buf_status(&speech->raw)
                                         : lmi_buf_status(&speech->marked);
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static size_t leading_space(const char *text, size_t len)
{
    size_t n = 0;

    while (n < len && is_space(text[n]))
        n++;
    return n;
}

void lmi_speech_stream(lmi_buf *out, lmi_speech *speech, bool is_end)
{
    const char *text = lmi_buf_text(&speech->raw);
    const size_t len = speech->raw.len;
    const size_t end = is_end ? len : lmi_utf8_complete(text, len - n_held(speech));

    if (leading_space(text, len) >= speech->n_streamed)
        speech->n_streamed = leading_space(text, end);
    if (end > speech->n_streamed)
        lmi_utf8_append(out, text + speech->n_streamed, end - speech->n_streamed);
    speech->n_streamed = end > speech->n_streamed ? end : speech->n_streamed;
}

static void append_trimmed(lmi_buf *out, const lmi_buf *raw)
{
    const char *text = lmi_buf_text(raw);
    size_t begin = leading_space(text, raw->len);
    size_t end = raw->len;

    while (end > begin && is_space(text[end - 1]))
        end--;
    lmi_utf8_append(out, text + begin, end - begin);
}

void lmi_speech_text(lmi_buf *out, const lmi_speech *speech)
{
    append_trimmed(out, &speech->raw);
}

void lmi_speech_marked(lmi_buf *out, const lmi_speech *speech)
{
    append_trimmed(out, speech->has_marks ? &speech->marked : &speech->raw);
}
