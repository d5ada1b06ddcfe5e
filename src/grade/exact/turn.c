/*
 * turn.c - a model that goes on with a question of its own has answered before it.
 *
 * Only then: one that repeats the question, or asks itself part after part, has answered nothing
 * where the first question stands, and all of its text counts.
 */
#include "grade/exact/answer.h"

#include <string.h>

#include "grade/pattern.h"

/* The beginning of a line that asks: "Question:", "**Problem 2:**", "### Exercise 3", "Q:", another
 * turn of the user, also in the marks of chat templates. */
#define ASKS                                                                                       \
    "(?m)\\G[ \\t]{0,80}+(?:[*_#>]{1,6}+[ \\t]{0,80}+)?+(?:"                                       \
    "(?i:question|problem|exercise|task)(?: ?#?[0-9]{1,4}+)?+[*_]{0,3}+ ?:|"                       \
    "(?i:question|problem|exercise|example) #?[0-9]{1,4}+[*_]{0,3}+(?:[:]|[.)]?+[ \\t\\r]*+$)|"    \
    "Q(?:[0-9]{1,4}+[*_]{0,3}+[:.)]|[*_]{0,3}+:)|"                                                 \
    "(?:[Hh]uman|HUMAN|[Uu]ser|USER|Instruction)[*_]{0,3}+:|"                                      \
    "<\\|(?:im_start\\|>|start_header_id\\|>|start\\|>)?user|<start_of_turn>user|\\[INST\\])"

/* A number or a letter, and no sentence. */
#define BARE                                                                                       \
    "[*_$(\\[ ]{0,8}+(?:[-+$]{0,3}+[0-9][0-9.,/]{0,30}+[^\\n=:]{0,30}|"                            \
    "[A-Z](?:[).:*\\]][^\\n]{0,80})?)"

/* What stands before it answers: there is a box, a line "#### 18", "the answer is" and something
 * behind it, or a calculation; or it ends in an equation, a conclusion, a letter; or it is nothing
 * but an answer. */
#define ANSWERS                                                                                    \
    "(?:\\\\(?:boxed|fbox) {0,8}+\\{ {0,8}+[^{} ]|"                                                \
    "(?m:^#### {0,8}+(?:[-+$]{0,3}+[0-9]|[(*]{0,3}+[A-Z][)*.]{0,3}+[ \\t\\r]*+$))|"                \
    "(?i)\\banswer\\b[^.:=\\n]{0,60}?(?:\\b(?:is|was|equals|be)\\b|[:=])[\\s:*_$(]*+"              \
    "(?!not\\b|clear|as follows|obvious|below|found)[^\\s.?]|"                                     \
    "=[ $]{0,4}+[-+$]{0,3}+[0-9][^=\\n]{0,40}\\s*+\\z|"                                            \
    "[0-9] ?(?:[-+*/x]|\xc3\x97|\xc3\xb7) ?[$]?[0-9][^=\\n]{0,30}= ?[$]?[0-9]|"                    \
    "(?m:^)(?i:so|thus|hence|therefore)\\b[^\\n]{1,200}?[0-9A-Z][^\\n]{0,60}\\s*+\\z|"             \
    "\\b(?i:be|is|option|choose|choice)\\b[ (*]{1,4}+[A-Z][).*]{0,4}+\\s*+\\z|"                    \
    "\\A\\s*+" BARE "\\s*+\\z)"

/* Whether a line may ask: the first letter tells, and is quicker than a pattern. */
static bool may_ask(lmi_span line)
{
    const lmi_span words = lmi_trim(line, " \t*_#>", "");

    return words.len > 0 && strchr("QqPpEeTtHhUuI<[", *words.text);
}

/* The beginning of the first line that asks; NULL without one. */
static lmas_status find_question(const char **out, lmi_span text)
{
    const char *end = text.text + text.len;
    const char *at = text.text;
    lmi_pattern p;
    const lmas_status status = lmi_pattern_init(&p, ASKS, text);

    if (status != LMAS_OK)
        return status;
    for (*out = NULL; at && !*out;) {
        p.where = (size_t)(at - text.text);
        if (may_ask((lmi_span){at, (size_t)(end - at)}) && lmi_pattern_next(&p))
            *out = at;
        at = memchr(at, '\n', (size_t)(end - at));
        at = at ? at + 1 : NULL;
    }
    lmi_pattern_done(&p);
    return status;
}

lmas_status lmi_answer_cut(lmi_span *text)
{
    const char *question = NULL;
    bool is_answered = false;
    lmi_span before;
    lmas_status status = find_question(&question, *text);

    if (status != LMAS_OK || !question)
        return status;
    before = (lmi_span){text->text, (size_t)(question - text->text)};
    if (before.len > 0)
        status = lmi_pattern_matches(&is_answered, ANSWERS, before);
    if (is_answered)
        *text = before;
    return status;
}
