/* passage.c - see passage.h. */
#include "serve/peers/passage.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "latentmas_store.h"
#include "serve/peers/scratch.h"

/* Bytes that are handed over at once. */
enum { PIECE = 1 << 20 };

/* ---- Through a cache ---- */

/* A frame on its way: from the scratch file to another, which is a memory file. */
typedef struct passage {
    lmi_chore *chore;
    const char *frame;
    lmi_scratch *memory_file;
    lmas_session *session;
    lmas_memory *memory;
    uint32_t n_pos;
} passage;

lmi_exchange_verdict lmi_without_path(lmas_status status, const char *path, const char *what)
{
    char message[LMI_ERROR_MAX];
    const char *at;

    snprintf(message, sizeof(message), "%s", lmas_last_error());
    at = strstr(message, path);
    if (status == LMAS_E_IO || status == LMAS_E_NOMEM)
        return LMI_EXCHANGE_FAILED;
    if (!at)
        return LMI_EXCHANGE_FORMAT;
    return lmi_exchange_fail(LMI_EXCHANGE_FORMAT, "%.*s%s%s", (int)(at - message), message, what,
                             at + strlen(path));
}

/* No longer than what a lane of the teams' holds: that much memory is known to be there. */
static lmas_status make_session(passage *p)
{
    const lmi_serve_params *params = p->chore->vault->params;
    const uint32_t most =
        lmas_session_n_ctx(params->session) / lmas_session_n_lanes(params->session);
    lmas_session_params own = lmas_session_params_default();
    lmas_status status = lmas_avp_n_pos(&p->n_pos, p->frame);

    if (status != LMAS_OK)
        return status;
    if (p->n_pos > most)
        return lmi_fail(LMAS_E_FORMAT,
                        "the frame has %" PRIu32 " positions, at most %" PRIu32 " fit here (-c)",
                        p->n_pos, most);
    own.n_ctx = p->n_pos;
    own.n_threads = 1;
    return lmas_session_new(&p->session, params->model, &own);
}

static lmas_status convert(passage *p)
{
    const lmas_memory_file_params plain = lmas_memory_file_params_default();
    lmas_status status = make_session(p);

    if (status == LMAS_OK)
        status = lmas_memory_import(&p->memory, p->session, p->frame, NULL);
    if (status == LMAS_OK)
        status = lmi_scratch_new(&p->memory_file, p->chore->vault->params->exchange.folder);
    if (status == LMAS_OK)
        status = lmas_memory_save(p->memory, p->memory_file->path, &plain);
    return status;
}

static void passage_done(passage *p)
{
    lmas_memory_free(p->memory);
    lmas_session_free(p->session);
    lmi_scratch_free(p->memory_file);
}

/* ---- Into the exchange ---- */

static lmi_exchange_verdict append_pieces(lmi_exchange_publish *publish, int fd, char *piece)
{
    lmi_exchange_verdict verdict = LMI_EXCHANGE_OK;
    ssize_t n = 1;

    while (verdict == LMI_EXCHANGE_OK && n != 0) {
        n = read(fd, piece, PIECE);
        if (n > 0)
            verdict = lmi_exchange_append(publish, piece, (size_t)n);
        else if (n < 0 && errno != EINTR)
            verdict = lmi_exchange_fail_errno("cannot read a memory file of scratch");
    }
    return verdict;
}

/* (The file was replaced by name: the scratch's own descriptor is of the one before.) */
static lmi_exchange_verdict append_all(lmi_exchange_publish *publish, const char *path)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    lmi_exchange_verdict verdict;
    char *piece;

    if (fd < 0)
        return lmi_exchange_fail_errno("cannot read a memory file of scratch");
    piece = lmi_new(PIECE, 1);
    verdict = piece ? append_pieces(publish, fd, piece)
                    : lmi_exchange_fail(LMI_EXCHANGE_FAILED, "no memory for a piece of a file");
    lmi_free(piece);
    close(fd);
    return verdict;
}

static lmi_exchange_verdict publish(char id[LMI_EXCHANGE_ID_SIZE], const passage *p,
                                    const lmi_exchange_offer *offer)
{
    const lmi_chore *e = p->chore;
    lmi_exchange_publish *publish = NULL;
    lmi_exchange_verdict verdict =
        lmi_exchange_begin(&publish, e->vault->exchange, e->tenant, offer, NULL);

    if (verdict == LMI_EXCHANGE_OK)
        verdict = append_all(publish, p->memory_file->path);
    if (verdict == LMI_EXCHANGE_OK)
        return lmi_exchange_commit(id, publish);
    lmi_exchange_abort(publish);
    return verdict;
}

lmi_exchange_verdict lmi_pass_frame(char id[LMI_EXCHANGE_ID_SIZE], uint32_t *n_pos,
                                    lmi_chore *chore, const char *frame,
                                    const lmi_exchange_offer *offer)
{
    passage p = {.chore = chore, .frame = frame};
    const lmas_status status = convert(&p);
    lmi_exchange_verdict verdict =
        status == LMAS_OK ? publish(id, &p, offer) : lmi_without_path(status, frame, "the frame");

    *n_pos = p.n_pos;
    passage_done(&p);
    return verdict;
}
