/* team.h - a team file, checked: whoever holds an lmas_team need not doubt it. */
#ifndef LMI_TEAM_TEAM_H
#define LMI_TEAM_TEAM_H

#include "base/status.h"

/* Limits of a team file. */
enum {
    LMI_TEAM_FILE_MAX = 1024 * 1024, /* bytes */
    LMI_TEAM_AGENTS_MAX = 64,
    LMI_TEAM_NAME_MAX = 64, /* bytes of a team's or an agent's name */
    LMI_ANSWER_KINDS = 4,
    LMI_TEAM_REMARKS_MAX = 32, /* kept; a person mends those first */
};

typedef struct lmi_agent {
    char *name;
    char *prompt; /* template */
} lmi_agent;

struct lmas_team {
    char *source; /* the file, whole */
    char *name;
    char *system; /* "" when the file has none */
    char *kwargs; /* for the chat template: a JSON object, NULL when the file has none */
    lmas_reasoning reasoning;
    char *context_latent; /* what `{context}` says when memory is handed over; "" if none */
    char *context_text;   /* the same for text, with `{outputs}`; "" if none */
    char *baseline;       /* template of the single agent */
    char *formats[LMI_ANSWER_KINDS]; /* by lmas_answer_kind; NULL where the file has none */
    lmi_agent agents[LMI_TEAM_AGENTS_MAX];
    size_t n_agents;
    char *remarks[LMI_TEAM_REMARKS_MAX]; /* words in braces that may be meant as slots */
    size_t n_remarks;
};

/* "number", "choice", "code", "free". */
const char *lmi_answer_kind_name(lmas_answer_kind kind);

#endif
