/* term.c - stderr for people. stdout is the answer's, and nothing here touches it. */
#include "cli/show/term.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/command.h"
#include "cli/show/parameters.h"

enum { WIDTH_DEFAULT = 80, WIDTH_MAX = 1000 };

void lmi_say(const char *format, ...)
{
    va_list args;

    fputs("latentmas: ", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}

size_t lmi_say_remarks(const lmas_team *team)
{
    const char *remark;
    size_t n;

    for (n = 0; (remark = lmas_team_remark(team, n)); n++)
        lmi_say("%s", remark);
    return n;
}

/* What is wrong in a file is told in the file's words: a key of it may be named as a parameter. */
static void say_last_error(lmas_status status)
{
    lmi_buf text;

    lmi_buf_init(&text, (size_t)2 * LMI_ERROR_MAX);
    if (status != LMAS_E_FORMAT)
        lmi_in_flags(&text, lmas_last_error());
    lmi_say("%s", *lmi_buf_text(&text) && text.status == LMAS_OK ? lmi_buf_text(&text)
                                                                 : lmas_last_error());
    lmi_buf_done(&text);
}

int lmi_say_failure(lmas_status status)
{
    if (status == LMAS_E_CANCELED) {
        lmi_say("interrupted");
        return LMI_EXIT_INTERRUPTED;
    }
    say_last_error(status);
    return LMI_EXIT_FAILURE;
}

int lmi_say_misuse(void)
{
    say_last_error(LMAS_E_INVALID);
    return LMI_EXIT_USAGE;
}

bool lmi_term_is_live(void)
{
    return isatty(STDERR_FILENO) == 1;
}

static bool welcomes_colour(int fd)
{
    const char *no_color = getenv("NO_COLOR");
    const char *term = getenv("TERM");

    return isatty(fd) == 1 && (!no_color || !*no_color) && term && strcmp(term, "dumb") != 0;
}

bool lmi_term_has_colour(void)
{
    return welcomes_colour(STDERR_FILENO);
}

bool lmi_stdout_has_colour(void)
{
    return welcomes_colour(STDOUT_FILENO);
}

static size_t width_of(int fd)
{
    const char *columns = getenv("COLUMNS");
    const long asked = columns ? strtol(columns, NULL, 10) : 0;
    struct winsize size = {0};

    if (asked > 0 && asked <= WIDTH_MAX)
        return (size_t)asked;
    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return WIDTH_DEFAULT;
}

size_t lmi_term_width(void)
{
    return width_of(STDERR_FILENO);
}

size_t lmi_stdout_width(void)
{
    return isatty(STDOUT_FILENO) == 1 ? width_of(STDOUT_FILENO) : 0;
}

void lmi_size_text(char out[32], double size)
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    size_t i = 0;

    while (size >= 1024 && i + 1 < sizeof(units) / sizeof(units[0])) {
        size /= 1024;
        i++;
    }
    snprintf(out, 32, "%.*f %s", i == 0 ? 0 : 1, size, units[i]);
}

void lmi_duration_text(char out[32], double seconds)
{
    const double max = 1e9;
    const long s = seconds < 0 ? 0 : seconds > max ? (long)max : (long)(seconds + 0.5);

    if (seconds < 10)
        snprintf(out, 32, "%.1f s", seconds < 0 ? 0 : seconds);
    else if (s < 60)
        snprintf(out, 32, "%ld s", s);
    else if (s < 3600)
        snprintf(out, 32, "%ld min %ld s", s / 60, s % 60);
    else
        snprintf(out, 32, "%ld h %ld min", s / 3600, s % 3600 / 60);
}
