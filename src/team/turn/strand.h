/*
 * strand.h - one turn on its way: an agent on a working memory.
 *
 * A strand is a small state machine over one lane. Whenever its memory has no request under way,
 * lmi_strand_step() takes the result and places the next request.
 *
 *   RELAY ──▶ ... ──▶ READ ──▶ THINK ──▶ ... ─┬▶ SPEAK ──▶ ... ─┬▶ ENDED
 *   (blocks read afresh)                       └▶ PROBE ──▶ ... ─┘
 *
 * Reading has several parts where prompts begin alike (read.h). It knows nothing of the graph: the
 * job (job.c) gives it its memory, and takes that on when it has ended.
 */
#ifndef LMI_TEAM_STRAND_H
#define LMI_TEAM_STRAND_H

#include "engine/sampler.h"
#include "latent/guess.h"
#include "latent/look/look.h"
#include "latent/memory.h"
#include "latent/probe.h"
#include "latent/rest.h"
#include "latent/speech.h"
#include "team/turn/block.h"
#include "team/turn/shelf.h"

typedef enum lmi_phase {
    LMI_PHASE_RELAY = 0,
    LMI_PHASE_READ,
    LMI_PHASE_THINK,
    LMI_PHASE_SPEAK,
    LMI_PHASE_PROBE /* who does not speak says a few words, which nobody hears: latent/probe.h */
} lmi_phase;

/* Where a relay stands: the parcel at hand, and what of it comes next. */
typedef struct lmi_relay {
    size_t parcel;
    lmi_part part;
    bool has_piece;
    lmi_piece piece;
    lmi_tokens room; /* of the piece */
    size_t n_fed;    /* of it */
} lmi_relay;

typedef struct lmi_strand {
    const lmi_plan *plan;
    size_t index;                    /* of its turn */
    const lmi_turn *turn;            /* the plan's */
    uint64_t id;                     /* of the question */
    const struct lmi_strand *others; /* all of the question, by turn: whose blocks it reads */
    const lmi_case *c;               /* the question's, from its start on */

    lmas_memory *memory; /* from its start until the last taker has it */
    uint32_t *ends;      /* where the blocks of its memory end [turn->blocks.n]; block k begins at
                          * ends[k - 1], the first at 0 */
    lmi_phase phase;
    lmi_relay relay;
    lmi_tokens prompt;
    bool is_beginning; /* with others of the question, which read next to it */
    lmi_shelf *shelf;
    lmi_loan loan;       /* what it has of the shelf, while it reads */
    uint32_t n_has;      /* tokens of its prompt in its memory that it did not read with the rest */
    uint32_t n_beside;   /* tokens of it that others who begin now share, */
    size_t first_beside; /* and the first turn of them all */
    uint32_t n_saved;    /* cells that it shares with all who take that beginning */
    lmi_sampler *sampler; /* when it speaks */
    lmi_guess guess;      /* of what it says next */
    lmi_speech speech;
    lmi_rest rest; /* when it thinks */
    lmi_look look; /* what the thoughts of its trace are */
    lmi_probe probe;
    lmi_intake intake;
    int32_t n_speak;       /* most tokens that it speaks: the turn's, or in place of thoughts */
    struct lmi_tool *tool; /* of a turn that is a program: errand.h */
    struct lmi_call *call; /* and of one behind a server: away.h */
    size_t n_streamed;     /* bytes of what that says that went out */
    double begin_ms;
    bool is_closing;  /* its last token is being taken in */
    bool is_stopping; /* a callback asked to stop */
    bool is_lost;     /* a server failed it */
    bool is_refused;  /* or refused what it was asked */

    lmas_agent_trace trace; /* strings are owned */
    char *marked;           /* its text with its control tokens; NULL when it has none */
} lmi_strand;

/* Release what only a running strand needs; what only takers need; and all, the trace too. */
void lmi_strand_rest(lmi_strand *strand);
void lmi_strand_release(lmi_strand *strand);
void lmi_strand_done(lmi_strand *strand);

/* Whether its memory has a request under way. */
bool lmi_strand_is_busy(const lmi_strand *strand);

/* The trace of a turn that begins now, whose input `prompt` becomes. */
lmas_status lmi_strand_open_trace(lmi_strand *strand, lmi_buf *prompt);

/* The agent's prompt, and a trace of it; nothing yet of a turn that is away. `strand` knows plan,
 * turn and id. */
lmas_status lmi_strand_prepare(lmi_strand *strand, lmi_shelf *shelf, const lmi_case *c);

/* Place its first request. It has its memory, in which the moved blocks before its own are. */
lmas_status lmi_strand_begin(lmi_strand *strand);

/* What must come out of the last row before `n_thoughts` thoughts and then perhaps speech. */
unsigned lmi_strand_wants(const lmi_strand *strand, int32_t n_thoughts);

/* Go on from where the memory stands, which must not be busy. Sets `*has_ended` when the turn is
 * over: then its memory is what others may take. */
lmas_status lmi_strand_step(bool *has_ended, lmi_strand *strand);

/* Draw a token from the logits at hand, and as long as guesses were right the next ones; then take
 * in the last, unless it ends the turn. And the end of that. */
lmas_status lmi_strand_speak(bool *has_ended, lmi_strand *strand);
lmas_status lmi_strand_end_speech(bool *has_ended, lmi_strand *strand);

/* The turn is over. */
lmas_status lmi_strand_end(bool *has_ended, lmi_strand *strand);

/* The last agent's text as it comes, as far as it consists of whole characters. */
lmas_status lmi_strand_stream(lmi_strand *strand, lmi_speech *speech, bool is_end);

/* Let those hear of the token who want to, with how likely it was. */
lmas_status lmi_strand_tell(lmi_strand *strand, int32_t token);

/* Whether a stop or the most tokens ended what it says. */
bool lmi_strand_is_said(lmi_strand *strand);

/* The spoken text becomes the trace's output; what there was stays if memory runs out. */
lmas_status lmi_strand_keep(lmi_strand *strand, const lmi_speech *speech);

/* Keep what was said so far: the failure of the question stays the news. */
void lmi_strand_stop(lmi_strand *strand);

/* What it is at. */
void lmi_strand_look(lmas_running *out, const lmi_strand *strand);

#endif
