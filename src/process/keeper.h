/*
 * keeper.h - what a tool's keeper is told, and what it leaves.
 *
 * The keeper (keeper.c) is a small program of its own between host and tool, embedded by the build:
 * somebody must be there when the host is killed, or too busy to look. Its arguments are the limits
 * below in their order, then the path of the tool and the tool's own arguments.
 */
#ifndef LMI_PROCESS_KEEPER_H
#define LMI_PROCESS_KEEPER_H

#include <stddef.h>
#include <stdint.h>

/* The keeper's descriptors; the walls' own (walls.h) follow, for the tool. */
enum {
    LMI_KEEPER_INPUT = 0,
    LMI_KEEPER_OUTPUT = 1, /* a file */
    LMI_KEEPER_REPORT = 2, /* a file: one lmi_report */
    LMI_KEEPER_LINE = 3,   /* the read end of a pipe: nothing comes but its end, the host's */
    LMI_KEEPER_SIGN = 4,   /* a file: what is in it says that walls stand around the tool */
};

enum {
    LMI_KEEPER_N_LIMITS = 4, /* whole numbers: wall_ms, output_size, memory_size, n_fds */
    LMI_ERRORS_KEPT = 4096,  /* bytes: the end of what a tool writes to stderr */
};

typedef enum lmi_tool_ending {
    LMI_TOOL_LOST = 0, /* there is no report: the keeper was killed */
    LMI_TOOL_EXITED = 1,
    LMI_TOOL_SIGNALED = 2,
    LMI_TOOL_NOT_STARTED = 3,
    LMI_TOOL_LATE = 4,
    LMI_TOOL_FLOODED = 5, /* stdout */
    LMI_TOOL_TOO_BIG = 6, /* memory of all its processes */
    LMI_TOOL_CROWDED = 7, /* files behind walls */
} lmi_tool_ending;

typedef struct lmi_report {
    int32_t ending; /* lmi_tool_ending */
    int32_t number; /* exit status, signal or errno */
    uint64_t n_errors;
    char errors[LMI_ERRORS_KEPT];
} lmi_report;

/* The program, embedded. */
extern const char lmi_keeper[];
extern const size_t lmi_keeper_size;

#endif
