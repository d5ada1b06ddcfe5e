/* draft.c - drafts lie beside the files that they are to replace. */
#include "eval/folder/draft.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

static const char SAMPLES[] = "samples.jsonl";

/* What follows samples.jsonl, in this order. */
static const char *const others[] = {"config.json", "summary.json"};
enum { N_OTHERS = 2 };

static lmas_status name_draft(char **out, const char *folder, const char *name)
{
    char draft[32];

    snprintf(draft, sizeof(draft), "%s.new", name);
    return lmi_path_join(out, folder, draft);
}

/* Rename the draft of `name`; nothing where there is none. */
static lmas_status put_in_place(const char *folder, const char *name)
{
    char *draft = NULL;
    char *path = NULL;
    lmas_status status = name_draft(&draft, folder, name);

    if (status == LMAS_OK)
        status = lmi_path_join(&path, folder, name);
    if (status == LMAS_OK && rename(draft, path) != 0 && errno != ENOENT)
        status = lmi_fail_errno(LMAS_E_IO, "cannot write %s", path);
    if (status == LMAS_OK)
        lmi_folder_flush(path);
    lmi_free(draft);
    lmi_free(path);
    return status;
}

static lmas_status remove_draft(const char *folder, const char *name)
{
    char *draft = NULL;
    lmas_status status = name_draft(&draft, folder, name);

    if (status == LMAS_OK && unlink(draft) != 0 && errno != ENOENT)
        status = lmi_fail_errno(LMAS_E_IO, "cannot remove %s", draft);
    lmi_free(draft);
    return status;
}

static bool has_draft(const char *folder, const char *name)
{
    char *draft = NULL;
    const bool has = name_draft(&draft, folder, name) == LMAS_OK && lmi_file_exists(draft);

    lmi_free(draft);
    return has;
}

/* The samples go last: while their draft is there, nothing of the rest counts. */
static lmas_status remove_all(const char *folder)
{
    lmas_status status = LMAS_OK;
    size_t i;

    for (i = 0; status == LMAS_OK && i < N_OTHERS; i++)
        status = remove_draft(folder, others[i]);
    return status == LMAS_OK ? remove_draft(folder, SAMPLES) : status;
}

static lmas_status put_others(const char *folder)
{
    lmas_status status = LMAS_OK;
    size_t i;

    for (i = 0; status == LMAS_OK && i < N_OTHERS; i++)
        status = put_in_place(folder, others[i]);
    return status;
}

lmas_status lmi_draft_settle(const char *folder)
{
    return has_draft(folder, SAMPLES) ? remove_all(folder) : put_others(folder);
}

/* Who may read the samples may read the new ones, and nobody else. */
static lmas_status take_mode(int fd, const char *folder)
{
    char *path = NULL;
    struct stat st;
    lmas_status status = lmi_path_join(&path, folder, SAMPLES);

    if (status == LMAS_OK && (stat(path, &st) != 0 || fchmod(fd, st.st_mode & 0777) != 0))
        status = lmi_fail_errno(LMAS_E_IO, "cannot write a new %s", path);
    lmi_free(path);
    return status;
}

lmas_status lmi_draft_open(lmi_draft *out, const char *folder)
{
    lmi_draft draft = {.folder = folder, .samples = {.fd = -1}};
    lmas_status status = name_draft(&draft.path, folder, SAMPLES);

    if (status != LMAS_OK)
        return status;
    draft.samples.path = draft.path;
    draft.samples.fd = open(draft.path, O_RDWR | O_APPEND | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (draft.samples.fd < 0)
        status = lmi_fail_errno(LMAS_E_IO, "cannot make the file %s", draft.path);
    else if (flock(draft.samples.fd, LOCK_EX | LOCK_NB) != 0)
        status = lmi_fail_errno(LMAS_E_IO, "cannot lock %s", draft.path);
    else
        status = take_mode(draft.samples.fd, folder);
    if (status == LMAS_OK)
        *out = draft;
    else
        lmi_draft_done(&draft);
    return status;
}

lmas_status lmi_draft_add(lmi_draft *draft, const char *data, size_t size)
{
    return lmi_sink_add(&draft->samples, data, size);
}

static lmas_status draft_other(const char *folder, const char *name, const lmi_buf *text)
{
    char *path = NULL;
    lmas_status status = name_draft(&path, folder, name);

    if (status == LMAS_OK)
        status = lmi_file_create(path, lmi_buf_text(text), text->len, 0644);
    lmi_free(path);
    return status;
}

lmas_status lmi_draft_keep(lmi_draft *draft, const lmi_buf *config, const lmi_buf *summary)
{
    lmas_status status = LMAS_OK;

    if (fsync(draft->samples.fd) != 0 && errno != EINVAL && errno != ENOTSUP)
        status = lmi_fail_errno(LMAS_E_IO, "cannot write %s", draft->path);
    if (status == LMAS_OK && config)
        status = draft_other(draft->folder, others[0], config);
    if (status == LMAS_OK && summary)
        status = draft_other(draft->folder, others[1], summary);
    if (status == LMAS_OK)
        status = put_in_place(draft->folder, SAMPLES);
    return status == LMAS_OK ? put_others(draft->folder) : status;
}

int lmi_draft_take(lmi_draft *draft)
{
    const int fd = draft->samples.fd;

    draft->samples.fd = -1;
    return fd;
}

void lmi_draft_done(lmi_draft *draft)
{
    if (draft->path && has_draft(draft->folder, SAMPLES))
        (void)remove_all(draft->folder);
    if (draft->path && draft->samples.fd >= 0)
        close(draft->samples.fd);
    lmi_free(draft->path);
    *draft = (lmi_draft){.samples = {.fd = -1}};
}
