/*
 * rows.c - page after page of a data set, one line a row.
 *
 * Every line that is in the part was a whole row: what a killed fetch left is counted, and the
 * next page begins there. The server cuts off ("truncates") the cells of a page that would be
 * too long; the rows before the first such one are taken, and then fewer are asked for.
 */
#include "data/fetch.h"

#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "base/lines.h"
#include "base/mem.h"
#include "data/dataset.h"

/* Rows of a page, as many as the server gives, and how many fewer when they were too long. */
enum { PAGE_ROWS = 100, FEWER = 4 };

/* Longest page, in bytes. */
#define PAGE_MAX ((size_t)64 * 1024 * 1024)

typedef struct pager {
    lmi_fetch *fetch;
    size_t next;   /* the first row that is not there */
    size_t length; /* rows to ask for */
    lmi_buf url, body, lines;
    char revision[LMI_VERSION_SIZE]; /* of the page */
    bool has_restarted;
} pager;

/* ---- What is there ---- */

static bool is_row(const lmi_lines *lines)
{
    lmi_json row;
    bool is_object;

    if (!lines->is_whole ||
        lmi_json_parse_line(&row, lines->path, lines->number, lmi_buf_text(&lines->text),
                            lines->text.len) != LMAS_OK)
        return false;
    is_object = yyjson_is_obj(lmi_json_root(&row));
    lmi_json_done(&row);
    return is_object;
}

/* Count the rows of the part, and cut off what follows the last good one: half a line, or what a
 * crash of the machine left. */
