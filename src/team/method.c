/* method.c - turns and prompts of the three methods; method.h has the list. */
#include "team/method.h"

#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "engine/chat.h"
#include "engine/sampler.h"

static const char *const METHOD_NAMES[] = {"baseline", "text_mas", "latent_mas"};
enum { N_METHODS = sizeof(METHOD_NAMES) / sizeof(METHOD_NAMES[0]) };

const char *lmas_method_name(lmas_method method)
{
    return (size_t)method < N_METHODS ? METHOD_NAMES[method] : NULL;
}

bool lmas_method_parse(lmas_method *out, const char *name)
{
    size_t i;

    for (i = 0; out && name && i < N_METHODS; i++) {
        if (strcmp(name, METHOD_NAMES[i]) != 0)
            continue;
        *out = (lmas_method)i;
        return true;
    }
    return false;
}

lmas_solver_params lmas_solver_params_default(void)
{
    return (lmas_solver_params){.method = LMAS_METHOD_LATENT_MAS,
                                .latent_steps = 10,
                                .max_new_tokens = 4096,
                                .text_context_length = -1,
                                .share_prefixes = true,
                                .sampling = lmas_sampling_default(),
                                .chat = lmas_chat_params_default()};
}

/* Agent `i` of the team; NULL for the single agent of the baseline. */
static const lmi_agent *agent_of(const lmi_plan *plan, size_t i)
{
    return plan->params.method == LMAS_METHOD_BASELINE ? NULL : &plan->team->agents[i];
}

/* What the chat template is told of agent `i`: what the team says, over it what the agent says, and
 * over both the caller. */
static lmi_chat chat_of(const lmi_plan *plan, size_t i)
{
    const lmas_chat_params *asked = &plan->params.chat;
    const lmi_agent *agent = agent_of(plan, i);
    lmi_chat chat = {.kwargs = {plan->team->kwargs, agent ? agent->kwargs : NULL, asked->kwargs},
                     .reasoning = plan->team->reasoning,
                     .date = asked->date};

    if (agent && agent->reasoning != LMAS_REASONING_AUTO)
        chat.reasoning = agent->reasoning;
    if (asked->reasoning != LMAS_REASONING_AUTO)
        chat.reasoning = asked->reasoning;
    return chat;
}

static const char *system_of(const lmi_plan *plan, size_t i)
{
    const lmi_agent *agent = agent_of(plan, i);

    return agent && agent->system ? agent->system : plan->team->system;
}

static lmas_status check_numbers(const lmas_solver_params *p)
{
    if (!lmas_method_name(p->method))
        return lmi_fail(LMAS_E_INVALID, "method must be baseline, text_mas or latent_mas, got %d",
                        (int)p->method);
    if (p->control != LMAS_CONTROL_OFF && p->control != LMAS_CONTROL_NO_MEMORY)
        return lmi_fail(LMAS_E_INVALID, "control must be 0 (off) or 1 (no memory), got %d",
                        (int)p->control);
    if (p->latent_steps < 0 || p->latent_steps > LMAS_LATENT_STEPS_MAX)
        return lmi_fail(LMAS_E_INVALID, "latent_steps must be from 0 to %d, got %d",
                        LMAS_LATENT_STEPS_MAX, p->latent_steps);
    if (p->max_new_tokens < 1 || p->max_new_tokens > LMAS_NEW_TOKENS_MAX)
        return lmi_fail(LMAS_E_INVALID, "max_new_tokens must be from 1 to %d, got %d",
                        LMAS_NEW_TOKENS_MAX, p->max_new_tokens);
    if (p->text_context_length < -1 || p->text_context_length > LMAS_TEXT_CONTEXT_MAX)
        return lmi_fail(LMAS_E_INVALID, "text_context_length must be from -1 to %d, got %d",
                        LMAS_TEXT_CONTEXT_MAX, p->text_context_length);
    return LMAS_OK;
}

