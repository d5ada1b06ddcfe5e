/* man.c - the same tables as roff, in the man(7) macros. */
#include <string.h>

#include "base/mem.h"
#include "cli/help/help.h"
#include "cli/words.h"

/* The pages' date: that of the last change to what the program does. */
#define MAN_DATE "2026-11-24"

/* Append text that roff must not take for its own: backslashes, hyphens of flags, and control
 * characters at the start of a line. */
static void append_plain(lmi_buf *out, const char *text, size_t len)
{
    size_t i;

    for (i = 0; i < len; i++) {
        const bool is_start = i == 0 || text[i - 1] == '\n';

        if (is_start && (text[i] == '.' || text[i] == '\''))
            lmi_buf_puts(out, "\\&");
        if (text[i] == '\\')
            lmi_buf_puts(out, "\\e");
        else if (text[i] == '-')
            lmi_buf_puts(out, "\\-");
        else
            lmi_buf_putc(out, text[i]);
    }
}

static void append_text(lmi_buf *out, const char *text)
{
    append_plain(out, text, strlen(text));
}

static void append_head(lmi_buf *out, const char *page, const char *name, const char *summary)
{
    lmi_buf_printf(out, ".TH %s 1 " MAN_DATE " \"latentmas %s\" \"User Commands\"\n.SH NAME\n",
                   page, lmas_version());
    append_text(out, name);
    lmi_buf_puts(out, " \\- ");
    append_text(out, summary);
    lmi_buf_puts(out, "\n.SH SYNOPSIS\n");
}

static void append_usage(lmi_buf *out, const lmi_command *command)
{
    const char *rest = command->usage;
    const char *line;
    size_t len;
    bool is_first = true;

    while (lmi_word_next(&line, &len, &rest, '\n')) {
        lmi_buf_printf(out, "%s.B latentmas %s\n", is_first ? "" : ".br\n", command->name);
        append_plain(out, line, len);
        lmi_buf_puts(out, len ? "\n" : "");
        is_first = false;
    }
}

static void append_opt(lmi_buf *out, const lmi_opt_group *group, const lmi_opt *opt, void *settings)
{
    const char *rest = opt->names;
    const char *word;
    size_t len;
    lmi_buf value;
    bool is_first = true;

    lmi_buf_init(&value, LMI_PAGE_MAX);
    lmi_buf_puts(out, ".TP\n");
    while (lmi_word_next(&word, &len, &rest, ' ')) {
        lmi_buf_puts(out, is_first ? "\\fB" : ", \\fB");
        append_plain(out, word, len);
        lmi_buf_puts(out, "\\fR");
        is_first = false;
    }
    if (lmi_opt_takes_value(opt)) {
        lmi_buf_puts(out, " \\fI");
        append_text(out, opt->value);
        lmi_buf_puts(out, "\\fR");
    }
    lmi_buf_putc(out, '\n');
    append_text(out, opt->help);
    lmi_opt_append_list(&value, opt);
    append_text(out, lmi_buf_text(&value));
    lmi_buf_clear(&value);
    lmi_opt_default(&value, opt, lmi_opt_field(settings, group, opt));
    if (value.len) {
        lmi_buf_puts(out, " (default ");
        append_text(out, lmi_buf_text(&value));
        lmi_buf_putc(out, ')');
    }
    lmi_buf_putc(out, '\n');
    lmi_buf_done(&value);
}

static void append_about(lmi_buf *out, const char *about)
{
    const char *line;
    size_t len;
    bool is_first = true;

    lmi_buf_puts(out, ".SH DESCRIPTION\n");
    while (lmi_word_next(&line, &len, &about, '\n')) {
        lmi_buf_puts(out, is_first ? "" : ".PP\n");
        append_plain(out, line, len);
        lmi_buf_putc(out, '\n');
        is_first = false;
    }
}

static void append_flags(lmi_buf *out, const lmi_command *command, void *settings)
{
    const lmi_opt_group *group;
    const lmi_opt *opt;

    lmi_buf_puts(out,
                 ".SH OPTIONS\nIn long flags _ and \\- are the same. A flag given twice counts "
                 "as given last.\n");
    for (group = command->groups; group->title; group++) {
        lmi_buf_printf(out, ".SS %s\n", group->title);
        for (opt = group->opts; opt->names; opt++)
            append_opt(out, group, opt, settings);
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
        append_plain(out, line, len);
        lmi_buf_puts(out, is_command ? "\n.fi\n" : "\n");
        is_command = !is_command;
    }
}

static void append_exit_codes(lmi_buf *out)
{
    const char *rest = lmi_exit_codes;
    const char *line;
    size_t len;

    lmi_buf_puts(out, ".SH EXIT STATUS\n");
    while (lmi_word_next(&line, &len, &rest, '\n')) {
        const size_t n_digits = strspn(line, "0123456789");

        lmi_buf_printf(out, ".TP\n%.*s\n", (int)n_digits, line);
        append_plain(out, line + n_digits + 1, len - n_digits - 1);
        lmi_buf_putc(out, '\n');
    }
}

lmas_status lmi_man_write(lmi_buf *out, const lmi_command *command)
{
    void *settings = lmi_settings_new(command);
    lmi_buf name;

    if (!settings)
        return lmi_fail(LMAS_E_NOMEM, "no memory for the manual page");
    lmi_buf_init(&name, LMI_PAGE_MAX);
    lmi_buf_printf(&name, "latentmas-%s", command->name);
    append_head(out, lmi_buf_text(&name), lmi_buf_text(&name), command->summary);
    lmi_buf_done(&name);
    append_usage(out, command);
    append_about(out, command->about);
    append_flags(out, command, settings);
    append_examples(out, command->examples);
    append_exit_codes(out);
    lmi_buf_puts(out, ".SH SEE ALSO\n.BR latentmas (1)\n");
    lmi_free(settings);
    return lmi_buf_status(out);
}

lmas_status lmi_man_write_overview(lmi_buf *out)
{
    const lmi_command *command;
    size_t i;

    append_head(out, "latentmas", "latentmas",
                "teams of agents that hand over thoughts instead of text");
    lmi_buf_puts(out, ".B latentmas\n.I COMMAND\n[FLAG...]\n.SH COMMANDS\n");
    for (i = 0; (command = lmi_command_at(i)); i++) {
        lmi_buf_printf(out, ".TP\n.BR latentmas\\-%s (1)\n", command->name);
        append_text(out, command->summary);
        lmi_buf_putc(out, '\n');
    }
    append_exit_codes(out);
    return lmi_buf_status(out);
}
