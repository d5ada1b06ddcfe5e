/* fetch_model.c - one request for the list, one for each part. */
#include "hub/fetch_model.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "hub/cache.h"
#include "hub/pull.h"

/* Longest answer about a repository, in bytes. */
#define ANSWER_MAX ((size_t)16 * 1024 * 1024)

/* The lmi_tick_fn of all that is done here. */
static bool tick(void *user)
{
    const lmi_fetch_model *f = user;
    const uint64_t n = f->n ? *f->n : 0;

    return f->ask->show(f->ask->user, f->shown ? f->shown : f->ask->name, f->n_before + n,
                        f->n_total);
}

lmas_status lmi_fetch_model_open(lmi_fetch_model *out, const lmi_model_ask *ask)
{
    lmas_status status;

    *out = (lmi_fetch_model){.ask = ask};
    lmi_buf_init(&out->token, LMI_TOKEN_MAX);
    lmi_buf_init(&out->url, LMI_URL_MAX);
    lmi_buf_init(&out->body, ANSWER_MAX);
    status = lmi_hub_token(&out->token);
    return status == LMAS_OK ? lmi_http_open(&out->http, tick, out) : status;
}

void lmi_fetch_model_close(lmi_fetch_model *fetch)
{
    lmi_http_close(fetch->http);
    lmi_buf_done(&fetch->token);
    lmi_buf_done(&fetch->url);
    lmi_buf_done(&fetch->body);
    lmi_listing_done(&fetch->listing);
}

/* ---- The list ---- */

static lmas_status begin_answer(void *user, const lmi_reply *reply)
{
    lmi_fetch_model *f = user;

    (void)reply;
    lmi_buf_clear(&f->body);
    return LMAS_OK;
}

static lmas_status take_answer(void *user, const char *data, size_t size)
{
    lmi_fetch_model *f = user;

    lmi_buf_append(&f->body, data, size);
    return lmi_buf_status(&f->body);
}

static bool is_refusal(long code)
{
    return code == 401 || code == 403 || code == 404;
}

/* Fetch what url says into body. */
static lmas_status get_answer(lmi_fetch_model *f)
{
    lmi_get get = {.url = lmi_buf_text(&f->url),
                   .token = lmi_buf_text(&f->token),
                   .what = "model",
                   .max_size = ANSWER_MAX,
                   .is_packable = true,
                   .etag = "",
                   .begin = begin_answer,
                   .take = take_answer,
                   .user = f};
    const lmas_status status = lmi_http_get(f->http, &get);

    f->is_there = status == LMAS_OK;
    f->is_unreachable = status == LMAS_E_IO && !is_refusal(get.code);
    return status == LMAS_E_IO && is_refusal(get.code) ? LMAS_OK : status;
}

lmas_status lmi_fetch_model_list(lmi_fetch_model *fetch, const lmi_repo *repo)
{
    lmas_status status;

    lmi_listing_done(&fetch->listing);
    fetch->repo = *repo;
    lmi_buf_clear(&fetch->url);
    lmi_buf_clear(&fetch->body);
    status = lmi_hub_append_endpoint(&fetch->url);
    lmi_buf_printf(&fetch->url, "/api/models/%s?blobs=true", repo->id);
    if (status == LMAS_OK)
        status = lmi_buf_status(&fetch->url);
    if (status == LMAS_OK)
        status = get_answer(fetch);
    if (status != LMAS_OK || !fetch->is_there)
        return status;
    return lmi_listing_parse(&fetch->listing, lmi_buf_text(&fetch->url), lmi_buf_text(&fetch->body),
                             fetch->body.len);
}

/* ---- The files ---- */

static lmas_status refuse_pick(const lmi_fetch_model *f, const lmi_pick *pick)
{
    lmas_status status;
    lmi_buf names;

    lmi_buf_init(&names, LMI_ERROR_MAX);
    lmi_listing_append_names(&names, &f->listing);
    if (pick->n_missing)
        status = lmi_fail(LMAS_E_FORMAT, "%s: of a model in %zu parts, %zu are missing there",
                          f->repo.id, pick->n_missing + pick->n, pick->n_missing);
    else if (*f->repo.quant)
        status = lmi_fail(LMAS_E_INVALID, "%s has no file for %s; it has %s", f->repo.id,
                          f->repo.quant, names.len ? lmi_buf_text(&names) : "no models");
    else
        status = lmi_fail(LMAS_E_INVALID, "%s has GGUF files, but none of a model", f->repo.id);
    lmi_buf_done(&names);
    return status;
}

