/* options.c - the parser of command lines, driven by the table. */
#include "cli/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "cli/words.h"

/* Longest list of words that comes from a table. */
enum { WORDS_SIZE = 1024 };

/* Longest value in a list, and the NUL: a path. */
enum { ELEMENT_SIZE = 4097 };

/* A flag as it was found: its table entry, its group, its name as typed, its value. */
typedef struct found {
    const lmi_opt_group *group;
    const lmi_opt *opt;
    const char *name;
    size_t name_len;
    const char *value; /* after `=`, else NULL */
    bool takes_list;
} found;

bool lmi_opt_takes_value(const lmi_opt *opt)
{
    return opt->kind != LMI_OPT_ON && opt->kind != LMI_OPT_OFF && opt->kind != LMI_OPT_MOOT_ON;
}

bool lmi_opt_needs_value(const lmi_opt *opt)
{
    return lmi_opt_takes_value(opt) && !opt->alone;
}

static bool is_tag(const char *word)
{
    const char *end = word + strcspn(word, " \t\r\n>");

    if (*word != '<' || *end != '>' || end == word + 1 ||
        memchr(word + 1, '<', (size_t)(end - word - 1)))
        return false;
    for (end++; *end == '\n' || strncmp(end, "\\n", 2) == 0;)
        end += *end == '\n' ? 1 : 2;
    return *end == '\0';
}

bool lmi_opt_takes_word(const lmi_opt *opt, const char *word)
{
    return opt->kind == LMI_OPT_TAG ? !*word || is_tag(word) : lmi_opt_needs_value(opt);
}

const char *lmi_opt_gap(const lmi_opt *opt)
{
    return strncmp(opt->value, "[=", 2) == 0 ? "" : " ";
}

const char *lmi_opt_words(const lmi_opt *opt)
{
    static char words[WORDS_SIZE];
    size_t len = 0;
    size_t i;
    const char *word;

    if (!opt->word_at && opt->kind != LMI_OPT_WORD)
        return opt->words ? opt->words : "";
    if (!opt->word_at)
        return opt->value;
    for (i = 0; len < sizeof(words) && (word = opt->word_at(i)); i++)
        len += (size_t)snprintf(words + len, sizeof(words) - len, "%s%s", i ? "|" : "", word);
    return words;
}

void lmi_opt_append_list(lmi_buf *out, const lmi_opt *opt)
{
    const char *word;
    size_t i;

    for (i = 0; opt->word_at && (word = opt->word_at(i)); i++)
        lmi_buf_printf(out, "%s%s", i ? ", " : ": ", word);
}

void *lmi_opt_field(void *settings, const lmi_opt_group *group, const lmi_opt *opt)
{
    return (char *)settings + group->offset + opt->offset;
}

void lmi_opt_default(lmi_buf *out, const lmi_opt *opt, const void *field)
{
    const char *text;

    switch (opt->kind) {
    case LMI_OPT_INT: {
        const int64_t n = *(const int64_t *)field;

        if ((double)n >= opt->min && (double)n <= opt->max)
            lmi_buf_printf(out, "%lld", (long long)n);
        break;
    }
    case LMI_OPT_REAL: {
        const double x = *(const double *)field;

        if (x >= opt->min && x <= opt->max)
            lmi_buf_printf(out, "%g", x);
        break;
    }
    case LMI_OPT_TEXT:
    case LMI_OPT_LIST:
    case LMI_OPT_FILE:
    case LMI_OPT_FOLDER:
    case LMI_OPT_WORD:
    case LMI_OPT_TAG:
        text = *(const char *const *)field;
        lmi_buf_puts(out, text ? text : "");
        break;
    default:
        break;
    }
}

static bool has_name(const lmi_opt *opt, const char *name, size_t len)
{
    const char *rest = opt->names;
    const char *word;
    size_t word_len;

    while (lmi_word_next(&word, &word_len, &rest, ' '))
        if (lmi_name_equal(word, word_len, name, len))
            return true;
    return false;
}

/* Look up `arg`, up to its `=` if it has one. */
static bool look_up(found *out, const lmi_opt_group *groups, const char *arg)
{
    const char *equals = strchr(arg, '=');
    const size_t len = equals ? (size_t)(equals - arg) : strlen(arg);
    const char *value = equals ? equals + 1 : NULL;
    const lmi_opt_group *group;
    const lmi_opt *opt;

    for (group = groups; group->title; group++)
        for (opt = group->opts; opt->names; opt++)
            if (has_name(opt, arg, len)) {
                *out = (found){group, opt, arg, len, value, lmi_opt_takes_list(opt, groups)};
                return true;
            }
    return false;
}

