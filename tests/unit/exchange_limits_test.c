/* exchange_limits_test.c - every limit of src/exchange/limits.h: what is just within it is taken,
 * what is just beyond it is refused in a line. */
#include <math.h>

#include "exchange_files.h"

enum { LONGEST = 1 << 17 };

/* `n` bytes of 'a' and a NUL; lives until the next call of the same slot. */
static const char *long_text(size_t n, int slot)
{
    static char texts[40][LONGEST + 1];

    assert_true(n <= LONGEST && slot < 40);
    memset(texts[slot], 'a', n);
    texts[slot][n] = '\0';
    return texts[slot];
}

static lmi_exchange_verdict begin(const char *tenant, const lmi_exchange_offer *offer)
{
    lmi_exchange_publish *p = NULL;
    const lmi_exchange_verdict verdict = lmi_exchange_begin(&p, exchange, tenant, offer, NULL);

    assert_true((verdict == LMI_EXCHANGE_OK) == (p != NULL));
    lmi_exchange_abort(p);
    return verdict;
}

#define OFFER(...) (&(const lmi_exchange_offer){.name = "n", __VA_ARGS__})
#define NAMED(n)   (&(const lmi_exchange_offer){.name = (n)})

static int prepare(void **state)
{
    prepare_files(state);
    new_room(NULL);
    return 0;
}

/* ---- Lines ---- */

static void test_a_tenant_is_a_line_of_limited_length(void **state)
{
    (void)state;
    assert_done(begin(long_text(LMI_EXCHANGE_TENANT_MAX, 0), NAMED("n")));
    assert_refused(LMI_EXCHANGE_INVALID, "the tenant has 65 bytes, at most 64",
                   begin(long_text(LMI_EXCHANGE_TENANT_MAX + 1, 0), NAMED("n")));
    assert_refused(LMI_EXCHANGE_INVALID, "the tenant is missing", begin("", NAMED("n")));
    assert_refused(LMI_EXCHANGE_INVALID, "the tenant is missing", begin(NULL, NAMED("n")));
    assert_refused(LMI_EXCHANGE_INVALID, "control character at byte 1", begin("a\nb", NAMED("n")));
}

static void test_every_call_wants_a_tenant_and_an_id(void **state)
{
    const lmi_exchange_query query = {.limit = 1};
    lmi_exchange_record *record = NULL;
    lmi_exchange_found found;
    lmi_exchange_quota used;
    lmi_exchange_log log;
    uint64_t size;
    size_t n;
    int fd;
    char c;

    (void)state;
    assert_refused(LMI_EXCHANGE_INVALID, "tenant", lmi_exchange_get(&record, exchange, "", "i"));
    assert_refused(LMI_EXCHANGE_INVALID, "tenant", lmi_exchange_delete(exchange, NULL, "i"));
    assert_refused(LMI_EXCHANGE_INVALID, "tenant",
                   lmi_exchange_read(&n, exchange, "", "i", 0, &c, 1));
    assert_refused(LMI_EXCHANGE_INVALID, "tenant",
                   lmi_exchange_fetch(&fd, &size, exchange, "", "i"));
    assert_refused(LMI_EXCHANGE_INVALID, "tenant",
                   lmi_exchange_search(&found, exchange, "", &query));
    assert_refused(LMI_EXCHANGE_INVALID, "tenant", lmi_exchange_audit(&log, exchange, "", 0, 1));
    assert_refused(LMI_EXCHANGE_INVALID, "tenant",
                   lmi_exchange_note(exchange, "", "a", NULL, NULL));
    assert_refused(LMI_EXCHANGE_INVALID, "tenant", lmi_exchange_usage(&used, exchange, ""));
    assert_refused(LMI_EXCHANGE_INVALID, "id", lmi_exchange_get(&record, exchange, "a", NULL));
    assert_refused(LMI_EXCHANGE_INVALID, "id", lmi_exchange_delete(exchange, "a", NULL));
    assert_null(record);
}

