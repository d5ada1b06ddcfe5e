/* avp.c - a working memory as an AVP frame, for other programs, and one out of theirs. */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "latentmas_store.h"
#include "store/avp/payload.h"
#include "store/load.h"

lmas_avp_params lmas_avp_params_default(void)
{
    return (lmas_avp_params){.dtype = LMAS_AVP_F16};
}

/* What is written must be readable here as well. */
static lmas_status check_text(const char *text, const char *what)
{
    if (!text || strlen(text) <= LMI_AVP_TEXT_MAX)
        return LMAS_OK;
    return lmi_fail(LMAS_E_INVALID, "%s of %zu bytes, at most %zu allowed", what, strlen(text),
                    LMI_AVP_TEXT_MAX);
}

static lmas_status check_params(const lmas_avp_params *p)
{
    const lmas_status status = check_text(p->model_hash, "a model's hash");

    if (status != LMAS_OK)
        return status;
    if (p->payload > LMAS_AVP_HIDDEN || p->dtype > LMAS_AVP_BF16)
        return lmi_fail(LMAS_E_INVALID, "no such payload or dtype of an AVP frame: %d, %d",
                        (int)p->payload, (int)p->dtype);
    return check_text(p->agent, "an agent's name");
}

/* ---- Out ---- */

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

lmas_status lmas_memory_export(lmas_memory *memory, const char *path, const lmas_avp_params *params)
{
    const lmas_avp_params p = params ? *params : lmas_avp_params_default();
    lmi_avp_metadata m = {0};
    const lmas_model_info *info;
    char num_steps[24];
    lmas_status status;

    if (!memory || !path)
        return lmi_fail(LMAS_E_INVALID, "lmas_memory_export needs a memory and a path");
    lmi_memory_settle(memory);
    status = check_params(&p);
    if (status == LMAS_OK)
        status = lmi_memory_check_content(memory);
    if (status != LMAS_OK)
        return status;
    info = &memory->session->model->info;
    snprintf(num_steps, sizeof(num_steps), "%zu",
             lmi_extent_of(memory->segments, memory->n_segments).n_vectors);
    m = (lmi_avp_metadata){.source_agent_id = lmi_avp_text_of(p.agent),
                           .model_id = lmi_avp_text_of(file_name(info->path)),
                           .hidden_dim = (uint32_t)info->n_embd,
                           .num_layers = (uint32_t)info->n_layer,
                           .dtype = (uint32_t)p.dtype,
                           .model_hash = lmi_avp_text_of(p.model_hash ? p.model_hash : ""),
                           .model_family = lmi_avp_text_of(info->arch),
                           .num_steps = lmi_avp_text_of(num_steps)};
    return p.payload == LMAS_AVP_CELLS ? lmi_avp_take_cells(path, &m, memory, &p)
                                       : lmi_avp_take_vectors(path, &m, memory, &p);
}

/* ---- In ---- */

static lmas_status check_hash(const lmi_avp_frame *frame, const char *hash)
{
    const lmi_avp_text *found = &frame->metadata.model_hash;

    if (!hash || lmi_avp_text_is(*found, hash))
        return LMAS_OK;
    return lmi_fail(LMAS_E_MODEL,
                    "%s is of another model: its model_hash is \"%.*s\", %.64s wanted", frame->path,
                    (int)(found->len < 64 ? found->len : 64), found->len ? found->data : "", hash);
}

/* Same sizes are no proof; but names differ for one model, too (a Mistral is libllama's llama). */
static void warn_of_family(const lmi_avp_frame *frame, const lmas_model *model)
{
    const lmi_avp_text *family = &frame->metadata.model_family;

    if (family->len > 0 && !lmi_avp_text_is(*family, model->info.arch))
        lmi_log(LMAS_LOG_WARN, "%s is of a model of the family %.*s, and this one is of %s",
                frame->path, (int)(family->len < 40 ? family->len : 40), family->data,
                model->info.arch);
}

/* Whose the vectors are: as told here, or there. */
static lmas_status give_vectors(lmas_memory *memory, lmi_avp_frame *frame, const char *agent)
{
    const lmi_avp_text *source = &frame->metadata.source_agent_id;
    char *name;
    lmas_status status;

    if (agent || source->len == 0)
        return lmi_avp_give_vectors(memory, frame, agent ? agent : "avp");
    name = lmi_strndup(source->data, source->len);
    if (!name)
        return lmi_fail(LMAS_E_NOMEM, "no memory for an agent's name");
    status = lmi_avp_give_vectors(memory, frame, name);
    lmi_free(name);
    return status;
}

static lmas_status give(lmas_memory **out, lmas_session *session, lmi_avp_frame *frame,
                        const char *agent)
{
    lmas_memory *memory = NULL;
    lmas_status status = lmas_memory_new(&memory, session);

    if (status != LMAS_OK)
        return status;
    if (frame->metadata.payload_type == LMI_AVP_KV_CACHE)
        status = lmi_avp_give_cells(memory, frame);
    else
        status = give_vectors(memory, frame, agent);
    if (status == LMAS_OK)
        *out = memory;
    else
        lmas_memory_free(memory);
    return status;
}

lmas_status lmas_memory_import(lmas_memory **out, lmas_session *session, const char *path,
                               const lmas_avp_params *params)
{
    const lmas_avp_params p = params ? *params : lmas_avp_params_default();
    lmi_avp_frame frame = {0};
    lmas_status status;

    if (!out || !session || !path)
        return lmi_fail(LMAS_E_INVALID,
                        "lmas_memory_import needs an out parameter, a session and a path");
    status = check_params(&p);
    if (status == LMAS_OK)
        status = lmi_avp_read(&frame, path);
    if (status == LMAS_OK)
        status = check_hash(&frame, p.model_hash);
    if (status == LMAS_OK) {
        warn_of_family(&frame, session->model);
        status = give(out, session, &frame, p.agent);
    }
    lmi_avp_done(&frame);
    return status;
}

lmas_status lmas_avp_n_pos(uint32_t *out, const char *path)
{
    lmi_avp_frame frame = {0};
    lmi_plain plain = {0};
    uint32_t width = 0;
    lmas_status status;

    if (!out || !path)
        return lmi_fail(LMAS_E_INVALID, "lmas_avp_n_pos needs an out parameter and a path");
    status = lmi_avp_read(&frame, path);
    if (status == LMAS_OK && frame.metadata.payload_type == LMI_AVP_KV_CACHE)
        status = lmi_avp_cells(&plain, &frame);
    else if (status == LMAS_OK)
        status = lmi_avp_vectors(&plain.n, &width, &frame);
    lmi_avp_done(&frame);
    if (status == LMAS_OK)
        *out = plain.n;
    return status;
}
