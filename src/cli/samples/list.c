/* list.c - columns, and behind them what the terminal has left for the question's beginning. */
#include "cli/samples/list.h"

#include <stdio.h>

#include "cli/samples/full.h"
#include "cli/show/term.h"
#include "cli/show/text.h"

enum {
    INDEX_WIDTH = 5,
    VERDICT_WIDTH = 7,
    OTHER_WIDTH = 8,
    VALUE_WIDTH = 12,
    SPOKEN_WIDTH = 8,
    QUESTION_MIN = 12
};

/* Behind the tokens of an answer that max_new_tokens ended. */
static const char CUT[] = " cut";

/* How much of a run is right; nothing where all failed. */
static void put_right(const lmi_record *r)
{
    if (!r->exact_tally.n || r->n_errors == r->n)
        return;
    printf(", %zu right (compat %zu", r->exact_tally.n_right, r->compat_tally.n_right);
    if (lmi_record_has_grader(r))
        printf(", grader %zu", r->grader_tally.n_right);
    putchar(')');
}

void lmi_list_runs(const lmi_viewer *viewer)
{
    size_t i;

    for (i = 0; i < viewer->n_runs; i++) {
        const lmi_record *r = &viewer->records[i];

        if (viewer->n_runs > 1)
            printf("%s  ", lmi_full_key(i));
        lmi_put_line(stdout, r->folders[0].path, 0);
        fputs(": ", stdout);
        lmi_put_line(stdout, r->task, 0);
        fputs(", ", stdout);
        lmi_put_line(stdout, r->method, 0);
        fputs(", team ", stdout);
        lmi_put_line(stdout, r->team, 0);
        printf(", %zu of %zu asked", r->n, r->n_questions);
        if (r->n_errors)
            printf(", %zu failed", r->n_errors);
        put_right(r);
        putchar('\n');
    }
}

/* A column of texts, two spaces behind it. */
static void put_column(const char *text, size_t width)
{
    const size_t n = lmi_put_line(stdout, text, width);

    printf("%*s", (int)(width - n) + 2, "");
}

static void head_of_runs(const lmi_viewer *viewer, const char *name, size_t width)
{
    char text[32];
    size_t i;

    for (i = 0; i < viewer->n_runs; i++) {
        snprintf(text, sizeof(text), viewer->n_runs > 1 ? "%s %s" : "%s", name, lmi_full_key(i));
        put_column(text, width);
    }
}

/* ---- Columns ---- */

static bool has_other_compat(const lmi_record *r)
{
    size_t i;

    for (i = 0; i < r->n_rows; i++)
        if (r->compat[i] > LMI_MARK_UNGRADED && r->compat[i] != r->exact[i])
            return true;
    return false;
}

lmi_list_columns lmi_list_choose(const lmi_viewer *viewer)
{
    lmi_list_columns columns = {0};
    size_t i;

    for (i = 0; i < viewer->n_runs; i++) {
        const lmi_record *r = &viewer->records[i];

        columns.has_compat |= has_other_compat(r);
        columns.has_grader |= lmi_record_has_grader(r);
        columns.has_cut |= r->n_cut > 0;
    }
    return columns;
}

static size_t spoken_width(const lmi_list_columns *columns)
{
    return SPOKEN_WIDTH + (columns->has_cut ? sizeof(CUT) - 1 : 0);
}

void lmi_list_head(const lmi_viewer *viewer, const lmi_list_columns *columns)
{
    const bool is_dim = lmi_stdout_has_colour();

    printf("%s%*s  ", is_dim ? "\033[2m" : "", INDEX_WIDTH, "index");
    head_of_runs(viewer, "exact", VERDICT_WIDTH);
    if (columns->has_compat)
        head_of_runs(viewer, "compat", OTHER_WIDTH);
    if (columns->has_grader)
        head_of_runs(viewer, "grader", OTHER_WIDTH);
    head_of_runs(viewer, "prediction", VALUE_WIDTH);
    put_column("gold", VALUE_WIDTH);
    head_of_runs(viewer, "spoken", spoken_width(columns));
    printf("question%s\n", is_dim ? "\033[0m" : "");
}

/* ---- Lines ---- */

static void put_verdict(const char *verdict, lmi_mark mark, int width)
{
    const char *colour = lmi_full_colour(mark);

    printf("%s%-*s%s  ", colour, width, verdict, *colour ? "\033[0m" : "");
}

