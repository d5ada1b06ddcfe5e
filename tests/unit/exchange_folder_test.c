/* exchange_folder_test.c - the folder of an exchange: opened, cleaned, refused; and its modes. */
#include <fcntl.h>
#include <sys/stat.h>

#include "exchange/disk/sql.h"
#include "exchange_files.h"

static sqlite3 *open_database(void)
{
    sqlite3 *db = NULL;
    char path[400];

    snprintf(path, sizeof(path), "%s/exchange.db", room);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    return db;
}

static void test_a_line_of_the_log_cannot_be_changed(void **state)
{
    sqlite3 *db;

    (void)state;
    new_room(NULL);
    assert_done(lmi_exchange_note(exchange, "ann", "first", "", "because"));
    db = open_database();
    assert_refused(LMI_EXCHANGE_FAILED, "not changed",
                   lmi_sql_exec(db, "UPDATE audit SET why = ''"));
    sqlite3_close(db);
}

static void test_a_room_reopened_has_what_it_had(void **state)
{
    lmi_exchange_record *record = NULL;
    lmi_exchange_cleaned cleaned = {9, 9, 9};
    char id[LMI_EXCHANGE_ID_SIZE];

    (void)state;
    new_room(NULL);
    publish_named(id, "ann", "a name", false);
    lmi_exchange_close(exchange);
    assert_done(lmi_exchange_open(&exchange, room, NULL, &cleaned));
    assert_int_equal(cleaned.n_uploads + cleaned.n_files + cleaned.n_records, 0);
    assert_done(lmi_exchange_get(&record, exchange, "ann", id));
    assert_string_equal(record->name, "a name");
    assert_int_equal(record->size, memory_file.len);
    lmi_exchange_record_free(record);
}

static void put_in(const char *name)
{
    char path[400];

    snprintf(path, sizeof(path), "%s/%s", room, name);
    put_file(path, "x", 1);
}

static void test_opening_removes_what_is_half_there_and_says_how_much(void **state)
{
    char ids[3][LMI_EXCHANGE_ID_SIZE], path[400];
    lmi_exchange_record *record = NULL;
    lmi_exchange_cleaned cleaned = {0};
    int i;

    (void)state;
    new_room(NULL);
    for (i = 0; i < 3; i++)
        publish_named(ids[i], "ann", "n", false);
    lmi_exchange_close(exchange);
    exchange = NULL;
    put_in("incoming/0123456789abcdef0123456789abcdef");
    put_in("files/0123456789abcdef0123456789abcdef");
    put_in("files/1123456789abcdef0123456789abcdef");
    put_in("files/notes of the owner");
    snprintf(path, sizeof(path), "%s/files/%s", room, ids[0]);
    assert_int_equal(unlink(path), 0);
    snprintf(path, sizeof(path), "files/%s", ids[1]); /* of another size */
    put_in(path);
    assert_done(lmi_exchange_open(&exchange, room, NULL, &cleaned));
    assert_int_equal(cleaned.n_uploads, 1);
    assert_int_equal(cleaned.n_files, 2);
    assert_int_equal(cleaned.n_records, 2);
    assert_int_equal(count_files("incoming"), 0);
    assert_int_equal(count_files("files"), 2); /* a memory, and what is not ours */
    assert_refused(LMI_EXCHANGE_ABSENT, "", lmi_exchange_get(&record, exchange, "ann", ids[0]));
    assert_refused(LMI_EXCHANGE_ABSENT, "", lmi_exchange_get(&record, exchange, "ann", ids[1]));
    assert_done(lmi_exchange_get(&record, exchange, "ann", ids[2]));
    lmi_exchange_record_free(record);
}

static void test_memories_without_their_database_are_not_removed(void **state)
{
    char id[LMI_EXCHANGE_ID_SIZE], path[400];

    (void)state;
    new_room(NULL);
    publish_named(id, "ann", "n", false);
    lmi_exchange_close(exchange);
    exchange = NULL;
    snprintf(path, sizeof(path), "%s/exchange.db", room);
    assert_int_equal(unlink(path), 0);
    assert_refused(LMI_EXCHANGE_INVALID, "put its exchange.db back",
                   lmi_exchange_open(&exchange, room, NULL, NULL));
    assert_refused(LMI_EXCHANGE_INVALID, "put its exchange.db back",
                   lmi_exchange_open(&exchange, room, NULL, NULL));
    assert_int_equal(count_files("files"), 1);
}

