/*
 * choice.c - ways in which models name an option, most explicit first.
 *
 * The difficulty is what looks like a letter: "A dog", "I think", "C-reactive", "B cells", the
 * listing of all options. So a bare letter counts only where a sentence could end behind it, or
 * where an option's text may begin.
 */
#include "grade/exact/choice.h"

#include <string.h>

#include "base/mem.h"
#include "grade/exact/text.h"
#include "grade/pattern.h"

/* Typographic quotation marks. */
#define QUOTE "\xe2\x80[\x98\x99\x9c\x9d]"

/* A bare letter ends like this: at a stop, a line's end, a bracket, or before a word that goes on
 * with the sentence. */
#define LETTER_END                                                                                 \
    "(?![A-Za-z0-9]|-[A-Za-z]|'[a-z])(?:[*_\"'`)\\]$]|" QUOTE ")*+"                                \
    "(?=[.,;:!?]|\\s*+\\z|[ \\t]*+\\r?+\\n|\\s++[-(\xe2]|"                                         \
    "\\s++(?:because|since|as|which|for|due|given|and|with|based|in|if|when)\\b)"

/* "(b)", "[B]", "B)", "B" before a word with a capital or a number ("C Paris"; never A or I, which
 * are words), any capital that ends as above, a small letter at a line's end. */
#define LETTER                                                                                     \
    "(?|[(\\[]\\s*+([A-Za-z])\\s*+[)\\]]|\\b([A-Za-z])\\)(?![A-Za-z0-9])|"                         \
    "\\b([B-HJ-Z])(?=\\s++[A-Z0-9])|\\b([A-Z])" LETTER_END                                         \
    "|\\b([a-z])(?=[.)*]*+\\s*?(?:\\n|\\z)))"

/* Words that may stand between "the answer is" and the letter. */
#define FILLER                                                                                     \
    "(?i:\\s|[:*_\"'`$]|" QUOTE                                                                    \
    "|(?:the|therefore|thus|clearly|likely|most|indeed|probably|definitely|"                       \
    "option|choice|letter|answer|correct|best)\\b)*+"
#define IS "(?i:\\bis\\b|\\bwas\\b|\\b(?:would|should|must|will) be\\b|[:=])"

/* Sentences that choose. The last one counts. Branches number their groups
 * alike: group 1 is the letter, wherever it was found. */
static const char STATEMENT[] =
    "(?|"
    /* The answer is (B). Answer: B. The correct choice would be option B */
    "\\b(?i:answer)\\b[^.:=\\n]{0,40}?" IS FILLER LETTER
    "|\\b(?i:choice|option|letter)\\b[a-z ]{0,30}?" IS FILLER LETTER
    /* I choose B. We select option (C) */
    "|\\b(?i:choose|select|pick|go with|opt for)\\b" FILLER LETTER ")";

/* Sentences about an option, for a text that has none of the first kind: "The answer is A. Vitamin
 * C is the right treatment." The letter stands in brackets, is called an option, or begins a
 * sentence or what follows a word like "so"; "B would be correct if" says nothing. */
static const char REMARK[] =
    "(?|"
    /* Option B is correct. (B) is the best answer */
    "(?:[(\\[]|(?:\\A|\\n|[.!?:;,]\\s|\\b(?i:option|choice|letter|answer|so|thus|hence|then|that|"
    "therefore|only|and|means|think|believe)\\s)[\\s*_\"'(\\[]{0,8}+)"
    "([A-Z])[)\\]]?[*_\"']*+\\s++(?i:is|seems|must be)\\s++"
    "(?:(?i:indeed|clearly|therefore|the|best|most|only|single|likely)\\s++)*?"
    "(?i:correct|right|answer|choice|option|appropriate|accurate|suitable|likely)\\b"
    ")";

/* "The answer is mitochondria." Group 1: the rest of the line. */
static const char TEXT_STATEMENT[] =
    "\\b(?i:answer|choice|option)\\b[^.:=\\n]{0,40}?" IS "[\\s:*_\"]*+([^\\n]++)";

