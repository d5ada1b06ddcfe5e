/* draw.c - drawing a shape; draw.h has an example. An agent's name may hold anything printable. */
#include "cli/teams/draw.h"

#include <stdio.h>
#include <string.h>

#include "serve/graph/written.h"

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

/* ---- For other programs ---- */

static void print(const lmi_shape *shape, void (*write)(lmi_buf *out, const lmi_shape *shape))
{
    lmi_buf text;

    lmi_buf_init(&text, LMI_WRITTEN_MAX);
    write(&text, shape);
    fputs(lmi_buf_text(&text), stdout);
    lmi_buf_done(&text);
}

void lmi_draw_mermaid(const lmi_shape *shape)
{
    print(shape, lmi_write_mermaid);
}

void lmi_draw_dot(const lmi_shape *shape)
{
    print(shape, lmi_write_dot);
}
