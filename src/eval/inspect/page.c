/* page.c - all questions of a viewer in one page. */
#include "eval/inspect/page.h"

#include "eval/inspect/web.h"
#include "eval/inspect/write.h"

static lmas_status check_size(const lmi_web_data *data)
{
    if (data->n > LMI_INSPECT_QUESTIONS_MAX)
        return lmi_fail(LMAS_E_INVALID,
                        "a page holds at most %zu questions, and here are more: name one of "
                        "them, " LMI_PICK_WORDS,
                        LMI_INSPECT_QUESTIONS_MAX);
    if (data->data.status == LMAS_E_FORMAT || lmi_web_size(data) > LMI_INSPECT_SIZE_MAX)
        return lmi_fail(
            LMAS_E_INVALID,
            "a page holds at most %zu MiB, less than the first %zu questions take: name "
            "one of them, " LMI_PICK_WORDS,
            LMI_INSPECT_SIZE_MAX >> 20, data->n);
    return lmi_buf_status(&data->data);
}

static lmas_status add_row(lmi_web_data *data, const lmi_shown *row)
{
    const lmi_exhibit *const views[LMI_VIEWER_RUNS] = {row->has[0] ? &row->views[0] : NULL,
                                                       row->has[1] ? &row->views[1] : NULL};
    const lmas_status status =
        lmi_web_add(data, &(lmi_web_row){LMI_WEB_ONE_TASK, row->index, views, NULL, row->n_runs});

    return status == LMAS_OK ? check_size(data) : status;
}

static lmas_status add_rows(lmi_web_data *data, lmi_viewer *viewer)
{
    bool has_row = true;
    lmas_status status = LMAS_OK;

    while (status == LMAS_OK) {
        lmi_shown row = {0};

        status = lmi_viewer_next(&has_row, &row, viewer);
        if (status != LMAS_OK || !has_row)
            break;
        status = add_row(data, &row);
        lmi_shown_done(&row);
    }
    if (status == LMAS_OK && data->n == 0)
        status = lmi_fail(LMAS_E_INVALID, "%s: no question is taken, so there is no page to write",
                          viewer->records[0].folders[0].path);
    return status;
}

static lmas_status add_all(lmi_web_data *data, lmi_viewer *viewer)
{
    yyjson_mut_val *runs = yyjson_mut_obj_add_arr(data->tables, data->head, "runs");
    lmas_status status = add_rows(data, viewer);
    size_t i;

    for (i = 0; status == LMAS_OK && i < viewer->n_runs; i++)
        status = lmi_web_run(data, runs, &viewer->records[i], viewer->cell_size[i]);
    if (status == LMAS_OK)
        status = lmi_web_end(data);
    return status == LMAS_OK ? check_size(data) : status;
}

lmas_status lmi_inspect_page(lmi_buf *out, lmi_viewer *viewer)
{
    lmi_web_data data;
    lmas_status status = lmi_web_begin(&data, LMI_INSPECT_SIZE_MAX);

    if (status != LMAS_OK)
        return status;
    status = add_all(&data, viewer);
    if (status == LMAS_OK) {
        lmi_web_fill(out, lmi_web_inspect, &data, "");
        status = lmi_buf_status(out);
    }
    lmi_web_done(&data);
    return status;
}