/* On the last line: 25 mg, which is (B) */
static const char BRACKETED[] = "(?<![A-Za-z])\\(([A-Za-z])\\)";

/* What the last line may be. */
static const char LAST_LINE[] =
    "(?|"
    /* B. 25 mg */
    "^[*_\\[\"' ]*+([A-Z])[.):\\]][*_]*+\\s++\\S"
    /* Option B: 25 mg */
    "|^[*_ ]*+(?i:option|choice)\\s++[(\\[*]*+([A-Z])(?=[)\\]*_ ]*+(?:[.:]|$))"
    ")";

/* A line that is one letter. */
static const char LONE_LETTER[] = "(?m)^[*_ \\t(\\[\"'$]*+([A-Za-z])[)\\]*_. \\t\"'$:\\r]*+$";

/* **B**, **(B) 25 mg**, \textbf{(B)}: in the text as it was written. */
static const char BOLD[] = "(?|"
                           "\\*\\*[(\\[\"' ]*+(?:(?i:option|choice|answer)[: ]++)?+[(\\[]?([A-Z])"
                           "(?:[).:\\]\"' ]*+\\*\\*|[).:\\]]++\\s[^*\\n]*+\\*\\*)"
                           "|\\\\(?:textbf|mathbf)\\s*+\\{\\s*+\\(?([A-Z])[.:]?\\)?\\s*+\\}"
                           ")";

/* What a box may hold: B (B) B. */
static const char BOX_LETTER[] = "^[(\\[]?\\s*+([A-Za-z])\\s*+[)\\].:]*+$";

/* Or a letter with something behind it. */
static const char BOX_LABEL[] =
    "(?|"
    /* B. 25 mg, (B) 25 mg, B: 25 mg */
    "^\\(?([A-Za-z])[).:]++[*_]*+\\s++\\S|^[(\\[]([A-Za-z])[)\\]]"
    /* B - 25 mg */
    "|^([A-Z])\\s++(?:-|\xe2\x80\x94)\\s*+\\S"
    /* option B */
    "|^(?i:option|choice|answer|letter)\\b[\\s:]*+(?:is\\s++)?+[(\\[]?([A-Za-z])(?![A-Za-z0-9])"
    ")";

/* A letter and its own option's text: B copper. Group 1: the letter, 2: the text. */
static const char BOX_BOTH[] = "(?s)^[(\\[]?([A-Za-z])[)\\].:,\\s-]++(.++)$";

/* A digit and no more. */
static const char BOX_DIGIT[] = "^[(\\[]?([1-4])[)\\].]?$";

/* ---- Options ---- */

typedef struct options {
    size_t n; /* letters that count */
    size_t n_texts;
    char *normal[LMI_OPTIONS_MAX]; /* texts as text.h compares them */
} options;

static void free_options(options *o)
{
    size_t i;

    for (i = 0; i < o->n_texts; i++)
        lmi_free(o->normal[i]);
}

static lmas_status read_options(options *out, const lmi_gold *gold)
{
    options o = {.n = gold->n_options ? gold->n_options : LMI_OPTIONS_MAX};
    lmas_status status = LMAS_OK;

    for (; gold->options && status == LMAS_OK && o.n_texts < gold->n_options; o.n_texts++) {
        const char *text = gold->options[o.n_texts];

        status = lmi_text_normal(&o.normal[o.n_texts], (lmi_span){text, strlen(text)});
    }
    if (status == LMAS_OK)
        *out = o;
    else
        free_options(&o);
    return status;
}

/* The letter of an option, as a capital; 0 when there is no such option. */
static char to_option(const options *o, lmi_span letter)
{
    char c;

    if (!letter.text || letter.len != 1)
        return 0;
    c = *letter.text;
    if (c >= 'a' && c <= 'z')
        c = (char)(c - 'a' + 'A');
    if (c < 'A' || c >= 'A' + (int)o->n)
        return 0;
    return c;
}

