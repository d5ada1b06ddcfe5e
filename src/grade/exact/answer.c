/* answer.c - the stretch that answers; see answer.h. */
#include "grade/exact/answer.h"

#include <string.h>

#include "base/utf8.h"
#include "grade/exact/latex.h"
#include "grade/exact/thoughts.h"

/* LaTeX that grows: \frac12 becomes 1/2 with a space before it. No symbol doubles a text. */
enum { PLAIN_GROWTH = 2 };

lmi_span lmi_answer_spoken(lmi_span text)
{
    return lmi_thoughts_skip(text);
}

/* The first or the last LMI_ANSWER_MAX bytes, in whole characters. */
static lmi_span limit(lmi_span text, bool is_start)
{
    size_t cut;

    if (text.len <= LMI_ANSWER_MAX)
        return text;
    cut = lmi_utf8_floor(text.text, is_start ? LMI_ANSWER_MAX : text.len - LMI_ANSWER_MAX);
    if (is_start)
        return (lmi_span){text.text, cut};
    return (lmi_span){text.text + cut, text.len - cut};
}

lmas_status lmi_answer_init(lmi_answer *out, lmi_span text)
{
    lmi_answer answer = {0};
    lmas_status status;

    text = lmi_answer_spoken(text);
    answer.is_box = lmi_latex_box(&answer.raw, text);
    answer.raw = limit(answer.is_box ? answer.raw : text, answer.is_box);
    lmi_buf_init(&answer.plain, PLAIN_GROWTH * answer.raw.len);
    lmi_latex_plain(&answer.plain, answer.raw);
    status = lmi_buf_status(&answer.plain);
    if (status == LMAS_OK)
        *out = answer;
    else
        lmi_buf_done(&answer.plain);
    return status;
}

void lmi_answer_done(lmi_answer *answer)
{
    lmi_buf_done(&answer->plain);
}

lmi_span lmi_answer_plain(const lmi_answer *answer)
{
    return (lmi_span){lmi_buf_text(&answer->plain), answer->plain.len};
}

lmi_span lmi_last_line(lmi_span text)
{
    const char *newline;

    text = lmi_py_strip(text);
    newline = text.len ? memrchr(text.text, '\n', text.len) : NULL;
    if (newline) {
        text.len -= (size_t)(newline + 1 - text.text);
        text.text = newline + 1;
    }
    return lmi_py_strip(text);
}

lmi_span lmi_trim(lmi_span span, const char *starts, const char *ends)
{
    while (span.len && strchr(starts, *span.text)) {
        span.text++;
        span.len--;
    }
    while (span.len && strchr(ends, span.text[span.len - 1]))
        span.len--;
    return span;
}
