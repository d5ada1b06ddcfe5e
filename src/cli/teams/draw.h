/*
 * draw.h - a team's graph on stdout: in a few words, for a terminal, for Mermaid, for Graphviz.
 *
 *     a | b > c >text> d      side by side, one after the other, what is handed on if not memory
 */
#ifndef LMI_CLI_TEAMS_DRAW_H
#define LMI_CLI_TEAMS_DRAW_H

#include "serve/graph/shape.h"

/* Without a newline. "simplified" behind it where edges do other than the line says. */
void lmi_draw_short(const lmi_shape *shape);

void lmi_draw_text(const lmi_shape *shape);
void lmi_draw_mermaid(const lmi_shape *shape);
void lmi_draw_dot(const lmi_shape *shape);

#endif
