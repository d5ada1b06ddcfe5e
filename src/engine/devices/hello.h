/* hello.h - whether a server of libggml's RPC backend is there, asked before libggml asks. */
#ifndef LMI_ENGINE_DEVICES_HELLO_H
#define LMI_ENGINE_DEVICES_HELLO_H

#include "base/status.h"

#include <stdint.h>

/* Where a server is, as libggml finds it: IPv4. */
typedef struct lmi_server_at {
    uint32_t ip; /* in network order, as is the port */
    uint16_t port;
} lmi_server_at;

/* Longest HOST:PORT, in bytes with the NUL. */
enum { LMI_SERVER_ROOM = 264 };

/* Whether `address` is HOST:PORT; LMAS_E_INVALID with what it is instead. */
lmas_status lmi_server_check(const char *address);

/* Find `address`, which was checked. LMAS_E_IO where nobody knows the host. */
lmas_status lmi_server_find(lmi_server_at *out, const char *address);

/* Ask it what it speaks. LMAS_E_IO where it is not there, is no such server, is busy with another
 * client, or speaks another version of the protocol than `major`; within seconds. */
lmas_status lmi_server_greet(const lmi_server_at *at, const char *address, int major);

#endif