static lmas_status refuse_unknown(const lmi_opt_group *groups, const char *arg, const char *command)
{
    const lmi_opt_group *group;
    const lmi_opt *opt;
    lmi_nearest nearest;

    lmi_nearest_init(&nearest, arg, strcspn(arg, "="));
    for (group = groups; group->title; group++)
        for (opt = group->opts; opt->names; opt++) {
            const char *rest = opt->names;
            const char *word;
            size_t len;

            while (lmi_word_next(&word, &len, &rest, ' '))
                lmi_nearest_offer(&nearest, word, len);
        }
    if (nearest.name)
        return lmi_fail(LMAS_E_INVALID,
                        "unknown flag %s, did you mean %.*s? (latentmas %s --help lists all)", arg,
                        (int)nearest.name_len, nearest.name, command);
    return lmi_fail(LMAS_E_INVALID, "unknown flag %s; latentmas %s --help lists all", arg, command);
}

static void expect_words(lmi_buf *out, const char *words)
{
    const char *word;
    size_t len;

    while (lmi_word_next(&word, &len, &words, '|'))
        lmi_buf_printf(out, "%s%.*s", !out->len ? "" : *words ? ", " : " or ", (int)len, word);
}

/* What one value of a flag is, as messages say it. */
static void expect_one(lmi_buf *out, const lmi_opt *opt)
{
    switch (opt->kind) {
    case LMI_OPT_INT:
        lmi_buf_printf(out, "a whole number from %.0f to %.0f", opt->min, opt->max);
        if (opt->words)
            expect_words(out, opt->words);
        break;
    case LMI_OPT_REAL:
        lmi_buf_printf(out, "a number from %g to %g", opt->min, opt->max);
        break;
    case LMI_OPT_WORD:
        expect_words(out, lmi_opt_words(opt));
        break;
    default:
        lmi_buf_puts(out, opt->value);
    }
}

bool lmi_opt_takes_list(const lmi_opt *opt, const lmi_opt_group *groups)
{
    const lmi_opt *other;

    for (; opt->is_axis && groups->title; groups++)
        for (other = groups->opts; other->names; other++)
            if (other->gathers)
                return true;
    return false;
}

/* What a flag wants. */
static void expect(lmi_buf *out, const found *flag)
{
    expect_one(out, flag->opt);
    if (flag->takes_list)
        lmi_buf_printf(out, "%s, a comma between several", flag->opt->all_at ? ", or all" : "");
}

static lmas_status refuse_value(const found *flag)
{
    const int len = (int)flag->name_len;
    lmas_status status;
    lmi_buf wanted;

    lmi_buf_init(&wanted, LMI_ERROR_MAX);
    expect(&wanted, flag);
    if (flag->value)
        status = lmi_fail(LMAS_E_INVALID, "%.*s: expected %s, found \"%s\"", len, flag->name,
                          lmi_buf_text(&wanted), flag->value);
    else
        status = lmi_fail(LMAS_E_INVALID, "%.*s needs a value: %s", len, flag->name,
                          lmi_buf_text(&wanted));
    lmi_buf_done(&wanted);
    return status;
}

static bool is_among(const char *words, const char *text)
{
    const char *word;
    size_t len;

    while (words && lmi_word_next(&word, &len, &words, '|'))
        if (len == strlen(text) && strncmp(word, text, len) == 0)
            return true;
    return false;
}

static bool parse_int(int64_t *out, const lmi_opt *opt, const char *text)
{
    const char *digits = text + (*text == '-' || *text == '+');
    long long n;

    if (is_among(opt->words, text)) {
        *out = opt->word_value;
        return true;
    }
    if (!*digits || digits[strspn(digits, "0123456789")])
        return false;
    errno = 0;
    n = strtoll(text, NULL, 10);
    if (errno || (double)n < opt->min || (double)n > opt->max)
        return false;
    *out = n;
    return true;
}

/* strtod() also knows nan, infinity and hexadecimal; nobody means them here. */
static bool parse_real(double *out, const lmi_opt *opt, const char *text)
{
    char *end;
    double x;

    if (!*text || text[strspn(text, "0123456789+-.eE")])
        return false;
    x = strtod(text, &end);
    if (*end || !(x >= opt->min && x <= opt->max))
        return false;
    *out = x;
    return true;
}

