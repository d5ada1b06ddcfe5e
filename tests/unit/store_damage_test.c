/*
 * store_damage_test.c - memory files that went bad, by accident and on purpose: each is refused in
 * a line, and reading it takes no more memory than its size allows, whatever it says.
 *
 * The memory is counted at the allocator, libraries included: their calls come here as well.
 */
#include <errno.h>
#include <malloc.h>
#include <zstd.h>

#include "base/sha256.h"
#include "latentmas_store.h"
#include "store/limits.h"
#include "store_files.h"

enum { N_DAMAGED = 4000, N_DAMAGED_KEYED = 1000, N_DAMAGED_WHOLE = 10000 };

/* Reading takes at most so many times the file's bytes, and these more: zstd's own, and a chunk's
 * slack. */
enum { TIMES_MAX = 20, SLACK_MAX = 256 * 1024 };

/* ---- Memory, counted ---- */

static _Thread_local long held, peak;

/* A sanitizer has an allocator of its own. */
#ifndef __SANITIZE_ADDRESS__

#define EXPORTED __attribute__((visibility("default")))
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
void __libc_free(void *p);

static void *count(void *p)
{
    held += (long)malloc_usable_size(p);
    if (held > peak)
        peak = held;
    return p;
}

EXPORTED void *malloc(size_t size)
{
    return count(__libc_malloc(size));
}

EXPORTED void *calloc(size_t nmemb, size_t size)
{
    return count(__libc_calloc(nmemb, size));
}

/* (as if old and new were there at once) */
EXPORTED void *realloc(void *ptr, size_t size)
{
    const long old = (long)malloc_usable_size(ptr);
    void *moved = count(__libc_realloc(ptr, size));

    if (moved)
        held -= old;
    return moved;
}

EXPORTED void free(void *ptr)
{
    const int kept = errno;

    held -= (long)malloc_usable_size(ptr);
    __libc_free(ptr);
    errno = kept;
}
#endif

/* The most that reading the file holds at once. */
static long peak_of(const char *path, const lmas_memory_file_params *params, lmas_status *status)
{
    const long before = held;
    lmas_memory_file *file = NULL;

    peak = held;
    *status = lmas_memory_file_open(&file, path, params);
    lmas_memory_file_free(file);
    return peak - before;
}

static double most; /* of the peaks so far, as a multiple of the file's size */

static void hold_peak(const char *path, size_t len, const lmas_memory_file_params *params)
{
    lmas_status status;
    const long got = peak_of(path, params, &status);
    const double times = (double)(got - SLACK_MAX) / (double)(len ? len : 1);

    if (times > most)
        most = times;
    if (got > (long)len * TIMES_MAX + SLACK_MAX)
        fail_msg("%s: %ld bytes to read %zu (status %d)", path, got, len, status);
}

static long peak_of_good; /* of the file that is damaged */

/* What is refused unpacks nothing. */
static void hold_below_good(const char *path, size_t len, const lmas_memory_file_params *params)
{
    lmas_status status;
    const long got = peak_of(path, params, &status);

    if (got > peak_of_good)
        fail_msg("%ld bytes to refuse %zu, %ld to read it", got, len, peak_of_good);
    hold_peak(path, len, params);
}

/* Damage a file of that key `n` times, or as often as it takes to be sure. */
static void damage_often(const char *name, const lmas_memory_file_params *params, int n)
{
    char path[300];
    lmas_status status;

    snprintf(path, sizeof(path), "%s", make_file(UNTIED_MODEL, name, params));
    peak_of_good = peak_of(path, params, &status);
    assert_ok(status);
    assert_true(SUPPORT_IS_SANITIZED || peak_of_good > 0);
    n = support_is_whole() ? N_DAMAGED_WHOLE : n;
    refuse_damages(path, params, n, hold_below_good);
    print_message("# %s: %d of %d damaged ones refused; it took %ld bytes itself\n", name, n, n,
                  peak_of_good);
}

static void test_every_damage_is_refused_in_a_line_and_takes_no_more_memory(void **state)
{
    (void)state;
    damage_often("good.lmem", NULL, N_DAMAGED);
}

static void test_so_it_is_with_a_key_that_sealed_it(void **state)
{
    const lmas_memory_file_params shared = {
        .key_file = support_file(folder, "shared.key", "sixteen bytes...", 16)};

    (void)state;
    damage_often("sealed.lmem", &shared, N_DAMAGED_KEYED);
}

static void test_so_it_is_with_a_key_that_signed_it(void **state)
{
    char secret[300], public[300];
    const lmas_memory_file_params pair = {.sign_file = secret, .signed_by_file = public};

    (void)state;
    snprintf(secret, sizeof(secret), "%s", at("pair"));
    snprintf(public, sizeof(public), "%s", at("pair.pub"));
    assert_ok(lmas_memory_keygen(secret));
    damage_often("signed.lmem", &pair, N_DAMAGED_KEYED);
}

/* ---- On purpose ---- */

