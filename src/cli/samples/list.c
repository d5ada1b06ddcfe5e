/* list.c - columns, and behind them what the terminal has left for the question's beginning. */
#include "cli/samples/list.h"

#include <stdio.h>

#include "cli/samples/full.h"
#include "cli/show/term.h"
#include "cli/show/text.h"

enum { INDEX_WIDTH = 5, VERDICT_WIDTH = 7, VALUE_WIDTH = 12, SPOKEN_WIDTH = 8, QUESTION_MIN = 12 };

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
        printf(", %zu of %zu questions answered", r->n, r->n_questions);
        if (r->exact_tally.n)
            printf(", %zu right (compat %zu)", r->exact_tally.n_right, r->compat_tally.n_right);
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

void lmi_list_head(const lmi_viewer *viewer)
{
    const bool is_dim = lmi_stdout_has_colour();

    printf("%s%*s  ", is_dim ? "\033[2m" : "", INDEX_WIDTH, "index");
    head_of_runs(viewer, "exact", VERDICT_WIDTH);
    head_of_runs(viewer, "prediction", VALUE_WIDTH);
    put_column("gold", VALUE_WIDTH);
    head_of_runs(viewer, "spoken", SPOKEN_WIDTH);
    printf("question%s\n", is_dim ? "\033[0m" : "");
}

static void put_verdict(const lmi_exhibit *view)
{
    const char *verdict = lmi_full_verdict(view->exact);
    const char *colour = lmi_full_colour(view->exact);

    printf("%s%-*s%s  ", colour, VERDICT_WIDTH, verdict, *colour ? "\033[0m" : "");
}

/* What of the line the terminal has left for the question; 0 where it has no end. */
static size_t room_for_question(size_t n_runs)
{
    const size_t width = lmi_stdout_width();
    const size_t taken =
        INDEX_WIDTH + VALUE_WIDTH + 4 + n_runs * (VERDICT_WIDTH + VALUE_WIDTH + SPOKEN_WIDTH + 6);

    if (!width)
        return 0;
    return width > taken + QUESTION_MIN ? width - taken : QUESTION_MIN;
}

void lmi_list_question(const lmi_shown *row)
{
    const lmi_exhibit *any = lmi_shown_any(row);
    size_t i;

    printf("%*zu  ", INDEX_WIDTH, row->index);
    for (i = 0; i < row->n_runs; i++)
        if (row->has[i])
            put_verdict(&row->views[i]);
        else
            put_column("-", VERDICT_WIDTH);
    for (i = 0; i < row->n_runs; i++)
        put_column(row->has[i] && row->views[i].prediction ? row->views[i].prediction : "-",
                   VALUE_WIDTH);
    put_column(any->gold ? any->gold : "-", VALUE_WIDTH);
    for (i = 0; i < row->n_runs; i++)
        if (row->has[i])
            printf("%*llu  ", SPOKEN_WIDTH, (unsigned long long)row->views[i].result.n_spoken);
        else
            put_column("-", SPOKEN_WIDTH);
    lmi_put_line(stdout, any->question, room_for_question(row->n_runs));
    putchar('\n');
}
