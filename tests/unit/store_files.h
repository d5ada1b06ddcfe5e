/* store_files.h - of the store_*_test.c: memory files, and what becomes of them by accident. */
#ifndef LMI_TESTS_STORE_FILES_H
#define LMI_TESTS_STORE_FILES_H

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "latentmas_store.h"
#include "store/frame.h"
#include "store/load.h"
#include "support.h"

enum { N_THOUGHTS = 5, FILE_MAX = 1 << 24 };

static const char *folder;

/* A file in the test's folder; the text lives for seven calls more. */
static inline const char *at(const char *name)
{
    static char paths[8][300];
    static int i;

    i = (i + 1) % 8;
    snprintf(paths[i], sizeof(paths[i]), "%s/%s", folder, name);
    return paths[i];
}

static inline int make_folder(void **state)
{
    static char kept[256];

    (void)state;
    snprintf(kept, sizeof(kept), "%s", support_folder());
    folder = kept;
    return 0;
}

#define FIRST_TEXT  "Tom has 12 apples and buys 7 more."
#define SECOND_TEXT "How many apples has Tom?"

/* A prompt, thoughts, another prompt: what a memory of two agents holds. */
static inline lmas_memory *make(lmas_session *session)
{
    lmas_memory *memory = NULL;

    assert_ok(lmas_memory_new(&memory, session));
    assert_ok(lmas_memory_read(memory, "planner", FIRST_TEXT));
    assert_ok(lmas_memory_think(memory, "planner", N_THOUGHTS));
    assert_ok(lmas_memory_read(memory, "judger", SECOND_TEXT));
    return memory;
}

/* A file with such a memory; `params` as lmas_memory_save() takes them. */
static inline const char *make_file(const char *model, const char *name,
                                    const lmas_memory_file_params *params)
{
    lmas_session *session = support_session(support_model(model), 1, 256, false);
    lmas_memory *memory = make(session);
    const char *path = at(name);

    assert_ok(lmas_memory_save(memory, path, params));
    lmas_memory_free(memory);
    lmas_session_free(session);
    return path;
}

static inline uint64_t random_of(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 33;
}

static inline void put_file(const char *path, const char *data, size_t len)
{
    FILE *out;

    unlink(path); /* a file that is emptied and written anew is flushed by some file systems */
    out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(data, 1, len, out), len);
    assert_int_equal(fclose(out), 0);
}

static inline void swap(char *a, char *b, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        const char c = a[i];

        a[i] = b[i];
        b[i] = c;
    }
}

/* One of the ways in which a file goes bad: bits flip, it is cut, it grows, stretches change places
 * or are overwritten. Gives its new length; `data` has room for 64 bytes more. */
static inline size_t damage(char *data, size_t len, uint64_t *random)
{
    const size_t where = random_of(random) % len;
    const size_t n = 1 + random_of(random) % 64;
    const size_t other = random_of(random) % len;

    switch (random_of(random) % 6) {
    case 0:
        data[where] = (char)(data[where] ^ 1 << random_of(random) % 8);
        return len;
    case 1:
        return where;
    case 2:
        memset(data + len, (int)random_of(random) & 0xff, n);
        return len + n;
    case 3:
        if (where + n <= other && other + n <= len)
            swap(data + where, data + other, n);
        return len;
    case 4: /* numbers and sums stand at the front */
        data[where % 2048] = (char)random_of(random);
        return len;
    default:
        memset(data + where, 0, where + n < len ? n : len - where);
        return len;
    }
}

static inline bool is_one_line(const char *text)
{
    return *text && !strchr(text, '\n');
}

/* What is told of each damaged file, if anything. */
typedef void (*damaged_fn)(const char *path, size_t len, const lmas_memory_file_params *params);

/* Of the file at `from` `n` damaged ones are made, each another than it: all are refused in a line.
 * `look`, if any, is called for each. */
static inline void refuse_damages(const char *from, const lmas_memory_file_params *params, int n,
                                  damaged_fn look)
{
    const char *path = at("damaged.lmem");
    uint64_t seed = 0;
    lmi_buf good;
    char *data;

    lmi_buf_init(&good, FILE_MAX);
    assert_ok(lmi_file_read(&good, from));
    data = lmi_new(good.len + 64, 1);
    while (n > 0) {
        uint64_t random = ++seed;
        lmas_memory_file *file = NULL;
        lmas_status status;
        size_t len;

        memcpy(data, good.data, good.len);
        len = damage(data, good.len, &random);
        if (len == good.len && memcmp(data, good.data, len) == 0)
            continue;
        put_file(path, data, len);
        status = lmas_memory_file_open(&file, path, params);
        if (status != LMAS_E_FORMAT || !is_one_line(lmas_last_error()))
            fail_msg("seed %d: status %d, %s", (int)seed, status, lmas_last_error());
        if (look)
            look(path, len, params);
        n--;
    }
    lmi_free(data);
    lmi_buf_done(&good);
}

/* Write the file that `from` was read from, with another chunk and another key. */
static inline void write_with(const lmi_container *from, lmi_chunk_id id, const lmi_piece *chunk,
                              const lmi_key *key, const char *path)
{
    lmi_manifest manifest = from->manifest;
    lmi_piece chunks[LMI_N_CHUNKS];
    void *data[LMI_N_CHUNKS];
    lmi_chunk_id i;

    for (i = 0; i < LMI_N_CHUNKS; i++) {
        assert_ok(lmi_container_unpack(&data[i], from, i));
        chunks[i] = (lmi_piece){data[i], manifest.chunks[i].size};
    }
    chunks[id] = *chunk;
    assert_ok(lmi_container_write(path, &manifest, chunks, key));
    for (i = 0; i < LMI_N_CHUNKS; i++)
        lmi_free(data[i]);
}

#endif
