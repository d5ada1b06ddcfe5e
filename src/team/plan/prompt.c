/* prompt.c - filling slots, opening the agent's own turn; prompt.h has the slots. */
#include "team/plan/prompt.h"

#include <string.h>

#include "base/utf8.h"
#include "engine/chat.h"
#include "team/plan/params.h"

/* What the chat template is told in turn `i`: what the team says, over it what the agent says, and
 * over both the caller. */
static lmi_chat chat_of(const lmi_plan *plan, size_t i)
{
    const lmas_chat_params *asked = &plan->params.chat;
    const lmi_agent *agent = plan->turns[i].agent;
    lmi_chat chat = {.kwargs = {plan->team->kwargs, agent ? agent->kwargs : NULL, asked->kwargs},
                     .reasoning = plan->team->reasoning,
                     .date = asked->date};

    if (agent && agent->reasoning != LMAS_REASONING_AUTO)
        chat.reasoning = agent->reasoning;
    if (asked->reasoning != LMAS_REASONING_AUTO)
        chat.reasoning = asked->reasoning;
    return chat;
}

static const char *own_system(const lmi_plan *plan, size_t i)
{
    const lmi_agent *agent = plan->turns[i].agent;

    return agent && agent->system ? agent->system : plan->team->system;
}

/* The agent's own, and the asker's behind it. A memory that goes on holds that already, as it does
 * the conversation. */
lmas_status lmi_plan_system(lmi_buf *out, const lmi_plan *plan, size_t i, const lmi_case *c)
{
    const char *own = own_system(plan, i);
    const char *said = c->asked->system;
    const char *asked = lmi_turn_is_fresh(&plan->turns[i]) && said ? said : "";

    lmi_buf_puts(out, own ? own : "");
    if (out->len > 0 && asked[0])
        lmi_buf_puts(out, "\n\n");
    lmi_buf_puts(out, asked);
    return lmi_buf_status(out);
}

size_t lmi_plan_n_before(const lmi_plan *plan, size_t i, const lmi_case *c)
{
    return lmi_turn_is_fresh(&plan->turns[i]) ? c->asked->n_before : 0;
}

/* Whether the chat template takes what it is told in turn `i`. */
static lmas_status check_chat(const lmi_plan *plan, size_t i)
{
    const lmi_words words = {.system = own_system(plan, i), .user = "?"};
    const lmi_chat chat = chat_of(plan, i);
    lmas_status status = lmi_chat_check(&chat);
    lmi_buf probe;

    if (status != LMAS_OK)
        return status;
    lmi_buf_init(&probe, 2 * LMI_PROMPT_MAX);
    status = lmi_chat_format(&probe, plan->turns[i].model, &words, &chat);
    lmi_buf_done(&probe);
    return status;
}

lmas_status lmi_plan_check(const lmi_plan *plan)
{
    lmas_status status = LMAS_OK;
    size_t i;

    for (i = 0; status == LMAS_OK && i < plan->n_turns; i++)
        if (plan->turns[i].model)
            status = check_chat(plan, i);
    return status;
}

/* ---- Slots ---- */

bool lmi_plan_is_elsewhere(const lmi_plan *plan, size_t i)
{
    return lmi_control_swaps(plan->params.control) && !plan->turns[i].is_output;
}

static const char *text_or_nothing(const char *text)
{
    return text ? text : "";
}

static const char *said_in(const lmi_case *c, int32_t turn)
{
    return c->said ? text_or_nothing(c->said[turn]) : "";
}

/* "[name]:" and the text, for each turn whose text may be read; cut to what the run allows. */
static void put_outputs(lmi_buf *out, const lmi_plan *plan, size_t i, const lmi_case *c)
{
    const lmi_turn_list *hears = &plan->turns[i].hears;
    const int32_t limit = plan->params.text_context_length;
    size_t k;

    for (k = 0; k < hears->n; k++) {
        const lmi_turn *turn = &plan->turns[hears->at[k]];

        lmi_buf_printf(out, "%s[%s", k ? "\n\n" : "", turn->name);
        if (plan->team->graph.n_rounds > 1)
            lmi_buf_printf(out, ", round %u", turn->round + 1);
        lmi_buf_printf(out, "]:\n%s", said_in(c, hears->at[k]));
    }
    if (limit < 0 || out->status != LMAS_OK || out->len <= (size_t)limit)
        return;
    out->len = lmi_utf8_floor(out->data, (size_t)limit);
    out->data[out->len] = '\0';
}

/* The last turn of the agent named by the `n` bytes at `name` that turn `i` hears; LMI_NO_TURN for
 * none. */
