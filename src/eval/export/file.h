/* file.h - reading a run's lines in the order of its data, writing lines of JSON. */
#ifndef LMI_EVAL_EXPORT_FILE_H
#define LMI_EVAL_EXPORT_FILE_H

#include "base/file.h"
#include "eval/export/export.h"

/* The lines of a record, question by question. */
typedef struct lmi_samples {
    const lmi_record *record;
    lmi_line_place *places;
    size_t next;        /* question */
    size_t open_folder; /* whose samples `fd` and `path` are */
    char *path;
    int fd;
    lmi_buf text;
} lmi_samples;

lmas_status lmi_samples_open(lmi_samples *out, const lmi_record *record);
void lmi_samples_done(lmi_samples *samples);

/* Parse the line of question `index`, one of the run's, where there is one; free it with
 * lmi_json_done(). */
lmas_status lmi_samples_at(bool *has_line, lmi_json *line, lmi_samples *samples, size_t index);

/* The same for the next question that has one. */
lmas_status lmi_samples_next(bool *has_line, lmi_json *line, lmi_samples *samples);

/* Add the document as a line, and free it in any case. */
lmas_status lmi_export_line(lmi_sink *sink, yyjson_mut_doc *doc, const char *what);

/* LMAS_E_IO when `path` is there and may not be replaced. */
lmas_status lmi_export_check(const lmi_export *export, const char *path);

#endif
