/*
 * choice.c - the places of an answer in turn, and in each the ways to name an option, most
 * explicit first.
 *
 * Several letters that are given together answer too, and choose none: nothing weaker is looked at
 * then.
 */
#include "grade/choice/choice.h"

#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "grade/choice/box.h"
#include "grade/choice/last.h"
#include "grade/choice/listing.h"
#include "grade/choice/statement.h"

/* Longest text of an option behind its letter that is compared with it, and the bytes of prose that
 * are read, from its end: many patterns look at each of them. */
enum { OWN_TEXT_MAX = 2048, PROSE_MAX = 64 * 1024 };

/* Bytes before a box in which another one may end. */
enum { BOX_BEFORE_MAX = 96 };

/* Whether what stands behind a letter is the text of another option. */
static lmas_status find_conflict(lmi_choice *out, const lmi_options *options, const lmi_pick *pick)
{
    const char *end = pick->text.text + pick->text.len;
    lmi_opening opening = {0};
    lmi_span line;
    lmas_status status;

    out->letter = pick->letter;
    if (!pick->letter || !pick->at)
        return LMAS_OK;
    line = lmi_trim((lmi_span){pick->at + 1, (size_t)(end - pick->at - 1)}, " ).]:,*_\"'`-(", "");
    line.len = line.len < OWN_TEXT_MAX ? line.len : lmi_utf8_floor(line.text, OWN_TEXT_MAX);
    if (memchr(line.text, '\n', line.len))
        line.len = (size_t)((const char *)memchr(line.text, '\n', line.len) - line.text);
    status = lmi_options_open(&opening, options, line);
    out->has_conflict = opening.letter && opening.letter != pick->letter &&
                        (!*opening.rest || strchr(".;)!*", *opening.rest));
    lmi_free(opening.normal);
    return status;
}

static lmi_span end_of(lmi_span in)
{
    size_t cut;

    if (in.len <= PROSE_MAX)
        return in;
    cut = lmi_utf8_floor(in.text, in.len - PROSE_MAX);
    return (lmi_span){in.text + cut, in.len - cut};
}

/* What follows the sentence of a letter. */
static lmi_span behind(lmi_span in, const char *at)
{
    const char *end = in.text + in.len;

    while (at < end && !strchr(".!?\n", *at))
        at++;
    return (lmi_span){at, (size_t)(end - at)};
}

/* In a text without a statement, or behind one that gives several letters: `answer` is NULL then,
 * and where there is a box, which was meant to hold the answer. No line is one by its place alone
 * there. */
static lmas_status find_unstated(lmi_choice *out, lmi_polarity *polarity, lmi_span in,
                                 const lmi_answer *answer)
{
    lmi_pick pick;
    lmi_buf said;
    lmas_status status = lmi_remark_find(&pick, polarity, in);

    lmi_buf_init(&said, in.len);
    lmi_listing_blank(&said, in);
    if (status == LMAS_OK)
        status = lmi_buf_status(&said);
    in = (lmi_span){lmi_buf_text(&said), said.len};
    out->from = "a remark";
    if (status == LMAS_OK && !pick.where) {
        out->from = "the last words";
        status = lmi_last_words(&pick, polarity, in);
    }
    if (status == LMAS_OK && !pick.where && answer) {
        out->from = "a line that is an option";
        status = lmi_last_line_find(&pick, polarity, in, end_of(answer->raw));
    }
    if (status == LMAS_OK)
        status = find_conflict(out, polarity->options, &pick);
    lmi_buf_done(&said);
    return status;
}

static lmas_status find_in_prose(lmi_choice *out, lmi_polarity *polarity, const lmi_answer *answer)
{
    const lmi_span plain = end_of(lmi_answer_plain(answer));
    lmi_pick pick;
    const lmas_status status = lmi_statement_find(&pick, polarity, plain);

    if (status != LMAS_OK)
        return status;
    out->from = "a statement";
    if (pick.letter)
        return find_conflict(out, polarity->options, &pick);
    if (pick.is_settled)
        return find_unstated(out, polarity, behind(plain, pick.at), NULL);
    return find_unstated(out, polarity, plain, answer->box.text ? NULL : answer);
}

/* Whether another letter stands in the box before: \boxed{A} or \boxed{B}. */
static lmas_status is_second(bool *out, const lmi_options *options, const lmi_answer *answer,
                             char letter)
{
    static const char BOX_BEFORE[] =
        "\\\\boxed *+\\{[ (]*+(?:\\\\text[a-z]*+\\{\\(?)?+([A-Z]) *+[)}]++(?<=\\})[ $.]*+"
        "(?:,|/|&|and|or)[ $]*+(?:and|or)?[ $]*+\\\\boxed *+\\{\\z";
    const size_t n = (size_t)(answer->raw.text - answer->text.text);
    const size_t len = n < BOX_BEFORE_MAX ? n : BOX_BEFORE_MAX;
    lmi_span found;
    lmas_status status;

    status = lmi_pattern_first(&found, BOX_BEFORE, (lmi_span){answer->raw.text - len, len});
    if (status == LMAS_OK) {
        const char other = lmi_options_letter(options, found);

        *out = other && other != letter;
    }
    return status;
}

static lmas_status find_in_box(lmi_choice *out, bool *is_over, lmi_polarity *polarity,
                               const lmi_answer *answer)
{
    bool has_two = false;
    lmi_pick pick;
    lmas_status status = lmi_box_find(&pick, polarity, lmi_answer_plain(answer));

    if (status == LMAS_OK && pick.letter)
        status = is_second(&has_two, polarity->options, answer, pick.letter);
    out->from = "a box";
    *is_over = pick.letter || pick.is_settled;
    if (has_two)
        pick.letter = 0;
    return status == LMAS_OK ? find_conflict(out, polarity->options, &pick) : status;
}

static lmas_status find(lmi_choice *out, lmi_polarity *polarity, lmi_answer *answer)
{
    bool is_over = false;

    for (;;) {
        lmas_status status;

        if (answer->is_box)
            status = find_in_box(out, &is_over, polarity, answer);
        else
            status = find_in_prose(out, polarity, answer);
        if (status != LMAS_OK || is_over || out->letter || answer->is_last)
            return status;
        status = lmi_answer_next(answer);
        if (status != LMAS_OK)
            return status;
    }
}

lmas_status lmi_choice_find(lmi_choice *out, const lmi_gold *gold, lmi_answer *answer)
{
    lmi_polarity polarity;
    lmi_options options;
    lmas_status status = lmi_options_init(&options, gold);

    *out = (lmi_choice){0};
    if (status != LMAS_OK)
        return status;
    status = lmi_polarity_init(&polarity, &options);
    if (status == LMAS_OK) {
        status = find(out, &polarity, answer);
        lmi_polarity_done(&polarity);
    }
    lmi_options_done(&options);
    return status;
}
