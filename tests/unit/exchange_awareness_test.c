/* exchange_awareness_test.c - packages of Awareness out of frames and back; what is refused. */
#include <math.h>
#include <stdlib.h>

#include "exchange/awareness/archive.h"
#include "exchange/awareness/frame.h"
#include "exchange/awareness/honest.h"
#include "exchange_files.h"

enum { N_DAMAGED = 1000 };

#define SMALL_TEXT ((size_t)1 << 20)

static const lmi_awareness_about ABOUT = {
    .name = "apples", .description = "what Tom has and buys", .creator = "ann", .model = "demo"};
static const char PROMPT[] = "Tom has 12 apples and buys 7 more. Mia has 39 shells, and Finn gives "
                             "her 24 more. How many do they have together?";

static lmi_awareness_shape demo; /* of the demo model */
static lmi_awareness_frame made; /* the cells of a memory that it has read */

/* ---- A memory of the demo model, as a frame and as a package ---- */

static lmas_session *session_f32(void)
{
    return support_session(support_model(DEMO_MODEL), 2, 256, false);
}

static void make_frame(lmas_avp_payload payload, const char *path)
{
    lmas_avp_params params = lmas_avp_params_default();
    lmas_session *session = session_f32();
    lmas_memory *memory = NULL;

    params.payload = payload;
    params.dtype = LMAS_AVP_F32;
    assert_ok(lmas_memory_new(&memory, session));
    assert_ok(lmas_memory_read(memory, "a", PROMPT));
    assert_ok(lmas_memory_export(memory, path, &params));
    lmas_memory_free(memory);
    lmas_session_free(session);
}

static int prepare(void **state)
{
    const lmas_model_info *info;

    make_folder(state);
    info = lmas_model_describe(support_model(DEMO_MODEL));
    demo = (lmi_awareness_shape){(uint32_t)info->n_layer, (uint32_t)info->n_head_kv,
                                 (uint32_t)info->n_embd};
    make_frame(LMAS_AVP_CELLS, at("cells.avp"));
    make_frame(LMAS_AVP_HIDDEN, at("last.avp"));
    assert_done(lmi_awareness_read_frame(&made, at("cells.avp")));
    assert_done(lmi_awareness_export(at("good.memorypkg"), at("cells.avp"), &ABOUT));
    assert_done(lmi_awareness_export(at("good.vectorpkg"), at("last.avp"), &ABOUT));
    return 0;
}

static int clean(void **state)
{
    (void)state;
    lmi_awareness_frame_done(&made);
    return 0;
}

static void assert_same_cells(const char *frame, const lmi_awareness_cells *want)
{
    lmi_awareness_frame f;

    assert_done(lmi_awareness_read_frame(&f, frame));
    assert_true(f.is_cells);
    assert_int_equal(f.cells.n_layers, want->n_layers);
    assert_int_equal(f.cells.n_heads, want->n_heads);
    assert_int_equal(f.cells.n, want->n);
    assert_int_equal(f.cells.head, want->head);
    assert_memory_equal(f.cells.values, want->values, lmi_awareness_count(want) * sizeof(float));
    lmi_awareness_frame_done(&f);
}

/* ---- There and back ---- */

static void test_a_memory_comes_back_from_its_package_to_the_last_bit(void **state)
{
    (void)state;
    assert_done(lmi_awareness_import(at("back.avp"), at("good.memorypkg"), &demo));
    assert_same_cells(at("back.avp"), &made.cells);
}

/* Indented, and packed as tightly as can be: as the package's own program writes it. */
static void test_a_package_that_another_program_wrote_is_read(void **state)
{
    char command[1200];

    (void)state;
    snprintf(command, sizeof(command),
             "python3 -c 'import json, sys, zipfile as z\n"
             "old, new = z.ZipFile(sys.argv[1]), z.ZipFile(sys.argv[2], \"w\", z.ZIP_DEFLATED, "
             "compresslevel=9)\n"
             "for n in old.namelist(): new.writestr(n, json.dumps(json.loads(old.read(n)), "
             "indent=2))\n"
             "new.close()' '%s' '%s'",
             at("good.memorypkg"), at("other.memorypkg"));
    assert_int_equal(system(command), 0);
    assert_done(lmi_awareness_import(at("back.avp"), at("other.memorypkg"), &demo));
    assert_same_cells(at("back.avp"), &made.cells);
}