static lmas_status count_rows(pager *p)
{
    lmi_part *part = &p->fetch->part;
    uint64_t good = 0;
    bool has_line = true;
    lmi_lines lines;
    lmas_status status;

    if (lseek(part->fd, 0, SEEK_SET) < 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot read %s", part->part_path);
    status = lmi_lines_init(&lines, part->fd, part->part_path, LMI_ROW_MAX);
    while (status == LMAS_OK) {
        status = lmi_lines_next(&has_line, &lines);
        if (status != LMAS_OK || !has_line || !is_row(&lines))
            break;
        good = lines.offset + lines.text.len + 1;
        p->next++;
    }
    lmi_lines_done(&lines);
    if (status != LMAS_OK && status != LMAS_E_FORMAT)
        return status;
    if (p->fetch->source->n_rows && p->next > p->fetch->source->n_rows)
        good = p->next = 0;
    p->fetch->n = p->next;
    return lmi_part_cut(part, good);
}

/* ---- A page ---- */

static lmas_status begin_page(void *user, const lmi_reply *reply)
{
    pager *p = user;
    const size_t len = strlen(reply->revision);

    lmi_buf_clear(&p->body);
    memset(p->revision, 0, sizeof(p->revision));
    if (len < sizeof(p->revision))
        memcpy(p->revision, reply->revision, len);
    return LMAS_OK;
}

static lmas_status take_page(void *user, const char *data, size_t size)
{
    pager *p = user;

    lmi_buf_append(&p->body, data, size);
    return lmi_buf_status(&p->body);
}

static lmas_status ask(pager *p)
{
    lmi_get get = {.token = p->fetch->token,
                   .what = "data set",
                   .max_size = PAGE_MAX,
                   .is_packable = true,
                   .etag = "",
                   .begin = begin_page,
                   .take = take_page,
                   .user = p};
    lmas_status status;

    lmi_buf_clear(&p->url);
    status = lmi_source_rows_url(&p->url, p->fetch->source, p->next, p->length);
    get.url = lmi_buf_text(&p->url);
    return status == LMAS_OK ? lmi_http_get(p->fetch->http, &get) : status;
}

/* The value at `key` of an object of the page, of which `is_type` holds. */
static lmas_status read_member(yyjson_val **out, const lmi_json *page, yyjson_val *object,
                               const char *key, bool (*is_type)(yyjson_val *), const char *type)
{
    size_t line;
    yyjson_val *val = lmi_json_member(&line, page, object, key);

    if (!is_type(val))
        return lmi_fail(LMAS_E_FORMAT, "%s: \"%s\" must be %s, found %s", page->label, key, type,
                        lmi_json_type(val));
    *out = val;
    return LMAS_OK;
}

/* yyjson's own are inline, and have no address. */
static bool is_object(yyjson_val *val)
{
    return yyjson_is_obj(val);
}

static bool is_array(yyjson_val *val)
{
    return yyjson_is_arr(val);
}

static bool is_count(yyjson_val *val)
{
    return yyjson_is_uint(val);
}

/* Append the line of one entry of "rows"; `*is_cut` when the server cut off cells of it. */
static lmas_status read_row(bool *is_cut, pager *p, const lmi_json *page, yyjson_val *entry)
{
    yyjson_val *index = NULL;
    yyjson_val *row = NULL;
    yyjson_val *cells = NULL;
    size_t len = 0;
    char *text;
    lmas_status status = read_member(&index, page, entry, "row_idx", is_count, "a row number");

    if (status == LMAS_OK)
        status = read_member(&row, page, entry, "row", is_object, "an object");
    if (status == LMAS_OK)
        status = read_member(&cells, page, entry, "truncated_cells", is_array, "an array");
    if (status != LMAS_OK)
        return status;
    if (yyjson_get_uint(index) != p->next)
        return lmi_fail(LMAS_E_FORMAT, "%s: row %zu expected, found row %llu", page->label, p->next,
                        (unsigned long long)yyjson_get_uint(index));
    *is_cut = yyjson_arr_size(cells) > 0;
    if (*is_cut)
        return LMAS_OK;
    text = yyjson_val_write(row, YYJSON_WRITE_NOFLAG, &len);
    if (!text)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a row");
    lmi_buf_append(&p->lines, text, len);
    lmi_buf_putc(&p->lines, '\n');
    lmi_free(text);
    if (len > LMI_ROW_MAX)
        return lmi_fail(LMAS_E_FORMAT, "%s: row %zu is longer than %zu bytes", page->label, p->next,
                        LMI_ROW_MAX);
    return lmi_buf_status(&p->lines);
}

/* The next page may be longer again, or must be shorter: this one held a row that was cut. */
static lmas_status set_length(pager *p, bool is_cut)
{
    if (is_cut && p->length == 1)
        return lmi_fail(LMAS_E_IO,
                        "row %zu of %s is longer than the server gives out, even alone: get the "
                        "file by other means and name it with --data FILE",
                        p->next, p->fetch->source->repo);
    if (is_cut)
        p->length = p->length > FEWER ? p->length / FEWER : 1;
    else
        p->length = p->length < PAGE_ROWS / 2 ? p->length * 2 : PAGE_ROWS;
    return LMAS_OK;
}

static lmas_status read_rows(pager *p, const lmi_json *page, yyjson_val *rows)
{
    bool is_cut = false;
    size_t i, n;
    yyjson_val *entry;
    lmas_status status = LMAS_OK;

    if (yyjson_arr_size(rows) == 0 || yyjson_arr_size(rows) > p->length)
        return lmi_fail(LMAS_E_FORMAT, "%s: from 1 to %zu rows expected, found %zu", page->label,
                        p->length, yyjson_arr_size(rows));
    lmi_buf_clear(&p->lines);
    yyjson_arr_foreach(rows, i, n, entry)
    {
        status = read_row(&is_cut, p, page, entry);
        if (status != LMAS_OK)
            return status;
        if (is_cut)
            break;
        p->next++;
    }
    status = lmi_part_append(&p->fetch->part, lmi_buf_text(&p->lines), p->lines.len);
    if (status == LMAS_OK)
        status = set_length(p, is_cut);
    p->fetch->n = p->next;
    return status;
}

/* A server that does not say is believed. */
static bool is_same_revision(const char *a, const char *b)
{
    return !*a || !*b || strcmp(a, b) == 0;
}

/* Whether the page is of the version that the part is of. The first page of a part decides; when
 * a later one differs the data set has changed, and everything is fetched anew, once. */
static lmas_status check_version(bool *is_same, pager *p, uint64_t total)
{
    lmi_part *part = &p->fetch->part;
    const size_t n_rows = p->fetch->source->n_rows;

    if (n_rows && total != n_rows)
        return lmi_fail(LMAS_E_FORMAT, "%s holds %llu rows, %zu expected, as once published",
                        p->fetch->source->repo, (unsigned long long)total, n_rows);
    p->fetch->n_total = total;
    *is_same = part->total == total && is_same_revision(part->version, p->revision);
    if (*is_same)
        return LMAS_OK;
    if (p->next > 0 && p->has_restarted)
        return lmi_fail(LMAS_E_IO, "%s changes while it is fetched; try again later",
                        p->fetch->source->repo);
    p->has_restarted = p->has_restarted || p->next > 0;
    *is_same = p->next == 0;
    p->next = 0;
    p->fetch->n = 0;
    return lmi_part_restart(part, total, p->revision);
}

static lmas_status read_page(pager *p, const lmi_json *page)
{
    yyjson_val *root = lmi_json_root(page);
    yyjson_val *total = NULL;
    yyjson_val *rows = NULL;
    bool is_same = false;
    lmas_status status =
        read_member(&total, page, root, "num_rows_total", is_count, "a number of rows");

    if (status == LMAS_OK)
        status = read_member(&rows, page, root, "rows", is_array, "an array");
    if (status == LMAS_OK)
        status = check_version(&is_same, p, yyjson_get_uint(total));
    if (status != LMAS_OK || !is_same)
        return status;
    return read_rows(p, page, rows);
}

static lmas_status fetch_page(pager *p)
{
    lmi_json page;
    lmas_status status = ask(p);

    if (status == LMAS_OK)
        status = lmi_json_parse(&page, lmi_buf_text(&p->url), lmi_buf_text(&p->body), p->body.len);
    if (status != LMAS_OK)
        return status;
    status = read_page(p, &page);
    lmi_json_done(&page);
    return status;
}

lmas_status lmi_fetch_rows(lmi_fetch *fetch)
{
    pager p = {.fetch = fetch, .length = PAGE_ROWS};
    lmas_status status;

    lmi_buf_init(&p.url, LMI_URL_MAX);
    lmi_buf_init(&p.body, PAGE_MAX);
    lmi_buf_init(&p.lines, 2 * PAGE_MAX); /* room for what escapes add */
    fetch->n_total = fetch->source->n_rows ? fetch->source->n_rows : fetch->part.total;
    status = count_rows(&p);
    while (status == LMAS_OK && (fetch->n_total == 0 || p.next < fetch->n_total))
        status = lmi_fetch_tick(fetch) ? fetch_page(&p)
                                       : lmi_fail(LMAS_E_CANCELED, "fetching was stopped");
    lmi_buf_done(&p.url);
    lmi_buf_done(&p.body);
    lmi_buf_done(&p.lines);
    return status;
}