static int32_t heard_of(const lmi_plan *plan, size_t i, const char *name, size_t n)
{
    const lmi_turn_list *hears = &plan->turns[i].hears;
    const lmi_agent *agent = plan->team->agents + lmi_team_find_agent(plan->team, name, n);
    size_t k;

    for (k = hears->n; k-- > 0;)
        if (plan->turns[hears->at[k]].agent == agent)
            return hears->at[k];
    return LMI_NO_TURN;
}

/* What the agent of that name said last, as far as turn `i` hears it; NULL where the team has no
 * such agent. */
static const char *output_of(const lmi_plan *plan, size_t i, const lmi_case *c, const char *name,
                             size_t n)
{
    const int32_t turn = heard_of(plan, i, name, n);

    if (turn != LMI_NO_TURN)
        return said_in(c, turn);
    return lmi_team_find_agent(plan->team, name, n) < plan->team->n_agents ? "" : NULL;
}

/* What stands in a template between braces, and what takes its place. */
typedef struct slot {
    const char *name; /* "{question}" */
    const char *text; /* NULL: leave the braces as they are */
} slot;

/* All that can take a slot's place in one prompt. */
typedef struct filling {
    const lmi_plan *plan;
    size_t turn;
    const lmi_case *c;
    const slot *slots;
    size_t n_slots;
    yyjson_doc *notes; /* by name; NULL for none */
} filling;

/* Of a note that is an object, what it says to `name`. */
static const char *note_to(const filling *f, const char *name, size_t n)
{
    yyjson_val *root = f->notes ? yyjson_doc_get_root(f->notes) : NULL;

    return text_or_nothing(yyjson_get_str(yyjson_obj_getn(root, name, n)));
}

/* How many bytes `text` begins with that are `opening`, a name and a brace; 0 where it does not.
 * The name is behind the opening. */
static size_t named_slot(const char *text, const char *opening)
{
    const char *end = strchr(text, '}');

    return end && strncmp(text, opening, strlen(opening)) == 0 ? (size_t)(end - text) + 1 : 0;
}

static const char OUTPUT[] = "{output:", NOTE[] = "{note:";

/* What takes the place of the slot that begins at `text`, and how long the slot is; NULL where none
 * begins there. */
static const char *find_slot(size_t *len, const filling *f, const char *text)
{
    size_t i;

    for (i = 0; i < f->n_slots; i++) {
        *len = strlen(f->slots[i].name);
        if (f->slots[i].text && strncmp(text, f->slots[i].name, *len) == 0)
            return f->slots[i].text;
    }
    if (!f->c)
        return NULL;
    *len = named_slot(text, OUTPUT);
    if (*len > 0)
        return output_of(f->plan, f->turn, f->c, text + strlen(OUTPUT), *len - sizeof(OUTPUT));
    *len = named_slot(text, NOTE);
    if (*len > 0)
        return note_to(f, text + strlen(NOTE), *len - sizeof(NOTE));
    return NULL;
}

/* One pass from left to right: what a slot brings in is never searched for slots again, so a
 * question may contain "{format}" and keeps it. */
static void expand(lmi_buf *out, const char *template, const filling *f)
{
    while (*template) {
        const size_t plain = strcspn(template, "{");
        const char *text;
        size_t len;

        lmi_buf_append(out, template, plain);
        template += plain;
        if (!*template)
            break;
        text = find_slot(&len, f, template);
        if (text)
            lmi_buf_puts(out, text);
        else
            lmi_buf_putc(out, '{');
        template += text ? len : 1;
    }
}

static size_t count_slots(const char *text, const char *name)
{
    size_t n = 0;

    for (; (text = strstr(text, name)); text += strlen(name))
        n++;
    return n;
}

size_t lmi_plan_n_outputs(const lmi_plan *plan, size_t i)
{
    const lmi_turn *turn = &plan->turns[i];

    if (turn->hears.n == 0)
        return 0;
    return count_slots(turn->agent->prompt, "{outputs}") +
           count_slots(turn->agent->prompt, "{context}") *
               count_slots(plan->team->context_text, "{outputs}");
}

int32_t lmi_plan_next_quote(const char **at, const lmi_plan *plan, size_t i)
{
    int32_t turn = LMI_NO_TURN;
    const char *found;

    while (turn == LMI_NO_TURN && (found = strstr(*at, OUTPUT))) {
        const size_t len = named_slot(found, OUTPUT);

        if (len > 0)
            turn = heard_of(plan, i, found + strlen(OUTPUT), len - sizeof(OUTPUT));
        *at = found + strlen(OUTPUT);
    }
    return turn;
}

/* What `{context}` says: of memory, of texts, or of both, whatever reaches the turn. */
static void put_context(lmi_buf *out, const lmi_plan *plan, size_t i, const char *outputs)
{
    const slot slots[] = {{"{outputs}", outputs}};
    const filling f = {.plan = plan, .turn = i, .slots = slots, .n_slots = 1};
    const lmi_turn *turn = &plan->turns[i];

    if (turn->gets_memory)
        lmi_buf_puts(out, plan->team->context_latent);
    if (turn->gets_memory && turn->hears.n > 0 && out->len > 0)
        lmi_buf_puts(out, "\n\n");
    if (turn->hears.n > 0)
        expand(out, plan->team->context_text, &f);
}

