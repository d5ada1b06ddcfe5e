/* transmit.c - frames of AVP: taken in as they come, and kept as memories of the tenant's. */
#include <inttypes.h>
#include <microhttpd.h>
#include <stdio.h>
#include <string.h>

#include "serve/exchange/chore.h"
#include "serve/peers/passage.h"
#include "serve/peers/peers.h"
#include "serve/peers/scratch.h"

/* ---- The body ---- */

static bool fail_owner(lmi_visit *visit)
{
    visit->why = lmi_vault_complaint(visit->server->vault, LMI_EXCHANGE_FAILED);
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

static lmi_exchange_verdict tell(lmi_chore *e, const char *id, uint32_t n_pos)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;

    if (lmi_json_new(&doc, &root, "an answer") != LMAS_OK)
        return LMI_EXCHANGE_FAILED;
    yyjson_mut_obj_add_bool(doc, root, "success", true);
    yyjson_mut_obj_add_str(doc, root, "memory", id);
    yyjson_mut_obj_add_uint(doc, root, "n_pos", n_pos);
    return lmi_chore_write(e, 200, doc);
}

static lmi_exchange_verdict transmit(lmi_chore *e)
{
    static const char *const tags[] = {"avp"};
    const lmi_exchange_offer offer = {
        .name = e->agent, .description = "Taken in as a frame of AVP.", .tags = tags, .n_tags = 1};
    char id[LMI_EXCHANGE_ID_SIZE];
    uint32_t n_pos;
    const lmi_exchange_verdict verdict =
        lmi_pass_frame(id, &n_pos, e, e->visit->scratch->path, &offer);

    if (verdict == LMI_EXCHANGE_FORMAT)
        e->why = (lmi_complaint){400, NULL, NULL, NULL}; /* as avp's own server */
    return verdict == LMI_EXCHANGE_OK ? tell(e, id, n_pos) : verdict;
}

static int refuse_empty(lmi_visit *visit)
{
    const lmi_complaint why = {400, NULL, NULL, NULL};

    (void)!lmi_fail(LMAS_E_INVALID, "a frame of AVP expected, found nothing");
    return lmi_visit_refuse(visit, &why);
}

/* Whose it is by its own words, as the memory's name; a line, or it is none. */
static void note_agent(lmi_chore *e, lmi_visit *visit)
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
    lmi_chore *e;

    if (!visit->scratch)
        return refuse_empty(visit);
    e = lmi_chore_new(visit, transmit);
    if (!e)
        return lmi_visit_refuse(visit, &visit->why);
    note_agent(e, visit);
    return lmi_chore_send(e, &e->vault->slow);
}
