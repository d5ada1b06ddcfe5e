/* fetch.c - how far a fetch is, in rows or bytes. */
#include "cli/fetch.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "cli/interrupt.h"
#include "cli/show/progress.h"
#include "cli/show/term.h"

enum { TEXT_SIZE = 192 };

typedef struct shown {
    const char *name;
    lmi_progress progress;
    bool has_begun;
    uint64_t n_before; /* what an earlier fetch has left */
} shown;

/* "4.1 MiB of 10.9 MiB", "400/1319 rows", or "waiting": for a server, or another process. */
static void describe_count(char out[TEXT_SIZE], uint64_t n, uint64_t n_total, bool is_bytes)
{
    char have[32], whole[32];

    lmi_size_text(have, (double)n);
    lmi_size_text(whole, (double)n_total);
    if (n == 0 && n_total == 0)
        snprintf(out, TEXT_SIZE, "waiting");
    else if (!is_bytes)
        snprintf(out, TEXT_SIZE, "%llu/%llu rows", (unsigned long long)n,
                 (unsigned long long)n_total);
    else if (n_total)
        snprintf(out, TEXT_SIZE, "%s of %s", have, whole);
    else
        snprintf(out, TEXT_SIZE, "%s", have);
}

/* "120.0/s, 7.6 s left"; nothing while it is not known. */
static void describe_speed(char out[TEXT_SIZE], double rate, uint64_t n_left, bool is_bytes)
{
    char speed[32], left[32];

    out[0] = '\0';
    if (rate <= 0)
        return;
    lmi_size_text(speed, rate);
    lmi_duration_text(left, (double)n_left / rate);
    if (is_bytes)
        snprintf(out, TEXT_SIZE, "  %s/s", speed);
    else
        snprintf(out, TEXT_SIZE, "  %.1f/s", rate);
    if (n_left)
        snprintf(out + strlen(out), TEXT_SIZE - strlen(out), "  %s left", left);
}

static void say(shown *s, uint64_t n, uint64_t n_total, bool is_bytes)
{
    const double time_ms = lmi_now_ms() - s->progress.begin_ms;
    char count[TEXT_SIZE], speed[TEXT_SIZE], text[3 * TEXT_SIZE];

    describe_count(count, n, n_total, is_bytes);
    describe_speed(speed, (double)(n - s->n_before) / time_ms * 1e3, n_total > n ? n_total - n : 0,
                   is_bytes);
    snprintf(text, sizeof(text), "%.32s  %s%s", s->name, count, speed);
    lmi_progress_show(&s->progress, 0, 0, text);
}

static bool show(void *user, uint64_t n, uint64_t n_total, bool is_bytes)
{
    shown *s = user;

    if (!s->has_begun && n_total) {
        s->has_begun = true;
        s->n_before = n;
    }
    if (n < s->n_before) /* it had to start over */
        s->n_before = 0;
    if (lmi_progress_is_due(&s->progress))
        say(s, n, n_total, is_bytes);
    return !lmi_interrupted();
}

lmas_status lmi_fetch_shown(const char *name, const lmi_source *source, bool is_anew)
{
    shown s = {.name = name};
    lmas_status status;

    lmi_progress_init(&s.progress);
    status = lmi_source_fetch(name, source, is_anew, show, &s);
    lmi_progress_clear(&s.progress);
    return status;
}

/* ---- Models ---- */

/* The file's name is the caller's, and gone when it has been fetched. */
static bool show_model(void *user, const char *name, uint64_t n, uint64_t n_total)
{
    shown *s = user;
    bool goes_on;

    s->name = name;
    goes_on = show(s, n, n_total, true);
    s->name = NULL;
    return goes_on;
}

static void say_line(void *user, const char *line)
{
    shown *s = user;

    lmi_progress_clear(&s->progress);
    lmi_say("%s", line);
}

static lmas_status find_shown(lmi_buf *path, lmi_model_ask *ask)
{
    shown s = {0};
    lmas_status status;

    ask->show = show_model;
    ask->say = say_line;
    ask->user = &s;
    lmi_progress_init(&s.progress);
    status = lmi_model_find(path, ask);
    lmi_progress_clear(&s.progress);
    if (status == LMAS_E_CANCELED)
        lmi_say("%s: what was fetched is kept; the same command goes on from there", ask->name);
    return status;
}

lmas_status lmi_get_model_shown(lmi_buf *path, const char *name, bool is_offline)
{
    return find_shown(path,
                      &(lmi_model_ask){.name = name, .is_offline = is_offline, .is_fresh = true});
}

lmas_status lmi_find_model_shown(lmi_buf *path, const lmi_model_flags *flags)
{
    const bool is_hub =
        flags->hf_repo || (!lmi_file_exists(flags->path) && lmi_repo_is_name(flags->path));
    lmi_model_ask ask = {.name = flags->hf_repo ? flags->hf_repo : flags->path,
                         .is_path = !flags->hf_repo,
                         .is_offline = flags->is_offline};

    if (is_hub)
        return find_shown(path, &ask);
    if (lmi_is_dir(flags->path))
        return lmi_fail(LMAS_E_IO,
                        "%s is a folder, a GGUF file expected: latentmas model convert makes one "
                        "of a model from the Hugging Face hub",
                        flags->path);
    lmi_buf_puts(path, flags->path);
    return lmi_buf_status(path);
}