static void fill(lmi_buf *out, const lmi_plan *plan, size_t i, const lmi_case *c,
                 const char *template, const char *context, const char *outputs)
{
    const bool is_other = lmi_plan_is_elsewhere(plan, i);
    const char *note = text_or_nothing(is_other ? c->other_note : c->note);
    const slot slots[] = {{"{question}", is_other ? c->other : c->question},
                          {"{note}", note},
                          {"{context}", context},
                          {"{outputs}", outputs},
                          {"{format}", plan->team->formats[c->kind]}};
    const filling f = {.plan = plan,
                       .turn = i,
                       .c = c,
                       .slots = slots,
                       .n_slots = sizeof(slots) / sizeof(slots[0]),
                       .notes = yyjson_read(note, strlen(note), 0)};

    expand(out, template, &f);
    yyjson_doc_free(f.notes);
}

static lmas_status check_format(const lmi_plan *plan, size_t i, lmas_answer_kind kind,
                                const char *template)
{
    if (plan->team->formats[kind] || !strstr(template, "{format}"))
        return LMAS_OK;
    return lmi_fail(LMAS_E_INVALID, "team %s has no \"%s\" in formats, and %s asks for {format}",
                    plan->team->name, lmas_answer_kind_name(kind), plan->turns[i].name);
}

lmas_status lmi_plan_user(lmi_buf *out, const lmi_plan *plan, size_t i, const lmi_case *c)
{
    const lmi_agent *agent = plan->turns[i].agent;
    const char *template = agent ? agent->prompt : plan->team->baseline;
    lmas_status status = check_format(plan, i, c->kind, template);
    lmi_buf context, outputs;

    if (status != LMAS_OK)
        return status;
    lmi_buf_init(&context, LMI_PROMPT_MAX);
    lmi_buf_init(&outputs, LMI_PROMPT_MAX);
    put_outputs(&outputs, plan, i, c);
    put_context(&context, plan, i, lmi_buf_text(&outputs));
    if (outputs.status == LMAS_OK && context.status == LMAS_OK)
        fill(out, plan, i, c, template, lmi_buf_text(&context), lmi_buf_text(&outputs));
    status = lmi_buf_status(outputs.status != LMAS_OK   ? &outputs
                            : context.status != LMAS_OK ? &context
                                                        : out);
    lmi_buf_done(&context);
    lmi_buf_done(&outputs);
    return status;
}

/* ---- The chat turn ---- */

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

/* The conversation around `text` as `model` reads it. */
static lmas_status lay_out(lmi_buf *out, const lmi_plan *plan, size_t i, const lmi_case *c,
                           const lmas_model *model, const char *text)
{
    const lmi_chat chat = chat_of(plan, i);
    lmi_words words = {
        .before = c->asked->before, .n_before = lmi_plan_n_before(plan, i, c), .user = text};
    lmas_status status;
    lmi_buf system;

    lmi_buf_init(&system, LMI_PROMPT_MAX);
    status = lmi_plan_system(&system, plan, i, c);
    words.system = lmi_buf_text(&system);
    if (status == LMAS_OK)
        status = lmi_chat_format(out, model, &words, &chat);
    lmi_buf_done(&system);
    return status;
}

lmas_status lmi_plan_frame(lmi_buf *out, const lmi_plan *plan, size_t i, const lmi_case *c,
                           const char *text)
{
    const lmas_status status = lay_out(out, plan, i, c, plan->turns[i].model, text);

    return status == LMAS_OK ? lmi_buf_status(out) : status;
}

lmas_status lmi_plan_prompt(lmi_buf *out, const lmi_plan *plan, size_t i, const lmi_case *c)
{
    return lmi_plan_prompt_for(out, plan, i, c, plan->turns[i].model);
}

lmas_status lmi_plan_prompt_for(lmi_buf *out, const lmi_plan *plan, size_t i, const lmi_case *c,
                                const lmas_model *model)
{
    const lmi_agent *agent = plan->turns[i].agent;
    lmas_status status;
    lmi_buf user;

    lmi_buf_init(&user, LMI_PROMPT_MAX);
    status = lmi_plan_user(&user, plan, i, c);
    if (status == LMAS_OK)
        status = lay_out(out, plan, i, c, model, lmi_buf_text(&user));
    lmi_buf_done(&user);
    if (status != LMAS_OK)
        return status;
    if (agent && agent->think)
        open_thoughts(out, agent->think);
    else if (plan->params.think)
        open_thoughts(out, plan->params.think);
    return lmi_buf_status(out);
}