/* Whether the chat template takes what agent `i` tells it. */
static lmas_status check_chat(const lmi_plan *plan, size_t i)
{
    const lmi_chat chat = chat_of(plan, i);
    lmas_status status = lmi_chat_check(&chat);
    lmi_buf probe;

    if (status != LMAS_OK)
        return status;
    lmi_buf_init(&probe, 2 * LMI_PROMPT_MAX);
    status = lmi_chat_format(&probe, plan->model, system_of(plan, i), "?", &chat);
    lmi_buf_done(&probe);
    return status;
}

static lmas_status check_think(const char *think)
{
    const size_t len = think ? strlen(think) : 0;

    if (len > LMAS_THINK_MAX)
        return lmi_fail(LMAS_E_INVALID, "think must be at most %d bytes, got %zu", LMAS_THINK_MAX,
                        len);
    if (think && !lmi_utf8_is_valid(think, len))
        return lmi_fail(LMAS_E_INVALID, "think is not valid UTF-8");
    return LMAS_OK;
}

lmas_status lmi_plan_check(const lmi_plan *plan)
{
    lmas_status status = check_numbers(&plan->params);
    size_t i;

    if (status == LMAS_OK)
        status = check_think(plan->params.think);
    if (status == LMAS_OK)
        status = lmi_sampling_check(&plan->params.sampling);
    for (i = 0; status == LMAS_OK && i < lmi_plan_n_turns(plan); i++)
        status = check_chat(plan, i);
    return status;
}

size_t lmi_plan_n_turns(const lmi_plan *plan)
{
    return plan->params.method == LMAS_METHOD_BASELINE ? 1 : plan->team->n_agents;
}

/* How agent `i` draws: as the run says, but for what it says itself. */
static lmas_sampling sampling_of(const lmi_plan *plan, size_t i)
{
    const lmi_agent *agent = agent_of(plan, i);
    const lmi_own_sampling *own = agent ? &agent->sampling : NULL;
    lmas_sampling out = plan->params.sampling;

    if (own && !isnan(own->temperature))
        out.temperature = (float)own->temperature;
    if (own && !isnan(own->top_p))
        out.top_p = (float)own->top_p;
    if (own && !isnan(own->min_p))
        out.min_p = (float)own->min_p;
    if (own && own->top_k >= 0)
        out.top_k = own->top_k;
    return out;
}

/* What it may say, and never more than the run allows. */
static int32_t most_spoken(const lmi_plan *plan, size_t i)
{
    const lmi_agent *agent = agent_of(plan, i);
    const int32_t most = plan->params.max_new_tokens;

    return agent && agent->max_new_tokens > 0 && agent->max_new_tokens < most
               ? agent->max_new_tokens
               : most;
}

/* A link of the chain that hands its memory on; the last one has nobody behind it. */
static lmi_turn latent_turn(const lmi_plan *plan, size_t i)
{
    const lmas_solver_params *p = &plan->params;
    const lmi_agent *agent = &plan->team->agents[i];
    const bool is_last = i + 1 == plan->team->n_agents;
    const bool is_alone = p->control == LMAS_CONTROL_NO_MEMORY;
    const bool is_speaker = is_last || agent->speaks || (i == 0 && p->first_speaks);
    const int32_t usual = is_last ? 0 : p->latent_steps;

    return (lmi_turn){.agent = agent->name,
                      .is_fresh = i == 0 || is_alone,
                      .n_thoughts = agent->latent_steps >= 0 ? agent->latent_steps : usual,
                      .n_speak = is_speaker ? most_spoken(plan, i) : 0,
                      .is_handed_on = !is_last && !is_alone,
                      .sampling = sampling_of(plan, i)};
}

lmi_turn lmi_plan_turn(const lmi_plan *plan, size_t i)
{
    const lmi_agent *agent = agent_of(plan, i);

    if (plan->params.method == LMAS_METHOD_LATENT_MAS)
        return latent_turn(plan, i);
    return (lmi_turn){.agent = agent ? agent->name : "baseline",
                      .is_fresh = true,
                      .n_speak = most_spoken(plan, i),
                      .sampling = sampling_of(plan, i)};
}

bool lmi_plan_keeps_memory(const lmi_plan *plan)
{
    return lmi_plan_n_turns(plan) == 1 || !lmi_plan_turn(plan, 1).is_fresh;
}

