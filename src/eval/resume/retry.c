/* retry.c - line by line into a new file, which takes the old one's place. */
#include "eval/resume/retry.h"

#include <unistd.h>

#include "base/file.h"
#include "base/lines.h"
#include "eval/sample.h"

static lmas_status has_failed(bool *out, const lmi_lines *lines)
{
    lmi_score score;
    lmi_json line;
    lmas_status status = lmi_json_parse_line(&line, lines->path, lines->number,
                                             lmi_buf_text(&lines->text), lines->text.len);

    if (status != LMAS_OK)
        return status;
    status = lmi_sample_read(&score, &line);
    lmi_json_done(&line);
    *out = status == LMAS_OK && score.has_failed;
    return status;
}

/* Copy what stays into `sink`, where there is one, and count what does not. */
static lmas_status each_line(size_t *n_out, lmi_sink *sink, int fd, const char *path)
{
    lmi_lines lines;
    bool has_line = true;
    lmas_status status = lmi_lines_init(&lines, fd, path, LMI_SAMPLE_MAX);

    *n_out = 0;
    if (status == LMAS_OK && lseek(fd, 0, SEEK_SET) != 0)
        status = lmi_fail_errno(LMAS_E_IO, "cannot read %s", path);
    while (status == LMAS_OK) {
        bool fails = false;

        status = lmi_lines_next(&has_line, &lines);
        if (status != LMAS_OK || !has_line || !lines.is_whole)
            break;
        status = has_failed(&fails, &lines);
        *n_out += fails;
        if (status == LMAS_OK && sink && !fails)
            status = lmi_sink_add(sink, lines.text.data, lines.text.len);
        if (status == LMAS_OK && sink && !fails)
            status = lmi_sink_add(sink, "\n", 1);
    }
    lmi_lines_done(&lines);
    return status;
}

lmas_status lmi_retry_drop(size_t *n_out, int fd, const char *path)
{
    lmi_sink sink;
    lmas_status status = each_line(n_out, NULL, fd, path);

    if (status != LMAS_OK || *n_out == 0)
        return status;
    status = lmi_sink_open(&sink, path);
    if (status != LMAS_OK)
        return status;
    return lmi_sink_finish(&sink, each_line(n_out, &sink, fd, path));
}
