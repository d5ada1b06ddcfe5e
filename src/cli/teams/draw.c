/* draw.c - drawing a shape; draw.h has an example. An agent's name may hold anything printable. */
#include "cli/teams/draw.h"

#include <stdio.h>
#include <string.h>

enum { WIDTH = 78 }; /* columns of a picture in whose middle things stand; a wider one is ragged */

static const char *name_of(const lmi_shape *s, size_t agent)
{
    return lmas_team_agent_name(s->team, agent);
}

static bool is_memory(const char *carry)
{
    return strcmp(carry, "memory") == 0;
}

static void print_level(const lmi_shape *s, size_t level)
{
    const char *gap = "";
    size_t agent;

    for (agent = 0; lmi_shape_next(s, level, &agent); agent++) {
        printf("%s%s", gap, name_of(s, agent));
        gap = " | ";
    }
}

/* "a | b > c >text> d" */
static void print_line(const lmi_shape *s)
{
    size_t level;

    for (level = 0; level < s->n_levels; level++) {
        const char *carry = level ? s->joins[level - 1] : NULL;

        if (carry && !is_memory(carry))
            printf(" >%s> ", carry);
        else if (level)
            fputs(" > ", stdout);
        print_level(s, level);
    }
}

/* Whether there is an edge of a round that the line does not show. */
static bool is_simplified(const lmi_shape *s)
{
    size_t i;

    for (i = 0; i < s->n_edges; i++)
        if (!s->edges[i].is_next_round && !lmi_shape_is_joined(s, &s->edges[i]))
            return true;
    return false;
}

void lmi_draw_short(const lmi_shape *shape)
{
    print_line(shape);
    if (lmas_team_n_rounds(shape->team) > 1)
        printf(", %zu rounds", lmas_team_n_rounds(shape->team));
    if (is_simplified(shape))
        fputs(", simplified", stdout);
}

/* ---- For a terminal ---- */

