/*
 * prose.c - the number that prose answers with.
 *
 * The last sentence that says it answers; else, where only remarks on the work follow, a sentence
 * that says the result; else the last number. Of a sentence the number it gives first counts, not
 * the reason behind it: "the answer is 21, since 3 * 7 = 21". A calculation counts by its end.
 */
#include <string.h>

#include "base/mem.h"
#include "grade/exact/exact.h"

/* A line "#### 18", "#### $18" or "#### 18 apples", and not the heading "#### 1. Costs". */
#define HASHES                                                                                     \
    "####(?=[ \\t*]*+[-+]?\\$?[0-9][0-9,./]*+(?:(?<!\\.) ?[A-Za-z%]{1,12}+)?+[*.]*+[ "             \
    "\\t\\r]*+(?:\\n|\\z))"

/* A dash between words: "Answer - 8". */
#define DASH "[*_]{0,3} {1,4}+(?:-|\xe2\x80\x94|\xe2\x80\x95){1,3}+ {1,4}+(?=[*_$]{0,3}+[0-9.(])"

#define IS                                                                                         \
    "(?:\\bis\\b|\\bwas\\b|\\bequals\\b|\\b(?:would|will|should|must) be\\b|[:=])(?! *+not\\b)"

/* A line that is a heading or tag and no more. */
#define HEADING                                                                                    \
    "(?m:^[ \\t]*+[#*_ \\t]*+(?:(?:the|my|our|final|correct) ){0,3}+answer[ \\t*_:.]*+\\r?$)|"     \
    "<answer>"

/* Words between "the answer is" and its number that change nothing. */
#define FILLER                                                                                     \
    "(?:(?:about|approximately|roughly|around|nearly|exactly|precisely|just|simply|only|now|"      \
    "therefore|thus|hence|then|indeed|clearly|also|equal to|given by|a total of|"                  \
    "the (?:number|value|integer|sum|amount))\\b[\\s:*_$`]*+){0,4}+"

/* The rest of a sentence: up to a full stop, or the next thing that is called an answer. */
#define REST "((?:[^.\\nAa]|\\.(?=\\S)|[Aa](?!nswer\\b))*+)"

/* The beginning of a sentence that says it answers. Group 1 is set where the number stands before
 * it ("18 is the answer"), 2 where it corrects what was said; 3 is what follows. */
#define STATEMENT                                                                                  \
    "(?i)(?:"                                                                                      \
    "\\b(?:is|was|as|for) (?:the|my|our) (?:final |correct )?answer\\b(?! to\\b|[*_ ]*+[:=]| is)"  \
    "()|(?:" HASHES "|(?<!wrong )(?<!incorrect )\\banswer(?:" DASH "|[*_ ]{0,4}+\\||"              \
    " of (?=[$*_]{0,4}+-?[0-9][0-9,.]*+(?![^.\\n]{0,40}\\b(?:wrong|incorrect|not|too)\\b))|"       \
    "\\b[^.:=0-9\\n]{0,60}?" IS ")|" HEADING "|\\bans\\b[.]? ?[:=.]|"                              \
    "\xe7\xad\x94\xe6\xa1\x88(?:\xe6\x98\xaf|\xe4\xb8\xba)?+ ?:?+|"                                \
    "\\bcorrect(?:ion|ed(?: result| value| number)?+)\\b[*_]*+ ?:|"                                \
    "(?:(?<=[.!?] )|(?<=\\n))(?:wait|no|actually|sorry|oops)\\b[^.:=0-9\\n]{0,30}?\\b"             \
    "(?:it|that|this|result)(?:'s| is| was| should be| must be)\\b(?! not\\b)"                     \
    "(?=[^.\\n0-9]{0,9}[0-9][0-9,./]*+(?: [a-z]{1,12}+)?+[*$]*+\\s*+(?:[.!]?\\s*+\\z|[.!]\\s))())" \
    "[\\s:*_$`]*+" FILLER "(?!(?<=\\n)[0-9]{1,2}+[.)] +\\S)" REST ")"
enum { STATEMENT_BEHIND = 1, STATEMENT_CORRECTION, STATEMENT_REST };

/* What stands before "is the answer": no denial, and a number with its unit at the end. */
#define DENIED      "\\b(?i:not|neither|nor|if|whether|what|which|think|thought|why|how)\\b|n't"
#define LAST_BEFORE LMI_NUMBER "(?: [A-Za-z%]{1,15}+){0,2}+[*_$) ]*+$"