static bool store(void *field, const lmi_opt *opt, const char *value)
{
    switch (opt->kind) {
    case LMI_OPT_ON:
    case LMI_OPT_MOOT_ON:
        *(bool *)field = true;
        return true;
    case LMI_OPT_OFF:
        *(bool *)field = false;
        return true;
    case LMI_OPT_INT:
        return parse_int(field, opt, value);
    case LMI_OPT_REAL:
        return parse_real(field, opt, value);
    case LMI_OPT_WORD:
        *(const char **)field = value;
        return is_among(lmi_opt_words(opt), value);
    case LMI_OPT_LIST:
    case LMI_OPT_TAG:
        *(const char **)field = value;
        return true;
    case LMI_OPT_TEXT:
    case LMI_OPT_FILE:
    case LMI_OPT_FOLDER:
    case LMI_OPT_MOOT_TEXT:
        *(const char **)field = value;
        return *value != '\0';
    case LMI_OPT_WORDS:
        return *value != '\0';
    }
    return false;
}

/* "all", or values with commas between. */
static bool is_list(const found *flag)
{
    return flag->takes_list && flag->value &&
           (strchr(flag->value, ',') || (flag->opt->all_at && strcmp(flag->value, "all") == 0));
}

/* Check the values of a list, each like a single one; its field stays as it is. */
static lmas_status check_list(const found *flag)
{
    const char *rest = flag->value;
    const char *word;
    size_t len;

    if (strchr(flag->value, ',') == NULL) /* all */
        return LMAS_OK;
    if (*rest && rest[strlen(rest) - 1] == ',')
        return refuse_value(flag);
    while (lmi_word_next(&word, &len, &rest, ',')) {
        union {
            int64_t n;
            double x;
            const char *text;
        } field;
        char value[ELEMENT_SIZE];
        found element = *flag;

        snprintf(value, sizeof(value), "%.*s", (int)len, word);
        element.value = value;
        if (len == 0 || len >= sizeof(value) || !store(&field, flag->opt, value))
            return refuse_value(&element);
    }
    return LMAS_OK;
}

/* Note the value of an axis in place of the one before. */
static void note_axis(lmi_args *out, const found *flag)
{
    size_t i;

    for (i = 0; i < out->n_axes && out->axes[i].opt != flag->opt; i++)
        ;
    if (i == LMI_AXES_MAX)
        return;
    out->axes[i] = (lmi_axis){flag->opt, flag->value, is_list(flag)};
    if (i == out->n_axes)
        out->n_axes++;
}

/* Find the value of the flag at argv[*i], wherever that stands. */
static lmas_status take_value(found *flag, int *i, const lmi_opt_group *groups, int argc,
                              char **argv)
{
    const char *next = *i + 1 < argc ? argv[*i + 1] : NULL;
    found other;

    if (next && (strcmp(next, "--") == 0 || look_up(&other, groups, next)))
        next = NULL;
    if (flag->value)
        return LMAS_OK;
    if (next && lmi_opt_takes_word(flag->opt, next))
        flag->value = argv[++*i];
    else
        flag->value = flag->opt->alone;
    return flag->value ? LMAS_OK : refuse_value(flag);
}

/* The words from argv[*i] on, as many as are no flag; *i becomes the last one's place. */
static void take_words(lmi_words *out, int *i, const lmi_opt_group *groups, int argc, char **argv)
{
    found other;

    *out = (lmi_words){.at = &argv[*i], .n = 1};
    while (*i + 1 < argc && strcmp(argv[*i + 1], "--") != 0 &&
           !look_up(&other, groups, argv[*i + 1])) {
        out->n++;
        (*i)++;
    }
}

/* Store what was found, or check it where it is a list. */
static lmas_status store_value(lmi_args *out, void *settings, const found *flag)
{
    if (flag->takes_list)
        note_axis(out, flag);
    if (is_list(flag))
        return check_list(flag);
    if (!store(lmi_opt_field(settings, flag->group, flag->opt), flag->opt, flag->value))
        return refuse_value(flag);
    return LMAS_OK;
}

