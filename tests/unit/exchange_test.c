/* exchange_test.c - memories published, looked at, fetched, deleted and expired; quotas, and the
 * audit log. */
#include "base/sha256.h"
#include "exchange_files.h"

static const char *const TAGS[] = {"math", "B\xc3\xa4ume \"hoch\"", "x\\y"};
static const float VECTOR[] = {3, 4, 0};

static const lmi_exchange_offer FULL = {.name = "Tom's apples",
                                        .description = "what Tom has\nand buys",
                                        .tags = TAGS,
                                        .n_tags = 3,
                                        .text = FIRST_TEXT,
                                        .provenance = "{ \"by\" : [1, {\"a\": null}] }",
                                        .quality = "{\"recall\": 0.5, \"n\": 3}",
                                        .embedding = VECTOR,
                                        .n_embedding = 3,
                                        .is_published = true};

/* ---- Publishing ---- */

static void assert_says_of_file(const lmi_exchange_record *r)
{
    const lmas_memory_file_info *info;
    lmas_memory_file *file = NULL;
    char sum[LMI_SHA256_SIZE];
    lmi_sha256 hash;

    assert_ok(lmas_memory_file_open(&file, at("memory.lmem"), NULL));
    info = lmas_memory_file_describe(file);
    assert_string_equal(r->fingerprint, info->fingerprint);
    assert_string_equal(r->arch, info->arch);
    assert_string_equal(r->version, info->version);
    assert_string_equal(r->engine, info->engine);
    assert_string_equal(r->cache_type_k, info->cache_type_k);
    assert_string_equal(r->cache_type_v, info->cache_type_v);
    assert_null(r->signed_by);
    assert_int_equal(r->n_pos, info->n_pos);
    assert_int_equal(r->n_tokens, info->n_tokens);
    assert_int_equal(r->n_thoughts, info->n_thoughts);
    assert_int_equal(r->n_embd, info->n_embd);
    assert_int_equal(r->n_layer, info->n_layer);
    assert_int_equal(r->size, info->size);
    lmas_memory_file_free(file);
    lmi_sha256_init(&hash);
    lmi_sha256_add(&hash, memory_file.data, memory_file.len);
    lmi_sha256_done(sum, &hash);
    assert_string_equal(r->sha256, sum);
}

static void assert_says_what_was_offered(const lmi_exchange_record *r)
{
    size_t i;

    assert_string_equal(r->name, FULL.name);
    assert_string_equal(r->description, FULL.description);
    assert_string_equal(r->text, FULL.text);
    assert_string_equal(r->provenance, FULL.provenance);
    assert_string_equal(r->quality, FULL.quality);
    assert_int_equal(r->n_tags, 3);
    for (i = 0; i < 3; i++)
        assert_string_equal(r->tags[i], TAGS[i]);
    assert_int_equal(r->n_embedding, 3);
    assert_true(r->is_published);
}

static void test_a_record_says_what_the_publisher_and_the_file_say(void **state)
{
    lmi_exchange_record *record = NULL;
    char id[LMI_EXCHANGE_ID_SIZE];

    (void)state;
    new_room(NULL);
    assert_done(publish(id, "ann", &FULL));
    assert_int_equal(strlen(id), 32);
    assert_int_equal(strspn(id, "0123456789abcdef"), 32);
    assert_done(lmi_exchange_get(&record, exchange, "ann", id));
    assert_string_equal(record->id, id);
    assert_string_equal(record->tenant, "ann");
    assert_int_equal(record->created, now_is);
    assert_int_equal(record->expires, 0);
    assert_says_what_was_offered(record);
    assert_says_of_file(record);
    lmi_exchange_record_free(record);
}

static void test_what_is_not_said_is_empty(void **state)
{
    lmi_exchange_record *record = NULL;
    char id[LMI_EXCHANGE_ID_SIZE];

    (void)state;
    new_room(NULL);
    publish_named(id, "ann", "n", false);
    assert_done(lmi_exchange_get(&record, exchange, "ann", id));
    assert_string_equal(record->description, "");
    assert_string_equal(record->text, "");
    assert_string_equal(record->provenance, "{}");
    assert_string_equal(record->quality, "{}");
    assert_int_equal(record->n_tags, 0);
    assert_int_equal(record->n_embedding, 0);
    assert_false(record->is_published);
    lmi_exchange_record_free(record);
}

