/* trace.h - what the agents of a team did, as a table: a line per agent as it ends. */
#ifndef LMI_CLI_TALK_TRACE_H
#define LMI_CLI_TALK_TRACE_H

#include <stdio.h>

#include "latentmas.h"

void lmi_trace_head(FILE *to);
void lmi_trace_agent(FILE *to, const lmas_agent_trace *agent);

/* Below it, three lines for each of its thoughts that was looked at. */
void lmi_trace_thoughts(FILE *to, const lmas_agent_trace *agent);
void lmi_trace_total(FILE *to, const lmas_result *result);

#endif
