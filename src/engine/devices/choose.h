/* choose.h - which devices a model's layers go to. */
#ifndef LMI_ENGINE_DEVICES_CHOOSE_H
#define LMI_ENGINE_DEVICES_CHOOSE_H

#include "engine/devices/rpc.h"

/* Most devices of a model. */
enum { LMI_DEVICES_MAX = 64 };

/* As libllama takes them: the list ends with NULL; `is_given` false leaves the choice to it. */
typedef struct lmi_devices {
    ggml_backend_dev_t list[LMI_DEVICES_MAX + 1];
    bool is_given;
} lmi_devices;

/* The devices of `names` ("Vulkan0,RPC1", "none"), NULL for all: those of the model's servers and
 * this machine's, never those of other models' servers. */
lmas_status lmi_devices_choose(lmi_devices *out, const char *names, lmi_rpc_set servers);

/* Whether layers go to an accelerator of this machine. */
bool lmi_devices_accelerate(const lmi_devices *devices, int32_t n_gpu_layers);

#endif
