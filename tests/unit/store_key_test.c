/*
 * store_key_test.c - memory files with a key: shared ones (HMAC-SHA-256) and pairs (Ed25519).
 *
 * Each kind of key is asked of files that somebody changed who knows the layout and has a key of
 * his own; accidents are store_damage_test.c's.
 */
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sha256.h"
#include "latentmas_store.h"
#include "store_files.h"

enum { N_CHANGED = 1000 };

/* The kinds of key, as files: ours, and another's. */
typedef struct lock {
    lmas_memory_file_params ours, others; /* to save and to load with */
} lock;

static lock shared, pair;

static const char *keep(const char *name)
{
    return lmi_strdup(at(name));
}

static int make_keys(void **state)
{
    make_folder(state);
    shared.ours.key_file = keep("a.key");
    shared.others.key_file = keep("b.key");
    support_file(folder, "a.key", "sixteen bytes...", 16);
    support_file(folder, "b.key", "sixteen bytes..!", 16);
    assert_ok(lmas_memory_keygen(at("a")));
    assert_ok(lmas_memory_keygen(at("b")));
    pair.ours.sign_file = keep("a");
    pair.ours.signed_by_file = keep("a.pub");
    pair.others.sign_file = keep("b");
    pair.others.signed_by_file = keep("b.pub");
    return 0;
}

static int forget_keys(void **state)
{
    (void)state;
    lmi_free((void *)shared.ours.key_file);
    lmi_free((void *)shared.others.key_file);
    lmi_free((void *)pair.ours.sign_file);
    lmi_free((void *)pair.ours.signed_by_file);
    lmi_free((void *)pair.others.sign_file);
    lmi_free((void *)pair.others.signed_by_file);
    return 0;
}

/* In place of the C library's, which the static library would call: 2,000 files are written, and
 * none is to last. */
int fsync(int fd)
{
    (void)fd;
    return 0;
}

/* ---- The seals themselves ---- */

static void assert_seal(const lmi_key *key, const char *text, const char *hex)
{
    uint8_t seal[LMI_SEAL_SIZE_MAX];
    char digits[2 * LMI_SEAL_SIZE_MAX + 1];
    size_t i;

    lmi_seal(seal, key, text, strlen(text));
    for (i = 0; i < lmi_seal_size(key->kind); i++)
        snprintf(digits + 2 * i, 3, "%02x", seal[i]);
    assert_string_equal(digits, hex);
}

