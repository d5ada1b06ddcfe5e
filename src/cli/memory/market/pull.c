/* pull.c - a memory file from a server: into FILE.part, and to its name when it is the one. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/sha256.h"
#include "cli/memory/market/bar.h"
#include "cli/memory/market/market.h"
#include "cli/memory/market/stall.h"

typedef struct pull {
    const char *id, *path;
    char part[LMI_PATH_MAX];
    lmi_stall stall;
    lmi_http *http;
    lmi_get get; /* it goes on from get.from: so much is in the part */
    lmi_json record;
    const char *sha256;
    uint64_t size;
    int fd;
    lmi_progress progress;
    char etag[LMI_SHA256_SIZE + 2];
} pull;

/* ---- The record ---- */

/* What is put into an address, and into a header. */
static lmas_status check_id(const char *id)
{
    if (strspn(id, "0123456789abcdef") == strlen(id) && strlen(id) == 32)
        return LMAS_OK;
    return lmi_fail(LMAS_E_INVALID, "the id of a memory expected, 32 hex digits, found \"%.80s\"",
                    id);
}

static lmas_status read_record(pull *p)
{
    lmi_sent sent = {.method = "GET"};
    lmas_status status = lmi_stall_go(&p->stall, "/%s", p->id);

    if (status == LMAS_OK)
        status = lmi_stall_ask_again(&p->record, &p->stall, &sent);
    if (status == LMAS_OK)
        status = lmi_stall_text(&p->sha256, &p->record, "sha256");
    if (status == LMAS_OK)
        status = lmi_stall_number(&p->size, &p->record, "size");
    if (status == LMAS_OK && strspn(p->sha256, "0123456789abcdef") != LMI_SHA256_SIZE - 1)
        status = lmi_fail(LMAS_E_FORMAT, "the server says no SHA-256 of that memory");
    if (status == LMAS_OK)
        snprintf(p->etag, sizeof(p->etag), "\"%.64s\"", p->sha256);
    return status;
}

/* ---- Bytes ---- */

/* What an earlier try has left is gone on from: the hash will tell. */
static lmas_status open_part(pull *p)
{
    struct stat found;

    if ((size_t)snprintf(p->part, sizeof(p->part), "%s.part", p->path) >= sizeof(p->part))
        return lmi_fail(LMAS_E_INVALID, "the name %.80s... is too long", p->path);
    p->fd = open(p->part, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (p->fd < 0 || fstat(p->fd, &found) != 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot write %s", p->part);
    p->get.from = (uint64_t)found.st_size <= p->size ? (uint64_t)found.st_size : 0;
    return LMAS_OK;
}

static lmas_status begin(void *user, const lmi_reply *reply)
{
    pull *p = user;

    p->get.from = reply->is_rest ? p->get.from : 0;
    if (ftruncate(p->fd, (off_t)p->get.from) != 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot write %s", p->part);
    return LMAS_OK;
}

static lmas_status write_all(const pull *p, const char *data, size_t size, uint64_t at)
{
    while (size > 0) {
        const ssize_t n = pwrite(p->fd, data, size, (off_t)at);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return lmi_fail_errno(LMAS_E_IO, "cannot write %s", p->part);
        data += n;
        size -= (size_t)n;
        at += (uint64_t)n;
    }
    return LMAS_OK;
}

static lmas_status take(void *user, const char *data, size_t size)
{
    pull *p = user;
    const lmas_status status = write_all(p, data, size, p->get.from);

    if (status != LMAS_OK)
        return status;
    p->get.from += size;
    lmi_bar_show(&p->progress, p->path, p->get.from, p->size);
    return LMAS_OK;
}

static lmas_status fetch(pull *p)
{
    lmas_status status = lmi_stall_go(&p->stall, "/%s/file", p->id);

    if (status != LMAS_OK || p->get.from == p->size)
        return status;
    p->get = (lmi_get){.url = lmi_buf_text(&p->stall.url),
                       .token = p->stall.key,
                       .what = "memory",
                       .max_size = p->size,
                       .from = p->get.from,
                       .etag = p->etag,
                       .is_hashed = true,
                       .begin = begin,
                       .take = take,
                       .user = p};
    status = lmi_http_open(&p->http, lmi_stall_goes_on, NULL);
    return status == LMAS_OK ? lmi_http_get(p->http, &p->get) : status;
}

/* ---- Whether it is the one ---- */

static lmas_status hash_part(char out[LMI_SHA256_SIZE], const pull *p)
{
    char *piece = lmi_new(1 << 20, 1);
    lmas_status status = LMAS_OK;
    lmi_sha256 hash;
    uint64_t at = 0;
    ssize_t n = 1;

    if (!piece)
        return lmi_fail(LMAS_E_NOMEM, "no memory to read %s", p->part);
    lmi_sha256_init(&hash);
    while (n > 0) {
        n = pread(p->fd, piece, 1 << 20, (off_t)at);
        if (n > 0)
            lmi_sha256_add(&hash, piece, (size_t)n);
        at += n > 0 ? (uint64_t)n : 0;
    }
    if (n < 0)
        status = lmi_fail_errno(LMAS_E_IO, "cannot read %s", p->part);
    lmi_sha256_done(out, &hash);
    lmi_free(piece);
    return status;
}

/* What is not the file that was promised is no good to go on from. */
static lmas_status check(const pull *p, const lmas_memory_file_params *params)
{
    char hash[LMI_SHA256_SIZE];
    lmas_memory_file *file = NULL;
    lmas_status status = hash_part(hash, p);

    if (status == LMAS_OK && strcmp(hash, p->sha256) != 0)
        status = lmi_fail(LMAS_E_FORMAT,
                          "what came has SHA-256 %.16s..., the record says %.16s...: fetch it anew",
                          hash, p->sha256);
    if (status == LMAS_OK)
        status = lmas_memory_file_open(&file, p->part, params);
    lmas_memory_file_free(file);
    if (status == LMAS_E_FORMAT)
        (void)unlink(p->part);
    return status;
}

static lmas_status keep(const pull *p)
{
    if (fsync(p->fd) != 0 || rename(p->part, p->path) != 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot write %s", p->path);
    lmi_folder_flush(p->path);
    printf("%s: %llu bytes, whole\n", p->path, (unsigned long long)p->size);
    return LMAS_OK;
}

static lmas_status get_and_check(pull *p, const lmas_memory_file_params *params)
{
    lmas_status status = read_record(p);

    if (status == LMAS_OK)
        status = open_part(p);
    if (status == LMAS_OK)
        status = fetch(p);
    lmi_progress_clear(&p->progress);
    if (status == LMAS_OK)
        status = check(p, params);
    return status == LMAS_OK ? keep(p) : status;
}

lmas_status lmi_market_pull(const char *id, const lmi_market_flags *flags,
                            const lmas_memory_file_params *params)
{
    pull p = {.id = id, .path = flags->out, .fd = -1};
    lmas_status status = check_id(id);

    if (status != LMAS_OK)
        return status;
    lmi_progress_init(&p.progress);
    status = lmi_stall_open(&p.stall, flags->from, flags->key_file);
    if (status == LMAS_OK)
        status = get_and_check(&p, params);
    if (p.fd >= 0)
        close(p.fd);
    lmi_http_close(p.http);
    lmi_json_done(&p.record);
    lmi_stall_close(&p.stall);
    return status;
}
