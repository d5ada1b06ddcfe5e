/* man.c - the same tables as roff, in the man(7) macros. */
#include <string.h>

#include "base/mem.h"
#include "cli/help/help.h"
#include "cli/words.h"

/* The pages' date: that of the last change to what the program does. */
#define MAN_DATE "2026-11-28"

/* Length of a line of roff, in bytes, behind which text goes on in the next one. */
enum { LINE_LEN = 70 };

/* ---- Text ---- */

/* Characters that roff would take for others, and how it is told not to. */
static const char *escaped(char c)
{
    switch (c) {
    case '\\':
        return "\\e";
    case '-':
        return "\\-";
    case '\'':
        return "\\(aq";
    case '`':
        return "\\(ga";
    case '^':
        return "\\(ha";
    case '~':
        return "\\(ti";
    default:
        return NULL;
    }
}

/* Append text as it stands; a dot at the start of a line would begin a request. */
static void append_plain(lmi_buf *out, const char *text, size_t len)
{
    size_t i;

    if (len && *text == '.')
        lmi_buf_puts(out, "\\&");
    for (i = 0; i < len; i++)
        if (escaped(text[i]))
            lmi_buf_puts(out, escaped(text[i]));
        else
            lmi_buf_putc(out, text[i]);
}

static void append_text(lmi_buf *out, const char *text)
{
    append_plain(out, text, strlen(text));
}

/* Append a line of text and end it; where it is long it goes on in the next line, after `cut`. */
static void append_cut(lmi_buf *out, const char *text, size_t len, const char *cut)
{
    const char *end = text + len;
    size_t start = out->len;

    while (text < end) {
        const char *space = memchr(text, ' ', (size_t)(end - text));
        const size_t n = (size_t)((space ? space : end) - text);

        append_plain(out, text, n);
        text += n + 1;
        if (text < end && out->len - start + strcspn(text, " ") > LINE_LEN) {
            lmi_buf_puts(out, cut);
            start = out->len;
        } else if (text < end) {
            lmi_buf_putc(out, ' ');
        }
    }
    lmi_buf_putc(out, '\n');
}

static void append_paragraph(lmi_buf *out, const char *text, size_t len)
{
    append_cut(out, text, len, "\n");
}

/* Append the page's name, "latentmas-run". */
static void append_name(lmi_buf *out, const lmi_command *command)
{
    lmi_buf_puts(out, *command->name ? "latentmas\\-" : "latentmas");
    append_text(out, command->name);
}

/* ---- Sections ---- */

static void append_head(lmi_buf *out, const lmi_command *command)
{
    const char *c;

    lmi_buf_puts(out, *command->name ? ".TH LATENTMAS\\-" : ".TH LATENTMAS");
    for (c = command->name; *c; c++)
        lmi_buf_putc(out, (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c));
    lmi_buf_printf(out, " 1 " MAN_DATE " \"latentmas %s\" \"User Commands\"\n.SH NAME\n",
                   lmas_version());
    append_name(out, command);
    lmi_buf_puts(out, " \\-\n");
    append_paragraph(out, command->summary, strlen(command->summary));
}

static void append_usage(lmi_buf *out, const lmi_command *command)
{
    const char *rest = command->usage;
    const char *before = ".SH SYNOPSIS\n";
    const char *line;
    size_t len;

    while (lmi_word_next(&line, &len, &rest, '\n')) {
        lmi_buf_printf(out, "%s.B latentmas%s%s\n", before, *command->name ? " " : "",
                       command->name);
        append_plain(out, line, len);
        lmi_buf_puts(out, len ? "\n" : "");
        before = ".br\n";
    }
}

static void append_about(lmi_buf *out, const char *about)
{
    const char *before = ".SH DESCRIPTION\n";
    const char *line;
    size_t len;

    while (lmi_word_next(&line, &len, &about, '\n')) {
        lmi_buf_puts(out, before);
        append_paragraph(out, line, len);
        before = ".PP\n";
    }
}

/* "-m, --model FILE", in bold but for the value. */
static void append_names(lmi_buf *out, const lmi_opt *opt)
{
    const char *before = ".TP\n\\fB";
    const char *rest = opt->names;
    const char *word;
    size_t len;

    while (lmi_word_next(&word, &len, &rest, ' ')) {
        lmi_buf_puts(out, before);
        append_plain(out, word, len);
        lmi_buf_puts(out, "\\fR");
        before = ", \\fB";
    }
    if (lmi_opt_takes_value(opt)) {
        lmi_buf_printf(out, "%s\\fI", lmi_opt_gap(opt));
        append_text(out, opt->value);
        lmi_buf_puts(out, "\\fR");
    }
    lmi_buf_putc(out, '\n');
}

