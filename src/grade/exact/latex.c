/*
 * latex.c - one pass over the text for each question, and no tree.
 *
 * A box is found from the right: a brace that opens is balanced when a closing one to its right
 * still waits for a partner, so a counter is enough, and the last box comes first.
 */
#include "grade/exact/latex.h"

#include <string.h>

#include "base/utf8.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* ---- Boxes ---- */

/* Whether the character at `i` is taken literally: an odd number of backslashes before it. */
static bool is_escaped(lmi_span in, size_t i)
{
    size_t n = 0;

    while (n < i && in.text[i - n - 1] == '\\')
        n++;
    return n % 2 == 1;
}

/* Whether the text before the brace at `i` ends in \boxed or \fbox. */
static bool is_box(lmi_span in, size_t i)
{
    while (i > 0 && in.text[i - 1] == ' ')
        i--;
    return (i >= 6 && memcmp(in.text + i - 6, "\\boxed", 6) == 0) ||
           (i >= 5 && memcmp(in.text + i - 5, "\\fbox", 5) == 0);
}

/* Bytes from `start` to the brace that closes what opened before it (it is known to be there), or
 * as many as are looked at. */
static size_t measure(lmi_span in, size_t start)
{
    const size_t end = in.len - start > LMI_BOX_MAX ? start + LMI_BOX_MAX : in.len;
    size_t depth = 1;
    size_t i;

    for (i = start; i < end; i++) {
        if (in.text[i] == '\\')
            i++;
        else if (in.text[i] == '{')
            depth++;
        else if (in.text[i] == '}' && --depth == 0)
            return i - start;
    }
    return lmi_utf8_floor(in.text, end) - start;
}

bool lmi_latex_box(lmi_span *out, lmi_boxes *boxes)
{
    const lmi_span text = boxes->text;

    while (boxes->end > 0 && boxes->n_seen < LMI_BOXES_MAX) {
        const size_t i = --boxes->end;
        const char c = text.text[i];

        if ((c != '{' && c != '}') || is_escaped(text, i))
            continue;
        if (c == '}') {
            boxes->n_waiting++;
        } else if (boxes->n_waiting > 0) {
            boxes->n_waiting--;
            if (is_box(text, i)) {
                const lmi_span box = {text.text + i + 1, measure(text, i + 1)};

                if (lmi_py_strip(box).len > 0) {
                    boxes->n_seen++;
                    *out = box;
                    return true;
                }
            }
        }
    }
    return false;
}

/* ---- Plain text ---- */

/* What backslashes and braces stand for. */
static const struct {
    const char *from, *to;
} symbols[] = {
    {"\\,", ""},  {"\\!", ""},  {"\\;", ""},   {"\\:", ""},  {"\\ ", " "}, {"\\$", "$"},
    {"\\%", "%"}, {"\\&", "&"}, {"\\#", "#"},  {"\\_", "_"}, {"\\{", "{"}, {"\\}", "}"},
    {"\\(", " "}, {"\\)", " "}, {"\\[", " "},  {"\\]", " "}, {"\\/", ""},  {"\\-", ""},
    {"{", ""},    {"}", ""},    {"\\\\", " "}, {"~", " "},   {"\\>", ""},
};

/* Commands by what is written for them. `n_dropped` arguments behind them are not shown. */
static const struct {
    const char *names; /* each between blanks */
    const char *to;
    size_t n_dropped;
} commands[] = {
    /* They dress what follows. */
    {" text textbf textit textrm textsf texttt textnormal textsc textup textmd textsl mathrm "
     "mathbf mathit mathsf mathtt mathnormal mathbb mathcal mathord mathop mathstrut mbox hbox "
     "emph "
     "underline bm boldsymbol operatorname boxed fbox framebox ensuremath "
     "bf it rm sf tt em sc bfseries itshape rmfamily sffamily ttfamily upshape "
     "tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge "
     "displaystyle textstyle scriptstyle left right big Big bigg Bigg bigl bigr Bigl Bigr "
     "biggl biggr Biggl Biggr middle num ang numprint centering strut null relax ",
     "", 0},
    {" color textcolor colorbox phantom hphantom vphantom hspace vspace label tag "
     "cellcolor rule scalebox raisebox ",
     "", 1},
    {" fcolorbox resizebox ", "", 2},
    {" quad qquad enspace enskip thinspace space nobreakspace hfill hfil hss checkmark "
     "square blacksquare Box qed qedhere ",
     " ", 0},
    {" times ", "\xc3\x97", 0},
    {" cdot ", "\xc2\xb7", 0},
    {" approx simeq cong thickapprox ", "\xe2\x89\x88", 0},
    {" sim ", "\xe2\x88\xbc", 0},
    {" equiv ", "\xe2\x89\xa1", 0},
    {" to rightarrow Rightarrow longrightarrow Longrightarrow implies ", "\xe2\x86\x92", 0},
    {" pi ", "\xcf\x80", 0},
    {" degree circ ", "\xc2\xb0", 0},
    {" textdollar ", "$", 0},
    {" euro ", "\xe2\x82\xac", 0},
    {" pounds ", "\xc2\xa3", 0},
    {" ldots dots ", "...", 0},
};

