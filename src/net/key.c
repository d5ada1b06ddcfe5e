/* key.c - a key read, checked, and wiped out. */
#include "net/key.h"

#include <sodium/utils.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"

/* A key goes into a header: a byte that is no visible ASCII would end or change it. */
static lmas_status check(const char *key, size_t len, const char *from)
{
    size_t i;

    if (len == 0)
        return lmi_fail(LMAS_E_INVALID, "%s holds no key: one line expected", from);
    if (len > LMI_KEY_MAX)
        return lmi_fail(LMAS_E_INVALID, "%s: a key of at most %zu bytes expected", from,
                        LMI_KEY_MAX);
    for (i = 0; i < len; i++)
        if (key[i] <= ' ' || key[i] > '~')
            return lmi_fail(LMAS_E_INVALID,
                            "%s: a key is one line of visible ASCII, byte %zu is not", from, i);
    return LMAS_OK;
}

static lmas_status take(char **out, const char *key, size_t len, const char *from)
{
    const lmas_status status = check(key, len, from);

    if (status != LMAS_OK)
        return status;
    *out = lmi_strndup(key, len);
    return *out ? LMAS_OK : lmi_fail(LMAS_E_NOMEM, "no memory for a key");
}

static lmas_status read_file(char **out, const char *path)
{
    lmas_status status;
    size_t len;
    lmi_buf text;

    lmi_buf_init(&text, LMI_KEY_MAX + 2);
    status = lmi_file_read(&text, path);
    if (status == LMAS_E_FORMAT)
        status =
            lmi_fail(LMAS_E_INVALID, "%s: a key of at most %zu bytes expected", path, LMI_KEY_MAX);
    len = text.len;
    while (len > 0 &&
           (lmi_buf_text(&text)[len - 1] == '\n' || lmi_buf_text(&text)[len - 1] == '\r'))
        len--;
    if (status == LMAS_OK)
        status = take(out, lmi_buf_text(&text), len, path);
    if (text.data)
        sodium_memzero(text.data, text.len);
    lmi_buf_done(&text);
    return status;
}

lmas_status lmi_key_read(char **out, const char *path)
{
    static const char *const names[] = {"LATENTMAS_API_KEY", "OPENAI_API_KEY"};
    size_t i;

    if (path)
        return read_file(out, path);
    for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
        const char *key = getenv(names[i]);

        if (key && *key)
            return take(out, key, strlen(key), names[i]);
    }
    *out = lmi_strdup("");
    return *out ? LMAS_OK : lmi_fail(LMAS_E_NOMEM, "no memory for a key");
}

void lmi_key_free(char *key)
{
    if (key)
        sodium_memzero(key, strlen(key));
    lmi_free(key);
}
