/* source.c - the fetch of a data set from first to last step. */
#include "data/source.h"

#include <string.h>

#include "base/file.h"
#include "data/fetch.h"

lmas_status lmi_source_path(lmi_buf *out, const char *name, const lmi_source *source)
{
    const char *dot = source->path ? strrchr(source->path, '.') : NULL;
    lmas_status status = LMAS_OK;

    if (source->kind == LMI_SOURCE_BESIDE)
        lmi_buf_puts(out, source->path);
    else
        status = lmi_data_dir(out);
    if (status == LMAS_OK && source->kind != LMI_SOURCE_BESIDE)
        lmi_buf_printf(out, "/%s%s%s", name, source->mark ? source->mark : "",
                       dot ? dot : ".jsonl");
    return status == LMAS_OK ? lmi_buf_status(out) : status;
}

/* ---- Fetching ---- */

bool lmi_fetch_tick(void *fetch)
{
    const lmi_fetch *f = fetch;

    return !f->fn || f->fn(f->user, f->n, f->n_total, f->source->kind != LMI_SOURCE_ROWS);
}

static lmas_status fill(lmi_fetch *fetch)
{
    lmas_status status = lmi_http_open(&fetch->http, lmi_fetch_tick, fetch);

    if (status == LMAS_OK)
        status =
            fetch->source->kind == LMI_SOURCE_ROWS ? lmi_fetch_rows(fetch) : lmi_fetch_file(fetch);
    lmi_http_close(fetch->http);
    if (status == LMAS_OK)
        status = lmi_part_finish(&fetch->part);
    else if (fetch->part.size == 0)
        lmi_part_drop(&fetch->part); /* nothing to go on from */
    return status;
}

/* With the part in hand nobody else fetches; who held it before may have left nothing to do. */
static lmas_status fetch_into(const char *path, lmi_fetch *fetch, bool is_anew)
{
    lmas_status status = lmi_part_open(&fetch->part, path, lmi_fetch_tick, fetch);

    if (status != LMAS_OK)
        return status;
    if (is_anew)
        status = lmi_part_cut(&fetch->part, 0);
    else if (lmi_file_exists(path)) {
        lmi_part_drop(&fetch->part);
        lmi_part_close(&fetch->part);
        return LMAS_OK;
    }
    if (status == LMAS_OK)
        status = fill(fetch);
    lmi_part_close(&fetch->part);
    return status;
}

static lmas_status make_cache(void)
{
    lmas_status status;
    lmi_buf folder;

    lmi_buf_init(&folder, LMI_PATH_MAX);
    status = lmi_data_dir(&folder);
    if (status == LMAS_OK)
        status = lmi_dir_make(lmi_buf_text(&folder));
    lmi_buf_done(&folder);
    return status;
}

static lmas_status fetch_with_token(const char *path, lmi_fetch *fetch, bool is_anew)
{
    lmas_status status;
    lmi_buf text;

    lmi_buf_init(&text, LMI_PATH_MAX);
    status = make_cache();
    if (status == LMAS_OK)
        status = lmi_hub_token(&text);
    fetch->token = lmi_buf_text(&text);
    if (status == LMAS_OK)
        status = fetch_into(path, fetch, is_anew);
    lmi_buf_done(&text);
    return status;
}

static lmas_status fetch_unless_there(const char *path, lmi_fetch *fetch, const char *name,
                                      bool is_anew)
{
    if (!is_anew && lmi_file_exists(path))
        return LMAS_OK;
    if (lmi_hub_offline("HF_DATASETS_OFFLINE"))
        return lmi_fail(LMAS_E_IO,
                        "%s cannot be fetched: %s is set (unset it, or name a file with --data "
                        "FILE)",
                        name, lmi_hub_offline("HF_DATASETS_OFFLINE"));
    return fetch_with_token(path, fetch, is_anew);
}

/* Whether the file holds that text and no more. */
static bool is_text(const char *path, const char *text)
{
    bool is_same;
    lmi_buf file;

    lmi_buf_init(&file, strlen(text));
    is_same = lmi_file_exists(path) && lmi_file_read(&file, path) == LMAS_OK &&
              file.len == strlen(text) && memcmp(file.data, text, file.len) == 0;
    lmi_buf_done(&file);
    return is_same;
}

static lmas_status put_own(const char *path, const char *text)
{
    lmas_status status = LMAS_OK;

    if (is_text(path, text))
        return LMAS_OK;
    status = make_cache();
    return status == LMAS_OK ? lmi_file_write(path, text, strlen(text)) : status;
}

lmas_status lmi_source_fetch(const char *name, const lmi_source *source, bool is_anew,
                             lmi_fetch_fn fn, void *user)
{
    lmi_fetch fetch = {.source = source, .fn = fn, .user = user};
    lmas_status status;
    lmi_buf path;

    if (source->kind == LMI_SOURCE_BESIDE)
        return LMAS_OK;
    if (source->kind == LMI_SOURCE_NONE)
        return lmi_fail(LMAS_E_INVALID,
                        "%s has no published data set: name a file with --data FILE", name);
    lmi_buf_init(&path, LMI_PATH_MAX);
    status = lmi_source_path(&path, name, source);
    if (status == LMAS_OK)
        status = source->kind == LMI_SOURCE_OWN
                     ? put_own(lmi_buf_text(&path), source->own)
                     : fetch_unless_there(lmi_buf_text(&path), &fetch, name, is_anew);
    lmi_buf_done(&path);
    return status;
}
