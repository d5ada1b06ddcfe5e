/*
 * serve.c - the thread that serves: from the desk to the solver, tick by tick, and back.
 *
 * As many questions are in the solver as run together; the others wait at the desk, where it is
 * decided who goes next. Between two ticks it is looked who has gone, and who can be let in.
 */
#include "serve/serve.h"

#include <stdio.h>

#include "base/clock.h"
#include "serve/exchange/vault.h"
#include "serve/http/daemon.h"
#include "serve/server.h"

/* IDLE_MS: how soon a signal is seen where nothing runs. LOOK_MS: how often it is looked who has
 * gone. */
enum { IDLE_MS = 100 };
#define LOOK_MS 20.0

/* ---- What the solver tells ---- */

static bool on_speech(void *user, uint64_t id, const char *text, size_t len)
{
    lmi_server *server = user;
    lmi_choice *choice;

    lmi_desk_lock(&server->desk);
    choice = lmi_desk_find(&server->desk, id);
    if (choice)
        lmi_reply_text(choice, text, len);
    lmi_desk_unlock(&server->desk);
    return true;
}

static bool on_token(void *user, uint64_t id, const lmas_spoken *token)
{
    lmi_server *server = user;
    lmi_choice *choice;

    lmi_desk_lock(&server->desk);
    choice = lmi_desk_find(&server->desk, id);
    if (choice)
        lmi_reply_token(choice, token);
    lmi_desk_unlock(&server->desk);
    return true;
}

static bool on_agent(void *user, uint64_t id, const lmas_agent_trace *agent)
{
    lmi_server *server = user;
    lmi_choice *choice;

    lmi_desk_lock(&server->desk);
    choice = lmi_desk_find(&server->desk, id);
    if (choice)
        lmi_reply_agent(choice, agent);
    lmi_desk_unlock(&server->desk);
    return true;
}

static void count(lmi_metrics *m, const lmi_reply *reply, const lmas_result *result)
{
    const lmas_agent_trace *last =
        result->n_agents > 0 ? &result->agents[result->n_agents - 1] : NULL;

    m->n_answered += result->status == LMAS_OK;
    m->n_canceled += result->status == LMAS_E_CANCELED;
    m->n_failed += result->status != LMAS_OK && result->status != LMAS_E_CANCELED;
    m->n_cut += result->status == LMAS_OK && last && last->is_cut;
    m->n_read += result->n_read;
    m->n_shared += result->n_shared;
    m->n_thought += result->n_thought;
    m->n_spoken += result->n_spoken;
    if (reply->first_ms > 0)
        lmi_histogram_add(&m->first, (reply->first_ms - reply->begin_ms) / 1000);
    lmi_histogram_add(&m->whole, (lmi_now_ms() - reply->begin_ms) / 1000);
}

static bool on_result(void *user, const lmas_result *result)
{
    lmi_server *server = user;
    lmi_choice *choice;

    lmi_desk_lock(&server->desk);
    choice = lmi_desk_find(&server->desk, result->id);
    if (choice) {
        count(&server->desk.metrics, choice->reply, result);
        if (result->status == LMAS_OK)
            lmi_reply_result(choice, result);
        else
            lmi_reply_fail(choice, lmi_fail(result->status, "%s", result->error));
    }
    lmi_desk_unlock(&server->desk);
    return true;
}

/* ---- From the desk to the solver ---- */

static lmas_question question_of(lmi_server *server, lmi_choice *choice)
{
    const lmi_form *form = &choice->reply->form;
    lmas_question question = form->question;

    question.id = choice->id = ++server->n_asked;
    question.text = form->prompts[choice->index / form->n];
    question.draws = form->is_seeded ? choice->index + 1 : 0;
    return question;
}

/* The next one out of the line, its question ready; false where nobody may go. */
static bool take(lmas_question *out, lmi_choice **choice, lmi_server *server)
{
    lmi_desk_lock(&server->desk);
    *choice = lmas_solver_n_open(server->solver) < server->params->n_at_once
                  ? lmi_desk_take(&server->desk)
                  : NULL;
    if (*choice) {
        (*choice)->state = LMI_CHOICE_RUNS;
        *out = question_of(server, *choice);
    }
    server->desk.metrics.n_running = lmas_solver_n_open(server->solver) + (*choice != NULL);
    lmi_desk_unlock(&server->desk);
    return *choice != NULL;
}

/* A long prompt takes its time: without the lock. A choice that runs stays where it is. */
static void let_in(lmi_server *server)
{
    lmas_question question;
    lmi_choice *choice;

    while (take(&question, &choice, server)) {
        const lmas_status status = lmas_solver_submit(server->solver, &question);

        if (status == LMAS_OK)
            continue;
        lmi_desk_lock(&server->desk);
        server->desk.metrics.n_failed++;
        lmi_reply_fail(choice, status);
        lmi_desk_unlock(&server->desk);
    }
}

/* Nobody waits for these any more. */
static void cancel_gone(lmi_server *server)
{
    lmi_reply *reply;
    size_t i;

    lmi_desk_look_for_gone(&server->desk);
    for (reply = server->desk.replies; reply; reply = reply->next)
        for (i = 0; lmi_reply_is_over(reply) && i < reply->n_choices; i++)
            if (reply->choices[i].state == LMI_CHOICE_RUNS)
                (void)!lmas_solver_cancel(server->solver, reply->choices[i].id);
}

/* What agents are at, for those who want to see it. */
static void show_work(lmi_server *server)
{
    lmas_running running;
    size_t i;

    for (i = 0; lmas_solver_running(&running, server->solver, i); i++) {
        lmi_choice *choice = lmi_desk_find(&server->desk, running.id);

        if (choice)
            lmi_reply_work(choice, &running);
    }
}