/* What a formula equals: a number, and no calculation. */
#define EQUAL "^[ $*]{0,8}+" LMI_NUMBER "(?! ?[-+*/(^]|\xc3\x97|\xc2\xb7)"

/* What ends the part of a sentence that gives the number: a reason, a remark, another clause. */
#define CLAUSE_END                                                                                 \
    "[,;:](?=[ \\n])| \\(|\\b(?i:with|since|because|as|where|for|when|if|from|given|which|that|"   \
    "so|and|but|check|while|using|by)\\b"

#define WORDS_END "[,;:!?(\\n]"

/* Behind a number. An operator: a calculation begins; its end counts. */
#define OPERATOR_NEXT                                                                              \
    "^(?: ?[A-Za-z%$]{1,12}+){0,2}?[)$ ]{0,3}?(?:[-+*/^(]|\xc3\x97|\xc2\xb7|\xc3\xb7|\\\\div|"     \
    "\\b(?:x|times|plus|minus)\\b)"
/* A share of another number, 10% of $500; and what that is said to be. */
#define SHARE_NEXT   "^[$*)]{0,3}+ of (?:the )?[$*]{0,3}+[0-9]"
#define PERCENT_NEXT "^[$*)]{0,3}+ ?(?:%|percent)[$*)]{0,3}+ of (?:the )?[$*]{0,3}+[0-9]"
#define SHARE_IS                                                                                   \
    "^[^0-9]{0,20}[0-9][0-9.,]*+[^0-9\\n]{0,40}?(?:=|\xe2\x89\x88|\\b(?:is|equals|or|so)\\b)"      \
    "[^0-9A-Za-z\\n-]{0,6}" LMI_NUMBER
/* One of two: 3 or 4. */
#define OR_NEXT "^ or [$*]{0,3}+[0-9]++(?![0-9./])"
/* "..., but it is 20." */
#define BUT_NEXT                                                                                   \
    "(?:\\bcorrect(?:ion|ed)\\b:?|\\bbut (?:it|that|this|"                                         \
    "the (?:correct|right|real|actual|true) (?:answer|value|one|number))"                          \
    "(?: is|'s| was| should be| must be| equals)(?: actually| really| in fact)?+) [$*]{0,4}+"      \
    "(?=[^ ]++(?: [a-z]{1,12}+)?+[*$]*+\\s*+[.!]?\\s*+$)" LMI_NUMBER

/* A result, when nothing but remarks follow. Groups behind those of the number: what follows. */
#define RESULT                                                                                     \
    "\\b(?i:result|total|sum|solution)\\b(?:(?i: cost| price| amount| number| value)s?)?+"         \
    "[^.:=0-9\\n]{0,30}?(?i:\\bis\\b|\\bwas\\b|\\bequals\\b|\\bcomes to\\b|\\bof\\b|[:=])"         \
    "(?! *+not\\b)[\\s:*_$`]{0,8}+" LMI_NUMBER "([^.\\n]*+)"
/* What may follow it in its sentence: a unit, a phrase, a remark in brackets; no other result. */
#define PHRASE                                                                                     \
    "^[*_$)]*+(?: [A-Za-z%]{1,15}+){0,3}?[*_$]*+(?: \\([^()]*+\\)|,? (?:for|in|over|from|on|with|" \
    "after|by|at|per|each|within|during|since|because)\\b"                                         \
    "(?![^.]*\\b(?:and|but|so|then|leaving|leaves|left|minus|plus|which|while)\\b|[^.]*=)[^.]*+)?" \
    "[*_$]*+$"
/* And behind it: sentences without numbers, and how often one did what. */
#define REMARKS                                                                                    \
    "(?i)^(?:[^0-9\\n.=]*+[.!?\\n]|[^0-9\\n.=]{0,60}\\b(?:I|we|it|this|that)\\b[^0-9\\n.=]{0,60}"  \
    "[0-9]{1,3}+ (?:[a-z]{1,12} )?(?:times|steps?|ways?|facts?|equations?|methods?|attempts?|"     \
    "checks?|formulas?|tries|rules?|cases|lines|operations?)\\b[^0-9\\n.=]*+(?:[.!?\\n]|\\z))*+"   \
    "[^0-9]*+\\z"