static void test_a_name_is_a_line_of_limited_length(void **state)
{
    static const char *const controls[] = {"a\n", "a\t", "a\x1b[2J", "a\x7f", "a\xc2\x85"};
    static const char *const invalid[] = {"a\xff", "a\xc3", "a\xed\xa0\x80", "a\xc0\x80"};
    size_t i;

    (void)state;
    assert_done(begin("ann", NAMED(long_text(LMI_EXCHANGE_NAME_MAX, 0))));
    assert_refused(LMI_EXCHANGE_INVALID, "the name has 201 bytes, at most 200",
                   begin("ann", NAMED(long_text(LMI_EXCHANGE_NAME_MAX + 1, 0))));
    assert_refused(LMI_EXCHANGE_INVALID, "the name is missing", begin("ann", NAMED("")));
    assert_refused(LMI_EXCHANGE_INVALID, "the name is missing", begin("ann", NAMED(NULL)));
    for (i = 0; i < 5; i++)
        assert_refused(LMI_EXCHANGE_INVALID, "the name has a control character at byte 1",
                       begin("ann", NAMED(controls[i])));
    for (i = 0; i < 4; i++)
        assert_refused(LMI_EXCHANGE_INVALID, "the name is not valid UTF-8",
                       begin("ann", NAMED(invalid[i])));
    assert_done(begin("ann", NAMED("\xe2\x9c\x93 \xf0\x9f\x8d\x8e")));
}

static void test_tags_are_few_short_lines_and_none_twice(void **state)
{
    const char *tags[LMI_EXCHANGE_TAGS_MAX + 1];
    char texts[LMI_EXCHANGE_TAGS_MAX + 1][8];
    size_t i;

    (void)state;
    for (i = 0; i <= LMI_EXCHANGE_TAGS_MAX; i++) {
        snprintf(texts[i], sizeof(texts[i]), "t%zu", i);
        tags[i] = texts[i];
    }
    assert_done(begin("ann", OFFER(.tags = tags, .n_tags = LMI_EXCHANGE_TAGS_MAX)));
    assert_refused(LMI_EXCHANGE_INVALID, "33 tags, at most 32",
                   begin("ann", OFFER(.tags = tags, .n_tags = LMI_EXCHANGE_TAGS_MAX + 1)));
    tags[0] = long_text(LMI_EXCHANGE_TAG_MAX, 0);
    assert_done(begin("ann", OFFER(.tags = tags, .n_tags = 2)));
    tags[0] = long_text(LMI_EXCHANGE_TAG_MAX + 1, 0);
    assert_refused(LMI_EXCHANGE_INVALID, "a tag has 65 bytes, at most 64",
                   begin("ann", OFFER(.tags = tags, .n_tags = 2)));
    tags[0] = "t1";
    assert_refused(LMI_EXCHANGE_INVALID, "the tag \"t1\" stands twice",
                   begin("ann", OFFER(.tags = tags, .n_tags = 2)));
    tags[0] = "";
    assert_refused(LMI_EXCHANGE_INVALID, "a tag is missing",
                   begin("ann", OFFER(.tags = tags, .n_tags = 2)));
    tags[0] = "a\rb";
    assert_refused(LMI_EXCHANGE_INVALID, "a tag has a control character",
                   begin("ann", OFFER(.tags = tags, .n_tags = 2)));
    tags[0] = "\xfe";
    assert_refused(LMI_EXCHANGE_INVALID, "a tag is not valid UTF-8",
                   begin("ann", OFFER(.tags = tags, .n_tags = 2)));
}