static bool collect(void *user, const char *text, size_t len)
{
    lmi_buf_append(user, text, len);
    return true;
}

static void say(lmi_buf *out, const char *frame)
{
    static const lmas_sampling greedy = {.temperature = 0.0F, .top_p = 1.0F};
    lmas_session *session = session_f32();
    lmas_memory *memory = NULL;

    lmi_buf_init(out, SMALL_TEXT);
    assert_ok(lmas_memory_import(&memory, session, frame, NULL));
    assert_ok(lmas_memory_read(memory, "b", " Answer:"));
    assert_ok(lmas_memory_speak(memory, "b", 24, &greedy, collect, out));
    lmas_memory_free(memory);
    lmas_session_free(session);
}

static void test_a_model_goes_on_from_a_package_as_from_the_frame(void **state)
{
    lmi_buf before, after;

    (void)state;
    assert_done(lmi_awareness_import(at("back.avp"), at("good.memorypkg"), &demo));
    say(&before, at("cells.avp"));
    say(&after, at("back.avp"));
    assert_true(before.len > 0);
    assert_string_equal(lmi_buf_text(&after), lmi_buf_text(&before));
    lmi_buf_done(&before);
    lmi_buf_done(&after);
}

static void assert_same_vector(const char *frame)
{
    lmi_awareness_frame before, after;

    assert_done(lmi_awareness_read_frame(&before, at("last.avp")));
    assert_done(lmi_awareness_read_frame(&after, frame));
    assert_false(after.is_cells);
    assert_int_equal(after.n_embd, demo.n_embd);
    assert_memory_equal(after.vector, before.vector, demo.n_embd * sizeof(float));
    lmi_awareness_frame_done(&before);
    lmi_awareness_frame_done(&after);
}

static void test_a_hidden_state_comes_back_from_its_package_to_the_last_bit(void **state)
{
    lmi_buf said;

    (void)state;
    assert_done(lmi_awareness_import(at("back.avp"), at("good.vectorpkg"), &demo));
    assert_same_vector(at("back.avp"));
    say(&said, at("back.avp"));
    lmi_buf_done(&said);
}

/* ---- Packages by hand ---- */

static lmi_buf keys, values, about_kv, about;

/* Texts of a package as they are written; then some of them are changed. */
static void start_package(void)
{
    lmi_buf_init(&keys, 64 * SMALL_TEXT);
    lmi_buf_init(&values, 64 * SMALL_TEXT);
    lmi_buf_init(&about_kv, SMALL_TEXT);
    lmi_buf_init(&about, SMALL_TEXT);
}

static lmi_exchange_verdict end_package(const lmi_awareness_shape *shape)
{
    const lmi_archive_text texts[] = {{"kv_cache/keys.json", &keys},
                                      {"kv_cache/values.json", &values},
                                      {"kv_cache/metadata.json", &about_kv},
                                      {"metadata.json", &about}};
    lmi_buf *const all[] = {&keys, &values, &about_kv, &about};
    size_t i;

    if (!about_kv.len)
        lmi_buf_puts(&about_kv, "{}");
    if (!about.len)
        lmi_buf_puts(&about, "{}");
    assert_done(lmi_archive_write(at("hand.memorypkg"), texts, 4));
    for (i = 0; i < 4; i++)
        lmi_buf_done(all[i]);
    return lmi_awareness_import(at("hand.avp"), at("hand.memorypkg"), shape);
}

/* What stands before list `j` of list `i` of layer `l`. */
static const char *before(size_t l, size_t i, size_t j)
{
    if (j)
        return ",[";
    if (i)
        return "],[[";
    return l ? "]],[[[" : "[[[[";
}

static const float *row_at(size_t l, size_t part, size_t h, size_t t)
{
    const lmi_awareness_cells *c = &made.cells;

    return c->values + (((l * 2 + part) * c->n_heads + h) * c->n + t) * c->head;
}

/* [layer][head][token][value], or [layer][token][head][value]. */
static void nest(lmi_buf *out, size_t part, bool has_heads_first)
{
    const lmi_awareness_cells *c = &made.cells;
    const size_t n_outer = has_heads_first ? c->n_heads : c->n;
    const size_t n_inner = has_heads_first ? c->n : c->n_heads;
    size_t l, i, j;

    for (l = 0; l < c->n_layers; l++)
        for (i = 0; i < n_outer; i++)
            for (j = 0; j < n_inner; j++) {
                lmi_buf_puts(out, before(l, i, j));
                lmi_awareness_write_row(
                    out, has_heads_first ? row_at(l, part, i, j) : row_at(l, part, j, i), c->head);
                lmi_buf_putc(out, ']');
            }
    lmi_buf_puts(out, "]]]");
}

