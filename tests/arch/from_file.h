/*
 * from_file.h - of arch_test.c: a memory that went through a file, in a session of its own.
 *
 * As the file has it, bit for bit: 64 spoken tokens have the same logits. Rebuilt from what was
 * read and thought, as near as reading in other batches comes. Through an AVP frame bit for bit as
 * well, of those models whose cells one can hold.
 */
#ifndef LMI_TESTS_ARCH_FROM_FILE_H
#define LMI_TESTS_ARCH_FROM_FILE_H

#include <math.h>
#include <string.h>

#include "engine/sampler.h"
#include "latentmas_store.h"
#include "store/load.h"
#include "support.h"

enum { FROM_FILE_GREEDY = 64, FROM_FILE_BOTH = LMI_WANT_HIDDEN | LMI_WANT_LOGITS };

typedef struct from_file_case {
    const char *name;
    lmas_model *model;
    uint32_t n_ctx;
    const int32_t *first, *second; /* two prompts */
    size_t n;                      /* tokens of each */
} from_file_case;

static double from_file_apart(const lmas_memory *a, const lmas_memory *b)
{
    double worst = 0;
    int32_t i;

    for (i = 0; i < a->session->model->info.n_vocab; i++)
        worst = fmax(worst, fabs((double)a->lane->logits[i] - (double)b->lane->logits[i]));
    return worst;
}

/* Speak from both; how many tokens had the same logits. */
static int from_file_speak(lmas_memory *a, lmas_memory *b)
{
    const size_t size = (size_t)a->session->model->info.n_vocab * sizeof(float);
    const lmas_sampling greedy = {.temperature = 0.0f};
    lmi_sampler *sampler = NULL;
    int32_t token;
    int n;

    assert_ok(lmi_sampler_new(&sampler, a->session->model, &greedy, 0, 0));
    for (n = 0; n < FROM_FILE_GREEDY && memcmp(a->lane->logits, b->lane->logits, size) == 0; n++) {
        assert_ok(lmi_sampler_draw(&token, sampler, a->lane->logits));
        assert_ok(lmi_memory_start_token(a, "judger", token, LMI_WANT_LOGITS));
        assert_ok(lmi_memory_wait(a));
        assert_ok(lmi_memory_start_token(b, "judger", token, LMI_WANT_LOGITS));
        assert_ok(lmi_memory_wait(b));
    }
    lmi_sampler_free(sampler);
    return n;
}

/* Two prompts, and thoughts between them where the model can think. */
static lmas_memory *from_file_make(lmas_session *session, const from_file_case *f)
{
    lmas_memory *memory = NULL;

    assert_ok(lmas_memory_new(&memory, session));
    assert_ok(lmi_memory_start_read(memory, "planner", f->first, f->n, FROM_FILE_BOTH));
    assert_ok(lmi_memory_wait(memory));
    if (!lmas_session_cannot_think(session))
        assert_ok(lmas_memory_think(memory, "planner", 3));
    assert_ok(lmi_memory_start_read(memory, "judger", f->second, f->n, FROM_FILE_BOTH));
    assert_ok(lmi_memory_wait(memory));
    return memory;
}

static double from_file_rebuild(lmas_session *session, const lmas_memory *saved, const char *path)
{
    const lmi_key none = {0};
    lmas_memory *rebuilt = NULL;
    lmi_container c;
    double off;

    assert_ok(lmi_container_read(&c, path, &none));
    assert_ok(lmas_memory_new(&rebuilt, session));
    assert_ok(lmi_memory_rebuild(rebuilt, &c, "the test wants it"));
    off = from_file_apart(saved, rebuilt);
    lmi_container_done(&c);
    lmas_memory_free(rebuilt);
    return off;
}

/* What is read behind it gives the same logits, and so does what is spoken then; or a line says why
 * no frame can hold it. */
static void from_file_through_a_frame(const from_file_case *f)
{
    const lmas_avp_params params = {.dtype = LMAS_AVP_F32};
    lmas_session *here = support_session(f->model, 1, f->n_ctx, false);
    lmas_session *there = support_session(f->model, 1, f->n_ctx, false);
    const char *path = support_file(support_folder(), "arch.avp", "", 0);
    lmas_memory *saved = from_file_make(here, f), *loaded = NULL;
    const lmas_status status = lmas_memory_export(saved, path, &params);

    print_message("# %s: %s\n", f->name, status == LMAS_OK ? "in a frame" : lmas_last_error());
    if (status == LMAS_OK) {
        assert_ok(lmas_memory_import(&loaded, there, path, NULL));
        assert_ok(lmi_memory_start_read(saved, "x", f->first, f->n, FROM_FILE_BOTH));
        assert_ok(lmi_memory_wait(saved));
        assert_ok(lmi_memory_start_read(loaded, "x", f->first, f->n, FROM_FILE_BOTH));
        assert_ok(lmi_memory_wait(loaded));
        assert_int_equal(from_file_speak(saved, loaded), FROM_FILE_GREEDY);
    }
    assert_true(status == LMAS_OK || status == LMAS_E_MODEL);
    lmas_memory_free(loaded);
    lmas_memory_free(saved);
    lmas_session_free(there);
    lmas_session_free(here);
}

static void test_a_memory_goes_on_out_of_a_file(void **state)
{
    const from_file_case *f = *state;
    const lmas_memory_file_params same = {.must_be_same = true};
    lmas_session *here = support_session(f->model, 1, f->n_ctx, false);
    lmas_session *there = support_session(f->model, 1, f->n_ctx, false);
    const char *path = support_file(support_folder(), "arch.lmem", "", 0);
    lmas_memory *saved = from_file_make(here, f), *loaded = NULL;
    double off;

    assert_ok(lmas_memory_save(saved, path, NULL));
    off = from_file_rebuild(there, saved, path);
    assert_ok(lmas_memory_load(&loaded, there, path, &same));
    assert_int_equal(from_file_speak(saved, loaded), FROM_FILE_GREEDY);
    print_message("# %s: rebuilt, logits off by %.1e\n", f->name, off);
    assert_true(off <= 2e-3);
    lmas_memory_free(loaded);
    lmas_memory_free(saved);
    lmas_session_free(there);
    lmas_session_free(here);
    from_file_through_a_frame(f);
}

#endif