static void test_pieces_of_any_size_are_the_same_file(void **state)
{
    static const size_t pieces[] = {1000, 4096, 65537, 1 << 24};
    const lmi_exchange_offer offer = {.name = "n", .size = memory_file.len};
    size_t i;

    (void)state;
    new_room(NULL);
    for (i = 0; i < 4; i++) {
        char id[LMI_EXCHANGE_ID_SIZE], path[400];
        lmi_buf bytes;

        assert_done(publish_bytes(id, "ann", &offer, memory_file.data, memory_file.len, pieces[i]));
        snprintf(path, sizeof(path), "%s/files/%s", room, id);
        lmi_buf_init(&bytes, FILE_MAX);
        assert_ok(lmi_file_read(&bytes, path));
        assert_int_equal(bytes.len, memory_file.len);
        assert_memory_equal(bytes.data, memory_file.data, bytes.len);
        lmi_buf_done(&bytes);
    }
    assert_int_equal(count_files("incoming"), 0);
}

/* Nothing of it stays, and the message names no path of ours. */
static void assert_no_memory(const char *data, size_t size, const char *why)
{
    const lmi_exchange_offer offer = {.name = "n"};
    lmi_exchange_quota used;
    char id[LMI_EXCHANGE_ID_SIZE] = "";

    assert_refused(LMI_EXCHANGE_FORMAT, why, publish_bytes(id, "ann", &offer, data, size, 4096));
    assert_null(strstr(lmas_last_error(), "/"));
    assert_string_equal(id, "");
    assert_int_equal(count_files("incoming"), 0);
    assert_int_equal(count_files("files"), 0);
    assert_done(lmi_exchange_usage(&used, exchange, "ann"));
    assert_int_equal(used.n, 0);
    assert_int_equal(used.n_bytes, 0);
}

static void test_what_is_no_memory_file_is_refused_and_gone(void **state)
{
    char *damaged = lmi_new(memory_file.len, 1);

    (void)state;
    new_room(NULL);
    assert_no_memory("", 0, "the file is no memory file");
    assert_no_memory("not a memory", 12, "the file is no memory file");
    assert_no_memory(memory_file.data, memory_file.len - 1, "the file has");
    memcpy(damaged, memory_file.data, memory_file.len);
    damaged[memory_file.len / 2] ^= 1;
    assert_no_memory(damaged, memory_file.len, "the file is damaged");
    lmi_free(damaged);
}

static void test_a_signed_file_says_by_whom_and_a_changed_one_is_refused(void **state)
{
    const lmas_memory_file_params key = {.sign_file = at("pair")};
    const lmi_exchange_offer offer = {.name = "n"};
    lmi_exchange_record *record = NULL;
    char id[LMI_EXCHANGE_ID_SIZE];
    lmi_buf bytes, public;

    (void)state;
    new_room(NULL);
    assert_ok(lmas_memory_keygen(at("pair")));
    lmi_buf_init(&bytes, FILE_MAX);
    lmi_buf_init(&public, 200);
    assert_ok(lmi_file_read(&bytes, make_file(TIED_MODEL, "signed.lmem", &key)));
    assert_ok(lmi_file_read(&public, at("pair.pub")));
    assert_done(publish_bytes(id, "ann", &offer, bytes.data, bytes.len, 4096));
    assert_done(lmi_exchange_get(&record, exchange, "ann", id));
    assert_int_equal(strlen(record->signed_by), 64);
    assert_non_null(strstr(lmi_buf_text(&public), record->signed_by));
    bytes.data[bytes.len - 80] ^= 1; /* of the public key that stands in it */
    assert_refused(LMI_EXCHANGE_FORMAT, "signature",
                   publish_bytes(id, "ann", &offer, bytes.data, bytes.len, 4096));
    lmi_exchange_record_free(record);
    lmi_buf_done(&public);
    lmi_buf_done(&bytes);
}

