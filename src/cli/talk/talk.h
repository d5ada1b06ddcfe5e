/*
 * talk.h - a team is asked, and answers: what it says on stdout as it comes, what it is at on
 * stderr, what its agents did where the caller wants it.
 */
#ifndef LMI_CLI_TALK_TALK_H
#define LMI_CLI_TALK_TALK_H

#include <stdio.h>

#include "base/status.h"
#include "cli/open.h"
#include "cli/show/activity.h"
#include "cli/show/progress.h"

/* Zero it, and set what is wanted. */
typedef struct lmi_talk {
    FILE *agents;   /* where the table of agents goes, NULL for nowhere */
    FILE *thoughts; /* where goes what each thought was like; looking costs a little */
    bool (*on_memory)(void *user, lmas_memory *memory); /* as lmas_memory_fn; NULL for nothing */
    void *user;

    int write_error;   /* errno of stdout, 0 while it takes what it is given */
    bool is_line_open; /* stdout stands in the middle of a line */
    bool is_on_screen; /* stdout is a terminal, where what is spoken is progress enough */
    bool is_alone;     /* one agent is asked */
    lmi_progress progress;
    lmi_activity idle;  /* nothing at work yet */
    lmas_status status; /* how the question ended, and why */
    char error[LMI_ERROR_MAX];
} lmi_talk;

/* Ask on the stage, which has its session, and wait. The stage's callbacks are set here. */
lmas_status lmi_talk_ask(lmi_talk *talk, lmi_stage *stage, const lmas_question *question);

#endif
