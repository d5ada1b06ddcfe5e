/* pull.c - the hash grows with the part, so that a file of gigabytes is read once. */
#include "hub/pull.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "base/sha256.h"

enum { CHUNK_SIZE = 256 * 1024 };

/* Room that is left free on a disk, in bytes. */
#define SPARE ((uint64_t)16 * 1024 * 1024)

typedef struct work {
    lmi_pull *pull;
    lmi_part part;
    lmi_get get;
    lmi_sha256 hash;    /* of the bytes of the part */
    bool has_old_bytes; /* some of them are of an earlier pull */
} work;

static void note_size(work *w)
{
    w->pull->n = w->part.size;
    w->get.from = w->part.size;
}

static lmas_status start_over(work *w)
{
    const lmas_status status = lmi_part_restart(&w->part, w->pull->size, w->pull->sha256);

    w->has_old_bytes = false;
    lmi_sha256_init(&w->hash);
    note_size(w);
    return status;
}

/* Hash what an earlier pull has left. */
static lmas_status hash_part(work *w)
{
    char chunk[CHUNK_SIZE];
    uint64_t at = 0;

    while (at < w->part.size) {
        const ssize_t n = pread(w->part.fd, chunk, sizeof(chunk), (off_t)at);

        if (n <= 0)
            return lmi_fail_errno(LMAS_E_IO, "cannot read %s", w->part.part_path);
        lmi_sha256_add(&w->hash, chunk, (size_t)n);
        at += (uint64_t)n;
        if (!w->pull->tick(w->pull->user))
            return lmi_fail(LMAS_E_CANCELED, "fetching was stopped");
    }
    return LMAS_OK;
}

/* The part as it was found: of these bytes and no longer than they, or of no use. */
static lmas_status take_over(work *w)
{
    const bool is_ours =
        strcmp(w->part.version, w->pull->sha256) == 0 && w->part.total == w->pull->size;

    if (!is_ours || w->part.size > w->pull->size)
        return start_over(w);
    w->has_old_bytes = w->part.size > 0;
    lmi_sha256_init(&w->hash);
    note_size(w);
    return hash_part(w);
}

static lmas_status check_room(const work *w)
{
    const double gib = 1024.0 * 1024 * 1024;
    const uint64_t need = w->pull->size - w->part.size;
    struct statvfs fs;
    uint64_t left;

    if (fstatvfs(w->part.fd, &fs) != 0)
        return LMAS_OK; /* writing will tell */
    left = (uint64_t)fs.f_bavail * fs.f_frsize;
    if (need < left && left - need >= (need < SPARE ? 0 : SPARE))
        return LMAS_OK;
    return lmi_fail(LMAS_E_IO,
                    "the disk is too full: %.2f GiB more are to come, %.2f GiB are free "
                    "where %s goes",
                    (double)need / gib, (double)left / gib, w->pull->blob);
}

/* ---- Fetching ---- */

static lmas_status begin_body(void *user, const lmi_reply *reply)
{
    work *w = user;

    if (reply->total && reply->total != w->pull->size)
        return lmi_fail(LMAS_E_FORMAT, "%s: %llu bytes expected, the server has %llu", w->pull->url,
                        (unsigned long long)w->pull->size, (unsigned long long)reply->total);
    return reply->is_rest ? LMAS_OK : start_over(w);
}

static lmas_status take_body(void *user, const char *data, size_t size)
{
    work *w = user;
    const lmas_status status = lmi_part_append(&w->part, data, size);

    if (status == LMAS_OK)
        lmi_sha256_add(&w->hash, data, size);
    note_size(w);
    return status;
}

static lmas_status fetch(work *w)
{
    lmi_http *http = NULL;
    lmas_status status = lmi_http_open(&http, w->pull->tick, w->pull->user);

    w->get = (lmi_get){.url = w->pull->url,
                       .token = w->pull->token,
                       .what = "model",
                       .max_size = w->pull->size,
                       .etag = "",
                       .is_hashed = true,
                       .begin = begin_body,
                       .take = take_body,
                       .user = w};
    note_size(w);
    if (status == LMAS_OK)
        status = lmi_http_get(http, &w->get);
    lmi_http_close(http);
    return status;
}

/* Whether the bytes are all there and the right ones. */
static lmas_status check(const work *w)
{
    lmi_sha256 hash = w->hash;
    char found[LMI_SHA256_SIZE];

    if (w->part.size != w->pull->size)
        return lmi_fail(LMAS_E_FORMAT, "%s: %llu bytes expected, found %llu", w->pull->url,
                        (unsigned long long)w->pull->size, (unsigned long long)w->part.size);
    lmi_sha256_done(found, &hash);
    if (strcmp(found, w->pull->sha256) == 0)
        return LMAS_OK;
    return lmi_fail(LMAS_E_FORMAT, "%s: the hub names SHA-256 %.12s, what came has %.12s",
                    w->pull->url, w->pull->sha256, found);
}

static lmas_status fetch_rest(work *w)
{
    lmas_status status = check_room(w);

    if (status == LMAS_OK && w->part.size < w->pull->size)
        status = fetch(w);
    return status == LMAS_OK ? check(w) : status;
}

static lmas_status fill(work *w)
{
    lmas_status status = take_over(w);
    bool is_old = w->has_old_bytes;

    if (status == LMAS_OK)
        status = fetch_rest(w);
    is_old = is_old && w->has_old_bytes;
    if (status == LMAS_E_FORMAT && is_old) {
        status = start_over(w);
        if (status == LMAS_OK)
            status = fetch_rest(w);
    }
    if (status == LMAS_OK)
        return lmi_part_finish(&w->part);
    if (status == LMAS_E_FORMAT || w->part.size == 0)
        lmi_part_drop(&w->part); /* nothing to go on from */
    return status;
}

static bool is_there(const lmi_pull *pull)
{
    struct stat st;

    return stat(pull->blob, &st) == 0 && S_ISREG(st.st_mode) && (uint64_t)st.st_size == pull->size;
}

lmas_status lmi_pull_blob(lmi_pull *pull)
{
    work w = {.pull = pull};
    lmas_status status;

    pull->n = is_there(pull) ? pull->size : 0;
    if (pull->n)
        return LMAS_OK;
    status = lmi_part_open(&w.part, pull->blob, pull->tick, pull->user);
    if (status != LMAS_OK)
        return status;
    if (is_there(pull)) { /* who held it before has done it */
        pull->n = pull->size;
        lmi_part_drop(&w.part);
    } else {
        status = fill(&w);
    }
    lmi_part_close(&w.part);
    return status;
}
