/* keep.c - a document into a memory, and speech out of one. */
#include "cli/memory/keep.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/utf8.h"
#include "cli/memory/file.h"
#include "cli/open.h"
#include "cli/origin.h"
#include "cli/show/term.h"

/* Longest document, in bytes. */
#define DOCUMENT_MAX ((size_t)16 * 1024 * 1024)

/* A model with its session, and the document that is to be read. */
typedef struct work {
    lmi_stage stage;
    lmi_buf document;
    lmas_memory *memory;
} work;

static lmas_status read_document(lmi_buf *out, const char *path)
{
    const size_t begin = out->len;
    const lmas_status status = lmi_file_read(out, path);

    if (status != LMAS_OK)
        return status;
    if (out->len == begin)
        return lmi_fail(LMAS_E_FORMAT, "%s is empty: there is nothing to read", path);
    if (memchr(out->data, '\0', out->len) || !lmi_utf8_is_valid(out->data, out->len))
        return lmi_fail(LMAS_E_FORMAT, "%s is no text in UTF-8", path);
    return LMAS_OK;
}

/* A text begins with the model's BOS: put there unless it is. */
static lmas_status open_document(work *w, const char *path, bool is_first)
{
    const char *bos = lmas_model_describe(w->stage.model)->bos;
    const size_t len = is_first && bos ? strlen(bos) : 0;
    lmas_status status;

    lmi_buf_init(&w->document, DOCUMENT_MAX);
    if (!path)
        return LMAS_OK;
    lmi_buf_append(&w->document, bos ? bos : "", len);
    status = read_document(&w->document, path);
    if (status == LMAS_OK && len && strncmp(w->document.data + len, bos, len) == 0) {
        w->document.len -= len;
        memmove(w->document.data, w->document.data + len, w->document.len + 1);
    }
    return status;
}

/* A session of one lane that holds `n_before`, the document, and `n_more` behind it. */
static lmas_status make_session(work *w, const lmi_solve_flags *flags, uint32_t n_before,
                                int64_t n_more)
{
    lmas_session_params *p = &w->stage.session_params;
    uint32_t n_read;
    const lmas_status status =
        lmas_model_count_tokens(&n_read, w->stage.model, lmi_buf_text(&w->document));

    if (status != LMAS_OK)
        return status;
    *p = lmi_flags_session(flags);
    p->n_ctx = flags->engine.n_ctx >= 0 ? (uint32_t)flags->engine.n_ctx
                                        : n_before + n_read + (uint32_t)n_more;
    return lmi_stage_make_session(&w->stage);
}

static lmas_status read_on(work *w)
{
    return w->document.len ? lmas_memory_read(w->memory, "reader", lmi_buf_text(&w->document))
                           : LMAS_OK;
}

static void done(work *w)
{
    lmas_memory_free(w->memory);
    lmi_buf_done(&w->document);
    lmi_stage_done(&w->stage);
}

lmas_status lmi_memory_keep_new(const lmi_solve_flags *flags, const lmi_memory_wish *keep)
{
    work w = {0};
    lmas_status status = lmi_stage_open_model(&w.stage, &flags->model);

    if (status == LMAS_OK)
        status = open_document(&w, keep->document, true);
    if (status == LMAS_OK)
        status = make_session(&w, flags, 0, keep->n_thoughts);
    if (status == LMAS_OK)
        status = lmas_memory_new(&w.memory, w.stage.session);
    if (status == LMAS_OK)
        status = read_on(&w);
    if (status == LMAS_OK)
        status = lmas_memory_think(w.memory, "reader", (int32_t)keep->n_thoughts);
    if (status == LMAS_OK)
        status = lmas_memory_save(w.memory, keep->path, &keep->params);
    if (status == LMAS_OK)
        lmi_memory_say_saved(keep->path, lmas_memory_n_pos(w.memory), &keep->params);
    done(&w);
    return status;
}

static bool print_speech(void *has_spoken, const char *text, size_t len)
{
    *(bool *)has_spoken = true;
    return fwrite(text, 1, len, stdout) == len && fflush(stdout) == 0;
}

static lmas_status speak(work *w, int64_t n_tokens)
{
    const lmas_sampling greedy = {.temperature = 0, .top_p = 1};
    bool has_spoken = false;
    const lmas_status status = lmas_memory_speak(w->memory, "speaker", (int32_t)n_tokens, &greedy,
                                                 print_speech, &has_spoken);

    if (status == LMAS_OK || has_spoken)
        putchar('\n');
    return status;
}

lmas_status lmi_memory_go_on(const lmi_solve_flags *flags, const lmi_memory_wish *keep)
{
    work w = {0};
    uint32_t n_pos;
    lmas_status status = lmi_origin_look(&n_pos, keep->path, &keep->params);

    if (status == LMAS_OK)
        status = lmi_stage_open_model(&w.stage, &flags->model);
    if (status == LMAS_OK)
        status = open_document(&w, keep->document, false);
    if (status == LMAS_OK)
        status = make_session(&w, flags, n_pos, keep->n_tokens);
    if (status == LMAS_OK)
        status = lmi_origin_load(&w.memory, w.stage.session, keep->path, &keep->params);
    if (status == LMAS_OK)
        status = read_on(&w);
    if (status == LMAS_OK)
        status = speak(&w, keep->n_tokens);
    done(&w);
    return status;
}