/* A last sentence with one number in bold. */
#define BOLD                                                                                       \
    "^(?!(?i:if|with|of|given|since|from|after|at|each|every|for|when|while)\\b)[^.!?*\\n]{1,200}" \
    "\\*\\*[$]?(?=[^*\\n]{1,40}\\*\\*)" LMI_NUMBER "([^*\\n]*+\\*\\*[^*\\n]*+)$"

/* Longest formula in a box that is looked for in the prose, in bytes. */
enum { FORMULA_MAX = 40 };

/* How far back the number before "is the answer" may stand, in bytes. */
enum { BEFORE_MAX = 80 };

/* Statements that are looked at, counted from the last: a model that says more has lost its way. */
enum { STATEMENTS_MAX = 64 };

/* ---- A stretch of prose ---- */

static bool has_letter(const char *from, const char *to)
{
    for (; from < to; from++)
        if ((*from >= 'a' && *from <= 'z') || (*from >= 'A' && *from <= 'Z'))
            return true;
    return false;
}

/* Numbers, and chains of digits and points (1.2.3), which are none but end a search. */
#define ANY LMI_NUMBER "|(?<![A-Za-z0-9_/.^])[0-9]++\\.[0-9]++\\.[0-9.]*+"

/* The last number of `in`; with `is_direct`, the first where no word stands before it ("answer
 * is 18 eggs, 9 a day", but "answer is that 9 eggs cost 18"). */
static lmas_status find_number(char **out, lmi_span in, bool is_direct)
{
    lmi_pattern p;
    const char *last = NULL;
    lmas_status status = lmi_pattern_init(&p, ANY, in);

    if (status != LMAS_OK)
        return status;
    while (lmi_pattern_next(&p)) {
        const bool is_first = !last;

        last = lmi_pattern_group(&p, 0).text;
        if (is_direct && is_first && !has_letter(in.text, last))
            break;
    }
    *out = NULL;
    if (last) {
        p.where = (size_t)(last - in.text); /* the search went on behind it */
        if (lmi_pattern_next(&p))
            status = lmi_exact_take(out, &p);
    }
    lmi_pattern_done(&p);
    return status;
}

/* The number of `in` when there is only one. */
static lmas_status find_only(char **out, lmi_span in)
{
    lmi_pattern p;
    lmas_status status = lmi_pattern_init(&p, ANY, in);

    if (status != LMAS_OK)
        return status;
    if (lmi_pattern_next(&p) && !lmi_pattern_next(&p)) {
        p.where = 0;
        if (lmi_pattern_next(&p))
            status = lmi_exact_take(out, &p);
    }
    lmi_pattern_done(&p);
    return status;
}

/* What a sentence gives: a number, or that it gives none though it should: 1.1.1.1, 3 or 4. */
typedef struct finding {
    char *number;
    bool is_blocked;
} finding;

/* The beginning of `in` up to the first match of `end`. */
static lmas_status cut(lmi_span *out, const char *end, lmi_span in)
{
    lmi_pattern p;
    const lmas_status status = lmi_pattern_init(&p, end, in);

    if (status != LMAS_OK)
        return status;
    *out = in;
    if (lmi_pattern_next(&p))
        out->len = (size_t)(lmi_pattern_group(&p, 0).text - in.text);
    lmi_pattern_done(&p);
    return LMAS_OK;
}

/* Take `number` for what was found before. */
static void replace(finding *f, char *number)
{
    lmi_free(f->number);
    f->number = number;
}

/* The end of a calculation that begins with f->number: 9 * 2 = 18, and then a reason. */
static lmas_status read_calculation(finding *f, lmi_span in, lmi_span after)
{
    lmi_span clause, rest;
    bool is_calculation = false;
    char *number = NULL;
    lmas_status status = lmi_pattern_matches(&is_calculation, OPERATOR_NEXT, after);

    if (status != LMAS_OK || !is_calculation)
        return status;
    status = cut(&clause, CLAUSE_END, in);
    if (status != LMAS_OK)
        return status;
    rest = lmi_exact_after_equals(clause);
    if (rest.len < clause.len)
        status = find_number(&number, rest, true);
    if (number)
        replace(f, number);
    return status;
}

/* What follows a number that a sentence gives first may change it; `share` is how a share of
 * another number goes on. */
