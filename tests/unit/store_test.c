/*
 * store_test.c - working memories in files: what comes back, what is rebuilt, what is refused.
 * Damage is store_damage_test.c's, keys are store_key_test.c's.
 */
#include <math.h>
#include <unistd.h>

#include "latent/handover.h"
#include "latentmas_store.h"
#include "store_files.h"

enum { N_GREEDY = 64, N_STATE_SEEDS = 200 };

static const lmas_sampling GREEDY = {.temperature = 0.0f, .top_p = 1.0f};

static bool collect(void *user, const char *text, size_t len)
{
    lmi_buf_append(user, text, len);
    return true;
}

static void assert_same_speech(lmas_memory *a, lmas_memory *b)
{
    lmi_buf said[2];
    int i;

    for (i = 0; i < 2; i++) {
        lmi_buf_init(&said[i], 1 << 16);
        assert_ok(lmas_memory_speak(i ? b : a, "judger", N_GREEDY, &GREEDY, collect, &said[i]));
    }
    assert_string_equal(lmi_buf_text(&said[0]), lmi_buf_text(&said[1]));
    assert_int_equal(lmas_memory_n_pos(a), lmas_memory_n_pos(b));
    lmi_buf_done(&said[0]);
    lmi_buf_done(&said[1]);
}

static void assert_same_result(const lmas_memory *a, const lmas_memory *b)
{
    const lmas_model_info *info = &a->session->model->info;

    assert_int_equal(a->lane->has, b->lane->has);
    assert_memory_equal(a->lane->hidden, b->lane->hidden, (size_t)info->n_embd * sizeof(float));
    assert_memory_equal(a->lane->logits, b->lane->logits, (size_t)info->n_vocab * sizeof(float));
}

static void assert_same_account(const lmas_memory *a, const lmas_memory *b)
{
    const lmi_account *x = &a->account, *y = &b->account;
    size_t i;

    assert_int_equal(a->n_segments, b->n_segments);
    for (i = 0; i < a->n_segments; i++) {
        assert_string_equal(a->segments[i].agent, b->segments[i].agent);
        assert_int_equal(a->segments[i].kind, b->segments[i].kind);
        assert_int_equal(a->segments[i].pos, b->segments[i].pos);
        assert_int_equal(a->segments[i].n, b->segments[i].n);
    }
    assert_int_equal(x->n_tokens, y->n_tokens);
    assert_int_equal(x->n_vectors, y->n_vectors);
    assert_memory_equal(x->tokens, y->tokens, x->n_tokens * sizeof(int32_t));
    assert_memory_equal(x->vectors, y->vectors, x->n_vectors * x->n_embd * sizeof(float));
}

static double apart(const lmas_memory *a, const lmas_memory *b)
{
    double most = 0;
    int32_t i;

    for (i = 0; i < a->session->model->info.n_vocab; i++)
        most = fmax(most, fabs((double)a->lane->logits[i] - (double)b->lane->logits[i]));
    return most;
}

/* Sessions of one lane, of several with parts of their own, and of several in a pool. */
static lmas_session *session_of(const char *model, uint32_t n_lanes, lmas_kv kv, const char *type)
{
    lmas_session_params p = lmas_session_params_default();
    lmas_session *session = NULL;

    p.n_lanes = n_lanes;
    p.n_ctx = 256 * n_lanes;
    p.n_threads = 1;
    p.kv = kv;
    p.flash_attn = LMAS_FLASH_ATTN_OFF;
    p.cache_type_k = p.cache_type_v = type;
    p.cache_dir = "";
    assert_ok(lmas_session_new(&session, support_model(model), &p));
    return session;
}

static void comes_back_in(uint32_t n_lanes, lmas_kv kv)
{
    const lmas_memory_file_params same = {.must_be_same = true};
    lmas_session *here = session_of(DEMO_MODEL, 1, LMAS_KV_AUTO, "f32");
    lmas_session *there = session_of(DEMO_MODEL, n_lanes, kv, "f32");
    lmas_memory *saved = make(here), *other = NULL, *loaded = NULL;

    if (n_lanes > 1)
        assert_ok(lmas_memory_new(&other, there));
    assert_ok(lmas_memory_save(saved, at("back.lmem"), NULL));
    assert_ok(lmas_memory_load(&loaded, there, at("back.lmem"), &same));
    assert_null(lmas_memory_rebuilt(loaded));
    assert_same_result(saved, loaded);
    assert_same_account(saved, loaded);
    assert_ok(lmas_memory_think(saved, "judger", 2));
    assert_ok(lmas_memory_think(loaded, "judger", 2));
    assert_same_result(saved, loaded);
    assert_same_speech(saved, loaded);
    assert_same_account(saved, loaded);
    lmas_memory_free(loaded);
    lmas_memory_free(other);
    lmas_memory_free(saved);
    lmas_session_free(there);
    lmas_session_free(here);
}

