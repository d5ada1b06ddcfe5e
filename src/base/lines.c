/* lines.c - lines cut from chunks; a line may span any number of them. */
#include "base/lines.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"

enum { CHUNK_SIZE = 64 * 1024 };

lmas_status lmi_lines_init(lmi_lines *out, int fd, const char *path, size_t max_len)
{
    char *chunk = lmi_new(CHUNK_SIZE, 1);

    if (!chunk)
        return lmi_fail(LMAS_E_NOMEM, "no memory to read %s", path);
    *out = (lmi_lines){.fd = fd, .path = path, .chunk = chunk, .is_whole = true};
    lmi_buf_init(&out->text, max_len);
    return LMAS_OK;
}

void lmi_lines_done(lmi_lines *lines)
{
    lmi_buf_done(&lines->text);
    lmi_free(lines->chunk);
    *lines = (lmi_lines){0};
}

/* Have at least one unused byte in the chunk; false in `*has_bytes` at the end of the file. */
static lmas_status fill(bool *has_bytes, lmi_lines *lines)
{
    ssize_t n;

    *has_bytes = lines->pos < lines->end;
    if (*has_bytes)
        return LMAS_OK;
    do
        n = read(lines->fd, lines->chunk, CHUNK_SIZE);
    while (n < 0 && errno == EINTR);
    if (n < 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot read %s", lines->path);
    lines->pos = 0;
    lines->end = (size_t)n;
    *has_bytes = n > 0;
    return LMAS_OK;
}

/* Move what the chunk holds of the current line into the text. */
static void take(lmi_lines *lines)
{
    const char *start = lines->chunk + lines->pos;
    const size_t n = lines->end - lines->pos;
    const char *newline = memchr(start, '\n', n);

    lines->is_whole = newline != NULL;
    lmi_buf_append(&lines->text, start, newline ? (size_t)(newline - start) : n);
    lines->pos += newline ? (size_t)(newline - start) + 1 : n;
}

static lmas_status check_len(const lmi_lines *lines)
{
    if (lines->text.status == LMAS_E_FORMAT)
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: line longer than %zu bytes", lines->path,
                        lines->number, lines->text.max);
    return lmi_buf_status(&lines->text);
}

lmas_status lmi_lines_next(bool *has_line, lmi_lines *lines)
{
    bool has_bytes;
    lmas_status status;

    lines->offset += lines->number ? lines->text.len + (lines->is_whole ? 1 : 0) : 0;
    lmi_buf_clear(&lines->text);
    status = fill(&has_bytes, lines);
    if (status != LMAS_OK)
        return status;
    *has_line = has_bytes;
    if (has_bytes)
        lines->number++;
    while (has_bytes) {
        take(lines);
        status = check_len(lines);
        if (status != LMAS_OK || lines->is_whole)
            return status;
        status = fill(&has_bytes, lines);
        if (status != LMAS_OK)
            return status;
    }
    return LMAS_OK;
}
