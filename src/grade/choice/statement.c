/*
 * statement.c - ways in which models say that they answer.
 *
 * Three kinds: a letter behind "the answer is", the same in other languages, an option's text
 * before or behind it. Of several the last counts; of one that is two ("answer is A. baumannii"),
 * the option's text.
 */
#include "grade/choice/statement.h"

#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "grade/choice/elsewhere.h"
#include "grade/choice/letter.h"
#include "grade/exact/answer.h"

/* Clauses that are read from their end: counted from the last, and the bytes of one. */
enum { CLAUSES_MAX = 32, CLAUSE_MAX = 1024 };

#define WOULD                                                                                      \
    "(?:would|should|must|will|can only|has to|have to|ought to|seems? to|appears? to|turns out "  \
    "to)(?: therefore| thus| clearly| indeed| then| hence)?+ be"
#define IS                                                                                         \
    "(?=[iwshmcatourIWSHMCATOUR:=>\xe2-])(?i:\\bis\\b|\\bwas\\b|\\b" WOULD                         \
    "\\b|\\b(?:corresponds to|remains)\\b|" ARROW "|[:=>])"

/* Words that may stand between "wait" and the letter. */
#define AGAIN                                                                                      \
    "(?i:(?:no|wait|actually|it|this|that|the answer|should|must|is|be|'s|i mean|rather|sorry|"    \
    "then|so|option|choice|thought)\\b[,:.]?+\\s*+){0,7}+[(*\"']{0,3}+"

/* The last one counts. Branches number their groups alike: group 1 is the letter, wherever it was
 * found. */
static const char STATEMENT[] =
    "(?:"
    /* The answer is (B). Answer: B. <answer>B. The correct choice would be option B */
    "(?<![A-Za-z])(?i:answer|ans)(?![A-Za-z])[^.:=>\\n]{0,40}?" IS
    "|\\b(?i:choice|option|letter)\\b[a-z ]{0,30}?" IS
    /* Answer - B. Ans. B */
    "|(?<![A-Za-z])(?i:answer|ans)(?![A-Za-z])[*_\"' \\t]*+(?:" DASH
    "|[.|])++" /* A heading: Answer, and the letter below it */
    "|(?m:^)[#*_> \\t]*+(?i:(?:the |my )?(?:final |correct |best )?(?:answer|choice))[*_ \\t]*+"
    "\\r?+\\n[\\s*_]*+"
    /* I choose B. We select option (C) */
    "|\\b(?i:choose|select|pick|go with|going with|opt for|opting for|settle on|vote for|"
    "(?:i|we) (?:chose|picked|selected))\\b" /* Correction: B. Wait, it is B */
    "|\\b(?i:correction)[*_]*+ ?[:,]"
    "|\\b(?i:wait|actually|scratch that|on second thought|sorry|oops|"
    "no(?=[,.!]? (?:wait|it|this|that|the answer|actually|i mean)\\b))[,:.!]*+\\s++" AGAIN
    /* It is not A but B */
    "|\\b(?i:not)\\s++(?:option |choice |answer )?[(*\"']{0,3}+[A-Z][)*\"']{0,3}+,?+\\s++"
    "(?i:but|rather|instead)\\b(?i: rather| it is| the answer is)?+)" THEN(FILLER, LETTER);

/* The correct one is B. My guess is B. Final choice: B */
static const char SHORT_STATEMENT[] =
    "(?:"
    "\\b(?i:correct|right|best|only|likely|plausible|suitable|appropriate|reasonable|accurate|"
    "remaining|final)(?i: one| statement| response| solution| candidate| "
    "alternative)?+[*_]*+\\s?+" IS
    "|\\b(?i:guess|pick|selection|verdict|vote|bet|conclusion)\\b[*_]*+\\s?+" IS
    ")" THEN(FILLER, PLAIN_LETTER);

/* Sentences about an option, for a text that has none of the first kind: "The answer is A. Vitamin
 * C is the right treatment." The letter stands in brackets, is called an option, or begins a
 * sentence or what follows a word like "so"; "B would be correct if" says nothing. */
static const char REMARK[] =
    "(?|"
    /* Option B is correct. (B) is the best answer */
    "(?:[(\\[]|(?:\\A|\\n|[.!?:;,]\\s|\\b(?i:option|choice|letter|answer|statement|so|thus|hence|"
    "then|that|"
    "therefore|only|and|but|means|think|believe)\\s)[\\s*_\"'(\\[]{0,8}+)"
    "([A-Z])[)\\]]?[*_\"']*+(?: ?\\([^()\\n]{1,80}\\)|, "
    "[^,.\\n]{1,60},)?\\s++(?i:is|seems|appears|looks|must be|has to be)\\s++(?i:to be )?+"
    "(?:(?i:indeed|clearly|therefore|the|my|our|best|most|only|single|likely|final|thus|also)\\s++"
    ")*?"
    "(?i:correct|right|answer|choice|option|appropriate|accurate|suitable|likely|best)\\b(?! to "
    "an?(?:other)?\\b)"
    ")";

/* "The answer is mitochondria." Group 1: the rest of the line. */
static const char TEXT_STATEMENT[] =
    "\\b(?i:answer|choice|option)\\b[^.:=\\n]{0,40}?" IS "[\\s:*_\"]*+([^\\n]++)";

