/* device.c - the backend as libggml knows it: one registry with one device. */
#include <pthread.h>
#include <string.h>

#include "kernels/plugin/check.h"
#include "kernels/plugin/plugin.h"

static const char NAME[] = "latentmas";
static struct ggml_backend_device device;
static struct ggml_backend_reg registry;

static const char *device_name(ggml_backend_dev_t d)
{
    (void)d;
    return NAME;
}

static const char *device_description(ggml_backend_dev_t d)
{
    (void)d;
    return "products with the model's weights, on the CPU";
}

/* It has no memory of its own: weights and results lie in the machine's. */
static void device_memory(ggml_backend_dev_t d, size_t *free_size, size_t *total)
{
    (void)d;
    *free_size = 0;
    *total = 0;
}

static enum ggml_backend_dev_type device_type(ggml_backend_dev_t d)
{
    (void)d;
    return GGML_BACKEND_DEVICE_TYPE_ACCEL;
}

static void device_props(ggml_backend_dev_t d, struct ggml_backend_dev_props *props)
{
    *props = (struct ggml_backend_dev_props){
        .name = device_name(d), .description = device_description(d), .type = device_type(d)};
}

static ggml_backend_t init_backend(ggml_backend_dev_t d, const char *params)
{
    (void)d;
    (void)params;
    return lmi_plugin_backend();
}

/* Results lie where libggml's CPU code reads them. */
static ggml_backend_buffer_type_t results(ggml_backend_dev_t d)
{
    (void)d;
    return ggml_backend_dev_buffer_type(ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU));
}

static bool supports_op(ggml_backend_dev_t d, const struct ggml_tensor *op)
{
    (void)d;
    return lmi_plugin_supports(op);
}

static bool supports_memory(ggml_backend_dev_t d, ggml_backend_buffer_type_t type)
{
    return type->device == d || ggml_backend_buft_is_host(type);
}

static const char *registry_name(ggml_backend_reg_t r)
{
    (void)r;
    return NAME;
}

static size_t n_devices(ggml_backend_reg_t r)
{
    (void)r;
    return 1;
}

static ggml_backend_dev_t device_at(ggml_backend_reg_t r, size_t i)
{
    (void)r;
    return i == 0 ? &device : NULL;
}

/* What libllama asks each backend for by name; ISO C has no cast from a function to an object. */
static void *procedure(ggml_backend_reg_t r, const char *name)
{
    const ggml_backend_set_n_threads_t set_threads = lmi_plugin_set_threads;
    const ggml_backend_set_abort_callback_t set_abort = lmi_plugin_set_abort;
    void *found = NULL;

    (void)r;
    if (strcmp(name, "ggml_backend_set_n_threads") == 0)
        memcpy(&found, &set_threads, sizeof(found));
    else if (strcmp(name, "ggml_backend_set_abort_callback") == 0)
        memcpy(&found, &set_abort, sizeof(found));
    return found;
}

static struct ggml_backend_device device = {.iface = {.get_name = device_name,
                                                      .get_description = device_description,
                                                      .get_memory = device_memory,
                                                      .get_type = device_type,
                                                      .get_props = device_props,
                                                      .init_backend = init_backend,
                                                      .get_buffer_type = results,
                                                      .supports_op = supports_op,
                                                      .supports_buft = supports_memory},
                                            .reg = &registry};

static struct ggml_backend_reg registry = {.api_version = LMI_ABI_VERSION,
                                           .iface = {.get_name = registry_name,
                                                     .get_device_count = n_devices,
                                                     .get_device = device_at,
                                                     .get_proc_address = procedure}};

/* ---- what this process has ---- */

static const lmi_path *const PATHS[] = {
#ifdef __x86_64__
    &lmi_path_avx512, &lmi_path_avx2,
#endif
    NULL};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static const char *refusal;

static void start(void)
{
    refusal = lmi_plugin_path(NULL) ? lmi_abi_differs() : "none for this processor";
    if (!refusal)
        ggml_backend_register(&registry);
}

const lmi_path *lmi_plugin_path(const char *name)
{
    size_t i;

    for (i = 0; PATHS[i]; i++)
        if ((!name || strcmp(PATHS[i]->name, name) == 0) && PATHS[i]->is_here())
            return PATHS[i];
    return NULL;
}

const char *lmi_kernels_refusal(void)
{
    pthread_once(&once, start);
    return refusal;
}

const char *lmi_kernels_path(size_t i)
{
    size_t k;

    for (k = 0; PATHS[k]; k++)
        if (PATHS[k]->is_here() && i-- == 0)
            return PATHS[k]->name;
    return NULL;
}

ggml_backend_dev_t lmi_plugin_device(void)
{
    return &device;
}

bool lmi_kernels_is_device(ggml_backend_dev_t d)
{
    return d == &device;
}

bool lmi_kernels_take(enum ggml_type type, int64_t n_cols, int64_t n_rows)
{
    return lmi_layout_fits(type, n_cols, n_rows);
}
