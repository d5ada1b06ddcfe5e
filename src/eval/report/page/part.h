/*
 * part.h - what the parts of the report's page share: methods and their signs, cells of tables.
 *
 * A kind is a way to answer, a column of the grid: it has one code, colour and mark on the whole
 * page. What a kind did with one task's questions is a pool of runs.
 */
#ifndef LMI_EVAL_REPORT_PAGE_PART_H
#define LMI_EVAL_REPORT_PAGE_PART_H

#include "eval/inspect/web.h"
#include "eval/report/compare.h"
#include "eval/report/page/facts.h"
#include "eval/report/write.h"

/* Room for a code: "L", "L12". */
enum { LMI_CODE_SIZE = 8 };

typedef struct lmi_kind {
    const char *method, *label; /* the label says what sets it apart, too */
    char code[LMI_CODE_SIZE];
    size_t rank;   /* of the method among all */
    size_t colour; /* of the method, as is the shape of its mark */
    size_t shade;  /* from 0 among the kinds of a method */
} lmi_kind;

/* A page at work. */
typedef struct lmi_sheet {
    const lmi_comparison *c;
    lmi_facts facts;
    lmi_kind *kinds; /* by column of the grid */
    size_t n_kinds;
    const lmi_pool **pools; /* by task, and within it by kind */
    size_t n_pools;
} lmi_sheet;

lmas_status lmi_sheet_init(lmi_sheet *out, const lmi_comparison *comparison);
void lmi_sheet_done(lmi_sheet *sheet);

/* Whether runs of the block differ by their seed alone. */
bool lmi_sheet_has_pools(const lmi_sheet *sheet, size_t block);

const lmi_kind *lmi_run_kind(const lmi_sheet *sheet, size_t run);
const lmi_kind *lmi_pool_kind(const lmi_sheet *sheet, const lmi_pool *pool);
size_t lmi_pool_block(const lmi_sheet *sheet, const lmi_pool *pool);
bool lmi_pool_has(const lmi_sheet *sheet, const lmi_pool *pool, size_t run);

/* Whether one of its runs lacks answers, or is over other data than the task's reference. */
bool lmi_pool_is_incomplete(const lmi_sheet *sheet, const lmi_pool *pool);

/* ---- Signs ---- */

/* The mark of a kind, as SVG around 0,0 and six wide; the class that gives it its colour. */
void lmi_mark_svg(lmi_buf *out, const lmi_kind *kind);
void lmi_kind_class(lmi_buf *out, const lmi_kind *kind);

/* Mark and code of a kind; of a run, its letter too, by which notes call it. */
void lmi_tag(lmi_buf *out, const lmi_kind *kind);
void lmi_run_tag(lmi_buf *out, const lmi_sheet *sheet, size_t run);

/* ---- Tables: on a narrow screen a row becomes a list, each cell beside the name of its column */

void lmi_table_open(lmi_buf *out, const char *class, const char *label, const char *const *columns,
                    size_t n);
void lmi_table_close(lmi_buf *out);
void lmi_row_open(lmi_buf *out); /* and its heading, until lmi_row_head() */
void lmi_row_head(lmi_buf *out);
void lmi_row_close(lmi_buf *out);
void lmi_cell_open(lmi_buf *out, const char *column);
void lmi_cell_close(lmi_buf *out);
void lmi_cell_text(lmi_buf *out, const char *column, const char *text);
void lmi_cell_count(lmi_buf *out, const char *column, size_t n);
void lmi_cell_rate(lmi_buf *out, const char *column, const lmi_rate *rate);
void lmi_cell_p(lmi_buf *out, const char *column, double p);

/* A share and its interval. */
void lmi_rate_html(lmi_buf *out, const lmi_rate *rate);

/* ---- The parts, each appended ---- */

/* Lines that come as notes do. */
void lmi_page_lines(lmi_buf *out, const lmi_buf *lines);
void lmi_page_grid(lmi_buf *out, const lmi_sheet *sheet);
void lmi_page_task(lmi_buf *out, const lmi_sheet *sheet, size_t block);
/* Published numbers, where they were asked for. */
void lmi_page_beside(lmi_buf *out, const lmi_sheet *sheet);

void lmi_page_settings(lmi_buf *out, const lmi_sheet *sheet);

/* Add the questions of all tasks to the page's data, and end those. */
lmas_status lmi_page_questions(lmi_web_data *data, const lmi_sheet *sheet);

#endif