static void test_an_aborted_publish_leaves_nothing(void **state)
{
    const lmi_exchange_offer offer = {.name = "n"};
    lmi_exchange_publish *p = NULL;
    lmi_exchange_quota used;

    (void)state;
    new_room(NULL);
    assert_done(lmi_exchange_begin(&p, exchange, "ann", &offer, NULL));
    assert_done(lmi_exchange_append(p, memory_file.data, 5000));
    assert_int_equal(count_files("incoming"), 1);
    lmi_exchange_abort(p);
    lmi_exchange_abort(NULL);
    assert_int_equal(count_files("incoming"), 0);
    assert_done(lmi_exchange_usage(&used, exchange, "ann"));
    assert_int_equal(used.n + used.n_bytes, 0);
}

static void test_a_publish_that_failed_stays_failed(void **state)
{
    const lmi_exchange_offer offer = {.name = "n", .size = 10};
    lmi_exchange_publish *p = NULL;
    char id[LMI_EXCHANGE_ID_SIZE];

    (void)state;
    new_room(NULL);
    assert_done(lmi_exchange_begin(&p, exchange, "ann", &offer, NULL));
    assert_refused(LMI_EXCHANGE_TOO_LONG, "the 10 bytes announced",
                   lmi_exchange_append(p, memory_file.data, 11));
    assert_refused(LMI_EXCHANGE_INVALID, "failed before",
                   lmi_exchange_append(p, memory_file.data, 1));
    assert_refused(LMI_EXCHANGE_INVALID, "failed before", lmi_exchange_commit(id, p));
    assert_int_equal(count_files("incoming") + count_files("files"), 0);
}

/* ---- Bytes ---- */

static void test_bytes_come_from_any_offset_and_end_with_the_file(void **state)
{
    const size_t len = memory_file.len;
    char id[LMI_EXCHANGE_ID_SIZE], *data = lmi_new(len, 1);
    uint64_t offset;
    size_t n = 0;

    (void)state;
    new_room(NULL);
    publish_named(id, "ann", "n", false);
    for (offset = 0; offset < len; offset += n) {
        assert_done(lmi_exchange_read(&n, exchange, "ann", id, offset, data + offset,
                                      len - offset < 30011 ? len - offset : 30011));
        assert_true(n > 0);
    }
    assert_memory_equal(data, memory_file.data, len);
    assert_done(lmi_exchange_read(&n, exchange, "ann", id, len - 3, data, 100));
    assert_int_equal(n, 3);
    assert_memory_equal(data, memory_file.data + len - 3, 3);
    assert_done(lmi_exchange_read(&n, exchange, "ann", id, len, data, 100));
    assert_int_equal(n, 0);
    assert_refused(LMI_EXCHANGE_INVALID, "in a file of",
                   lmi_exchange_read(&n, exchange, "ann", id, len + 1, data, 100));
    assert_refused(LMI_EXCHANGE_INVALID, "in a file of",
                   lmi_exchange_read(&n, exchange, "ann", id, UINT64_MAX, data, 100));
    lmi_free(data);
}

static void test_who_fetches_goes_on_when_it_is_deleted(void **state)
{
    char id[LMI_EXCHANGE_ID_SIZE], byte;
    uint64_t size = 0;
    int fd = -1;

    (void)state;
    new_room(NULL);
    publish_named(id, "ann", "n", true);
    assert_done(lmi_exchange_fetch(&fd, &size, exchange, "bob", id));
    assert_int_equal(size, memory_file.len);
    assert_done(lmi_exchange_delete(exchange, "ann", id));
    assert_int_equal(pread(fd, &byte, 1, (off_t)size - 1), 1);
    assert_int_equal(byte, memory_file.data[size - 1]);
    close(fd);
}

/* ---- Deleting and expiring ---- */

