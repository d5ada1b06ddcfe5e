/*
 * label.h - names beside points so that no text lies on another, nor on a point.
 *
 * A label knows its box. Places around its point are tried from the nearest on; where there is room
 * for the long text it stands there, else the short one, else none: the picture's legend has it.
 * The width of a text is not known here (the reader's font decides), so it is taken for wider than
 * any usual font makes it.
 */
#ifndef LMI_EVAL_REPORT_PAGE_LABEL_H
#define LMI_EVAL_REPORT_PAGE_LABEL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

typedef struct lmi_box {
    double left, top, right, bottom;
} lmi_box;

bool lmi_box_overlaps(lmi_box a, lmi_box b);

/* Units that `text` may take in a font of `size`. */
double lmi_text_width(const char *text, double size);

/* Append as much of `text` as `width` has room for, with an ellipsis where something is missing. */
void lmi_text_fit(lmi_buf *out, const char *text, double size, double width);

/* A point that wants a name. */
typedef struct lmi_label {
    double x, y;          /* its point */
    double radius;        /* and the mark there */
    const char *texts[2]; /* the long one and the short one; NULL ends them */
    const char *text;     /* which of them was placed; NULL: none */
    lmi_box box;          /* where */
    bool has_lead;        /* it is so far off that a line should lead to it */
} lmi_label;

/* What labels keep off: `hard` they never cover, `soft` they would rather not. */
typedef struct lmi_obstacles {
    const lmi_box *hard, *soft;
    size_t n_hard, n_soft;
} lmi_obstacles;

/* Place `n` labels of a font of `size` within `frame`. */
void lmi_labels_place(lmi_label *labels, size_t n, lmi_box frame, double size,
                      const lmi_obstacles *obstacles);

#endif
