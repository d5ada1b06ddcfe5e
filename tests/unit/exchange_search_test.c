/* exchange_search_test.c - words, tags, models and the nearest; the order of what is found, and its
 * pages. */
#include <math.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "exchange/disk/sql.h"
#include "exchange/parts.h"
#include "exchange/record.h"
#include "exchange/search/nearest.h"
#include "exchange_files.h"

static int prepare(void **state)
{
    prepare_files(state);
    return 0;
}

/* The names of what is found, in order, apart by commas; lives until the next call. */
static const char *names_of(const lmi_exchange_query *query)
{
    static char names[8192];
    lmi_exchange_found found;
    size_t i, len = 0;

    assert_done(lmi_exchange_search(&found, exchange, "ann", query));
    names[0] = '\0';
    for (i = 0; i < found.n; i++)
        len += (size_t)snprintf(names + len, sizeof(names) - len, "%s%s", i ? "," : "",
                                found.records[i]->name);
    lmi_exchange_found_done(&found);
    return names;
}

static const char *names_by(const char *words)
{
    const lmi_exchange_query query = {.words = words, .limit = 100};

    return names_of(&query);
}

static void put(const lmi_exchange_offer *offer)
{
    char id[LMI_EXCHANGE_ID_SIZE];

    assert_done(publish(id, "ann", offer));
}

/* ---- Words ---- */

static void put_texts(void)
{
    static const char *const tags[] = {"f\xc3\xbcr-alle", "tag two"};

    new_room(NULL);
    put(&(lmi_exchange_offer){.name = "one", .text = "Tom has 12 apples AND buys 7 more."});
    put(&(lmi_exchange_offer){.name = "two", .description = "pears (not apples) near Caf\xc3\xa9"});
    put(&(lmi_exchange_offer){.name = "three: tom's", .tags = tags, .n_tags = 2});
}

static void test_words_are_found_in_name_description_tags_and_text(void **state)
{
    (void)state;
    put_texts();
    assert_string_equal(names_by("buys"), "one");
    assert_string_equal(names_by("pears"), "two");
    assert_string_equal(names_by("alle"), "three: tom's");
    assert_string_equal(names_by("three"), "three: tom's");
    assert_string_equal(names_by("apples"), "two,one");
    assert_string_equal(names_by("TOM"), "three: tom's,one");
    assert_string_equal(names_by("cafe"), "two");
    assert_string_equal(names_by("apple"), "");
}

static void test_all_words_are_wanted_in_any_order(void **state)
{
    (void)state;
    put_texts();
    assert_string_equal(names_by("apples tom"), "one");
    assert_string_equal(names_by("tom apples"), "one");
    assert_string_equal(names_by(" \t\n apples \r\n pears\x01"), "two");
    assert_string_equal(names_by("apples three"), "");
    assert_string_equal(names_by(""), "three: tom's,two,one");
    assert_string_equal(names_by(" \n"), "three: tom's,two,one");
}

/* What FTS5 would take as an operator, a column, a prefix or a mistake is a word, or a sign. */
static void test_hostile_words_are_words(void **state)
{
    static const struct {
        const char *words, *names;
    } cases[] = {{"apples AND buys", "one"},
                 {"apples OR three", ""},
                 {"apples NOT pears", "two"},
                 {"NEAR(apples pears)", ""},
                 {"NEAR(caf\xc3\xa9", "two"},
                 {"NEAR", "two"},
                 {"name:three", ""},
                 {"tom's", "three: tom's"},
                 {"appl*", ""},
                 {"^one", "one"},
                 {"{name} : one", ""},
                 {"\"apples", "two,one"},
                 {"\"\"apples\"\"", "two,one"},
                 {"apples\"; DROP TABLE memories; --", ""},
                 {"apples -pears", "two"},
                 {"apples + pears", "two"},
                 {"f\xc3\xbcr-alle", "three: tom's"},
                 {"alle-f\xc3\xbcr", ""},
                 {"(((((", ""},
                 {"\"", ""},
                 {"\"\"\"", ""},
                 {"*", ""},
                 {"' OR 1=1 --", ""},
                 {"\xe2\x80\x94", ""}};
    size_t i;

    (void)state;
    put_texts();
    for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *names = names_by(cases[i].words);

        if (strcmp(names, cases[i].names) != 0)
            fail_msg("%s finds \"%s\", not \"%s\"", cases[i].words, names, cases[i].names);
    }
}