static void assert_gone(const char *id)
{
    lmi_exchange_query query = {.limit = 10};
    lmi_exchange_record *record = NULL;
    lmi_exchange_found found;
    size_t n;
    char c;

    assert_refused(LMI_EXCHANGE_ABSENT, "no such memory",
                   lmi_exchange_get(&record, exchange, "ann", id));
    assert_refused(LMI_EXCHANGE_ABSENT, "no such memory",
                   lmi_exchange_read(&n, exchange, "ann", id, 0, &c, 1));
    assert_refused(LMI_EXCHANGE_ABSENT, "no such memory", lmi_exchange_delete(exchange, "ann", id));
    assert_done(lmi_exchange_search(&found, exchange, "ann", &query));
    assert_int_equal(found.total + found.n, 0);
    lmi_exchange_found_done(&found);
    query.words = "apples";
    assert_done(lmi_exchange_search(&found, exchange, "ann", &query));
    assert_int_equal(found.total, 0);
    lmi_exchange_found_done(&found);
}

/* How often a text stands in the files of the database. */
static size_t count_in_database(const char *text)
{
    static const char *const names[] = {"exchange.db", "exchange.db-wal"};
    size_t i, at, n = 0;

    for (i = 0; i < 2; i++) {
        char path[400];
        lmi_buf bytes;

        snprintf(path, sizeof(path), "%s/%s", room, names[i]);
        lmi_buf_init(&bytes, FILE_MAX);
        if (lmi_file_exists(path))
            assert_ok(lmi_file_read(&bytes, path));
        for (at = 0; at + strlen(text) <= bytes.len; at++)
            n += memcmp(bytes.data + at, text, strlen(text)) == 0 ? 1 : 0;
        lmi_buf_done(&bytes);
    }
    return n;
}

static void test_a_deleted_memory_is_gone_with_file_words_and_text(void **state)
{
    lmi_exchange_offer offer = FULL;
    char id[LMI_EXCHANGE_ID_SIZE];

    (void)state;
    new_room(NULL);
    offer.text = "xylophones of apples";
    assert_done(publish(id, "ann", &offer));
    lmi_exchange_close(exchange);
    exchange = NULL;
    assert_true(count_in_database("ophones") > 1); /* the row, and the words */
    open_room(NULL);
    assert_done(lmi_exchange_delete(exchange, "ann", id));
    assert_gone(id);
    assert_int_equal(count_files("files"), 0);
    lmi_exchange_close(exchange); /* which brings what was written into the database */
    exchange = NULL;
    assert_int_equal(count_in_database("ophones"), 0);
}

static void test_an_expired_memory_is_not_found_even_before_the_sweep(void **state)
{
    lmi_exchange_offer offer = FULL;
    char id[LMI_EXCHANGE_ID_SIZE];
    uint64_t n = 99;

    (void)state;
    new_room(NULL);
    offer.expires = now_is + 10;
    assert_done(publish(id, "ann", &offer));
    now_is += 9;
    assert_done(lmi_exchange_sweep(&n, exchange));
    assert_int_equal(n, 0);
    assert_int_equal(count_files("files"), 1);
    now_is++;
    assert_gone(id);
    assert_int_equal(count_files("files"), 1);
    assert_done(lmi_exchange_sweep(&n, exchange));
    assert_int_equal(n, 1);
    assert_gone(id);
    assert_int_equal(count_files("files"), 0);
    assert_done(lmi_exchange_sweep(&n, exchange));
    assert_int_equal(n, 0);
}

static void test_a_sweep_takes_what_has_expired_and_nothing_else(void **state)
{
    char ids[6][LMI_EXCHANGE_ID_SIZE];
    lmi_exchange_record *record = NULL;
    uint64_t n = 0;
    int i;

    (void)state;
    new_room(NULL);
    for (i = 0; i < 6; i++) {
        const lmi_exchange_offer offer = {.name = "n", .expires = i % 2 ? now_is + i : 0};

        assert_done(publish(ids[i], "ann", &offer));
    }
    now_is += 3;
    assert_done(lmi_exchange_sweep(&n, exchange));
    assert_int_equal(n, 2);
    for (i = 0; i < 6; i++) {
        if (i == 1 || i == 3)
            continue;
        assert_done(lmi_exchange_get(&record, exchange, "ann", ids[i]));
        lmi_exchange_record_free(record);
    }
    assert_int_equal(count_files("files"), 4);
}

