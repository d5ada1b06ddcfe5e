/*
 * options.c - options by letter and by text.
 *
 * Texts are brought to one form once; what a model says is brought to the same form and compared
 * byte by byte. Only a whole text counts: "25" is not "25 mg".
 */
#include "grade/choice/options.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "grade/exact/answer.h"
#include "grade/exact/exact.h"
#include "grade/exact/text.h"
#include "grade/pattern.h"

/* Longest stretch that is compared with the beginning or the end of a line. */
enum { STRETCH_MAX = 2048 };

void lmi_options_done(lmi_options *options)
{
    size_t i;

    for (i = 0; i < options->n_texts; i++) {
        lmi_free(options->normal[i]);
        lmi_free(options->squeezed[i]);
    }
    *options = (lmi_options){0};
}

/* Signs that a formula may be written with, and the one that stands for them; NULL: none does. */
static const struct {
    const char *sign, *plain;
} SIGNS[] = {
    {" ", NULL},           {"{", NULL},
    {"}", NULL},           {"$", NULL},
    {"~", NULL},           {"\xe2\x89\x88", NULL},
    {"\xc3\x97", "x"},     {"*", "x"},
    {"\xc2\xb7", "x"},     {"\xe2\x8b\x85", "x"},
    {"\xe2\x88\x92", "-"},
};

/* A copy without blanks and braces, products and minus signs alike. */
static lmas_status squeeze(char **out, const char *text)
{
    const size_t n_signs = sizeof(SIGNS) / sizeof(SIGNS[0]);
    lmi_buf copy;

    lmi_buf_init(&copy, strlen(text));
    while (*text) {
        size_t i = 0;

        while (i < n_signs && strncmp(text, SIGNS[i].sign, strlen(SIGNS[i].sign)) != 0)
            i++;
        if (i == n_signs)
            lmi_buf_putc(&copy, *text);
        else if (SIGNS[i].plain)
            lmi_buf_puts(&copy, SIGNS[i].plain);
        text += i < n_signs ? strlen(SIGNS[i].sign) : 1;
    }
    *out = lmi_buf_steal(&copy);
    return *out ? LMAS_OK : lmi_fail(LMAS_E_NOMEM, "no memory for an option");
}

static lmas_status add_text(lmi_options *o, const char *text)
{
    lmas_status status = lmi_text_normal(&o->normal[o->n_texts], (lmi_span){text, strlen(text)});

    if (status == LMAS_OK)
        status = squeeze(&o->squeezed[o->n_texts], o->normal[o->n_texts]);
    o->n_texts++;
    return status;
}

lmas_status lmi_options_init(lmi_options *out, const lmi_gold *gold)
{
    lmi_options o = {.n = gold->n_options ? gold->n_options : LMI_OPTIONS_MAX};
    lmas_status status = LMAS_OK;
    size_t i;

    for (i = 0; gold->options && status == LMAS_OK && i < gold->n_options; i++)
        status = add_text(&o, gold->options[i]);
    if (status == LMAS_OK)
        *out = o;
    else
        lmi_options_done(&o);
    return status;
}

char lmi_options_letter(const lmi_options *options, lmi_span letter)
{
    char c;

    if (!letter.text || letter.len != 1)
        return 0;
    c = *letter.text;
    if (c >= 'a' && c <= 'z')
        c = (char)(c - 'a' + 'A');
    if (c < 'A' || c >= 'A' + (int)options->n)
        return 0;
    return c;
}

/* The letter of the only text of `texts` that is `said`. */
static char find_same(const lmi_options *o, char *const *texts, const char *said)
{
    char found = 0;
    size_t i;

    for (i = 0; *said && i < o->n_texts; i++)
        if (strcmp(said, texts[i]) == 0) {
            if (found)
                return 0;
            found = (char)('A' + i);
        }
    return found;
}

lmas_status lmi_options_find(char *out, const lmi_options *options, lmi_span said)
{
    char *normal = NULL;
    lmas_status status;

    *out = 0;
    if (!options->n_texts)
        return LMAS_OK;
    status = lmi_text_normal(&normal, said);
    if (status != LMAS_OK)
        return status;
    *out = find_same(options, options->normal, normal);
    lmi_free(normal);
    return LMAS_OK;
}

/* The only option that is the same number. */
static lmas_status find_number(char *out, const lmi_options *o, const char *said)
{
    char *mine = NULL;
    size_t n_found = 0;
    size_t i;
    lmas_status status = lmi_exact_bare(&mine, (lmi_span){said, strlen(said)});

    for (i = 0; status == LMAS_OK && mine && i < o->n_texts; i++) {
        char *number = NULL;

        status = lmi_exact_bare(&number, (lmi_span){o->normal[i], strlen(o->normal[i])});
        if (status == LMAS_OK && lmi_grade_same(mine, number)) {
            *out = (char)('A' + i);
            n_found++;
        }
        lmi_free(number);
    }
    lmi_free(mine);
    if (n_found != 1)
        *out = 0;
    return status;
}

static lmas_status find_formula(char *out, const lmi_options *o, const char *normal)
{
    char *squeezed = NULL;
    const lmas_status status = squeeze(&squeezed, normal);

    if (status != LMAS_OK)
        return status;
    *out = find_same(o, o->squeezed, squeezed);
    lmi_free(squeezed);
    return LMAS_OK;
}

