/*
 * strict.c - published tests that compare less strictly than they seem to (same.py says how).
 *
 * Their assertion() is a function of their own that stands in front of what calls it, so another of
 * that name behind it is what they call. There are two kinds of it, and some rows have one that
 * knows more than one right answer; such a one goes on deciding.
 */
#include <ctype.h>
#include <string.h>

#include "data/items/parts.h"

static const char head[] = "def assertion(out, exp, atol):\n";

/* What same.py calls its mode: one that compares values, in two wordings; sets; anything else. */
static const struct {
    int mode;
    const char *body;
} known[] = {
    {0, "exact_match = out == exp "
        "if atol == 0 and is_floats(exp): atol = 1e-6 "
        "if not exact_match and atol != 0: "
        "assert np.allclose(out, exp, rtol=1e-07, atol=atol) "
        "else: assert exact_match"},
    {0, "if atol == 0 and is_floats(exp): atol = 1e-6 "
        "if out != exp and atol != 0: assert np.allclose(out, exp, rtol=1e-07, atol=atol) "
        "else: assert out == exp, f\"out: {out}, exp: {exp}\""},
    {1, "if atol == 0 and is_floats(exp): atol = 1e-6 "
        "out = set(out) exp = set(exp) "
        "if out != exp and atol != 0: assert np.allclose(out, exp, rtol=1e-07, atol=atol) "
        "else: assert out == exp, f\"out: {out}, exp: {exp}\""},
};
enum { MODE_OTHER = 2 };

static const char *skip_space(const char *at, const char *end)
{
    while (at < end && isspace((unsigned char)*at))
        at++;
    return at;
}

/* Whether two texts differ in white space only. */
static bool is_same_code(const char *at, const char *end, const char *other)
{
    const char *other_end = other + strlen(other);

    for (;; at++, other++) {
        at = skip_space(at, end);
        other = skip_space(other, other_end);
        if (at == end || other == other_end)
            return at == end && other == other_end;
        if (*at != *other)
            return false;
    }
}

static int mode_of(const char *body, const char *end)
{
    size_t i;

    for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (is_same_code(body, end, known[i].body))
            return known[i].mode;
    return MODE_OTHER;
}

/* Behind the head of the function, at the beginning of a line; NULL where there is none. */
static const char *find_body(const char *tests)
{
    const char *at = tests;

    while ((at = strstr(at, head))) {
        if (at == tests || at[-1] == '\n')
            return at + sizeof(head) - 1;
        at++;
    }
    return NULL;
}

/* The first line that is not blank and not indented. */
static const char *find_end(const char *body)
{
    while (*body) {
        const char *next = strchr(body, '\n');

        if (!isspace((unsigned char)*body))
            return body;
        body = next ? next + 1 : body + strlen(body);
    }
    return body;
}

bool lmi_tests_strengthen(lmi_buf *out, const char *tests)
{
    const char *body = find_body(tests);
    const char *end = body ? find_end(body) : tests;

    lmi_buf_append(out, tests, (size_t)(end - tests));
    if (body)
        lmi_buf_printf(out,
                       "\n_published_assertion = assertion\n\n\n%s\n\n"
                       "assertion = assertion(_published_assertion, %d)\n\n\n",
                       lmi_same_py, mode_of(body, end));
    lmi_buf_puts(out, end);
    return body != NULL;
}