/* The longest that JSON makes of them. */
static void test_the_longest_tags_come_back_as_they_were(void **state)
{
    static char texts[LMI_EXCHANGE_TAGS_MAX][LMI_EXCHANGE_TAG_MAX + 1];
    const char *tags[LMI_EXCHANGE_TAGS_MAX];
    lmi_exchange_query query = {.tags = tags, .n_tags = LMI_EXCHANGE_TAGS_MAX, .limit = 1};
    char id[LMI_EXCHANGE_ID_SIZE];
    lmi_exchange_found found;
    size_t i;

    (void)state;
    for (i = 0; i < LMI_EXCHANGE_TAGS_MAX; i++) {
        memset(texts[i], i % 2 ? '"' : '\\', LMI_EXCHANGE_TAG_MAX);
        texts[i][i] = 'x';
        tags[i] = texts[i];
    }
    assert_done(publish(id, "tags", OFFER(.tags = tags, .n_tags = LMI_EXCHANGE_TAGS_MAX)));
    assert_done(lmi_exchange_search(&found, exchange, "tags", &query));
    assert_int_equal(found.total, 1);
    for (i = 0; i < LMI_EXCHANGE_TAGS_MAX; i++)
        assert_string_equal(found.records[0]->tags[i], tags[i]);
    lmi_exchange_found_done(&found);
}

/* ---- Texts ---- */

static void test_texts_may_have_newlines_and_are_of_limited_length(void **state)
{
    (void)state;
    assert_done(begin("ann", OFFER(.description = "a\n\tb\r\n", .text = "a\n\tb\r\n")));
    assert_done(begin("ann", OFFER(.description = long_text(LMI_EXCHANGE_DESCRIPTION_MAX, 0),
                                   .text = long_text(LMI_EXCHANGE_TEXT_MAX, 1))));
    assert_refused(LMI_EXCHANGE_INVALID, "the description has 4097 bytes, at most 4096",
                   begin("ann", OFFER(.description = long_text(4097, 0))));
    assert_refused(LMI_EXCHANGE_INVALID, "the text has 65537 bytes, at most 65536",
                   begin("ann", OFFER(.text = long_text(65537, 0))));
    assert_refused(LMI_EXCHANGE_INVALID, "the description has a control character at byte 2",
                   begin("ann", OFFER(.description = "ab\x1b")));
    assert_refused(LMI_EXCHANGE_INVALID, "the text has a control character at byte 0",
                   begin("ann", OFFER(.text = "\x01")));
    assert_refused(LMI_EXCHANGE_INVALID, "the text is not valid UTF-8",
                   begin("ann", OFFER(.text = "\xff")));
    assert_refused(LMI_EXCHANGE_INVALID, "the description is not valid UTF-8",
                   begin("ann", OFFER(.description = "\x80")));
}

/* ---- JSON ---- */

static void put_at(char *text, size_t at, const char *piece)
{
    size_t i;

    for (i = 0; piece[i]; i++)
        text[at + i] = piece[i];
}

static const char *string_of(size_t size, int slot)
{
    char *text = (char *)long_text(size, slot);

    put_at(text, 0, "{\"a\":\"");
    put_at(text, size - 2, "\"}");
    return text;
}

static void test_provenance_is_a_strict_object_of_limited_length(void **state)
{
    static const char *const wrong[] = {"",           "[]",
                                        "1",          "{",
                                        "{} {}",      "{\"a\":1,}",
                                        "{'a':1}",    "{\"a\":\"\xff\"}",
                                        "null",       "{\"a\":1e999}",
                                        "{\"a\":NaN}"};
    size_t i;

    (void)state;
    assert_done(begin("ann", OFFER(.provenance = string_of(LMI_EXCHANGE_PROVENANCE_MAX, 0))));
    assert_refused(LMI_EXCHANGE_INVALID, "provenance has 16385 bytes, at most 16384",
                   begin("ann", OFFER(.provenance = string_of(16385, 0))));
    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_refused(LMI_EXCHANGE_INVALID, "provenance",
                       begin("ann", OFFER(.provenance = wrong[i])));
    assert_refused(LMI_EXCHANGE_INVALID, "key \"a\" stands twice",
                   begin("ann", OFFER(.provenance = "{\"a\":1,\"a\":2}")));
}

