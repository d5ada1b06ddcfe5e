/* method.c - turns and prompts of the three methods; method.h has the list. */
#include "team/method.h"

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

/* What the team says to the chat template, and over it what the caller says. */
static lmi_chat chat_of(const lmi_plan *plan)
{
    const lmas_chat_params *asked = &plan->params.chat;
    const bool is_asked = asked->reasoning != LMAS_REASONING_AUTO;

    return (lmi_chat){.kwargs = {plan->team->kwargs, asked->kwargs},
                      .reasoning = is_asked ? asked->reasoning : plan->team->reasoning,
                      .date = asked->date};
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

lmas_status lmi_plan_check(const lmi_plan *plan)
{
    const lmas_solver_params *p = &plan->params;
    const lmi_chat chat = chat_of(plan);
    lmas_status status = check_numbers(p);
    lmi_buf probe;

    if (status != LMAS_OK)
        return status;
    status = lmi_sampling_check(&p->sampling);
    if (status == LMAS_OK)
        status = lmi_chat_check(&chat);
    if (status != LMAS_OK)
        return status;
    lmi_buf_init(&probe, 2 * LMI_PROMPT_MAX);
    status = lmi_chat_format(&probe, plan->model, plan->team->system, "?", &chat);
    lmi_buf_done(&probe);
    return status;
}

size_t lmi_plan_n_turns(const lmi_plan *plan)
{
    return plan->params.method == LMAS_METHOD_BASELINE ? 1 : plan->team->n_agents;
}

lmi_turn lmi_plan_turn(const lmi_plan *plan, size_t i)
{
    const lmas_solver_params *p = &plan->params;
    const bool is_last = i + 1 == lmi_plan_n_turns(plan);

    switch (p->method) {
    case LMAS_METHOD_BASELINE:
        return (lmi_turn){.agent = "baseline", .is_fresh = true, .n_speak = p->max_new_tokens};
    case LMAS_METHOD_TEXT_MAS:
        return (lmi_turn){
            .agent = plan->team->agents[i].name, .is_fresh = true, .n_speak = p->max_new_tokens};
    case LMAS_METHOD_LATENT_MAS:
    default:
        return (lmi_turn){.agent = plan->team->agents[i].name,
                          .is_fresh = i == 0 || p->control == LMAS_CONTROL_NO_MEMORY,
                          .n_thoughts = is_last ? 0 : p->latent_steps,
                          .n_speak = is_last ? p->max_new_tokens : 0};
    }
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

/* The think tag opens the thoughts, unless the template has done so. */
static void open_thoughts(lmi_buf *prompt)
{
    static const char tag[] = "<think>";
    const size_t n = sizeof(tag) - 1;
    size_t end = prompt->len;

    while (end && prompt->data[end - 1] == '\n')
        end--;
    if (end < n || memcmp(prompt->data + end - n, tag, n) != 0)
        lmi_buf_puts(prompt, tag);
}

lmas_status lmi_plan_prompt(lmi_buf *out, const lmi_plan *plan, size_t i, const lmi_case *c)
{
    const lmi_chat chat = chat_of(plan);
    lmas_status status;
    lmi_buf user;

    lmi_buf_init(&user, LMI_PROMPT_MAX);
    status = expand_user(&user, plan, i, c);
    if (status == LMAS_OK)
        status = lmi_chat_format(out, plan->model, plan->team->system, lmi_buf_text(&user), &chat);
    lmi_buf_done(&user);
    if (status != LMAS_OK)
        return status;
    if (plan->params.think_tag)
        open_thoughts(out);
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
    const uint64_t spoken = (uint64_t)i * ((uint64_t)plan->params.max_new_tokens + OUTPUT_OVERHEAD);

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

/* A turn that starts afresh gives its cells back; one that goes on adds to what is there. */
lmas_status lmi_plan_cells(uint32_t *out_least, uint32_t *out_most, const lmi_plan *plan,
                           const lmi_case *c)
{
    const bool is_text = plan->params.method == LMAS_METHOD_TEXT_MAS;
    uint64_t least = 0, most = 0, held = 0;
    size_t i;

    for (i = 0; i < lmi_plan_n_turns(plan); i++) {
        const lmi_turn turn = lmi_plan_turn(plan, i);
        uint64_t context = is_text ? most_context(plan, i) : 0;
        uint32_t n_prompt = 0;
        const lmas_status status = count_prompt(&n_prompt, plan, i, c);

        if (status != LMAS_OK)
            return status;
        held = (turn.is_fresh ? 0 : held) + n_prompt + (uint64_t)turn.n_thoughts;
        least = held > least ? held : least;
        most = held + context + (uint64_t)turn.n_speak > most
                   ? held + context + (uint64_t)turn.n_speak
                   : most;
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
