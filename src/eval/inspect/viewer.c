/* viewer.c - opening runs, and stepping through the questions that were asked for. */
#include "eval/inspect/viewer.h"

#include <string.h>

#include "base/mem.h"
#include "eval/config.h"
#include "eval/folder/runfolder.h"
#include "eval/report/survey/folders.h"

/* Digits of the longest index that is read; bytes of the largest cell that is believed. */
enum { DIGITS_MAX = 18, CELL_SIZE_MAX = 1 << 30 };

static const struct {
    const char *word;
    lmi_pick_kind kind;
} picks[] = {{"wrong", LMI_PICK_WRONG},
             {"differ", LMI_PICK_DIFFER},
             {"cut", LMI_PICK_CUT},
             {"failed", LMI_PICK_FAILED}};

bool lmi_pick_parse(lmi_pick *out, const char *word)
{
    const size_t n_digits = strspn(word, "0123456789");
    size_t i;

    for (i = 0; i < sizeof(picks) / sizeof(picks[0]); i++)
        if (strcmp(word, picks[i].word) == 0) {
            *out = (lmi_pick){.kind = picks[i].kind};
            return true;
        }
    if (n_digits == 0 || word[n_digits] || n_digits > DIGITS_MAX)
        return false;
    *out = (lmi_pick){.kind = LMI_PICK_ONE};
    for (i = 0; i < n_digits; i++)
        out->index = out->index * 10 + (uint64_t)(word[i] - '0');
    return true;
}

/* ---- Opening ---- */

static uint64_t believe(uint64_t cell_size)
{
    return cell_size <= CELL_SIZE_MAX ? cell_size : 0;
}

/* Configs of older versions do not say how large a cell is; handovers tell then. */
static lmas_status read_cell_size(uint64_t *out, const lmi_record *record)
{
    lmi_json json;
    yyjson_val *engine;
    const lmas_status status =
        lmi_json_parse(&json, "config.json", lmi_buf_text(&record->config), record->config.len);

    if (status != LMAS_OK)
        return status;
    engine = yyjson_obj_get(lmi_json_root(&json), "engine");
    *out = believe(yyjson_get_uint(yyjson_obj_get(engine, "cell_size")));
    lmi_json_done(&json);
    return LMAS_OK;
}

/* A folder of several runs: which one is meant? */
static lmas_status refuse_grid(const char *folder)
{
    lmi_folders inner = {0};
    const char *first = NULL;
    size_t n = 0;
    size_t i;
    lmas_status status = lmi_folders_add(&inner, folder);

    for (i = 0; i < inner.n; i++) {
        if (!lmi_runfolder_holds_run(inner.paths[i]))
            continue;
        first = first ? first : inner.paths[i];
        n++;
    }
    if (status == LMAS_OK)
        status = lmi_fail(LMAS_E_INVALID, "%s: it holds %zu run%s: name one of them, such as %s",
                          folder, n, n == 1 ? "" : "s", first ? first : folder);
    lmi_folders_done(&inner);
    return status;
}

static lmas_status open_run(lmi_viewer *viewer, const char *folder)
{
    const size_t i = viewer->n_runs;
    lmas_status status = lmi_folder_is_grid(folder) ? refuse_grid(folder)
                                                    : lmi_record_open(&viewer->records[i], folder);

    if (status != LMAS_OK)
        return status;
    status = read_cell_size(&viewer->cell_size[i], &viewer->records[i]);
    if (status == LMAS_OK)
        status = lmi_samples_open(&viewer->samples[i], &viewer->records[i]);
    if (status == LMAS_OK)
        viewer->n_runs++;
    else
        lmi_record_done(&viewer->records[i]);
    return status;
}

static lmas_status check_data(const lmi_viewer *viewer)
{
    const lmi_record *a = &viewer->records[0];
    const lmi_record *b = &viewer->records[1];

    if (viewer->n_runs < 2 || strcmp(a->data_sha256, b->data_sha256) == 0)
        return LMAS_OK;
    return lmi_fail(LMAS_E_INVALID,
                    "%s and %s are runs over other data (%s, %.12s, and %s, %.12s): their "
                    "questions are not the same",
                    a->folders[0].path, b->folders[0].path, a->task, a->data_sha256, b->task,
                    b->data_sha256);
}

static bool has_line(const lmi_viewer *viewer, uint64_t index)
{
    size_t i;

    for (i = 0; i < viewer->n_runs; i++)
        if (index < viewer->records[i].n_rows && viewer->samples[i].places[index].len)
            return true;
    return false;
}

static size_t count_questions(const lmi_viewer *viewer)
{
    const size_t a = viewer->records[0].n_rows;
    const size_t b = viewer->n_runs > 1 ? viewer->records[1].n_rows : 0;

    return a > b ? a : b;
}

/* An index that nobody has would show nothing, and say nothing. */
static lmas_status check_index(const lmi_viewer *viewer)
{
    const unsigned long long index = viewer->pick.index;
    const size_t n = count_questions(viewer);
    const char *folder = viewer->records[0].folders[0].path;

    if (viewer->pick.kind != LMI_PICK_ONE || has_line(viewer, index))
        return LMAS_OK;
    if (index >= n)
        return lmi_fail(LMAS_E_INVALID,
                        "%s: no such question: expected a question from 0 to %zu, found %llu",
                        folder, n - 1, index);
    return lmi_fail(LMAS_E_INVALID, "%s: question %llu of %zu is not answered%s", folder, index, n,
                    viewer->records[0].n_shards ? " in this shard" : " yet");
}