static const char *numbers_of(size_t n, int slot)
{
    char *text = (char *)long_text(LONGEST, slot);
    size_t len = 0, i;

    for (i = 0; i < n; i++)
        len += (size_t)snprintf(text + len, LONGEST - len, "%c\"q%zu\":%zu.5", i ? ',' : '{', i, i);
    snprintf(text + len, LONGEST - len, "}");
    return text;
}

/* A number whose name has `size` bytes. */
static const char *named_of(size_t size, int slot)
{
    char *text = (char *)long_text(size + 6, slot);

    put_at(text, 0, "{\"");
    put_at(text, size + 2, "\":1}");
    return text;
}

static void test_quality_is_an_object_of_few_finite_numbers(void **state)
{
    static const char *const wrong[] = {
        "[1]",           "{\"a\":\"1\"}",     "{\"a\":null}", "{\"a\":true}", "{\"a\":[1]}",
        "{\"a\":1e999}", "{\"a\":-Infinity}", "{\"\":1}",     "{\"a\\n\":1}", "{\"a\":{}}"};
    size_t i;

    (void)state;
    assert_done(
        begin("ann", OFFER(.quality = "{\"a\":-1e300,\"b\":0,\"c\":18446744073709551615}")));
    assert_done(begin("ann", OFFER(.quality = numbers_of(LMI_EXCHANGE_QUALITIES_MAX, 0))));
    assert_refused(LMI_EXCHANGE_INVALID, "quality has 65 numbers, at most 64",
                   begin("ann", OFFER(.quality = numbers_of(65, 0))));
    assert_refused(LMI_EXCHANGE_INVALID, "quality has 8193 bytes, at most 8192",
                   begin("ann", OFFER(.quality = string_of(8193, 0))));
    assert_done(begin("ann", OFFER(.quality = named_of(LMI_EXCHANGE_TAG_MAX, 0))));
    assert_refused(LMI_EXCHANGE_INVALID, "a name in quality has 65 bytes, at most 64",
                   begin("ann", OFFER(.quality = named_of(65, 0))));
    for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
        assert_refused(LMI_EXCHANGE_INVALID, "quality", begin("ann", OFFER(.quality = wrong[i])));
}

/* ---- Numbers ---- */

static void test_an_embedding_is_finite_has_a_direction_and_a_limited_width(void **state)
{
    static const float odd[] = {NAN, INFINITY, -INFINITY};
    float *values = lmi_new(LMI_EXCHANGE_EMBEDDING_MAX + 1, sizeof(float));
    size_t i;

    (void)state;
    assert_refused(LMI_EXCHANGE_INVALID, "all zeros",
                   begin("ann", OFFER(.embedding = values, .n_embedding = 10)));
    values[7] = 1e-40F;
    assert_done(begin("ann", OFFER(.embedding = values, .n_embedding = 65536)));
    assert_refused(LMI_EXCHANGE_INVALID, "the embedding has 65537 values, at most 65536",
                   begin("ann", OFFER(.embedding = values, .n_embedding = 65537)));
    for (i = 0; i < 3; i++) {
        values[9] = odd[i];
        assert_refused(LMI_EXCHANGE_INVALID, "value 9 of the embedding is not finite",
                       begin("ann", OFFER(.embedding = values, .n_embedding = 10)));
    }
    lmi_free(values);
}

static void test_what_expires_does_so_later_and_before_the_year_10000(void **state)
{
    const int64_t wrong[] = {now_is,   now_is - 1, -1, INT64_MIN, LMI_EXCHANGE_TIME_MAX + 1,
                             INT64_MAX};
    size_t i;

    (void)state;
    assert_done(begin("ann", OFFER(.expires = now_is + 1)));
    assert_done(begin("ann", OFFER(.expires = LMI_EXCHANGE_TIME_MAX)));
    for (i = 0; i < 6; i++)
        assert_refused(LMI_EXCHANGE_INVALID, "expires at",
                       begin("ann", OFFER(.expires = wrong[i])));
}

