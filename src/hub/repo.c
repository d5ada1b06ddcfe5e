/* repo.c - what is a name and what is not. */
#include "hub/repo.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static bool is_plain(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

/* ORG or NAME: letters, digits, `_`, and between those single `.` and `-`. */
static bool is_part(const char *text, size_t len)
{
    size_t i;

    if (len == 0 || len > LMI_REPO_PART_MAX || !is_plain(text[0]) || !is_plain(text[len - 1]))
        return false;
    for (i = 0; i < len; i++)
        if (!is_plain(text[i]) && ((text[i] != '.' && text[i] != '-') || text[i + 1] == text[i]))
            return false;
    return true;
}

bool lmi_repo_is_id(const char *id, size_t len)
{
    static const char git[] = ".git";
    const char *slash = memchr(id, '/', len);
    const size_t org_len = slash ? (size_t)(slash - id) : 0;

    if (!slash || !is_part(id, org_len) || !is_part(slash + 1, len - org_len - 1))
        return false;
    return len < 4 || strncasecmp(id + len - 4, git, 4) != 0;
}

static bool is_quant(const char *text)
{
    size_t i;

    for (i = 0; text[i]; i++)
        if (!is_plain(text[i]) && text[i] != '.' && text[i] != '-')
            return false;
    return i > 0 && i <= LMI_QUANT_MAX;
}

lmas_status lmi_repo_parse(lmi_repo *out, const char *text)
{
    const size_t len = strcspn(text, ":");
    const char *quant = text[len] ? text + len + 1 : NULL;

    if (!lmi_repo_is_id(text, len))
        return lmi_fail(
            LMAS_E_INVALID,
            "expected the name of a model, ORG/NAME or ORG/NAME:QUANT, found \"%.200s\"", text);
    if (quant && !is_quant(quant))
        return lmi_fail(LMAS_E_INVALID,
                        "%.*s: expected a quantisation such as Q8_0 behind the colon, found "
                        "\"%.100s\"",
                        (int)len, text, quant);
    *out = (lmi_repo){0};
    snprintf(out->id, sizeof(out->id), "%.*s", (int)len, text);
    snprintf(out->quant, sizeof(out->quant), "%s", quant ? quant : "");
    return LMAS_OK;
}

bool lmi_repo_is_name(const char *text)
{
    static const char gguf[] = ".gguf";
    const size_t len = strcspn(text, ":");

    if (len >= 5 && strncasecmp(text + len - 5, gguf, 5) == 0)
        return false;
    return lmi_repo_is_id(text, len) && (!text[len] || is_quant(text + len + 1));
}

bool lmi_repo_is_hex(const char *text, size_t n_digits)
{
    return strspn(text, "0123456789abcdef") == n_digits && text[n_digits] == '\0';
}

/* A folder or a file inside one: neither the folder itself nor the one above. */
static bool is_step(const char *text, size_t len)
{
    return len > 0 && !(text[0] == '.' && (len == 1 || (len == 2 && text[1] == '.')));
}

bool lmi_repo_is_path(const char *path)
{
    const char *step = path;
    const char *c;

    if (strlen(path) > LMI_REPO_FILE_MAX)
        return false;
    for (c = path; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7f || *c == '\\')
            return false;
    for (; (c = strchr(step, '/')); step = c + 1)
        if (!is_step(step, (size_t)(c - step)))
            return false;
    return is_step(step, strlen(step));
}
