/*
 * budget.h - how large a working memory, and how many lanes, the questions at hand want.
 *
 * A question wants room for its prompts, its thoughts and the longest text it may speak. The
 * memory is the largest question times how many run at once, as far as the machine has memory for
 * it. A question takes several lanes where its team has branches. Where each lane has its own part
 * of the memory, there are no more lanes than parts of that size.
 */
#ifndef LMI_EVAL_BUDGET_H
#define LMI_EVAL_BUDGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "latentmas.h"

typedef struct lmi_demand {
    size_t host; /* whose memory: 0 for the first model's, else 1 + its place in params->hosts */
    const lmas_model *model; /* that host's */
    const lmas_model *first; /* what the team is run on; NULL: the same */
    const lmas_team *team;
    const lmas_solver_params *params;
    const lmas_question *questions;
    size_t n;
    uint32_t n_at_once; /* questions the user wants to run together */
    uint32_t n_ctx;     /* cells the user gave, 0 to have them computed */
    uint32_t n_before;  /* positions of a memory that all begin with, in a lane of its own; or 0 */
    bool keeps_text;    /* agents speak as long as they may, however long the prompts are */
    bool is_per_lane;   /* each lane has its own part of the memory */
    double cell_size;   /* bytes of one cell, 0 when unknown */
    uint64_t max_size;  /* bytes that all cells may take, 0 when unknown */
} lmi_demand;

typedef struct lmi_budget {
    uint32_t n_ctx;         /* cells of all lanes together */
    uint32_t n_at_once;     /* questions together: fewer than wanted where memory is short */
    uint32_t n_lanes;       /* that they take */
    uint32_t n_cells;       /* the most that one question takes in one lane, */
    uint32_t n_cells_all;   /* and of the session: in all its lanes */
    int32_t max_new_tokens; /* fewer than wanted where the context is short */
    size_t n_beyond;        /* questions that do not fit, with answers of one token; */
    uint32_t n_cells_most;  /* and what the largest of those takes */
} lmi_budget;

lmas_status lmi_budget_make(lmi_budget *out, const lmi_demand *demand);

/* Bytes that this process could still take: the least of what the system and the control group
 * say, 0 when neither says anything. */
uint64_t lmi_budget_memory(void);

#endif