static void test_a_file_has_a_limit(void **state)
{
    lmi_exchange_params params = test_params();
    char id[LMI_EXCHANGE_ID_SIZE];

    (void)state;
    params.file_max = memory_file.len;
    new_room(&params);
    publish_named(id, "ann", "n", false);
    assert_refused(LMI_EXCHANGE_TOO_LONG, "at most",
                   begin("ann", OFFER(.size = memory_file.len + 1)));
    assert_refused(LMI_EXCHANGE_TOO_LONG, "at most", begin("ann", OFFER(.size = UINT64_MAX)));
    params.file_max--;
    new_room(&params);
    assert_refused(LMI_EXCHANGE_TOO_LONG, "at most", publish(id, "ann", NAMED("n")));
    assert_int_equal(count_files("files") + count_files("incoming"), 0);
}

static void test_fewer_bytes_than_announced_are_refused(void **state)
{
    char id[LMI_EXCHANGE_ID_SIZE];

    (void)state;
    new_room(NULL);
    assert_refused(LMI_EXCHANGE_INVALID, "bytes came of the",
                   publish(id, "ann", OFFER(.size = memory_file.len + 1)));
    assert_refused(LMI_EXCHANGE_TOO_LONG, "announced",
                   publish(id, "ann", OFFER(.size = memory_file.len - 1)));
    assert_int_equal(count_files("files") + count_files("incoming"), 0);
}

/* ---- Queries, and the log ---- */

static lmi_exchange_verdict search(const lmi_exchange_query *query)
{
    lmi_exchange_found found = {0};
    const lmi_exchange_verdict verdict = lmi_exchange_search(&found, exchange, "ann", query);

    lmi_exchange_found_done(&found);
    return verdict;
}

#define PAGE_OF(limit_, offset_)                                                                   \
    (&(const lmi_exchange_query){.limit = (limit_), .offset = (offset_)})
#define QUERY(...) (&(const lmi_exchange_query){.limit = 1, __VA_ARGS__})

static void test_a_query_has_limits(void **state)
{
    const char *const tags[] = {"a", "a", "b\n"};

    (void)state;
    new_room(NULL);
    assert_done(search(PAGE_OF(LMI_EXCHANGE_LIMIT_MAX, LMI_EXCHANGE_OFFSET_MAX)));
    assert_refused(LMI_EXCHANGE_INVALID, "limit is 0", search(PAGE_OF(0, 0)));
    assert_refused(LMI_EXCHANGE_INVALID, "limit is 101, from 1 to 100", search(PAGE_OF(101, 0)));
    assert_refused(LMI_EXCHANGE_INVALID, "offset is 1000001", search(PAGE_OF(1, 1000001)));
    assert_done(search(QUERY(.words = long_text(LMI_EXCHANGE_WORDS_MAX, 0))));
    assert_refused(LMI_EXCHANGE_INVALID, "words to find have 1025 bytes, at most 1024",
                   search(QUERY(.words = long_text(1025, 0))));
    assert_refused(LMI_EXCHANGE_INVALID, "words to find are not valid UTF-8",
                   search(QUERY(.words = "a\xff")));
    assert_done(search(QUERY(.fingerprint = long_text(LMI_EXCHANGE_FINGERPRINT_MAX, 0))));
    assert_refused(LMI_EXCHANGE_INVALID, "the fingerprint has 129 bytes, at most 128",
                   search(QUERY(.fingerprint = long_text(129, 0))));
    assert_refused(LMI_EXCHANGE_INVALID, "the fingerprint is missing",
                   search(QUERY(.fingerprint = "")));
    assert_refused(LMI_EXCHANGE_INVALID, "stands twice", search(QUERY(.tags = tags, .n_tags = 2)));
    assert_refused(LMI_EXCHANGE_INVALID, "control", search(QUERY(.tags = tags + 1, .n_tags = 2)));
    assert_refused(LMI_EXCHANGE_INVALID, "33 tags", search(QUERY(.tags = tags, .n_tags = 33)));
}