/* Noise of what is special to FTS5, and as many words as fit. */
static void test_no_words_are_an_error(void **state)
{
    static const char signs[] =
        "\"\"'*^(){}:+-,;\\ \n\tANDORNEARNOT apples \xc3\xbc/=%_#@!~`|<>?[]";
    char words[LMI_EXCHANGE_WORDS_MAX + 1];
    uint64_t random = 3;
    size_t i, n;

    (void)state;
    put_texts();
    for (n = 0; n < 500; n++) {
        const size_t len = 1 + random_of(&random) % 60;

        for (i = 0; i < len; i++)
            words[i] = signs[random_of(&random) % (sizeof(signs) - 1)];
        words[len] = '\0';
        if (lmi_utf8_is_valid(words, len))
            (void)names_by(words);
    }
    for (i = 0; i < LMI_EXCHANGE_WORDS_MAX; i++)
        words[i] = i % 2 ? ' ' : 'a';
    words[i] = '\0';
    assert_string_equal(names_by(words), "");
    memset(words, '"', LMI_EXCHANGE_WORDS_MAX);
    assert_string_equal(names_by(words), "");
    for (i = 0; i < LMI_EXCHANGE_WORDS_MAX; i += 2)
        words[i] = '"', words[i + 1] = ' ';
    assert_string_equal(names_by(words), "");
}

/* ---- Tags, models, pages ---- */

static void test_all_tags_are_wanted_to_the_letter(void **state)
{
    static const char *const ab[] = {"a", "b"}, *const abc[] = {"a", "b", "c c"};
    static const char *const b[] = {"b"}, *const upper[] = {"A"}, *const part[] = {"c"};

    (void)state;
    new_room(NULL);
    put(&(lmi_exchange_offer){.name = "ab", .tags = ab, .n_tags = 2});
    put(&(lmi_exchange_offer){.name = "abc", .tags = abc, .n_tags = 3});
    put(&(lmi_exchange_offer){.name = "b", .tags = b, .n_tags = 1});
    put(&(lmi_exchange_offer){.name = "none"});
    assert_string_equal(names_of(&(lmi_exchange_query){.tags = ab, .n_tags = 2, .limit = 9}),
                        "abc,ab");
    assert_string_equal(names_of(&(lmi_exchange_query){.tags = b, .n_tags = 1, .limit = 9}),
                        "b,abc,ab");
    assert_string_equal(names_of(&(lmi_exchange_query){.tags = abc, .n_tags = 3, .limit = 9}),
                        "abc");
    assert_string_equal(names_of(&(lmi_exchange_query){.tags = upper, .n_tags = 1, .limit = 9}),
                        "");
    assert_string_equal(names_of(&(lmi_exchange_query){.tags = part, .n_tags = 1, .limit = 9}), "");
}

/* Publish what is of another model, and give that model's fingerprint. */
static const char *put_other_model(char out[200], const lmi_exchange_offer *offer)
{
    lmi_exchange_record *record = NULL;
    char id[LMI_EXCHANGE_ID_SIZE];
    lmi_buf bytes;

    lmi_buf_init(&bytes, FILE_MAX);
    assert_ok(lmi_file_read(&bytes, make_file(UNTIED_MODEL, "other.lmem", NULL)));
    assert_done(publish_bytes(id, "ann", offer, bytes.data, bytes.len, 1 << 20));
    lmi_buf_done(&bytes);
    assert_done(lmi_exchange_get(&record, exchange, "ann", id));
    snprintf(out, 200, "%s", record->fingerprint);
    lmi_exchange_record_free(record);
    return out;
}

