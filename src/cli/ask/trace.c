/* trace.c - columns that fit 80 with a "cut" behind them; the head is dim where colours are. */
#include "cli/ask/trace.h"

#include <stdio.h>

#include "cli/show/term.h"

/* Characters of an agent's name that are shown. */
enum { NAME_WIDTH = 14 };

/* The name, cut or padded to its column; a character counts as one column. */
static void print_name(const char *name)
{
    size_t n = 0;

    while (*name && n < NAME_WIDTH) {
        do
            fputc(*name++, stderr);
        while (((unsigned char)*name & 0xc0) == 0x80);
        n++;
    }
    fprintf(stderr, "%*s", (int)(NAME_WIDTH - n), "");
}

/* Counts and seconds, zeros as a dot: what did not happen should not catch the eye. */
static void print_count(int width, unsigned long long n)
{
    if (n)
        fprintf(stderr, "%*llu", width, n);
    else
        fprintf(stderr, "%*s", width, ".");
}

static void print_seconds(double ms)
{
    if (ms > 0)
        fprintf(stderr, "%8.2f", ms / 1e3);
    else
        fprintf(stderr, "%8s", ".");
}

void lmi_trace_head(void)
{
    const bool has_colour = lmi_term_has_colour();

    fprintf(stderr, "%s%-*s%6s%9s%7s%8s%8s%8s%12s%s\n", has_colour ? "\033[2m" : "", NAME_WIDTH,
            "agent", "read", "thoughts", "spoken", "read s", "think s", "speak s", "positions",
            has_colour ? "\033[0m" : "");
}

void lmi_trace_agent(const lmas_agent_trace *agent)
{
    char positions[32] = ".";
    char label[128];

    snprintf(label, sizeof(label), agent->round > 1 ? "%.64s %u" : "%.64s", agent->name,
             agent->round);
    if (agent->pos_end > agent->pos_begin)
        snprintf(positions, sizeof(positions), "%u-%u", agent->pos_begin, agent->pos_end - 1);
    print_name(label);
    print_count(6, agent->n_read);
    print_count(9, agent->n_thought);
    print_count(7, agent->n_spoken);
    print_seconds(agent->read_ms);
    print_seconds(agent->think_ms);
    print_seconds(agent->speak_ms);
    fprintf(stderr, "%12s%s", positions, agent->is_cut ? " cut" : "");
    if (agent->n_dropped)
        fprintf(stderr, " kept %u of %u", agent->n_kept, agent->n_kept + agent->n_dropped);
    fputc('\n', stderr);
}

void lmi_trace_total(const lmas_result *result)
{
    char elapsed[32];

    snprintf(elapsed, sizeof(elapsed), "%.2f s", result->elapsed_ms / 1e3);
    print_name("total");
    print_count(6, result->n_read);
    print_count(9, result->n_thought);
    print_count(7, result->n_spoken);
    print_seconds(result->read_ms);
    print_seconds(result->think_ms);
    print_seconds(result->speak_ms);
    fprintf(stderr, "%12s\n", elapsed);
}
