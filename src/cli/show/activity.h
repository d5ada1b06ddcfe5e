/*
 * activity.h - what a team is at, in a few words, for the line that shows progress.
 *
 *   one question     critic (2 of 4) thinks, 7 of 10  380 read, 17 thoughts, 0 spoken (8.1/s)
 *   many             planner reads 3, judger speaks 13  9120 read, 480 thoughts, 1304 spoken (88/s)
 *
 * A line has so much room and no more: its buffer is born with that, and a part that does not fit
 * is left out whole.
 */
#ifndef LMI_CLI_ACTIVITY_H
#define LMI_CLI_ACTIVITY_H

#include "base/buf.h"
#include "latentmas.h"

/* Turns that are told apart: agents of a team. */
enum { LMI_ACTIVITY_TURNS = 64, LMI_ACTIVITY_WORKS = LMAS_WORK_PROGRAM + 1 };

typedef struct lmi_activity {
    const char *first;   /* whose turn the first one is: before the first tick nothing is at work */
    size_t n;            /* questions under way */
    lmas_running latest; /* one of them */
    const char *agents[LMI_ACTIVITY_TURNS];
    size_t n_at[LMI_ACTIVITY_TURNS][LMI_ACTIVITY_WORKS]; /* questions by turn and work */
    uint64_t n_read, n_thought, n_spoken;                /* tokens, thoughts, tokens */
} lmi_activity;

/* Nothing at work yet. */
lmi_activity lmi_activity_of(const lmas_team *team, lmas_method method);

/* Count in a question that is under way; and all of a solver. */
void lmi_activity_take(lmi_activity *activity, const lmas_running *running);
void lmi_activity_look(lmi_activity *activity, const lmas_solver *solver);

/* Add a part with two spaces before it, if it fits. */
void lmi_activity_add(lmi_buf *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Add who does what; and what has come of it, thoughts and spoken tokens a second included. */
void lmi_activity_add_who(lmi_buf *out, const lmi_activity *activity);
void lmi_activity_add_counts(lmi_buf *out, const lmi_activity *activity, double seconds);

#endif