static lmas_status look_behind(finding *f, lmi_span in, lmi_span after, const char *share)
{
    bool is_share = false;
    bool is_one_of_two = false;
    char *number = NULL;
    lmas_status status = lmi_pattern_matches(&is_share, share, after);

    if (status == LMAS_OK)
        status = lmi_pattern_matches(&is_one_of_two, OR_NEXT, after);
    if (status == LMAS_OK && (is_share || is_one_of_two)) {
        f->is_blocked = true;
        replace(f, NULL);
        return is_share ? lmi_exact_match(&f->number, SHARE_IS, after) : LMAS_OK;
    }
    if (status == LMAS_OK)
        status = lmi_exact_match(&number, BUT_NEXT, after);
    if (number)
        replace(f, number);
    else if (status == LMAS_OK)
        status = read_calculation(f, in, after);
    return status;
}

/* A number that words stand before: of the first clause, where equations follow that. */
static lmas_status read_indirect(finding *f, lmi_span in)
{
    static const char THAT[] = "that ";
    const lmi_span whole = lmi_exact_after_equals(in);
    lmi_span clause, rest;
    lmas_status status = cut(&clause, CLAUSE_END, in);

    replace(f, NULL);
    if (status == LMAS_OK && clause.len == 0 && in.len > sizeof(THAT) &&
        memcmp(in.text, THAT, sizeof(THAT) - 1) == 0) {
        in = (lmi_span){in.text + sizeof(THAT) - 1, in.len - sizeof(THAT) + 1};
        status = cut(&clause, CLAUSE_END, in);
    }
    if (status != LMAS_OK)
        return status;
    rest = lmi_exact_after_equals(clause);
    if (rest.len < clause.len && clause.len < in.len)
        status = find_number(&f->number, rest, true);
    else if (whole.len < in.len && clause.len < in.len)
        status = find_only(&f->number, clause);
    if (status == LMAS_OK && !f->number)
        status = find_number(&f->number, whole, true);
    return status;
}

/* Words for a number: all that stands before a comma or the like. */
static lmas_status read_words(finding *f, lmi_span in)
{
    lmi_span clause;
    lmas_status status = cut(&clause, WORDS_END, in);

    if (status == LMAS_OK)
        status = lmi_exact_words(&f->number, clause);
    return status;
}

/* Whether a chain of digits and points begins a stretch: 1.1.1.1 */
static lmas_status is_chain(bool *out, lmi_span in)
{
    return lmi_pattern_matches(out, "^[^A-Za-z0-9]{0,8}[0-9]++\\.[0-9]++\\.[0-9]", in);
}

/* The first number of `in`, and what stands behind it. */
static lmas_status read_first(finding *f, bool *has_any, lmi_span in)
{
    lmi_pattern p;
    lmas_status status = lmi_pattern_init(&p, LMI_NUMBER, in);

    if (status != LMAS_OK)
        return status;
    *has_any = lmi_pattern_next(&p);
    if (*has_any) {
        const lmi_span all = lmi_pattern_group(&p, 0);
        const char *behind = all.text + all.len;
        const lmi_span after = {behind, (size_t)(in.text + in.len - behind)};
        const bool is_part = lmi_pattern_group(&p, LMI_NUMBER_BELOW).text != NULL;

        status = lmi_exact_take(&f->number, &p);
        if (status == LMAS_OK && has_letter(in.text, all.text))
            status = read_indirect(f, in);
        else if (status == LMAS_OK)
            status = look_behind(f, in, after, is_part ? SHARE_NEXT : PERCENT_NEXT);
    }
    lmi_pattern_done(&p);
    return status;
}

/* Where a whole number is asked for: the end of what a sentence says, if that is one. */
static lmas_status read_whole(finding *f, lmi_span in)
{
    char *number = NULL;
    lmas_status status = find_number(&number, lmi_exact_after_equals(in), true);

    if (status == LMAS_OK && number && lmi_number_is_whole(number))
        replace(f, number);
    else
        lmi_free(number);
    return status;
}

/* What a sentence that says it answers gives; `in` is what follows "is". */
static lmas_status read_sentence(finding *f, lmi_span in, bool is_whole)
{
    bool has_any = false;
    lmas_status status = is_chain(&f->is_blocked, in);

    if (status == LMAS_OK && !f->is_blocked)
        status = read_first(f, &has_any, in);
    if (status == LMAS_OK && !f->is_blocked && !has_any)
        status = read_words(f, in);
    if (status == LMAS_OK && is_whole && f->number && !lmi_number_is_whole(f->number))
        status = read_whole(f, in);
    return status;
}

/* ---- The sentence that answers ---- */

