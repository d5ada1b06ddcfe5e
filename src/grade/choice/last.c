/*
 * last.c - sentences and lines that choose by where they stand.
 *
 * Weaker than a statement: in the middle of a text "so B" is a step, at its end it is the answer.
 */
#include "grade/choice/last.h"

#include <string.h>

#include "base/mem.h"
#include "grade/choice/letter.h"
#include "grade/exact/answer.h"

/* Bytes of the end of a text that its last words are looked for in, and the length up to which a
 * last paragraph may be a greeting, so that the one before counts. */
enum { LAST_WORDS_MAX = 600, GREETING_MAX = 100 };

/* It is C. Leaving A. So B. This points to option D. */
static const char CUES[] =
    "(?:"
    "\\b(?i:(?:i'd|i would|i'll|i will) answer|(?:most "
    "(?:likely|appropriate|suitable|plausible)|best)"
    "(?: [a-z]{1,16}){1,4} is)\\b"
    "|\\b(?i:it|this|that|which|must|should|has to|can only)(?i:'s|\xe2\x80\x99s| is| must be| has "
    "to be| should be| can only be| would have to be| be)\\b"
    "|\\b(?i:leaving|leaves|leave|left with|points? (?:us )?(?:to|at|towards?)|pointing to|"
    "leads? (?:us |me )?to|leading to|corresponds? to|corresponding to|match(?:es|ing)?|consistent "
    "with|agrees? with|supports?|suggests?|favou?rs?|indicates?|selects?|selecting|chooses|"
    "choosing|picking|prefer|go(?:ing)? for|lean(?:ing)? (?:toward|towards|to)|say|guess|narrows? "
    "(?:it |this |things |us )?down to|comes? down to|boils down to|implies|means|conclude|hence|"
    "therefore|thus|so|namely)(?:\\b[,:]?+|(?<=:))(?i: us| me)?+"
    "|(?:" ARROW "|\xe2\x88\xb4))" THEN(FILLER, PLAIN_LETTER);

/* B. Definitely B, because. */
static const char ALONE[] =
    "(?:\\A|(?<=[.!?;:]\\s)(?<!\\b[A-Za-z]{2}\\.\\s)|(?<=\\n))[\\s*_\"'#>]{0,8}+(?i:(?:so|thus|"
    "hence|therefore|then|yes|ok|"
    "okay|well|in conclusion|by elimination|in short|in summary|to "
    "conclude|clearly|definitely|probably|obviously|likely|finally|overall|and|thus option|"
    "option|choice)[,:]?+[\\s*_\"'(]++){0,3}+([A-Z])(?!\\.[ \\t]*+[a-z])[*_\"')]*+"
    "(?=[.!]?+[*_]*+[ \\t]*+(?:\\r?+\\n|\\z)|[.!;]\\s++[A-Z]|,?+[ \\t]++(?:because|since|as|by|for|"
    "given|due|based|according|rather|over|instead|not)\\b(?!-))";

/* D fits best. C seems the most plausible. B it is. */
static const char PREDICATES[] =
    "(?|(?:[(\\[]|(?:\\A|\\n|[.!?:;,]\\s|\\b(?i:option|choice|letter|answer|so|thus|hence|then|"
    "that|"
    "therefore|only|and|but|means|think|believe|because|while|whereas|since|conclude)\\s)"
    "[\\s*_\"'(\\[]{0,8}+)([A-Z])[)\\]]?[*_\"']*+"
    "(?: ?\\([^()\\n]{1,80}\\)|, [^,.\\n]{1,60},|: [^,.:\\n]{1,60}?)?\\s++(?i:"
    "(?:is|seems|appears|looks|must be|has to be|remains|would be)\\s++(?:to be )?+"
    "(?:(?:indeed|clearly|therefore|thus|then|far|by far|much|the|our|my|a)\\s++){0,3}+"
    "(?:(?:only|most|more|best|better)\\s++(?:plausible|probable|likely|reasonable|sensible|"
    "consistent|suitable|appropriate|accurate|supported|convincing|choice|option|answer|fit|match|"
    "one|remaining)|preferable|preferred|favou?red|closest|strongest|best|better(?! known)|winner|"
    "left|it\\b)"
    "|fits (?:best|better|all|perfectly)|fits(?: the [a-z]{1,16})?(?: best| perfectly| "
    "well)?(?=[.!])"
    "|makes (?:the most|more|most|perfect|the best) sense|matches (?:best|all|the)|works best|wins|"
    "stands out|it is|remains|is left)\\b"
    /* Only C explains it. We get C as the answer */
    "|\\b(?i:only)(?i: option| "
    "choice)?+\\s++[(\\[*]{0,3}+([A-Z])[)\\]*]{0,3}+\\s++(?i:is|fits|matches|"
    "explains|can|satisfies|works|meets|makes|agrees|has|gives|accounts)\\b"
    "|\\b([A-Z])[)*\"']*+ (?i:as (?:the|our|my) (?:(?:correct|right|best|final|only|most "
    "[a-z]{1,16}) )?"
    "(?:answer|choice|option))\\b)";

