/* label.c - places are tried in rings around the point; the best free one is taken. */
#include "eval/report/page/label.h"

#include <math.h>
#include <string.h>

#include "base/utf8.h"
#include "eval/report/format.h"

/* Rings of places and how far apart they are; from which on a line leads to the label. */
enum { RINGS = 10, RING_STEP = 9, LEAD_RING = 2, PLACES = 12 };

/* What a letter may take of the font's size, and a line above and below its middle. */
static const double NARROW = 0.42, MIDDLE = 0.66, BROAD = 1.0, FULL = 1.15, HALF_LINE = 0.64;

bool lmi_box_overlaps(lmi_box a, lmi_box b)
{
    return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

/* ---- Texts ---- */

static size_t letter_bytes(const char *text)
{
    size_t n = 1;

    while (((unsigned char)text[n] & 0xc0) == 0x80)
        n++;
    return n;
}

/* Of a letter; those beyond ASCII may be ideographs. */
static double letter_width(const char *text)
{
    if ((unsigned char)*text >= 0x80)
        return FULL;
    if (strchr("iIjl.,:;'|!()[] t f", *text))
        return NARROW;
    return strchr("mwMW%@", *text) ? BROAD : *text >= 'A' && *text <= 'Z' ? 0.8 : MIDDLE;
}

double lmi_text_width(const char *text, double size)
{
    double sum = 0;

    for (; *text; text += letter_bytes(text))
        sum += letter_width(text);
    return sum * size;
}

void lmi_text_fit(lmi_buf *out, const char *text, double size, double width)
{
    static const char dots[] = "\xe2\x80\xa6";
    const char *end = text;
    double sum = 0;
    lmi_buf plain;

    lmi_buf_init(&plain, out->max);
    lmi_plain(&plain, text);
    text = end = lmi_buf_text(&plain);
    if (lmi_text_width(text, size) <= width) {
        lmi_buf_puts(out, text);
    } else {
        for (sum = FULL * size; *end; end += letter_bytes(end)) {
            sum += letter_width(end) * size;
            if (sum > width)
                break;
        }
        lmi_buf_append(out, text, (size_t)(end - text));
        lmi_buf_puts(out, dots);
    }
    lmi_buf_done(&plain);
}

/* ---- Places ---- */

/* The box of a text of this width, `away` from the mark, at place `k` of the twelve around it. */
static lmi_box box_at(const lmi_label *label, double width, double size, double away, size_t k)
{
    static const double places[PLACES][2] = {{1, 0},   {-1, 0}, {0, -1},   {0, 1},
                                             {1, -1},  {1, 1},  {-1, -1},  {-1, 1},
                                             {1, -.5}, {1, .5}, {-1, -.5}, {-1, .5}};
    const double dx = places[k][0], dy = places[k][1];
    const double height = 2 * HALF_LINE * size;
    const double gap = label->radius + 2 + away;
    const double x = label->x + dx * (gap + width / 2);
    const double y = label->y + dy * (gap + height / 2);

    return (lmi_box){x - width / 2, y - height / 2, x + width / 2, y + height / 2};
}

static bool is_free(const lmi_label *labels, size_t n, lmi_box box, lmi_box frame,
                    const lmi_obstacles *o)
{
    size_t i;

    if (box.left < frame.left || box.right > frame.right || box.top < frame.top ||
        box.bottom > frame.bottom)
        return false;
    for (i = 0; i < o->n_hard; i++)
        if (lmi_box_overlaps(box, o->hard[i]))
            return false;
    for (i = 0; i < n; i++)
        if (labels[i].text && lmi_box_overlaps(box, labels[i].box))
            return false;
    return true;
}

static double cost_of(lmi_box box, const lmi_obstacles *o, size_t ring, size_t place)
{
    double sum = (double)ring * 2 + (double)place * 0.1;
    size_t i;

    for (i = 0; i < o->n_soft; i++)
        sum += lmi_box_overlaps(box, o->soft[i]) ? 3 : 0;
    return sum;
}

static void place(lmi_label *labels, size_t i, lmi_box frame, double size, const lmi_obstacles *o,
                  const char *text)
{
    lmi_label *label = &labels[i];
    const double width = lmi_text_width(text, size);
    double best = INFINITY;
    size_t ring, k;

    for (ring = 0; ring < RINGS; ring++)
        for (k = 0; k < PLACES; k++) {
            const lmi_box box = box_at(label, width, size, (double)(ring * RING_STEP), k);
            const double cost = cost_of(box, o, ring, k);

            if (cost >= best || !is_free(labels, i, box, frame, o))
                continue;
            best = cost;
            label->text = text;
            label->box = box;
            label->has_lead = ring >= LEAD_RING;
        }
}

void lmi_labels_place(lmi_label *labels, size_t n, lmi_box frame, double size,
                      const lmi_obstacles *obstacles)
{
    size_t i, k;

    for (i = 0; i < n; i++)
        labels[i].text = NULL;
    for (i = 0; i < n; i++)
        for (k = 0; k < 2 && !labels[i].text && labels[i].texts[k]; k++)
            place(labels, i, frame, size, obstacles, labels[i].texts[k]);
}