/* RFC 4231, test case 1; RFC 8032, 7.1, tests 1 and 2; FIPS 180-2, "abc". */
static void test_seals_are_those_of_the_standards(void **state)
{
    static const char *const seeds[] = {
        "latentmas-ed25519-secret "
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "latentmas-ed25519-secret "
        "4CCD089B28FF96DA9DB6C346EC114E0F5B8A319F35ABA624DA8CF6ED4FB8A6FB\r\n"};
    static const char *const texts[] = {"", "\x72"};
    static const char *const seals[] = {
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"};
    lmas_memory_file_params p = {.key_file = at("rfc4231")};
    lmi_key key = {0};
    int i;

    (void)state;
    assert_seal(&key, "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    support_file(folder, "rfc4231", "\v\v\v\v\v\v\v\v\v\v\v\v\v\v\v\v\v\v\v\v", 20);
    assert_ok(lmi_key_to_seal(&key, &p));
    assert_seal(&key, "Hi There",
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    lmi_key_done(&key);
    p = (lmas_memory_file_params){.sign_file = at("rfc8032")};
    for (i = 0; i < 2; i++) {
        support_file(folder, "rfc8032", seeds[i], strlen(seeds[i]));
        assert_ok(lmi_key_to_seal(&key, &p));
        assert_seal(&key, texts[i], seals[i]);
        lmi_key_done(&key);
    }
}

/* ---- Key files ---- */

static void test_a_new_pair_is_secret_and_public_and_replaces_none(void **state)
{
    struct stat st;

    (void)state;
    assert_ok(lmas_memory_keygen(at("new")));
    assert_int_equal(stat(at("new"), &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(st.st_size, strlen("latentmas-ed25519-secret \n") + 64);
    assert_int_equal(stat(at("new.pub"), &st), 0);
    assert_int_equal(st.st_mode & 0133, 0);
    assert_fails(LMAS_E_IO, "new is there already", lmas_memory_keygen(at("new")));
    assert_int_equal(unlink(at("new")), 0);
    assert_fails(LMAS_E_IO, "new.pub is there already", lmas_memory_keygen(at("new")));
    assert_false(lmi_file_exists(at("new")));
    assert_fails(LMAS_E_IO, "nowhere", lmas_memory_keygen(at("nowhere/new")));
    assert_fails(LMAS_E_INVALID, "needs a path", lmas_memory_keygen(""));
    assert_fails(LMAS_E_INVALID, "needs a path", lmas_memory_keygen(NULL));
}

static void refuse_key(const char *text, size_t len, const char *why, bool is_secret)
{
    lmas_memory_file_params p = {0};
    lmi_key key;

    *(is_secret ? &p.sign_file : &p.signed_by_file) = support_file(folder, "wrong", text, len);
    assert_fails(LMAS_E_INVALID, why,
                 is_secret ? lmi_key_to_seal(&key, &p) : lmi_key_to_check(&key, &p));
    assert_true(is_one_line(lmas_last_error()));
    lmi_key_done(&key);
}

static void test_what_is_no_key_is_refused(void **state)
{
    static const char *const words[] = {"latentmas-ed25519-public", "latentmas-ed25519-secret"};
    char line[512];
    int n, is_secret;

    (void)state;
    for (is_secret = 0; is_secret < 2; is_secret++) {
        const char *other = is_secret ? "is a public key" : "is a secret key";

        refuse_key("", 0, "is no key", is_secret);
        refuse_key("\0\0\0\0", 4, "is no key", is_secret);
        for (n = 1; n <= 130; n++) {
            snprintf(line, sizeof(line), "%s %0*d", words[is_secret], n, 0);
            if (n != 64)
                refuse_key(line, strlen(line), "is no key", is_secret);
        }
        snprintf(line, sizeof(line), "%s %064d\nx", words[is_secret], 0);
        refuse_key(line, strlen(line), "is no key", is_secret);
        snprintf(line, sizeof(line), "%s %063dg", words[is_secret], 0);
        refuse_key(line, strlen(line), "is no key", is_secret);
        snprintf(line, sizeof(line), "%s %064d%200s", words[is_secret], 0, "");
        refuse_key(line, strlen(line), "is no key", is_secret);
        snprintf(line, sizeof(line), "%s %064d", words[!is_secret], 0);
        refuse_key(line, strlen(line), other, is_secret);
    }
}

static void test_one_key_is_given_or_none(void **state)
{
    const lmas_memory_file_params both = {.key_file = shared.ours.key_file,
                                          .sign_file = pair.ours.sign_file,
                                          .signed_by_file = pair.ours.signed_by_file};
    const lmas_memory_file_params none = {.signed_by_file = at("nokey")};
    lmas_memory_file *file = NULL;
    lmi_key key;

    (void)state;
    assert_fails(LMAS_E_INVALID, "give key_file or sign_file, not both",
                 lmi_key_to_seal(&key, &both));
    assert_fails(LMAS_E_INVALID, "give key_file or signed_by_file, not both",
                 lmas_memory_file_open(&file, at("any"), &both));
    assert_fails(LMAS_E_IO, "nokey", lmas_memory_file_open(&file, at("any"), &none));
}

/* ---- Who sealed it ---- */

static void test_keys_are_asked_for_and_told_apart(void **state)
{
    lmas_session *session = support_session(support_model(UNTIED_MODEL), 1, 256, false);
    lmas_memory_file_params key = {.key_file =
                                       support_file(folder, "short", "fifteen bytes..", 15)};
    lmas_memory_file *file = NULL;
    lmas_memory *memory = NULL;

    (void)state;
    assert_fails(LMAS_E_INVALID, "fewer bytes, from 16 to 4096",
                 lmas_memory_file_open(&file, at("any"), &key));
    make_file(UNTIED_MODEL, "sealed.lmem", &shared.ours);
    make_file(UNTIED_MODEL, "open.lmem", NULL);
    assert_fails(LMAS_E_INVALID, "its key is needed",
                 lmas_memory_load(&memory, session, at("sealed.lmem"), NULL));
    assert_fails(LMAS_E_FORMAT, "sealed with another key",
                 lmas_memory_load(&memory, session, at("sealed.lmem"), &shared.others));
    assert_fails(LMAS_E_FORMAT, "is not sealed",
                 lmas_memory_load(&memory, session, at("open.lmem"), &shared.ours));
    assert_ok(lmas_memory_load(&memory, session, at("sealed.lmem"), &shared.ours));
    assert_ok(lmas_memory_file_open(&file, at("sealed.lmem"), NULL));
    assert_true(lmas_memory_file_describe(file)->is_sealed);
    assert_false(lmas_memory_file_describe(file)->is_seal_checked);
    assert_null(lmas_memory_file_describe(file)->signed_by);
    lmas_memory_file_free(file);
    lmas_memory_free(memory);
    lmas_session_free(session);
}

/* What anybody may look at, and what is loaded with the public key alone. */
static void test_a_signature_is_told_from_all_else(void **state)
{
    lmas_session *session = support_session(support_model(UNTIED_MODEL), 1, 256, false);
    const lmas_memory_file_params public = {.signed_by_file = pair.ours.signed_by_file};
    lmas_memory *memory = NULL;

    (void)state;
    make_file(UNTIED_MODEL, "signed.lmem", &pair.ours);
    make_file(UNTIED_MODEL, "sealed.lmem", &shared.ours);
    make_file(UNTIED_MODEL, "open.lmem", NULL);
    assert_fails(LMAS_E_INVALID, "to load it say with signed_by_file",
                 lmas_memory_load(&memory, session, at("signed.lmem"), NULL));
    assert_fails(LMAS_E_FORMAT, "... expected",
                 lmas_memory_load(&memory, session, at("signed.lmem"), &pair.others));
    assert_non_null(strstr(lmas_last_error(), "is signed by "));
    assert_fails(LMAS_E_FORMAT, "is signed, not sealed with a key, and a key was given",
                 lmas_memory_load(&memory, session, at("signed.lmem"), &shared.ours));
    assert_fails(LMAS_E_FORMAT, "is sealed with a key, not signed, and a public key was given",
                 lmas_memory_load(&memory, session, at("sealed.lmem"), &public));
    assert_fails(LMAS_E_FORMAT, "is not signed, and a public key was given",
                 lmas_memory_load(&memory, session, at("open.lmem"), &public));
    assert_null(memory);
    assert_ok(lmas_memory_load(&memory, session, at("signed.lmem"), &public));
    lmas_memory_free(memory);
    lmas_session_free(session);
}

static void test_a_signed_file_says_by_whom(void **state)
{
    const lmas_memory_file_info *info;
    lmas_memory_file *file = NULL;
    lmi_buf key;

    (void)state;
    make_file(UNTIED_MODEL, "told.lmem", &pair.ours);
    lmi_buf_init(&key, 256);
    assert_ok(lmi_file_read(&key, pair.ours.signed_by_file));
    assert_ok(lmas_memory_file_open(&file, at("told.lmem"), NULL));
    info = lmas_memory_file_describe(file);
    assert_non_null(strstr(lmi_buf_text(&key), info->signed_by));
    assert_int_equal(strlen(info->signed_by), 64);
    assert_true(info->is_sealed && !info->is_seal_checked);
    lmas_memory_file_free(file);
    assert_ok(lmas_memory_file_open(&file, at("told.lmem"), &pair.ours));
    assert_true(lmas_memory_file_describe(file)->is_seal_checked);
    lmas_memory_file_free(file);
    lmi_buf_done(&key);
}

/* ---- Changes ---- */

/* Write a file with another content, in which all sums are right, sealed by this key. */
static void forge(const lmi_container *good, const lmi_key *key, uint64_t *random, const char *path)
{
    lmi_chunk_id id = (lmi_chunk_id)(random_of(random) % LMI_N_CHUNKS);
    lmi_piece chunk = {0};
    void *data;

    assert_ok(lmi_container_unpack(&data, good, id));
    chunk = (lmi_piece){data, good->manifest.chunks[id].size};
    if (chunk.size == 0)
        fail_msg("the chunk %s is empty", lmi_chunk_name(id));
    ((uint8_t *)data)[random_of(random) % chunk.size] ^= (uint8_t)(1 << random_of(random) % 8);
    write_with(good, id, &chunk, key, path);
    lmi_free(data);
}

/* The file at `path`, which has no seal, gets that of another file. */
static void graft(const char *path, const lmi_container *from)
{
    const size_t sum_size = lmi_seal_size(LMI_SEAL_SUM), size = lmi_seal_size(from->seal);
    lmi_buf file;
    uint8_t *head;

    lmi_buf_init(&file, FILE_MAX);
    assert_ok(lmi_file_read(&file, path));
    file.len -= sum_size;
    lmi_buf_append(&file, (const char *)lmi_container_seal(from), size);
    head = (uint8_t *)file.data;
    head[LMI_FRAME_AT_SEAL] = (uint8_t)from->seal;
    lmi_frame_sum(head + LMI_FRAME_AT_SUM, head, head + LMI_FRAME_HEAD_SIZE,
                  lmi_frame_u32(head + LMI_FRAME_AT_LENGTH));
    put_file(path, file.data, file.len);
    lmi_buf_done(&file);
}

/* Whatever he does with the file, it is not ours: he takes the seal off, puts his own on, or leaves
 * ours there. The first two make files that are whole, for those who ask for no key, or for his. */
static void refuse_changed(const lmi_container *good, const lock *l, const lmi_key *his,
                           uint64_t seed)
{
    const lmi_key none = {0};
    const char *path = at("changed.lmem");
    lmas_memory_file *file = NULL;
    uint64_t random = seed;

    forge(good, seed % 3 == 0 ? his : &none, &random, path);
    if (seed % 3 == 1)
        graft(path, good);
    assert_int_equal(lmas_memory_file_open(&file, path, &l->ours), LMAS_E_FORMAT);
    assert_true(is_one_line(lmas_last_error()));
    if (seed % 3 == 1)
        return;
    assert_ok(lmas_memory_file_open(&file, path, seed % 3 == 0 ? &l->others : NULL));
    lmas_memory_file_free(file);
}

static void refuse_all_changed(const lock *l)
{
    lmi_key ours = {0}, his = {0};
    lmi_container good;
    uint64_t seed;

    make_file(UNTIED_MODEL, "true.lmem", &l->ours);
    assert_ok(lmi_key_to_check(&ours, &l->ours));
    assert_ok(lmi_key_to_seal(&his, &l->others));
    assert_ok(lmi_container_read(&good, at("true.lmem"), &ours));
    assert_true(good.is_seal_checked);
    for (seed = 1; seed <= N_CHANGED; seed++)
        refuse_changed(&good, l, &his, seed);
    lmi_container_done(&good);
    lmi_key_done(&ours);
    lmi_key_done(&his);
}

static void test_with_a_shared_key_1000_of_1000_changed_on_purpose_are_refused(void **state)
{
    (void)state;
    refuse_all_changed(&shared);
}

static void test_with_a_public_key_1000_of_1000_changed_on_purpose_are_refused(void **state)
{
    (void)state;
    refuse_all_changed(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_seals_are_those_of_the_standards),
        cmocka_unit_test(test_a_new_pair_is_secret_and_public_and_replaces_none),
        cmocka_unit_test(test_what_is_no_key_is_refused),
        cmocka_unit_test(test_one_key_is_given_or_none),
        cmocka_unit_test(test_keys_are_asked_for_and_told_apart),
        cmocka_unit_test(test_a_signature_is_told_from_all_else),
        cmocka_unit_test(test_a_signed_file_says_by_whom),
        cmocka_unit_test(test_with_a_shared_key_1000_of_1000_changed_on_purpose_are_refused),
        cmocka_unit_test(test_with_a_public_key_1000_of_1000_changed_on_purpose_are_refused),
    };

    return cmocka_run_group_tests_name("store_key", tests, make_keys, forget_keys);
}
