/* limits.h - what a program may use, whoever starts it. */
#ifndef LMI_PROCESS_LIMITS_H
#define LMI_PROCESS_LIMITS_H

#include <stddef.h>

enum {
    LMI_MAX_PARALLEL = 64,  /* programs of a sandbox, each with a user of its own */
    LMI_MAX_PROCESSES = 64, /* of one program, threads included */
    LMI_MAX_FILES = 64,     /* open at once, in one process */
    LMI_MAX_INODES = 16384, /* files, folders and links that there are at once, of any size */
};

#define LMI_WATCH_MS    200.0     /* between two looks at the memory of all its processes */
#define LMI_WALL_MS_MAX 3600000.0 /* an hour: what a caller may ask for */

#define LMI_MIB             ((size_t)1024 * 1024)
#define LMI_FILE_SIZE_MAX   (16 * LMI_MIB) /* of one file, and of the output */
#define LMI_STACK_SIZE      (8 * LMI_MIB)
#define LMI_TMP_SIZE        (64 * LMI_MIB) /* all of /tmp */
#define LMI_SHM_SIZE        (16 * LMI_MIB) /* all of /dev/shm */
#define LMI_MEMORY_SIZE_MIN (256 * LMI_MIB)

/* Where the user ids of programs begin when the host is root: a range that systemd leaves unused
 * (60706 to 61183), so that no service shares one. A sandbox takes LMI_MAX_PARALLEL of them, tools
 * behind walls take turns at those that follow. */
enum {
    LMI_UID_FIRST = 61000,
    LMI_UID_TOOLS = LMI_UID_FIRST + LMI_MAX_PARALLEL,
    LMI_N_UID_TOOLS = 64,
};

#endif
