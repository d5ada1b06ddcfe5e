/*
 * compat.c - the reference's regular expressions, by hand.
 *
 * By hand because a model caught in a loop writes the opening of a box a million times, and
 * `\\boxed\{([^}]*)\}` looks at the rest of the text for each. Every loop here goes through
 * the text once. tests/grade/compat_test.py holds the expressions themselves against it.
 */
#include "grade/compat.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "grade/pystr.h"

/* Bytes of `\d+` at the start of the text. */
static size_t digits_len(const char *text, size_t len)
{
    size_t i = 0;
    size_t n;

    while (i < len && lmi_py_digit(lmi_py_char(&n, text + i)) >= 0)
        i += n;
    return i;
}

/* Bytes of `\d+(?:\.\d+)?` at the start of the text, 0 when it does not match. */
static size_t number_len(const char *text, size_t len)
{
    const size_t whole = digits_len(text, len);
    size_t fraction;

    if (!whole || whole == len || text[whole] != '.')
        return whole;
    fraction = digits_len(text + whole + 1, len - whole - 1);
    return fraction ? whole + 1 + fraction : whole;
}

/* The last match of `[-+]?\d+(?:\.\d+)?` that begins in the text, or with `is_first` the first.
 * A match takes all digits it meets, so matches do not depend on what came before them. */
static bool find_number(lmi_span *out, lmi_span in, bool is_first)
{
    bool has_found = false;
    size_t i = 0;
    size_t n;

    while (i < in.len) {
        const size_t number = number_len(in.text + i, in.len - i);

        if (number) {
            const size_t sign = i > 0 && (in.text[i - 1] == '-' || in.text[i - 1] == '+');

            *out = (lmi_span){in.text + i - sign, number + sign};
            has_found = true;
            if (is_first)
                return true;
        }
        lmi_py_char(&n, in.text + i);
        i += number ? number : n;
    }
    return has_found;
}

/* The last match of `\\boxed\{([^}]*)\}`, without what is around the group. */
static bool find_box(lmi_span *out, lmi_span in)
{
    static const char OPEN[] = "\\boxed{";
    const char *end = in.text + in.len;
    const char *at = in.text;
    bool has_found = false;

    while ((at = lmi_find(at, end, OPEN))) {
        const char *close;

        at += sizeof(OPEN) - 1;
        close = memchr(at, '}', (size_t)(end - at));
        if (!close)
            break;
        *out = (lmi_span){at, (size_t)(close - at)};
        has_found = true;
        at = close + 1;
    }
    return has_found;
}

/* What the reference takes out of a text; false for None. */
static bool find_answer(lmi_span *out, lmi_span in)
{
    lmi_span box;

    if (!find_box(&box, in))
        return find_number(out, in, false);
    if (!find_number(out, box, true))
        *out = box;
    return true;
}

static lmas_status normalise(char **out, lmi_span span)
{
    lmi_buf text;
    lmas_status status;

    lmi_buf_init(&text, 3 * span.len); /* U+0130 takes 2 bytes, its lower case 3 */
    status = lmi_py_lower(&text, lmi_py_strip(span));
    if (status == LMAS_OK) {
        char *normal = lmi_buf_steal(&text);

        if (normal)
            *out = normal;
        else
            status = lmi_fail(LMAS_E_NOMEM, "no memory for an answer");
    }
    lmi_buf_done(&text);
    return status;
}

/* The valid UTF-8 that Python would hold; done by the caller. */
static lmas_status to_python(lmi_buf *out, const char *text)
{
    const size_t len = strlen(text);

    lmi_buf_init(out, 3 * len);
    lmi_py_append(out, text, len);
    return lmi_buf_status(out);
}

lmas_status lmi_compat_normal(char **out, const char *text)
{
    lmi_buf valid;
    lmas_status status = to_python(&valid, text);

    if (status == LMAS_OK)
        status = normalise(out, (lmi_span){lmi_buf_text(&valid), valid.len});
    lmi_buf_done(&valid);
    return status;
}

