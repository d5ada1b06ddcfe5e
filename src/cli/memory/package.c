/* package.c - see package.h. */
#include "cli/memory/package.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "exchange/awareness/awareness.h"

static bool ends_in(const char *path, const char *end)
{
    const size_t n = strlen(path), k = strlen(end);

    return n > k && strcmp(path + n - k, end) == 0;
}

bool lmi_is_vector_package(const char *path)
{
    return ends_in(path, ".vectorpkg");
}

bool lmi_is_package(const char *path)
{
    return ends_in(path, ".memorypkg") || lmi_is_vector_package(path);
}

lmas_status lmi_passing_frame_new(lmi_passing_frame *out, const char *beside)
{
    int fd = -1;

    if ((size_t)snprintf(out->path, sizeof(out->path), "%s.XXXXXX", beside) < sizeof(out->path))
        fd = mkstemp(out->path);
    if (fd < 0) {
        out->path[0] = '\0';
        return lmi_fail_errno(LMAS_E_IO, "cannot write beside %.200s", beside);
    }
    close(fd);
    return LMAS_OK;
}

void lmi_passing_frame_done(lmi_passing_frame *frame)
{
    if (frame->path[0])
        (void)unlink(frame->path);
}

/* (The message is set.) */
static lmas_status status_of(lmi_exchange_verdict verdict)
{
    return verdict == LMI_EXCHANGE_OK       ? LMAS_OK
           : verdict == LMI_EXCHANGE_FAILED ? LMAS_E_IO
                                            : LMAS_E_FORMAT;
}

lmas_status lmi_package_read(const lmi_passing_frame *frame, const char *package,
                             const lmas_model_info *model)
{
    const lmi_awareness_shape shape = {(uint32_t)model->n_layer, (uint32_t)model->n_head_kv,
                                       (uint32_t)model->n_embd};

    return status_of(lmi_awareness_import(frame->path, package, &shape));
}

lmas_status lmi_package_write(const char *package, const lmi_passing_frame *frame,
                              const lmas_model_info *model, const char *name,
                              const char *description, const char *creator)
{
    const lmi_awareness_about about = {
        .name = name ? name : lmi_path_name(package),
        .description = description ? description : "A working memory that latentmas has kept.",
        .creator = creator ? creator : "latentmas",
        .model = *model->name ? model->name : lmi_path_name(model->path)};

    return status_of(lmi_awareness_export(package, frame->path, &about));
}
