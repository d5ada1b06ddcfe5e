/* files.c - what does not come from grading stays as the run wrote it, and where it stands. */
#include "eval/regrade/files.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "eval/config.h"
#include "eval/run.h"

static const char GRADED_BY[] = "graded_by";
static const char GRADER[] = "grader";

/* Longest summary.json that is taken over, in bytes. */
enum { SUMMARY_MAX = 1024 * 1024 };

/* A document that begins as a copy of a stored one; `label` names it in messages. */
static lmas_status copy_stored(yyjson_mut_doc **doc, yyjson_mut_val **root, const char *label,
                               const lmi_buf *stored)
{
    lmi_json json;
    lmas_status status = lmi_json_parse(&json, label, lmi_buf_text(stored), stored->len);

    if (status != LMAS_OK)
        return status;
    if (!yyjson_is_obj(lmi_json_root(&json)))
        status = lmi_fail(LMAS_E_FORMAT, "%s: expected an object, found %s", label,
                          lmi_json_type(lmi_json_root(&json)));
    if (status == LMAS_OK)
        status = lmi_json_copy(doc, root, lmi_json_root(&json), label);
    lmi_json_done(&json);
    return status;
}

lmas_status lmi_regraded_config(lmi_buf *out, const char *path, const lmi_buf *stored,
                                const lmi_regrade_params *params)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *root, *by, *before;
    char now[32];
    const lmas_status status = copy_stored(&doc, &root, path, stored);

    if (status != LMAS_OK)
        return status;
    lmi_utc_iso(now);
    before = yyjson_mut_obj_get(yyjson_mut_obj_remove_key(root, GRADED_BY), GRADER);
    by = yyjson_mut_obj_add_obj(doc, root, GRADED_BY);
    lmi_json_add_text(doc, by, "latentmas", lmas_version());
    yyjson_mut_obj_add_str(doc, by, "at", now);
    if (params->sandbox)
        lmi_config_add_sandbox(doc, by, params->sandbox, params->python);
    if (params->grader)
        lmi_json_add_text(doc, by, GRADER, params->grader->command);
    else if (before)
        yyjson_mut_obj_add_val(doc, by, GRADER, yyjson_mut_val_mut_copy(doc, before));
    return lmi_json_write(out, doc, YYJSON_WRITE_PRETTY | YYJSON_WRITE_NEWLINE_AT_END, path);
}

lmas_status lmi_regraded_summary(lmi_buf *out, const char *folder, const lmi_totals *totals)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    char *path = NULL;
    lmi_buf stored;
    lmas_status status = lmi_path_join(&path, folder, "summary.json");

    lmi_buf_init(&stored, SUMMARY_MAX);
    if (status == LMAS_OK && lmi_file_exists(path)) {
        status = lmi_file_read(&stored, path);
        if (status == LMAS_OK)
            status = copy_stored(&doc, &root, path, &stored);
        if (status == LMAS_OK) {
            lmi_summary_regrade(doc, root, totals);
            status =
                lmi_json_write(out, doc, YYJSON_WRITE_PRETTY | YYJSON_WRITE_NEWLINE_AT_END, path);
        }
    }
    lmi_buf_done(&stored);
    lmi_free(path);
    return status;
}