static void test_a_fingerprint_leaves_other_models_out(void **state)
{
    const lmi_exchange_offer other = {.name = "other"};
    lmi_exchange_query query = {.limit = 9};
    char fingerprint[200];

    (void)state;
    new_room(NULL);
    put(&(lmi_exchange_offer){.name = "this"});
    query.fingerprint = put_other_model(fingerprint, &other);
    assert_string_equal(names_of(&query), "other");
    query.fingerprint = "0000";
    assert_string_equal(names_of(&query), "");
    query.fingerprint = NULL;
    assert_string_equal(names_of(&query), "other,this");
}

static void test_pages_join_to_the_whole_in_order(void **state)
{
    char name[12], joined[400] = "";
    lmi_exchange_query query = {.limit = 100};
    lmi_exchange_found found;
    size_t len = 0;
    int i;

    (void)state;
    new_room(NULL);
    for (i = 0; i < 23; i++) {
        snprintf(name, sizeof(name), "%d", i);
        put(&(lmi_exchange_offer){.name = name});
    }
    query.limit = 5;
    for (query.offset = 0; query.offset < 30; query.offset += 5) {
        const char *names = names_of(&query);

        len += (size_t)snprintf(joined + len, sizeof(joined) - len, "%s%s",
                                len && *names ? "," : "", names);
        assert_done(lmi_exchange_search(&found, exchange, "ann", &query));
        assert_int_equal(found.total, 23);
        lmi_exchange_found_done(&found);
    }
    query = (lmi_exchange_query){.limit = 100};
    assert_string_equal(joined, names_of(&query));
    assert_int_equal(strncmp(joined, "22,21,20,", 9), 0);
}

/* ---- The nearest ---- */

enum { WIDTH = 37, N_VECTORS = 200 };

static float vectors[N_VECTORS][WIDTH];

static void draw_vector(float *out, uint64_t *random)
{
    const double scale = pow(10, (double)(random_of(random) % 20) - 10);
    size_t i;

    for (i = 0; i < WIDTH; i++)
        out[i] = (float)(scale * ((double)(random_of(random) % 2000001) / 1e6 - 1));
}

static double plain_cosine(const float *a, const float *b)
{
    double ab = 0, aa = 0, bb = 0;
    size_t i;

    for (i = 0; i < WIDTH; i++) {
        ab += (double)a[i] * (double)b[i];
        aa += (double)a[i] * (double)a[i];
        bb += (double)b[i] * (double)b[i];
    }
    return ab / sqrt(aa * bb);
}

/* Those of the vectors' own width, by the plain computation: as near, one after the other. */
static void assert_nearest(const float *to)
{
    const lmi_exchange_query query = {.nearest = to, .n_nearest = WIDTH, .limit = 100};
    bool is_seen[N_VECTORS] = {false};
    lmi_exchange_found found;
    size_t i, j;

    assert_done(lmi_exchange_search(&found, exchange, "ann", &query));
    assert_int_equal(found.total, N_VECTORS);
    assert_int_equal(found.n, 100);
    for (i = 0; i < found.n; i++) {
        const size_t n = strtoul(found.records[i]->name, NULL, 10);
        const double want = plain_cosine(to, vectors[n]);

        assert_true(fabs(found.records[i]->nearness - want) < 1e-6);
        assert_true(i == 0 || found.records[i]->nearness <= found.records[i - 1]->nearness);
        is_seen[n] = true;
    }
    for (j = 0; j < N_VECTORS; j++)
        if (!is_seen[j])
            assert_true(plain_cosine(to, vectors[j]) < found.records[99]->nearness + 1e-6);
    lmi_exchange_found_done(&found);
}