/* The only option whose text `said` is, 0 without one. */
static lmas_status find_text(char *out, const options *o, lmi_span said)
{
    char *normal = NULL;
    size_t n_found = 0;
    size_t i;
    lmas_status status = lmi_text_normal(&normal, said);

    if (status != LMAS_OK)
        return status;
    *out = 0;
    for (i = 0; i < o->n_texts; i++)
        if (*normal && strcmp(normal, o->normal[i]) == 0) {
            *out = (char)('A' + i);
            n_found++;
        }
    if (n_found > 1)
        *out = 0;
    lmi_free(normal);
    return LMAS_OK;
}

static lmas_status find_first(char *out, const options *o, const char *pattern, lmi_span in)
{
    lmi_span letter;
    const lmas_status status = lmi_pattern_first(&letter, pattern, in);

    if (status == LMAS_OK)
        *out = to_option(o, letter);
    return status;
}

/* ---- In a box ---- */

/* Whether a digit could mean an option by its text rather than by its place. */
static bool has_number(const options *o, char digit)
{
    size_t i;

    for (i = 0; i < o->n_texts; i++) {
        const char *at = o->normal[i];

        for (; (at = strchr(at, digit)); at++)
            if ((at == o->normal[i] || !strchr("0123456789.,", at[-1])) &&
                !strchr("0123456789", at[1] ? at[1] : 'x'))
                return true;
    }
    return false;
}

static lmas_status find_digit(char *out, const options *o, lmi_span in)
{
    lmi_span digit;
    const lmas_status status = lmi_pattern_first(&digit, BOX_DIGIT, in);
    char letter;

    if (status != LMAS_OK)
        return status;
    *out = 0;
    if (!digit.text || has_number(o, *digit.text))
        return LMAS_OK;
    letter = (char)('A' + *digit.text - '1');
    *out = to_option(o, (lmi_span){&letter, 1});
    return LMAS_OK;
}

static lmas_status find_both(char *out, const options *o, lmi_span in)
{
    char letter = 0;
    char text = 0;
    lmi_pattern p = {0};
    lmas_status status = lmi_pattern_init(&p, BOX_BOTH, in);

    if (status != LMAS_OK)
        return status;
    if (lmi_pattern_next(&p)) {
        letter = to_option(o, lmi_pattern_group(&p, 1));
        status = find_text(&text, o, lmi_pattern_group(&p, 2));
    }
    lmi_pattern_done(&p);
    *out = 0;
    if (letter == text)
        *out = letter;
    return status;
}

static lmas_status find_statement(char *out, const options *o, lmi_span in);

static lmas_status find_in_box(char *out, const options *o, lmi_span in)
{
    lmas_status status;

    in = lmi_trim(lmi_py_strip(in), " *_\"'`$", " *_\"'`$.,;");
    status = find_first(out, o, BOX_LETTER, in);
    if (status == LMAS_OK && !*out)
        status = find_text(out, o, in);
    if (status == LMAS_OK && !*out)
        status = find_first(out, o, BOX_LABEL, in);
    if (status == LMAS_OK && !*out)
        status = find_both(out, o, in);
    if (status == LMAS_OK && !*out)
        status = find_statement(out, o, in);
    if (status == LMAS_OK && !*out)
        status = find_digit(out, o, in);
    return status;
}

/* ---- In prose ---- */

/* The last match that names an option, and where it begins. */
static lmas_status find_last(char *out, const char **where, const options *o, const char *pattern,
                             lmi_span in)
{
    lmi_pattern p;
    const lmas_status status = lmi_pattern_init(&p, pattern, in);

    if (status != LMAS_OK)
        return status;
    *out = 0;
    while (lmi_pattern_next(&p)) {
        const char letter = to_option(o, lmi_pattern_group(&p, 1));

        if (letter) {
            *out = letter;
            *where = lmi_pattern_group(&p, 0).text;
        }
    }
    lmi_pattern_done(&p);
    return LMAS_OK;
}

