/* team.h - a team file, checked: whoever holds an lmas_team need not doubt it. */
#ifndef LMI_TEAM_TEAM_H
#define LMI_TEAM_TEAM_H

#include "base/json.h"
#include "base/status.h"
#include "team/file/graph.h"

/* Limits of a team file. */
enum {
    LMI_TEAM_FILE_MAX = 1024 * 1024, /* bytes */
    LMI_TEAM_TURNS_MAX = 1024,       /* agents times rounds */
    LMI_TEAM_NAME_MAX = 64,          /* bytes of a team's or an agent's name */
    LMI_ANSWER_KINDS = 4,
    LMI_TEAM_REMARKS_MAX = 32, /* kept; a person mends those first */
    LMI_TEAM_MODELS_MAX = 15,  /* beside the one that the team is run on */
    LMI_TEAM_PLACE_MAX = 4096, /* bytes that say where one of them is */
};

/* What an agent says for itself of how tokens are drawn; NAN and -1: as the run says. */
typedef struct lmi_own_sampling {
    double temperature, top_p, min_p;
    int32_t top_k;
} lmi_own_sampling;

/* Limits of a program, and what is meant where the file says nothing. */
enum {
    LMI_COMMAND_WORDS_MAX = 64,
    LMI_COMMAND_SECONDS = 60,
    LMI_COMMAND_OUTPUT = 4096, /* bytes */
    LMI_COMMAND_OUTPUT_MAX = 16 * 1024 * 1024,
};

/* What an agent is that is a program. */
typedef struct lmi_command {
    char **words; /* the first is the program */
    size_t n;     /* 0: the agent is none */
    double wall_ms;
    uint64_t output_size, memory_size; /* bytes; no limit of memory: 0 */
    bool is_sandboxed;
    bool is_told; /* a failure becomes its text, and does not end the question */
} lmi_command;

/* Of an agent's latent_steps. The last one thinks only if it says so. */
enum { LMI_STEPS_UNSAID = LMAS_LATENT_STEPS_AUTO - 1 };

typedef struct lmi_agent {
    char *name;
    char *model; /* one of the team's; NULL: the one that the team is run on */
    lmi_command command;
    char *prompt;             /* template; "" of a program */
    char *system;             /* NULL: the team's */
    char *think;              /* what its own turn begins with; NULL: as the run says */
    char *kwargs;             /* for the chat template, over the team's; NULL for none */
    lmas_reasoning reasoning; /* AUTO: the team's */
    int32_t latent_steps;     /* or LMAS_LATENT_STEPS_AUTO; LMI_STEPS_UNSAID: as the run says */
    int32_t max_new_tokens;   /* 0: as the run says, which is never passed */
    bool speaks;              /* behind its thoughts, into the memory that it hands over */
    lmi_own_sampling sampling;
} lmi_agent;

struct lmas_team {
    char *source; /* the file, whole */
    char *folder; /* where the file lies, and its programs start; NULL: where the host is */
    char *name;
    char *system; /* "" when the file has none */
    char *kwargs; /* for the chat template: a JSON object, NULL when the file has none */
    lmas_reasoning reasoning;
    char *context_latent; /* what `{context}` says when memory is handed over; "" if none */
    char *context_text;   /* the same for text, with `{outputs}`; "" if none */
    char *baseline;       /* template of the single agent */
    char *formats[LMI_ANSWER_KINDS]; /* by lmas_answer_kind; NULL where the file has none */
    lmas_team_model models[LMI_TEAM_MODELS_MAX]; /* their strings are owned */
    size_t n_models;
    lmi_agent agents[LMI_TEAM_AGENTS_MAX];
    size_t n_agents;
    lmi_graph graph;
    char *remarks[LMI_TEAM_REMARKS_MAX]; /* words in braces that may be meant as slots */
    size_t n_remarks;
};

/* Read the agent `object`, the next of the team; `line` is that of "agents". */
lmas_status lmi_agent_read(lmas_team *team, const lmi_json *json, yyjson_val *object, size_t line);
void lmi_agent_done(lmi_agent *agent);

/* "models" of the team, before its agents; and of an agent which of them it is on. */
lmas_status lmi_team_models_read(lmas_team *team, const lmi_json *json, yyjson_val *root);
lmas_status lmi_agent_read_model(lmi_agent *agent, const lmas_team *team, const lmi_json *json,
                                 yyjson_val *object, const char *where);
void lmi_team_models_done(lmas_team *team);

/* "command" and what belongs to it. */
lmas_status lmi_command_read(lmi_command *out, const lmi_json *json, yyjson_val *agent,
                             const char *where);
void lmi_command_done(lmi_command *command);

/* A number of the file, and what it may be. */
typedef struct lmi_number {
    const char *where, *key;
    double least, most;
    bool is_whole;
} lmi_number;

/* The optional number at `n->key`, or the optional truth at `key`; `*out` stays as it is when
 * absent. */
lmas_status lmi_team_read_number(double *out, const lmi_json *json, yyjson_val *object,
                                 const lmi_number *n);
lmas_status lmi_team_read_bool(bool *out, const lmi_json *json, yyjson_val *object,
                               const char *where, const char *key);

/* Copy the optional string at `key` into `*out`; `otherwise` (may be NULL) when absent. */
lmas_status lmi_team_take_string(char **out, const lmi_json *json, yyjson_val *object,
                                 const char *where, const char *key, const char *otherwise);

/* "reasoning" and "chat_template_kwargs" of `object`: what the chat template is told. */
lmas_status lmi_team_read_chat(lmas_reasoning *reasoning, char **kwargs, const lmi_json *json,
                               yyjson_val *object, const char *where);

/* Step over the byte order mark that some editors put before a text. */
void lmi_team_skip_mark(const char **text, size_t *len);

/* The agent named by the `n` bytes at `name`; `team->n_agents` for none. */
size_t lmi_team_find_agent(const lmas_team *team, const char *name, size_t n);

/* From 1 to LMI_TEAM_NAME_MAX bytes, none of which obeys a terminal. */
lmas_status lmi_team_check_name(const lmi_json *json, size_t line, const char *what,
                                const char *name);

#endif
