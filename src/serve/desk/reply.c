/* reply.c - see reply.h. */
#include "serve/desk/reply.h"

#include <microhttpd.h>
#include <sodium/utils.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "base/clock.h"
#include "base/mem.h"
#include "serve/openai/tell.h"

/* A stream that says nothing for so long is told that it goes on. */
#define SILENCE_MS 15000.0

/* ---- Making ---- */

static void make_id(char out[LMI_ID_MAX], lmi_endpoint endpoint)
{
    unsigned char noise[12] = {0};
    char digits[2 * sizeof(noise) + 1];

    (void)!getrandom(noise, sizeof(noise), 0);
    sodium_bin2hex(digits, sizeof(digits), noise, sizeof(noise));
    snprintf(out, LMI_ID_MAX, "%s-%s", endpoint == LMI_CHAT ? "chatcmpl" : "cmpl", digits);
}

lmas_status lmi_reply_new(lmi_reply **out, lmi_form *form)
{
    const size_t n = form->n_prompts * form->n;
    lmi_reply *reply = lmi_new(1, sizeof(*reply));
    size_t i;

    if (reply)
        reply->choices = lmi_new(n, sizeof(*reply->choices));
    if (!reply || !reply->choices) {
        lmi_free(reply);
        return lmi_fail(LMAS_E_NOMEM, "no memory for a request");
    }
    reply->form = *form;
    reply->form.question.sampling = &reply->form.sampling;
    *form = (lmi_form){0};
    make_id(reply->id, reply->form.endpoint);
    reply->created = (int64_t)time(NULL);
    reply->begin_ms = reply->said_ms = lmi_now_ms();
    reply->n_choices = reply->n_open = n;
    lmi_buf_init(&reply->out, LMI_REPLY_MAX);
    for (i = 0; i < n; i++) {
        reply->choices[i] = (lmi_choice){.reply = reply, .index = (uint32_t)i};
        lmi_buf_init(&reply->choices[i].text, LMI_REPLY_MAX);
        lmi_buf_init(&reply->choices[i].blanks, LMI_REPLY_MAX);
    }
    *out = reply;
    return LMAS_OK;
}

void lmi_reply_free(lmi_reply *reply)
{
    size_t i;

    if (!reply)
        return;
    for (i = 0; i < reply->n_choices; i++) {
        lmi_buf_done(&reply->choices[i].text);
        lmi_buf_done(&reply->choices[i].blanks);
        yyjson_mut_doc_free(reply->choices[i].tokens);
        yyjson_mut_doc_free(reply->choices[i].agents);
    }
    lmi_free(reply->choices);
    lmi_form_done(&reply->form);
    lmi_buf_done(&reply->out);
    lmi_free(reply);
}

/* ---- Sending ---- */

bool lmi_reply_is_over(const lmi_reply *reply)
{
    return reply->is_gone || reply->is_whole;
}

void lmi_reply_wake(lmi_reply *reply)
{
    const bool has_news =
        reply->is_gone || reply->is_whole || (reply->code && reply->out.len > reply->n_sent);

    if (!reply->connection || !reply->is_suspended || !has_news)
        return;
    reply->is_suspended = false;
    MHD_resume_connection(reply->connection);
}

/* Something was written. Where it could not be, the client is let go: half an event is none. */
static void sent(lmi_reply *reply, lmas_status status)
{
    if (status != LMAS_OK || reply->out.status != LMAS_OK)
        reply->is_gone = true;
    reply->code = reply->code ? reply->code : 200;
    reply->said_ms = lmi_now_ms();
    lmi_reply_wake(reply);
}

void lmi_reply_keep_alive(lmi_reply *reply, double now_ms)
{
    if (!reply->form.streams || reply->code == 0 || lmi_reply_is_over(reply) ||
        now_ms - reply->said_ms < SILENCE_MS)
        return;
    lmi_buf_puts(&reply->out, ": still at it\n\n");
    sent(reply, LMAS_OK);
}

/* ---- What comes ---- */

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* White space at the end waits for what follows: an answer has none there, streamed or not. */
static void hold_blanks(lmi_choice *choice, const char *text, size_t len)
{
    size_t end = len;

    while (end > 0 && is_blank(text[end - 1]))
        end--;
    if (end > 0) {
        lmi_buf_append(&choice->text, lmi_buf_text(&choice->blanks), choice->blanks.len);
        lmi_buf_clear(&choice->blanks);
        lmi_buf_append(&choice->text, text, end);
    }
    lmi_buf_append(&choice->blanks, text + end, len - end);
}

void lmi_reply_text(lmi_choice *choice, const char *text, size_t len)
{
    lmi_reply *reply = choice->reply;

    if (lmi_reply_is_over(reply))
        return;
    if (reply->first_ms == 0)
        reply->first_ms = lmi_now_ms();
    hold_blanks(choice, text, len);
    if (!reply->form.streams || choice->text.len == 0)
        return;
    sent(reply, lmi_tell_chunk(&reply->out, choice, lmi_buf_text(&choice->text)));
    lmi_buf_clear(&choice->text);
}

