/*
 * choose.c - the devices of a model.
 *
 * libllama would take all that libggml knows. Once a server is known to it that is too many: the
 * server may be another model's, and gone by now. So from then on the choice is ours, by libllama's
 * rule: servers first, then the GPUs, or where there is none those that share their memory with
 * the processor. It spreads the layers by the memory that is free on each.
 */
#include "engine/devices/choose.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "engine/backend.h"
#include "kernels/kernels.h"

static bool may_use(ggml_backend_dev_t device, lmi_rpc_set servers)
{
    return !lmi_kernels_is_device(device) &&
           (!lmi_rpc_is_device(device) || lmi_rpc_has(servers, device));
}

static lmas_status refuse_device(const char *name, lmi_rpc_set servers)
{
    lmas_status status;
    lmi_buf names;
    size_t i;

    lmi_buf_init(&names, LMI_ERROR_MAX);
    for (i = 0; i < ggml_backend_dev_count(); i++)
        if (may_use(ggml_backend_dev_get(i), servers))
            lmi_buf_printf(&names, "%s%s", names.len ? ", " : "",
                           ggml_backend_dev_name(ggml_backend_dev_get(i)));
    status = lmi_fail(LMAS_E_INVALID, "no device \"%s\" in devices, expected none or some of: %s",
                      name, lmi_buf_text(&names));
    lmi_buf_done(&names);
    return status;
}

static lmas_status pick(lmi_devices *out, const char *names, lmi_rpc_set servers)
{
    size_t n = 0;

    if (strcmp(names, "none") == 0)
        return LMAS_OK;
    while (*names) {
        const size_t len = strcspn(names, ",");
        ggml_backend_dev_t device;
        char name[128];

        snprintf(name, sizeof(name), "%.*s", (int)(len < sizeof(name) ? len : sizeof(name) - 1),
                 names);
        device = n < LMI_DEVICES_MAX ? ggml_backend_dev_by_name(name) : NULL;
        if (!device || !may_use(device, servers))
            return refuse_device(name, servers);
        out->list[n++] = device;
        names += len + (names[len] == ',');
    }
    return LMAS_OK;
}

typedef bool (*kind_fn)(ggml_backend_dev_t device);

static bool is_gpu(ggml_backend_dev_t device)
{
    return !lmi_rpc_is_device(device) &&
           ggml_backend_dev_type(device) == GGML_BACKEND_DEVICE_TYPE_GPU;
}

static bool is_shared_gpu(ggml_backend_dev_t device)
{
    return ggml_backend_dev_type(device) == GGML_BACKEND_DEVICE_TYPE_IGPU;
}

/* Add those of a kind that the model may use behind the `n` that are there; how many are. */
static size_t add_kind(lmi_devices *out, size_t n, kind_fn is_kind, lmi_rpc_set servers)
{
    size_t i;

    for (i = 0; i < ggml_backend_dev_count() && n < LMI_DEVICES_MAX; i++) {
        ggml_backend_dev_t device = ggml_backend_dev_get(i);

        if (is_kind(device) && may_use(device, servers))
            out->list[n++] = device;
    }
    return n;
}

static void take_all(lmi_devices *out, lmi_rpc_set servers)
{
    const size_t n_remote = add_kind(out, 0, lmi_rpc_is_device, servers);

    if (add_kind(out, n_remote, is_gpu, servers) == n_remote)
        add_kind(out, n_remote, is_shared_gpu, servers);
}

lmas_status lmi_devices_choose(lmi_devices *out, const char *names, lmi_rpc_set servers)
{
    *out = (lmi_devices){.is_given = names || lmi_rpc_is_any()};
    if (names)
        return pick(out, names, servers);
    if (out->is_given)
        take_all(out, servers);
    return LMAS_OK;
}

bool lmi_devices_accelerate(const lmi_devices *devices, int32_t n_gpu_layers)
{
    size_t i;

    if (n_gpu_layers == 0)
        return false;
    for (i = 0; devices->is_given ? devices->list[i] != NULL : i < ggml_backend_dev_count(); i++)
        if (lmi_backend_is_accelerator(devices->is_given ? devices->list[i]
                                                         : ggml_backend_dev_get(i)))
            return true;
    return false;
}
