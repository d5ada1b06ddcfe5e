/* open.h - from flags to a model, a team and a session, with progress where it takes long. */
#ifndef LMI_CLI_OPEN_H
#define LMI_CLI_OPEN_H

#include "cli/elsewhere/hosts.h"
#include "cli/flags.h"
#include "eval/budget.h"

/* Everything a team needs to answer. Zero it before opening, but for a lender whose flags of the
 * model are the same: several runs then load it once. */
typedef struct lmi_stage {
    const struct lmi_stage *lender; /* who has opened the model and closes it; NULL: this one */
    bool is_quiet;                  /* opened only to look: remarks are said when it computes */
    lmas_model *model;
    lmas_team *team;
    lmas_session *session;
    lmi_hosts hosts; /* beside the model */
    lmas_model_params model_params;
    lmas_solver_params solver_params;
    lmas_session_params session_params;
    uint32_t n_ctx_asked; /* 0 when it is computed */
    bool keeps_text;      /* max_new_tokens is what it was, and not lowered to what fits */
    uint32_t n_before;    /* positions of a memory that the team begins with, or 0 */
    uint32_t n_at_once;   /* questions that run together */
    double cells_size;    /* bytes of all cells, and what they might have taken; 0: unknown */
    double cells_size_max;
    lmi_buf path;             /* of the model's file */
    lmi_buf chat_template;    /* text of --chat-template-file */
    char keep[LMI_KEEP_ROOM]; /* what --knn_filter stands for */
} lmi_stage;

/* Checks of flags that the table cannot make; LMAS_E_INVALID is wrong usage. */
lmas_status lmi_flags_check(const lmi_model_flags *flags);
lmas_status lmi_team_flags_check(const lmi_team_flags *flags);

/* Say what becomes of a device that only the reference knows. */
void lmi_say_devices(const lmi_model_flags *flags);

/* Print the devices on stdout. */
void lmi_print_devices(void);

/* Send the library's log to stderr. */
void lmi_log_to_stderr(void);

/* Open a built-in team or a file. A built-in one goes before a file of its name: ./NAME is the
 * file. */
lmas_status lmi_team_open(lmas_team **out, const char *name);

/* Open the model that `flags` name, fetched first where it is one of the hub. */
lmas_status lmi_stage_open_model(lmi_stage *stage, const lmi_model_flags *flags);

/* Open model and team. */
lmas_status lmi_stage_open(lmi_stage *stage, const lmi_solve_flags *flags);

/* Make a session for `questions`, `n_at_once` together; says where it gives less than asked. */
lmas_status lmi_stage_start(lmi_stage *stage, const lmas_question *questions, size_t n,
                            uint32_t n_at_once);

/* Make a session for turn after turn in one memory that grows: as long as was asked for, or as the
 * model was trained for, within bounds; `n_beside` lanes beside the team's. */
lmas_status lmi_stage_converse(lmi_stage *stage, uint32_t n_beside);

/* Make a session of `n_lanes` for questions that nobody knows yet: each lane has its part of what
 * was asked for, or what the model was trained for, within bounds. */
lmas_status lmi_stage_receive(lmi_stage *stage, uint32_t n_lanes, uint32_t n_at_once);

/* Make a session for one question and no other. */
lmas_status lmi_stage_ask(lmi_stage *stage, const lmas_question *question);

/* Make the session that the stage's parameters describe. */
lmas_status lmi_stage_make_session(lmi_stage *stage);

void lmi_stage_done(lmi_stage *stage);

#endif
