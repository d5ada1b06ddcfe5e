/*
 * compare.h - run folders side by side: shards joined, figures worked out, runs paired.
 *
 * Folders that are shards of one run become one run; nothing else is ever added up. Runs of one
 * task stand together, and the first of them (or the one asked for) is what the others are
 * measured against. Writers (report.h) only lay out what stands here.
 */
#ifndef LMI_EVAL_REPORT_COMPARE_H
#define LMI_EVAL_REPORT_COMPARE_H

#include "eval/record.h"
#include "eval/report/survey/reference.h"
#include "eval/stats.h"

/* Most runs of one report, once shards are merged. */
enum { LMI_RUNS_MAX = 512 };

/* A share of right answers; nothing is known where n = 0. */
typedef struct lmi_rate {
    size_t n, n_right;
    double share; /* NAN where n = 0, like all figures that cannot be told */
    lmi_interval interval;
} lmi_rate;

typedef struct lmi_figures {
    lmi_rate exact, compat, grader;
    double spoken, total, thoughts;  /* per question; total is read and spoken */
    double wall_s, engine_s;         /* per question; engine_s is the sum of the phases */
    double read_s, think_s, speak_s; /* per question */
    double speedup;                  /* against the reference, NAN where data differ */
    bool is_speedup_of_engine;       /* of engine_s, since shards have no wall of one run */
} lmi_figures;

typedef struct lmi_run {
    char key[4]; /* "A", "B", ...: what tables and plots call it */
    lmi_record record;
    char *settings;    /* parameters by which it differs from others of its task; may be "" */
    char *difference;  /* to the shards named before that it was not merged with, or NULL */
    size_t block;      /* runs of one task have the same */
    size_t reference;  /* the run that it is measured against; itself for that one */
    bool is_elsewhere; /* machine, threads or lanes are others than the reference's: its seconds are
                        * set beside nobody's, and there is no speed-up */
    size_t pool;       /* runs that differ by the seed alone have the same */
    lmi_figures figures;
} lmi_run;

/* Most runs that pass@k is told of. */
enum { LMI_PASS_MAX = 64 };

/* What the seeds of a pool make, by one rule, of the `n` questions that all of them have graded. */
typedef struct lmi_pooled {
    size_t n, n_right;         /* n_right of n times runs */
    double mean, deviation;    /* of the runs' shares; sample deviation, NAN for one run */
    double least, most;        /* the lowest and the highest of them */
    lmi_interval interval;     /* 95 %, of the mean, with the question as the unit */
    double pass[LMI_PASS_MAX]; /* pass@k at [k - 1] */
    size_t n_pass;             /* 0 where nothing is graded */
} lmi_pooled;

/* Runs that differ by their seed alone (by max_new_tokens at most, which a run lowers to what
 * fits); most often one. */
typedef struct lmi_pool {
    size_t first, n_runs; /* they are the runs whose `pool` this is; `first` is a run */
    size_t row, column;   /* in the grid */
    lmi_pooled exact, compat;
    lmi_figures figures; /* means of its runs; the rates are sums, with the interval of `exact` */
    size_t n_errors, n_cut, n_circling; /* sums */
    bool is_elsewhere; /* they ran in several places, or in another than `reference` */
    size_t reference;  /* the pool of the same questions that its speed-up is over, n_pools: none */
} lmi_pool;

/* A way to answer: all that shapes answers but task, data, seed and max_new_tokens. */
typedef struct lmi_way {
    size_t run;  /* the first that answers so */
    char *label; /* "latent_mas, 10 steps": the method, and what sets it apart from other columns */
} lmi_way;

enum { LMI_NO_POOL = -1 };

/* Questions by ways to answer them, as the tables of the paper are. */
typedef struct lmi_survey {
    lmi_way *columns;
    size_t n_columns;
    size_t *rows; /* the first run over these questions: its task, its data, their number */
    size_t n_rows;
    int *cells;       /* pools at [row * n_columns + column], or LMI_NO_POOL */
    bool has_average; /* several rows, and every cell is there */
    bool is_first;    /* of several tasks or seeds: a report begins with it */
} lmi_survey;

/* What a block of the grid shows. */
typedef enum lmi_metric {
    LMI_METRIC_EXACT, /* shares */
    LMI_METRIC_COMPAT,
    LMI_METRIC_GRADER, /* where there is one; of all its verdicts */
    LMI_METRIC_SPOKEN, /* per question */
    LMI_METRIC_TOKENS,
    LMI_METRIC_SECONDS,
    LMI_METRIC_SPEEDUP,
    LMI_N_METRICS
} lmi_metric;

/* Two runs over the same questions, by the exact grader. */
typedef struct lmi_pair {
    size_t a, b;
    const char *reason; /* why they are not tested, NULL when they are */
    size_t n_common, n_both, n_only_a, n_only_b, n_neither;
    double points; /* percent points of b over a; NAN where they are not tested, like p */
    double p;
} lmi_pair;

