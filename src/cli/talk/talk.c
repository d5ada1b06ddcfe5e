/* talk.c - see talk.h. */
#include "cli/talk/talk.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/show/term.h"
#include "cli/talk/trace.h"

/* Tokens near to a thought that fit a line. */
enum { N_NEAR = 4 };

static void flush(lmi_talk *talk)
{
    if (fflush(stdout) != 0 && !talk->write_error)
        talk->write_error = errno ? errno : EIO;
}

static bool print_speech(void *user, uint64_t id, const char *text, size_t len)
{
    lmi_talk *talk = user;

    (void)id;
    if (len == 0)
        return true;
    lmi_progress_clear(&talk->progress);
    errno = 0;
    fwrite(text, 1, len, stdout);
    talk->is_line_open = text[len - 1] != '\n';
    flush(talk);
    return !talk->write_error;
}

static void end_line(lmi_talk *talk)
{
    if (!talk->is_line_open)
        return;
    errno = 0;
    putchar('\n');
    talk->is_line_open = false;
    flush(talk);
}

/* Whatever comes on stderr begins a line of its own. */
static bool print_agent(void *user, uint64_t id, const lmas_agent_trace *agent)
{
    lmi_talk *talk = user;

    (void)id;
    if (talk->agents == stderr) {
        lmi_progress_clear(&talk->progress);
        end_line(talk);
    }
    if (talk->agents)
        lmi_trace_agent(talk->agents, agent);
    if (talk->thoughts)
        lmi_trace_thoughts(talk->thoughts, agent);
    return true;
}

/* Nothing came out: an empty line would leave a person alone with it. */
static void say_nothing_came(const lmi_talk *talk, const lmas_agent_trace *last)
{
    const char *plural = last->n_spoken == 1 ? "" : "s";
    const char *alone = talk->is_alone ? "" : "; or try one agent with --method baseline";

    if (last->is_cut)
        lmi_say("no answer: %s spoke %u token%s, as many as --max_new_tokens or the team file "
                "lets it, and no word among them: give it more",
                last->name, last->n_spoken, plural);
    else if (last->n_spoken)
        lmi_say("no answer: %s spoke %u token%s and no word among them, only white space or "
                "control tokens: try another --seed or --temp%s",
                last->name, last->n_spoken, plural, alone);
    else
        lmi_say("no answer: %s ended its turn at once, as a model does whose chat template does "
                "not fit: \"latentmas model info FILE\" shows it, --chat-template names another%s",
                last->name, alone);
}

/* An answer that the model had not ended. */
static void say_how_it_ended(const lmas_agent_trace *last)
{
    if (last->is_circling)
        lmi_say("the answer is cut after %u tokens, and repeats itself: another --temp, --seed or "
                "--latent_steps may help",
                last->n_spoken);
    else if (last->is_cut)
        lmi_say("the answer is cut after %u token%s: give more by -n or the team file",
                last->n_spoken, last->n_spoken == 1 ? "" : "s");
}

static bool note_result(void *user, const lmas_result *result)
{
    lmi_talk *talk = user;

    lmi_progress_clear(&talk->progress);
    end_line(talk);
    talk->status = result->status;
    snprintf(talk->error, sizeof(talk->error), "%s", result->error);
    if (result->status != LMAS_OK)
        return true;
    if (talk->agents)
        lmi_trace_total(talk->agents, result);
    if (result->text[0])
        say_how_it_ended(&result->agents[result->n_agents - 1]);
    else if (result->n_agents)
        say_nothing_came(talk, &result->agents[result->n_agents - 1]);
    return true;
}

/* Say what the team is at, unless the terminal shows it already. */
static void show_activity(lmi_talk *talk, const lmas_solver *solver)
{
    const double seconds = (lmi_now_ms() - talk->progress.begin_ms) / 1e3;
    lmi_activity activity = talk->idle;
    lmi_buf text;

    if (talk->is_line_open && talk->is_on_screen)
        return;
    lmi_activity_look(&activity, solver);
    lmi_buf_init(&text, lmi_progress_width(&talk->progress));
    lmi_activity_add_who(&text, &activity);
    lmi_activity_add_counts(&text, &activity, seconds);
    lmi_progress_promise(&talk->progress, 0, 0, lmi_buf_text(&text));
    lmi_buf_done(&text);
}

/* Tick until the answer is there. */
static lmas_status drive(lmi_talk *talk, lmas_solver *solver, const lmas_question *question)
{
    lmas_status status = lmas_solver_submit(solver, question);

    lmi_progress_init(&talk->progress);
    while (status == LMAS_OK && lmas_solver_n_open(solver) > 0) {
        show_activity(talk, solver);
        status = lmas_solver_tick(solver);
    }
    lmi_progress_clear(&talk->progress);
    end_line(talk);
    if (status == LMAS_OK && talk->status != LMAS_OK)
        return lmi_fail(talk->status, "%s", talk->error);
    return status;
}

static bool hand_memory(void *user, uint64_t id, lmas_memory *memory)
{
    lmi_talk *talk = user;

    (void)id;
    return talk->on_memory(talk->user, memory);
}

static void set_params(lmas_solver_params *p, lmi_talk *talk)
{
    p->share_prefixes = p->method == LMAS_METHOD_TEXT_MAS; /* there is no other question */
    p->n_near = talk->thoughts ? N_NEAR : 0;
    p->on_speech = print_speech;
    p->on_agent = print_agent;
    p->on_memory = talk->on_memory ? hand_memory : NULL;
    p->on_result = note_result;
    p->user = talk;
}

lmas_status lmi_talk_ask(lmi_talk *talk, lmi_stage *stage, const lmas_question *question)
{
    lmas_solver *solver = NULL;
    lmas_status status;

    talk->status = LMAS_OK;
    talk->is_on_screen = isatty(STDOUT_FILENO) == 1;
    talk->is_alone = stage->solver_params.method == LMAS_METHOD_BASELINE;
    talk->idle = lmi_activity_of(stage->team, stage->solver_params.method);
    set_params(&stage->solver_params, talk);
    status = lmas_solver_new(&solver, stage->session, stage->team, &stage->solver_params);
    if (status == LMAS_OK && talk->agents)
        lmi_trace_head(talk->agents);
    if (status == LMAS_OK)
        status = drive(talk, solver, question);
    lmas_solver_free(solver);
    return status;
}