static void test_the_nearest_are_those_of_a_plain_computation(void **state)
{
    uint64_t random = 11;
    float to[WIDTH];
    char name[8];
    size_t i;

    (void)state;
    new_room(NULL);
    for (i = 0; i < N_VECTORS; i++) {
        draw_vector(vectors[i], &random);
        snprintf(name, sizeof(name), "%zu", i);
        put(&(lmi_exchange_offer){.name = name, .embedding = vectors[i], .n_embedding = WIDTH});
    }
    put(&(lmi_exchange_offer){.name = "narrow", .embedding = vectors[0], .n_embedding = WIDTH - 1});
    put(&(lmi_exchange_offer){.name = "none"});
    for (i = 0; i < 20; i++) {
        draw_vector(to, &random);
        assert_nearest(to);
    }
    assert_nearest(vectors[5]);
}

static void test_the_nearest_of_a_model_are_of_that_model(void **state)
{
    static const float here[] = {1, 0}, there[] = {1, 0.1F};
    lmi_exchange_query query = {.nearest = here, .n_nearest = 2, .limit = 9};
    const lmi_exchange_offer other = {.name = "other", .embedding = there, .n_embedding = 2};
    char fingerprint[200];

    (void)state;
    new_room(NULL);
    put(&(lmi_exchange_offer){.name = "this", .embedding = here, .n_embedding = 2});
    put_other_model(fingerprint, &other);
    assert_string_equal(names_of(&query), "this,other");
    query.fingerprint = fingerprint;
    assert_string_equal(names_of(&query), "other");
}

static void test_the_equally_near_come_newest_first(void **state)
{
    static const float same[] = {1, 2}, twice[] = {2, 4};
    const lmi_exchange_query query = {.nearest = same, .n_nearest = 2, .limit = 9};

    (void)state;
    new_room(NULL);
    put(&(lmi_exchange_offer){.name = "a", .embedding = same, .n_embedding = 2});
    put(&(lmi_exchange_offer){.name = "b", .embedding = twice, .n_embedding = 2});
    put(&(lmi_exchange_offer){.name = "c", .embedding = same, .n_embedding = 2});
    assert_string_equal(names_of(&query), "c,b,a");
}

/* ---- Many ---- */

/* Rows without files, all at once: how long a search takes is of the database alone. */
static void fill(size_t n, size_t width)
{
    char *texts[] = {"ann", "one of many", "", "{}", "f", "a", "v", "k"};
    lmi_exchange_record r = {.tenant = texts[0],
                             .name = texts[1],
                             .description = texts[2],
                             .text = texts[1],
                             .provenance = texts[3],
                             .quality = texts[3],
                             .fingerprint = texts[4],
                             .arch = texts[5],
                             .version = texts[6],
                             .engine = texts[6],
                             .cache_type_k = texts[7],
                             .cache_type_v = texts[7],
                             .n_embedding = width};
    float *vector = lmi_new(width, sizeof(float));
    uint64_t random = 5;
    size_t i, j;

    assert_done(lmi_sql_begin(exchange->db));
    for (i = 0; i < n; i++) {
        for (j = 0; j < width; j++)
            vector[j] = (float)random_of(&random) - 1e9F;
        lmi_exchange_nearest_normalise(vector, vector, width);
        snprintf(r.id, sizeof(r.id), "%032zx", i);
        assert_done(lmi_exchange_record_insert(exchange->db, &r, vector));
    }
    assert_done(lmi_sql_finish(exchange->db, LMI_EXCHANGE_OK));
    lmi_free(vector);
}