/* A run under a control, and what it makes of the questions that the run without one got right. */
typedef struct lmi_control_row {
    size_t run;
    lmas_control control;
    lmi_pair pair; /* a is the run without */
} lmi_control_row;

/* Runs that differ by their control alone. */
typedef struct lmi_controls {
    lmi_control_row rows[LMI_RUNS_MAX]; /* the first is the run without a control */
    size_t n_rows;
    lmi_buf readings; /* what follows, a line each, like notes */
} lmi_controls;

typedef struct lmi_comparison {
    lmi_run *runs;
    size_t n_runs;
    lmi_pair *pairs;
    size_t n_pairs;
    lmi_controls *controls;
    size_t n_controls;
    lmi_pool *pools;
    size_t n_pools;
    lmi_survey grid;
    lmi_reference reference; /* published numbers, where asked for; else its name is NULL */
    size_t n_blocks;
    size_t n_lost; /* folders left out; the notes begin with them */
    lmi_buf notes; /* a line each: valid UTF-8 without control characters */
} lmi_comparison;

typedef struct lmi_compare_params {
    const char *const *folders; /* of runs, or of grids of them */
    size_t n_folders;
    const char *against;   /* a folder, or a method among the runs; NULL: the first of each task */
    bool is_partial;       /* shards may be missing */
    const char *reference; /* whose published numbers to hold beside; NULL: nobody's */
    lmi_buf *lost; /* takes a line for each folder that cannot be read, which is left out then, and
                    * of whose run shards may be missing; NULL: one such folder is a failure */
} lmi_compare_params;

/* LMAS_E_INVALID names the folders that do not go together. A folder that was left out is a
 * failure where no other is there; where it was the only one, `lost` is empty then. */
lmas_status lmi_compare(lmi_comparison *out, const lmi_compare_params *params);
void lmi_compare_done(lmi_comparison *comparison);

/* Fill in the settings of all runs (compare_settings.c). */
lmas_status lmi_settings_find(lmi_comparison *comparison);

/* Whether two configs agree on a parameter: `other` is NULL where one does not say it, which is no
 * difference unless it is known what that meant. */
bool lmi_setting_same(const char *key, yyjson_val *val, yyjson_val *other);

/* Append its value, cut where it is long. */
void lmi_setting_write(lmi_buf *out, const char *key, yyjson_val *val);

/* Whether two runs were asked the same questions of one task: the same rows of the same data. */
bool lmi_same_questions(const lmi_record *a, const lmi_record *b);

/* Pair runs `a` and `b`, or say why they cannot be. */
lmi_pair lmi_pair_of(const lmi_comparison *comparison, size_t a, size_t b);

/* Make the tables of controls (compare_controls.c); and whether two runs are both under a control
 * in one of them: each is measured against the run without, and not against the other. */
lmas_status lmi_controls_find(lmi_comparison *comparison);
bool lmi_controls_share(const lmi_comparison *comparison, size_t a, size_t b);

/* Tell speed-ups where runs took place alike, and in notes what differs elsewhere (grid/speed.c).
 * The speed-up of `run` over `reference` by their figures. */
lmas_status lmi_speeds_find(lmi_comparison *comparison);
double lmi_speedup(const lmi_figures *figures, const lmi_figures *reference);

/* Put runs that differ by the seed alone together (grid/pool.c), and pools into the grid
 * (grid/grid.c). */
lmas_status lmi_pools_find(lmi_comparison *comparison);
lmas_status lmi_survey_find(lmi_comparison *comparison);
void lmi_survey_done(lmi_survey *grid);

/* The pool of a cell, NULL for none; the figure of a cell, NAN for none, and in the row n_rows the
 * average over all rows where there is one. */
const lmi_pool *lmi_survey_pool(const lmi_comparison *comparison, size_t row, size_t column);
double lmi_survey_figure(const lmi_comparison *comparison, size_t row, size_t column,
                         lmi_metric metric);

/* Append what the row `row` is called: its task, and its data where another row has the task
 * too. */
void lmi_survey_row_name(lmi_buf *out, const lmi_comparison *comparison, size_t row);

/* Whether runs have it: of a grader they may not. */
bool lmi_survey_has(const lmi_comparison *comparison, lmi_metric metric);

/* "exact %", "spoken tokens a question", ...: what the block of a metric is called. */
const char *lmi_metric_name(lmi_metric metric);

/* Whether a published number is of a task among the runs, and whether any that was asked for is; a
 * note where none is. What was measured here beside a number, NULL for nothing (beside.c). */
bool lmi_reference_is_here(const lmi_comparison *comparison);
void lmi_reference_note(lmi_comparison *comparison);
bool lmi_reported_here(const lmi_comparison *comparison, const lmi_reported *number);
const lmi_pool *lmi_reported_beside(const lmi_comparison *comparison, const lmi_reported *number);

/* The run that those of a block are measured against. */
const lmi_run *lmi_block_reference(const lmi_comparison *comparison, size_t block);

/* Whether a judge of the user's was asked in one of these runs. */
bool lmi_block_has_grader(const lmi_comparison *comparison, size_t block);

#endif
