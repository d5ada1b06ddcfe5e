/*
 * stream.h - text/event-stream, from pieces cut anywhere: each event's data, in order.
 *
 *     data: {"a"        one event: its lines of "data:", with newlines between
 *     data: :1}
 *                       an empty line ends it
 *     : a comment       skipped, as are fields of other names
 */
#ifndef LMI_REMOTE_STREAM_H
#define LMI_REMOTE_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* Bytes of one line, and of one event's data. */
#define LMI_STREAM_LINE_MAX  ((size_t)16 * 1024 * 1024)
#define LMI_STREAM_EVENT_MAX ((size_t)16 * 1024 * 1024)

/* One event. What it returns other than LMAS_OK ends the reading. */
typedef lmas_status (*lmi_event_fn)(void *user, const char *data, size_t len);

typedef struct lmi_stream {
    lmi_buf line;  /* so far */
    lmi_buf event; /* data so far */
    bool has_data;
    bool is_after_cr; /* a newline now belongs to the line before */
    bool is_begun;
    lmi_event_fn fn;
    void *user;
} lmi_stream;

void lmi_stream_init(lmi_stream *stream, lmi_event_fn fn, void *user);
void lmi_stream_done(lmi_stream *stream);
void lmi_stream_clear(lmi_stream *stream);

/* Read on. LMAS_E_FORMAT for a line or an event beyond its limit. */
lmas_status lmi_stream_add(lmi_stream *stream, const char *data, size_t size);

/* The text has ended: an event without its empty line counts. */
lmas_status lmi_stream_end(lmi_stream *stream);

#endif
