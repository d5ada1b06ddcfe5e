/* stream.c - lines that end in LF, CR or both; fields of which one matters. */
#include "remote/stream.h"

#include <string.h>

void lmi_stream_init(lmi_stream *stream, lmi_event_fn fn, void *user)
{
    *stream = (lmi_stream){.fn = fn, .user = user};
    lmi_buf_init(&stream->line, LMI_STREAM_LINE_MAX);
    lmi_buf_init(&stream->event, LMI_STREAM_EVENT_MAX);
}

void lmi_stream_done(lmi_stream *stream)
{
    lmi_buf_done(&stream->line);
    lmi_buf_done(&stream->event);
}

void lmi_stream_clear(lmi_stream *stream)
{
    lmi_buf_clear(&stream->line);
    lmi_buf_clear(&stream->event);
    stream->has_data = stream->is_after_cr = stream->is_begun = false;
}

static lmas_status end_event(lmi_stream *stream)
{
    lmas_status status = LMAS_OK;

    if (stream->has_data)
        status = stream->fn(stream->user, lmi_buf_text(&stream->event), stream->event.len);
    lmi_buf_clear(&stream->event);
    stream->has_data = false;
    return status;
}

static lmas_status add_data(lmi_stream *stream, const char *value, size_t len)
{
    if (stream->has_data)
        lmi_buf_putc(&stream->event, '\n');
    lmi_buf_append(&stream->event, value, len);
    stream->has_data = true;
    if (stream->event.status == LMAS_E_FORMAT)
        return lmi_fail(LMAS_E_FORMAT, "the server streams an event of more than %zu bytes",
                        LMI_STREAM_EVENT_MAX);
    return lmi_buf_status(&stream->event);
}

/* The line's name goes up to a colon; one space after that is no part of its value. A byte order
 * mark may open the text. */
static lmas_status end_line(lmi_stream *stream)
{
    static const char field[] = "data";
    static const char mark[] = "\xef\xbb\xbf";
    const char *line = lmi_buf_text(&stream->line);
    const char *end = line + stream->line.len;
    const char *name_end;
    const char *value;

    if (!stream->is_begun && strncmp(line, mark, sizeof(mark) - 1) == 0)
        line += sizeof(mark) - 1;
    stream->is_begun = true;
    if (line == end)
        return end_event(stream);
    name_end = memchr(line, ':', (size_t)(end - line));
    value = name_end ? name_end + 1 : end;
    if (!name_end)
        name_end = end;
    if (value < end && *value == ' ')
        value++;
    if ((size_t)(name_end - line) != sizeof(field) - 1 ||
        memcmp(line, field, sizeof(field) - 1) != 0)
        return LMAS_OK;
    return add_data(stream, value, (size_t)(end - value));
}

static lmas_status add_to_line(lmi_stream *stream, const char *data, size_t size)
{
    lmi_buf_append(&stream->line, data, size);
    if (stream->line.status == LMAS_E_FORMAT)
        return lmi_fail(LMAS_E_FORMAT, "the server streams a line of more than %zu bytes",
                        LMI_STREAM_LINE_MAX);
    return lmi_buf_status(&stream->line);
}

/* Bytes before the next line end. */
static size_t until_end(const char *data, size_t size)
{
    size_t n = 0;

    while (n < size && data[n] != '\n' && data[n] != '\r')
        n++;
    return n;
}

lmas_status lmi_stream_add(lmi_stream *stream, const char *data, size_t size)
{
    lmas_status status = LMAS_OK;

    while (status == LMAS_OK && size > 0) {
        const size_t n = until_end(data, size);

        if (stream->is_after_cr && *data == '\n') {
            stream->is_after_cr = false;
            data++, size--;
            continue;
        }
        stream->is_after_cr = false;
        status = add_to_line(stream, data, n);
        if (status == LMAS_OK && n < size) {
            stream->is_after_cr = data[n] == '\r';
            status = end_line(stream);
            lmi_buf_clear(&stream->line);
        }
        data += n < size ? n + 1 : n;
        size -= n < size ? n + 1 : n;
    }
    return status;
}

lmas_status lmi_stream_end(lmi_stream *stream)
{
    lmas_status status = LMAS_OK;

    if (stream->line.len > 0)
        status = end_line(stream);
    lmi_buf_clear(&stream->line);
    return status == LMAS_OK ? end_event(stream) : status;
}