static void test_heads_may_stand_before_the_tokens_or_behind(void **state)
{
    int i;

    (void)state;
    for (i = 0; i < 2; i++) {
        start_package();
        nest(&keys, 0, i == 0);
        nest(&values, 1, i == 0);
        assert_done(end_package(&demo));
        assert_same_cells(at("hand.avp"), &made.cells);
    }
}

static void test_keys_and_values_may_stand_in_different_orders(void **state)
{
    (void)state;
    start_package();
    nest(&keys, 0, true);
    assert_ok(lmi_awareness_write_cells(&values, &made.cells, 1));
    assert_done(end_package(&demo));
    assert_same_cells(at("hand.avp"), &made.cells);
}

/* The first layer's first three tokens as entries. */
static void put_entries(lmi_buf *out, const char *after, size_t skipped)
{
    const lmi_awareness_cells *c = &made.cells;
    size_t t, part, h;

    lmi_buf_puts(out, "{\"entries\":[");
    for (t = 0; t < 3; t++) {
        lmi_buf_printf(out, "%s{\"tokenIndex\":%zu", t ? "," : "", t + (t ? skipped : 0));
        for (part = 0; part < 2; part++) {
            lmi_buf_puts(out, part ? "],\"value\":[" : ",\"key\":[");
            for (h = 0; h < c->n_heads; h++) {
                lmi_buf_puts(out, h ? "," : "");
                lmi_awareness_write_row(out, row_at(0, part, h, t), c->head);
            }
        }
        lmi_buf_puts(out, "],\"attentionWeight\":0.5}");
    }
    lmi_buf_printf(out, "]%s}", after);
}

static lmi_exchange_verdict import_entries(const char *after, size_t skipped, uint32_t n_layer)
{
    const lmi_awareness_shape shape = {n_layer, demo.n_head_kv, demo.n_embd};
    const lmi_archive_text text = {"kv_cache/entries.json", &keys};

    lmi_buf_init(&keys, SMALL_TEXT);
    put_entries(&keys, after, skipped);
    assert_done(lmi_archive_write(at("hand.memorypkg"), &text, 1));
    lmi_buf_done(&keys);
    return lmi_awareness_import(at("hand.avp"), at("hand.memorypkg"), &shape);
}

static void test_entries_are_read_where_no_token_was_dropped(void **state)
{
    lmi_awareness_frame f;

    (void)state;
    assert_done(import_entries("", 0, 1));
    assert_done(lmi_awareness_read_frame(&f, at("hand.avp")));
    assert_int_equal(f.cells.n, 3);
    assert_memory_equal(f.cells.values, made.cells.values, sizeof(float) * 3 * f.cells.head);
    lmi_awareness_frame_done(&f);
    assert_done(import_entries(",\"totalTokens\":3", 0, 1));
    assert_refused(LMI_EXCHANGE_FORMAT, "3 of 10 tokens",
                   import_entries(",\"totalTokens\":10", 0, 1));
    assert_refused(LMI_EXCHANGE_FORMAT, "entry 1 is not of token 1", import_entries("", 2, 1));
    assert_refused(LMI_EXCHANGE_FORMAT, "of one layer, the model has 4", import_entries("", 0, 4));
}

/* ---- What does not fit together ---- */

static lmi_exchange_verdict import_texts(const char *k, const char *v, const char *of_kv,
                                         const char *of_all)
{
    const lmi_awareness_shape shape = {2, 2, 8};

    start_package();
    lmi_buf_puts(&keys, k);
    lmi_buf_puts(&values, v);
    lmi_buf_puts(&about_kv, of_kv);
    lmi_buf_puts(&about, of_all);
    return end_package(&shape);
}

#define GOOD "[[[1,2,3,4],[1,2,3,5],[1,2,3,6]],[[1,2,3,7],[1,2,3,8],[1,2,9,9]]]"

