/* pick.c - matches of a pattern, and what their sentences make of them. */
#include "grade/choice/pick.h"

/* Matches that are weighed, counted from the last: a model that states more has lost its way. */
enum { MENTIONS_MAX = 32 };

/* The last mentions, in a ring. */
typedef struct mentions {
    lmi_mention last[MENTIONS_MAX];
    size_t n; /* seen in all */
    char letter;
    bool is_one; /* all were of `letter` */
} mentions;

static lmas_status collect(mentions *out, const lmi_options *options, const char *pattern,
                           lmi_span in)
{
    lmi_pattern p;
    const lmas_status status = lmi_pattern_init(&p, pattern, in);

    if (status != LMAS_OK)
        return status;
    *out = (mentions){.is_one = true};
    while (lmi_pattern_next(&p)) {
        const lmi_span span = lmi_pattern_group(&p, 1);
        const char letter = lmi_options_letter(options, span);

        if (!letter)
            continue;
        if (out->n && letter != out->letter)
            out->is_one = false;
        out->letter = letter;
        out->last[out->n++ % MENTIONS_MAX] =
            (lmi_mention){in, lmi_pattern_group(&p, 0).text, span.text};
    }
    lmi_pattern_done(&p);
    return LMAS_OK;
}

static void weigh(lmi_pick *out, lmi_polarity *polarity, const mentions *m, bool is_bare)
{
    const size_t n = m->n < MENTIONS_MAX ? m->n : MENTIONS_MAX;
    size_t i;

    *out = (lmi_pick){0};
    for (i = 1; i <= n; i++) {
        const lmi_mention *one = &m->last[(m->n - i) % MENTIONS_MAX];
        const lmi_sense sense = lmi_polarity_of(polarity, one, is_bare);

        if (sense == LMI_SENSE_DENIED)
            continue;
        *out = (lmi_pick){.is_settled = sense == LMI_SENSE_SEVERAL,
                          .where = one->cue,
                          .at = one->letter,
                          .text = one->text};
        if (sense == LMI_SENSE_CHOSEN)
            out->letter = lmi_options_letter(polarity->options, (lmi_span){one->letter, 1});
        return;
    }
}

lmas_status lmi_pick_last(lmi_pick *out, lmi_polarity *polarity, const char *pattern, lmi_span in,
                          bool is_bare)
{
    mentions m;
    const lmas_status status = collect(&m, polarity->options, pattern, in);

    if (status == LMAS_OK)
        weigh(out, polarity, &m, is_bare);
    return status;
}

lmas_status lmi_pick_only(lmi_pick *out, lmi_polarity *polarity, const char *pattern, lmi_span in)
{
    mentions m;
    const lmas_status status = collect(&m, polarity->options, pattern, in);

    *out = (lmi_pick){0};
    if (status == LMAS_OK && m.is_one)
        weigh(out, polarity, &m, true);
    return status;
}

lmas_status lmi_pick_is_one(bool *out, const lmi_options *options, const char *pattern, lmi_span in)
{
    mentions m;
    const lmas_status status = collect(&m, options, pattern, in);

    *out = status == LMAS_OK && m.is_one;
    return status;
}

lmi_pick lmi_pick_later(lmi_pick a, lmi_pick b)
{
    if (!a.where || (b.where && b.where >= a.where))
        return b;
    return a;
}
