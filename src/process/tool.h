/*
 * tool.h - one program of the user's, run beside the model: a text in, a text out.
 *
 * It runs below a keeper (keeper.h), a small process that keeps its limits while the host is busy,
 * and ends it with all that it has started: when the tool itself ends, when it is freed, and when
 * the host dies, however. Only who kills the keeper gets a process past it. Nothing here waits,
 * but lmi_tools_wait() and, for milliseconds, lmi_tool_free().
 */
#ifndef LMI_PROCESS_TOOL_H
#define LMI_PROCESS_TOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "process/limits.h"

#define LMI_TOOL_OUTPUT_MAX (256 * LMI_MIB)

typedef struct lmi_tool_params {
    /* argv[0]: a name along PATH, or a path, which is relative to `folder`. */
    const char *const *argv;
    size_t n_args;
    const char *folder;   /* where it starts; NULL for where the host is */
    double wall_ms;       /* 1 to LMI_WALL_MS_MAX */
    uint64_t output_size; /* bytes that it may print, 1 to LMI_TOOL_OUTPUT_MAX */
    /* Bytes: address space of one process, and memory of all together. LMI_MEMORY_SIZE_MIN or more;
     * 0 for no limit. */
    uint64_t memory_size;
    /* Behind the walls of a graded program (walls.h): no network, of the user's files none but
     * `folder`, read-only, and its environment and not the host's; at most LMI_MAX_PROCESSES,
     * LMI_MAX_FILES and LMI_MAX_INODES. argv[0] must lie in /usr or in `folder`. */
    bool is_sandboxed;
} lmi_tool_params;

typedef struct lmi_tool lmi_tool;

/* Start it with `input` (`n` bytes, copied) as its stdin, which is a file. LMAS_E_INVALID for
 * params beyond their limits, LMAS_E_IO with the next step where it, its folder or bubblewrap is
 * missing. */
lmas_status lmi_tool_start(lmi_tool **out, const lmi_tool_params *params, const char *input,
                           size_t n);

/* Whether it has ended, and nothing of it is left. */
lmas_status lmi_tool_poll(lmi_tool *tool, bool *is_done);

/* Wait until one of the tools has ended (those that are NULL or were seen to have ended do not
 * count), at most `wait_ms`, less when a signal comes. Returns at once when there is none to wait
 * for. */
lmas_status lmi_tools_wait(lmi_tool *const *tools, size_t n, double wait_ms);

/* What becomes readable when it has ended, for a poll() of the caller's; the tool's. */
int lmi_tool_fd(const lmi_tool *tool);

/* What it has printed (`*n` bytes without the NUL), the tool's. Or why there is nothing to be had,
 * in one line: LMAS_E_IO when it failed or broke a limit, LMAS_E_FORMAT when it printed what is no
 * UTF-8 text, LMAS_E_INVALID when it has not been seen to have ended. The same each time. */
lmas_status lmi_tool_output(const lmi_tool *tool, const char **text, size_t *n);

/* End it with all that it has started, where it runs. NULL is nothing. */
void lmi_tool_free(lmi_tool *tool);

#endif
