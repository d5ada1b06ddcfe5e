/*
 * record.h - a run folder as a report sees it: what shaped the run, and numbers of its lines.
 *
 * Only looked at, never locked: the run may still go on, and half a line at the end is a
 * question that is not finished. No text of a line is kept, so a million lines fit in memory:
 * two bytes a question, and sums.
 */
#ifndef LMI_EVAL_RECORD_H
#define LMI_EVAL_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/lines.h"
#include "data/task.h"
#include "eval/site/site.h"

/* Longest line of samples.jsonl, in bytes. */
#define LMI_RECORD_LINE_MAX ((size_t)1024 * 1024 * 1024)

/* Limits of what a folder may claim: questions, shards, agents. (Numbers of a line: sample.h.) */
enum { LMI_RECORD_QUESTIONS_MAX = 1 << 26, LMI_RECORD_SHARDS_MAX = 4096, LMI_RECORD_AGENTS = 64 };

/* What a grader said of one question. */
typedef enum lmi_mark {
    LMI_MARK_ABSENT = 0, /* no line yet */
    LMI_MARK_UNGRADED,   /* a line, but nothing to compare with */
    LMI_MARK_WRONG,
    LMI_MARK_RIGHT,
} lmi_mark;

/* Work done for questions. */
typedef struct lmi_work {
    uint64_t n_read, n_thought, n_spoken;
    uint64_t n_kept, n_dropped; /* cells at handovers */
    double read_ms, think_ms, speak_ms;
} lmi_work;

typedef struct lmi_agent_work {
    char *name;
    lmi_work work;
} lmi_agent_work;

typedef struct lmi_tally {
    size_t n, n_right; /* graded, and right */
} lmi_tally;

typedef struct lmi_folder {
    char *path;   /* as the caller named it */
    size_t shard; /* from 1; 0 for the folder of a whole run */
} lmi_folder;

typedef struct lmi_record {
    /* Of config.json; NULL where it does not say. */
    char *task, *task_source, *split, *method, *team, *started;
    char *model, *model_detail, *model_path, *fingerprint;
    char *data_sha256, *data_path;
    char *version,
        *graded_again; /* of latentmas: that made the run; that graded it last, or NULL */
    lmi_buf config;
    size_t n_questions; /* of the whole run: shards count the same */
    size_t n_rows;      /* of its data that may be among them: marks are by row */
    size_t n_shards;    /* the run was split into; 0: it was not */
    bool has_seed;
    uint64_t seed;
    lmi_site site;

    /* Of samples.jsonl. */
    lmi_folder *folders; /* several after shards were merged */
    size_t n_folders;
    uint8_t *exact, *compat; /* marks by index, n_rows of each */
    size_t n, n_errors, n_code, n_conflicts, n_cut, n_circling;
    lmi_tally exact_tally, compat_tally;
    lmi_tally grader_tally; /* of a judge of the user's */
    size_t n_grader_failed; /* answers that it was shown in vain */
    lmi_work work;
    lmi_agent_work agents[LMI_RECORD_AGENTS]; /* in the order they first worked */
    size_t n_agents;
    double wall_ms; /* age of the run at its last line; of shards, the oldest */
    bool has_half_line;
} lmi_record;

/* Read the folder `path`. LMAS_E_IO where there is no run, LMAS_E_FORMAT names file and line. */
lmas_status lmi_record_open(lmi_record *out, const char *path);
void lmi_record_done(lmi_record *record);

/* Add the shard `part` to `into`, which is another of the same run; `part` is emptied. */
lmas_status lmi_record_merge(lmi_record *into, lmi_record *part);

/* Append how the run of `b` differs from that of `a`, shards aside: a half sentence, or nothing
 * when they are one run. */
lmas_status lmi_record_difference(lmi_buf *out, const lmi_record *a, const lmi_record *b);

/* The task of the run; NULL where this program knows none of that name. */
const lmi_task *lmi_record_task(const lmi_record *record);

/* Whether a judge of the user's was shown an answer. */
bool lmi_record_has_grader(const lmi_record *record);

/* The version by whose rules the run is graded; "" where its config says none. */
const char *lmi_record_graded_by(const lmi_record *record);

/* Where the line of a question stands. */
typedef struct lmi_line_place {
    size_t folder; /* among the record's */
    size_t number;
    uint64_t offset;
    size_t len; /* 0: no line */
} lmi_line_place;

/* The places of all lines, by index of the question, for lmi_free(). */
lmas_status lmi_record_places(lmi_line_place **out, const lmi_record *record);

#endif
