/* answer.c - the stretch that answers; see answer.h. */
#include "grade/exact/answer.h"

#include <string.h>

#include "base/utf8.h"
#include "grade/exact/latex.h"
#include "grade/exact/thoughts.h"

/* LaTeX that grows: \frac12 becomes 1/2 with a space before it. No symbol doubles a text. */
enum { PLAIN_GROWTH = 2 };

lmi_span lmi_shorten(lmi_span text, size_t max, bool is_start)
{
    size_t cut;

    if (text.len <= max)
        return text;
    cut = lmi_utf8_floor(text.text, is_start ? max : text.len - max);
    if (is_start)
        return (lmi_span){text.text, cut};
    return (lmi_span){text.text + cut, text.len - cut};
}

static lmas_status look_at(lmi_answer *answer, bool is_box, lmi_span place)
{
    answer->is_box = is_box;
    answer->raw = lmi_shorten(place, LMI_ANSWER_MAX, is_box);
    lmi_buf_init(&answer->plain, PLAIN_GROWTH * answer->raw.len);
    lmi_latex_plain(&answer->plain, answer->raw);
    return lmi_buf_status(&answer->plain);
}

lmas_status lmi_answer_init(lmi_answer *out, lmi_span text)
{
    lmi_answer answer = {0};
    lmas_status status;

    answer.text = lmi_thoughts_skip(text);
    status = lmi_answer_cut(&answer.text);
    if (status != LMAS_OK)
        return status;
    answer.boxes = (lmi_boxes){.text = answer.text, .end = answer.text.len};
    if (lmi_latex_box(&answer.box, &answer.boxes)) {
        status = look_at(&answer, true, answer.box);
    } else {
        answer.is_last = true;
        status = look_at(&answer, false, answer.text);
    }
    if (status == LMAS_OK)
        *out = answer;
    else
        lmi_buf_done(&answer.plain);
    return status;
}

lmas_status lmi_answer_next(lmi_answer *answer)
{
    const char *end = answer->text.text + answer->text.len;
    const char *behind = answer->box.text + answer->box.len;
    lmi_span box;

    lmi_buf_done(&answer->plain);
    if (answer->is_box && answer->raw.text == answer->box.text)
        return look_at(answer, false, (lmi_span){behind, (size_t)(end - behind)});
    if (lmi_latex_box(&box, &answer->boxes))
        return look_at(answer, true, box);
    answer->is_last = true;
    return look_at(answer, false, answer->text);
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
