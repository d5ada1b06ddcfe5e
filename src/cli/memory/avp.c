/* avp.c - a memory file into a frame, and a frame into a memory file. */
#include "cli/memory/avp.h"

#include <stdio.h>
#include <string.h>

#include "cli/memory/file.h"
#include "cli/open.h"
#include "cli/origin.h"

/* A model, its session, and the memory in it. */
typedef struct work {
    lmi_stage stage;
    lmas_memory_file *file; /* of an export: its strings are the session's */
    lmas_memory *memory;
} work;

static void done(work *w)
{
    lmas_memory_free(w->memory);
    lmi_stage_done(&w->stage);
    lmas_memory_file_free(w->file);
}

/* The flags' words are the enums' names, in their order. */
static lmas_avp_params params_of(const lmi_avp_wish *wish)
{
    lmas_avp_params p = wish->avp;

    p.payload = strcmp(wish->payload, "kv") == 0         ? LMAS_AVP_CELLS
                : strcmp(wish->payload, "thoughts") == 0 ? LMAS_AVP_THOUGHTS
                                                         : LMAS_AVP_HIDDEN;
    p.dtype = strcmp(wish->dtype, "f32") == 0   ? LMAS_AVP_F32
              : strcmp(wish->dtype, "f16") == 0 ? LMAS_AVP_F16
                                                : LMAS_AVP_BF16;
    return p;
}

/* A session of one lane for `n_pos` positions. */
static lmas_status start(work *w, const lmi_solve_flags *flags, uint32_t n_pos)
{
    lmas_session_params *p = &w->stage.session_params;

    *p = lmi_flags_session(flags);
    p->n_ctx = flags->engine.n_ctx >= 0 ? (uint32_t)flags->engine.n_ctx : n_pos;
    return lmi_stage_make_session(&w->stage);
}

/* The memory goes into a cache as it comes out of: so nothing has to be rebuilt. */
static lmas_status load(work *w, const lmi_solve_flags *flags, const lmi_avp_wish *wish)
{
    const lmas_memory_file_info *info = lmas_memory_file_describe(w->file);
    lmi_solve_flags own = *flags;
    lmas_status status = lmi_stage_open_model(&w->stage, &flags->model);

    own.engine.cache_type_k = info->cache_type_k;
    own.engine.cache_type_v = info->cache_type_v;
    own.engine.flash_attn = info->flash_attn;
    if (status == LMAS_OK)
        status = start(w, &own, info->n_pos);
    if (status == LMAS_OK)
        status = lmi_origin_load(&w->memory, w->stage.session, wish->memory, &wish->file);
    return status;
}

static void say_written(const lmi_avp_wish *wish, uint32_t n_pos)
{
    static const char *const names[] = {"cells", "thoughts", "the last hidden state"};

    printf("%s: %s of %u positions written in %s\n", wish->frame, names[params_of(wish).payload],
           n_pos, wish->dtype);
}

lmas_status lmi_memory_to_avp(const lmi_solve_flags *flags, const lmi_avp_wish *wish)
{
    const lmas_avp_params params = params_of(wish);
    work w = {0};
    lmas_status status = lmas_memory_file_open(&w.file, wish->memory, &wish->file);

    if (status == LMAS_OK)
        status = load(&w, flags, wish);
    if (status == LMAS_OK)
        status = lmas_memory_export(w.memory, wish->frame, &params);
    if (status == LMAS_OK)
        say_written(wish, lmas_memory_n_pos(w.memory));
    done(&w);
    return status;
}

lmas_status lmi_memory_from_avp(const lmi_solve_flags *flags, const lmi_avp_wish *wish)
{
    const lmas_avp_params params = params_of(wish);
    work w = {0};
    uint32_t n_pos = 0;
    lmas_status status = lmas_avp_n_pos(&n_pos, wish->frame);

    if (status == LMAS_OK)
        status = lmi_stage_open_model(&w.stage, &flags->model);
    if (status == LMAS_OK)
        status = start(&w, flags, n_pos);
    if (status == LMAS_OK)
        status = lmas_memory_import(&w.memory, w.stage.session, wish->frame, &params);
    if (status == LMAS_OK)
        status = lmas_memory_save(w.memory, wish->memory, &wish->file);
    if (status == LMAS_OK)
        lmi_memory_say_saved(wish->memory, n_pos, &wish->file);
    done(&w);
    return status;
}