static void test_a_database_of_a_newer_version_or_another_program_is_refused(void **state)
{
    char path[400];
    sqlite3 *db;

    (void)state;
    new_room(NULL);
    lmi_exchange_close(exchange);
    exchange = NULL;
    db = open_database();
    assert_done(lmi_sql_exec(db, "PRAGMA user_version = 2"));
    assert_refused(LMI_EXCHANGE_INVALID, "has layout 2, this version knows up to 1",
                   lmi_exchange_open(&exchange, room, NULL, NULL));
    assert_done(lmi_sql_exec(db, "PRAGMA application_id = 7"));
    assert_refused(LMI_EXCHANGE_INVALID, "no database of an exchange",
                   lmi_exchange_open(&exchange, room, NULL, NULL));
    sqlite3_close(db);
    snprintf(path, sizeof(path), "%s/exchange.db", room);
    put_file(path, memory_file.data, memory_file.len);
    assert_refused(LMI_EXCHANGE_FAILED, "not a database",
                   lmi_exchange_open(&exchange, room, NULL, NULL));
}

static void test_files_are_for_their_owner_alone(void **state)
{
    static const char *const names[] = {"", "lock", "exchange.db", "files", "incoming"};
    char id[LMI_EXCHANGE_ID_SIZE], path[400];
    struct stat st;
    size_t i;

    (void)state;
    new_room(NULL);
    publish_named(id, "ann", "n", true);
    for (i = 0; i < 5; i++) {
        snprintf(path, sizeof(path), "%s/%s", room, names[i]);
        assert_int_equal(stat(path, &st), 0);
        assert_int_equal(st.st_mode & 077, 0);
    }
    snprintf(path, sizeof(path), "%s/files/%s", room, id);
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void test_a_folder_whose_name_sqlite_takes_for_an_address_is_a_folder(void **state)
{
    char here[300];

    (void)state;
    assert_non_null(getcwd(here, sizeof(here)));
    assert_int_equal(chdir(folder), 0);
    lmi_exchange_close(exchange);
    exchange = NULL;
    assert_done(lmi_exchange_open(&exchange, "file:a?mode=memory", NULL, NULL));
    assert_true(lmi_file_exists("file:a?mode=memory/exchange.db"));
    assert_int_equal(chdir(here), 0);
}

static void test_a_folder_that_cannot_be_is_refused(void **state)
{
    char path[400];

    (void)state;
    lmi_exchange_close(exchange);
    exchange = NULL;
    snprintf(path, sizeof(path), "%s/below", support_file(folder, "a file", "x", 1));
    assert_refused(LMI_EXCHANGE_FAILED, "a file", lmi_exchange_open(&exchange, path, NULL, NULL));
    assert_refused(LMI_EXCHANGE_INVALID, "folder name of 0 bytes",
                   lmi_exchange_open(&exchange, "", NULL, NULL));
    assert_null(exchange);
}

static void test_opening_and_closing_leaves_no_descriptor(void **state)
{
    char id[LMI_EXCHANGE_ID_SIZE];
    size_t before;

    (void)state;
    lmi_exchange_close(exchange);
    exchange = NULL;
    before = support_count_fds();
    new_room(NULL);
    publish_named(id, "ann", "n", false);
    assert_refused(LMI_EXCHANGE_INVALID, "another process",
                   lmi_exchange_open(&exchange, room, NULL, NULL));
    lmi_exchange_close(exchange);
    exchange = NULL;
    assert_int_equal(support_count_fds(), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_room_reopened_has_what_it_had),
        cmocka_unit_test(test_opening_removes_what_is_half_there_and_says_how_much),
        cmocka_unit_test(test_memories_without_their_database_are_not_removed),
        cmocka_unit_test(test_a_database_of_a_newer_version_or_another_program_is_refused),
        cmocka_unit_test(test_files_are_for_their_owner_alone),
        cmocka_unit_test(test_a_folder_whose_name_sqlite_takes_for_an_address_is_a_folder),
        cmocka_unit_test(test_a_folder_that_cannot_be_is_refused),
        cmocka_unit_test(test_opening_and_closing_leaves_no_descriptor),
        cmocka_unit_test(test_a_line_of_the_log_cannot_be_changed),
    };

    return cmocka_run_group_tests(tests, prepare_files, clean_files);
}
