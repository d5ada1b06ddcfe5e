/* exchange_tenant_test.c - what one tenant has, another does not reach, see, count or guess. */
#include "exchange_files.h"

enum { N_OF_ANN = 12, N_TRIES = 1000 };

static const char *const SECRET_TAGS[] = {"secret"};
static const float SECRET_VECTOR[] = {0.5F, -1, 2, 0.25F};

/* Ann's own memories, and Bob's, of which every other is published. */
static char of_ann[N_OF_ANN][LMI_EXCHANGE_ID_SIZE], of_bob[4][LMI_EXCHANGE_ID_SIZE];
static char fingerprint[200];

static void publish_secret(char id[LMI_EXCHANGE_ID_SIZE], int i)
{
    char name[40];
    const lmi_exchange_offer offer = {.name = name,
                                      .description = "the vault",
                                      .tags = SECRET_TAGS,
                                      .n_tags = 1,
                                      .text = "swordfish",
                                      .embedding = SECRET_VECTOR,
                                      .n_embedding = 4};

    snprintf(name, sizeof(name), "secret plan %d", i);
    assert_done(publish(id, "ann", &offer));
}

static int prepare(void **state)
{
    lmi_exchange_record *record = NULL;
    int i;

    prepare_files(state);
    new_room(NULL);
    for (i = 0; i < N_OF_ANN; i++)
        publish_secret(of_ann[i], i);
    for (i = 0; i < 4; i++)
        publish_named(of_bob[i], "bob", "open notes", i % 2 == 0);
    assert_done(lmi_exchange_get(&record, exchange, "ann", of_ann[0]));
    snprintf(fingerprint, sizeof(fingerprint), "%s", record->fingerprint);
    lmi_exchange_record_free(record);
    return 0;
}

/* ---- A thousand tries ---- */

/* An id to try: Ann's, one that differs from it in a digit, Ann's in other letters, or noise. */
static void id_to_try(char out[80], uint64_t *random)
{
    const char *real = of_ann[random_of(random) % N_OF_ANN];
    const size_t at = random_of(random) % 32;

    snprintf(out, 80, "%s", real);
    switch (random_of(random) % 8) {
    case 0:
        out[at] = out[at] == 'f' ? '0' : 'f';
        break;
    case 1:
        snprintf(out, 80, "../files/%s", real);
        break;
    case 2:
        snprintf(out, 80, "%s' OR '1'='1", real);
        break;
    case 3:
        out[at] = '%';
        break;
    default:
        break; /* hers as it is */
    }
}

static void assert_absent(lmi_exchange_verdict verdict)
{
    assert_int_equal(verdict, LMI_EXCHANGE_ABSENT);
    assert_string_equal(lmas_last_error(), "there is no such memory");
}

static void try_id(const char *id, uint64_t *random)
{
    lmi_exchange_record *record = NULL;
    uint64_t size = 77;
    char bytes[16] = "untouched";
    size_t n = 77;
    int fd = -7;

    switch (random_of(random) % 4) {
    case 0:
        assert_absent(lmi_exchange_get(&record, exchange, "bob", id));
        break;
    case 1:
        assert_absent(lmi_exchange_delete(exchange, "bob", id));
        break;
    case 2:
        assert_absent(lmi_exchange_read(&n, exchange, "bob", id, random_of(random) % 3, bytes, 16));
        break;
    default:
        assert_absent(lmi_exchange_fetch(&fd, &size, exchange, "bob", id));
        break;
    }
    assert_null(record);
    assert_string_equal(bytes, "untouched");
    assert_int_equal(n, 77);
    assert_int_equal(fd, -7);
}

/* Whatever is asked for, what comes is Bob's, and so is what is counted. */
static void try_search(uint64_t *random)
{
    static const char *const words[] = {"secret", "swordfish", "vault plan", NULL, "notes", ""};
    lmi_exchange_query query = {.words = words[random_of(random) % 6],
                                .limit = 1 + (uint32_t)random_of(random) % 100,
                                .offset = (uint32_t)random_of(random) % 4,
                                .is_own = random_of(random) % 4 == 0};
    lmi_exchange_found found;
    size_t i;

    if (random_of(random) % 3 == 0)
        query.tags = SECRET_TAGS;
    query.n_tags = query.tags ? 1 : 0;
    if (random_of(random) % 3 == 0)
        query.nearest = SECRET_VECTOR;
    query.n_nearest = query.nearest ? 4 : 0;
    query.fingerprint = random_of(random) % 2 ? fingerprint : NULL;
    assert_done(lmi_exchange_search(&found, exchange, "bob", &query));
    assert_true(found.total <= 4);
    if (query.n_tags || query.n_nearest)
        assert_int_equal(found.total, 0);
    for (i = 0; i < found.n; i++)
        assert_string_equal(found.records[i]->tenant, "bob");
    lmi_exchange_found_done(&found);
}

