/*
 * backend.c - what is process-wide in libggml and libllama.
 *
 * Three things are: the list of backends, the log sink, and what is said at an abort. Backends are
 * loaded once, all that are installed, except BLAS: on a machine whose libblas is the reference one
 * it makes a prefill a thousand times slower, and it offers itself unasked. The log is kept because
 * libllama says why it failed there and nowhere else.
 */
#include "engine/backend.h"

#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/utf8.h"
#include "engine/devices/rpc.h"
#include "engine/libllama.h"
#include "kernels/kernels.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Thread_local char complaint[512];

/* Without the function name that libllama puts before its message. */
static const char *skip_prefix(const char *text)
{
    const char *colon = strstr(text, ": ");
    const char *space = strchr(text, ' ');

    return colon && (!space || colon < space) ? colon + 2 : text;
}

static void catch_log(enum ggml_log_level level, const char *text, void *user)
{
    static const lmas_log_level ours[] = {
        [GGML_LOG_LEVEL_DEBUG] = LMAS_LOG_DEBUG,
        [GGML_LOG_LEVEL_INFO] = LMAS_LOG_INFO,
        [GGML_LOG_LEVEL_WARN] = LMAS_LOG_WARN,
        [GGML_LOG_LEVEL_ERROR] = LMAS_LOG_ERROR,
    };
    const int len = (int)strcspn(text, "\n");

    (void)user;
    if (len == 0)
        return;
    if (level == GGML_LOG_LEVEL_ERROR && !complaint[0])
        snprintf(complaint, sizeof(complaint), "%s", skip_prefix(text));
    complaint[strcspn(complaint, "\n")] = '\0';
    if (level >= GGML_LOG_LEVEL_DEBUG && level <= GGML_LOG_LEVEL_ERROR)
        lmi_log(ours[level], "%.*s", len, text);
}

/* libggml found itself broken, and ends the process when this returns. Left alone it would have a
 * debugger started in this process; the one line that says where is what can be told of it. */
static void tell_end(const char *message)
{
    const int len = (int)strcspn(message, "\n");
    char line[1024];
    size_t n;

    if (lmi_log_is_heard()) {
        lmi_log(LMAS_LOG_ERROR, "%.*s", len, message);
        return;
    }
    snprintf(line, sizeof(line) - 1, "%.*s", len, message);
    lmi_flatten(line);
    n = strlen(line);
    line[n] = '\n'; /* room was left */
    if (write(STDERR_FILENO, line, n + 1) < 0)
        return; /* nobody hears it */
}

/* A program that has its own word for it keeps it. */
static void quieten_end(void)
{
    const ggml_abort_callback_t before = ggml_set_abort_callback(tell_end);

    if (before)
        ggml_set_abort_callback(before);
}

static void start(void)
{
    ggml_backend_reg_t blas;

    llama_log_set(catch_log, NULL);
    quieten_end();
    ggml_backend_load_all();
    blas = ggml_backend_reg_by_name("BLAS");
    if (blas)
        ggml_backend_unload(blas);
    llama_backend_init();
    lmi_log(LMAS_LOG_INFO, "system_info: %s", llama_print_system_info());
}

void lmi_backend_start(void)
{
    pthread_once(&once, start);
}

const char *lmi_backend_complaint(void)
{
    return complaint;
}

void lmi_backend_forget(void)
{
    complaint[0] = '\0';
}

/* Cores that a cgroup v2 grants at most, rounded up; INT32_MAX without a limit. The file of
 * the innermost group is read: the outer ones are not visible in a container. */
static int quota_cores(void)
{
    FILE *file = fopen("/sys/fs/cgroup/cpu.max", "r");
    long quota = 0;
    long period = 0;
    int n = 0;

    if (file) {
        n = fscanf(file, "%ld %ld", &quota, &period);
        fclose(file);
    }
    if (n != 2 || quota <= 0 || period <= 0)
        return INT32_MAX;
    return (int)((quota + period - 1) / period);
}

int32_t lmas_n_cores(void)
{
    const int quota = quota_cores();
    cpu_set_t set;
    int n = 1;

    if (sched_getaffinity(0, sizeof(set), &set) == 0)
        n = CPU_COUNT(&set);
    return n < quota ? n : quota;
}

const char *lmas_version(void)
{
    return LMAS_VERSION;
}

const char *lmas_engine_version(void)
{
    return llama_version();
}

bool lmi_backend_is_accelerator(ggml_backend_dev_t device)
{
    const enum ggml_backend_dev_type type = ggml_backend_dev_type(device);

    return (type == GGML_BACKEND_DEVICE_TYPE_GPU || type == GGML_BACKEND_DEVICE_TYPE_IGPU) &&
           !lmi_rpc_is_device(device);
}

/* The i-th that somebody may choose; NULL past the last. */
static ggml_backend_dev_t device_at(size_t i)
{
    size_t k;

    for (k = 0; k < ggml_backend_dev_count(); k++)
        if (!lmi_kernels_is_device(ggml_backend_dev_get(k)) && i-- == 0)
            return ggml_backend_dev_get(k);
    return NULL;
}

bool lmas_device_at(lmas_device *out, size_t i)
{
    ggml_backend_dev_t device;
    size_t free_size = 0;
    size_t total_size = 0;

    lmi_backend_start();
    device = device_at(i);
    if (!out || !device)
        return false;
    ggml_backend_dev_memory(device, &free_size, &total_size);
    *out = (lmas_device){.name = ggml_backend_dev_name(device),
                         .description = ggml_backend_dev_description(device),
                         .is_accelerator = lmi_backend_is_accelerator(device),
                         .is_remote = lmi_rpc_is_device(device),
                         .free_size = free_size,
                         .total_size = total_size};
    return true;
}