/* The group of `####\s*([-+]?\d+(?:\.\d+)?)`, first match. */
static bool find_gold(lmi_span *out, lmi_span in)
{
    static const char MARK[] = "####";
    const char *end = in.text + in.len;
    const char *at = in.text;
    size_t n;

    while ((at = lmi_find(at, end, MARK))) {
        const char *number = at + sizeof(MARK) - 1;
        size_t sign;
        size_t len;

        while (number < end && lmi_py_is_space(lmi_py_char(&n, number)))
            number += n;
        sign = number < end && (*number == '-' || *number == '+');
        len = number_len(number + sign, (size_t)(end - number) - sign);
        if (len) {
            *out = (lmi_span){number, sign + len};
            return true;
        }
        at++; /* of five hashes, the last four may do */
    }
    return false;
}

lmas_status lmi_compat_gold_number(char **out, const char *answer)
{
    lmi_buf valid;
    lmi_span gold;
    lmas_status status = to_python(&valid, answer);

    if (status == LMAS_OK) {
        if (find_gold(&gold, (lmi_span){lmi_buf_text(&valid), valid.len}))
            status = normalise(out, gold);
        else
            *out = NULL;
    }
    lmi_buf_done(&valid);
    return status;
}

/* int(a) == int(b); a ValueError is a difference. */
static lmas_status compare_ints(bool *is_same, const char *a, const char *b)
{
    lmi_buf x, y;
    lmas_status status;

    lmi_buf_init(&x, strlen(a) + 1);
    lmi_buf_init(&y, strlen(b) + 1);
    *is_same = lmi_py_int(&x, (lmi_span){a, strlen(a)}) &&
               lmi_py_int(&y, (lmi_span){b, strlen(b)}) &&
               strcmp(lmi_buf_text(&x), lmi_buf_text(&y)) == 0;
    status = lmi_buf_status(&x);
    if (status == LMAS_OK)
        status = lmi_buf_status(&y);
    lmi_buf_done(&x);
    lmi_buf_done(&y);
    return status;
}

lmas_status lmi_compat_grade(char **out, bool *is_right, const lmi_gold *gold, const char *text,
                             size_t len)
{
    char *answer = NULL;
    bool is_same = false;
    lmi_span span;
    lmas_status status = LMAS_OK;

    if (find_answer(&span, (lmi_span){text, len}))
        status = normalise(&answer, span);
    if (status == LMAS_OK && answer && gold->compat) {
        if (gold->kind == LMI_GRADE_INTEGER)
            status = compare_ints(&is_same, answer, gold->compat);
        else
            is_same = strcmp(answer, gold->compat) == 0;
    }
    if (status != LMAS_OK) {
        lmi_free(answer);
        return status;
    }
    *out = answer;
    *is_right = is_same;
    return LMAS_OK;
}

const char *lmi_compat_from(const char *text, size_t len)
{
    lmi_span box;

    return find_box(&box, (lmi_span){text, len}) ? "a box" : "the last number";
}

/* The next "```python" in letters of any case; NULL without one. */
static const char *find_python_fence(const char *at, const char *end)
{
    static const char LANGUAGE[] = "python";
    const size_t n = sizeof(LANGUAGE) - 1;

    while ((at = lmi_find(at, end, "```"))) {
        if ((size_t)(end - at) >= 3 + n && strncasecmp(at + 3, LANGUAGE, n) == 0)
            return at;
        at++;
    }
    return NULL;
}

/* The group of the last match of "```python(.*?)```". */
static bool find_code(lmi_span *out, lmi_span in)
{
    const char *end = in.text + in.len;
    const char *at = in.text;
    bool has_found = false;

    while ((at = find_python_fence(at, end))) {
        const char *close;

        at += sizeof("```python") - 1;
        close = lmi_find(at, end, "```");
        if (!close)
            break;
        *out = (lmi_span){at, (size_t)(close - at)};
        has_found = true;
        at = close + 3;
    }
    return has_found;
}

lmas_status lmi_compat_code(char **out, const char *text, size_t len)
{
    lmi_span code;
    char *copy = NULL;

    if (find_code(&code, (lmi_span){text, len})) {
        code = lmi_py_strip(code);
        copy = lmi_strndup(code.text, code.len);
        if (!copy)
            return lmi_fail(LMAS_E_NOMEM, "no memory for a program");
    }
    *out = copy;
    return LMAS_OK;
}