/* The number before "is the answer", which begins at `at`. */
static lmas_status read_before(finding *f, lmi_span in, const char *at)
{
    const size_t n = (size_t)(at - in.text);
    lmi_span sentence = {at - (n < BEFORE_MAX ? n : BEFORE_MAX), n < BEFORE_MAX ? n : BEFORE_MAX};
    bool is_denied = false;
    size_t i;
    lmas_status status;

    for (i = sentence.len; i > 0; i--)
        if (strchr("!?\n;", sentence.text[i - 1]) ||
            (sentence.text[i - 1] == '.' && i < sentence.len && sentence.text[i] == ' '))
            break;
    sentence = (lmi_span){sentence.text + i, sentence.len - i};
    status = lmi_pattern_matches(&is_denied, DENIED, sentence);
    if (status != LMAS_OK || is_denied)
        return status;
    return lmi_exact_match(&f->number, LAST_BEFORE, sentence);
}

/* A sentence that says it answers. */
typedef struct statement {
    const char *at; /* where it begins */
    lmi_span rest;  /* what follows "is" */
    bool is_behind, is_correction;
} statement;

/* The last of them, in a ring. */
typedef struct statements {
    statement ring[STATEMENTS_MAX];
    size_t n; /* how many there were */
} statements;

static lmas_status find_statements(statements *out, lmi_span in)
{
    lmi_pattern p;
    const lmas_status status = lmi_pattern_init(&p, STATEMENT, in);

    if (status != LMAS_OK)
        return status;
    for (out->n = 0; lmi_pattern_next(&p); out->n++)
        out->ring[out->n % STATEMENTS_MAX] = (statement){
            .at = lmi_pattern_group(&p, 0).text,
            .rest = lmi_pattern_group(&p, STATEMENT_REST),
            .is_behind = lmi_pattern_group(&p, STATEMENT_BEHIND).text != NULL,
            .is_correction = lmi_pattern_group(&p, STATEMENT_CORRECTION).text != NULL,
        };
    lmi_pattern_done(&p);
    return LMAS_OK;
}

/* What the last statement gives that gives a number, or should. A correction needs one before it
 * that it corrects. */
static lmas_status find_statement(finding *out, lmi_span in, bool is_whole)
{
    statements s;
    finding correction = {0};
    finding f = {0};
    size_t i;
    lmas_status status = find_statements(&s, in);

    for (i = 0; status == LMAS_OK && i < s.n && i < STATEMENTS_MAX; i++) {
        const statement *one = &s.ring[(s.n - 1 - i) % STATEMENTS_MAX];

        if (one->is_behind)
            status = read_before(&f, in, one->at);
        else
            status = read_sentence(&f, one->rest, is_whole);
        if (!f.number && !f.is_blocked)
            continue;
        if (!one->is_correction)
            break;
        if (correction.number)
            replace(&f, NULL);
        else
            correction = f;
        f = (finding){0};
    }
    if (correction.number && (f.number || f.is_blocked)) { /* there is one */
        replace(&f, correction.number);
        correction.number = NULL;
    }
    lmi_free(correction.number);
    *out = f;
    return status;
}

/* ---- Without one ---- */

/* The last result that nothing but remarks follow. */
static lmas_status find_result(char **out, lmi_span in)
{
    const char *end = in.text + in.len;
    const char *last = NULL;
    lmi_span after = {NULL, 0};
    char *number = NULL;
    bool is_phrase = false;
    bool is_last = false;
    lmi_pattern p;
    lmas_status status = lmi_pattern_init(&p, RESULT, in);

    if (status != LMAS_OK)
        return status;
    while (lmi_pattern_next(&p))
        last = lmi_pattern_group(&p, 0).text;
    if (last) {
        p.where = (size_t)(last - in.text);
        lmi_pattern_next(&p);
        after = lmi_pattern_group(&p, LMI_NUMBER_GROUPS + 1);
        status = lmi_exact_take(&number, &p);
    }
    lmi_pattern_done(&p);
    if (status == LMAS_OK && number)
        status = lmi_pattern_matches(&is_phrase, PHRASE, after);
    if (status == LMAS_OK && is_phrase) {
        const char *behind = after.text + after.len;

        status = lmi_pattern_matches(&is_last, REMARKS, (lmi_span){behind, (size_t)(end - behind)});
    }
    if (status == LMAS_OK && is_last)
        *out = number;
    else
        lmi_free(number);
    return status;
}

