/* write.h - the grid and its pools in all forms of a report; CSV and LaTeX have nothing else. */
#ifndef LMI_EVAL_REPORT_SURVEY_WRITE_H
#define LMI_EVAL_REPORT_SURVEY_WRITE_H

#include "eval/report/compare.h"
#include "eval/report/format.h"

/* How a form writes the sign before a deviation, and that of shares not of all questions. */
typedef struct lmi_signs {
    const char *plus_minus, *partial;
} lmi_signs;

/* The figure of a cell as people read it, of a share with its deviation over seeds: "81.0 +- 1.2*";
 * "-" where there is none. The row n_rows is the average. */
enum { LMI_CELL_SIZE = 96 };
void lmi_survey_cell(char out[LMI_CELL_SIZE], const lmi_comparison *comparison, size_t row,
                     size_t column, lmi_metric metric, const lmi_signs *signs);

/* Whether a share has the sign that it is not of all questions. */
bool lmi_survey_has_partial(const lmi_comparison *comparison);

/* Rows of the grid with that of the average. */
size_t lmi_survey_height(const lmi_comparison *comparison);

/* The k whose pass@k is shown where not all fit: at most LMI_SHOWN_PASS, from 1 to the number of
 * runs. How many. */
enum { LMI_SHOWN_PASS = 5 };
size_t lmi_shown_pass(size_t out[LMI_SHOWN_PASS], const lmi_pooled *pooled);

/* Append "A (seed 42), B (seed 43)", the runs of a pool. */
void lmi_pool_runs(lmi_buf *out, const lmi_comparison *comparison, size_t pool);

/* Append the grid where it comes first, then the pools of several runs. */
void lmi_survey_text(lmi_buf *out, const lmi_comparison *comparison);
void lmi_survey_markdown(lmi_buf *out, const lmi_comparison *comparison);

/* Accuracy, tokens and seconds as published, and as measured, over how many questions; "-" for what
 * is not told. What was measured on a part of the published questions has `partial` behind its
 * share, and no seconds in all. */
#define LMI_BESIDE_PART "of a part of the published questions, so without seconds in all"
typedef struct lmi_beside {
    char texts[7][LMI_NUMBER_SIZE];
} lmi_beside;
lmi_beside lmi_beside_of(const lmi_comparison *comparison, const lmi_reported *number,
                         const char *partial);
bool lmi_pool_is_whole(const lmi_comparison *comparison, const lmi_pool *pool);
bool lmi_beside_has_part(const lmi_comparison *comparison);

/* Append the published numbers, where they were asked for; and of one who says it on what. */
void lmi_reference_text(lmi_buf *out, const lmi_comparison *comparison);
void lmi_reference_markdown(lmi_buf *out, const lmi_comparison *comparison);
void lmi_reported_source(lmi_buf *out, const lmi_reported *number);

/* Add "pools" and "grid", and "reference" where it was asked for. */
void lmi_survey_json(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmi_comparison *comparison);

/* A line a pool, with every figure of it. */
lmas_status lmi_report_csv(lmi_buf *out, const lmi_comparison *comparison);

/* A table for the package booktabs. */
lmas_status lmi_report_latex(lmi_buf *out, const lmi_comparison *comparison);

#endif