/* One for each character: what does not hold (of Chinese, for one) costs a picture its symmetry. */
static size_t columns_of(const char *text)
{
    size_t n = 0;

    for (; *text; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

static size_t level_width(const lmi_shape *s, size_t level)
{
    size_t n = 0;
    size_t agent;

    for (agent = 0; lmi_shape_next(s, level, &agent); agent++)
        n += (n ? 3 : 0) + columns_of(name_of(s, agent));
    return n;
}

/* Columns of the widest level; 0 where the picture is to begin at the left. */
static size_t picture_width(const lmi_shape *s)
{
    size_t widest = 0;
    size_t level;

    for (level = 0; level < s->n_levels; level++) {
        const size_t n = level_width(s, level);

        widest = n > widest ? n : widest;
    }
    return widest <= WIDTH ? widest : 0;
}

static void indent(size_t width, size_t len)
{
    printf("%*s", len < width ? (int)((width - len) / 2) : 0, "");
}

/* Between two levels: "v", "v text", or nothing. */
static void print_join(const char *carry, size_t width)
{
    putchar('\n');
    if (carry)
        indent(width, 1);
    if (carry)
        printf("v%s%s", is_memory(carry) ? "" : " ", is_memory(carry) ? "" : carry);
    putchar('\n');
}

static void print_picture(const lmi_shape *s)
{
    const size_t width = picture_width(s);
    size_t level;

    for (level = 0; level < s->n_levels; level++) {
        indent(width, level_width(s, level));
        print_level(s, level);
        if (level + 1 < s->n_levels)
            print_join(s->joins[level], width);
    }
}

static bool is_alike(const lmas_edge *a, const lmas_edge *b)
{
    const bool is_kept_alike =
        a->keep && b->keep ? strcmp(a->keep, b->keep) == 0 : !a->keep && !b->keep;

    return a->to == b->to && a->is_next_round == b->is_next_round && is_kept_alike &&
           strcmp(a->carry, b->carry) == 0;
}

/* "a, b > c: text": all that hand the same to the one that the edge leads to. */
static void print_edges(const lmi_shape *s, const lmas_edge *edge)
{
    const lmas_edge *end = s->edges + s->n_edges;
    const lmas_edge *e;

    for (e = edge; e < end; e++)
        if (is_alike(e, edge) && !lmi_shape_is_joined(s, e))
            printf("%s%s", e == edge ? "" : ", ", name_of(s, e->from));
    printf(" > %s: %s", name_of(s, edge->to), edge->carry);
    if (edge->keep)
        printf(", keep %s", edge->keep);
    if (edge->is_next_round)
        fputs(lmas_team_n_rounds(s->team) > 1 ? ", in the next round"
                                              : ", in the next round, and there is none",
              stdout);
    putchar('\n');
}

/* The edges that the picture does not show, those that are alike in one line. */
static void print_others(const lmi_shape *s)
{
    bool is_first = true;
    size_t i, k;

    for (i = 0; i < s->n_edges; i++) {
        if (lmi_shape_is_joined(s, &s->edges[i]))
            continue;
        for (k = 0; k < i; k++)
            if (is_alike(&s->edges[k], &s->edges[i]) && !lmi_shape_is_joined(s, &s->edges[k]))
                break;
        if (k < i)
            continue;
        if (is_first)
            putchar('\n');
        is_first = false;
        print_edges(s, &s->edges[i]);
    }
}

void lmi_draw_text(const lmi_shape *shape)
{
    if (lmi_shape_is_line(shape))
        print_line(shape);
    else
        print_picture(shape);
    putchar('\n');
    print_others(shape);
    putchar('\n');
    if (lmas_team_n_rounds(shape->team) > 1)
        printf("%zu rounds; ", lmas_team_n_rounds(shape->team));
    printf("%s speaks last\n", name_of(shape, shape->output));
}

/* ---- For Mermaid ---- */

static bool is_plain(char c)
{
    return (unsigned char)c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
           (c >= 'a' && c <= 'z') || strchr(" -_.,", c);
}

/* Between its quotes, "#34;" is the character of that number. */
static void print_mermaid_text(const char *text)
{
    putchar('"');
    for (; *text; text++)
        if (is_plain(*text))
            putchar(*text);
        else
            printf("#%d;", *text);
    putchar('"');
}

enum { LABEL_SIZE = 96 };

/* What stands at an edge; nothing where memory goes on in a round. */
static void label_of(char out[LABEL_SIZE], const lmas_edge *edge)
{
    const bool is_told = edge->is_next_round || edge->keep || !is_memory(edge->carry);

    snprintf(out, LABEL_SIZE, "%s%s%s%s", is_told ? edge->carry : "", edge->keep ? ", keep " : "",
             edge->keep ? edge->keep : "", edge->is_next_round ? ", next round" : "");
}

void lmi_draw_mermaid(const lmi_shape *shape)
{
    size_t i;

    printf("flowchart TD\n    %%%% rounds: %zu\n", lmas_team_n_rounds(shape->team));
    for (i = 0; i < shape->n_agents; i++) {
        printf("    a%zu%s", i, i == shape->output ? "([" : "[");
        print_mermaid_text(name_of(shape, i));
        puts(i == shape->output ? "])" : "]");
    }
    for (i = 0; i < shape->n_edges; i++) {
        const lmas_edge *e = &shape->edges[i];
        char label[LABEL_SIZE];

        label_of(label, e);
        printf("    a%zu %s%s%s%s a%zu\n", e->from, e->is_next_round ? "-.->" : "-->",
               *label ? "|" : "", label, *label ? "|" : "", e->to);
    }
}

/* ---- For Graphviz ---- */

/* Between its quotes, a backslash and an ampersand begin something else. */
static void print_dot_text(const char *text)
{
    putchar('"');
    for (; *text; text++)
        if (*text == '&')
            fputs("&amp;", stdout);
        else
            printf("%s%c", strchr("\"\\", *text) ? "\\" : "", *text);
    putchar('"');
}

void lmi_draw_dot(const lmi_shape *shape)
{
    size_t i;

    printf("digraph team {\n    // rounds: %zu\n    node [shape=box];\n",
           lmas_team_n_rounds(shape->team));
    for (i = 0; i < shape->n_agents; i++) {
        printf("    a%zu [label=", i);
        print_dot_text(name_of(shape, i));
        puts(i == shape->output ? ", peripheries=2];" : "];");
    }
    for (i = 0; i < shape->n_edges; i++) {
        const lmas_edge *e = &shape->edges[i];
        char label[LABEL_SIZE];

        label_of(label, e);
        printf("    a%zu -> a%zu", e->from, e->to);
        if (*label)
            printf(" [label=\"%s\"%s]", label,
                   e->is_next_round ? ", style=dashed, constraint=false" : "");
        puts(";");
    }
    puts("}");
}
