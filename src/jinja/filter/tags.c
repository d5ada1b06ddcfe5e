/*
 * tags.c - the filter striptags: the text of HTML, without tags and comments, on one line.
 *
 * Character references are read as HTML 5 has it. Of its 2,231 names those are here that HTML 4 had
 * too, and all that may stand without a semicolon; another name with a semicolon is refused, since
 * it might be one of the rest.
 */
#include "jinja/filter/filters.h"
#include "jinja/text/strings.h"

enum {
    NAME_MIN = 2, /* bytes of the shortest name, of the longest */
    NAME_MAX = 31,
    LEGACY_MAX = 6,     /* of the longest that needs no semicolon */
    DIGITS_MAX = 4300,  /* what Python reads as a number */
    CHAR_END = 0x110000 /* behind the last code point */
};

typedef struct reference {
    const char *name;
    uint32_t c;
} reference;

/* U+00A0 to U+00FF; like those below they need no semicolon. */
static const char latin[][7] = {
    "nbsp",   "iexcl",  "cent",   "pound",  "curren", "yen",    "brvbar", "sect",   "uml",
    "copy",   "ordf",   "laquo",  "not",    "shy",    "reg",    "macr",   "deg",    "plusmn",
    "sup2",   "sup3",   "acute",  "micro",  "para",   "middot", "cedil",  "sup1",   "ordm",
    "raquo",  "frac14", "frac12", "frac34", "iquest", "Agrave", "Aacute", "Acirc",  "Atilde",
    "Auml",   "Aring",  "AElig",  "Ccedil", "Egrave", "Eacute", "Ecirc",  "Euml",   "Igrave",
    "Iacute", "Icirc",  "Iuml",   "ETH",    "Ntilde", "Ograve", "Oacute", "Ocirc",  "Otilde",
    "Ouml",   "times",  "Oslash", "Ugrave", "Uacute", "Ucirc",  "Uuml",   "Yacute", "THORN",
    "szlig",  "agrave", "aacute", "acirc",  "atilde", "auml",   "aring",  "aelig",  "ccedil",
    "egrave", "eacute", "ecirc",  "euml",   "igrave", "iacute", "icirc",  "iuml",   "eth",
    "ntilde", "ograve", "oacute", "ocirc",  "otilde", "ouml",   "divide", "oslash", "ugrave",
    "uacute", "ucirc",  "uuml",   "yacute", "thorn",  "yuml",
};

static const reference legacy[] = {
    {"quot", '"'}, {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"COPY", 0xa9},
    {"QUOT", '"'}, {"AMP", '&'}, {"LT", '<'}, {"GT", '>'}, {"REG", 0xae},
};

