/*
 * config.h - config.json: everything that shaped a run.
 *
 * Its sections fall in two. What changes answers (versions, task, data, model, team, method,
 * params) must be the same when a run is resumed. The rest (when, where, how many lanes) may
 * differ: answers do not depend on it.
 */
#ifndef LMI_EVAL_CONFIG_H
#define LMI_EVAL_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/json.h"
#include "data/dataset.h"
#include "sandbox/sandbox.h"

/* Longest config.json, in bytes: a team file, the command and room to spare. */
#define LMI_CONFIG_MAX ((size_t)16 * 1024 * 1024)

/* A run about to start. All borrowed. */
typedef struct lmi_setup {
    const lmi_dataset *data;
    size_t n;           /* questions of the run */
    const size_t *rows; /* [n] the rows that they are, in this order; NULL: the first n */
    const char *ids;    /* and what named those, NULL for none; negative: unshuffled */
    int64_t shuffle_seed;
    size_t shard, n_shards;            /* this process asks rows i with i % n_shards == shard - 1 */
    const lmi_sandbox_params *sandbox; /* of a code task, else NULL */
    const lmi_python *python;          /* likewise: what its programs run on */
    const char *split;
    lmas_model *model;
    const lmas_model_params *model_params;
    lmas_session *session;
    const lmas_session_params *session_params;
    const lmas_team *team;
    const lmas_solver_params *solver_params;
    const char *grader;   /* a command that judges beside the rules, or NULL */
    uint32_t n_ctx_asked; /* as the caller gave it; 0 when it was computed */
    size_t n_args;        /* the command, so that --resume needs only the folder */
    char *const *args;
} lmi_setup;

/* The row of the k-th question; and how many rows there may be. */
size_t lmi_setup_row(const lmi_setup *setup, size_t k);
size_t lmi_setup_n_rows(const lmi_setup *setup);

/* Whether row i is this shard's, and how many questions are. */
bool lmi_shard_has(const lmi_setup *setup, size_t i);
size_t lmi_shard_size(const lmi_setup *setup);

/* "auto", "unified" or "lane": how configs and flags call it. */
const char *lmi_kv_name(lmas_kv kv);

/* "off" or "none", likewise; "on", "off" or "auto". */
const char *lmi_reasoning_name(lmas_reasoning reasoning);

/* What the lack of `key` means in a config of an earlier version; NULL where nothing is known. */
const char *lmi_config_unsaid(const char *key);

/* The text that the value of a parameter stands for; NULL where it is a number, say. */
const char *lmi_config_text(const char *key, yyjson_val *val);

/* Whether two values of a parameter mean the same; of two configs that both have it. */
bool lmi_config_same(const char *key, yyjson_val *a, yyjson_val *b);

/* A whole number of a config; false where it is not there. */
bool lmi_config_count(uint64_t *out, const lmi_buf *stored, const char *section, const char *key);

/* Say where programs run, in a config or in what graded one again. */
void lmi_config_add_sandbox(yyjson_mut_doc *doc, yyjson_mut_val *object,
                            const lmi_sandbox_params *params, const lmi_python *python);

/* Append config.json to `out`. */
lmas_status lmi_config_write(lmi_buf *out, const lmi_setup *setup);

/* Append the first difference of the config `now` from `stored` (the text of `path`) in what
 * shapes answers, as a half sentence; nothing when there is none. Shards of one run are equal
 * here. */
lmas_status lmi_config_difference(lmi_buf *out, const char *path, const lmi_buf *stored,
                                  const lmi_buf *now);

/* The same where what `spared` names, up to a NULL, may differ. */
lmas_status lmi_config_difference_but(lmi_buf *out, const char *path, const lmi_buf *stored,
                                      const lmi_buf *now, const char *const *spared);

/* The same of these sections alone, of which a NULL is the last. */
lmas_status lmi_config_difference_in(lmi_buf *out, const char *path, const lmi_buf *stored,
                                     const lmi_buf *now, const char *const *sections,
                                     const char *const *spared);

/* LMAS_E_INVALID, naming that difference, when a run with the config `stored` (the text of `path`)
 * cannot go on under the config `now`. What `spared` names, up to a NULL, may differ. */
lmas_status lmi_config_compare(const char *path, const lmi_buf *stored, const lmi_buf *now,
                               const char *const *spared);

/* The same for the shard alone. */
lmas_status lmi_config_compare_shard(const char *path, const lmi_buf *stored, const lmi_buf *now);

/* The version by whose rules the answers of the run are graded: the one that made the run, or that
 * graded it again ("graded_by"); NULL where the config says neither. */
const char *lmi_config_graded_by(yyjson_val *root);

/* The grader that its answers were shown to last, NULL for none. */
const char *lmi_config_grader(yyjson_val *root);

/* LMAS_E_INVALID when that is not this version: one run is graded by one. */
lmas_status lmi_config_compare_graded(const char *path, const lmi_buf *stored);

/* The command that a config records. Free each of the `*n_out` words and the list. */
lmas_status lmi_config_args(char ***out, size_t *n_out, const char *path, const lmi_buf *stored);
void lmi_config_args_free(char **args, size_t n);

#endif
