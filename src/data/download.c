/*
 * download.c - a published file, byte for byte, then its rows are counted.
 *
 * Bytes that are there are kept as long as the server still has the version (ETag) that they
 * are of; else the file comes anew.
 */
#include "data/fetch.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/lines.h"
#include "data/dataset.h"

/* Longest file, in bytes. */
#define DOWNLOAD_MAX ((size_t)1024 * 1024 * 1024)

typedef struct download {
    lmi_fetch *fetch;
    lmi_get get;
} download;

static lmas_status begin_file(void *user, const lmi_reply *reply)
{
    download *d = user;
    lmi_part *part = &d->fetch->part;
    lmas_status status = LMAS_OK;

    if (!reply->is_rest)
        status = lmi_part_restart(part, reply->total, reply->etag);
    d->get.from = part->size;
    d->fetch->n = part->size;
    d->fetch->n_total = reply->total;
    return status;
}

static lmas_status take_file(void *user, const char *data, size_t size)
{
    download *d = user;
    const lmas_status status = lmi_part_append(&d->fetch->part, data, size);

    d->get.from = d->fetch->part.size;
    d->fetch->n = d->fetch->part.size;
    return status;
}

static lmas_status get_file(lmi_fetch *fetch)
{
    const bool is_hub = fetch->source->kind == LMI_SOURCE_FILE;
    download d = {.fetch = fetch,
                  .get = {.token = is_hub ? fetch->token : NULL,
                          .what = "data set",
                          .max_size = DOWNLOAD_MAX,
                          .from = fetch->part.size,
                          .etag = fetch->part.version,
                          .begin = begin_file,
                          .take = take_file}};
    lmas_status status;
    lmi_buf url;

    d.get.user = &d;
    lmi_buf_init(&url, LMI_URL_MAX);
    status = lmi_source_file_url(&url, fetch->source);
    d.get.url = lmi_buf_text(&url);
    if (status == LMAS_OK)
        status = lmi_http_get(fetch->http, &d.get);
    if (status == LMAS_OK && fetch->n_total && fetch->part.size != fetch->n_total)
        status = lmi_fail(LMAS_E_FORMAT, "%s: %llu bytes expected, found %llu", d.get.url,
                          (unsigned long long)fetch->n_total, (unsigned long long)fetch->part.size);
    lmi_buf_done(&url);
    return status;
}

/* ---- Counting ---- */

static lmas_status count_items(size_t *out, const lmi_part *part)
{
    lmi_json json = {0};
    lmi_buf text;
    lmas_status status;

    lmi_buf_init(&text, DOWNLOAD_MAX);
    status = lmi_file_read(&text, part->part_path);
    if (status == LMAS_OK)
        status = lmi_json_parse(&json, part->part_path, lmi_buf_text(&text), text.len);
    if (status == LMAS_OK && !yyjson_is_arr(lmi_json_root(&json)))
        status = lmi_fail(LMAS_E_FORMAT, "%s must hold an array, found %s", part->part_path,
                          lmi_json_type(lmi_json_root(&json)));
    if (status == LMAS_OK)
        *out = yyjson_arr_size(lmi_json_root(&json));
    lmi_json_done(&json);
    lmi_buf_done(&text);
    return status;
}

static lmas_status check_line(size_t *n, const lmi_lines *lines)
{
    const char *text = lmi_buf_text(&lines->text);
    lmi_json row;
    lmas_status status;

    if (text[strspn(text, " \t\r")] == '\0' && strlen(text) == lines->text.len)
        return LMAS_OK;
    status = lmi_json_parse_line(&row, lines->path, lines->number, text, lines->text.len);
    if (status != LMAS_OK)
        return status;
    lmi_json_done(&row);
    (*n)++;
    return LMAS_OK;
}

static lmas_status count_lines(size_t *out, const lmi_part *part)
{
    bool has_line = true;
    size_t n = 0;
    lmi_lines lines;
    lmas_status status;

    if (lseek(part->fd, 0, SEEK_SET) < 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot read %s", part->part_path);
    status = lmi_lines_init(&lines, part->fd, part->part_path, LMI_ROW_MAX);
    while (status == LMAS_OK) {
        status = lmi_lines_next(&has_line, &lines);
        if (status != LMAS_OK || !has_line)
            break;
        status = check_line(&n, &lines);
    }
    lmi_lines_done(&lines);
    if (status == LMAS_OK)
        *out = n;
    return status;
}

/* Whether the file is JSON lines, by its name; else it is one JSON array. */
static bool is_lines(const char *path)
{
    const char *dot = strrchr(path, '.');

    return dot && strcmp(dot, ".jsonl") == 0;
}

/* A fetch that was killed may have left the whole file. */
static bool is_whole(const lmi_part *part)
{
    return part->total > 0 && part->size == part->total;
}

lmas_status lmi_fetch_file(lmi_fetch *fetch)
{
    const lmi_source *source = fetch->source;
    lmi_part *part = &fetch->part;
    lmas_status status = is_whole(part) ? LMAS_OK : get_file(fetch);
    size_t n = 0;

    if (status == LMAS_OK)
        status = is_lines(source->path) ? count_lines(&n, part) : count_items(&n, part);
    if (status == LMAS_OK && source->n_rows && n != source->n_rows)
        status = lmi_fail(LMAS_E_FORMAT, "%s of %s holds %zu rows, %zu expected, as once published",
                          source->path, source->repo, n, source->n_rows);
    if (status == LMAS_E_FORMAT)
        lmi_part_drop(part);
    return status;
}