static const reference others[] = {
    {"apos", 0x27},      {"OElig", 0x152},   {"oelig", 0x153},    {"Scaron", 0x160},
    {"scaron", 0x161},   {"Yuml", 0x178},    {"fnof", 0x192},     {"circ", 0x2c6},
    {"tilde", 0x2dc},    {"Alpha", 0x391},   {"Beta", 0x392},     {"Gamma", 0x393},
    {"Delta", 0x394},    {"Epsilon", 0x395}, {"Zeta", 0x396},     {"Eta", 0x397},
    {"Theta", 0x398},    {"Iota", 0x399},    {"Kappa", 0x39a},    {"Lambda", 0x39b},
    {"Mu", 0x39c},       {"Nu", 0x39d},      {"Xi", 0x39e},       {"Omicron", 0x39f},
    {"Pi", 0x3a0},       {"Rho", 0x3a1},     {"Sigma", 0x3a3},    {"Tau", 0x3a4},
    {"Upsilon", 0x3a5},  {"Phi", 0x3a6},     {"Chi", 0x3a7},      {"Psi", 0x3a8},
    {"Omega", 0x3a9},    {"alpha", 0x3b1},   {"beta", 0x3b2},     {"gamma", 0x3b3},
    {"delta", 0x3b4},    {"epsilon", 0x3b5}, {"zeta", 0x3b6},     {"eta", 0x3b7},
    {"theta", 0x3b8},    {"iota", 0x3b9},    {"kappa", 0x3ba},    {"lambda", 0x3bb},
    {"mu", 0x3bc},       {"nu", 0x3bd},      {"xi", 0x3be},       {"omicron", 0x3bf},
    {"pi", 0x3c0},       {"rho", 0x3c1},     {"sigmaf", 0x3c2},   {"sigma", 0x3c3},
    {"tau", 0x3c4},      {"upsilon", 0x3c5}, {"phi", 0x3c6},      {"chi", 0x3c7},
    {"psi", 0x3c8},      {"omega", 0x3c9},   {"thetasym", 0x3d1}, {"upsih", 0x3d2},
    {"piv", 0x3d6},      {"ensp", 0x2002},   {"emsp", 0x2003},    {"thinsp", 0x2009},
    {"zwnj", 0x200c},    {"zwj", 0x200d},    {"lrm", 0x200e},     {"rlm", 0x200f},
    {"ndash", 0x2013},   {"mdash", 0x2014},  {"lsquo", 0x2018},   {"rsquo", 0x2019},
    {"sbquo", 0x201a},   {"ldquo", 0x201c},  {"rdquo", 0x201d},   {"bdquo", 0x201e},
    {"dagger", 0x2020},  {"Dagger", 0x2021}, {"bull", 0x2022},    {"hellip", 0x2026},
    {"permil", 0x2030},  {"prime", 0x2032},  {"Prime", 0x2033},   {"lsaquo", 0x2039},
    {"rsaquo", 0x203a},  {"oline", 0x203e},  {"frasl", 0x2044},   {"euro", 0x20ac},
    {"image", 0x2111},   {"weierp", 0x2118}, {"real", 0x211c},    {"trade", 0x2122},
    {"alefsym", 0x2135}, {"larr", 0x2190},   {"uarr", 0x2191},    {"rarr", 0x2192},
    {"darr", 0x2193},    {"harr", 0x2194},   {"crarr", 0x21b5},   {"lArr", 0x21d0},
    {"uArr", 0x21d1},    {"rArr", 0x21d2},   {"dArr", 0x21d3},    {"hArr", 0x21d4},
    {"forall", 0x2200},  {"part", 0x2202},   {"exist", 0x2203},   {"empty", 0x2205},
    {"nabla", 0x2207},   {"isin", 0x2208},   {"notin", 0x2209},   {"ni", 0x220b},
    {"prod", 0x220f},    {"sum", 0x2211},    {"minus", 0x2212},   {"lowast", 0x2217},
    {"radic", 0x221a},   {"prop", 0x221d},   {"infin", 0x221e},   {"ang", 0x2220},
    {"and", 0x2227},     {"or", 0x2228},     {"cap", 0x2229},     {"cup", 0x222a},
    {"int", 0x222b},     {"there4", 0x2234}, {"sim", 0x223c},     {"cong", 0x2245},
    {"asymp", 0x2248},   {"ne", 0x2260},     {"equiv", 0x2261},   {"le", 0x2264},
    {"ge", 0x2265},      {"sub", 0x2282},    {"sup", 0x2283},     {"nsub", 0x2284},
    {"sube", 0x2286},    {"supe", 0x2287},   {"oplus", 0x2295},   {"otimes", 0x2297},
    {"perp", 0x22a5},    {"sdot", 0x22c5},   {"lceil", 0x2308},   {"rceil", 0x2309},
    {"lfloor", 0x230a},  {"rfloor", 0x230b}, {"loz", 0x25ca},     {"spades", 0x2660},
    {"clubs", 0x2663},   {"hearts", 0x2665}, {"diams", 0x2666},   {"lang", 0x27e8},
    {"rang", 0x27e9},
};

/* What numbers from 0x80 to 0x9f mean: the characters of Windows-1252. */
static const uint16_t windows[] = {
    0x20ac, 0x0081, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008d, 0x017d, 0x008f, 0x0090, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
    0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x009d, 0x017e, 0x0178,
};

/* ---- Names ------------------------------------------------------------------------------ */

/* Most names differ in their first letter already. */
static bool is_name(lmi_str name, const char *known)
{
    return *name.text == *known && lmi_str_is(name, known);
}

/* These give 0 for a name that is not there. */
static uint32_t find_in(const reference *table, size_t n, lmi_str name)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (is_name(name, table[i].name))
            return table[i].c;
    return 0;
}

static uint32_t find_latin(lmi_str name)
{
    uint32_t i;

    for (i = 0; i < sizeof(latin) / sizeof(latin[0]); i++)
        if (is_name(name, latin[i]))
            return 0xa0 + i;
    return 0;
}

static uint32_t find_legacy(lmi_str name)
{
    const uint32_t c = find_in(legacy, sizeof(legacy) / sizeof(legacy[0]), name);

    return c ? c : find_latin(name);
}