/* Take the flag at argv[*i], and its value. */
static lmas_status take_flag(lmi_args *out, int *i, void *settings, const lmi_opt_group *groups)
{
    const int argc = out->argc;
    char **argv = out->argv;
    found flag;
    lmas_status status = LMAS_OK;

    if (!look_up(&flag, groups, argv[*i]))
        return refuse_unknown(groups, argv[*i], argv[0]);
    if (!lmi_opt_takes_value(flag.opt) && flag.value)
        return lmi_fail(LMAS_E_INVALID, "%.*s takes no value, found \"%s\"", (int)flag.name_len,
                        flag.name, flag.value);
    if (lmi_opt_takes_value(flag.opt))
        status = take_value(&flag, i, groups, argc, argv);
    if (status != LMAS_OK)
        return status;
    if (flag.opt->kind == LMI_OPT_WORDS && flag.value != argv[*i])
        return lmi_fail(LMAS_E_INVALID, "%.*s: its words follow it, without =", (int)flag.name_len,
                        flag.name);
    status = store_value(out, settings, &flag);
    if (status == LMAS_OK && flag.opt->kind == LMI_OPT_WORDS)
        take_words(lmi_opt_field(settings, flag.group, flag.opt), i, groups, argc, argv);
    return status;
}

/* A lone dash means standard input, and "-3 + 5" is a question. */
static bool is_flag(const char *arg)
{
    return arg[0] == '-' && arg[1] && !strchr("0123456789. ", arg[1]);
}

lmas_status lmi_options_parse(lmi_args *out, void *settings, const lmi_opt_group *groups, int argc,
                              char **argv)
{
    lmi_args args = {.argc = argc, .argv = argv};
    bool has_flags_ended = false;
    int i;

    args.words = lmi_new((size_t)argc, sizeof(*args.words));
    if (!args.words)
        return lmi_fail(LMAS_E_NOMEM, "no memory for %d words", argc);
    for (i = 1; i < argc; i++) {
        lmas_status status = LMAS_OK;

        if (!has_flags_ended && strcmp(argv[i], "--") == 0)
            has_flags_ended = true;
        else if (!has_flags_ended && is_flag(argv[i]))
            status = take_flag(&args, &i, settings, groups);
        else
            args.words[args.n_words++] = argv[i];
        if (status != LMAS_OK) {
            lmi_free(args.words);
            return status;
        }
    }
    *out = args;
    return LMAS_OK;
}

bool lmi_options_next(lmi_part *out, lmi_walk *walk)
{
    const int begin = walk->at;
    const bool is_plain = walk->have_flags_ended || begin >= walk->argc ||
                          strcmp(walk->argv[begin], "--") == 0 || !is_flag(walk->argv[begin]);
    found flag;
    lmi_words words;

    if (begin >= walk->argc)
        return false;
    walk->have_flags_ended = walk->have_flags_ended || strcmp(walk->argv[begin], "--") == 0;
    *out = (lmi_part){.at = begin, .n = 1};
    walk->at++;
    if (is_plain)
        return true;
    if (!look_up(&flag, walk->groups, walk->argv[begin]))
        return false;
    walk->at = begin;
    if (lmi_opt_takes_value(flag.opt) &&
        take_value(&flag, &walk->at, walk->groups, walk->argc, walk->argv) != LMAS_OK)
        return false;
    if (flag.opt->kind == LMI_OPT_WORDS)
        take_words(&words, &walk->at, walk->groups, walk->argc, walk->argv);
    walk->at++;
    *out = (lmi_part){flag.opt, flag.value, begin, walk->at - begin};
    return true;
}

const lmi_opt *lmi_opt_find(const lmi_opt_group *groups, const char *name)
{
    found flag;

    return look_up(&flag, groups, name) ? flag.opt : NULL;
}

const char *lmi_options_given(const lmi_opt_group *groups, int argc, char **argv, const char *name)
{
    lmi_walk walk = {.groups = groups, .argc = argc, .argv = argv, .at = 1};
    const char *value = NULL;
    lmi_part part;

    while (lmi_options_next(&part, &walk))
        if (part.opt && has_name(part.opt, name, strlen(name)))
            value = part.value ? part.value : "";
    return value;
}

static bool is_among_names(const lmi_opt *opt, const char *const *names)
{
    for (; opt && *names; names++)
        if (has_name(opt, *names, strlen(*names)))
            return true;
    return false;
}

size_t lmi_options_without(char **out, const lmi_opt_group *groups, int argc, char **argv,
                           const char *const *names)
{
    lmi_walk walk = {.groups = groups, .argc = argc, .argv = argv, .at = 1};
    size_t n = 0;
    lmi_part part;

    while (lmi_options_next(&part, &walk)) {
        int i;

        for (i = 0; i < part.n && !is_among_names(part.opt, names); i++)
            out[n++] = argv[part.at + i];
    }
    return n;
}