/* What stands in a template between braces, and what takes its place. */
typedef struct slot {
    const char *name; /* "{question}" */
    const char *text; /* NULL: leave the braces as they are */
} slot;

/* One pass from left to right: what a slot brings in is never searched for slots again, so a
 * question may contain "{format}" and keeps it. */
static void expand(lmi_buf *out, const char *template, const slot *slots, size_t n)
{
    while (*template) {
        const size_t plain = strcspn(template, "{");
        size_t i;

        lmi_buf_append(out, template, plain);
        template += plain;
        if (!*template)
            break;
        for (i = 0; i < n; i++)
            if (slots[i].text && strncmp(template, slots[i].name, strlen(slots[i].name)) == 0)
                break;
        if (i < n)
            lmi_buf_puts(out, slots[i].text);
        else
            lmi_buf_putc(out, '{');
        template += i < n ? strlen(slots[i].name) : 1;
    }
}

/* What `{context}` says to agent `i`: nothing to the first. */
static void expand_context(lmi_buf *out, const lmi_plan *plan, size_t i, const lmi_case *c)
{
    const slot outputs = {"{outputs}", c->outputs};

    if (i == 0)
        return;
    if (plan->params.method == LMAS_METHOD_LATENT_MAS)
        lmi_buf_puts(out, plan->team->context_latent);
    else
        expand(out, plan->team->context_text, &outputs, 1);
}

static lmas_status expand_user(lmi_buf *out, const lmi_plan *plan, size_t i, const lmi_case *c)
{
    const bool is_single = plan->params.method == LMAS_METHOD_BASELINE;
    const lmas_team *team = plan->team;
    const char *template = is_single ? team->baseline : team->agents[i].prompt;
    const char *format = team->formats[c->kind];
    lmas_status status;
    lmi_buf context;

    if (!format && strstr(template, "{format}"))
        return lmi_fail(LMAS_E_INVALID,
                        "team %s has no \"%s\" in formats, and %s asks for {format}", team->name,
                        lmi_answer_kind_name(c->kind),
                        is_single ? "baseline" : team->agents[i].name);
    lmi_buf_init(&context, LMI_PROMPT_MAX);
    expand_context(&context, plan, i, c);
    if (context.status == LMAS_OK) {
        const slot slots[] = {{"{question}", c->question},
                              {"{note}", c->note ? c->note : ""},
                              {"{context}", lmi_buf_text(&context)},
                              {"{format}", format}};

        expand(out, template, slots, sizeof(slots) / sizeof(slots[0]));
    }
    status = lmi_buf_status(context.status == LMAS_OK ? out : &context);
    lmi_buf_done(&context);
    return status;
}

/* How long a text is without the newlines at its end. */
static size_t trimmed(const char *text, size_t len)
{
    while (len && text[len - 1] == '\n')
        len--;
    return len;
}

/* What the agent's own turn begins with, unless the template has begun it so. */
static void open_thoughts(lmi_buf *prompt, const char *words)
{
    const size_t n = trimmed(words, strlen(words));
    const size_t end = trimmed(lmi_buf_text(prompt), prompt->len);

    if (n == 0 || end < n || memcmp(prompt->data + end - n, words, n) != 0)
        lmi_buf_puts(prompt, words);
}

lmas_status lmi_plan_prompt(lmi_buf *out, const lmi_plan *plan, size_t i, const lmi_case *c)
{
    const lmi_chat chat = chat_of(plan, i);
    const lmi_agent *agent = agent_of(plan, i);
    lmas_status status;
    lmi_buf user;

    lmi_buf_init(&user, LMI_PROMPT_MAX);
    status = expand_user(&user, plan, i, c);
    if (status == LMAS_OK)
        status = lmi_chat_format(out, plan->model, system_of(plan, i), lmi_buf_text(&user), &chat);
    lmi_buf_done(&user);
    if (status != LMAS_OK)
        return status;
    if (agent && agent->think)
        open_thoughts(out, agent->think);
    else if (plan->params.think)
        open_thoughts(out, plan->params.think);
    return lmi_buf_status(out);
}