/* Commands that say that words stand behind them. */
static const char WORDS[] =
    " text textrm textbf mathrm mathbf mathsf mbox rm unit si operatorname ";

/* Units that may stand in a fraction as they are. */
static const char UNITS[] =
    " m km cm mm mi ft in yd s h hr min ms g kg mg lb oz L mL l ml N J W V A C K Pa mol cal kcal ";

static bool starts_with(lmi_span in, const char *prefix)
{
    const size_t len = strlen(prefix);

    return in.len >= len && memcmp(in.text, prefix, len) == 0;
}

/* ---- Arguments ---- */

/* Longest argument that is taken apart, and longest command that is known, in bytes. */
enum { ARGUMENT_MAX = 64, COMMAND_MAX = 16 };

static lmi_span skip(lmi_span in, size_t n)
{
    return (lmi_span){in.text + n, in.len - n};
}

static size_t count_blanks(lmi_span in)
{
    size_t n = 0;

    while (n < in.len && in.text[n] == ' ')
        n++;
    return n;
}

/* Bytes of a command's name. */
static size_t name_len(lmi_span in)
{
    size_t n = 0;

    while (n < in.len && n < COMMAND_MAX && is_letter(in.text[n]))
        n++;
    return n;
}

/* Whether a command is one of `names`, each between blanks. (One search for the whole word: a flood
 * of unknown commands asks for every list.) */
static bool is_listed(const char *names, const char *name, size_t len)
{
    char word[COMMAND_MAX + 3] = " ";

    if (len > COMMAND_MAX)
        return false;
    memcpy(word + 1, name, len);
    word[len + 1] = ' ';
    return strstr(names, word) != NULL;
}

/* Bytes of an argument in `open` and `close` that holds neither, or of a `*`; 0 for any other. */
static size_t take_flat(lmi_span *out, lmi_span in, char open, char close)
{
    const size_t start = count_blanks(in) + 1;
    size_t i = start;

    if (start > in.len || in.text[start - 1] != open)
        return 0;
    while (i < in.len && i < start + ARGUMENT_MAX && in.text[i] != open && in.text[i] != close)
        i++;
    if (i == in.len || in.text[i] != close)
        return 0;
    *out = (lmi_span){in.text + start, i - start};
    return i + 1;
}

/* Bytes of `n` arguments that are not shown, with their star and option. */
static size_t drop_arguments(lmi_span in, size_t n)
{
    lmi_span unused;
    size_t i = n > 0 && in.len > 0 && *in.text == '*' ? 1 : 0;

    if (n > 0)
        i += take_flat(&unused, skip(in, i), '[', ']');
    for (; n > 0; n--)
        i += take_flat(&unused, skip(in, i), '{', '}');
    return i;
}

/* Bytes of a numeric argument, `{12}` or a single digit; 0 for any other. */
static size_t take_argument(lmi_span *out, lmi_span in)
{
    const size_t start = count_blanks(in);
    const size_t n = take_flat(out, in, '{', '}');
    size_t i;

    if (start < in.len && is_digit(in.text[start])) {
        *out = (lmi_span){in.text + start, 1};
        return start + 1;
    }
    for (i = 0; n && i < out->len; i++)
        if (!is_digit(out->text[i]) && !strchr("+-., ", out->text[i]))
            return 0;
    if (n)
        *out = lmi_py_strip(*out);
    return n && out->len ? n : 0;
}

/* Whether words follow, as in \text{ km}: letters, not a number. */
static bool is_word_next(lmi_span in)
{
    size_t n = count_blanks(in);

    while (starts_with(skip(in, n), "\\,") || starts_with(skip(in, n), "\\;"))
        n += 2 + count_blanks(skip(in, n + 2));
    if (n == in.len || in.text[n] != '\\')
        return false;
    in = skip(in, n + 1);
    n = name_len(in);
    if (!is_listed(WORDS, in.text, n))
        return false;
    while (n < in.len && strchr(" {~", in.text[n]))
        n++;
    return n < in.len && is_letter(in.text[n]);
}

