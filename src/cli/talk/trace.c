/* trace.c - columns that fit 80 with a "cut" behind them; the head is dim where colours are. */
#include "cli/talk/trace.h"

#include <stdio.h>

#include "cli/show/term.h"
#include "cli/show/text.h"

/* Characters of an agent's name that are shown. */
enum { NAME_WIDTH = 14 };

/* The name, cut or padded to its column. */
static void print_name(FILE *to, const char *name)
{
    const size_t n = lmi_put_line(to, name, NAME_WIDTH);

    fprintf(to, "%*s", (int)(NAME_WIDTH - n), "");
}

/* Counts and seconds, zeros as a dot: what did not happen should not catch the eye. */
static void print_count(FILE *to, int width, unsigned long long n)
{
    if (n)
        fprintf(to, "%*llu", width, n);
    else
        fprintf(to, "%*s", width, ".");
}

static void print_seconds(FILE *to, double ms)
{
    if (ms > 0)
        fprintf(to, "%8.2f", ms / 1e3);
    else
        fprintf(to, "%8s", ".");
}

void lmi_trace_head(FILE *to)
{
    const bool has_colour = to == stdout ? lmi_stdout_has_colour() : lmi_term_has_colour();

    fprintf(to, "%s%-*s%6s%9s%7s%8s%8s%8s%12s%s\n", has_colour ? "\033[2m" : "", NAME_WIDTH,
            "agent", "read", "thoughts", "spoken", "read s", "think s", "speak s", "positions",
            has_colour ? "\033[0m" : "");
}

/* What it would have said, had it spoken. */
static void print_probe(FILE *to, const lmas_agent_trace *agent)
{
    if (!agent->probe)
        return;
    fprintf(to, "%*s  probe  ", NAME_WIDTH, "");
    lmi_put_quoted(to, agent->probe);
    fputc('\n', to);
}

/* Where it was, if not on the team's own model, and how its thoughts went on from there. */
static void print_elsewhere(FILE *to, const lmas_agent_trace *agent)
{
    if (agent->model)
        fprintf(to, "%*s  on     %s\n", NAME_WIDTH, "", agent->model);
    if (agent->remote_ms > 0)
        fprintf(to, "%*s  server %.2f s\n", NAME_WIDTH, "", agent->remote_ms / 1e3);
    if (agent->crossing)
        fprintf(to, "%*s  cross  %s\n", NAME_WIDTH, "", agent->crossing);
}

void lmi_trace_agent(FILE *to, const lmas_agent_trace *agent)
{
    char positions[32] = ".";
    char label[128];

    snprintf(label, sizeof(label), agent->round > 1 ? "%.64s %u" : "%.64s", agent->name,
             agent->round);
    if (agent->pos_end > agent->pos_begin)
        snprintf(positions, sizeof(positions), "%u-%u", agent->pos_begin, agent->pos_end - 1);
    print_name(to, label);
    print_count(to, 6, agent->n_read);
    print_count(to, 9, agent->n_thought);
    print_count(to, 7, agent->n_spoken);
    print_seconds(to, agent->read_ms);
    print_seconds(to, agent->think_ms);
    print_seconds(to, agent->speak_ms);
    fprintf(to, "%12s%s%s", positions, agent->is_cut ? " cut" : "",
            agent->is_circling ? ", repeating itself" : "");
    if (agent->n_dropped)
        fprintf(to, " kept %u of %u", agent->n_kept, agent->n_kept + agent->n_dropped);
    fputc('\n', to);
    print_elsewhere(to, agent);
    print_probe(to, agent);
}

static void print_near(FILE *to, const char *name, const lmas_near *near, uint32_t n)
{
    uint32_t i;

    fprintf(to, "%14s %-6s", "", name);
    for (i = 0; i < n && near[i].token >= 0; i++) {
        fputc(' ', to);
        lmi_put_quoted(to, near[i].text);
        fprintf(to, " %.2f", (double)near[i].score);
    }
    fputc('\n', to);
}

void lmi_trace_thoughts(FILE *to, const lmas_agent_trace *agent)
{
    uint32_t i;

    for (i = 0; agent->thoughts && i < agent->n_thought; i++) {
        const lmas_thought *t = &agent->thoughts[i];

        fprintf(to, "%14u  norm %.1f, entropy %.2f, cosine to prompt %.3f", i + 1, (double)t->norm,
                (double)t->entropy, (double)t->cosine_prompt);
        if (i > 0)
            fprintf(to, ", to thought %u %.3f", i, (double)t->cosine_before);
        fprintf(to, "%s\n", i + 1 == agent->n_to_rest ? ", at rest" : "");
        print_near(to, "says", t->head, t->n_near);
        print_near(to, "is", t->input, t->n_near);
    }
}

void lmi_trace_total(FILE *to, const lmas_result *result)
{
    char elapsed[32];

    snprintf(elapsed, sizeof(elapsed), "%.2f s", result->elapsed_ms / 1e3);
    print_name(to, "total");
    print_count(to, 6, result->n_read);
    print_count(to, 9, result->n_thought);
    print_count(to, 7, result->n_spoken);
    print_seconds(to, result->read_ms);
    print_seconds(to, result->think_ms);
    print_seconds(to, result->speak_ms);
    fprintf(to, "%12s\n", elapsed);
}