/* 25 mg, which is (B) */
static const char BRACKETED[] = "(?<![A-Za-z])\\(([A-Za-z])\\)";

#define NO "(?!\\s*+(?i:no|not|wrong|incorrect|false|unlikely|0 ?%)\\b)"

/* What the last line may be. */
static const char LINE[] =
    "(?|"
    /* B. 25 mg */
    "\\A[*_\\[\"' ]*+([A-Z])[.):\\]][*_]*+\\s++" NO "\\S"
    /* Option B: 25 mg */
    "|\\A[*_ ]*+(?i:option|choice)\\s++[(\\[*]*+([A-Z])(?=[)\\]*_ ]*+(?:[.:]" NO "|$))"
    /* #### B */
    "|\\A[ \\t]*+#++[ \\t*_(]*+([A-Z])[)*_.:]*+(?=\\s*+\\z)"
    ")";

/* Options that a line names: "A: 20%, B: 80%". */
static const char NAMED[] =
    "(?<![A-Za-z0-9'])([A-Z])(?=[.):\\]=]|[ ]?[(:=-]{1,2}+[ ]?[0-9.]{1,6}+ ?%)";

/* A line that is one letter. */
static const char LONE_LETTER[] = "(?m)^[*_ \\t(\\[\"'$]*+([A-Za-z])[)\\]*_. \\t\"'$:\\r]*+$";

/* A line that is one letter, as a heading. */
static const char HASHES[] = "(?m)^[ \\t]*+#++[ \\t*_(]*+([A-Z])[)*_.: \\t\\r]*+$";

/* The letter behind the word, and no more: Answer C */
static const char ANSWER[] =
    "(?:(?m:^)|(?<=[.!?;] ))[#*_>\"(\\s]{0,12}+(?i:(?:so|thus|hence|therefore|then),? )?+"
    "(?i:(?:the|my|our|final|correct|best|right) "
    "){0,3}+(?i:answer|ans|antwort|respuesta|risposta|resposta)"
    "(?i: choice| option| letter)?+(?:[ \\t*_\"'`]{1,8}+|(?=\\())[(\\[]?+([A-Z])[)\\]]?+[*_\"'.!]*+"
    "(?=\\s*+\\z|[ \\t]*+\\r?+\\n|,?+ (?:because|since|as|by|for)\\b)";

/* **B**, **(B) 25 mg**, \textbf{(B)}: in the text as it was written. */
static const char BOLD[] = "(?|"
                           "\\*\\*[(\\[\"' ]*+(?:(?i:option|choice|answer)[: ]++)?+[(\\[]?([A-Z])"
                           "(?:[).:\\]\"' ]*+\\*\\*|[).:\\]]++\\s[^*\\n]*+\\*\\*)"
                           "|\\\\(?:textbf|mathbf)\\s*+\\{\\s*+\\(?([A-Z])[.:]?\\)?\\s*+\\}"
                           ")";

/* The first line as an option with its text or its reason; and all lines that begin like one. */
static const char FIRST[] =
    "\\A[\\s*_#>(\\[\"']*+(?i:option |choice )?+([A-Z])(?:[)\\].:*_]++|[ \\t]++" DASH
    "(?=[ \\t])|,?+(?=[ \\t]++(?:because|since|as|for)\\b))[ \\t]*+([^\\n]*+)";
static const char LABELS[] =
    "(?m)^[*_#>\\s(\\[-]{0,8}+(?i:option |choice )?+([A-Z])(?:[.):\\]]|[ \\t]++" DASH "[ \\t])";

/* ---- Words ---- */

static bool is_blank(lmi_span line)
{
    return lmi_py_strip(line).len == 0;
}

/* The last paragraph, as far as it is looked at; `*before` is what stands before it. */
static lmi_span last_paragraph(lmi_span *before, lmi_span in)
{
    size_t begin, end, at;

    in = lmi_py_strip(in);
    begin = in.len > LAST_WORDS_MAX ? in.len - LAST_WORDS_MAX : 0;
    for (at = end = in.len; at > begin; at--) {
        if (in.text[at - 1] != '\n')
            continue;
        if (end < in.len && is_blank((lmi_span){in.text + at, end - at}))
            break;
        end = at - 1;
    }
    if (at == begin)
        end = begin;
    *before = (lmi_span){in.text, at > begin ? at : 0};
    return (lmi_span){in.text + end, in.len - end};
}

static lmas_status find_words(lmi_pick *out, lmi_polarity *polarity, lmi_span in)
{
    lmi_pick alone, other;
    lmas_status status = lmi_pick_last(out, polarity, CUES, in, true);

    if (status == LMAS_OK)
        status = lmi_pick_last(&alone, polarity, ALONE, in, true);
    if (status == LMAS_OK)
        status = lmi_pick_last(&other, polarity, PREDICATES, in, false);
    if (status == LMAS_OK)
        *out = lmi_pick_later(lmi_pick_later(*out, alone), other);
    return status;
}

