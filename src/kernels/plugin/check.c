/*
 * check.c - the interface, held against libggml's own CPU backend.
 *
 * Of each struct libggml tells by a public function what stands behind the last member that we
 * name: were the struct of another size there, the two would differ.
 */
#include "kernels/plugin/check.h"

#include <string.h>

#include "kernels/plugin/abi.h"

enum { PROBE_SIZE = 4096 };

static bool has_same_registry(ggml_backend_reg_t reg)
{
    return strcmp(reg->iface.get_name(reg), ggml_backend_reg_name(reg)) == 0 &&
           reg->iface.get_device_count(reg) == ggml_backend_reg_dev_count(reg) &&
           reg->iface.get_device(reg, 0) == ggml_backend_reg_dev_get(reg, 0);
}

static bool has_same_device(ggml_backend_dev_t device)
{
    return device->reg == ggml_backend_dev_backend_reg(device) &&
           device->iface.get_name(device) == ggml_backend_dev_name(device) &&
           device->iface.get_type(device) == ggml_backend_dev_type(device) &&
           device->iface.get_buffer_type(device) == ggml_backend_dev_buffer_type(device);
}

static bool has_same_memory(ggml_backend_buffer_type_t type)
{
    ggml_backend_buffer_t buffer = ggml_backend_buft_alloc_buffer(type, PROBE_SIZE);
    bool is_same;

    if (!buffer)
        return false;
    is_same = type->device == ggml_backend_buft_get_device(type) &&
              type->iface.is_host(type) == ggml_backend_buft_is_host(type) &&
              buffer->buft == type && buffer->size == ggml_backend_buffer_get_size(buffer) &&
              buffer->usage == ggml_backend_buffer_get_usage(buffer) &&
              buffer->iface.get_base(buffer) == ggml_backend_buffer_get_base(buffer);
    ggml_backend_buffer_free(buffer);
    return is_same;
}

static bool has_same_backend(ggml_backend_dev_t device)
{
    ggml_backend_t backend = ggml_backend_dev_init(device, NULL);
    bool is_same;

    if (!backend)
        return false;
    is_same = backend->guid == ggml_backend_guid(backend) && backend->device == device &&
              ggml_backend_get_device(backend) == device &&
              strcmp(backend->iface.get_name(backend), ggml_backend_name(backend)) == 0;
    ggml_backend_free(backend);
    return is_same;
}

const char *lmi_abi_differs(void)
{
    ggml_backend_dev_t device = ggml_backend_dev_by_type(GGML_BACKEND_DEVICE_TYPE_CPU);
    ggml_backend_reg_t reg = device ? ggml_backend_dev_backend_reg(device) : NULL;

    if (!reg)
        return "libggml has no CPU backend";
    if (reg->api_version != LMI_ABI_VERSION)
        return "libggml's interface to backends is of another version";
    if (!has_same_registry(reg) || !has_same_device(device) ||
        !has_same_memory(ggml_backend_dev_buffer_type(device)) || !has_same_backend(device))
        return "libggml's interface to backends has other structs";
    return NULL;
}