static void test_a_thousand_tries_of_another_tenant_reach_nothing(void **state)
{
    lmi_exchange_record *record = NULL;
    uint64_t random = 7;
    char id[80];
    int i;

    (void)state;
    for (i = 0; i < N_TRIES; i++) {
        id_to_try(id, &random);
        if (i % 3 == 2)
            try_search(&random);
        else
            try_id(id, &random);
    }
    for (i = 0; i < N_OF_ANN; i++) {
        assert_done(lmi_exchange_get(&record, exchange, "ann", of_ann[i]));
        assert_string_equal(record->text, "swordfish");
        lmi_exchange_record_free(record);
    }
    assert_int_equal(count_files("files"), N_OF_ANN + 4);
}

/* ---- One claim at a time ---- */

static uint64_t count_for(const char *tenant, const char *words, bool is_own)
{
    const lmi_exchange_query query = {.words = words, .limit = 1, .is_own = is_own};
    lmi_exchange_found found;
    uint64_t total;

    assert_done(lmi_exchange_search(&found, exchange, tenant, &query));
    total = found.total;
    lmi_exchange_found_done(&found);
    return total;
}

static void test_another_tenant_finds_nothing(void **state)
{
    (void)state;
    assert_int_equal(count_for("bob", "swordfish", false), 0);
    assert_int_equal(count_for("ann", "swordfish", false), N_OF_ANN);
}

static void test_the_published_ones_of_another_are_found_and_counted_and_no_others(void **state)
{
    (void)state;
    assert_int_equal(count_for("ann", NULL, false), N_OF_ANN + 2);
    assert_int_equal(count_for("ann", NULL, true), N_OF_ANN);
    assert_int_equal(count_for("bob", NULL, false), 4);
    assert_int_equal(count_for("eve", NULL, false), 2);
    assert_int_equal(count_for("eve", NULL, true), 0);
}

static void test_a_published_memory_is_read_by_all_and_deleted_by_its_owner_alone(void **state)
{
    lmi_exchange_record *record = NULL;
    char byte;
    size_t n;

    (void)state;
    assert_done(lmi_exchange_get(&record, exchange, "ann", of_bob[0]));
    assert_string_equal(record->tenant, "bob");
    lmi_exchange_record_free(record);
    assert_done(lmi_exchange_read(&n, exchange, "ann", of_bob[0], 0, &byte, 1));
    assert_absent(lmi_exchange_delete(exchange, "ann", of_bob[0]));
    assert_absent(lmi_exchange_read(&n, exchange, "ann", of_bob[1], 0, &byte, 1));
    assert_done(lmi_exchange_read(&n, exchange, "bob", of_bob[1], 0, &byte, 1));
}

static void test_not_yours_and_not_there_leave_the_same_line(void **state)
{
    lmi_exchange_log log;

    (void)state;
    assert_absent(lmi_exchange_delete(exchange, "bob", of_ann[0]));
    assert_absent(lmi_exchange_delete(exchange, "bob", "0123456789abcdef0123456789abcdef"));
    assert_done(lmi_exchange_audit(&log, exchange, "bob", 0, 2));
    assert_string_equal(log.lines[0].why, log.lines[1].why);
    assert_string_equal(log.lines[0].action, log.lines[1].action);
    lmi_exchange_log_done(&log);
}

static void test_tenants_are_told_apart_to_the_letter(void **state)
{
    static const char *const others[] = {"Ann", "ann ", " ann", "an", "anna", "%", "ann'--"};
    lmi_exchange_record *record = NULL;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        assert_absent(lmi_exchange_get(&record, exchange, others[i], of_ann[0]));
        assert_int_equal(count_for(others[i], "swordfish", false), 0);
    }
}

static void test_one_tenants_quota_and_log_do_not_tell_of_another(void **state)
{
    lmi_exchange_quota used;
    lmi_exchange_log log;

    (void)state;
    assert_done(lmi_exchange_usage(&used, exchange, "bob"));
    assert_int_equal(used.n, 4);
    assert_int_equal(used.n_bytes, 4 * memory_file.len);
    assert_done(lmi_exchange_audit(&log, exchange, "eve", 0, 100));
    assert_int_equal(log.n, 0);
    lmi_exchange_log_done(&log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_thousand_tries_of_another_tenant_reach_nothing),
        cmocka_unit_test(test_another_tenant_finds_nothing),
        cmocka_unit_test(test_the_published_ones_of_another_are_found_and_counted_and_no_others),
        cmocka_unit_test(test_a_published_memory_is_read_by_all_and_deleted_by_its_owner_alone),
        cmocka_unit_test(test_not_yours_and_not_there_leave_the_same_line),
        cmocka_unit_test(test_tenants_are_told_apart_to_the_letter),
        cmocka_unit_test(test_one_tenants_quota_and_log_do_not_tell_of_another),
    };

    return cmocka_run_group_tests(tests, prepare, clean_files);
}