static void test_texts_that_make_no_cache_are_refused_with_their_place(void **state)
{
    static const struct {
        const char *keys, *why;
    } wrong[] = {
        {"[]", "of 0 layers, a list of the model's 2"},
        {"{}", "an object"},
        {"[[[1,2,3,4]]]", "of 1 layers"},
        {"[[[1,2,3]],[[1,2,3]]]", "do not share evenly"},
        {"[[[1,2,3,4]],[[1,2,3,4],[1,2,3,4]]]", "layer 1 has 2 in it, 1 expected"},
        {"[[[1,2,3,4]],[[1,2,3]]]", "token 0 of layer 1 has 3 in it, 4 expected"},
        {"[[[1,2,3,4]],[7]]", "token 0 of layer 1 is a number"},
        {"[[[1,2,3,4]],[[1,2,\"3\",4]]]", "number 2 of token 0 of layer 1 is no finite number"},
        {"[[[1,2,3,4]],[[1,2,null,4]]]", "is no finite number"},
        {"[[[1,2,3,4]],[[1,2,1e39,4]]]", "is no finite number"},
        {"[[[1,2,3,4]],[[1,2,1e999,4]]]", "keys.json:1"},
        {"[[[1,2,3,4]],[[1,2,NaN,4]]]", "keys.json:1"},
        {"[[[1,2,3,4]],[[1,2,3,4]]", "keys.json:1"},
        {"[[[[1,2],[1,2]],[[1,2],[1,2]]],[[[1,2],[1,2]],[[1,2],[1,2]]]]", "must be plain which"},
        {"[[[[1,2]]],[[[1,2]]]]", "must be plain which"},
        {"[[[[1,2],[1,2],[1]],[[1,2],[1,2],[1,2]]],[[],[]]]", "head 0 of layer 0 has 1 in it"},
    };
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_refused(LMI_EXCHANGE_FORMAT, wrong[i].why,
                       import_texts(wrong[i].keys, wrong[i].keys, "{}", "{}"));
    assert_done(import_texts(GOOD, GOOD, "{}", "{}"));
    assert_refused(LMI_EXCHANGE_FORMAT,
                   "values.json has 3 tokens with 2 values of a head, the keys have 1 with 2",
                   import_texts("[[[1,2,3,4]],[[1,2,3,4]]]", GOOD, "{}", "{}"));
}

static void test_what_a_package_says_of_itself_must_fit_its_numbers(void **state)
{
    (void)state;
    assert_done(import_texts(GOOD, GOOD, "{\"tokenCount\":3,\"compressionRatio\":1}", "{}"));
    assert_refused(LMI_EXCHANGE_FORMAT, "says 12 tokens, the cache has 3",
                   import_texts(GOOD, GOOD, "{\"tokenCount\":12}", "{}"));
    assert_refused(LMI_EXCHANGE_FORMAT, "60 % of the tokens were kept",
                   import_texts(GOOD, GOOD, "{\"compressionRatio\":0.6}", "{}"));
    assert_refused(LMI_EXCHANGE_FORMAT, "says that it is a chain, a memory expected",
                   import_texts(GOOD, GOOD, "{}", "{\"packageType\":\"chain\"}"));
    assert_refused(LMI_EXCHANGE_FORMAT, "metadata.json says \"simulated\"",
                   import_texts(GOOD, GOOD, "{}", "{\"a\":[{\"simulated\":true}]}"));
    assert_done(import_texts(GOOD, GOOD, "{}", "{\"simulated\":false,\"packageType\":\"memory\"}"));
}

/* ---- Made up ---- */

static double draw(uint64_t *random)
{
    return ((double)random_of(random) + 0.5) / 2147483648.0;
}

static double gauss(uint64_t *random)
{
    const double u = draw(random), v = draw(random);

    return sqrt(-2 * log(u)) * cos(6.283185307179586 * v);
}

/* Cells of the demo model's shape with other numbers. */
static lmi_exchange_verdict import_made_up(bool is_even)
{
    lmi_awareness_cells c = made.cells;
    uint64_t random = 5;
    size_t i;

    c.values = lmi_new(lmi_awareness_count(&c), sizeof(float));
    for (i = 0; i < lmi_awareness_count(&c); i++)
        c.values[i] = (float)(is_even ? 2 * draw(&random) - 1 : gauss(&random));
    start_package();
    assert_ok(lmi_awareness_write_cells(&keys, &c, 0));
    assert_ok(lmi_awareness_write_cells(&values, &c, 1));
    lmi_free(c.values);
    return end_package(&demo);
}

