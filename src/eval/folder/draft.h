/*
 * draft.h - new files for a run's folder: it has all of them or none, whenever it is killed.
 *
 * The draft of samples.jsonl is made first and becomes samples.jsonl by a rename: that is the
 * moment in which all of it counts. Whoever locks the folder next (lmi_draft_settle()) throws away
 * what came before that moment and finishes what came after it.
 */
#ifndef LMI_EVAL_FOLDER_DRAFT_H
#define LMI_EVAL_FOLDER_DRAFT_H

#include "base/buf.h"
#include "base/file.h"

typedef struct lmi_draft {
    const char *folder;
    lmi_sink samples; /* open and locked; .fd is -1 where there is no draft */
    char *path;
} lmi_draft;

/* Begin a draft in the folder, which is locked and settled. `folder` is borrowed. */
lmas_status lmi_draft_open(lmi_draft *out, const char *folder);

/* Add to its samples. */
lmas_status lmi_draft_add(lmi_draft *draft, const char *data, size_t size);

/* Put it in the place of what is there, and with it config.json and summary.json, unless they are
 * NULL. On failure the folder is as it was. */
lmas_status lmi_draft_keep(lmi_draft *draft, const lmi_buf *config, const lmi_buf *summary);

/* Its samples, open and locked, for the caller to go on with. */
int lmi_draft_take(lmi_draft *draft);

/* Throw away what was not kept; its lock goes with it. */
void lmi_draft_done(lmi_draft *draft);

/* What somebody who was killed has left in the folder, which is locked. */
lmas_status lmi_draft_settle(const char *folder);

#endif