static void test_the_nearest_of_100000_are_found_and_of_more_refused(void **state)
{
    const size_t n = LMI_EXCHANGE_NEAREST_MAX, width = support_is_whole() ? 1024 : 4;
    static float to[1024];
    const lmi_exchange_query query = {.nearest = to, .n_nearest = width, .limit = 10};
    const lmi_exchange_query words = {.words = "many", .limit = 10};
    lmi_exchange_params params = test_params();
    lmi_exchange_found found;
    double began;

    (void)state;
    if (SUPPORT_IS_SANITIZED)
        skip();
    to[1] = 1;
    params.quota.n = 2 * n;
    new_room(&params);
    fill(n, width);
    began = lmi_now_ms();
    assert_done(lmi_exchange_search(&found, exchange, "ann", &query));
    print_message("# the nearest of %zu vectors of %zu values: %.0f ms\n", n, width,
                  lmi_now_ms() - began);
    assert_int_equal(found.total, n);
    assert_int_equal(found.n, 10);
    lmi_exchange_found_done(&found);
    began = lmi_now_ms();
    assert_done(lmi_exchange_search(&found, exchange, "ann", &words));
    print_message("# a word in %zu memories: %.0f ms\n", n, lmi_now_ms() - began);
    lmi_exchange_found_done(&found);
    put(&(lmi_exchange_offer){.name = "one more", .embedding = to, .n_embedding = width});
    assert_refused(LMI_EXCHANGE_INVALID, "the nearest of 100001 memories, of at most 100000",
                   lmi_exchange_search(&found, exchange, "ann", &query));
}

/* ---- Threads ---- */

enum { N_THREADS = 4, N_EACH = 25 };

/* Publishes, finds and deletes in a tenant of its own; gives what went wrong, or NULL. */
static void *live(void *user)
{
    const lmi_exchange_query query = {.limit = 100};
    const lmi_exchange_offer offer = {.name = "n"};
    lmi_exchange_found found = {0};
    char id[LMI_EXCHANGE_ID_SIZE];
    int i;

    for (i = 0; i < N_EACH; i++) {
        if (publish(id, user, &offer) != LMI_EXCHANGE_OK ||
            lmi_exchange_search(&found, exchange, user, &query) != LMI_EXCHANGE_OK)
            return "a call failed";
        if (found.total != (uint64_t)i % 5 + 1)
            return "another number of memories";
        lmi_exchange_found_done(&found);
        if (i % 5 == 4)
            while (lmi_exchange_search(&found, exchange, user, &query) == LMI_EXCHANGE_OK &&
                   found.n) {
                if (lmi_exchange_delete(exchange, user, found.records[0]->id) != LMI_EXCHANGE_OK)
                    return "nothing was deleted";
                lmi_exchange_found_done(&found);
            }
        lmi_exchange_found_done(&found);
    }
    return NULL;
}

static void test_threads_do_not_disturb_each_other(void **state)
{
    static char *const tenants[] = {"a", "b", "c", "d"};
    pthread_t threads[N_THREADS];
    void *wrong = NULL;
    int i;

    (void)state;
    new_room(NULL);
    for (i = 0; i < N_THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, live, tenants[i]), 0);
    for (i = 0; i < N_THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], &wrong), 0);
        if (wrong)
            fail_msg("%s: %s", tenants[i], (const char *)wrong);
    }
    assert_int_equal(count_files("files") + count_files("incoming"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words_are_found_in_name_description_tags_and_text),
        cmocka_unit_test(test_all_words_are_wanted_in_any_order),
        cmocka_unit_test(test_hostile_words_are_words),
        cmocka_unit_test(test_no_words_are_an_error),
        cmocka_unit_test(test_all_tags_are_wanted_to_the_letter),
        cmocka_unit_test(test_a_fingerprint_leaves_other_models_out),
        cmocka_unit_test(test_pages_join_to_the_whole_in_order),
        cmocka_unit_test(test_the_nearest_are_those_of_a_plain_computation),
        cmocka_unit_test(test_the_nearest_of_a_model_are_of_that_model),
        cmocka_unit_test(test_the_equally_near_come_newest_first),
        cmocka_unit_test(test_the_nearest_of_100000_are_found_and_of_more_refused),
        cmocka_unit_test(test_threads_do_not_disturb_each_other),
    };

    return cmocka_run_group_tests(tests, prepare, clean_files);
}