static void test_random_numbers_are_not_taken_for_a_models(void **state)
{
    (void)state;
    assert_refused(LMI_EXCHANGE_FORMAT, "lie evenly between two bounds", import_made_up(true));
    assert_refused(LMI_EXCHANGE_FORMAT, "no more in common than noise", import_made_up(false));
}

static void test_a_models_numbers_are_far_from_noise(void **state)
{
    const lmi_awareness_cells *c = &made.cells;
    const size_t row = (size_t)c->n_heads * c->n * c->head;
    double least = INFINITY;
    size_t i;

    (void)state;
    for (i = 0; i < 2 * (size_t)c->n_layers; i++) {
        const double share = lmi_honest_share(c->values + i * row, c->n_heads, c->n, c->head);

        print_message("# %s of layer %zu: %.1f times the share of noise\n",
                      i % 2 ? "values" : "keys", i / 2, share);
        least = share < least ? share : least;
    }
    assert_true(lmi_honest_share(c->values, 2 * (size_t)c->n_layers * c->n_heads, c->n, c->head) >
                2 * 1.5);
    assert_false(lmi_honest_is_even(c->values, lmi_awareness_count(c)));
}

/* ---- Vectors ---- */

static lmi_exchange_verdict import_vector(const char *text, uint32_t n_embd)
{
    const lmi_awareness_shape shape = {2, 2, n_embd};
    lmi_archive_text one = {"vector.json", &keys};

    lmi_buf_init(&keys, SMALL_TEXT);
    lmi_buf_puts(&keys, text);
    assert_done(lmi_archive_write(at("hand.vectorpkg"), &one, 1));
    lmi_buf_done(&keys);
    return lmi_awareness_import(at("hand.avp"), at("hand.vectorpkg"), &shape);
}

static void test_a_vector_must_be_one_of_the_models_width(void **state)
{
    (void)state;
    assert_done(import_vector("{\"vector\":[1,2,3],\"dimension\":3}", 3));
    assert_done(import_vector("{\"vector\":[1,2,3]}", 3));
    assert_refused(LMI_EXCHANGE_FORMAT, "vector has 3 in it, 4 expected",
                   import_vector("{\"vector\":[1,2,3],\"dimension\":3}", 4));
    assert_refused(LMI_EXCHANGE_FORMAT, "says 4 numbers, it has 3",
                   import_vector("{\"vector\":[1,2,3],\"dimension\":4}", 3));
    assert_refused(LMI_EXCHANGE_FORMAT, "is all zeros", import_vector("{\"vector\":[0,0,0]}", 3));
    assert_refused(LMI_EXCHANGE_FORMAT, "vector is nothing", import_vector("{}", 3));
    assert_refused(LMI_EXCHANGE_FORMAT, "no finite number",
                   import_vector("{\"vector\":[1,true,3]}", 3));
}

static void test_a_shape_of_no_model_is_refused(void **state)
{
    const lmi_awareness_shape wrong[] = {
        {0, 1, 1}, {1, 0, 1}, {1, 1, 0}, {4097, 1, 1}, {1, 1, (1 << 20) + 1}};
    size_t i;

    (void)state;
    for (i = 0; i < 5; i++)
        assert_refused(LMI_EXCHANGE_INVALID, "expected",
                       lmi_awareness_import(at("hand.avp"), at("good.memorypkg"), &wrong[i]));
}

/* ---- Frames that a package cannot hold ---- */

static void export_as(lmas_avp_payload payload, lmas_avp_dtype dtype, bool is_packed)
{
    lmas_avp_params params = {.payload = payload, .dtype = dtype, .is_packed = is_packed};
    lmas_session *session = session_f32();
    lmas_memory *memory = NULL;

    assert_ok(lmas_memory_new(&memory, session));
    assert_ok(lmas_memory_read(memory, "a", PROMPT));
    assert_ok(lmas_memory_think(memory, "a", 2));
    assert_ok(lmas_memory_export(memory, at("other.avp"), &params));
    lmas_memory_free(memory);
    lmas_session_free(session);
}

