/* verdict.c - reading a driver's lines with suspicion. */
#include "sandbox/verdict.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/utf8.h"

/* Longest text from outside that set_detail() is given. */
enum { OUTSIDE_MAX = 4096 };

const char *lmi_ending_name(lmi_ending ending)
{
    switch (ending) {
    case LMI_ENDING_PASSED:
        return "passed";
    case LMI_ENDING_FAILED:
        return "failed";
    case LMI_ENDING_NO_CODE:
        return "no code";
    case LMI_ENDING_EXITED:
        return "exited";
    case LMI_ENDING_TIMED_OUT:
        return "timed out";
    case LMI_ENDING_KILLED:
        return "killed";
    case LMI_ENDING_NOT_MUTATED:
        return "not mutated";
    case LMI_ENDING_BROKEN:
        return "broken";
    }
    return "unknown";
}

/* Set the detail to the first line of a text from outside: valid UTF-8 without control
 * characters, cut between characters. */
static void set_detail(lmi_finding *out, const char *text, size_t len)
{
    const char *newline = memchr(text, '\n', len);
    lmi_buf clean;
    size_t i;

    lmi_buf_init(&clean, (size_t)4 * OUTSIDE_MAX);
    lmi_utf8_append(&clean, text, newline ? (size_t)(newline - text) : len);
    len = lmi_utf8_floor(lmi_buf_text(&clean),
                         clean.len < LMI_DETAIL_MAX ? clean.len : LMI_DETAIL_MAX);
    memcpy(out->detail, lmi_buf_text(&clean), len);
    out->detail[len] = '\0';
    for (i = 0; i < len; i++)
        if ((unsigned char)out->detail[i] < ' ' || out->detail[i] == 0x7f)
            out->detail[i] = '?';
    lmi_buf_done(&clean);
}

__attribute__((format(printf, 3, 4))) static void set(lmi_finding *out, lmi_ending ending,
                                                      const char *format, ...)
{
    va_list args;

    out->ending = ending;
    va_start(args, format);
    vsnprintf(out->detail, sizeof(out->detail), format, args);
    va_end(args);
}

/* What is left to read of the driver's words. */
typedef struct words {
    const char *at;
    size_t n;
} words;

/* Step over `word`; false when it is not what comes next. */
static bool take(words *w, const char *word)
{
    const size_t len = strlen(word);

    if (w->n < len || memcmp(w->at, word, len) != 0)
        return false;
    w->at += len;
    w->n -= len;
    return true;
}

static bool take_number(size_t *out, words *w)
{
    size_t n = 0;

    if (w->n == 0 || *w->at < '0' || *w->at > '9')
        return false;
    for (; w->n > 0 && *w->at >= '0' && *w->at <= '9' && n < SIZE_MAX / 16; w->at++, w->n--)
        n = n * 10 + (size_t)(*w->at - '0');
    *out = n;
    return true;
}

static bool take_piece(lmi_piece *out, words *w)
{
    bool is_left;
    size_t shift;

    if (!take_number(&out->text, w) || !take(w, " ") || !take_number(&out->first, w) ||
        !take(w, " ") || !take_number(&out->n, w) || !take(w, " "))
        return false;
    is_left = take(w, "-");
    if (!take_number(&shift, w) || shift > LMI_SHIFT_MAX)
        return false;
    out->shift = is_left ? -(int)shift : (int)shift;
    return true;
}

static bool take_pieces(lmi_finding *out, words *w)
{
    while (take(w, " ")) {
        if (out->n_pieces == LMI_PIECES_MAX || !take_piece(&out->pieces[out->n_pieces], w))
            return false;
        out->n_pieces++;
    }
    return take(w, "\n");
}

/* "N", or "N" and four numbers a piece; to the end of the line. */
static bool take_recipe(lmi_finding *out, words *w)
{
    if (take_number(&out->candidate, w) && take_pieces(out, w))
        return true;
    out->candidate = out->n_pieces = 0;
    return false;
}

/* It ended before the driver was there: the program had no part in it. */
static void judge_start(lmi_finding *out, const lmi_end *end)
{
    if (end->is_late)
        set(out, LMI_ENDING_BROKEN, "it had not started after %.0f ms", end->wall_ms);
    else if (end->n_output > 0) {
        out->ending = LMI_ENDING_BROKEN;
        set_detail(out, end->output, end->n_output);
    } else if (end->signal_number)
        set(out, LMI_ENDING_BROKEN, "it did not start: signal %d", end->signal_number);
    else
        set(out, LMI_ENDING_BROKEN, "it did not start: exit status %d", end->exit_status);
}

/* It ended without a last word. bubblewrap turns a signal N into the exit status 128 + N. */
static void judge_silence(lmi_finding *out, const lmi_end *end)
{
    const int signal_number = end->signal_number
                                  ? end->signal_number
                                  : (end->exit_status > 128 ? end->exit_status - 128 : 0);

    if (end->is_too_big)
        set(out, LMI_ENDING_KILLED, "its processes together used too much memory");
    else if (end->is_crowded)
        set(out, LMI_ENDING_KILLED, "it made more than %d files", LMI_MAX_INODES);
    else if (end->is_late)
        set(out, LMI_ENDING_TIMED_OUT, "longer than %.0f ms", end->wall_ms);
    else if (signal_number)
        set(out, LMI_ENDING_KILLED, "signal %d", signal_number);
    else
        set(out, LMI_ENDING_EXITED, "exit status %d before the last test", end->exit_status);
}

/* What came behind "run N"; false when nothing did that means anything. */
static bool judge_last_word(lmi_finding *out, words *w, const lmi_token *token)
{
    if (w->n == sizeof(token->bytes) && memcmp(w->at, token->bytes, w->n) == 0) {
        out->ending = LMI_ENDING_PASSED;
    } else if (take(w, "same\n")) {
        out->ending = LMI_ENDING_NOT_MUTATED;
    } else if (take(w, "exited ")) {
        out->ending = LMI_ENDING_EXITED;
        set_detail(out, w->at, w->n);
    } else if (take(w, "failed ")) {
        out->ending = LMI_ENDING_FAILED;
        set_detail(out, w->at, w->n);
    } else {
        return false;
    }
    return true;
}

/* Without "run N" Python itself may have given up on the text: it can be so deep that the
 * parser dies. */
void lmi_find_ending(lmi_finding *out, const lmi_end *end, const lmi_token *token)
{
    words w = {.at = end->said, .n = end->n_said};

    *out = (lmi_finding){.ending = LMI_ENDING_BROKEN};
    if (!take(&w, "ready\n"))
        judge_start(out, end);
    else if (take(&w, "none\n"))
        out->ending = LMI_ENDING_NO_CODE;
    else if (!take(&w, "run ") || !take_recipe(out, &w) || !judge_last_word(out, &w, token))
        judge_silence(out, end);
}
