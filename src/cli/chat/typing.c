/* typing.c - libedit where a person types, stdin as it is elsewhere. History ends with the chat. */
#include "cli/chat/typing.h"

#include <errno.h>
#include <histedit.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/utf8.h"
#include "cli/show/term.h"

/* Lines that can be fetched back. */
enum { N_LINES = 1000 };

static char *prompt(EditLine *editor)
{
    static char text[] = "> ";

    (void)editor;
    return text;
}

/* What is typed is UTF-8, whatever the locale's letters are. */
static void set_letters(void)
{
    if (!setlocale(LC_CTYPE, "") || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        (void)setlocale(LC_CTYPE, "C.UTF-8");
}

lmas_status lmi_typing_open(lmi_typing *out)
{
    HistEvent event;

    *out = (lmi_typing){0};
    if (!isatty(STDIN_FILENO) || !lmi_term_is_live())
        return LMAS_OK;
    set_letters();
    out->history = history_init();
    out->editor = el_init("latentmas", stdin, stderr, stderr);
    if (!out->editor || !out->history) {
        lmi_typing_close(out);
        return lmi_fail(LMAS_E_NOMEM, "cannot edit lines on this terminal: pipe them in");
    }
    history(out->history, &event, H_SETSIZE, N_LINES);
    history(out->history, &event, H_SETUNIQUE, 1);
    el_set(out->editor, EL_PROMPT, prompt);
    el_set(out->editor, EL_EDITOR, "emacs");
    el_set(out->editor, EL_SIGNAL, 1); /* the terminal is as it was when a signal ends us */
    el_set(out->editor, EL_HIST, history, out->history);
    (void)el_source(out->editor, NULL); /* the user's editrc */
    return LMAS_OK;
}

void lmi_typing_close(lmi_typing *lines)
{
    if (lines->editor)
        el_end(lines->editor);
    if (lines->history)
        history_end(lines->history);
    *lines = (lmi_typing){0};
}

static bool read_typed(lmi_buf *out, lmi_typing *lines)
{
    int n = 0;
    const char *line = el_gets(lines->editor, &n);
    HistEvent event;

    if (!line || n <= 0)
        return false;
    if (n > 1)
        history(lines->history, &event, H_ENTER, line);
    lmi_buf_append(out, line, (size_t)n - (line[n - 1] == '\n'));
    return true;
}

/* All of the line is taken, even what is too long. */
static bool read_piped(lmi_buf *out)
{
    bool is_there = false;
    int c;

    while ((c = getc(stdin)) != EOF && c != '\n') {
        const char byte = (char)c;

        lmi_buf_append(out, &byte, 1);
        is_there = true;
    }
    return is_there || c == '\n';
}

/* Take the backslash that a line ends in; whether there was one. */
static bool goes_on(lmi_buf *line)
{
    if (line->len == 0 || line->status != LMAS_OK || line->data[line->len - 1] != '\\')
        return false;
    line->data[line->len - 1] = '\n';
    return true;
}

static lmas_status check(const lmi_buf *line)
{
    if (line->status == LMAS_E_FORMAT)
        return lmi_fail(LMAS_E_INVALID, "a line is longer than %zu bytes", line->max);
    if (line->status != LMAS_OK)
        return lmi_buf_status(line);
    if (strlen(lmi_buf_text(line)) != line->len)
        return lmi_fail(LMAS_E_INVALID, "a line contains a NUL byte, text expected");
    if (!lmi_utf8_is_valid(lmi_buf_text(line), line->len))
        return lmi_fail(LMAS_E_INVALID, "a line is not valid UTF-8");
    return LMAS_OK;
}

bool lmi_typing_next(lmi_buf *out, lmas_status *status, lmi_typing *lines)
{
    bool is_there = false;

    lmi_buf_clear(out);
    for (;;) {
        const bool is_more = lines->editor ? read_typed(out, lines) : read_piped(out);

        is_there |= is_more;
        if (!is_more || !goes_on(out))
            break;
    }
    *status = is_there ? check(out) : LMAS_OK;
    if (!lines->editor && ferror(stdin))
        *status = lmi_fail(LMAS_E_IO, "cannot read from stdin: %s", strerror(errno));
    return is_there && *status != LMAS_E_IO;
}