static void test_frames_of_another_kind_are_refused(void **state)
{
    (void)state;
    export_as(LMAS_AVP_CELLS, LMAS_AVP_F16, false);
    assert_refused(LMI_EXCHANGE_INVALID, "export cells or the last hidden state as f32",
                   lmi_awareness_export(at("no"), at("other.avp"), &ABOUT));
    export_as(LMAS_AVP_CELLS, LMAS_AVP_F32, true);
    assert_refused(LMI_EXCHANGE_INVALID, "export cells or the last hidden state as f32",
                   lmi_awareness_export(at("no"), at("other.avp"), &ABOUT));
    export_as(LMAS_AVP_THOUGHTS, LMAS_AVP_F32, false);
    assert_refused(LMI_EXCHANGE_INVALID, "export cells or the last hidden state as f32",
                   lmi_awareness_export(at("no"), at("other.avp"), &ABOUT));
    assert_refused(LMI_EXCHANGE_FORMAT, "no AVP frame",
                   lmi_awareness_export(at("no"), at("good.vectorpkg"), &ABOUT));
    assert_false(lmi_file_exists(at("no")));
}

static void test_damaged_frames_are_refused(void **state)
{
    uint64_t random = 9;
    lmi_buf good;
    char *data;
    int i;

    (void)state;
    lmi_buf_init(&good, FILE_MAX);
    assert_ok(lmi_file_read(&good, at("last.avp")));
    data = lmi_new(good.len + 64, 1);
    for (i = 0; i < N_DAMAGED; i++) {
        size_t len;

        memcpy(data, good.data, good.len);
        len = damage(data, good.len, &random);
        put_file(at("bad.avp"), data, len);
        if (lmi_awareness_export(at("bad.vectorpkg"), at("bad.avp"), &ABOUT) == LMI_EXCHANGE_OK)
            assert_done(lmi_awareness_import(at("bad2.avp"), at("bad.vectorpkg"), &demo));
    }
    lmi_free(data);
    lmi_buf_done(&good);
}

/* ---- Archives ---- */

static void test_a_damaged_package_is_refused_or_says_the_same(void **state)
{
    uint64_t random = 4;
    lmi_buf good;
    int i, n_same = 0;
    char *data;

    (void)state;
    lmi_buf_init(&good, FILE_MAX);
    assert_ok(lmi_file_read(&good, at("good.vectorpkg")));
    data = lmi_new(good.len + 64, 1);
    for (i = 0; i < N_DAMAGED; i++) {
        size_t len;

        memcpy(data, good.data, good.len);
        len = damage(data, good.len, &random);
        put_file(at("bad.vectorpkg"), data, len);
        if (lmi_awareness_import(at("bad.avp"), at("bad.vectorpkg"), &demo) == LMI_EXCHANGE_OK) {
            assert_same_vector(at("bad.avp"));
            n_same++;
        } else {
            assert_true(is_one_line(lmas_last_error()));
        }
    }
    print_message("# of %d packages damaged anywhere, texts that are not read included, %d were "
                  "taken\n",
                  N_DAMAGED, n_same);
    lmi_free(data);
    lmi_buf_done(&good);
}

/* Texts that are damaged within a sound archive: refused in a line, or read. */
static void test_damaged_texts_are_refused_or_read(void **state)
{
    static const char good[] = "[[[[1.5,2],[1,2],[1e1,2]],[[1,2],[-1,2],[1,2]]],"
                               "[[[1,2],[1,0.02],[1,2]],[[1,2],[1,2],[1,2]]]]";
    char text[sizeof(good) + 64];
    uint64_t random = 12;
    int i, n_read = 0;

    (void)state;
    for (i = 0; i < N_DAMAGED; i++) {
        size_t len;

        memcpy(text, good, sizeof(good));
        len = damage(text, sizeof(good) - 1, &random);
        text[len] = '\0';
        n_read += import_texts(text, good, "{}", "{}") == LMI_EXCHANGE_OK ? 1 : 0;
    }
    assert_true(n_read < N_DAMAGED / 2);
    assert_done(import_texts(good, good, "{}", "{}"));
}

static void test_what_unpacks_to_too_much_is_refused_before_it_does(void **state)
{
    const lmi_archive_text text = {"vector.json", &keys};
    size_t i;

    (void)state;
    lmi_buf_init(&keys, 64 * SMALL_TEXT);
    for (i = 0; i < 16 * SMALL_TEXT; i += 16)
        lmi_buf_puts(&keys, "                ");
    assert_done(lmi_archive_write(at("bomb.vectorpkg"), &text, 1));
    lmi_buf_done(&keys);
    assert_refused(LMI_EXCHANGE_FORMAT, "and 64 times its size allowed",
                   lmi_awareness_import(at("no"), at("bomb.vectorpkg"), &demo));
}

