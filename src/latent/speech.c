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
    const size_t end = is_end ? len : lmi_utf8_complete(text, len);

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