/* The file's sums as they must be for what is in it: by somebody who knows how. */
static void sum_again(lmi_buf *file, size_t manifest_len)
{
    const lmi_key none = {0};
    uint8_t *head = (uint8_t *)file->data, seal[LMI_SEAL_SIZE_MAX];
    const size_t size = lmi_seal_size(LMI_SEAL_SUM);

    lmi_frame_sum(head + LMI_FRAME_AT_SUM, head, head + LMI_FRAME_HEAD_SIZE, manifest_len);
    lmi_seal(seal, &none, file->data, LMI_FRAME_HEAD_SIZE + manifest_len);
    memcpy(head + file->len - size, seal, size);
}

/* What the manifest says instead: `from` becomes `to`, of the same length. */
static void refuse_forged(const lmi_buf *good, const char *from, const char *to, const char *text)
{
    lmas_memory_file *file = NULL;
    lmi_buf bad;
    char *found;
    size_t i;

    assert_int_equal(strlen(from), strlen(to));
    lmi_buf_init(&bad, FILE_MAX);
    lmi_buf_append(&bad, good->data, good->len);
    found = memmem(bad.data, bad.len, from, strlen(from));
    assert_non_null(found);
    for (i = 0; to[i]; i++)
        found[i] = to[i];
    sum_again(&bad, lmi_frame_u32((const uint8_t *)bad.data + LMI_FRAME_AT_LENGTH));
    put_file(at("forged.lmem"), bad.data, bad.len);
    assert_fails(LMAS_E_FORMAT, text, lmas_memory_file_open(&file, at("forged.lmem"), NULL));
    hold_peak(at("forged.lmem"), bad.len, NULL);
    lmi_buf_done(&bad);
}

static void test_a_forged_manifest_is_refused(void **state)
{
    lmi_buf good;

    (void)state;
    make_file(UNTIED_MODEL, "true.lmem", NULL);
    lmi_buf_init(&good, FILE_MAX);
    assert_ok(lmi_file_read(&good, at("true.lmem")));
    refuse_forged(&good, "\"n_vocab\":", "\"n_vocub\":", "unknown key");
    refuse_forged(&good, "\"prompt\"", "\"prombt\"", "must be prompt, thought or text");
    refuse_forged(&good, "\"thought\",\"pos\":", "\"prompt\" ,\"pos\":", "bytes");
    refuse_forged(&good, "\"pos\":0", "\"pos\":1", "segment 0");
    refuse_forged(&good, "\"has_logits\":true", "\"has_logits\": 12 ", "true or false");
    refuse_forged(&good, "\"can_rebuild\":true,\"has_hidden\":true",
                  "\"can_rebuild\":true,\"has_hidden\":null", "true or false");
    refuse_forged(&good, "\"packing\":\"zstd\"", "\"packing\":\"none\"", "cannot be");
    refuse_forged(&good, "\"packing\":\"zstd\"", "\"packing\":\"lzma\"", "none or zstd");
    refuse_forged(&good, "\"chunks\":{", "\"chunks\":[", "expected");
    refuse_forged(&good, "LMASMEM\n\2", "LMASMEM\n\1", "is a memory file of version 1, 2 expected");
    refuse_forged(&good, "LMASMEM\n\2", "LMASMEM\n\3", "is a memory file of version 3, 2 expected");
    lmi_buf_done(&good);
}

/* ---- Files that are small and want to become large ---- */

/* A file of this manifest and these bytes behind it, all sums right. */
static void refuse_manifest(const lmi_buf *manifest, const lmi_buf *chunks, const char *text)
{
    static const char blank[LMI_FRAME_HEAD_SIZE];
    const uint32_t len = (uint32_t)manifest->len;
    const char *path = at("bomb.lmem");
    lmas_memory_file *file = NULL;
    lmi_buf bytes;

    lmi_buf_init(&bytes, FILE_MAX);
    lmi_buf_append(&bytes, blank, sizeof(blank));
    memcpy(bytes.data, LMI_FRAME_MAGIC, LMI_FRAME_AT_VERSION);
    bytes.data[LMI_FRAME_AT_VERSION] = LMI_FRAME_VERSION;
    memcpy(bytes.data + LMI_FRAME_AT_LENGTH, &len, sizeof(len));
    lmi_buf_append(&bytes, manifest->data, len);
    lmi_buf_append(&bytes, chunks->data, chunks->len);
    lmi_buf_append(&bytes, blank, lmi_seal_size(LMI_SEAL_SUM));
    sum_again(&bytes, len);
    put_file(path, bytes.data, bytes.len);
    assert_fails(LMAS_E_FORMAT, text, lmas_memory_file_open(&file, path, NULL));
    hold_peak(path, bytes.len, NULL);
    lmi_buf_done(&bytes);
}

