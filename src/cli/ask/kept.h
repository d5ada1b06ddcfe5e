/*
 * kept.h - memory files before and behind a question: what the team begins with, and where the
 * memory of its last agent goes.
 */
#ifndef LMI_CLI_ASK_KEPT_H
#define LMI_CLI_ASK_KEPT_H

#include "base/status.h"
#include "cli/open.h"
#include "latentmas_store.h"

typedef struct lmi_kept {
    const char *from, *to; /* memory files; NULL for none */
    lmas_memory_file_params params;
    lmas_memory *origin;
    lmas_status status; /* of saving, and why it failed */
    char error[LMI_ERROR_MAX];
} lmi_kept;

/* How long what the team begins with is, before the stage has a session. */
lmas_status lmi_kept_look(const lmi_kept *kept, lmi_stage *stage);

/* The solver begins with that, and keeps what it ends with. */
lmas_status lmi_kept_open(lmi_kept *kept, lmi_stage *stage);

/* For lmi_talk.on_memory; lmi_kept_end() says how it went. */
bool lmi_kept_save(void *kept, lmas_memory *memory);

/* After an answer: whether it was saved where it was to be. */
lmas_status lmi_kept_end(const lmi_kept *kept);
void lmi_kept_done(lmi_kept *kept);

#endif