/* "Mitochondria is the correct answer." Group 1 is empty, where the text ends. */
static const char TEXT_FIRST[] =
    "()[*_\"']{0,4}+[ \\t]{1,4}+(?i:is|are|must be|would be)\\s++(?i:clearly |therefore |thus "
    "|indeed )?+"
    "(?i:the|our|my)\\s++(?i:(?:correct|right|best|final|only|most \\w{1,16}+)\\s++){0,3}+"
    "(?i:answer|option|choice)\\b(?!\\s++(?:to|of|is|if|that)\\b)";

/* The option that a line gives by its text, or by its letter and its text: "copper, as it
 * conducts", "B copper". */
static lmas_status read_text(char *out, const lmi_options *options, lmi_span line)
{
    lmi_opening opening = {0};
    lmas_status status = lmi_options_find(out, options, line);

    if (status != LMAS_OK || *out)
        return status;
    status = lmi_options_open(&opening, options, line);
    *out = opening.letter;
    lmi_free(opening.normal);
    if (status == LMAS_OK && !*out && line.len > 2 && line.text[1] == ' ') {
        const char letter = lmi_options_letter(options, (lmi_span){line.text, 1});

        status = lmi_options_open(&opening, options, (lmi_span){line.text + 2, line.len - 2});
        lmi_free(opening.normal);
        if (letter && letter == opening.letter)
            *out = letter;
    }
    return status;
}

/* The last "answer is" that is followed by an option's text. */
static lmas_status find_text_behind(lmi_pick *out, lmi_polarity *polarity, lmi_span in)
{
    lmi_pattern p;
    lmas_status status;

    *out = (lmi_pick){0};
    if (!polarity->options->n_texts)
        return LMAS_OK;
    status = lmi_pattern_init(&p, TEXT_STATEMENT, in);
    if (status != LMAS_OK)
        return status;
    while (status == LMAS_OK && lmi_pattern_next(&p)) {
        const lmi_span line = lmi_pattern_group(&p, 1);
        const lmi_mention m = {in, lmi_pattern_group(&p, 0).text, line.text - 1};
        char letter = 0;

        status = read_text(&letter, polarity->options, line);
        if (letter && lmi_polarity_of(polarity, &m, false) != LMI_SENSE_DENIED)
            *out = (lmi_pick){.letter = letter, .where = m.cue};
    }
    lmi_pattern_done(&p);
    return status;
}

/* The clause that ends at `at`, on its line. */
static lmi_span clause_until(lmi_span in, const char *at)
{
    const size_t n = (size_t)(at - in.text) < CLAUSE_MAX ? (size_t)(at - in.text) : CLAUSE_MAX;
    const char *from = in.text + lmi_utf8_floor(in.text, (size_t)(at - in.text) - n);
    const char *newline = memrchr(from, '\n', (size_t)(at - from));

    if (newline)
        from = newline + 1;
    return (lmi_span){from, (size_t)(at - from)};
}

/* The last of `n` places in a ring where an option's text "is the answer". */
static lmas_status read_clauses(lmi_pick *out, lmi_polarity *polarity, lmi_span in,
                                const char *const *ends, size_t n)
{
    size_t i;

    for (i = 1; i <= n && i <= CLAUSES_MAX; i++) {
        const char *at = ends[(n - i) % CLAUSES_MAX];
        const lmi_mention m = {in, at, at - 1};
        char letter = 0;
        const lmas_status status =
            lmi_options_close(&letter, polarity->options, clause_until(in, at));

        if (status != LMAS_OK)
            return status;
        if (letter && lmi_polarity_of(polarity, &m, false) != LMI_SENSE_DENIED) {
            *out = (lmi_pick){.letter = letter, .where = at};
            return LMAS_OK;
        }
    }
    return LMAS_OK;
}

/* The last option's text that "is the answer". */
static lmas_status find_text_first(lmi_pick *out, lmi_polarity *polarity, lmi_span in)
{
    const char *ends[CLAUSES_MAX];
    size_t n = 0;
    lmi_pattern p;
    lmas_status status;

    *out = (lmi_pick){0};
    if (!polarity->options->n_texts)
        return LMAS_OK;
    status = lmi_pattern_init(&p, TEXT_FIRST, in);
    if (status != LMAS_OK)
        return status;
    while (lmi_pattern_next(&p))
        if (lmi_pattern_group(&p, 1).text > in.text)
            ends[n++ % CLAUSES_MAX] = lmi_pattern_group(&p, 1).text;
    lmi_pattern_done(&p);
    return read_clauses(out, polarity, in, ends, n);
}

lmas_status lmi_statement_find(lmi_pick *out, lmi_polarity *polarity, lmi_span in)
{
    lmi_pick letter, brief, other, text, first;
    lmas_status status = lmi_pick_last(&letter, polarity, STATEMENT, in, false);

    if (status == LMAS_OK)
        status = lmi_pick_last(&brief, polarity, SHORT_STATEMENT, in, false);
    if (status == LMAS_OK)
        status = lmi_elsewhere_find(&other, polarity, in);
    if (status == LMAS_OK)
        status = find_text_behind(&text, polarity, in);
    if (status == LMAS_OK)
        status = find_text_first(&first, polarity, in);
    if (status == LMAS_OK)
        *out = lmi_pick_later(lmi_pick_later(lmi_pick_later(other, brief), letter),
                              lmi_pick_later(first, text));
    return status;
}

lmas_status lmi_remark_find(lmi_pick *out, lmi_polarity *polarity, lmi_span in)
{
    lmi_pick other;
    lmas_status status = lmi_pick_last(out, polarity, REMARK, in, false);

    if (status == LMAS_OK)
        status = lmi_elsewhere_remark_find(&other, polarity, in);
    if (status == LMAS_OK)
        *out = lmi_pick_later(*out, other);
    return status;
}