static void test_a_memory_goes_on_bit_for_bit_where_it_is_loaded(void **state)
{
    (void)state;
    comes_back_in(1, LMAS_KV_AUTO);
    comes_back_in(3, LMAS_KV_PER_LANE);
    comes_back_in(3, LMAS_KV_UNIFIED);
}

/* Out of a session of many lanes into one of one, and saved again: the same file. */
static void test_a_memory_that_was_loaded_saves_to_the_same_bytes(void **state)
{
    lmas_session *session = session_of(UNTIED_MODEL, 1, LMAS_KV_AUTO, "f16");
    lmas_memory *memory = make(session), *loaded = NULL;
    lmi_buf a, b;

    (void)state;
    assert_ok(lmas_memory_save(memory, at("first.lmem"), NULL));
    lmas_memory_free(memory);
    assert_ok(lmas_memory_load(&loaded, session, at("first.lmem"), NULL));
    assert_ok(lmas_memory_save(loaded, at("second.lmem"), NULL));
    lmi_buf_init(&a, 1 << 24);
    lmi_buf_init(&b, 1 << 24);
    assert_ok(lmi_file_read(&a, at("first.lmem")));
    assert_ok(lmi_file_read(&b, at("second.lmem")));
    assert_int_equal(a.len, b.len);
    assert_memory_equal(a.data, b.data, a.len);
    lmi_buf_done(&a);
    lmi_buf_done(&b);
    lmas_memory_free(loaded);
    lmas_session_free(session);
}

static void test_what_cannot_follow_in_the_old_one_cannot_in_the_new(void **state)
{
    lmas_session *session = session_of(DEMO_MODEL, 2, LMAS_KV_AUTO, "f16");
    lmas_memory *memory = make(session), *loaded = NULL;

    (void)state;
    assert_ok(lmas_memory_speak(memory, "judger", 4, &GREEDY, NULL, NULL));
    assert_ok(lmas_memory_save(memory, at("spoken.lmem"), NULL));
    assert_ok(lmas_memory_load(&loaded, session, at("spoken.lmem"), NULL));
    assert_fails(LMAS_E_INVALID, "before speaking",
                 lmas_memory_speak(loaded, "judger", 4, &GREEDY, NULL, NULL));
    assert_fails(LMAS_E_INVALID, "before thinking", lmas_memory_think(loaded, "judger", 1));
    assert_ok(lmas_memory_read(memory, "b", "And now?"));
    assert_ok(lmas_memory_read(loaded, "b", "And now?"));
    assert_same_result(memory, loaded);
    lmas_memory_free(loaded);
    lmas_memory_free(memory);
    lmas_session_free(session);
}

static void test_a_memory_of_another_cache_is_rebuilt_and_says_why(void **state)
{
    const lmas_memory_file_params same = {.must_be_same = true};
    lmas_session *here = session_of(DEMO_MODEL, 1, LMAS_KV_AUTO, "f32");
    lmas_session *there = session_of(DEMO_MODEL, 1, LMAS_KV_AUTO, "f16");
    lmas_memory *saved = make(here), *loaded = NULL;

    (void)state;
    assert_ok(lmas_memory_save(saved, at("f32.lmem"), NULL));
    assert_fails(LMAS_E_FORMAT, "the type of the K cache is f32 there and f16 here",
                 lmas_memory_load(&loaded, there, at("f32.lmem"), &same));
    assert_null(loaded);
    assert_ok(lmas_memory_load(&loaded, there, at("f32.lmem"), NULL));
    assert_non_null(strstr(lmas_memory_rebuilt(loaded), "f32 there and f16 here"));
    assert_same_account(saved, loaded);
    print_message("# f32 rebuilt in f16: logits off by %.1e\n", apart(saved, loaded));
    assert_true(apart(saved, loaded) > 0 && apart(saved, loaded) < 0.1);
    lmas_memory_free(saved);
    lmas_memory_free(loaded);
    lmas_session_free(there);
    lmas_session_free(here);
}

