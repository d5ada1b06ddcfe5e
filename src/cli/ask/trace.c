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

/* A text in quotes, as it would stand in C. */
static void print_quoted(const char *text)
{
    fputc('"', stderr);
    for (; *text; text++) {
        if (*text == '\n')
            fputs("\\n", stderr);
        else if (*text == '\t')
            fputs("\\t", stderr);
        else if ((unsigned char)*text < ' ' || *text == 127)
            fprintf(stderr, "\\x%02x", (unsigned char)*text);
        else
            fputc(*text, stderr);
    }
    fputc('"', stderr);
}

/* What it would have said, had it spoken. */
static void print_probe(const lmas_agent_trace *agent)
{
    if (!agent->probe)
        return;
    fprintf(stderr, "%*s  probe  ", NAME_WIDTH, "");
    print_quoted(agent->probe);
    fputc('\n', stderr);
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
    fprintf(stderr, "%12s%s%s", positions, agent->is_cut ? " cut" : "",
            agent->is_circling ? ", repeating itself" : "");
    if (agent->n_dropped)
        fprintf(stderr, " kept %u of %u", agent->n_kept, agent->n_kept + agent->n_dropped);
    fputc('\n', stderr);
    print_probe(agent);
}

static void print_near(const char *name, const lmas_near *near, uint32_t n)
{
    uint32_t i;

    fprintf(stderr, "%14s %-6s", "", name);
    for (i = 0; i < n && near[i].token >= 0; i++) {
        fputc(' ', stderr);
        print_quoted(near[i].text);
        fprintf(stderr, " %.2f", (double)near[i].score);
    }
    fputc('\n', stderr);
}

void lmi_trace_thoughts(const lmas_agent_trace *agent)
{
    uint32_t i;

    for (i = 0; agent->thoughts && i < agent->n_thought; i++) {
        const lmas_thought *t = &agent->thoughts[i];

        fprintf(stderr, "%14u  norm %.1f, entropy %.2f, cosine to prompt %.3f", i + 1,
                (double)t->norm, (double)t->entropy, (double)t->cosine_prompt);
        if (i > 0)
            fprintf(stderr, ", to thought %u %.3f", i, (double)t->cosine_before);
        fprintf(stderr, "%s\n", i + 1 == agent->n_to_rest ? ", at rest" : "");
        print_near("says", t->head, t->n_near);
        print_near("is", t->input, t->n_near);
    }
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
