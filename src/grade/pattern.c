/*
 * pattern.c - PCRE2 held by one handle.
 *
 * The text is taken as bytes, not as UTF-8: PCRE2 would check all of it before every match.
 * A pattern that must know a character beyond ASCII spells its bytes.
 */
#include "grade/pattern.h"

/* The first failure of this thread's matches, as PCRE2 numbers it; 0 for none. */
static _Thread_local int failure;

void lmi_pattern_forget(void)
{
    failure = 0;
}

lmas_status lmi_pattern_status(void)
{
    char text[128];

    if (failure == 0)
        return LMAS_OK;
    if (failure == PCRE2_ERROR_NOMEMORY || failure == PCRE2_ERROR_HEAPLIMIT ||
        pcre2_get_error_message(failure, (PCRE2_UCHAR *)text, sizeof(text)) < 0)
        return lmi_fail(LMAS_E_NOMEM, "no memory to look for an answer");
    return lmi_fail(LMAS_E_FORMAT, "no looking for an answer in this text: %s", text);
}

/* A text that is worth a pattern in machine code, in bytes: making that takes as long as looking
 * through some kilobytes without. Where the system allows no such code all goes on without. */
enum { JIT_WORTH = 8192 };

lmas_status lmi_pattern_init(lmi_pattern *out, const char *pattern, lmi_span subject)
{
    int error = 0;
    size_t where = 0;
    pcre2_code *code =
        pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, 0, &error, &where, NULL);
    pcre2_match_data *match = code ? pcre2_match_data_create_from_pattern(code, NULL) : NULL;

    if (!match) {
        pcre2_code_free(code);
        return lmi_fail(LMAS_E_NOMEM, "no memory to look for an answer");
    }
    if (subject.len > JIT_WORTH)
        (void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
    *out = (lmi_pattern){.code = code, .match = match, .subject = subject};
    return LMAS_OK;
}

void lmi_pattern_done(lmi_pattern *pattern)
{
    pcre2_match_data_free(pattern->match);
    pcre2_code_free(pattern->code);
    *pattern = (lmi_pattern){0};
}

/* Machine code has a small stack; what needs more goes without it. */
static int match(lmi_pattern *pattern)
{
    const lmi_span in = pattern->subject;
    int n = pcre2_match(pattern->code, (PCRE2_SPTR)in.text, in.len, pattern->where, 0,
                        pattern->match, NULL);

    if (n == PCRE2_ERROR_JIT_STACKLIMIT)
        n = pcre2_match(pattern->code, (PCRE2_SPTR)in.text, in.len, pattern->where, PCRE2_NO_JIT,
                        pattern->match, NULL);
    return n;
}

bool lmi_pattern_next(lmi_pattern *pattern)
{
    const lmi_span subject = pattern->subject;
    lmi_span all;
    int n;

    if (pattern->where > subject.len)
        return false;
    n = match(pattern);
    if (n <= 0 && n != PCRE2_ERROR_NOMATCH && failure == 0)
        failure = n ? n : PCRE2_ERROR_INTERNAL;
    if (n <= 0)
        return false;
    all = lmi_pattern_group(pattern, 0);
    pattern->where = (size_t)(all.text - subject.text) + (all.len > 0 ? all.len : 1);
    return true;
}

lmi_span lmi_pattern_group(const lmi_pattern *pattern, uint32_t i)
{
    const size_t *ends = pcre2_get_ovector_pointer(pattern->match) + 2 * (size_t)i;

    if (i >= pcre2_get_ovector_count(pattern->match) || ends[0] == PCRE2_UNSET)
        return (lmi_span){NULL, 0};
    return (lmi_span){pattern->subject.text + ends[0], ends[1] - ends[0]};
}

lmas_status lmi_pattern_first(lmi_span *out, const char *pattern, lmi_span subject)
{
    lmi_pattern p = {0};
    const lmas_status status = lmi_pattern_init(&p, pattern, subject);

    if (status != LMAS_OK)
        return status;
    *out = lmi_pattern_next(&p) ? lmi_pattern_group(&p, 1) : (lmi_span){NULL, 0};
    lmi_pattern_done(&p);
    return LMAS_OK;
}

lmas_status lmi_pattern_matches(bool *out, const char *pattern, lmi_span subject)
{
    lmi_pattern p = {0};
    const lmas_status status = lmi_pattern_init(&p, pattern, subject);

    if (status != LMAS_OK)
        return status;
    *out = lmi_pattern_next(&p);
    lmi_pattern_done(&p);
    return LMAS_OK;
}