static uint32_t find_name(lmi_str name)
{
    const uint32_t c = find_in(others, sizeof(others) / sizeof(others[0]), name);

    return c ? c : find_legacy(name);
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Write what the name at `s` stands for; returns its bytes, 0 when it is none. */
static size_t write_named(lmi_writer *w, lmi_str s)
{
    lmi_str name = {s.text, 0};

    lmi_work(w->r, 4);
    while (name.len < s.len && name.len <= NAME_MAX &&
           (is_letter(s.text[name.len]) || (name.len && is_digit(s.text[name.len]))))
        name.len++;
    if (name.len >= NAME_MIN && name.len <= NAME_MAX && name.len < s.len &&
        s.text[name.len] == ';') {
        const uint32_t c = find_name(name);

        if (!c)
            lmi_raise(w->r, "striptags: &%.*s; is not supported", (int)name.len, name.text);
        lmi_write_char(w, c);
        return name.len + 1;
    }
    if (name.len > LEGACY_MAX)
        name.len = LEGACY_MAX;
    for (; name.len >= NAME_MIN; name.len--) {
        const uint32_t c = find_legacy(name);

        if (c) {
            lmi_write_char(w, c);
            return name.len;
        }
    }
    return 0;
}

/* ---- Numbers ---------------------------------------------------------------------------- */

static uint32_t hex_of(char c)
{
    return is_digit(c) ? (uint32_t)(c - '0') : (uint32_t)((c | 0x20) - 'a' + 10);
}

/* Characters that HTML has no place for: they vanish. */
static bool is_forbidden(uint32_t c)
{
    return (c < 0x20 && !(c >= 0x09 && c <= 0x0d)) || c == 0x0b || c == 0x7f ||
           (c >= 0xfdd0 && c <= 0xfdef) || (c & 0xfffe) == 0xfffe;
}

static void write_number(lmi_writer *w, uint32_t c)
{
    if (c == 0 || c >= CHAR_END || (c >= 0xd800 && c <= 0xdfff))
        lmi_write_char(w, 0xfffd);
    else if (c >= 0x80 && c <= 0x9f)
        lmi_write_char(w, windows[c - 0x80]);
    else if (!is_forbidden(c))
        lmi_write_char(w, c);
}

/* Write the character of the number at `s`, which starts with '#'; returns its bytes, 0 when it is
 * none. */
static size_t write_numbered(lmi_writer *w, lmi_str s)
{
    const bool is_hex = s.len > 1 && (s.text[1] | 0x20) == 'x';
    const size_t from = is_hex ? 2 : 1;
    size_t at = from;
    uint32_t c = 0;

    while (at < s.len && (is_digit(s.text[at]) ||
                          (is_hex && is_letter(s.text[at]) && (s.text[at] | 0x20) <= 'f'))) {
        c = c * (is_hex ? 16 : 10) + hex_of(s.text[at++]);
        if (c > CHAR_END)
            c = CHAR_END;
    }
    if (at == from)
        return 0;
    if (!is_hex && at - from > DIGITS_MAX)
        lmi_raise(w->r, "a character reference has at most %d digits", DIGITS_MAX);
    write_number(w, c);
    return at < s.len && s.text[at] == ';' ? at + 1 : at;
}

/* ---- The filter ------------------------------------------------------------------------- */

static size_t find_from(lmi_str s, const char *part, size_t from)
{
    return lmi_str_find(s, (lmi_str){part, strlen(part)}, from);
}

/* What never ends stays. */
static lmi_str without_tags(lmi_render *r, lmi_str s)
{
    lmi_writer w = lmi_writer_new(r);
    size_t from = 0;
    size_t at;

    while ((at = find_from(s, "<", from)) != SIZE_MAX) {
        const bool is_comment = s.len - at >= 4 && memcmp(s.text + at, "<!--", 4) == 0;
        const size_t end = is_comment ? find_from(s, "-->", at + 4) : find_from(s, ">", at);

        if (end == SIZE_MAX)
            break;
        lmi_write(&w, s.text + from, at - from);
        from = end + (is_comment ? 3 : 1);
    }
    lmi_write(&w, s.text + from, s.len - from);
    return lmi_written(&w);
}

static lmi_str with_single_blanks(lmi_render *r, lmi_str s)
{
    lmi_writer w = lmi_writer_new(r);
    bool is_behind_space = false;
    size_t at, n;

    for (at = 0; at < s.len; at += n) {
        const bool is_space = lmi_is_space(lmi_char_at(&n, s.text + at));

        if (!is_space && is_behind_space && w.len)
            lmi_write_text(&w, " ");
        if (!is_space)
            lmi_write(&w, s.text + at, n);
        is_behind_space = is_space;
    }
    return lmi_written(&w);
}

static lmi_str without_references(lmi_render *r, lmi_str s)
{
    lmi_writer w = lmi_writer_new(r);
    size_t from = 0;
    size_t at;

    while ((at = find_from(s, "&", from)) != SIZE_MAX) {
        const lmi_str rest = {s.text + at + 1, s.len - at - 1};
        size_t n;

        lmi_write(&w, s.text + from, at - from);
        n = rest.len && *rest.text == '#' ? write_numbered(&w, rest) : write_named(&w, rest);
        if (!n)
            lmi_write_text(&w, "&");
        from = at + 1 + n;
    }
    lmi_write(&w, s.text + from, s.len - from);
    return lmi_written(&w);
}

lmi_value lmi_filter_striptags(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_str s;

    lmi_bind(r, "striptags", "", call, NULL);
    s = lmi_to_str(r, self);
    lmi_work(r, s.len / 16 + 1);
    return lmi_text(without_references(r, with_single_blanks(r, without_tags(r, s))));
}
