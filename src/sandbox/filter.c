/* filter.c - one tool (process/tool.h), waited for. */
#include "sandbox/filter.h"

#include "process/tool.h"

#define WAIT_MS 100.0

static lmas_status wait_for(lmi_tool *tool, bool (*goes_on)(void *user), void *user)
{
    bool is_done = false;
    lmas_status status = lmi_tool_poll(tool, &is_done);

    while (status == LMAS_OK && !is_done) {
        if (!goes_on(user))
            return lmi_fail(LMAS_E_CANCELED, "stopped by the caller");
        status = lmi_tools_wait(&tool, 1, WAIT_MS);
        if (status == LMAS_OK)
            status = lmi_tool_poll(tool, &is_done);
    }
    return status;
}

lmas_status lmi_filter(lmi_buf *out, const char *command, const char *input, size_t n,
                       double wall_ms, bool (*goes_on)(void *user), void *user)
{
    const char *const argv[] = {"sh", "-c", command};
    const lmi_tool_params params = {
        .argv = argv,
        .n_args = 3,
        .wall_ms = wall_ms < LMI_FILTER_WALL_MS_MAX ? wall_ms : LMI_FILTER_WALL_MS_MAX,
        .output_size = LMI_FILTER_OUTPUT_MAX};
    const char *text;
    size_t len;
    lmi_tool *tool;
    lmas_status status = lmi_tool_start(&tool, &params, input, n);

    if (status != LMAS_OK)
        return status;
    status = wait_for(tool, goes_on, user);
    if (status == LMAS_OK)
        status = lmi_tool_output(tool, &text, &len);
    if (status == LMAS_OK)
        lmi_buf_append(out, text, len);
    lmi_tool_free(tool);
    return status == LMAS_OK ? lmi_buf_status(out) : status;
}
