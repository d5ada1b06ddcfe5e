/* text.c - character by character: control characters are shown, the others printed. */
#include "cli/show/text.h"

#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"

/* What stands for the rest of a line; the least width that has room for it. */
static const char DOTS[] = "...";
enum { DOTS_WIDTH = sizeof(DOTS) - 1, DOTTED_MIN = 8 };

/* Print the character at `text`; its bytes. */
static size_t put_character(FILE *to, const char *text)
{
    const size_t n_control = lmi_utf8_control(text);
    size_t n = 1;

    if (n_control) {
        fprintf(to, "\\x%02x", (unsigned char)text[n_control - 1]);
        return n_control;
    }
    fputc(text[0], to);
    for (; ((unsigned char)text[n] & 0xc0) == 0x80; n++)
        fputc(text[n], to);
    return n;
}

void lmi_put_block(FILE *to, const char *text)
{
    const char *end = text + strlen(text);
    const bool has_end = end > text && end[-1] == '\n';

    while (text < end)
        if (*text == '\n' || *text == '\t')
            fputc(*text++, to);
        else
            text += put_character(to, text);
    if (!has_end)
        fputc('\n', to);
}

/* Characters of the line that `text` makes; a control character is shown as four. */
static size_t count_columns(const char *text)
{
    size_t n = 0;

    while (*text) {
        const size_t n_space = strspn(text, " \t\r\n");
        const size_t n_control = n_space ? 0 : lmi_utf8_control(text);

        n += n_control ? strlen("\\x00") : 1;
        text += n_space ? n_space : n_control ? n_control : 1;
        while (((unsigned char)*text & 0xc0) == 0x80)
            text++;
    }
    return n;
}

size_t lmi_put_line(FILE *to, const char *text, size_t width)
{
    const size_t all = count_columns(text);
    const bool is_cut = width && all > width;
    const size_t most = !is_cut ? all : width >= DOTTED_MIN ? width - DOTS_WIDTH : width;
    size_t n = 0;

    while (*text && n < most) {
        const size_t n_space = strspn(text, " \t\r\n");
        const bool is_control = !n_space && lmi_utf8_control(text);

        if (is_control && n + strlen("\\x00") > most)
            break;
        n += is_control ? strlen("\\x00") : 1;
        text += n_space ? n_space : put_character(to, text);
        if (n_space)
            fputc(' ', to);
    }
    if (is_cut && width >= DOTTED_MIN) {
        fputs(DOTS, to);
        n += DOTS_WIDTH;
    }
    return n;
}

void lmi_put_quoted(FILE *to, const char *text)
{
    fputc('"', to);
    while (*text) {
        if (*text == '\n' || *text == '\t')
            fputs(*text++ == '\n' ? "\\n" : "\\t", to);
        else
            text += put_character(to, text);
    }
    fputc('"', to);
}
