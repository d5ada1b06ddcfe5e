/*
 * transmit.c - a frame of AVP, taken in and kept as a memory file of the tenant's.
 *
 * To become a memory file a frame goes through a KV cache of the model's: one of its own, as long
 * as the frame, in the slow crew's thread. Threads may share a model, and the teams' session stays
 * the thread's that serves.
 */
#include <errno.h>
#include <inttypes.h>
#include <microhttpd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "latentmas_store.h"
#include "serve/exchange/errand.h"
#include "serve/peers/peers.h"
#include "serve/peers/scratch.h"

/* Bytes that are handed over at once. */
enum { PIECE = 1 << 20 };

/* ---- The body ---- */

static bool fail_owner(lmi_visit *visit)
{
    visit->why = lmi_shelf_complaint(visit->server->shelf, LMI_EXCHANGE_FAILED);
    return false;
}

bool lmi_avp_take(lmi_visit *visit, const char *data, size_t size)
{
    const lmi_serve_exchange *exchange = &visit->server->params->exchange;

    if (!visit->scratch && lmi_scratch_new(&visit->scratch, exchange->folder) != LMAS_OK)
        return fail_owner(visit);
    if (visit->scratch->size + size > exchange->file_max) {
        visit->why = (lmi_complaint){413, NULL, NULL, "too_long"};
        (void)!lmi_fail(LMAS_E_INVALID, "a frame of at most %" PRIu64 " bytes expected",
                        exchange->file_max);
        return false;
    }
    return lmi_scratch_add(visit->scratch, data, size) == LMAS_OK || fail_owner(visit);
}

/* ---- Through a cache ---- */

/* A frame on its way: from the scratch file to another, which is a memory file. */
typedef struct passage {
    lmi_errand *errand;
    const char *frame;
    lmi_scratch *memory_file;
    lmas_session *session;
    lmas_memory *memory;
    uint32_t n_pos;
} passage;

/* The library names the file by its path, which is none of the client's business. */
static lmi_exchange_verdict without_path(lmas_status status, const char *path)
{
    char message[LMI_ERROR_MAX];
    const char *at;

    snprintf(message, sizeof(message), "%s", lmas_last_error());
    at = strstr(message, path);
    if (status == LMAS_E_IO || status == LMAS_E_NOMEM)
        return LMI_EXCHANGE_FAILED;
    if (!at)
        return LMI_EXCHANGE_FORMAT;
    return lmi_exchange_fail(LMI_EXCHANGE_FORMAT, "%.*sthe frame%s", (int)(at - message), message,
                             at + strlen(path));
}

/* No longer than what a lane of the teams' holds: that much memory is known to be there. */
static lmas_status make_session(passage *p)
{
    const lmi_serve_params *params = p->errand->shelf->params;
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
        status = lmi_scratch_new(&p->memory_file, p->errand->shelf->params->exchange.folder);
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

/* (The file was replaced by name: the scratch's own descriptor is of the one before.) */
static lmi_exchange_verdict append_all(lmi_exchange_publish *publish, const char *path)
{
    FILE *file = fopen(path, "rbe");
    char *piece = lmi_new(PIECE, 1);
    lmi_exchange_verdict verdict = LMI_EXCHANGE_OK;
    size_t n = 1;

    if (!file || !piece)
        verdict = lmi_exchange_fail(LMI_EXCHANGE_FAILED, "cannot read a memory file of scratch");
    while (verdict == LMI_EXCHANGE_OK && n > 0) {
        n = fread(piece, 1, PIECE, file);
        if (ferror(file))
            verdict = lmi_exchange_fail_errno("cannot read a memory file of scratch");
        else if (n > 0)
            verdict = lmi_exchange_append(publish, piece, n);
    }
    if (file)
        fclose(file);
    lmi_free(piece);
    return verdict;
}

static lmi_exchange_verdict publish(char id[LMI_EXCHANGE_ID_SIZE], const passage *p)
{
    static const char *const tags[] = {"avp"};
    const lmi_errand *e = p->errand;
    const lmi_exchange_offer offer = {.name = e->agent[0] ? e->agent : "AVP frame",
                                      .description = "Taken in as a frame of AVP.",
                                      .tags = tags,
                                      .n_tags = 1};
    lmi_exchange_publish *publish = NULL;
    lmi_exchange_verdict verdict =
        lmi_exchange_begin(&publish, e->shelf->exchange, e->tenant, &offer, NULL);

    if (verdict == LMI_EXCHANGE_OK)
        verdict = append_all(publish, p->memory_file->path);
    if (verdict == LMI_EXCHANGE_OK)
        return lmi_exchange_commit(id, publish);
    lmi_exchange_abort(publish);
    return verdict;
}

static lmi_exchange_verdict tell(lmi_errand *e, const char *id, uint32_t n_pos)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;

    if (lmi_json_new(&doc, &root, "an answer") != LMAS_OK)
        return LMI_EXCHANGE_FAILED;
    yyjson_mut_obj_add_bool(doc, root, "success", true);
    yyjson_mut_obj_add_str(doc, root, "memory", id);
    yyjson_mut_obj_add_uint(doc, root, "n_pos", n_pos);
    return lmi_errand_write(e, 200, doc);
}

static lmi_exchange_verdict transmit(lmi_errand *e)
{
    passage p = {.errand = e, .frame = e->visit->scratch->path};
    char id[LMI_EXCHANGE_ID_SIZE];
    const lmas_status status = convert(&p);
    lmi_exchange_verdict verdict =
        status == LMAS_OK ? LMI_EXCHANGE_OK : without_path(status, p.frame);

    if (verdict == LMI_EXCHANGE_FORMAT)
        e->why = (lmi_complaint){400, NULL, NULL, NULL}; /* as avp's own server */
    if (verdict == LMI_EXCHANGE_OK)
        verdict = publish(id, &p);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = tell(e, id, p.n_pos);
    passage_done(&p);
    return verdict;
}

static int refuse_empty(lmi_visit *visit)
{
    const lmi_complaint why = {400, NULL, NULL, NULL};

    (void)!lmi_fail(LMAS_E_INVALID, "a frame of AVP expected, found nothing");
    return lmi_visit_refuse(visit, &why);
}

/* Whose it is by its own words, as the memory's name; a line, or it is none. */
static void note_agent(lmi_errand *e, lmi_visit *visit)
{
    const char *agent =
        MHD_lookup_connection_value(visit->connection, MHD_HEADER_KIND, "AVP-Agent-ID");
    size_t i;

    snprintf(e->agent, sizeof(e->agent), "%s", agent && *agent ? agent : "AVP frame");
    for (i = 0; e->agent[i]; i++)
        if (e->agent[i] < ' ' || e->agent[i] > '~')
            e->agent[i] = '?';
}

int lmi_avp_transmit(lmi_visit *visit)
{
    lmi_errand *e;

    if (!visit->scratch)
        return refuse_empty(visit);
    e = lmi_errand_new(visit, transmit);
    if (!e)
        return lmi_visit_refuse(visit, &visit->why);
    note_agent(e, visit);
    return lmi_errand_send(e, &e->shelf->slow);
}
