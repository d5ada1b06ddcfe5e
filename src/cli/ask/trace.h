/* trace.h - the table of ask --trace: a line per agent as it ends, on stderr. */
#ifndef LMI_CLI_ASK_TRACE_H
#define LMI_CLI_ASK_TRACE_H

#include "latentmas.h"

void lmi_trace_head(void);
void lmi_trace_agent(const lmas_agent_trace *agent);

/* Below it, three lines for each of its thoughts that was looked at. */
void lmi_trace_thoughts(const lmas_agent_trace *agent);
void lmi_trace_total(const lmas_result *result);

#endif