/* Whether a paragraph is "I hope this helps!" and the like: short, and about no option. */
static lmas_status is_greeting(bool *out, lmi_span in)
{
    lmi_span found;
    const lmas_status status = lmi_pattern_first(
        &found, "(\\b[B-HJ-Z]\\b|\\bA\\b[).,;:!?]|\\b(?i:option|choice|answer|none|neither)\\b)",
        in);

    if (status == LMAS_OK)
        *out = in.len <= GREETING_MAX && !found.text;
    return status;
}

lmas_status lmi_last_words(lmi_pick *out, lmi_polarity *polarity, lmi_span in)
{
    lmi_span before;
    lmi_span paragraph = last_paragraph(&before, in);
    bool is_over = false;
    lmas_status status = find_words(out, polarity, paragraph);

    if (status == LMAS_OK && !out->where)
        status = is_greeting(&is_over, paragraph);
    if (status != LMAS_OK || !is_over)
        return status;
    paragraph = last_paragraph(&before, before);
    return find_words(out, polarity, paragraph);
}

/* ---- Lines ---- */

/* What the last line says, unless it names several options. */
static lmas_status find_in_last_line(lmi_pick *out, lmi_polarity *polarity, lmi_span in)
{
    const lmi_span line = lmi_last_line(in);
    bool is_one = false;
    lmas_status status = lmi_pick_only(out, polarity, BRACKETED, line);

    if (status == LMAS_OK && !out->where)
        status = lmi_pick_is_one(&is_one, polarity->options, NAMED, line);
    if (status == LMAS_OK && is_one)
        status = lmi_pick_last(out, polarity, LINE, line, true);
    return status;
}

static lmi_span first_line(lmi_span in)
{
    const char *newline;

    in = lmi_py_strip(in);
    newline = in.len ? memchr(in.text, '\n', in.len) : NULL;
    if (newline)
        in.len = (size_t)(newline - in.text);
    return in;
}

/* Whether the first line says no more than an option's text, or why. */
static lmas_status is_option(bool *out, const lmi_options *options, lmi_span rest)
{
    lmi_opening opening = {0};
    lmi_span reason = {0};
    lmas_status status =
        lmi_pattern_first(&reason, "\\A((?:because|since|as|for)\\b|\\s*\\z)", rest);

    if (status == LMAS_OK)
        status = lmi_options_open(&opening, options, rest);
    lmi_free(opening.normal);
    *out = reason.text || opening.letter || !options->n_texts;
    return status;
}

/* An option on the first line, where no other line is another's: those that weigh every option
 * begin alike. */
static lmas_status find_in_first_line(lmi_pick *out, lmi_polarity *polarity, lmi_span in)
{
    bool has_one_line = false;
    bool is_one = false;
    bool is_it = false;
    lmi_pattern p;
    lmas_status status = lmi_pick_is_one(&has_one_line, polarity->options, LABELS, in);

    if (status == LMAS_OK)
        status = lmi_pick_is_one(&is_one, polarity->options, NAMED, first_line(in));
    if (status == LMAS_OK && has_one_line && is_one)
        status = lmi_pick_last(out, polarity, FIRST, in, true);
    if (status != LMAS_OK || !out->letter)
        return status;
    status = lmi_pattern_init(&p, FIRST, in);
    if (status != LMAS_OK)
        return status;
    if (lmi_pattern_next(&p))
        status = is_option(&is_it, polarity->options, lmi_pattern_group(&p, 2));
    lmi_pattern_done(&p);
    if (!is_it)
        *out = (lmi_pick){0};
    return status;
}

static lmas_status find_text(lmi_pick *out, const lmi_options *options, lmi_span line)
{
    char letter = 0;
    const lmas_status status = lmi_options_find(&letter, options, line);

    if (letter)
        *out = (lmi_pick){.letter = letter, .where = line.text};
    return status;
}

lmas_status lmi_last_line_find(lmi_pick *out, lmi_polarity *polarity, lmi_span in, lmi_span raw)
{
    lmas_status status = find_in_last_line(out, polarity, in);

    if (status == LMAS_OK && !out->where)
        status = lmi_pick_last(out, polarity, LONE_LETTER, in, false);
    if (status == LMAS_OK && !out->where)
        status = lmi_pick_only(out, polarity, HASHES, in);
    if (status == LMAS_OK && !out->where)
        status = lmi_pick_only(out, polarity, ANSWER, in);
    if (status == LMAS_OK && !out->where)
        status = find_in_first_line(out, polarity, in);
    if (status == LMAS_OK && !out->where)
        status = lmi_pick_only(out, polarity, BOLD, raw);
    if (status == LMAS_OK && !out->where)
        status = find_text(out, polarity->options, lmi_last_line(raw));
    return status;
}