/* What an equation comes to: "v = 3" is 3. */
static const char *right_side(const char *text)
{
    const char *equals = strrchr(text, '=');

    return equals ? equals + 1 + strspn(equals + 1, " ") : text;
}

static lmas_status find_value(char *out, const lmi_options *o, const char *normal)
{
    lmas_status status;

    *out = find_same(o, o->normal, normal);
    if (*out)
        return LMAS_OK;
    status = find_formula(out, o, normal);
    if (status == LMAS_OK && !*out)
        status = find_number(out, o, normal);
    return status;
}

lmas_status lmi_options_find_value(char *out, const lmi_options *options, lmi_span said)
{
    char *normal = NULL;
    lmas_status status;

    *out = 0;
    if (!options->n_texts)
        return LMAS_OK;
    status = lmi_text_normal(&normal, said);
    if (status == LMAS_OK)
        status = find_value(out, options, normal);
    if (status == LMAS_OK && !*out && strchr(normal, '='))
        status = find_value(out, options, right_side(normal));
    lmi_free(normal);
    return status;
}

/* Whether what follows an option's text ends the sentence, or goes on with its reason. */
static bool is_end(lmi_span rest, bool *is_it)
{
    static const char ENDS[] =
        "^()[\"'*_$)\\]]*+(?:\\z|[;!)]|[.:](?:\\s|\\z)|\\s++(?:-|\xe2\x80[\x93\x94])\\s|"
        "\\s*+\\((?:[a-z]\\)|because\\b|since\\b|as\\b|option\\b|not\\b)|"
        "\\s*+,?\\s*+(?:because|since|as|which|due|given|by|rather|instead|according|not|based)\\b|"
        ",\\s++(?:an?|the|it|this|where|whose|we)\\b)";
    lmi_span found;
    const lmas_status status = lmi_pattern_first(&found, ENDS, rest);

    *is_it = status == LMAS_OK && found.text;
    return status == LMAS_OK;
}

static size_t common_length(const char *line, const char *text)
{
    const size_t len = strlen(text);

    return len && strncmp(line, text, len) == 0 && !isalnum((unsigned char)line[len]) ? len : 0;
}

lmas_status lmi_options_open(lmi_opening *out, const lmi_options *options, lmi_span line)
{
    lmi_opening o = {0};
    size_t longest = 0;
    bool is_it = true;
    size_t i;
    lmas_status status;

    *out = o;
    if (!options->n_texts)
        return LMAS_OK;
    status = lmi_text_normal(&o.normal, lmi_shorten(line, STRETCH_MAX, true));
    if (status != LMAS_OK)
        return status;
    for (i = 0; i < options->n_texts; i++) {
        const size_t len = common_length(o.normal, options->normal[i]);

        if (len && len == longest)
            o.letter = 0;
        if (len > longest) {
            longest = len;
            o.letter = (char)('A' + i);
        }
    }
    o.rest = o.normal + longest;
    if (o.letter && !is_end((lmi_span){o.rest, strlen(o.rest)}, &is_it))
        status = LMAS_E_NOMEM;
    if (!is_it)
        o.letter = 0;
    *out = o;
    return status;
}

/* Whether a clause may begin behind what stands there: nothing, a comma, "so", an article. */
static lmas_status is_beginning(bool *out, lmi_span before)
{
    static const char BEGINNING[] =
        "(?:^|[.,;:!?(\"'*_]|\\b(?:so|thus|hence|therefore|that|and|(?<!anything )(?<!everything "
        ")(?<!all )but|then|the|a|an|clearly|"
        "think|believe|say|conclude|because|since|as))[\\s\"'*_$(]*+()$";
    lmi_span found;
    const lmas_status status = lmi_pattern_first(&found, BEGINNING, before);

    if (status == LMAS_OK)
        *out = found.text;
    return status;
}

lmas_status lmi_options_close(char *out, const lmi_options *options, lmi_span line)
{
    char *normal = NULL;
    size_t longest = 0;
    size_t i, len;
    bool is_start = false;
    lmas_status status;

    *out = 0;
    if (!options->n_texts)
        return LMAS_OK;
    status = lmi_text_normal(&normal, lmi_shorten(line, STRETCH_MAX, false));
    if (status != LMAS_OK)
        return status;
    len = strlen(normal);
    for (i = 0; i < options->n_texts; i++) {
        const size_t n = strlen(options->normal[i]);

        if (n > longest && n <= len && strcmp(normal + len - n, options->normal[i]) == 0) {
            longest = n;
            *out = (char)('A' + i);
        }
    }
    if (*out)
        status = is_beginning(&is_start, (lmi_span){normal, len - longest});
    if (!*out || !is_start || find_same(options, options->normal, options->normal[*out - 'A']) == 0)
        *out = 0;
    lmi_free(normal);
    return status;
}

bool lmi_options_has_number(const lmi_options *options, char digit)
{
    size_t i;

    for (i = 0; i < options->n_texts; i++) {
        const char *at = options->normal[i];

        for (; (at = strchr(at, digit)); at++)
            if ((at == options->normal[i] || !strchr("0123456789.,", at[-1])) &&
                !strchr("0123456789", at[1] ? at[1] : 'x'))
                return true;
    }
    return false;
}