static void test_a_rebuilt_memory_is_within_2e_3(void **state)
{
    static const char *const models[] = {DEMO_MODEL, TIED_MODEL, UNTIED_MODEL};
    const lmi_key none = {0};
    size_t i;

    (void)state;
    for (i = 0; i < 3; i++) {
        lmas_session *session = session_of(models[i], 2, LMAS_KV_AUTO, "f32");
        lmas_memory *saved = make(session), *rebuilt = NULL;
        lmi_container c;

        assert_ok(lmas_memory_speak(saved, "judger", 9, &GREEDY, NULL, NULL));
        assert_ok(lmas_memory_read(saved, "judger", "And then?"));
        assert_ok(lmas_memory_save(saved, at("rebuild.lmem"), NULL));
        assert_ok(lmi_container_read(&c, at("rebuild.lmem"), &none));
        assert_ok(lmas_memory_new(&rebuilt, session));
        assert_ok(lmi_memory_rebuild(rebuilt, &c, "the test wants it"));
        assert_true(apart(saved, rebuilt) <= 2e-3);
        assert_same_account(saved, rebuilt);
        assert_same_speech(saved, rebuilt);
        lmi_container_done(&c);
        lmas_memory_free(rebuilt);
        lmas_memory_free(saved);
        lmas_session_free(session);
    }
}

/* The same texts, and the thoughts of `from`, fed in by hand. */
static lmas_memory *make_after(lmas_session *session, const lmas_memory *from)
{
    lmas_memory *memory = NULL;
    size_t i;

    assert_ok(lmas_memory_new(&memory, session));
    assert_ok(lmas_memory_read(memory, "planner", FIRST_TEXT));
    for (i = 0; i < N_THOUGHTS; i++) {
        assert_ok(lmi_memory_start_vector(
            memory, "planner", from->account.vectors + i * from->account.n_embd, LMI_WANT_HIDDEN));
        assert_ok(lmi_memory_wait(memory));
    }
    assert_ok(lmas_memory_read(memory, "judger", SECOND_TEXT));
    return memory;
}

static void rebuild_in(const char *model, const char *type_there, const char *type_here)
{
    lmas_session *there = session_of(model, 1, LMAS_KV_AUTO, type_there);
    lmas_session *here = session_of(model, 2, LMAS_KV_AUTO, type_here);
    lmas_memory *saved = make(there), *fresh = make_after(here, saved), *rebuilt = NULL;

    assert_ok(lmas_memory_save(saved, at("there.lmem"), NULL));
    assert_ok(lmas_memory_load(&rebuilt, here, at("there.lmem"), NULL));
    assert_non_null(lmas_memory_rebuilt(rebuilt));
    print_message("# %s, %s into %s: off by %.1e from the saved one, by %.1e from a fresh one\n",
                  model, type_there, type_here, apart(saved, rebuilt), apart(fresh, rebuilt));
    assert_true(apart(fresh, rebuilt) <= 2e-3);
    assert_same_account(saved, rebuilt);
    assert_same_speech(fresh, rebuilt);
    lmas_memory_free(rebuilt);
    lmas_memory_free(fresh);
    lmas_memory_free(saved);
    lmas_session_free(here);
    lmas_session_free(there);
}

/* What it is off by from the memory that was saved, the types of the caches are apart. */
static void test_a_memory_of_another_cache_becomes_what_this_one_makes_of_the_same(void **state)
{
    static const char *const models[] = {DEMO_MODEL, TIED_MODEL, UNTIED_MODEL};
    size_t i;

    (void)state;
    for (i = 0; i < 3; i++) {
        rebuild_in(models[i], "f16", "f32");
        rebuild_in(models[i], "f32", "f16");
        rebuild_in(models[i], "bf16", "f16");
    }
}

/* ---- The account ---- */

static void test_forks_and_joins_carry_the_account_along(void **state)
{
    lmas_session *session = session_of(DEMO_MODEL, 4, LMAS_KV_AUTO, "f32");
    lmas_memory *memory = make(session), *fork = NULL, *joined = NULL;
    const uint32_t n = memory->segments[0].n;

    (void)state;
    assert_ok(lmas_memory_new(&fork, session));
    assert_ok(lmi_memory_fork(fork, memory));
    assert_same_account(memory, fork);
    assert_true(fork->account.is_straight);
    assert_ok(lmas_memory_new(&joined, session));
    assert_ok(lmas_memory_read(joined, "x", "one two"));
    assert_ok(lmi_memory_splice(joined, memory, n - 2, n + 3)); /* two tokens, three thoughts */
    assert_false(joined->account.is_straight);
    assert_int_equal(joined->account.n_vectors, 3);
    assert_int_equal(joined->account.n_tokens, joined->segments[0].n + 2);
    assert_int_equal(joined->account.tokens[joined->account.n_tokens - 1],
                     memory->account.tokens[n - 1]);
    lmas_memory_free(joined);
    lmas_memory_free(fork);
    lmas_memory_free(memory);
    lmas_session_free(session);
}

