/* retry.c - line by line into a new file, which takes the old one's place. */
#include "eval/folder/retry.h"

#include <unistd.h>

#include "base/lines.h"
#include "base/mem.h"
#include "eval/folder/draft.h"
#include "eval/sample.h"

/* Count a line that failed; any other goes to `draft`, where there is one. */
static lmas_status take_line(size_t *n_out, lmi_draft *draft, const lmi_json *line,
                             const lmi_lines *at)
{
    lmi_score score;
    lmas_status status = lmi_sample_read(&score, line);

    if (status != LMAS_OK)
        return status;
    *n_out += score.has_failed;
    if (score.has_failed || !draft)
        return LMAS_OK;
    status = lmi_draft_add(draft, at->text.data, at->text.len);
    return status == LMAS_OK ? lmi_draft_add(draft, "\n", 1) : status;
}

static lmas_status each_line(size_t *n_out, lmi_draft *draft, int fd, const char *path)
{
    lmi_lines lines = {0};
    bool has_line = true;
    lmas_status status = lmi_lines_init(&lines, fd, path, LMI_SAMPLE_MAX);

    *n_out = 0;
    if (status == LMAS_OK && lseek(fd, 0, SEEK_SET) != 0)
        status = lmi_fail_errno(LMAS_E_IO, "cannot read %s", path);
    while (status == LMAS_OK) {
        lmi_json line;

        status = lmi_sample_next(&has_line, &line, &lines);
        if (status != LMAS_OK || !has_line)
            break;
        status = take_line(n_out, draft, &line, &lines);
        lmi_json_done(&line);
    }
    lmi_lines_done(&lines);
    return status;
}

static lmas_status write_anew(size_t *n_out, int *fd, const char *folder, const char *path)
{
    lmi_draft draft;
    lmas_status status = lmi_draft_open(&draft, folder);

    if (status != LMAS_OK)
        return status;
    status = each_line(n_out, &draft, *fd, path);
    if (status == LMAS_OK)
        status = lmi_draft_keep(&draft, NULL, NULL);
    if (status == LMAS_OK) {
        close(*fd);
        *fd = lmi_draft_take(&draft);
    }
    lmi_draft_done(&draft);
    return status;
}

lmas_status lmi_retry_drop(size_t *n_out, int *fd, const char *folder)
{
    char *path = NULL;
    lmas_status status = lmi_path_join(&path, folder, "samples.jsonl");

    if (status == LMAS_OK)
        status = each_line(n_out, NULL, *fd, path);
    if (status == LMAS_OK && *n_out > 0)
        status = write_anew(n_out, fd, folder, path);
    lmi_free(path);
    return status;
}