/* ---- Commands ---- */

void lmi_latex_separate(lmi_buf *out)
{
    if (out->len > 0 && is_digit(out->data[out->len - 1]))
        lmi_buf_putc(out, ' ');
}

/* a/b with its sign in front: 3/-4 is -3/4. */
static void append_fraction(lmi_buf *out, lmi_span above, lmi_span below)
{
    const bool is_above = *above.text == '-';
    const bool is_below = *below.text == '-';

    lmi_latex_separate(out);
    if (is_below && !is_above && out->len > 0 && out->data[out->len - 1] == '-')
        out->data[--out->len] = '\0';
    else if (is_below && !is_above)
        lmi_buf_putc(out, '-');
    above = skip(above, is_above && is_below ? 1 : 0);
    below = skip(below, is_below ? 1 : 0);
    lmi_buf_append(out, above.text, above.len);
    lmi_buf_putc(out, '/');
    lmi_buf_append(out, below.text, below.len);
}

/* The arguments of a \frac of two numbers become "a/b"; 0 when it is another. */
static size_t take_numbers(lmi_buf *out, lmi_span in)
{
    lmi_span above, below;
    const size_t first = take_argument(&above, in);
    const size_t second = first ? take_argument(&below, skip(in, first)) : 0;

    if (!second)
        return 0;
    append_fraction(out, above, below);
    return first + second;
}

/* Append words, their commands and braces left out; false when there is something else. */
static bool append_unit(lmi_buf *out, lmi_span in)
{
    while (in.len) {
        const size_t n = *in.text == '\\' ? name_len(skip(in, 1)) : 0;

        if (n > 0 && !is_listed(WORDS, in.text + 1, n))
            return false;
        if (n == 0 && strchr(" ./^-123", *in.text) == NULL && !strchr("{}~", *in.text) &&
            !is_letter(*in.text))
            return false;
        if (n == 0 && !strchr("{}~", *in.text))
            lmi_buf_putc(out, *in.text);
        in = skip(in, n + 1);
    }
    return true;
}

/* Whether words follow, or the name of a unit, or nothing above the line. */
static bool is_unit_next(lmi_span in)
{
    const size_t n = name_len(in);

    return starts_with(in, "1}") || is_word_next(in) ||
           (is_listed(UNITS, in.text, n) && n < in.len && strchr("}^", in.text[n]));
}

/* Bytes of an argument that is a unit, as {\text{km}} or {s^2} or {1}; 0 for any other. */
static size_t take_unit(lmi_buf *out, lmi_span in)
{
    const size_t start = count_blanks(in) + 1;
    size_t depth = 1;
    size_t i = start;

    if (start > in.len || in.text[start - 1] != '{' || !is_unit_next(skip(in, start)))
        return 0;
    for (; i < in.len && i < start + ARGUMENT_MAX && depth > 0; i++) {
        depth += in.text[i] == '{';
        depth -= in.text[i] == '}';
    }
    if (starts_with(skip(in, start), "1}")) /* 1/s: per second */
        return i;
    if (depth > 0 || !append_unit(out, (lmi_span){in.text + start, i - 1 - start}))
        return 0;
    return i;
}

/* The arguments of a \frac of two units become " km/h"; 0 when it is another. */
static size_t take_units(lmi_buf *out, lmi_span in)
{
    const size_t mark = out->len;
    size_t first, second;

    lmi_buf_putc(out, ' ');
    first = take_unit(out, in);
    lmi_buf_putc(out, '/');
    second = first ? take_unit(out, skip(in, first)) : 0;
    if (second)
        return first + second;
    if (out->len > mark) {
        out->len = mark;
        out->data[mark] = '\0';
    }
    return 0;
}

static size_t take_fraction(lmi_buf *out, lmi_span in)
{
    size_t n = take_numbers(out, in);

    if (!n)
        n = take_units(out, in);
    if (!n)
        lmi_buf_puts(out, "\\frac");
    return n;
}

/* \sqrt: what stands behind its braces is not under the root. */
static size_t take_root(lmi_buf *out, lmi_span in)
{
    lmi_span root;
    const size_t n = take_argument(&root, in);

    lmi_buf_puts(out, "\xe2\x88\x9a");
    if (!n)
        return 0;
    lmi_buf_append(out, root.text, root.len);
    if (n < in.len && is_digit(in.text[n]))
        lmi_buf_putc(out, ' ');
    return n;
}