/* `begin`, then `unit` as often as there is room in a manifest of `len` bytes, then `end`. */
static void refuse_repeated(const char *begin, const char *unit, const char *end, size_t len,
                            const char *text)
{
    const lmi_buf none = {0};
    lmi_buf manifest;

    lmi_buf_init(&manifest, LMI_STORE_MANIFEST_MAX);
    lmi_buf_puts(&manifest, begin);
    while (manifest.len + strlen(unit) + strlen(end) <= len)
        lmi_buf_puts(&manifest, unit);
    lmi_buf_puts(&manifest, end);
    assert_ok(lmi_buf_status(&manifest));
    refuse_manifest(&manifest, &none, text);
    lmi_buf_done(&manifest);
}

static void test_a_manifest_takes_memory_by_its_length(void **state)
{
    static const size_t lens[] = {1000, 65536, LMI_STORE_MANIFEST_MAX};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
        refuse_repeated("{", "\n", "}", lens[i], "one line");
        refuse_repeated("[", "0,", "0]", lens[i], "no object");
        refuse_repeated("[", "[],", "0]", lens[i], "no object");
        refuse_repeated("[", "{},", "0]", lens[i], "no object");
        refuse_repeated("", "[", "", lens[i], "nested deeper");
        refuse_repeated("{\"latentmas\":\"", "x", "\"}", lens[i], "has no \"model\"");
        refuse_repeated("{\"latentmas\":\"", "\\u0041", "\"}", lens[i], "has no \"model\"");
        refuse_repeated("", " ", "", lens[i], "JSON");
    }
}

/* As many zeros, packed as tightly as can be. */
static void pack_zeros(lmi_buf *out, size_t n_zeros)
{
    const size_t room = ZSTD_compressBound(n_zeros);
    char *zeros = lmi_new(n_zeros, 1), *packed = lmi_new(room, 1);
    const size_t n = ZSTD_compress(packed, room, zeros, n_zeros, 19);

    assert_false(ZSTD_isError(n));
    lmi_buf_init(out, FILE_MAX);
    lmi_buf_append(out, packed, n);
    lmi_free(zeros);
    lmi_free(packed);
}

/* The manifest says of the state that it is these bytes, and unpacked as much as may be. */
static void say_state(lmi_manifest *m, const lmi_buf *packed)
{
    lmi_chunk *chunk = &m->chunks[LMI_CHUNK_STATE];
    lmi_sha256 hash;

    *chunk = (lmi_chunk){.size = packed->len * LMI_STORE_RATIO_MAX + LMI_STORE_SLACK,
                         .packed = packed->len};
    lmi_sha256_init(&hash);
    lmi_sha256_add(&hash, packed->data, packed->len);
    lmi_sha256_done(chunk->sha256, &hash);
}

/* The file with another state chunk: its bytes, and behind them those of the other chunks. */
static void append_chunks(lmi_buf *out, const lmi_container *c, const lmi_buf *state)
{
    lmi_chunk_id i;

    lmi_buf_append(out, state->data, state->len);
    for (i = LMI_CHUNK_TOKENS; i < LMI_N_CHUNKS; i++)
        lmi_buf_append(out, (const char *)c->chunks[i], c->manifest.chunks[i].packed);
}

/* A chunk that unpacks to 64 MiB, behind a manifest that says as much as may be said: no byte more
 * is taken. */
static void test_a_chunk_unpacks_to_no_more_than_it_says(void **state)
{
    const lmi_key none = {0};
    lmi_buf zeros, manifest, chunks;
    lmi_container c;

    (void)state;
    make_file(UNTIED_MODEL, "plain.lmem", NULL);
    assert_ok(lmi_container_read(&c, at("plain.lmem"), &none));
    pack_zeros(&zeros, (size_t)64 << 20);
    say_state(&c.manifest, &zeros);
    lmi_buf_init(&manifest, LMI_STORE_MANIFEST_MAX);
    lmi_buf_init(&chunks, FILE_MAX);
    assert_ok(lmi_manifest_write(&manifest, &c.manifest));
    append_chunks(&chunks, &c, &zeros);
    refuse_manifest(&manifest, &chunks, "the chunk state does not unpack to");
    lmi_buf_done(&chunks);
    lmi_buf_done(&manifest);
    lmi_buf_done(&zeros);
    lmi_container_done(&c);
}

/* (after all others) */
static void test_reading_takes_at_most_20_times_the_file(void **state)
{
    (void)state;
    if (SUPPORT_IS_SANITIZED)
        return;
    print_message("# at most %.2f times the file, beside %d bytes\n", most, SLACK_MAX);
    assert_true(most <= (double)TIMES_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_damage_is_refused_in_a_line_and_takes_no_more_memory),
        cmocka_unit_test(test_so_it_is_with_a_key_that_sealed_it),
        cmocka_unit_test(test_so_it_is_with_a_key_that_signed_it),
        cmocka_unit_test(test_a_forged_manifest_is_refused),
        cmocka_unit_test(test_a_manifest_takes_memory_by_its_length),
        cmocka_unit_test(test_a_chunk_unpacks_to_no_more_than_it_says),
        cmocka_unit_test(test_reading_takes_at_most_20_times_the_file),
    };

    return cmocka_run_group_tests_name("store_damage", tests, make_folder, NULL);
}
