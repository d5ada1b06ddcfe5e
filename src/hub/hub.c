/* hub.c - one variable after the other; an empty one counts as not set. */
#include "hub/hub.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"

const char *lmi_hub_env(const char *name)
{
    const char *value = getenv(name);

    return value && *value ? value : NULL;
}

/* What the Hugging Face libraries take for a yes. */
static bool is_on(const char *name)
{
    static const char *const words[] = {"1", "on", "yes", "true"};
    const char *value = lmi_hub_env(name);
    size_t i;

    for (i = 0; value && i < sizeof(words) / sizeof(words[0]); i++)
        if (strcasecmp(value, words[i]) == 0)
            return true;
    return false;
}

const char *lmi_hub_offline(const char *also)
{
    if (is_on("HF_HUB_OFFLINE"))
        return "HF_HUB_OFFLINE";
    return is_on(also) ? also : NULL;
}

/* ---- Addresses ---- */

lmas_status lmi_hub_append_base(lmi_buf *out, const char *name, const char *normal)
{
    const char *base = lmi_hub_env(name) ? lmi_hub_env(name) : normal;
    size_t len = strlen(base);

    if (strncasecmp(base, "http://", 7) != 0 && strncasecmp(base, "https://", 8) != 0)
        return lmi_fail(LMAS_E_INVALID, "%s: expected an http or https address, found \"%s\"", name,
                        base);
    while (len && base[len - 1] == '/')
        len--;
    lmi_buf_append(out, base, len);
    return LMAS_OK;
}

lmas_status lmi_hub_append_endpoint(lmi_buf *out)
{
    const char *name = lmi_hub_env("MODEL_ENDPOINT") ? "MODEL_ENDPOINT" : "HF_ENDPOINT";

    return lmi_hub_append_base(out, name, "https://huggingface.co");
}

void lmi_hub_append_escaped(lmi_buf *out, const char *text, const char *also_plain)
{
    for (; *text; text++) {
        const unsigned char c = (unsigned char)*text;

        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
            strchr("-._~", c) || strchr(also_plain, c))
            lmi_buf_putc(out, (char)c);
        else
            lmi_buf_printf(out, "%%%02X", c);
    }
}

/* ---- The token ---- */

/* Append the path of the token's file; false when nothing says where it could be. */
static bool append_token_path(lmi_buf *out)
{
    const char *path = lmi_hub_env("HF_TOKEN_PATH");
    const char *hf_home = lmi_hub_env("HF_HOME");
    const char *cache = lmi_hub_env("XDG_CACHE_HOME");
    const char *home = lmi_hub_env("HOME");

    if (path)
        lmi_buf_puts(out, path);
    else if (hf_home)
        lmi_buf_printf(out, "%s/token", hf_home);
    else if (cache)
        lmi_buf_printf(out, "%s/huggingface/token", cache);
    else if (home)
        lmi_buf_printf(out, "%s/.cache/huggingface/token", home);
    return out->len > 0;
}

/* The token goes into a header, where a line break would begin another one. */
static lmas_status append_token(lmi_buf *out, const char *from, const char *text)
{
    size_t len, i;

    text += strspn(text, " \t\r\n");
    len = strlen(text);
    while (len && strchr(" \t\r\n", text[len - 1]))
        len--;
    if (len > LMI_TOKEN_MAX)
        return lmi_fail(LMAS_E_INVALID, "%s: token of %zu bytes, at most %zu expected", from, len,
                        LMI_TOKEN_MAX);
    for (i = 0; i < len; i++)
        if (text[i] <= ' ' || text[i] > '~')
            return lmi_fail(LMAS_E_INVALID,
                            "%s: a token is one word of letters and digits, found something else",
                            from);
    lmi_buf_append(out, text, len);
    return lmi_buf_status(out);
}

static lmas_status read_token(lmi_buf *out, const char *path)
{
    lmas_status status;
    lmi_buf text;

    if (!lmi_file_exists(path))
        return LMAS_OK;
    lmi_buf_init(&text, 2 * LMI_TOKEN_MAX);
    status = lmi_file_read(&text, path);
    if (status == LMAS_OK)
        status = append_token(out, path, lmi_buf_text(&text));
    lmi_buf_done(&text);
    return status;
}

lmas_status lmi_hub_token(lmi_buf *out)
{
    static const char *const names[] = {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"};
    lmas_status status = LMAS_OK;
    lmi_buf path;
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (lmi_hub_env(names[i]))
            return append_token(out, names[i], lmi_hub_env(names[i]));
    lmi_buf_init(&path, LMI_PATH_MAX);
    if (append_token_path(&path))
        status = read_token(out, lmi_buf_text(&path));
    lmi_buf_done(&path);
    return status;
}