/* The number in bold of the last sentence. */
static lmas_status find_bold(char **out, lmi_span in)
{
    lmi_span line = lmi_trim(lmi_last_line(in), "", " .!");
    bool is_phrase = false;
    char *number = NULL;
    lmi_pattern p;
    size_t i;
    lmas_status status;

    for (i = line.len; i > 1; i--)
        if (line.text[i - 1] == ' ' && strchr(".!?", line.text[i - 2]))
            break;
    if (i > 1)
        line = (lmi_span){line.text + i, line.len - i};
    status = lmi_pattern_init(&p, BOLD, line);
    if (status != LMAS_OK)
        return status;
    if (lmi_pattern_next(&p)) {
        status = lmi_exact_take(&number, &p);
        if (status == LMAS_OK)
            status = lmi_pattern_matches(&is_phrase, PHRASE,
                                         lmi_pattern_group(&p, LMI_NUMBER_GROUPS + 1));
    }
    lmi_pattern_done(&p);
    if (status == LMAS_OK && is_phrase)
        *out = number;
    else
        lmi_free(number);
    return status;
}

/* Prose that has no box and says nowhere that it answers. */
static lmas_status find_unsaid(char **out, const char **from, lmi_span in)
{
    char *number = NULL;
    lmas_status status = find_result(&number, in);

    *from = "the last result";
    if (status == LMAS_OK && !number) {
        *from = "a phrase in bold";
        status = find_bold(&number, in);
    }
    if (status == LMAS_OK && !number) {
        *from = "the last number";
        status = find_number(&number, in, false);
    }
    if (status == LMAS_OK && !number) {
        *from = "a number in words";
        status = lmi_exact_words(&number, in);
    }
    if (status == LMAS_OK)
        *out = number;
    return status;
}

/* ---- Behind a box ---- */

/* A pattern for a formula and what it equals; false when `box` is no sum, product, equation or the
 * like. */
static bool put_formula(lmi_buf *out, lmi_span box)
{
    bool has_operator = false;
    size_t i;

    if (box.len == 0 || box.len > FORMULA_MAX)
        return false;
    lmi_buf_puts(out, "(?<![A-Za-z0-9+*/^-])");
    for (i = 0; i < box.len; i++) {
        const char c = box.text[i];

        if (c == ' ')
            continue;
        if (c == '=' && i > 0) {
            has_operator = true; /* d = v t: what d is */
            break;
        }
        if (strchr("+-*/", c) && i > 0 && i + 1 < box.len)
            has_operator = true;
        else if (!has_letter(&c, &c + 1) && !strchr("0123456789^_()", c))
            return false;
        lmi_buf_printf(out, "\\Q%c\\E *+", c);
    }
    lmi_buf_puts(out, "=" REST);
    return has_operator && lmi_buf_status(out) == LMAS_OK;
}

/* What the prose says a formula is: \boxed{p+q}, and then "so p + q = 204". */
static lmas_status find_formula(char **out, lmi_span in, lmi_span box)
{
    lmi_buf plain, pattern;
    char *number = NULL;
    lmi_span rest = {NULL, 0};
    lmi_pattern p = {0};
    lmas_status status = LMAS_OK;

    lmi_buf_init(&plain, 2 * box.len);
    lmi_buf_init(&pattern, 1000);
    lmi_latex_plain(&plain, box);
    if (put_formula(&pattern, (lmi_span){lmi_buf_text(&plain), plain.len}))
        status = lmi_pattern_init(&p, lmi_buf_text(&pattern), in);
    while (status == LMAS_OK && p.code && lmi_pattern_next(&p))
        rest = lmi_pattern_group(&p, 1);
    if (rest.text)
        status = lmi_exact_match(&number, EQUAL, lmi_exact_after_equals(rest));
    lmi_pattern_done(&p);
    lmi_buf_done(&plain);
    lmi_buf_done(&pattern);
    *out = number;
    return status;
}

lmas_status lmi_exact_prose(char **out, const char **from, lmi_span in, lmi_span box, bool is_whole)
{
    finding f = {0};
    lmas_status status = find_statement(&f, in, is_whole);

    *from = "a statement";
    if (status == LMAS_OK && !f.number && !f.is_blocked)
        status = box.text ? find_formula(&f.number, in, box) : find_unsaid(&f.number, from, in);
    if (status == LMAS_OK)
        *out = f.number;
    else
        lmi_free(f.number);
    return status;
}