/* Its account does not say which of its entries are still there. */
static void test_a_memory_that_was_thinned_out_is_not_saved(void **state)
{
    lmas_session *session = session_of(DEMO_MODEL, 2, LMAS_KV_AUTO, "f32");
    lmas_memory *memory = make(session), *fork = NULL;
    const uint32_t n = lmas_memory_n_pos(memory);
    bool *is_kept = lmi_new(n, sizeof(bool));

    (void)state;
    is_kept[0] = is_kept[n - 1] = true;
    assert_ok(lmi_memory_thin(memory, NULL, is_kept));
    assert_fails(LMAS_E_INVALID, "positions were dropped",
                 lmas_memory_save(memory, at("thin.lmem"), NULL));
    assert_ok(lmas_memory_new(&fork, session));
    assert_ok(lmi_memory_fork(fork, memory));
    assert_fails(LMAS_E_INVALID, "positions were dropped",
                 lmas_memory_save(fork, at("thin.lmem"), NULL));
    lmi_free(is_kept);
    lmas_memory_free(fork);
    lmas_memory_free(memory);
    lmas_session_free(session);
}

static void test_what_was_joined_loads_but_is_not_rebuilt(void **state)
{
    lmas_session *session = session_of(DEMO_MODEL, 3, LMAS_KV_AUTO, "f32");
    lmas_session *there = session_of(DEMO_MODEL, 1, LMAS_KV_AUTO, "f16");
    lmas_memory *memory = make(session), *joined = NULL, *loaded = NULL;

    (void)state;
    assert_ok(lmas_memory_new(&joined, session));
    assert_ok(lmas_memory_read(joined, "x", "one two"));
    assert_ok(lmi_memory_splice(joined, memory, 0, lmas_memory_n_pos(memory)));
    assert_ok(lmas_memory_save(joined, at("joined.lmem"), NULL));
    assert_ok(lmas_memory_load(&loaded, session, at("joined.lmem"), NULL));
    assert_same_account(joined, loaded);
    lmas_memory_free(loaded);
    loaded = NULL;
    assert_fails(LMAS_E_FORMAT, "cannot be rebuilt: blocks were joined",
                 lmas_memory_load(&loaded, there, at("joined.lmem"), NULL));
    lmas_memory_free(joined);
    lmas_memory_free(memory);
    lmas_session_free(there);
    lmas_session_free(session);
}

/* Cancelled on its way, a request takes what it noted back; and the file is of what is there. */
static void test_what_was_cancelled_is_not_in_the_account(void **state)
{
    static const int32_t tokens[] = {5, 6, 7, 8};
    lmas_session *session = session_of(DEMO_MODEL, 2, LMAS_KV_AUTO, "f32");
    lmas_memory *memory = make(session), *loaded = NULL;
    const size_t n_tokens = memory->account.n_tokens;

    (void)state;
    assert_ok(lmi_memory_start_read(memory, "late", tokens, 4, LMI_WANT_LOGITS));
    assert_int_equal(memory->account.n_tokens, n_tokens + 4);
    assert_fails(LMAS_E_INVALID, "busy", lmas_memory_save(memory, at("busy.lmem"), NULL));
    lmas_session_cancel(session);
    assert_fails(LMAS_E_CANCELED, "canceled", lmi_memory_wait(memory));
    lmas_session_resume(session);
    assert_int_equal(memory->account.n_tokens, n_tokens);
    assert_ok(lmas_memory_save(memory, at("resumed.lmem"), NULL));
    assert_ok(lmas_memory_load(&loaded, session, at("resumed.lmem"), NULL));
    assert_same_account(memory, loaded);
    lmas_memory_free(loaded);
    lmas_memory_free(memory);
    lmas_session_free(session);
}