lmas_status lmi_viewer_open(lmi_viewer *out, const char *const *folders, size_t n_folders,
                            const lmi_pick *pick)
{
    lmi_viewer viewer = {.pick = *pick};
    lmas_status status = LMAS_OK;
    size_t i;

    if (n_folders < 1 || n_folders > LMI_VIEWER_RUNS)
        return lmi_fail(LMAS_E_INVALID, "expected one run or two, found %zu", n_folders);
    for (i = 0; status == LMAS_OK && i < n_folders; i++)
        status = open_run(&viewer, folders[i]);
    if (status == LMAS_OK)
        status = check_data(&viewer);
    if (status == LMAS_OK)
        status = check_index(&viewer);
    if (status != LMAS_OK) {
        lmi_viewer_done(&viewer);
        return status;
    }
    viewer.next = pick->kind == LMI_PICK_ONE ? (size_t)pick->index : 0;
    *out = viewer;
    for (i = 0; i < out->n_runs; i++) /* they moved */
        out->samples[i].record = &out->records[i];
    return LMAS_OK;
}

void lmi_viewer_done(lmi_viewer *viewer)
{
    size_t i;

    for (i = 0; i < viewer->n_runs; i++) {
        lmi_samples_done(&viewer->samples[i]);
        lmi_record_done(&viewer->records[i]);
    }
    *viewer = (lmi_viewer){0};
}

/* ---- Questions ---- */

const lmi_exhibit *lmi_shown_any(const lmi_shown *row)
{
    return row->has[0] ? &row->views[0] : &row->views[1];
}

bool lmi_shown_is_wrong(const lmi_shown *row)
{
    size_t i;

    for (i = 0; i < row->n_runs; i++)
        if (row->has[i] && row->views[i].exact == LMI_MARK_WRONG)
            return true;
    return false;
}

static bool is_cut(const lmi_shown *row)
{
    size_t i;

    for (i = 0; i < row->n_runs; i++)
        if (row->has[i] && lmi_exhibit_is_cut(&row->views[i]))
            return true;
    return false;
}

static bool has_failed(const lmi_shown *row)
{
    size_t i;

    for (i = 0; i < row->n_runs; i++)
        if (row->has[i] && lmi_exhibit_has_failed(&row->views[i]))
            return true;
    return false;
}

static bool is_same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

bool lmi_shown_differs(const lmi_shown *row)
{
    const lmi_exhibit *a = &row->views[0];
    const lmi_exhibit *b = &row->views[1];

    if (row->n_runs == 1)
        return a->compat != LMI_MARK_UNGRADED && a->exact != a->compat;
    if (!row->has[0] || !row->has[1])
        return false;
    if (a->exact == LMI_MARK_UNGRADED || b->exact == LMI_MARK_UNGRADED)
        return !is_same_text(a->prediction, b->prediction);
    return a->exact != b->exact;
}

void lmi_shown_done(lmi_shown *row)
{
    size_t i;

    for (i = 0; i < row->n_runs; i++)
        lmi_exhibit_done(&row->views[i]);
    *row = (lmi_shown){0};
}

static lmas_status read_view(lmi_shown *row, lmi_viewer *viewer, size_t run)
{
    lmi_json line = {0};
    lmas_status status;

    if (row->index >= viewer->records[run].n_rows)
        return LMAS_OK;
    status = lmi_samples_at(&row->has[run], &line, &viewer->samples[run], row->index);
    if (status == LMAS_OK && row->has[run])
        status = lmi_exhibit_init(&row->views[run], &line);
    lmi_json_done(&line);
    if (status == LMAS_OK && row->has[run])
        row->views[run].task = lmi_record_task(&viewer->records[run]);
    if (status == LMAS_OK && row->has[run] && !viewer->cell_size[run])
        viewer->cell_size[run] = believe(lmi_exhibit_cell_size(&row->views[run]));
    return status;
}

static lmas_status read_row(lmi_shown *out, lmi_viewer *viewer, size_t index)
{
    lmi_shown row = {.index = index, .n_runs = viewer->n_runs};
    lmas_status status = LMAS_OK;
    size_t i;

    for (i = 0; status == LMAS_OK && i < viewer->n_runs; i++)
        status = read_view(&row, viewer, i);
    if (status == LMAS_OK)
        *out = row;
    else
        lmi_shown_done(&row);
    return status;
}

static bool takes(const lmi_pick *pick, const lmi_shown *row)
{
    switch (pick->kind) {
    case LMI_PICK_WRONG:
        return lmi_shown_is_wrong(row);
    case LMI_PICK_DIFFER:
        return lmi_shown_differs(row);
    case LMI_PICK_CUT:
        return is_cut(row);
    case LMI_PICK_FAILED:
        return has_failed(row);
    case LMI_PICK_ID:
        return is_same_text(lmi_shown_any(row)->id, pick->id);
    default:
        return true;
    }
}

lmas_status lmi_viewer_next(bool *has_row, lmi_shown *row, lmi_viewer *viewer)
{
    const bool is_one = viewer->pick.kind == LMI_PICK_ONE;
    const size_t end = is_one ? (size_t)viewer->pick.index + 1 : count_questions(viewer);
    lmas_status status = LMAS_OK;

    *has_row = false;
    while (status == LMAS_OK && !*has_row && viewer->next < end) {
        const size_t index = viewer->next++;

        if (!has_line(viewer, index))
            continue;
        status = read_row(row, viewer, index);
        *has_row = status == LMAS_OK && takes(&viewer->pick, row);
        if (status == LMAS_OK && !*has_row)
            lmi_shown_done(row);
    }
    return status;
}