/* Who gave no answer is not wrong but failed; no other rule has more to say of that. */
static void put_exact(const lmi_shown *row, size_t run)
{
    const lmi_exhibit *view = &row->views[run];

    if (!row->has[run])
        put_column("-", VERDICT_WIDTH);
    else if (lmi_exhibit_has_failed(view))
        put_verdict("failed", LMI_MARK_WRONG, VERDICT_WIDTH);
    else
        put_verdict(lmi_full_verdict(view->exact), view->exact, VERDICT_WIDTH);
}

static void put_other(const lmi_shown *row, size_t run, lmi_mark mark)
{
    if (!row->has[run] || lmi_exhibit_has_failed(&row->views[run]))
        mark = LMI_MARK_UNGRADED;
    put_verdict(lmi_full_verdict(mark), mark, OTHER_WIDTH);
}

static void put_verdicts(const lmi_shown *row, const lmi_list_columns *columns)
{
    size_t i;

    for (i = 0; i < row->n_runs; i++)
        put_exact(row, i);
    for (i = 0; columns->has_compat && i < row->n_runs; i++)
        put_other(row, i, row->views[i].compat);
    for (i = 0; columns->has_grader && i < row->n_runs; i++)
        put_other(row, i, row->views[i].grader);
}

static void put_spoken(const lmi_shown *row, size_t run, const lmi_list_columns *columns)
{
    const lmi_exhibit *view = &row->views[run];
    const char *mark = lmi_exhibit_is_cut(view) ? CUT : "";

    if (row->has[run])
        printf("%*llu%-*s  ", SPOKEN_WIDTH, (unsigned long long)view->result.n_spoken,
               columns->has_cut ? (int)sizeof(CUT) - 1 : 0, mark);
    else
        put_column("-", spoken_width(columns));
}

/* What of the line the terminal has left for the question; 0 where it has no end. */
static size_t room_for_question(size_t n_runs, const lmi_list_columns *columns)
{
    const size_t width = lmi_stdout_width();
    const size_t n_others = (size_t)columns->has_compat + (size_t)columns->has_grader;
    const size_t taken = INDEX_WIDTH + VALUE_WIDTH + 4 +
                         n_runs * (VERDICT_WIDTH + VALUE_WIDTH + spoken_width(columns) + 6 +
                                   n_others * (OTHER_WIDTH + 2));

    if (!width)
        return 0;
    return width > taken + QUESTION_MIN ? width - taken : QUESTION_MIN;
}

void lmi_list_question(const lmi_shown *row, const lmi_list_columns *columns)
{
    const lmi_exhibit *any = lmi_shown_any(row);
    size_t i;

    printf("%*zu  ", INDEX_WIDTH, row->index);
    put_verdicts(row, columns);
    for (i = 0; i < row->n_runs; i++)
        put_column(row->has[i] && row->views[i].prediction ? row->views[i].prediction : "-",
                   VALUE_WIDTH);
    put_column(any->gold ? any->gold : "-", VALUE_WIDTH);
    for (i = 0; i < row->n_runs; i++)
        put_spoken(row, i, columns);
    lmi_put_line(stdout, any->question, room_for_question(row->n_runs, columns));
    putchar('\n');
}

/* ---- None ---- */

static lmas_status refuse_id(const lmi_viewer *viewer, const char *folder)
{
    return lmi_fail(LMAS_E_INVALID,
                    "%s: no such question: expected an index, " LMI_PICK_WORDS
                    ", or an id of the data set, found \"%.64s\" (another run goes behind "
                    "--against)",
                    folder, viewer->pick.id);
}

lmas_status lmi_list_none(const lmi_viewer *viewer)
{
    const char *folder = viewer->records[0].folders[0].path;
    const char *what = "is answered yet";

    switch (viewer->pick.kind) {
    case LMI_PICK_ID:
        return refuse_id(viewer, folder);
    case LMI_PICK_WRONG:
        what = "was answered wrong";
        break;
    case LMI_PICK_CUT:
        what = "was cut at --max_new_tokens";
        break;
    case LMI_PICK_FAILED:
        what = "failed";
        break;
    case LMI_PICK_DIFFER:
        what = viewer->n_runs > 1 ? "differs between the two runs"
                                  : "differs between the exact and the compat rule";
        break;
    default:
        break;
    }
    lmi_say("no question of %s %s", folder, what);
    return LMAS_OK;
}
