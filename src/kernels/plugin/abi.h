/*
 * abi.h - libggml's interface to backends, version 3, which its packages install no header of.
 *
 * The order of the members is the interface. Those that a backend of ours leaves out have no type
 * here. check.c proves against the libggml that runs that it has these very structs; where it has
 * not, there are no kernels of ours.
 */
#ifndef LMI_KERNELS_PLUGIN_ABI_H
#define LMI_KERNELS_PLUGIN_ABI_H

#include "kernels/ggml.h"

enum { LMI_ABI_VERSION = 3 }; /* libggml 0.27: GGML_BACKEND_API_VERSION */

typedef void (*lmi_abi_absent)(void);

/* ---- memory ---- */

struct ggml_backend_buffer_type {
    struct {
        const char *(*get_name)(ggml_backend_buffer_type_t type);
        ggml_backend_buffer_t (*alloc_buffer)(ggml_backend_buffer_type_t type, size_t size);
        lmi_abi_absent alloc_buffer_n;
        size_t (*get_alignment)(ggml_backend_buffer_type_t type);
        size_t (*get_max_size)(ggml_backend_buffer_type_t type);
        size_t (*get_alloc_size)(ggml_backend_buffer_type_t type, const struct ggml_tensor *tensor);
        lmi_abi_absent get_alloc_size_n;
        bool (*is_host)(ggml_backend_buffer_type_t type);
    } iface;
    ggml_backend_dev_t device;
    void *context;
};

struct ggml_backend_buffer_i {
    void (*free_buffer)(ggml_backend_buffer_t buffer);
    void *(*get_base)(ggml_backend_buffer_t buffer);
    enum ggml_status (*init_tensor)(ggml_backend_buffer_t buffer, struct ggml_tensor *tensor);
    void (*memset_tensor)(ggml_backend_buffer_t buffer, struct ggml_tensor *tensor, uint8_t value,
                          size_t offset, size_t size);
    void (*set_tensor)(ggml_backend_buffer_t buffer, struct ggml_tensor *tensor, const void *data,
                       size_t offset, size_t size);
    void (*get_tensor)(ggml_backend_buffer_t buffer, const struct ggml_tensor *tensor, void *data,
                       size_t offset, size_t size);
    lmi_abi_absent set_tensor_2d, get_tensor_2d;
    bool (*cpy_tensor)(ggml_backend_buffer_t buffer, const struct ggml_tensor *from,
                       struct ggml_tensor *to);
    void (*clear)(ggml_backend_buffer_t buffer, uint8_t value);
    void (*reset)(ggml_backend_buffer_t buffer);
};

struct ggml_backend_buffer {
    struct ggml_backend_buffer_i iface;
    ggml_backend_buffer_type_t buft;
    void *context;
    size_t size;
    enum ggml_backend_buffer_usage usage;
};

/* (of libggml-base) */
ggml_backend_buffer_t ggml_backend_buffer_init(ggml_backend_buffer_type_t type,
                                               struct ggml_backend_buffer_i iface, void *context,
                                               size_t size);

/* ---- computing ---- */

struct ggml_backend {
    ggml_guid_t guid;
    struct {
        const char *(*get_name)(ggml_backend_t backend);
        void (*free)(ggml_backend_t backend);
        lmi_abi_absent set_tensor_async, get_tensor_async;
        lmi_abi_absent set_tensor_2d_async, get_tensor_2d_async;
        lmi_abi_absent cpy_tensor_async;
        void (*synchronize)(ggml_backend_t backend);
        lmi_abi_absent plan_create, plan_free, plan_update, plan_compute;
        enum ggml_status (*graph_compute)(ggml_backend_t backend, struct ggml_cgraph *graph);
        lmi_abi_absent event_record, event_wait, graph_optimize;
    } iface;
    ggml_backend_dev_t device;
    void *context;
};

struct ggml_backend_device {
    struct {
        const char *(*get_name)(ggml_backend_dev_t device);
        const char *(*get_description)(ggml_backend_dev_t device);
        void (*get_memory)(ggml_backend_dev_t device, size_t *free, size_t *total);
        enum ggml_backend_dev_type (*get_type)(ggml_backend_dev_t device);
        void (*get_props)(ggml_backend_dev_t device, struct ggml_backend_dev_props *props);
        ggml_backend_t (*init_backend)(ggml_backend_dev_t device, const char *params);
        ggml_backend_buffer_type_t (*get_buffer_type)(ggml_backend_dev_t device);
        ggml_backend_buffer_type_t (*get_host_buffer_type)(ggml_backend_dev_t device);
        lmi_abi_absent buffer_from_host_ptr;
        bool (*supports_op)(ggml_backend_dev_t device, const struct ggml_tensor *op);
        bool (*supports_buft)(ggml_backend_dev_t device, ggml_backend_buffer_type_t type);
        bool (*offload_op)(ggml_backend_dev_t device, const struct ggml_tensor *op);
        lmi_abi_absent event_new, event_free, event_synchronize;
    } iface;
    ggml_backend_reg_t reg;
    void *context;
};

struct ggml_backend_reg {
    int api_version;
    struct {
        const char *(*get_name)(ggml_backend_reg_t reg);
        size_t (*get_device_count)(ggml_backend_reg_t reg);
        ggml_backend_dev_t (*get_device)(ggml_backend_reg_t reg, size_t index);
        void *(*get_proc_address)(ggml_backend_reg_t reg, const char *name);
    } iface;
    void *context;
};

#endif