/* ---- Quotas ---- */

static lmi_exchange_verdict begin_sized(lmi_exchange_publish **out, const char *tenant,
                                        uint64_t size)
{
    const lmi_exchange_offer offer = {.name = "n", .size = size};

    return lmi_exchange_begin(out, exchange, tenant, &offer, NULL);
}

/* A room with place for two files and a half, or for `n`. */
static void new_small_room(uint64_t n)
{
    lmi_exchange_params params = test_params();

    params.quota = (lmi_exchange_quota){.n_bytes = memory_file.len * 5 / 2, .n = n};
    new_room(&params);
}

static void test_bytes_under_way_are_counted_when_others_begin(void **state)
{
    const uint64_t len = memory_file.len;
    lmi_exchange_publish *a = NULL, *b = NULL, *c = NULL;
    char id[LMI_EXCHANGE_ID_SIZE];
    lmi_exchange_quota used;

    (void)state;
    new_small_room(100);
    assert_done(begin_sized(&a, "ann", len));
    assert_done(begin_sized(&b, "ann", len));
    assert_refused(LMI_EXCHANGE_QUOTA, "delete a memory first", begin_sized(&c, "ann", len));
    assert_done(begin_sized(&c, "bob", len)); /* of another tenant */
    lmi_exchange_abort(c);
    assert_done(lmi_exchange_append(a, memory_file.data, len));
    assert_done(lmi_exchange_commit(id, a));
    assert_refused(LMI_EXCHANGE_QUOTA, "delete a memory first", begin_sized(&c, "ann", len));
    lmi_exchange_abort(b);
    assert_done(begin_sized(&c, "ann", len));
    assert_done(lmi_exchange_usage(&used, exchange, "ann"));
    assert_int_equal(used.n, 2);
    assert_int_equal(used.n_bytes, 2 * len);
    lmi_exchange_abort(c);
}

static void test_bytes_that_were_not_announced_are_counted_as_they_come(void **state)
{
    lmi_exchange_publish *p[3] = {0};
    char id[LMI_EXCHANGE_ID_SIZE];
    int i;

    (void)state;
    new_small_room(100);
    for (i = 0; i < 3; i++)
        assert_done(begin_sized(&p[i], "ann", 0));
    for (i = 0; i < 2; i++)
        assert_done(lmi_exchange_append(p[i], memory_file.data, memory_file.len));
    assert_refused(LMI_EXCHANGE_QUOTA, "bytes beside",
                   lmi_exchange_append(p[2], memory_file.data, memory_file.len));
    for (i = 0; i < 2; i++)
        assert_done(lmi_exchange_commit(id, p[i]));
    assert_refused(LMI_EXCHANGE_INVALID, "failed before", lmi_exchange_commit(id, p[2]));
    assert_int_equal(count_files("files"), 2);
    assert_int_equal(count_files("incoming"), 0);
}

static void test_the_number_of_memories_is_held_with_those_under_way(void **state)
{
    lmi_exchange_publish *a = NULL, *b = NULL, *c = NULL;

    (void)state;
    new_small_room(2);
    assert_done(begin_sized(&a, "ann", 0));
    assert_done(begin_sized(&b, "ann", 0));
    assert_refused(LMI_EXCHANGE_QUOTA, "2 memories, at most 2", begin_sized(&c, "ann", 0));
    lmi_exchange_abort(a);
    assert_done(begin_sized(&c, "ann", 0));
    lmi_exchange_abort(b);
    lmi_exchange_abort(c);
}

