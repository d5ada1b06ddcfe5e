/* buf.c - growable text with a ceiling; see buf.h for the sticky failure. */
#include "base/buf.h"

#include <stdio.h>
#include <string.h>

#include "base/mem.h"

void lmi_buf_init(lmi_buf *buf, size_t max)
{
    *buf = (lmi_buf){.max = max};
}

void lmi_buf_done(lmi_buf *buf)
{
    lmi_free(buf->data);
    lmi_buf_init(buf, buf->max);
}

void lmi_buf_clear(lmi_buf *buf)
{
    buf->len = 0;
    buf->status = LMAS_OK;
    if (buf->data)
        buf->data[0] = '\0';
}

/* Room for `len` more bytes and the NUL; false (and a sticky status) when there is none. */
static bool make_room(lmi_buf *buf, size_t len)
{
    if (buf->status != LMAS_OK)
        return false;
    if (len > buf->max || buf->len > buf->max - len) {
        buf->status = LMAS_E_FORMAT;
        return false;
    }
    if (!lmi_reserve((void **)&buf->data, &buf->capacity, buf->len + len + 1, 1)) {
        buf->status = LMAS_E_NOMEM;
        return false;
    }
    return true;
}

void lmi_buf_append(lmi_buf *buf, const char *data, size_t len)
{
    if (!make_room(buf, len))
        return;
    if (len)
        memcpy(buf->data + buf->len, data, len);
    buf->len += len;
    buf->data[buf->len] = '\0';
}

void lmi_buf_puts(lmi_buf *buf, const char *text)
{
    lmi_buf_append(buf, text, strlen(text));
}

void lmi_buf_putc(lmi_buf *buf, char c)
{
    lmi_buf_append(buf, &c, 1);
}

void lmi_buf_printf(lmi_buf *buf, const char *format, ...)
{
    va_list args;
    int len;

    va_start(args, format);
    len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len < 0 || !make_room(buf, (size_t)len))
        return;
    va_start(args, format);
    vsnprintf(buf->data + buf->len, (size_t)len + 1, format, args);
    va_end(args);
    buf->len += (size_t)len;
}

lmas_status lmi_buf_status(const lmi_buf *buf)
{
    switch (buf->status) {
    case LMAS_OK:
        return LMAS_OK;
    case LMAS_E_NOMEM:
        return lmi_fail(LMAS_E_NOMEM, "no memory for a text of %zu bytes", buf->len);
    default:
        return lmi_fail(buf->status, "text longer than %zu bytes", buf->max);
    }
}

const char *lmi_buf_text(const lmi_buf *buf)
{
    return buf->data ? buf->data : "";
}

char *lmi_buf_steal(lmi_buf *buf)
{
    char *text = buf->status == LMAS_OK && !buf->data ? lmi_strdup("") : buf->data;

    if (buf->status != LMAS_OK) {
        lmi_buf_done(buf);
        return NULL;
    }
    lmi_buf_init(buf, buf->max);
    return text;
}
