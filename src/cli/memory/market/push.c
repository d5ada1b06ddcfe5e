/* push.c - a memory file to a server, piece by piece. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/command.h"
#include "cli/memory/market/bar.h"
#include "cli/memory/market/market.h"
#include "cli/memory/market/stall.h"

/* Bytes of a piece: what a cut connection may cost. */
enum { PIECE = 4 * 1024 * 1024 };

typedef struct push {
    const char *path;
    lmi_stall stall;
    lmas_memory_file *file;
    const lmas_memory_file_info *info;
    int fd;
    char *piece;
    char upload[64];
    uint64_t offset;
    lmi_progress progress;
} push;

/* ---- The offer ---- */

static void add_words(yyjson_mut_doc *doc, yyjson_mut_val *root, const push *p,
                      const lmi_market_flags *flags)
{
    yyjson_mut_val *tags;
    size_t i;

    yyjson_mut_obj_add_str(doc, root, "name", flags->name ? flags->name : lmi_path_name(p->path));
    lmi_json_add_text(doc, root, "description", flags->description);
    lmi_json_add_text(doc, root, "text", flags->text);
    tags = yyjson_mut_obj_add_arr(doc, root, "tags");
    for (i = 0; i < flags->tags.n; i++)
        yyjson_mut_arr_add_str(doc, tags, flags->tags.at[i]);
    yyjson_mut_obj_add_bool(doc, root, "published", flags->is_published);
    yyjson_mut_obj_add_uint(doc, root, "size", p->info->size);
    if (flags->days > 0)
        yyjson_mut_obj_add_int(doc, root, "expires",
                               (int64_t)time(NULL) + (int64_t)(flags->days * 86400));
}

static lmas_status offer(push *p, const lmi_market_flags *flags)
{
    const char *upload = NULL;
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    lmi_json answer;
    lmas_status status = lmi_json_new(&doc, &root, "an offer");

    if (status != LMAS_OK)
        return status;
    add_words(doc, root, p, flags);
    if (p->info->n_thoughts > 0)
        status = lmi_stall_add_mean(doc, root, "embedding", p->file);
    if (status != LMAS_OK) {
        yyjson_mut_doc_free(doc);
        return status;
    }
    status = lmi_stall_go(&p->stall, "%s", "");
    if (status == LMAS_OK)
        status = lmi_stall_post(&answer, &p->stall, doc);
    else
        yyjson_mut_doc_free(doc);
    if (status != LMAS_OK)
        return status;
    status = lmi_stall_text(&upload, &answer, "upload");
    snprintf(p->upload, sizeof(p->upload), "%s", upload ? upload : "");
    lmi_json_done(&answer);
    return status;
}

/* ---- Pieces ---- */

static lmas_status read_piece(size_t *n, const push *p)
{
    *n = 0;
    while (*n < PIECE) {
        const ssize_t got = pread(p->fd, p->piece + *n, PIECE - *n, (off_t)(p->offset + *n));

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return lmi_fail_errno(LMAS_E_IO, "cannot read %s", p->path);
        if (got == 0)
            break;
        *n += (size_t)got;
    }
    if (*n == 0)
        return lmi_fail(LMAS_E_IO, "%s is shorter than it was", p->path);
    return LMAS_OK;
}

static lmas_status take_offset(push *p, lmi_json *answer)
{
    uint64_t offset = 0;
    lmas_status status = lmi_stall_number(&offset, answer, "offset");

    lmi_json_done(answer);
    if (status == LMAS_OK && offset > p->info->size)
        status = lmi_fail(LMAS_E_FORMAT, "the server has more bytes than %s", p->path);
    if (status == LMAS_OK)
        p->offset = offset;
    return status;
}

/* Where it stands, as the server knows it. */
static lmas_status ask_offset(push *p)
{
    lmi_sent sent = {.method = "GET"};
    lmi_json answer;
    lmas_status status = lmi_stall_go(&p->stall, "/uploads/%s", p->upload);

    if (status == LMAS_OK)
        status = lmi_stall_ask_again(&answer, &p->stall, &sent);
    return status == LMAS_OK ? take_offset(p, &answer) : status;
}