/* The last "answer is" that is followed by an option's text. */
static lmas_status find_text_statement(char *out, const char **where, const options *o, lmi_span in)
{
    lmi_pattern p;
    lmas_status status = lmi_pattern_init(&p, TEXT_STATEMENT, in);

    if (status != LMAS_OK)
        return status;
    *out = 0;
    while (status == LMAS_OK && lmi_pattern_next(&p)) {
        char letter = 0;

        status = find_text(&letter, o, lmi_pattern_group(&p, 1));
        if (letter) {
            *out = letter;
            *where = lmi_pattern_group(&p, 0).text;
        }
    }
    lmi_pattern_done(&p);
    return status;
}

/* The later of the two kinds of sentence; of one that is both ("answer is A. baumannii"), the
 * option's text; without either, a remark. */
static lmas_status find_statement(char *out, const options *o, lmi_span in)
{
    const char *letter_at = in.text;
    const char *text_at = in.text;
    char letter = 0;
    char text = 0;
    lmas_status status = find_last(&letter, &letter_at, o, STATEMENT, in);

    if (status == LMAS_OK)
        status = find_text_statement(&text, &text_at, o, in);
    if (status != LMAS_OK)
        return status;
    if (!letter && !text)
        return find_last(out, &letter_at, o, REMARK, in);
    *out = letter;
    if (!letter || (text && text_at >= letter_at))
        *out = text;
    return LMAS_OK;
}

/* Whether the last line is the end of a listing: the line above begins with the letter before. */
static bool is_listing(lmi_span in, lmi_span line, char letter)
{
    const lmi_span above =
        lmi_trim(lmi_last_line((lmi_span){in.text, (size_t)(line.text - in.text)}), "*_(- ", "");

    return above.len > 1 && *above.text == letter - 1 && strchr(".):", above.text[1]);
}

/* The letter that all matches name; 0 when they name several: headings over each option. */
static lmas_status find_only(char *out, const options *o, const char *pattern, lmi_span in)
{
    lmi_pattern p;
    char found = 0;
    bool is_one = true;
    const lmas_status status = lmi_pattern_init(&p, pattern, in);

    if (status != LMAS_OK)
        return status;
    while (lmi_pattern_next(&p)) {
        const char letter = to_option(o, lmi_pattern_group(&p, 1));

        if (letter && found && letter != found)
            is_one = false;
        if (letter)
            found = letter;
    }
    lmi_pattern_done(&p);
    *out = found;
    if (!is_one)
        *out = 0;
    return LMAS_OK;
}

static lmas_status find_in_last_line(char *out, const options *o, lmi_span in)
{
    const lmi_span line = lmi_last_line(in);
    lmas_status status = find_only(out, o, BRACKETED, line);

    if (status == LMAS_OK && !*out)
        status = find_first(out, o, LAST_LINE, line);
    if (status == LMAS_OK && *out && is_listing(in, line, *out))
        *out = 0;
    return status;
}

static lmas_status find_in_prose(char *out, const options *o, lmi_span in, lmi_span raw)
{
    const char *where;
    lmas_status status = find_statement(out, o, in);

    if (status == LMAS_OK && !*out)
        status = find_in_last_line(out, o, in);
    if (status == LMAS_OK && !*out)
        status = find_last(out, &where, o, LONE_LETTER, in);
    if (status == LMAS_OK && !*out)
        status = find_only(out, o, BOLD, raw);
    if (status == LMAS_OK && !*out)
        status = find_text(out, o, lmi_last_line(raw));
    return status;
}

lmas_status lmi_choice_find(char **out, const lmi_gold *gold, const lmi_answer *answer)
{
    const lmi_span plain = lmi_answer_plain(answer);
    char letter = 0;
    char *copy = NULL;
    options o;
    lmas_status status = read_options(&o, gold);

    if (status != LMAS_OK)
        return status;
    if (answer->is_box)
        status = find_in_box(&letter, &o, plain);
    else
        status = find_in_prose(&letter, &o, plain, answer->raw);
    free_options(&o);
    if (status != LMAS_OK)
        return status;
    if (letter)
        copy = lmi_strndup(&letter, 1);
    if (letter && !copy)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a letter");
    *out = copy;
    return LMAS_OK;
}