static void test_an_archive_of_too_many_files_is_refused(void **state)
{
    lmi_archive_text texts[LMI_AWARENESS_TEXTS_MAX + 1];
    static char names[LMI_AWARENESS_TEXTS_MAX + 1][16];
    size_t i;

    (void)state;
    lmi_buf_init(&keys, SMALL_TEXT);
    lmi_buf_puts(&keys, "{}");
    for (i = 0; i <= LMI_AWARENESS_TEXTS_MAX; i++) {
        snprintf(names[i], sizeof(names[i]), "n%zu", i);
        texts[i] = (lmi_archive_text){names[i], &keys};
    }
    assert_done(lmi_archive_write(at("many.zip"), texts, LMI_AWARENESS_TEXTS_MAX));
    assert_refused(LMI_EXCHANGE_FORMAT, "has neither",
                   lmi_awareness_import(at("no"), at("many.zip"), &demo));
    assert_done(lmi_archive_write(at("many.zip"), texts, LMI_AWARENESS_TEXTS_MAX + 1));
    assert_refused(LMI_EXCHANGE_FORMAT, "more than 1024 files",
                   lmi_awareness_import(at("no"), at("many.zip"), &demo));
    lmi_buf_done(&keys);
}

static void test_what_is_no_archive_is_refused(void **state)
{
    (void)state;
    put_file(at("text.memorypkg"), "hello", 5);
    assert_refused(LMI_EXCHANGE_FORMAT, "a ZIP expected",
                   lmi_awareness_import(at("no"), at("text.memorypkg"), &demo));
    assert_refused(LMI_EXCHANGE_FORMAT, "a ZIP expected",
                   lmi_awareness_import(at("no"), at("nowhere"), &demo));
    assert_refused(LMI_EXCHANGE_FORMAT, "a ZIP expected",
                   lmi_awareness_import(at("no"), folder, &demo));
}

static void test_a_package_says_who_and_what(void **state)
{
    lmi_awareness_about wrong = ABOUT;

    (void)state;
    wrong.name = "a\nb";
    assert_refused(LMI_EXCHANGE_INVALID, "the name has a control character",
                   lmi_awareness_export(at("no"), at("last.avp"), &wrong));
    wrong = (lmi_awareness_about){.name = "n", .description = "d", .creator = "c"};
    assert_refused(LMI_EXCHANGE_INVALID, "the model is missing",
                   lmi_awareness_export(at("no"), at("last.avp"), &wrong));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_memory_comes_back_from_its_package_to_the_last_bit),
        cmocka_unit_test(test_a_package_that_another_program_wrote_is_read),
        cmocka_unit_test(test_a_model_goes_on_from_a_package_as_from_the_frame),
        cmocka_unit_test(test_a_hidden_state_comes_back_from_its_package_to_the_last_bit),
        cmocka_unit_test(test_heads_may_stand_before_the_tokens_or_behind),
        cmocka_unit_test(test_keys_and_values_may_stand_in_different_orders),
        cmocka_unit_test(test_entries_are_read_where_no_token_was_dropped),
        cmocka_unit_test(test_texts_that_make_no_cache_are_refused_with_their_place),
        cmocka_unit_test(test_what_a_package_says_of_itself_must_fit_its_numbers),
        cmocka_unit_test(test_random_numbers_are_not_taken_for_a_models),
        cmocka_unit_test(test_a_models_numbers_are_far_from_noise),
        cmocka_unit_test(test_a_vector_must_be_one_of_the_models_width),
        cmocka_unit_test(test_a_shape_of_no_model_is_refused),
        cmocka_unit_test(test_frames_of_another_kind_are_refused),
        cmocka_unit_test(test_damaged_frames_are_refused),
        cmocka_unit_test(test_a_damaged_package_is_refused_or_says_the_same),
        cmocka_unit_test(test_damaged_texts_are_refused_or_read),
        cmocka_unit_test(test_what_unpacks_to_too_much_is_refused_before_it_does),
        cmocka_unit_test(test_an_archive_of_too_many_files_is_refused),
        cmocka_unit_test(test_what_is_no_archive_is_refused),
        cmocka_unit_test(test_a_package_says_who_and_what),
    };

    return cmocka_run_group_tests(tests, prepare, clean);
}
