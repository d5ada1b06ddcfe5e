/*
 * plan.h - what is done for a question: a team's graph and a method, as turns in their order.
 *
 * A turn is what one agent does in one round: inherit a working memory, read its prompt, think so
 * many thoughts, speak so many tokens. What differs between the methods is only what goes along
 * the edges:
 *
 *   baseline     1 turn   read, speak
 *   text_mas     every edge carries text: fresh memory, read (with the others' text), speak
 *   latent_mas   edges carry what the file says: memory goes on, read, think, and speak if it is
 *                the last one, if an edge carries its text, or if the file says so
 *
 * A memory consists of blocks, one for each turn that added to it. Who takes from several gets the
 * first one's memory, and behind it, in the file's order, the blocks that this has not (those that
 * are read afresh come last):
 *
 *   a ─▶ b ─┐          b: [a b]      d: [a b c d]
 *     └▶ c ─┴▶ d       c: [a c]             └ moved from [a c]
 */
#ifndef LMI_TEAM_PLAN_H
#define LMI_TEAM_PLAN_H

#include "engine/chat.h"
#include "latent/keep.h"
#include "team/file/team.h"
#include "team/plan/host.h"

enum { LMI_NO_TURN = -1 };

/* Turns, as a list. */
typedef struct lmi_turn_list {
    int32_t *at;
    size_t n, capacity;
} lmi_turn_list;

/* The parts of a block, in their order. */
typedef enum lmi_part {
    LMI_PART_PROMPT = 0,
    LMI_PART_THOUGHTS,
    LMI_PART_SPOKEN,
    LMI_PARTS
} lmi_part;

/* A block that comes behind the base. */
typedef struct lmi_parcel {
    int32_t block; /* the turn that made it */
    int32_t from;  /* the turn whose memory has it */
    bool is_read;  /* read afresh instead of moved: a relay, or from another host */
} lmi_parcel;

typedef struct lmi_turn {
    const lmi_agent *agent; /* NULL for the single agent of the baseline */
    const char *name;
    size_t host;              /* of the plan's; the first one's of a program, which needs none */
    bool is_remote;           /* which is a server: no memory here */
    const lmas_model *model;  /* whose tokens it reads; NULL of a server that takes texts alone */
    uint32_t round;           /* from 0 */
    lmi_turn_list waits_for;  /* turns that must have ended */
    lmi_turn_list hears;      /* turns whose text it may read, in order */
    lmi_turn_list gives_to;   /* turns that take cells of its memory, in order */
    lmi_turn_list takes_from; /* turns whose memory it takes cells of: the base, and others */
    int32_t base;             /* the turn whose memory it goes on in; LMI_NO_TURN for a new one */
    lmi_parcel *parcels;      /* what comes behind that */
    size_t n_parcels, capacity;
    lmi_turn_list blocks;   /* of its memory when it ends; its own is the last */
    const lmi_keep **keeps; /* [blocks.n - 1]: what goes on of each, by the rule of the edge that it
                             * came along; blocks of one rule are judged together. NULL for all */
    size_t n_keeps, keeps_capacity;
    bool gets_memory;   /* as the file says: it is told so */
    bool is_relayed;    /* somebody reads its block afresh, */
    uint32_t crosses;   /* and its thoughts in other spaces than its own: a bit for each, */
    uint32_t retold;    /* of which those where its words would be read, too */
    bool is_output;     /* the last one */
    bool is_wanted;     /* somebody wants its memory when it ends, and all that it spoke in it */
    int32_t n_thoughts; /* after reading, or the most of them: */
    bool ends_at_rest;  /* it stops thinking when its thoughts are at rest */
    int32_t n_speak;    /* most tokens spoken after that, 0 for none */
    int32_t n_instead;  /* the same where its thoughts cannot cross, else 0 */
} lmi_turn;

