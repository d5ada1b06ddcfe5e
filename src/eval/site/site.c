/* site.c - a machine as libllama and the system tell of it, in a config and in words. */
#include "eval/site/site.h"

#include <string.h>
#include <sys/utsname.h>

#include "base/json.h"
#include "base/mem.h"
#include "base/utf8.h"

/* Longest names of all devices together, in bytes. */
enum { NAMES_MAX = 4096 };

static const char CPU[] = "CPU";

/* ---- What there is ---- */

/* Whether `names`, with commas between, has `name`. */
static bool has_name(const char *names, const char *name)
{
    const size_t len = strlen(name);
    const char *at;

    for (at = names; (at = strstr(at, name)); at += len)
        if ((at == names || at[-1] == ',') && (at[len] == ',' || !at[len]))
            return true;
    return false;
}

static void add_name(lmi_buf *names, const char *name)
{
    if (names->len)
        lmi_buf_puts(names, ",");
    lmi_utf8_append(names, name, strlen(name));
}

/* Whether a model opened with `params` computes on the device, which is no processor. */
static bool is_in_use(const lmas_device *device, const lmas_model_params *params)
{
    return (device->is_accelerator || device->is_remote) && params->n_gpu_layers != 0 &&
           (!params->devices || has_name(params->devices, device->name));
}

void lmi_site_devices(lmi_buf *processor, lmi_buf *others, lmi_buf *backend,
                      const lmas_model_params *params)
{
    lmas_device device;
    size_t i;

    for (i = 0; lmas_device_at(&device, i); i++) {
        if (strcmp(device.name, CPU) == 0) {
            add_name(processor, device.description);
        } else if (is_in_use(&device, params)) {
            add_name(backend, device.name);
            add_name(others, device.description);
        }
    }
    if (!backend->len)
        lmi_buf_puts(backend, CPU);
}

/* ---- Into a config ---- */

static void add_text(yyjson_mut_doc *doc, yyjson_mut_val *object, const char *key, const char *text)
{
    lmi_buf valid;

    lmi_buf_init(&valid, NAMES_MAX);
    lmi_utf8_append(&valid, text, strlen(text));
    yyjson_mut_obj_add_strcpy(doc, object, key, lmi_buf_text(&valid));
    lmi_buf_done(&valid);
}

/* A server's description is its address: left out. */
static void add_device(yyjson_mut_doc *doc, yyjson_mut_val *devices, const lmas_device *device)
{
    yyjson_mut_val *o = yyjson_mut_arr_add_obj(doc, devices);
    const bool is_cpu = strcmp(device->name, CPU) == 0;

    add_text(doc, o, "name", device->is_remote ? "server" : device->name);
    yyjson_mut_obj_add_str(doc, o, "kind", is_cpu ? "cpu" : device->is_remote ? "server" : "gpu");
    if (!device->is_remote)
        add_text(doc, o, "description", device->description);
    yyjson_mut_obj_add_uint(doc, o, "memory", device->total_size);
}

static void add_system(yyjson_mut_doc *doc, yyjson_mut_val *machine)
{
    struct utsname name;
    lmi_buf text;

    if (uname(&name) != 0)
        return;
    lmi_buf_init(&text, NAMES_MAX);
    lmi_buf_printf(&text, "%s %s %s", name.sysname, name.release, name.machine);
    add_text(doc, machine, "system", lmi_buf_text(&text));
    lmi_buf_done(&text);
}

void lmi_site_write(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmas_model_params *params,
                    const lmas_model_info *info)
{
    yyjson_mut_val *machine = yyjson_mut_obj_add_obj(doc, root, "machine");
    yyjson_mut_val *devices;
    lmas_device device;
    size_t i;

    yyjson_mut_obj_add_int(doc, machine, "cores", lmas_n_cores());
    for (i = 0; lmas_device_at(&device, i); i++)
        if (strcmp(device.name, CPU) == 0) {
            add_text(doc, machine, "processor", device.description);
            yyjson_mut_obj_add_uint(doc, machine, "memory", device.total_size);
        }
    add_system(doc, machine);
    add_text(doc, machine, "cpu_kernels", info->kernels);
    devices = yyjson_mut_obj_add_arr(doc, machine, "devices");
    for (i = 0; lmas_device_at(&device, i); i++)
        if (strcmp(device.name, CPU) == 0 || is_in_use(&device, params))
            add_device(doc, devices, &device);
}

/* ---- And back ---- */

void lmi_site_done(lmi_site *site)
{
    lmi_free(site->processor);
    lmi_free(site->system);
    lmi_free(site->devices);
    *site = (lmi_site){0};
}

