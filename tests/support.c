/* support.c - helpers of the C tests; see support.h. */
#include "support.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"

/* A claim is seen when it is made, not when the test ends: tests/run.sh counts them meanwhile. */
__attribute__((constructor)) static void show_lines_at_once(void)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
}

void support_assert_ok(lmas_status status, const char *call, const char *file, int line)
{
    if (status == LMAS_OK)
        return;
    print_error("%s: %s: %s\n", call, lmas_status_name(status), lmas_last_error());
    _fail(file, line);
}

void support_assert_fails(lmas_status want, const char *text, lmas_status got, const char *call,
                          const char *file, int line)
{
    if (got == want && strstr(lmas_last_error(), text))
        return;
    print_error("%s: expected %s with \"%s\", got %s: %s\n", call, lmas_status_name(want), text,
                lmas_status_name(got), got == LMAS_OK ? "" : lmas_last_error());
    _fail(file, line);
}

enum { MAX_MODELS = 8 };
static struct {
    const char *path;
    lmas_model *model;
} opened[MAX_MODELS];

bool support_is_whole(void)
{
    return getenv("LATENTMAS_TEST_WHOLE") != NULL;
}

lmas_model_params support_model_params(void)
{
    lmas_model_params params = lmas_model_params_default();
    const char *named = getenv("LATENTMAS_TEST_DEVICES");

    params.devices = named ? named : "none";
    if (strcmp(params.devices, "all") == 0)
        params.devices = NULL;
    return params;
}

static void close_models(void)
{
    for (int i = 0; i < MAX_MODELS; i++)
        lmas_model_close(opened[i].model);
}

lmas_model *support_model(const char *path)
{
    const lmas_model_params params = support_model_params();
    int i;

    for (i = 0; i < MAX_MODELS && opened[i].path; i++)
        if (strcmp(opened[i].path, path) == 0)
            return opened[i].model;
    assert_int_in_range(i, 0, MAX_MODELS - 1);
    assert_ok(lmas_model_open(&opened[i].model, path, &params));
    if (i == 0)
        atexit(close_models); /* after opening, so that it comes before a GPU driver's own end */
    opened[i].path = path;
    return opened[i].model;
}

lmas_session *support_session(lmas_model *model, uint32_t n_lanes, uint32_t n_ctx, bool realign)
{
    lmas_session_params p = lmas_session_params_default();
    lmas_session *session = NULL;

    p.n_lanes = n_lanes;
    p.n_ctx = n_ctx;
    p.n_threads = 1; /* tiny models; and a busy machine does not make barriers spin */
    p.flash_attn = LMAS_FLASH_ATTN_OFF;
    p.cache_type_k = "f32";
    p.cache_type_v = "f32";
    p.realign = realign;
    p.cache_dir = "";
    assert_ok(lmas_session_new(&session, model, &p));
    return session;
}

const char *support_folder(void)
{
    const char *base = getenv("TMPDIR"); /* tests/run.sh sets it, and removes what is in it */
    static char path[160];

    snprintf(path, sizeof(path), "%.120s/latentmas-test-XXXXXX", base ? base : "/tmp");
    assert_non_null(mkdtemp(path));
    return path;
}

static int is_python(const struct dirent *entry)
{
    const size_t len = strlen(entry->d_name);

    return len > 3 && strcmp(entry->d_name + len - 3, ".py") == 0;
}

size_t support_programs(const char *folder, void (*fn)(const char *name, const char *text))
{
    struct dirent **entries;
    const int n = scandir(folder, &entries, is_python, alphasort);
    int i;

    assert_true(n > 0);
    for (i = 0; i < n; i++) {
        char path[LMI_PATH_MAX];
        lmi_buf text;

        snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
        lmi_buf_init(&text, 1 << 20);
        assert_ok(lmi_file_read(&text, path));
        fn(entries[i]->d_name, lmi_buf_text(&text));
        lmi_buf_done(&text);
        free(entries[i]);
    }
    free(entries);
    return (size_t)n;
}

const char *support_file(const char *folder, const char *name, const void *data, size_t size)
{
    static char path[256];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    assert_ok(lmi_file_write(path, data, size));
    return path;
}

size_t support_count_fds(void)
{
    DIR *folder = opendir("/proc/self/fd");
    size_t n = 0;

    assert_non_null(folder);
    while (readdir(folder))
        n++;
    closedir(folder);
    return n;
}