static lmas_status make_url(lmi_fetch_model *f, const char *file)
{
    lmas_status status;

    lmi_buf_clear(&f->url);
    status = lmi_hub_append_endpoint(&f->url);
    if (status != LMAS_OK)
        return status;
    lmi_buf_printf(&f->url, "/%s/resolve/%s/", f->repo.id, f->listing.commit);
    lmi_hub_append_escaped(&f->url, file, "/");
    return lmi_buf_status(&f->url);
}

static bool has_name(lmi_buf *path, const lmi_fetch_model *f, const lmi_listed *file)
{
    struct stat st;

    lmi_buf_clear(path);
    return lmi_cache_file_path(path, f->repo.id, f->listing.commit, file->path) == LMAS_OK &&
           stat(lmi_buf_text(path), &st) == 0 && (uint64_t)st.st_size == file->size;
}

static lmas_status pull_file(lmi_fetch_model *f, const char *blob, const lmi_listed *file)
{
    lmi_pull pull = {.blob = blob,
                     .token = lmi_buf_text(&f->token),
                     .sha256 = file->sha256,
                     .size = file->size,
                     .tick = tick,
                     .user = f};
    lmas_status status = make_url(f, file->path);

    pull.url = lmi_buf_text(&f->url);
    f->n = &pull.n;
    if (status == LMAS_OK)
        status = lmi_pull_blob(&pull);
    f->n = NULL;
    return status;
}

/* Have the bytes of a file in the cache, under their hash or already under their name. */
static lmas_status have_bytes(lmi_fetch_model *f, const lmi_listed *file)
{
    lmas_status status = LMAS_OK;
    lmi_buf path;

    lmi_buf_init(&path, LMI_PATH_MAX);
    if (!has_name(&path, f, file)) {
        lmi_buf_clear(&path);
        status = lmi_cache_blob_path(&path, f->repo.id, file->sha256);
        if (status == LMAS_OK)
            status = lmi_dir_make_parent(lmi_buf_text(&path));
        if (status == LMAS_OK)
            status = pull_file(f, lmi_buf_text(&path), file);
    }
    f->n_before += file->size;
    lmi_buf_done(&path);
    return status;
}

static lmas_status have_name(const lmi_fetch_model *f, const lmi_listed *file)
{
    lmas_status status = LMAS_OK;
    lmi_buf path;

    lmi_buf_init(&path, LMI_PATH_MAX);
    if (!has_name(&path, f, file))
        status = lmi_cache_link(f->repo.id, f->listing.commit, file);
    lmi_buf_done(&path);
    return status;
}

/* Without a hash nobody could tell whether what came is right. */
static lmas_status check_hashes(lmi_fetch_model *f, const lmi_pick *pick)
{
    size_t i;

    for (i = 0; i < pick->n; i++) {
        const lmi_listed *file = &f->listing.files[pick->parts[i]];

        if (!*file->sha256)
            return lmi_fail(LMAS_E_FORMAT, "%s: the hub names no SHA-256 of %s", f->repo.id,
                            file->path);
        f->n_total += file->size;
    }
    return LMAS_OK;
}

/* huggingface_hub complains of a model's folder that has blobs and no snapshots. */
static lmas_status make_snapshots(const lmi_fetch_model *f)
{
    lmas_status status;
    lmi_buf path;

    lmi_buf_init(&path, LMI_PATH_MAX);
    status = lmi_cache_file_path(&path, f->repo.id, f->listing.commit, "");
    if (status == LMAS_OK)
        status = lmi_dir_make_parent(lmi_buf_text(&path));
    lmi_buf_done(&path);
    return status;
}

lmas_status lmi_fetch_model_files(lmi_buf *path, lmi_fetch_model *fetch)
{
    const lmi_listed *files = fetch->listing.files;
    lmi_pick pick;
    lmas_status status;
    size_t i;

    lmi_pick_model(&pick, &fetch->listing, fetch->repo.quant);
    if (pick.n == 0 || pick.n_missing)
        return refuse_pick(fetch, &pick);
    fetch->shown = files[pick.parts[0]].path;
    status = check_hashes(fetch, &pick);
    if (status == LMAS_OK)
        status = make_snapshots(fetch);
    for (i = 0; status == LMAS_OK && i < pick.n; i++)
        status = have_bytes(fetch, &files[pick.parts[i]]);
    for (i = 0; status == LMAS_OK && i < pick.n; i++)
        status = have_name(fetch, &files[pick.parts[i]]);
    if (status == LMAS_OK)
        status = lmi_cache_set_ref(fetch->repo.id, fetch->listing.commit);
    if (status != LMAS_OK)
        return status;
    return lmi_cache_file_path(path, fetch->repo.id, fetch->listing.commit,
                               files[pick.parts[0]].path);
}
