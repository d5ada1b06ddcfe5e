/* memory.c - the table of ask --trace, and under each agent what its positions hold. */
#include "cli/inspect/memory.h"

#include <stdio.h>

#include "cli/samples/full.h"
#include "cli/show/term.h"
#include "cli/talk/trace.h"

static void print_segments(const lmas_agent_trace *agent, uint64_t cell_size)
{
    lmi_segment segments[LMI_SEGMENT_KINDS];
    const size_t n = lmi_segments(segments, agent);
    char size[32];
    size_t i;

    for (i = 0; i < n; i++) {
        const lmi_segment *s = &segments[i];

        lmi_size_text(size, (double)(s->n_cells * cell_size));
        printf("  %-10s positions %5u to %5u %6u cells", lmi_segment_name(s->kind), s->pos_begin,
               s->pos_end - 1, s->n_cells);
        printf(cell_size ? " %12s\n" : "\n", size);
    }
}

void lmi_print_memory(const lmi_viewer *viewer, const lmi_shown *row, size_t run)
{
    const lmas_result *r = &row->views[run].result;
    size_t i;

    lmi_trace_head(stdout);
    for (i = 0; i < r->n_agents; i++) {
        lmi_trace_agent(stdout, &r->agents[i]);
        print_segments(&r->agents[i], viewer->cell_size[run]);
        lmi_trace_thoughts(stdout, &r->agents[i]);
    }
    lmi_trace_total(stdout, r);
}