static void test_a_quota_is_held_again_at_the_end(void **state)
{
    const lmi_exchange_quota none = {.n_bytes = memory_file.len, .n = 1};
    const lmi_exchange_offer offer = {.name = "n", .size = memory_file.len};
    lmi_exchange_publish *a = NULL, *b = NULL;
    char id[LMI_EXCHANGE_ID_SIZE];

    (void)state;
    new_small_room(100);
    assert_done(lmi_exchange_begin(&a, exchange, "ann", &offer, &none));
    assert_done(lmi_exchange_append(a, memory_file.data, memory_file.len));
    assert_done(lmi_exchange_begin(&b, exchange, "ann", &offer, NULL)); /* a larger quota */
    assert_refused(LMI_EXCHANGE_QUOTA, "1 memories, at most 1", lmi_exchange_commit(id, a));
    lmi_exchange_abort(b);
    assert_int_equal(count_files("files") + count_files("incoming"), 0);
}

static void test_expired_memories_count_no_more(void **state)
{
    const lmi_exchange_offer offer = {.name = "n", .expires = now_is + 5};
    char id[LMI_EXCHANGE_ID_SIZE];

    (void)state;
    new_small_room(1);
    assert_done(publish(id, "ann", &offer));
    assert_refused(LMI_EXCHANGE_QUOTA, "at most 1",
                   publish(id, "ann", &(lmi_exchange_offer){.name = "n"}));
    now_is += 5;
    publish_named(id, "ann", "n", false);
}

static void test_no_more_than_so_many_are_under_way_of_all_tenants(void **state)
{
    lmi_exchange_publish *p[LMI_EXCHANGE_PUBLISHES_MAX] = {0}, *last = NULL;
    char tenant[20];
    size_t i;

    (void)state;
    new_room(NULL);
    for (i = 0; i < LMI_EXCHANGE_PUBLISHES_MAX; i++) {
        snprintf(tenant, sizeof(tenant), "t%zu", i % 9);
        assert_done(begin_sized(&p[i], tenant, 0));
    }
    assert_refused(LMI_EXCHANGE_QUOTA, "try later", begin_sized(&last, "another", 0));
    for (i = 0; i < LMI_EXCHANGE_PUBLISHES_MAX; i++)
        lmi_exchange_abort(p[i]);
    assert_done(begin_sized(&last, "another", 0));
    lmi_exchange_abort(last);
    assert_int_equal(count_files("incoming"), 0);
}

static void test_one_tenant_does_not_take_all_places(void **state)
{
    lmi_exchange_publish *p[LMI_EXCHANGE_OF_TENANT_MAX] = {0}, *last = NULL;
    size_t i;

    (void)state;
    new_room(NULL);
    for (i = 0; i < LMI_EXCHANGE_OF_TENANT_MAX; i++)
        assert_done(begin_sized(&p[i], "ann", 0));
    assert_refused(LMI_EXCHANGE_QUOTA, "32 of them yours", begin_sized(&last, "ann", 0));
    assert_done(begin_sized(&last, "bob", 0));
    lmi_exchange_abort(last);
    for (i = 0; i < LMI_EXCHANGE_OF_TENANT_MAX; i++)
        lmi_exchange_abort(p[i]);
}

/* ---- The audit log ---- */

static void assert_line(const lmi_exchange_line *line, const char *action, const char *id,
                        const char *why)
{
    assert_string_equal(line->action, action);
    assert_string_equal(line->id, id);
    assert_int_equal(strncmp(line->why, why, strlen(why)), 0);
    assert_int_equal(line->time, now_is);
}