static void take_devices(lmi_buf *out, yyjson_val *devices)
{
    size_t i, max;
    yyjson_val *device;

    yyjson_arr_foreach(devices, i, max, device)
    {
        const char *name = yyjson_get_str(yyjson_obj_get(device, "description"));

        if (yyjson_equals_str(yyjson_obj_get(device, "kind"), "cpu"))
            continue;
        name = name ? name : yyjson_get_str(yyjson_obj_get(device, "name"));
        lmi_buf_printf(out, "%s%s", out->len ? ", " : "", name ? name : "?");
    }
}

static char *copy_text(yyjson_val *object, const char *key)
{
    const char *text = yyjson_get_str(yyjson_obj_get(object, key));

    return lmi_strdup(text ? text : "");
}

static uint64_t count_at(yyjson_val *object, const char *key)
{
    yyjson_val *val = yyjson_obj_get(object, key);

    return yyjson_is_uint(val) ? yyjson_get_uint(val) : 0;
}

lmas_status lmi_site_read(lmi_site *out, yyjson_val *root)
{
    yyjson_val *machine = yyjson_obj_get(root, "machine");
    yyjson_val *engine = yyjson_obj_get(root, "engine");
    lmi_buf devices;

    lmi_buf_init(&devices, NAMES_MAX);
    take_devices(&devices, yyjson_obj_get(machine, "devices"));
    *out = (lmi_site){
        .processor = copy_text(machine, "processor"),
        .system = copy_text(machine, "system"),
        .devices = lmi_strdup(lmi_buf_text(&devices)),
        .has_machine = yyjson_is_obj(machine),
        .n_cores = count_at(machine, "cores"),
        .memory = count_at(machine, "memory"),
        .n_threads = count_at(engine, "n_threads"),
        .n_threads_batch = count_at(engine, "n_threads_batch"),
        .n_lanes = count_at(engine, "n_lanes"),
    };
    lmi_buf_done(&devices);
    if (out->processor && out->system && out->devices)
        return LMAS_OK;
    lmi_site_done(out);
    return lmi_fail(LMAS_E_NOMEM, "no memory for a machine");
}

/* ---- In words ---- */

static double gigabytes(uint64_t size)
{
    return (double)size / (1024.0 * 1024 * 1024);
}

void lmi_site_describe(lmi_buf *out, const lmi_site *site)
{
    if (!site->has_machine) {
        lmi_buf_puts(out, "not recorded");
        return;
    }
    lmi_buf_puts(out, *site->processor ? site->processor : "a processor without a name");
    if (site->n_cores)
        lmi_buf_printf(out, ", %llu core%s", (unsigned long long)site->n_cores,
                       site->n_cores == 1 ? "" : "s");
    if (site->memory)
        lmi_buf_printf(out, ", %.1f GiB", gigabytes(site->memory));
    if (*site->devices)
        lmi_buf_printf(out, ", %s", site->devices);
    if (*site->system)
        lmi_buf_printf(out, ", %s", site->system);
}

static void tell(lmi_buf *out, const char *what, const char *is, const char *was)
{
    if (strcmp(is, was) != 0)
        lmi_buf_printf(out, "%s%s %s in place of %s", out->len ? "; " : "", what, *is ? is : "none",
                       *was ? was : "none");
}

static void count(lmi_buf *out, const char *what, uint64_t is, uint64_t was)
{
    if (is && was && is != was)
        lmi_buf_printf(out, "%s%llu %s%s in place of %llu", out->len ? "; " : "",
                       (unsigned long long)is, what, is == 1 ? "" : "s", (unsigned long long)was);
}

/* The system does not count: a kernel's new version makes no other machine. Nor does memory within
 * half a gigabyte, of which kernels keep more or less for themselves. */
void lmi_site_difference(lmi_buf *out, const lmi_site *reference, const lmi_site *site)
{
    const double more = gigabytes(site->memory) - gigabytes(reference->memory);

    count(out, "thread", site->n_threads, reference->n_threads);
    count(out, "reading thread", site->n_threads_batch, reference->n_threads_batch);
    count(out, "lane", site->n_lanes, reference->n_lanes);
    if (!site->has_machine || !reference->has_machine)
        return;
    tell(out, "processor", site->processor, reference->processor);
    count(out, "core", site->n_cores, reference->n_cores);
    tell(out, "devices", site->devices, reference->devices);
    if (more > 0.5 || more < -0.5)
        lmi_buf_printf(out, "%s%.1f GiB of memory in place of %.1f", out->len ? "; " : "",
                       gigabytes(site->memory), gigabytes(reference->memory));
}

bool lmi_site_is_machine(const lmi_site *a, const lmi_site *b)
{
    return a->has_machine == b->has_machine && strcmp(a->processor, b->processor) == 0 &&
           strcmp(a->system, b->system) == 0 && strcmp(a->devices, b->devices) == 0 &&
           a->n_cores == b->n_cores && a->memory == b->memory;
}