static void test_a_memory_without_an_account_is_not_saved(void **state)
{
    lmas_session *session = session_of(DEMO_MODEL, 1, LMAS_KV_AUTO, "f32");
    lmas_memory *memory = NULL;

    (void)state;
    assert_ok(lmi_memory_new(&memory, session, false));
    assert_ok(lmas_memory_read(memory, "a", "one"));
    assert_int_equal(memory->account.tokens_capacity, 0);
    assert_fails(LMAS_E_INVALID, "no account", lmas_memory_save(memory, at("no.lmem"), NULL));
    lmas_memory_free(memory);
    assert_ok(lmas_memory_new(&memory, session));
    assert_fails(LMAS_E_INVALID, "empty", lmas_memory_save(memory, at("no.lmem"), NULL));
    assert_false(lmi_file_exists(at("no.lmem")));
    lmas_memory_free(memory);
    lmas_session_free(session);
}

/* ---- Refused ---- */

static void test_memories_of_other_models_are_refused(void **state)
{
    const char *path = make_file(UNTIED_MODEL, "untied.lmem", NULL);
    lmas_session *session = session_of(DEMO_MODEL, 1, LMAS_KV_AUTO, "f32");
    lmas_memory *memory = NULL;

    (void)state;
    assert_fails(LMAS_E_MODEL, "is of another model",
                 lmas_memory_load(&memory, session, path, NULL));
    assert_null(memory);
    lmas_session_free(session);
}

static void test_a_memory_longer_than_a_lane_is_refused(void **state)
{
    lmas_session *wide = session_of(DEMO_MODEL, 1, LMAS_KV_AUTO, "f32");
    lmas_session *narrow = session_of(DEMO_MODEL, 1, LMAS_KV_AUTO, "f32");
    lmas_memory *memory = make(wide), *loaded = NULL;

    (void)state;
    assert_ok(lmas_memory_save(memory, at("long.lmem"), NULL));
    narrow->ctx->n_ctx_lane = lmas_memory_n_pos(memory) - 1;
    assert_fails(LMAS_E_CONTEXT_FULL, "give more with n_ctx",
                 lmas_memory_load(&loaded, narrow, at("long.lmem"), NULL));
    lmas_memory_free(memory);
    lmas_session_free(narrow);
    lmas_session_free(wide);
}

static void test_a_file_says_what_it_holds(void **state)
{
    const char *path = make_file(UNTIED_MODEL, "told.lmem", NULL);
    const lmas_model_info *model = lmas_model_describe(support_model(UNTIED_MODEL));
    const lmas_memory_file_info *info;
    lmas_memory_file *file = NULL;

    (void)state;
    assert_ok(lmas_memory_file_open(&file, path, NULL));
    info = lmas_memory_file_describe(file);
    assert_string_equal(info->fingerprint, model->fingerprint);
    assert_string_equal(info->cache_type_k, "f32");
    assert_int_equal(info->n_segments, 3);
    assert_int_equal(info->n_thoughts, N_THOUGHTS);
    assert_int_equal(info->n_tokens + info->n_thoughts, info->n_pos);
    assert_true(info->can_rebuild && info->can_think && info->can_speak && !info->is_sealed);
    lmas_memory_file_free(file);
    assert_fails(LMAS_E_FORMAT, "is no memory file",
                 lmas_memory_file_open(&file, "Makefile", NULL));
    assert_fails(LMAS_E_IO, "nowhere", lmas_memory_file_open(&file, at("nowhere"), NULL));
}

static void test_the_mean_of_a_file_is_that_of_its_thoughts(void **state)
{
    const char *path = make_file(UNTIED_MODEL, "mean.lmem", NULL);
    const size_t n = (size_t)lmas_model_describe(support_model(UNTIED_MODEL))->n_embd;
    float *mean = lmi_new(n, sizeof(*mean));
    const lmi_key none = {0};
    lmas_memory_file *file = NULL;
    float *vectors = NULL;
    int32_t *tokens = NULL;
    lmi_container c;
    size_t i, k;

    (void)state;
    assert_ok(lmi_container_read(&c, path, &none));
    assert_ok(lmi_content_read(&tokens, &vectors, &c));
    assert_ok(lmas_memory_file_open(&file, path, NULL));
    assert_ok(lmas_memory_file_mean(mean, n, file));
    for (i = 0; i < n; i++) {
        double sum = 0;

        for (k = 0; k < N_THOUGHTS; k++)
            sum += (double)vectors[k * n + i];
        assert_true(fabs(sum / (double)N_THOUGHTS - (double)mean[i]) <= 1e-6 * (1 + fabs(sum)));
    }
    assert_fails(LMAS_E_INVALID, "room", lmas_memory_file_mean(mean, n - 1, file));
    assert_fails(LMAS_E_INVALID, "room", lmas_memory_file_mean(mean, n, NULL));
    lmas_memory_file_free(file);
    lmi_container_done(&c);
    lmi_free(vectors);
    lmi_free(tokens);
    lmi_free(mean);
}