static void test_what_is_to_be_near_has_limits(void **state)
{
    float *values = lmi_new(LMI_EXCHANGE_EMBEDDING_MAX + 1, sizeof(float));

    (void)state;
    assert_refused(LMI_EXCHANGE_INVALID, "all zeros",
                   search(QUERY(.nearest = values, .n_nearest = 3)));
    values[1] = 1;
    assert_done(search(QUERY(.nearest = values, .n_nearest = 65536)));
    assert_refused(LMI_EXCHANGE_INVALID, "to be near to has 65537 values",
                   search(QUERY(.nearest = values, .n_nearest = 65537)));
    values[1] = NAN;
    assert_refused(LMI_EXCHANGE_INVALID, "value 1 of the vector to be near to is not finite",
                   search(QUERY(.nearest = values, .n_nearest = 3)));
    lmi_free(values);
}

static void test_a_note_has_limits_and_a_long_reason_is_cut(void **state)
{
    lmi_exchange_log log;

    (void)state;
    assert_done(lmi_exchange_note(exchange, "ann", long_text(LMI_EXCHANGE_ACTION_MAX, 0), NULL,
                                  "two\nlines"));
    assert_refused(LMI_EXCHANGE_INVALID, "the action has 33 bytes",
                   lmi_exchange_note(exchange, "ann", long_text(33, 0), NULL, ""));
    assert_refused(LMI_EXCHANGE_INVALID, "the action is missing",
                   lmi_exchange_note(exchange, "ann", "", NULL, ""));
    assert_refused(LMI_EXCHANGE_INVALID, "the id has 33 bytes",
                   lmi_exchange_note(exchange, "ann", "a", long_text(33, 0), ""));
    assert_done(lmi_exchange_note(exchange, "ann", "a", NULL, long_text(1000, 0)));
    assert_done(lmi_exchange_audit(&log, exchange, "ann", 0, 2));
    assert_int_equal(strlen(log.lines[0].why), LMI_EXCHANGE_WHY_MAX);
    assert_string_equal(log.lines[1].why, "two?lines");
    lmi_exchange_log_done(&log);
    assert_refused(LMI_EXCHANGE_INVALID, "limit is 0",
                   lmi_exchange_audit(&log, exchange, "a", 0, 0));
    assert_refused(LMI_EXCHANGE_INVALID, "limit is 101",
                   lmi_exchange_audit(&log, exchange, "a", 0, 101));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_tenant_is_a_line_of_limited_length),
        cmocka_unit_test(test_every_call_wants_a_tenant_and_an_id),
        cmocka_unit_test(test_a_name_is_a_line_of_limited_length),
        cmocka_unit_test(test_tags_are_few_short_lines_and_none_twice),
        cmocka_unit_test(test_the_longest_tags_come_back_as_they_were),
        cmocka_unit_test(test_texts_may_have_newlines_and_are_of_limited_length),
        cmocka_unit_test(test_provenance_is_a_strict_object_of_limited_length),
        cmocka_unit_test(test_quality_is_an_object_of_few_finite_numbers),
        cmocka_unit_test(test_an_embedding_is_finite_has_a_direction_and_a_limited_width),
        cmocka_unit_test(test_what_expires_does_so_later_and_before_the_year_10000),
        cmocka_unit_test(test_a_file_has_a_limit),
        cmocka_unit_test(test_fewer_bytes_than_announced_are_refused),
        cmocka_unit_test(test_a_query_has_limits),
        cmocka_unit_test(test_what_is_to_be_near_has_limits),
        cmocka_unit_test(test_a_note_has_limits_and_a_long_reason_is_cut),
    };

    return cmocka_run_group_tests(tests, prepare, clean_files);
}
