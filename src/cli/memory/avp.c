/* avp.c - a memory file into a frame, and a frame into a memory file. */
#include "cli/memory/avp.h"

#include <stdio.h>
#include <string.h>

#include "cli/memory/file.h"
#include "cli/memory/package.h"
#include "cli/open.h"
#include "cli/origin.h"

/* A model, its session, and the memory in it. */
typedef struct work {
    lmi_stage stage;
    lmi_passing_frame frame; /* between a package and the memory */
    lmas_memory_file *file;  /* of an export: its strings are the session's */
    lmas_memory *memory;
} work;

static void done(work *w)
{
    lmas_memory_free(w->memory);
    lmi_stage_done(&w->stage);
    lmas_memory_file_free(w->file);
    lmi_passing_frame_done(&w->frame);
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

/* A package has numbers of 32 bits, and is of one payload or the other by its name. */
static lmas_status write_package(work *w, const lmi_avp_wish *wish)
{
    const lmas_avp_params params = {.payload = lmi_is_vector_package(wish->frame) ? LMAS_AVP_HIDDEN
                                                                                  : LMAS_AVP_CELLS,
                                    .dtype = LMAS_AVP_F32};
    lmas_status status = lmi_passing_frame_new(&w->frame, wish->frame);

    if (status == LMAS_OK)
        status = lmas_memory_export(w->memory, w->frame.path, &params);
    if (status == LMAS_OK)
        status = lmi_package_write(wish->frame, &w->frame, lmas_model_describe(w->stage.model),
                                   wish->name, wish->description, wish->avp.agent);
    if (status == LMAS_OK)
        printf("%s: a package of Awareness, of %u positions\n", wish->frame,
               lmas_memory_n_pos(w->memory));
    return status;
}

static lmas_status write_frame(const work *w, const lmi_avp_wish *wish)
{
    const lmas_avp_params params = params_of(wish);
    const lmas_status status = lmas_memory_export(w->memory, wish->frame, &params);

    if (status == LMAS_OK)
        say_written(wish, lmas_memory_n_pos(w->memory));
    return status;
}

lmas_status lmi_memory_to_avp(const lmi_solve_flags *flags, const lmi_avp_wish *wish)
{
    work w = {0};
    lmas_status status = lmas_memory_file_open(&w.file, wish->memory, &wish->file);

    if (status == LMAS_OK)
        status = load(&w, flags, wish);
    if (status == LMAS_OK)
        status = lmi_is_package(wish->frame) ? write_package(&w, wish) : write_frame(&w, wish);
    done(&w);
    return status;
}

/* The frame to take in: the one that was given, or what the package becomes. */
static lmas_status find_frame(const char **out, uint32_t *n_pos, work *w,
                              const lmi_solve_flags *flags, const lmi_avp_wish *wish)
{
    const bool is_package = lmi_is_package(wish->frame);
    lmas_status status = is_package ? LMAS_OK : lmas_avp_n_pos(n_pos, wish->frame);

    *out = is_package ? w->frame.path : wish->frame;
    if (status == LMAS_OK)
        status = lmi_stage_open_model(&w->stage, &flags->model);
    if (status != LMAS_OK || !is_package)
        return status;
    status = lmi_passing_frame_new(&w->frame, wish->memory);
    if (status == LMAS_OK)
        status = lmi_package_read(&w->frame, wish->frame, lmas_model_describe(w->stage.model));
    return status == LMAS_OK ? lmas_avp_n_pos(n_pos, w->frame.path) : status;
}

lmas_status lmi_memory_from_avp(const lmi_solve_flags *flags, const lmi_avp_wish *wish)
{
    const lmas_avp_params params = params_of(wish);
    work w = {0};
    const char *frame = NULL;
    uint32_t n_pos = 0;
    lmas_status status = find_frame(&frame, &n_pos, &w, flags, wish);

    if (status == LMAS_OK)
        status = start(&w, flags, n_pos);
    if (status == LMAS_OK)
        status = lmas_memory_import(&w.memory, w.stage.session, frame, &params);
    if (status == LMAS_OK)
        status = lmas_memory_save(w.memory, wish->memory, &wish->file);
    if (status == LMAS_OK)
        lmi_memory_say_saved(wish->memory, n_pos, &wish->file);
    done(&w);
    return status;
}