/* One piece. What was cut, or stands elsewhere, is asked for again: `*is_cut`. */
static lmas_status put_piece(push *p, bool *is_cut)
{
    lmi_sent sent = {.method = "PUT", .type = "application/octet-stream", .body = p->piece};
    lmi_json answer;
    lmas_status status = read_piece(&sent.size, p);

    *is_cut = false;
    if (status == LMAS_OK)
        status = lmi_stall_go(&p->stall, "/uploads/%s?offset=%llu", p->upload,
                              (unsigned long long)p->offset);
    if (status != LMAS_OK)
        return status;
    status = lmi_stall_ask(&answer, &p->stall, &sent);
    if (status == LMAS_OK)
        return take_offset(p, &answer);
    *is_cut = sent.code == 409 || (sent.is_worth_more && sent.code != 507);
    return status;
}

static lmas_status go_on(push *p, unsigned tries)
{
    const lmas_status status = lmi_send_pause(p->stall.sender, tries, 0);

    return status == LMAS_OK ? ask_offset(p) : status;
}

static lmas_status put_all(push *p)
{
    lmas_status status = LMAS_OK;
    unsigned tries = 0;
    bool is_cut;

    while (status == LMAS_OK && p->offset < p->info->size) {
        const uint64_t before = p->offset;

        lmi_bar_show(&p->progress, p->path, p->offset, p->info->size);
        status = put_piece(p, &is_cut);
        if (is_cut && ++tries < LMI_STALL_TRIES)
            status = go_on(p, tries);
        tries = p->offset > before ? 0 : tries;
    }
    return status;
}

/* ---- All of it ---- */

static lmas_status commit(lmi_json *record, push *p)
{
    lmi_sent sent = {
        .method = "POST", .type = "application/json", .body = "", .patience_s = LMI_STALL_COMMIT_S};
    lmas_status status = lmi_stall_go(&p->stall, "/uploads/%s/commit", p->upload);

    return status == LMAS_OK ? lmi_stall_ask(record, &p->stall, &sent) : status;
}

static lmas_status open_all(push *p, const lmi_market_flags *flags,
                            const lmas_memory_file_params *params)
{
    lmas_status status = lmi_stall_open(&p->stall, flags->to, flags->key_file);

    if (status == LMAS_OK)
        status = lmas_memory_file_open(&p->file, p->path, params);
    if (status != LMAS_OK)
        return status;
    p->info = lmas_memory_file_describe(p->file);
    p->fd = open(p->path, O_RDONLY | O_CLOEXEC);
    if (p->fd < 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot read %s", p->path);
    p->piece = lmi_new(PIECE, 1);
    return p->piece ? LMAS_OK : lmi_fail(LMAS_E_NOMEM, "no memory for a piece of a file");
}

static void close_all(push *p)
{
    lmi_progress_clear(&p->progress);
    if (p->fd >= 0)
        close(p->fd);
    lmi_free(p->piece);
    lmas_memory_file_free(p->file);
    lmi_stall_close(&p->stall);
}

static lmas_status say(const lmi_json *record, const push *p, const lmi_market_flags *flags,
                       bool is_json)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    const char *id = NULL;
    lmas_status status = lmi_stall_text(&id, record, "id");

    if (status == LMAS_OK && is_json) {
        status = lmi_json_copy(&doc, &root, lmi_json_root(record), "a memory");
        return status == LMAS_OK ? lmi_print_json(doc, "a memory") : status;
    }
    if (status != LMAS_OK)
        return status;
    lmi_put_clean(id, strlen(id));
    printf("  %s, %u positions, %s\n", p->path, p->info->n_pos,
           flags->is_published ? "published" : "for yourself");
    return LMAS_OK;
}

lmas_status lmi_market_push(const char *path, const lmi_market_flags *flags,
                            const lmas_memory_file_params *params, bool is_json)
{
    push p = {.path = path, .fd = -1};
    lmi_json record;
    lmas_status status;

    lmi_progress_init(&p.progress);
    status = open_all(&p, flags, params);
    if (status == LMAS_OK)
        status = offer(&p, flags);
    if (status == LMAS_OK)
        status = put_all(&p);
    if (status == LMAS_OK)
        status = commit(&record, &p);
    if (status == LMAS_OK) {
        lmi_progress_clear(&p.progress);
        status = say(&record, &p, flags, is_json);
        lmi_json_done(&record);
    }
    close_all(&p);
    return status;
}