void lmi_reply_token(lmi_choice *choice, const lmas_spoken *token)
{
    if (!lmi_reply_is_over(choice->reply) && lmi_tell_token(choice, token) != LMAS_OK)
        choice->reply->is_gone = true;
}

/* Of a whole answer they are gathered, of a stream sent at once. */
static lmas_status keep_agent(lmi_choice *choice, yyjson_mut_doc *trace)
{
    yyjson_mut_val *root;
    lmas_status status = LMAS_OK;

    if (!choice->agents) {
        status = lmi_json_new(&choice->agents, &root, "an answer");
        if (status != LMAS_OK)
            return status;
        yyjson_mut_obj_add_arr(choice->agents, root, "agents");
    }
    root = yyjson_mut_doc_get_root(choice->agents);
    yyjson_mut_arr_append(yyjson_mut_obj_get(root, "agents"),
                          yyjson_mut_val_mut_copy(choice->agents, yyjson_mut_doc_get_root(trace)));
    return LMAS_OK;
}

void lmi_reply_agent(lmi_choice *choice, const lmas_agent_trace *agent)
{
    lmi_reply *reply = choice->reply;
    yyjson_mut_doc *trace = NULL;
    lmas_status status;

    if (lmi_reply_is_over(reply) || !reply->form.traces)
        return;
    status = lmi_tell_trace(&trace, agent);
    if (status == LMAS_OK && reply->form.streams)
        sent(reply, lmi_tell_agent(&reply->out, choice, trace));
    else if (status == LMAS_OK)
        status = keep_agent(choice, trace);
    yyjson_mut_doc_free(trace);
    reply->is_gone |= status != LMAS_OK;
}

/* Whether the client would see something new: every word would be too much of it. */
static bool is_news(const lmas_running *old, const lmas_running *new)
{
    if (!new->agent)
        return false;
    if (old->agent != new->agent || old->turn != new->turn || old->work != new->work)
        return true;
    return new->work == LMAS_WORK_THINK && old->n_done != new->n_done;
}

void lmi_reply_work(lmi_choice *choice, const lmas_running *running)
{
    lmi_reply *reply = choice->reply;

    if (lmi_reply_is_over(reply) || !reply->form.traces || !reply->form.streams ||
        !is_news(&choice->shown, running))
        return;
    choice->shown = *running;
    sent(reply, lmi_tell_work(&reply->out, choice, running));
}

/* ---- Ends ---- */

/* All is said: the end of a stream, or the whole answer. */
static void finish(lmi_reply *reply)
{
    lmas_status status = LMAS_OK;

    if (!reply->form.streams) {
        status = lmi_tell_whole(&reply->out, reply);
    } else {
        if (reply->form.tells_usage)
            status = lmi_tell_usage(&reply->out, reply);
        lmi_buf_puts(&reply->out, "data: [DONE]\n\n");
    }
    reply->is_whole = true;
    sent(reply, status);
}

static void end_choice(lmi_choice *choice)
{
    lmi_reply *reply = choice->reply;

    choice->state = LMI_CHOICE_ENDED;
    reply->n_open--;
    if (reply->n_open == 0 && !lmi_reply_is_over(reply))
        finish(reply);
    lmi_reply_wake(reply);
}

void lmi_reply_result(lmi_choice *choice, const lmas_result *result)
{
    const lmas_agent_trace *last =
        result->n_agents > 0 ? &result->agents[result->n_agents - 1] : NULL;
    lmi_reply *reply = choice->reply;

    choice->n_read = result->n_read;
    choice->n_thought = result->n_thought;
    choice->n_spoken = result->n_spoken;
    choice->n_shared = result->n_shared;
    choice->finish = last && last->is_cut ? "length" : "stop";
    if (reply->form.streams && !lmi_reply_is_over(reply))
        sent(reply, lmi_tell_chunk(&reply->out, choice, ""));
    end_choice(choice);
}

/* What was not begun to be sent becomes an error of its own; a stream ends with one. */
void lmi_reply_fail(lmi_choice *choice, lmas_status status)
{
    const lmi_complaint complaint = lmi_complaint_of(status);
    lmi_reply *reply = choice->reply;
    const bool is_stream = reply->code != 0;

    if (!lmi_reply_is_over(reply)) {
        if (is_stream)
            lmi_buf_puts(&reply->out, "data: ");
        status = reply->form.is_plain
                     ? lmi_complaint_write_plain(&reply->out, lmas_last_error())
                     : lmi_complaint_write(&reply->out, &complaint, lmas_last_error());
        if (is_stream)
            lmi_buf_puts(&reply->out, "\n\ndata: [DONE]\n\n");
        else
            reply->code = complaint.code;
        reply->is_whole = true;
        sent(reply, status);
    }
    end_choice(choice);
}
