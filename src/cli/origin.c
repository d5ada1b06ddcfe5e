/* origin.c - see origin.h. */
#include "cli/origin.h"

#include "cli/show/term.h"

lmas_status lmi_origin_look(uint32_t *n_pos, const char *path,
                            const lmas_memory_file_params *params)
{
    lmas_memory_file *file = NULL;
    const lmas_status status = lmas_memory_file_open(&file, path, params);

    if (status == LMAS_OK)
        *n_pos = lmas_memory_file_describe(file)->n_pos;
    lmas_memory_file_free(file);
    return status;
}

lmas_status lmi_origin_load(lmas_memory **out, lmas_session *session, const char *path,
                            const lmas_memory_file_params *params)
{
    const lmas_status status = lmas_memory_load(out, session, path, params);

    if (status == LMAS_OK && lmas_memory_rebuilt(*out))
        lmi_say("%s: rebuilt from what was read and thought", lmas_memory_rebuilt(*out));
    return status;
}