static void test_the_log_says_what_was_done_and_what_was_refused(void **state)
{
    lmi_exchange_log log;
    char id[LMI_EXCHANGE_ID_SIZE], c;
    size_t n;

    (void)state;
    new_room(NULL);
    publish_named(id, "ann", "n", false);
    assert_done(lmi_exchange_read(&n, exchange, "ann", id, 0, &c, 1));
    assert_done(lmi_exchange_read(&n, exchange, "ann", id, 1, &c, 1)); /* goes on: no line */
    assert_refused(LMI_EXCHANGE_ABSENT, "", lmi_exchange_delete(exchange, "bob", id));
    assert_refused(LMI_EXCHANGE_ABSENT, "", lmi_exchange_read(&n, exchange, "bob", id, 0, &c, 1));
    assert_done(lmi_exchange_delete(exchange, "ann", id));
    assert_refused(LMI_EXCHANGE_INVALID, "the name",
                   publish(id, "bob", &(lmi_exchange_offer){.name = "a\nb"}));
    assert_done(lmi_exchange_note(exchange, "bob", "log in", NULL, "a wrong key"));
    assert_done(lmi_exchange_audit(&log, exchange, "ann", 0, 100));
    assert_int_equal(log.n, 3);
    assert_line(&log.lines[2], "publish", id, "ok");
    assert_line(&log.lines[1], "fetch", id, "ok");
    assert_line(&log.lines[0], "delete", id, "ok");
    lmi_exchange_log_done(&log);
    assert_done(lmi_exchange_audit(&log, exchange, "bob", 0, 100));
    assert_int_equal(log.n, 4);
    assert_line(&log.lines[3], "delete", id, "absent: there is no such memory");
    assert_line(&log.lines[2], "fetch", id, "absent: there is no such memory");
    assert_line(&log.lines[1], "publish", "", "invalid: the name has a control character");
    assert_line(&log.lines[0], "log in", "", "a wrong key");
    lmi_exchange_log_done(&log);
}

static void test_the_log_is_bounded_for_each_tenant_alone(void **state)
{
    lmi_exchange_params params = test_params();
    lmi_exchange_log log;
    int i;

    (void)state;
    params.n_audit = 50;
    new_room(&params);
    assert_done(lmi_exchange_note(exchange, "ann", "first", "", ""));
    for (i = 0; i < 120; i++)
        assert_done(lmi_exchange_note(exchange, "bob", "again", "", ""));
    assert_done(lmi_exchange_audit(&log, exchange, "bob", 0, 100));
    assert_int_equal(log.n, 50);
    assert_int_equal(log.lines[0].number, 120);
    assert_int_equal(log.lines[49].number, 71);
    lmi_exchange_log_done(&log);
    assert_done(lmi_exchange_audit(&log, exchange, "bob", 100, 10)); /* page by page */
    assert_int_equal(log.n, 10);
    assert_int_equal(log.lines[0].number, 99);
    lmi_exchange_log_done(&log);
    assert_done(lmi_exchange_audit(&log, exchange, "ann", 0, 100));
    assert_int_equal(log.n, 1);
    lmi_exchange_log_done(&log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_record_says_what_the_publisher_and_the_file_say),
        cmocka_unit_test(test_what_is_not_said_is_empty),
        cmocka_unit_test(test_pieces_of_any_size_are_the_same_file),
        cmocka_unit_test(test_what_is_no_memory_file_is_refused_and_gone),
        cmocka_unit_test(test_a_signed_file_says_by_whom_and_a_changed_one_is_refused),
        cmocka_unit_test(test_an_aborted_publish_leaves_nothing),
        cmocka_unit_test(test_a_publish_that_failed_stays_failed),
        cmocka_unit_test(test_bytes_come_from_any_offset_and_end_with_the_file),
        cmocka_unit_test(test_who_fetches_goes_on_when_it_is_deleted),
        cmocka_unit_test(test_a_deleted_memory_is_gone_with_file_words_and_text),
        cmocka_unit_test(test_an_expired_memory_is_not_found_even_before_the_sweep),
        cmocka_unit_test(test_a_sweep_takes_what_has_expired_and_nothing_else),
        cmocka_unit_test(test_bytes_under_way_are_counted_when_others_begin),
        cmocka_unit_test(test_bytes_that_were_not_announced_are_counted_as_they_come),
        cmocka_unit_test(test_the_number_of_memories_is_held_with_those_under_way),
        cmocka_unit_test(test_a_quota_is_held_again_at_the_end),
        cmocka_unit_test(test_expired_memories_count_no_more),
        cmocka_unit_test(test_no_more_than_so_many_are_under_way_of_all_tenants),
        cmocka_unit_test(test_one_tenant_does_not_take_all_places),
        cmocka_unit_test(test_the_log_says_what_was_done_and_what_was_refused),
        cmocka_unit_test(test_the_log_is_bounded_for_each_tenant_alone),
    };

    return cmocka_run_group_tests(tests, prepare_files, clean_files);
}