void lmi_plan_add_output(lmi_buf *outputs, const lmi_plan *plan, const char *agent,
                         const char *text)
{
    const int32_t limit = plan->params.text_context_length;

    lmi_buf_printf(outputs, "%s[%s]:\n%s", outputs->len ? "\n\n" : "", agent, text);
    if (limit < 0 || outputs->status != LMAS_OK || outputs->len <= (size_t)limit)
        return;
    outputs->len = lmi_utf8_floor(outputs->data, (size_t)limit);
    outputs->data[outputs->len] = '\0';
}

/* Tokens that the heading and the blank line around one agent's text may take. */
enum { OUTPUT_OVERHEAD = 16 };

/* Tokens that the text of the `i` agents before may take in a prompt: what they may speak,
 * or what the byte limit lets through (a token has a byte at least). */
static uint64_t most_context(const lmi_plan *plan, size_t i)
{
    const int32_t limit = plan->params.text_context_length;
    uint64_t spoken = 0;

    while (i-- > 0)
        spoken += (uint64_t)most_spoken(plan, i) + OUTPUT_OVERHEAD;
    return limit >= 0 && (uint64_t)limit < spoken ? (uint64_t)limit : spoken;
}

static lmas_status count_prompt(uint32_t *out, const lmi_plan *plan, size_t i, const lmi_case *c)
{
    lmas_status status;
    lmi_buf prompt;

    lmi_buf_init(&prompt, LMI_PROMPT_MAX);
    status = lmi_plan_prompt(&prompt, plan, i, c);
    if (status == LMAS_OK)
        status = lmas_model_count_tokens(out, plan->model, lmi_buf_text(&prompt));
    lmi_buf_done(&prompt);
    return status;
}

static uint32_t clamp(uint64_t n)
{
    return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

/* A turn that starts afresh gives its cells back; one that goes on adds to what is there. What is
 * spoken on the way may be all that is allowed. */
lmas_status lmi_plan_cells(uint32_t *out_least, uint32_t *out_most, const lmi_plan *plan,
                           const lmi_case *c)
{
    const bool is_text = plan->params.method == LMAS_METHOD_TEXT_MAS;
    uint64_t least = 0, most = 0, held = 0, spoken = 0;
    size_t i;

    for (i = 0; i < lmi_plan_n_turns(plan); i++) {
        const lmi_turn turn = lmi_plan_turn(plan, i);
        uint64_t context = is_text ? most_context(plan, i) : 0;
        uint32_t n_prompt = 0;
        const lmas_status status = count_prompt(&n_prompt, plan, i, c);

        if (status != LMAS_OK)
            return status;
        held = (turn.is_fresh ? 0 : held) + n_prompt + (uint64_t)turn.n_thoughts;
        spoken = (turn.is_fresh ? 0 : spoken) + (uint64_t)turn.n_speak;
        least = held > least ? held : least;
        most = held + context + spoken > most ? held + context + spoken : most;
    }
    *out_least = clamp(least);
    *out_most = clamp(most);
    return LMAS_OK;
}

lmas_status lmas_question_cells(uint32_t *out, const lmas_model *model, const lmas_team *team,
                                const lmas_solver_params *params, const lmas_question *question)
{
    lmi_plan plan = {.model = model, .team = team};
    uint32_t least, most;
    lmas_status status;

    if (!out || !model || !team || !question || !question->text ||
        (size_t)question->kind >= LMI_ANSWER_KINDS)
        return lmi_fail(LMAS_E_INVALID, "lmas_question_cells needs out, model, team and a question "
                                        "with text and kind");
    plan.params = params ? *params : lmas_solver_params_default();
    status = lmi_plan_check(&plan);
    if (status == LMAS_OK)
        status = lmi_plan_cells(&least, &most, &plan,
                                &(lmi_case){.question = question->text,
                                            .note = question->note,
                                            .kind = question->kind,
                                            .outputs = ""});
    if (status == LMAS_OK)
        *out = most;
    return status;
}
