/*
 * conversation.h - turn after turn with one team, in one working memory.
 *
 *   memory   [ turn 1: planner, critic, refiner, judger ][ turn 2: planner, ... ]
 *
 * Each turn begins with the memory and ends with a longer one, which takes its place. One that
 * fails, or is interrupted, leaves it as it was.
 */
#ifndef LMI_CLI_CHAT_CONVERSATION_H
#define LMI_CLI_CHAT_CONVERSATION_H

#include "cli/talk/talk.h"
#include "latentmas_store.h"

/* What the agents did in the last turn, as text. */
typedef struct lmi_account_text {
    char *text;
    size_t size;
} lmi_account_text;

typedef struct lmi_conversation {
    lmi_stage *stage;
    lmas_memory_file_params params;
    lmas_memory *memory;       /* what was said and thought so far */
    lmas_memory *next;         /* what becomes it if the turn ends well */
    lmas_status copied;        /* how that came there, */
    char error[LMI_ERROR_MAX]; /* and why not */
    int write_error;           /* errno of stdout, 0 while it takes what it is given */
    lmi_account_text agents, thoughts;
} lmi_conversation;

/* A session, and an empty memory; the stage must have model and team. */
lmas_status lmi_conversation_open(lmi_conversation *out, lmi_stage *stage,
                                  const lmas_memory_file_params *keys);
void lmi_conversation_done(lmi_conversation *chat);

/* One turn. */
lmas_status lmi_conversation_say(lmi_conversation *chat, const char *text);

/* The memory into a file, out of one, and empty. */
lmas_status lmi_conversation_save(lmi_conversation *chat, const char *path);
lmas_status lmi_conversation_load(lmi_conversation *chat, const char *path);
lmas_status lmi_conversation_forget(lmi_conversation *chat);

#endif
