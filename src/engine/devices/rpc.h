/*
 * rpc.h - the servers of other machines, as devices of libggml.
 *
 * A server is made known to libggml once per process. Which of those known are a model's is a set
 * of bits; while a model has it, the server is busy with us and is not asked again.
 */
#ifndef LMI_ENGINE_DEVICES_RPC_H
#define LMI_ENGINE_DEVICES_RPC_H

#include "engine/libllama.h"

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

typedef uint32_t lmi_rpc_set;

/* Take the servers HOST:PORT,... into use; NULL is none of them. */
lmas_status lmi_rpc_take(lmi_rpc_set *out, const char *text);
void lmi_rpc_give_back(lmi_rpc_set set);

/* Whether a device is on a server; and on one of the set. */
bool lmi_rpc_is_device(ggml_backend_dev_t device);
bool lmi_rpc_has(lmi_rpc_set set, ggml_backend_dev_t device);

/* Whether libggml knows any server: models without one must then be kept from it. */
bool lmi_rpc_is_any(void);

#endif
