/*
 * sign.c - how a kind looks: a colour and a shape by its method, a shade and an inlay among the
 * kinds of the method, and a code of a letter and a number. Each alone tells kinds apart, for who
 * does not see another.
 */
#include <stdio.h>
#include <string.h>

#include "eval/report/format.h"
#include "eval/report/page/part.h"

/* Shapes, in the order of the methods' ranks; inlays, shades of the style sheet. */
enum { SHAPES = 7, INLAYS = 4, SHADES = 4 };

static const char *const shapes[SHAPES] = {
    "<circle r=\"5\"/>",
    "<path d=\"M-4.6 -4.6h9.2v9.2h-9.2z\"/>",
    "<path d=\"M0 -6L5.6 4.2H-5.6z\"/>",
    "<path d=\"M0 -6.4L5.8 0L0 6.4L-5.8 0z\"/>",
    "<path d=\"M0 6L5.6 -4.2H-5.6z\"/>",
    "<path d=\"M-2 -5.6h4v3.6h3.6v4h-3.6v3.6h-4v-3.6h-3.6v-4h3.6z\"/>",
    "<path d=\"M0 -5.8L5.5 -1.8L3.4 4.7H-3.4L-5.5 -1.8z\"/>",
};

static const char *const inlays[INLAYS] = {
    "",
    "<circle class=\"inlay\" cy=\".4\" r=\"1.9\"/>",
    "<path class=\"inlay\" d=\"M-4.6 -.4h9.2v1.9h-9.2z\"/>",
    "<path class=\"inlay\" d=\"M-.95 -5h1.9v10h-1.9z\"/>",
};

void lmi_mark_svg(lmi_buf *out, const lmi_kind *kind)
{
    lmi_buf_puts(out, shapes[kind->rank % SHAPES]);
    lmi_buf_puts(out, inlays[kind->shade % INLAYS]);
}

void lmi_kind_class(lmi_buf *out, const lmi_kind *kind)
{
    /* Shades go on where inlays begin anew, so that the two repeat together after sixteen. */
    lmi_buf_printf(out, "k%zu v%zu", kind->colour, (kind->shade + kind->shade / INLAYS) % SHADES);
}

void lmi_tag(lmi_buf *out, const lmi_kind *kind)
{
    lmi_buf_puts(out, "<span class=\"tag ");
    lmi_kind_class(out, kind);
    lmi_buf_puts(out, "\"><svg class=\"mk\" viewBox=\"-7 -7 14 14\" aria-hidden=\"true\">");
    lmi_mark_svg(out, kind);
    lmi_buf_printf(out, "</svg>%s</span>", kind->code);
}

void lmi_run_tag(lmi_buf *out, const lmi_sheet *sheet, size_t run)
{
    lmi_tag(out, lmi_run_kind(sheet, run));
    lmi_buf_printf(out, "<span class=\"run\">run&#160;%s</span>", sheet->c->runs[run].key);
}