/* The argument of \unit, or the second one of \SI: \meter\per\second is meter per second. */
static size_t take_si(lmi_buf *out, lmi_span in)
{
    lmi_span unit;
    const size_t n = take_flat(&unit, in, '{', '}');
    size_t i;

    for (i = 0; n && i < unit.len; i++)
        lmi_buf_append(out, unit.text[i] != '\\' ? unit.text + i : " ", 1);
    return n;
}

/* \SI{45}{\meter} */
static size_t take_quantity(lmi_buf *out, lmi_span in)
{
    lmi_span number;
    const size_t n = take_argument(&number, in);

    if (!n)
        return 0;
    lmi_buf_append(out, number.text, number.len);
    lmi_buf_putc(out, ' ');
    return n + take_si(out, skip(in, n));
}

/* The zeros under a line: 272.000... */
static size_t take_zeros(lmi_span in)
{
    lmi_span zeros;
    const size_t n = take_argument(&zeros, in);

    return n && strspn(zeros.text, "0") >= zeros.len ? n : 0;
}

/* Commands whose arguments are taken apart. False when `name` is none of them. */
static bool take_arguments(size_t *n, lmi_buf *out, lmi_span name, lmi_span in)
{
    const bool is_line = is_listed(" overline bar ", name.text, name.len);

    if (name.len >= 4 && memcmp(name.text + name.len - 4, "frac", 4) == 0)
        *n = take_fraction(out, in);
    else if (is_listed(" sqrt ", name.text, name.len))
        *n = take_root(out, in);
    else if (is_listed(" unit si ", name.text, name.len))
        *n = take_si(out, in);
    else if (is_listed(" SI qty ", name.text, name.len))
        *n = take_quantity(out, in);
    else if (is_line)
        *n = take_zeros(in);
    else
        return false;
    return !is_line || *n > 0;
}

/* What a command of the table is written as, and how many bytes behind it are part of it. */
static const char *find_command(size_t *n, lmi_span name, lmi_span in)
{
    size_t k;

    if (name.len < 2)
        return NULL; /* none has one letter */
    for (k = 0; k < sizeof(commands) / sizeof(commands[0]); k++)
        if (is_listed(commands[k].names, name.text, name.len)) {
            const char *to = commands[k].to;

            *n = drop_arguments(in, commands[k].n_dropped);
            /* 5 \cdot \text{m} and 5 \times \text{unit} are units, not factors. */
            if ((strcmp(to, "\xc2\xb7") == 0 || strcmp(to, "\xc3\x97") == 0) && is_word_next(in))
                to = " ";
            if (!*to)
                *n += count_blanks(skip(in, *n));
            return to;
        }
    return NULL;
}

/* A backslash and letters; how many bytes were read. */
static size_t take_command(lmi_buf *out, lmi_span in)
{
    const lmi_span name = {in.text + 1, name_len(skip(in, 1))};
    const lmi_span rest = skip(in, 1 + name.len);
    const char *to;
    size_t n = 0;

    if (take_arguments(&n, out, name, rest))
        return 1 + name.len + n;
    to = find_command(&n, name, rest);
    if (!to) {
        lmi_buf_append(out, in.text, 1 + name.len);
        return 1 + name.len;
    }
    /* 90^\circ is a unit, not a power. */
    if (strcmp(to, "\xc2\xb0") == 0 && out->len > 0 && out->data[out->len - 1] == '^')
        out->data[--out->len] = '\0';
    lmi_buf_puts(out, to);
    return 1 + name.len + n;
}

/* A symbol; 0 when the text does not start with one. */
static size_t take_symbol(lmi_buf *out, lmi_span in)
{
    size_t k;

    for (k = 0; k < sizeof(symbols) / sizeof(symbols[0]); k++)
        if (starts_with(in, symbols[k].from)) {
            lmi_buf_puts(out, symbols[k].to);
            return strlen(symbols[k].from);
        }
    return 0;
}

void lmi_latex_plain(lmi_buf *out, lmi_span text)
{
    size_t i = 0;

    while (i < text.len) {
        const lmi_span rest = skip(text, i);
        const unsigned char c = (unsigned char)text.text[i];
        size_t n = 0;

        if (c == '\\' && rest.len > 1 && is_letter(rest.text[1]))
            n = take_command(out, rest);
        else if (c == '\\' || c == '{' || c == '}' || c == '~')
            n = take_symbol(out, rest);
        else if (c >= 0x80)
            n = lmi_latex_sign(out, rest);
        if (n == 0) {
            lmi_buf_putc(out, text.text[i]);
            n = 1;
        }
        i += n;
    }
}
