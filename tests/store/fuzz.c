/*
 * fuzz.c - any bytes as a memory file (libFuzzer; `make fuzz-memory`). mutate.c makes the bytes.
 *
 * Each file is read without a key, with a shared one and with a public one; those of the fixture's
 * model are loaded as well. What is looked for: a crash, a finding of the sanitizers, more memory
 * than the file's size allows (-malloc_limit_mb), a file that says what cannot be, and a key that
 * lets a file through which it has not sealed.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "latentmas_store.h"
#include "mutate.h"
#include "store/load.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MODEL "../../tests/parity/fixtures/untied.gguf"

/* Positions that are worth rebuilding, which the model takes milliseconds for. */
enum { N_REBUILT_MAX = 16 };

static lmas_session *session;
static char path[32], shared_path[32], public_path[32];

static void hold(bool claim)
{
    if (!claim)
        abort();
}

/* The readers take paths: those of files in memory. */
static int file_of(char out[32])
{
    const int fd = memfd_create("fuzz", 0);

    hold(fd >= 0);
    snprintf(out, 32, "/proc/self/fd/%d", fd);
    return fd;
}

static void put(int fd, const void *data, size_t size)
{
    hold(ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size);
}

static void make_session(void)
{
    lmas_session_params p = lmas_session_params_default();
    lmas_model_params m = lmas_model_params_default();
    lmas_model *model = NULL;

    m.devices = "none";
    p.n_ctx = 256;
    p.n_threads = 1;
    p.cache_dir = "";
    hold(lmas_model_open(&model, MODEL, &m) == LMAS_OK);
    hold(lmas_session_new(&session, model, &p) == LMAS_OK);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    char line[128];

    (void)argc;
    (void)argv;
    fuzz_public_line(line);
    put(file_of(shared_path), FUZZ_SHARED_KEY, strlen(FUZZ_SHARED_KEY));
    put(file_of(public_path), line, strlen(line));
    make_session();
    return 0;
}

static void look_at_segments(const lmas_memory_file_info *info)
{
    uint64_t n = 0, end = 0;
    size_t i;

    for (i = 0; i < info->n_segments; i++) {
        hold(info->segments[i].agent && info->segments[i].n > 0 && info->segments[i].pos >= end);
        end = (uint64_t)info->segments[i].pos + info->segments[i].n;
        n += info->segments[i].n;
    }
    hold(n == info->n_tokens + info->n_thoughts && end <= info->n_pos);
    hold(!info->can_rebuild || n == info->n_pos);
}

/* Open it; whether that went well, and then what it says in `*info`, but for what it points to. */
static bool read_with(lmas_memory_file_info *info, const lmas_memory_file_params *params)
{
    lmas_memory_file *file = NULL;
    const lmas_status status = lmas_memory_file_open(&file, path, params);
    const bool has_key = params->key_file || params->signed_by_file;

    hold((status == LMAS_OK) == (file != NULL));
    hold(status == LMAS_OK || status == LMAS_E_FORMAT);
    hold(status == LMAS_OK || (*lmas_last_error() && !strchr(lmas_last_error(), '\n')));
    if (!file)
        return false;
    *info = *lmas_memory_file_describe(file);
    look_at_segments(info);
    hold(info->is_seal_checked == has_key && (info->is_sealed || !has_key));
    hold(!params->key_file || !info->signed_by);
    hold(!params->signed_by_file || info->signed_by);
    lmas_memory_file_free(file);
    return true;
}

/* Load it, and read on from it. */
static void load_with(lmas_memory_file_params *params, uint32_t n_pos)
{
    lmas_memory *memory = NULL;
    lmas_status status;

    params->must_be_same = n_pos > N_REBUILT_MAX;
    status = lmas_memory_load(&memory, session, path, params);
    hold((status == LMAS_OK) == (memory != NULL));
    hold(status == LMAS_OK || (*lmas_last_error() && !strchr(lmas_last_error(), '\n')));
    if (memory && lmas_memory_read(memory, "x", "one") != LMAS_OK)
        hold(*lmas_last_error());
    lmas_memory_free(memory);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    lmas_memory_file_params none = {0}, shared = {.key_file = shared_path};
    lmas_memory_file_params public = {.signed_by_file = public_path};
    lmas_memory_file_info info = {0}, with_shared = {0}, with_public = {0};
    static int fd = -1;
    bool is_file, is_shared, is_public;

    if (fd < 0)
        fd = file_of(path);
    put(fd, data, size);
    is_file = read_with(&info, &none);
    is_shared = read_with(&with_shared, &shared);
    is_public = read_with(&with_public, &public);
    hold(is_file || (!is_shared && !is_public));
    hold(!(is_shared && is_public));
    if (is_file)
        load_with(is_shared ? &shared : is_public ? &public : &none, info.n_pos);
    return 0;
}