/* What is done now and then: who has gone, who is silent. */
static void look_around(lmi_server *server, double now)
{
    lmi_reply *reply;

    cancel_gone(server);
    for (reply = server->desk.replies; reply; reply = reply->next)
        lmi_reply_keep_alive(reply, now);
    lmi_desk_sweep(&server->desk);
    lmi_daemon_sweep(server->daemon);
}

/* All that is done between two ticks; false where there is nothing to tick for. */
static bool prepare(lmi_server *server, double *looked_ms)
{
    const double now = lmi_now_ms();
    bool is_idle;

    let_in(server);
    is_idle = lmas_solver_n_open(server->solver) == 0;
    lmi_desk_lock(&server->desk);
    if (is_idle && server->desk.n_waiting == 0)
        lmi_desk_wait(&server->desk, IDLE_MS);
    show_work(server);
    if (is_idle || now - *looked_ms > LOOK_MS) {
        *looked_ms = now;
        look_around(server, now);
    }
    lmi_desk_unlock(&server->desk);
    return !is_idle;
}

static lmas_status tick(lmi_server *server)
{
    const double begin = lmi_now_ms();
    const lmas_status status = lmas_solver_tick(server->solver);

    lmi_desk_lock(&server->desk);
    server->desk.metrics.n_running = lmas_solver_n_open(server->solver);
    server->desk.metrics.n_ticks++;
    lmas_session_drafted(server->params->session, server->desk.metrics.drafted);
    server->desk.metrics.tick_s += (lmi_now_ms() - begin) / 1000;
    lmi_desk_unlock(&server->desk);
    return status;
}

/* ---- The end ---- */

/* Nobody is let in any more. */
static void close_door(lmi_server *server)
{
    lmi_desk_lock(&server->desk);
    server->desk.is_closing = true;
    lmi_desk_unlock(&server->desk);
    lmi_daemon_quiesce(server->daemon);
    server->params->tell("ending: those who have asked get their answers; again ends at once");
}

static bool has_open(lmi_server *server)
{
    bool is_open;

    lmi_desk_lock(&server->desk);
    lmi_desk_sweep(&server->desk);
    is_open = server->desk.replies != NULL;
    lmi_desk_unlock(&server->desk);
    return is_open || lmi_vault_is_busy(server->vault);
}

/* Whoever is still there hears this thread's message. */
static void fail_all(lmi_server *server, lmas_status status)
{
    lmi_reply *reply;
    size_t i;

    lmi_desk_lock(&server->desk);
    server->desk.is_closing = true;
    for (reply = server->desk.replies; reply; reply = reply->next)
        for (i = 0; i < reply->n_choices; i++)
            if (reply->choices[i].state != LMI_CHOICE_ENDED)
                lmi_reply_fail(&reply->choices[i], status);
    server->desk.first = NULL;
    server->desk.last = &server->desk.first;
    server->desk.n_waiting = 0;
    lmi_desk_unlock(&server->desk);
}

static lmas_status serve(lmi_server *server)
{
    lmas_status status = LMAS_OK;
    bool is_closing = false;
    double looked_ms = 0;

    while (status == LMAS_OK && !(is_closing && !has_open(server))) {
        if (!is_closing && server->params->asks_for_end()) {
            is_closing = true;
            close_door(server);
        }
        if (prepare(server, &looked_ms))
            status = tick(server);
    }
    if (status != LMAS_OK)
        fail_all(server, status);
    return status;
}

/* ---- The whole ---- */

static lmas_status open(lmi_server *server)
{
    lmas_solver_params params = server->params->params;
    lmas_status status;

    params.on_speech = on_speech;
    params.on_token = on_token;
    params.on_agent = on_agent;
    params.on_result = on_result;
    params.on_memory = NULL;
    params.user = server;
    status = lmi_guard_open(&server->guard, server->params);
    if (status == LMAS_OK)
        status = lmi_desk_open(&server->desk, server->params->n_waiting);
    if (status == LMAS_OK)
        status = lmi_catalog_open(&server->catalog, &server->solver, server->params, &params);
    if (status == LMAS_OK && server->params->exchange.folder)
        status = lmi_vault_open(&server->vault, server->params);
    server->desk.metrics.n_lanes = lmas_session_n_lanes(server->params->session);
    server->defaults = (lmi_defaults){
        .catalog = &server->catalog, .sampling = params.sampling, .kind = server->params->kind};
    return status;
}

static void announce(const lmi_server *server)
{
    char line[LMI_ERROR_MAX];

    snprintf(
        line, sizeof(line), "listening on http://%s:%u, a page and an API: %zu models (%s, ...)%s",
        server->params->host, lmi_daemon_port(server->daemon), server->catalog.n,
        server->catalog.at[0].id, server->params->key_file ? ", for those who have a key" : "");
    server->params->tell(line);
}

lmas_status lmi_serve(const lmi_serve_params *params)
{
    lmi_server server = {.params = params};
    lmas_status status = open(&server);

    if (status == LMAS_OK)
        status = lmi_daemon_start(&server);
    if (status == LMAS_OK) {
        announce(&server);
        status = serve(&server);
    }
    lmi_vault_quiet(server.vault);
    lmi_daemon_stop(server.daemon);
    lmi_vault_close(server.vault);
    lmas_solver_free(server.solver);
    lmi_catalog_done(&server.catalog);
    lmi_desk_close(&server.desk);
    lmi_guard_done(&server.guard);
    return status;
}