/* What fails leaves the old file, and nothing beside it. */
static void test_a_failed_save_leaves_nothing(void **state)
{
    lmas_session *session = session_of(UNTIED_MODEL, 1, LMAS_KV_AUTO, "f32");
    lmas_memory *memory = make(session);

    (void)state;
    assert_fails(LMAS_E_IO, "cannot write", lmas_memory_save(memory, at("nowhere/x.lmem"), NULL));
    assert_fails(LMAS_E_IO, "cannot write", lmas_memory_save(memory, folder, NULL));
    lmas_memory_free(memory);
    lmas_session_free(session);
}

/* A state whose sums are right and whose bytes are not: whatever libllama makes of it, the process
 * lives, and the session goes on. */
static void survive_states(const char *model)
{
    lmas_session *session = session_of(model, 2, LMAS_KV_AUTO, "f32");
    const lmas_memory_file_params same = {.must_be_same = true};
    const lmi_key none = {0};
    int n_refused = 0;
    lmi_container c;
    uint64_t seed;
    void *state;

    make_file(model, "state.lmem", NULL);
    assert_ok(lmi_container_read(&c, at("state.lmem"), &none));
    for (seed = 1; seed <= N_STATE_SEEDS; seed++) {
        const size_t size = c.manifest.chunks[LMI_CHUNK_STATE].size;
        uint64_t random = seed * 977;
        const size_t end = random_of(&random) % 2 ? size : size < 1200 ? size : 1200;
        lmas_memory *memory = NULL;
        lmi_piece forged;

        assert_ok(lmi_container_unpack(&state, &c, LMI_CHUNK_STATE));
        ((uint8_t *)state)[random_of(&random) % end] ^= (uint8_t)(1 << random_of(&random) % 8);
        forged = (lmi_piece){state, seed % 7 ? size : random_of(&random) % size + 1};
        write_with(&c, LMI_CHUNK_STATE, &forged, &none, at("forged.lmem"));
        if (lmas_memory_load(&memory, session, at("forged.lmem"), &same) != LMAS_OK)
            n_refused++;
        else if (lmas_memory_read(memory, "x", "one") != LMAS_OK) /* not a number any more */
            assert_non_null(strstr(lmas_last_error(), "not finite"));
        lmas_memory_free(memory);
        lmi_free(state);
    }
    print_message("# %s: %d of %d forged states refused\n", model, n_refused, N_STATE_SEEDS);
    assert_true(n_refused > N_STATE_SEEDS / 7);
    lmi_container_done(&c);
    lmas_session_free(session);
}

static void test_a_forged_state_ends_no_process(void **state)
{
    (void)state;
    survive_states(UNTIED_MODEL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_memory_goes_on_bit_for_bit_where_it_is_loaded),
        cmocka_unit_test(test_a_memory_that_was_loaded_saves_to_the_same_bytes),
        cmocka_unit_test(test_what_cannot_follow_in_the_old_one_cannot_in_the_new),
        cmocka_unit_test(test_a_memory_of_another_cache_is_rebuilt_and_says_why),
        cmocka_unit_test(test_a_rebuilt_memory_is_within_2e_3),
        cmocka_unit_test(test_a_memory_of_another_cache_becomes_what_this_one_makes_of_the_same),
        cmocka_unit_test(test_forks_and_joins_carry_the_account_along),
        cmocka_unit_test(test_a_memory_that_was_thinned_out_is_not_saved),
        cmocka_unit_test(test_what_was_joined_loads_but_is_not_rebuilt),
        cmocka_unit_test(test_what_was_cancelled_is_not_in_the_account),
        cmocka_unit_test(test_a_memory_without_an_account_is_not_saved),
        cmocka_unit_test(test_memories_of_other_models_are_refused),
        cmocka_unit_test(test_a_memory_longer_than_a_lane_is_refused),
        cmocka_unit_test(test_a_file_says_what_it_holds),
        cmocka_unit_test(test_the_mean_of_a_file_is_that_of_its_thoughts),
        cmocka_unit_test(test_a_failed_save_leaves_nothing),
        cmocka_unit_test(test_a_forged_state_ends_no_process),
    };

    return cmocka_run_group_tests_name("store", tests, make_folder, NULL);
}
