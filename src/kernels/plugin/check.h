/* check.h - whether the libggml that runs has the interface that abi.h describes. */
#ifndef LMI_KERNELS_PLUGIN_CHECK_H
#define LMI_KERNELS_PLUGIN_CHECK_H

/* NULL where it has; otherwise what differs, a static text. */
const char *lmi_abi_differs(void);

#endif
