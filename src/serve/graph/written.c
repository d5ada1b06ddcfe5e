/* written.c - see written.h. An agent's name may hold anything printable. */
#include "serve/graph/written.h"

#include <stdio.h>
#include <string.h>

enum { LABEL_SIZE = 96 };

static const char *name_of(const lmi_shape *s, size_t agent)
{
    return lmas_team_agent_name(s->team, agent);
}

/* What stands at an edge; nothing where memory goes on in a round. */
static void label_of(char out[LABEL_SIZE], const lmas_edge *edge)
{
    const bool is_told = edge->is_next_round || edge->keep || strcmp(edge->carry, "memory") != 0;

    snprintf(out, LABEL_SIZE, "%s%s%s%s", is_told ? edge->carry : "", edge->keep ? ", keep " : "",
             edge->keep ? edge->keep : "", edge->is_next_round ? ", next round" : "");
}

/* ---- For Mermaid ---- */

static bool is_plain(char c)
{
    return (unsigned char)c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
           (c >= 'a' && c <= 'z') || strchr(" -_.,", c);
}

/* Between its quotes, "#34;" is the character of that number. */
static void put_mermaid_text(lmi_buf *out, const char *text)
{
    lmi_buf_putc(out, '"');
    for (; *text; text++)
        if (is_plain(*text))
            lmi_buf_putc(out, *text);
        else
            lmi_buf_printf(out, "#%d;", *text);
    lmi_buf_putc(out, '"');
}

void lmi_write_mermaid(lmi_buf *out, const lmi_shape *shape)
{
    size_t i;

    lmi_buf_printf(out, "flowchart TD\n    %%%% rounds: %zu\n", lmas_team_n_rounds(shape->team));
    for (i = 0; i < shape->n_agents; i++) {
        lmi_buf_printf(out, "    a%zu%s", i, i == shape->output ? "([" : "[");
        put_mermaid_text(out, name_of(shape, i));
        lmi_buf_puts(out, i == shape->output ? "])\n" : "]\n");
    }
    for (i = 0; i < shape->n_edges; i++) {
        const lmas_edge *e = &shape->edges[i];
        char label[LABEL_SIZE];

        label_of(label, e);
        lmi_buf_printf(out, "    a%zu %s%s%s%s a%zu\n", e->from, e->is_next_round ? "-.->" : "-->",
                       *label ? "|" : "", label, *label ? "|" : "", e->to);
    }
}

/* ---- For Graphviz ---- */

/* Between its quotes, a backslash and an ampersand begin something else. */
static void put_dot_text(lmi_buf *out, const char *text)
{
    lmi_buf_putc(out, '"');
    for (; *text; text++)
        if (*text == '&')
            lmi_buf_puts(out, "&amp;");
        else
            lmi_buf_printf(out, "%s%c", strchr("\"\\", *text) ? "\\" : "", *text);
    lmi_buf_putc(out, '"');
}

void lmi_write_dot(lmi_buf *out, const lmi_shape *shape)
{
    size_t i;

    lmi_buf_printf(out, "digraph team {\n    // rounds: %zu\n    node [shape=box];\n",
                   lmas_team_n_rounds(shape->team));
    for (i = 0; i < shape->n_agents; i++) {
        lmi_buf_printf(out, "    a%zu [label=", i);
        put_dot_text(out, name_of(shape, i));
        lmi_buf_puts(out, i == shape->output ? ", peripheries=2];\n" : "];\n");
    }
    for (i = 0; i < shape->n_edges; i++) {
        const lmas_edge *e = &shape->edges[i];
        char label[LABEL_SIZE];

        label_of(label, e);
        lmi_buf_printf(out, "    a%zu -> a%zu", e->from, e->to);
        if (*label)
            lmi_buf_printf(out, " [label=\"%s\"%s]", label,
                           e->is_next_round ? ", style=dashed, constraint=false" : "");
        lmi_buf_puts(out, ";\n");
    }
    lmi_buf_puts(out, "}\n");
}