/* Everything that decides what a question's turns are; shared by all questions of a solver. */
typedef struct lmi_plan {
    const lmas_team *team;
    lmas_solver_params params;
    lmi_keep keep;   /* of edges that have none of their own */
    bool is_weighed; /* a rule asks where thoughts look */
    lmi_host hosts[LMI_HOSTS_MAX];
    size_t n_hosts;
    struct lmi_cross *crosses[LMI_HOSTS_MAX][LMI_HOSTS_MAX]; /* from, to: crossing.h */
    lmi_turn *turns; /* each behind those it waits for; the output is the last one */
    size_t n_turns;
    uint32_t n_origin; /* positions that a memory which is new begins with, in the first host */
} lmi_plan;

/* Free with lmi_plan_done(), also after a failure. */
lmas_status lmi_plan_make(lmi_plan *out, const lmas_model *model, const lmas_team *team,
                          const lmas_solver_params *params);
void lmi_plan_done(lmi_plan *plan);

/* Whether a program takes the turn; and whether that or a server does: it has no memory here. */
bool lmi_turn_is_errand(const lmi_turn *turn);
bool lmi_turn_is_away(const lmi_turn *turn);

const lmi_host *lmi_plan_host(const lmi_plan *plan, size_t turn);

/* Positions that the turn's memory begins with where it is new. */
uint32_t lmi_plan_origin(const lmi_plan *plan, const lmi_turn *turn);

/* Whether the turn starts with an empty memory. */
bool lmi_turn_is_fresh(const lmi_turn *turn);

/* Whether what it inherits gets other positions, by a rule of it. */
bool lmi_turn_restarts(const lmi_turn *turn);

/* Whether all that it spoke must be in its memory when it ends: somebody will find it there. */
bool lmi_turn_is_handed_on(const lmi_turn *turn);

/* Whether turn `i` takes that part of a block that it reads afresh: of what another host hands on,
 * what a rule drops by its kind is not even read. */
bool lmi_plan_takes(const lmi_plan *plan, size_t i, const lmi_parcel *parcel, lmi_part part);

/* The place of a block, which must be there, among those of the turn's memory. */
size_t lmi_turn_place(const lmi_turn *turn, int32_t block);

/* Whether one memory goes through all turns, so that what it begins with stays in it. */
bool lmi_plan_keeps_memory(const lmi_plan *plan);

/* Where a question stands, turn by turn. */
typedef enum lmi_turn_state { LMI_WAITS = 0, LMI_RUNS, LMI_ENDED } lmi_turn_state;

/* Whether the turn takes over its base's memory: nobody else will take from it. */
bool lmi_plan_takes_over(const lmi_plan *plan, const lmi_turn_state *standing, size_t turn);

/* How many memories each host needs. */
void lmi_plan_count_lanes(lmi_plan *plan);

/* Memories that turns of the host hold which run or whose memory is still to be taken. */
uint32_t lmi_plan_n_held(const lmi_plan *plan, const lmi_turn_state *standing, size_t host);

/* Most memories of the host at once if from here on one turn goes after the other. */
uint32_t lmi_plan_peak(const lmi_plan *plan, const lmi_turn_state *standing, size_t host);

/* Whether a turn of the host holds a memory or will. */
bool lmi_plan_needs_host(const lmi_plan *plan, const lmi_turn_state *standing, size_t host);

/* Whether all that the turn waits for has ended, and it has not begun. */
bool lmi_plan_is_ready(const lmi_plan *plan, const lmi_turn_state *standing, size_t turn);

/* Whether it may begin where `n_lanes` memories of its host are all there are: the others must be
 * able to end behind it. */
bool lmi_plan_may_begin(const lmi_plan *plan, const lmi_turn_state *standing, size_t turn,
                        uint32_t n_lanes);

/* Cells of one host that a question can need. */
typedef struct lmi_room {
    uint32_t n_least; /* of the longest memory: all that surely goes in */
    uint32_t n_most;  /* and the most that can */
    uint32_t n_all; /* the most of all its memories together, cells that they share counted once */
} lmi_room;

/* `out` is [n_hosts]. */
struct lmi_case;
lmas_status lmi_plan_room(lmi_room *out, const lmi_plan *plan, const struct lmi_case *c);

#endif
