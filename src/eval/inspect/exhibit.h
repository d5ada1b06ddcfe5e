/*
 * exhibit.h - one question of a run as people look at it: what its line says, checked.
 *
 * The line comes from outside. Whatever of it is shown was looked at here: a text is one or is
 * absent, a number lies within what a run can write. What a line of an older version lacks is
 * empty, 0 or NAN.
 */
#ifndef LMI_EVAL_INSPECT_EXHIBIT_H
#define LMI_EVAL_INSPECT_EXHIBIT_H

#include "base/json.h"
#include "data/task.h"
#include "eval/record.h"
#include "latentmas.h"

/* Most turns of one line. */
enum { LMI_EXHIBIT_TURNS_MAX = 4096 };

/* What was taken in on a stretch of the working memory; the most stretches that a turn sees. */
typedef enum lmi_segment_kind {
    LMI_SEGMENT_INHERITED, /* of agents before */
    LMI_SEGMENT_PROMPT,
    LMI_SEGMENT_THOUGHTS,
    LMI_SEGMENT_TEXT,
    LMI_SEGMENT_KINDS,
} lmi_segment_kind;

/* Positions [pos_begin, pos_end), and the cells there: fewer where a handover dropped some. */
typedef struct lmi_segment {
    lmi_segment_kind kind;
    uint32_t pos_begin, pos_end, n_cells;
} lmi_segment;

/* "inherited", "prompt", "thoughts", "text". */
const char *lmi_segment_name(lmi_segment_kind kind);

/* The stretches that are not empty, in order; how many. */
size_t lmi_segments(lmi_segment out[LMI_SEGMENT_KINDS], const lmas_agent_trace *agent);

/* A question. Texts live in the line. */
typedef struct lmi_exhibit {
    lmi_json line;
    const char *id, *question,
        *state;                    /* "" where the line has none; the state of all well is "ok" */
    const char *gold, *prediction; /* NULL: none, like those of the compat rule */
    const char *gold_compat, *prediction_compat;
    const char *ending, *detail; /* of a program; NULL: none was run */
    lmi_mark exact, compat, grader;
    const lmi_task *task;                               /* NULL: unknown */
    const char *prediction_grader, *why, *grader_error; /* NULL: none */
    lmas_result result; /* its status alone is not told: see `state` */
} lmi_exhibit;

/* Take over `line` where it is one. LMAS_E_FORMAT names its place. */
lmas_status lmi_exhibit_init(lmi_exhibit *out, lmi_json *line);
void lmi_exhibit_done(lmi_exhibit *view);

/* Whether thoughts were kept (run --keep_thoughts). */
bool lmi_exhibit_has_thoughts(const lmi_exhibit *view);

/* Which parts of the answer the rules took for it, in words. NULL where that cannot be told without
 * the data: the text, graded once more, does not give the prediction of the line. */
typedef struct lmi_exhibit_from {
    const char *exact, *compat;
} lmi_exhibit_from;

lmi_exhibit_from lmi_exhibit_explain(const lmi_exhibit *view);

/* Whether there is no answer; and whether there is one that max_new_tokens ended. */
bool lmi_exhibit_has_failed(const lmi_exhibit *view);
bool lmi_exhibit_is_cut(const lmi_exhibit *view);

/* Bytes of a cell as the handovers of this question were counted, 0 where there were none. */
uint64_t lmi_exhibit_cell_size(const lmi_exhibit *view);

#endif
