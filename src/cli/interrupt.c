/* interrupt.c - a signal sets a mark and cancels the session, both safe in a handler. */
#include "cli/interrupt.h"

#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <unistd.h>

#include "cli/command.h"

static volatile sig_atomic_t is_interrupted, ends_at_once, gentleness, is_asked;
static _Atomic(lmas_session *) watched;

/* What a handler may do to end: no stdio, no exit handlers. */
static void end(void)
{
    static const char words[] = "\nlatentmas: interrupted\n";
    const ssize_t n = write(STDERR_FILENO, words, sizeof(words) - 1);

    (void)n;
    _exit(LMI_EXIT_INTERRUPTED);
}

static void handle(int number);

/* SA_RESETHAND: the second signal has its default effect. */
static void listen_to(int number)
{
    struct sigaction action = {.sa_handler = handle, .sa_flags = (int)SA_RESETHAND | SA_RESTART};

    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

static void handle(int number)
{
    lmas_session *session = atomic_load(&watched);

    if (gentleness >= (number == SIGINT ? LMI_GENTLY_BY_CTRL_C : LMI_GENTLY) && !is_asked) {
        is_asked = 1;
        listen_to(number);
        return;
    }
    is_interrupted = 1;
    if (ends_at_once)
        end();
    if (session)
        lmas_session_cancel(session);
}

void lmi_interrupt_install(void)
{
    listen_to(SIGINT);
    listen_to(SIGTERM);
}

void lmi_interrupt_watch(lmas_session *session)
{
    atomic_store(&watched, session);
    if (session && is_interrupted)
        lmas_session_cancel(session);
}

void lmi_interrupt_at_once(bool is_at_once)
{
    ends_at_once = is_at_once;
    if (is_at_once && is_interrupted)
        end();
}

void lmi_interrupt_gently(lmi_gentleness how)
{
    gentleness = (sig_atomic_t)how;
}

bool lmi_interrupt_asks_for_end(void)
{
    return is_asked || is_interrupted;
}

bool lmi_interrupted(void)
{
    return is_interrupted != 0;
}

void lmi_interrupt_forget(void)
{
    lmas_session *session = atomic_load(&watched);

    if (!is_interrupted)
        return;
    is_interrupted = 0;
    if (session)
        lmas_session_resume(session);
    lmi_interrupt_install();
}