static void append_opt(lmi_buf *out, const lmi_opt_group *group, const lmi_opt *opt, void *settings)
{
    lmi_buf text, value;

    append_names(out, opt);
    lmi_buf_init(&text, LMI_PAGE_MAX);
    lmi_buf_init(&value, LMI_PAGE_MAX);
    lmi_buf_puts(&text, opt->help);
    lmi_opt_append_list(&text, opt);
    lmi_opt_default(&value, opt, lmi_opt_field(settings, group, opt));
    if (value.len)
        lmi_buf_printf(&text, " (default %s)", lmi_buf_text(&value));
    append_paragraph(out, lmi_buf_text(&text), text.len);
    lmi_buf_done(&value);
    lmi_buf_done(&text);
}

static void append_flags(lmi_buf *out, const lmi_command *command, void *settings)
{
    const lmi_opt_group *group;
    const lmi_opt *opt;

    lmi_buf_puts(out, ".SH OPTIONS\nIn long flags _ and \\- are the same.\n"
                      "A flag given twice counts as given last.\n");
    for (group = command->groups; group->title; group++) {
        lmi_buf_printf(out, ".SS %s\n", group->title);
        for (opt = group->opts; opt->names; opt++)
            append_opt(out, group, opt, settings);
    }
}

static void append_commands(lmi_buf *out)
{
    const lmi_command *command;
    size_t i;

    lmi_buf_puts(out, ".SH COMMANDS\n");
    for (i = 0; (command = lmi_command_at(i)); i++) {
        lmi_buf_printf(out, ".TP\n.B %s\n", command->name);
        append_text(out, command->summary);
        lmi_buf_putc(out, '\n');
    }
}

static void append_notes(lmi_buf *out, const char *title, const lmi_note *const *lists)
{
    const lmi_note *note;

    if (!*lists)
        return;
    lmi_buf_printf(out, ".SH %s\n", title);
    for (; *lists; lists++)
        for (note = *lists; note->name; note++) {
            lmi_buf_puts(out, ".TP\n.B ");
            append_text(out, note->name);
            lmi_buf_putc(out, '\n');
            append_paragraph(out, note->text, strlen(note->text));
        }
}

static void append_exit_codes(lmi_buf *out, const lmi_command *command)
{
    const char *rest = lmi_exit_codes_of(command);
    const char *line;
    size_t len;

    lmi_buf_puts(out, ".SH EXIT STATUS\n");
    while (lmi_word_next(&line, &len, &rest, '\n')) {
        const size_t n_digits = strspn(line, "0123456789");

        lmi_buf_printf(out, ".TP\n%.*s\n", (int)n_digits, line);
        append_paragraph(out, line + n_digits + 1, len - n_digits - 1);
    }
}

static void append_examples(lmi_buf *out, const char *examples)
{
    const char *line;
    size_t len;
    bool is_command = false;

    lmi_buf_puts(out, ".SH EXAMPLES\n");
    while (lmi_word_next(&line, &len, &examples, '\n')) {
        lmi_buf_puts(out, is_command ? ".nf\n" : ".TP\n");
        append_cut(out, line, len, is_command ? " \\\n" : "\n");
        lmi_buf_puts(out, is_command ? ".fi\n" : "");
        is_command = !is_command;
    }
}

/* Other pages of ours; each is made by the same build. */
static void append_see_also(lmi_buf *out, const lmi_command *command)
{
    const char *rest = command->see_also ? command->see_also : "";
    const char *name;
    size_t len, i;

    lmi_buf_puts(out, ".SH SEE ALSO\n");
    if (command == &lmi_cmd_latentmas) {
        for (i = 0; (name = lmi_command_name_at(i)); i++)
            lmi_buf_printf(out, "%s.BR latentmas\\-%s (1)", i ? ",\n" : "", name);
    } else {
        lmi_buf_puts(out, ".BR latentmas (1)");
        while (lmi_word_next(&name, &len, &rest, ' '))
            lmi_buf_printf(out, ",\n.BR latentmas\\-%.*s (1)", (int)len, name);
    }
    lmi_buf_putc(out, '\n');
}

lmas_status lmi_man_write(lmi_buf *out, const lmi_command *command)
{
    void *settings = lmi_settings_new(command);

    if (!settings)
        return lmi_fail(LMAS_E_NOMEM, "no memory for the manual page");
    append_head(out, command);
    append_usage(out, command);
    append_about(out, command->about);
    if (command == &lmi_cmd_latentmas)
        append_commands(out);
    append_flags(out, command, settings);
    append_exit_codes(out, command);
    append_notes(out, "ENVIRONMENT", command->environment);
    append_notes(out, "FILES", command->files);
    append_examples(out, command->examples);
    append_see_also(out, command);
    lmi_free(settings);
    return lmi_buf_status(out);
}
