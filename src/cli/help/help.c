/* help.c - --help: a column of flags, a column of words, 80 columns together. */
#include "cli/help/help.h"

#include <string.h>

#include "base/mem.h"
#include "cli/words.h"

enum { WIDTH = 80, TEXT_COLUMN = 28 };

const char *lmi_exit_codes_of(const lmi_command *command)
{
    return command->exit_codes ? command->exit_codes : LMI_EXIT_CODES("");
}

void *lmi_settings_new(const lmi_command *command)
{
    void *settings = lmi_new(1, command->settings_size);

    if (settings && command->init)
        command->init(settings);
    return settings;
}

static void pad(lmi_buf *out, size_t n)
{
    while (n-- > 0)
        lmi_buf_putc(out, ' ');
}

/* Append `text` broken into lines that start at column `indent`, where the first one stands. */
static void wrap(lmi_buf *out, size_t indent, const char *text)
{
    size_t column = indent;
    const char *word;
    size_t len;

    while (lmi_word_next(&word, &len, &text, ' ')) {
        if (column > indent && column + 1 + len > WIDTH) {
            lmi_buf_putc(out, '\n');
            pad(out, indent);
            column = indent;
        }
        if (column > indent) {
            lmi_buf_putc(out, ' ');
            column++;
        }
        lmi_buf_append(out, word, len);
        column += len;
    }
    lmi_buf_putc(out, '\n');
}

/* "  -m, --model FILE"; the width of it is what was appended. */
static void append_names(lmi_buf *out, const lmi_opt *opt)
{
    const char *rest = opt->names;
    const char *word;
    size_t len;
    bool is_first = true;

    lmi_buf_puts(out, "  ");
    while (lmi_word_next(&word, &len, &rest, ' ')) {
        lmi_buf_printf(out, "%s%.*s", is_first ? "" : ", ", (int)len, word);
        is_first = false;
    }
    if (lmi_opt_takes_value(opt))
        lmi_buf_printf(out, "%s%s", lmi_opt_gap(opt), opt->value);
}

/* From column TEXT_COLUMN on, behind what was appended since `start`: beside it where that leaves
 * room, else below it. */
static void append_beside(lmi_buf *out, size_t start, const char *text)
{
    size_t column = out->len - start;

    if (column + 2 > TEXT_COLUMN) {
        lmi_buf_putc(out, '\n');
        column = 0;
    }
    pad(out, TEXT_COLUMN - column);
    wrap(out, TEXT_COLUMN, text);
}

static void append_opt(lmi_buf *out, const lmi_opt_group *group, const lmi_opt *opt, void *settings)
{
    const size_t start = out->len;
    lmi_buf text, value;

    lmi_buf_init(&text, LMI_PAGE_MAX);
    lmi_buf_init(&value, LMI_PAGE_MAX);
    append_names(out, opt);
    lmi_buf_puts(&text, opt->help);
    lmi_opt_append_list(&text, opt);
    lmi_opt_default(&value, opt, lmi_opt_field(settings, group, opt));
    if (value.len)
        lmi_buf_printf(&text, " (default %s)", lmi_buf_text(&value));
    append_beside(out, start, lmi_buf_text(&text));
    lmi_buf_done(&text);
    lmi_buf_done(&value);
}

static void append_notes(lmi_buf *out, const char *title, const lmi_note *const *lists)
{
    const lmi_note *note;

    if (!*lists)
        return;
    lmi_buf_printf(out, "\n%s:\n", title);
    for (; *lists; lists++)
        for (note = *lists; note->name; note++) {
            const size_t start = out->len;

            lmi_buf_printf(out, "  %s", note->name);
            append_beside(out, start, note->text);
        }
}

static void append_usage(lmi_buf *out, const lmi_command *command)
{
    const char *rest = command->usage;
    const char *line;
    size_t len;
    bool is_first = true;

    while (lmi_word_next(&line, &len, &rest, '\n')) {
        lmi_buf_printf(out, "%s latentmas %s%s%.*s\n", is_first ? "usage:" : "      ",
                       command->name, len ? " " : "", (int)len, line);
        is_first = false;
    }
}

/* Pairs of lines: what for, and the command. */
static void append_examples(lmi_buf *out, const char *examples)
{
    const char *line;
    size_t len;
    bool is_command = false;

    lmi_buf_puts(out, "\nExamples:\n");
    while (lmi_word_next(&line, &len, &examples, '\n')) {
        lmi_buf_printf(out, "  %s%.*s\n", is_command ? "  " : "", (int)len, line);
        is_command = !is_command;
    }
}

static void append_exit_codes(lmi_buf *out, const lmi_command *command)
{
    const char *rest = lmi_exit_codes_of(command);
    const char *line;
    size_t len;

    lmi_buf_puts(out, "\nExit codes:\n");
    while (lmi_word_next(&line, &len, &rest, '\n'))
        lmi_buf_printf(out, "  %.*s\n", (int)len, line);
}

static void append_about(lmi_buf *out, const char *about)
{
    const char *line;
    size_t len;
    lmi_buf paragraph;

    lmi_buf_init(&paragraph, LMI_PAGE_MAX);
    while (lmi_word_next(&line, &len, &about, '\n')) {
        lmi_buf_clear(&paragraph);
        lmi_buf_append(&paragraph, line, len);
        lmi_buf_putc(out, '\n');
        wrap(out, 0, lmi_buf_text(&paragraph));
    }
    lmi_buf_done(&paragraph);
}

/* Of the program: its commands, in place of flags that each of them has as well. */
static void append_overview(lmi_buf *out)
{
    const lmi_command *command;
    size_t i;

    lmi_buf_printf(out, "usage: latentmas %s\n\n%.*s\n\nCommands:\n", lmi_cmd_latentmas.usage,
                   (int)strcspn(lmi_cmd_latentmas.about, "\n"), lmi_cmd_latentmas.about);
    for (i = 0; (command = lmi_command_at(i)); i++)
        lmi_buf_printf(out, "  %-12s %s\n", command->name, command->summary);
    append_examples(out, lmi_cmd_latentmas.examples);
    lmi_buf_puts(out, "\nlatentmas COMMAND --help tells more; latentmas --version the versions.\n");
}

static void append_flags(lmi_buf *out, const lmi_command *command, void *settings)
{
    const lmi_opt_group *group;
    const lmi_opt *opt;

    for (group = command->groups; group->title; group++) {
        lmi_buf_printf(out, "\n%s:\n", group->title);
        for (opt = group->opts; opt->names; opt++)
            append_opt(out, group, opt, settings);
    }
    lmi_buf_puts(out, "\nIn long flags _ and - are the same. A flag given twice counts as given "
                      "last.\n");
}

lmas_status lmi_help_write(lmi_buf *out, const lmi_command *command)
{
    void *settings = lmi_settings_new(command);

    if (!settings)
        return lmi_fail(LMAS_E_NOMEM, "no memory for the help");
    if (command == &lmi_cmd_latentmas) {
        append_overview(out);
    } else {
        append_usage(out, command);
        append_about(out, command->about);
        append_examples(out, command->examples);
        append_flags(out, command, settings);
        append_notes(out, "Environment", command->environment);
        append_notes(out, "Files", command->files);
        append_exit_codes(out, command);
    }
    lmi_free(settings);
    return lmi_buf_status(out);
}
