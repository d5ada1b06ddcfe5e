/* driver.h - driver.py with pick.py in it, embedded by the build (tools/embed.sh). */
#ifndef LMI_SANDBOX_DRIVER_H
#define LMI_SANDBOX_DRIVER_H

extern const char lmi_driver_py[]; /* ends in a NUL */

#endif
