/*
 * linear.c - does twice as much text take twice as long to grade?
 *
 *     linear COUNT SEED      COUNT texts, each `before`, then a piece over and over, put together
 *                            by chance; graded in turns as every kind there is
 *
 * A text of 32 KB may take up to 2.3 times as long as its first 16 KB, by the processor's time.
 * What takes longer is looked at closely. A machine has other things to do: the shortest of many
 * counts. And where in a piece a text ends decides which rules look at it: the longest of several
 * cuts counts, on both sides. What still takes longer is printed, and makes the exit code 1.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "grade/grade.h"
#include "grade/pieces.h"

enum { SHORT = 16 * 1024, N_KINDS = 5, TRIES = 12, LOOKS = 5, CUTS = 12, CUT = 11 };

#define RATIO_MAX   2.3
#define SECONDS_MIN 0.5e-3 /* what 32 KB take in less is no worry, and hardly to be measured */

static const char *const options[] = {"iron", "copper", "25 mg", "B cells"};
static const lmi_gold golds[N_KINDS] = {
    {LMI_GRADE_NUMBER, "18", "18", NULL, 0},
    {LMI_GRADE_INTEGER, "18", "18", NULL, 0},
    {LMI_GRADE_CHOICE, "B", "b", options, 4},
    {LMI_GRADE_TEXT, "Paris", "paris", NULL, 0},
    {.kind = LMI_GRADE_CODE},
};
static const char *const kind_names[N_KINDS] = {"number", "integer", "choice", "text", "code"};

static double seconds_of(size_t kind, const char *text, size_t len)
{
    struct timespec begin, end;
    lmas_status status;
    lmi_grade grade = {0};
    lmi_code code = {0};

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &begin);
    if (golds[kind].kind == LMI_GRADE_CODE) {
        status = lmi_code_find(&code, text, len);
        lmi_code_done(&code);
    } else {
        status = lmi_grade_text(&grade, &golds[kind], text, len);
        lmi_grade_done(&grade);
    }
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &end);
    if (status != LMAS_OK) {
        fprintf(stderr, "linear: %s\n", lmas_last_error());
        exit(2);
    }
    return (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
}

static double least(double a, double b)
{
    return a < b ? a : b;
}

static double longest(double a, double b)
{
    return a > b ? a : b;
}

/* The longest of what texts take that end here or a little earlier, each the shortest of many
 * tries, half and whole in turns. */
static void look_closely(double *half, double *whole, size_t kind, const lmi_buf *text)
{
    size_t cut;
    int i;

    *half = *whole = 0;
    for (cut = 0; cut < CUTS; cut++) {
        double least_half = 1e9, least_whole = 1e9;

        for (i = 0; i < TRIES; i++) {
            least_half = least(least_half, seconds_of(kind, text->data, SHORT - cut * CUT));
            least_whole = least(least_whole, seconds_of(kind, text->data, text->len - cut * CUT));
        }
        *half = longest(*half, least_half);
        *whole = longest(*whole, least_whole);
    }
}

/* How many times as long the whole takes as its first half; `*seconds` for the whole. */
static double ratio_of(double *seconds, size_t kind, const lmi_buf *text)
{
    double half = seconds_of(kind, text->data, SHORT);
    int i;

    *seconds = seconds_of(kind, text->data, text->len);
    for (i = 0; i < LOOKS && *seconds > RATIO_MAX * half && *seconds > SECONDS_MIN; i++)
        look_closely(&half, seconds, kind, text);
    return *seconds > SECONDS_MIN ? *seconds / half : 1;
}

static void write_text(lmi_buf *text, const lmi_buf *before, const lmi_buf *piece)
{
    const size_t size = 2 * (size_t)SHORT;

    lmi_buf_clear(text);
    lmi_buf_append(text, before->data, before->len);
    while (text->len < size)
        lmi_buf_append(text, piece->data,
                       piece->len < size - text->len ? piece->len : size - text->len);
}

/* A piece of 1 to 60 bytes; before it, every other time, something up to as long. */
static void draw_parts(lmi_buf *before, lmi_buf *piece, uint32_t *seed)
{
    do
        put_together(piece, seed);
    while (piece->len == 0 || piece->len > 60);
    lmi_buf_clear(before);
    if (draw(seed, 2) == 0)
        return;
    do
        put_together(before, seed);
    while (before->len > 60);
}

static void tell(const lmi_buf *before, const lmi_buf *piece, size_t kind, double ratio)
{
    printf("%.2f times as long, as %s: \"%.*s\", then \"%.*s\" over and over\n", ratio,
           kind_names[kind], (int)before->len, lmi_buf_text(before), (int)piece->len,
           lmi_buf_text(piece));
}

int main(int argc, char **argv)
{
    const long n = argc == 3 ? strtol(argv[1], NULL, 10) : 0;
    uint32_t seed = argc == 3 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;
    double most = 0, slowest = 0;
    lmi_buf text, before, piece;
    long i, n_bad = 0;

    if (n <= 0) {
        fprintf(stderr, "usage: linear COUNT SEED\n");
        return 2;
    }
    setvbuf(stdout, NULL, _IOLBF, 0); /* half an hour may be stopped: what was found is told */
    lmi_buf_init(&text, (size_t)1 << 20);
    lmi_buf_init(&before, 1000);
    lmi_buf_init(&piece, 1000);
    for (i = 0; i < n; i++) {
        const size_t kind = (size_t)i % N_KINDS;
        double ratio, seconds;

        draw_parts(&before, &piece, &seed);
        write_text(&text, &before, &piece);
        ratio = ratio_of(&seconds, kind, &text);
        most = ratio > most ? ratio : most;
        slowest = seconds > slowest ? seconds : slowest;
        if (ratio > RATIO_MAX && ++n_bad)
            tell(&before, &piece, kind, ratio);
        if ((i + 1) % 10000 == 0)
            fprintf(stderr, "%ld of %ld, at most %.2f times as long\n", i + 1, n, most);
    }
    printf(
        "%ld texts of 16 and 32 KB: at most %.2f times as long for twice as much, at most %.1f ms; "
        "%ld above %.1f\n",
        n, most, slowest * 1e3, n_bad, RATIO_MAX);
    lmi_buf_done(&text);
    lmi_buf_done(&before);
    lmi_buf_done(&piece);
    return n_bad == 0 ? 0 : 1;
}
