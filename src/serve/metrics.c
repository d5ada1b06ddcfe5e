/* metrics.c - see metrics.h. */
#include "serve/metrics.h"

#include <inttypes.h>
#include <math.h>

#include "base/clock.h"

static double end_of(size_t bucket)
{
    return ldexp(1, (int)bucket - 6);
}

void lmi_histogram_add(lmi_histogram *h, double seconds)
{
    size_t i = 0;

    while (i < LMI_BUCKETS && seconds > end_of(i))
        i++;
    for (; i < LMI_BUCKETS; i++)
        h->n[i]++;
    h->n_all++;
    h->sum += seconds;
}

static void head(lmi_buf *out, const char *name, const char *type, const char *help)
{
    lmi_buf_printf(out, "# HELP latentmas_%s %s\n# TYPE latentmas_%s %s\n", name, help, name, type);
}

static void write_one(lmi_buf *out, const char *name, const char *type, const char *help,
                      double value)
{
    head(out, name, type, help);
    lmi_buf_printf(out, "latentmas_%s %.17g\n", name, value);
}

static void write_histogram(lmi_buf *out, const char *name, const char *help,
                            const lmi_histogram *h)
{
    size_t i;

    head(out, name, "histogram", help);
    for (i = 0; i < LMI_BUCKETS; i++)
        lmi_buf_printf(out, "latentmas_%s_bucket{le=\"%.10g\"} %" PRIu64 "\n", name, end_of(i),
                       h->n[i]);
    lmi_buf_printf(out, "latentmas_%s_bucket{le=\"+Inf\"} %" PRIu64 "\n", name, h->n_all);
    lmi_buf_printf(out, "latentmas_%s_sum %.17g\nlatentmas_%s_count %" PRIu64 "\n", name, h->sum,
                   name, h->n_all);
}

static void write_labelled(lmi_buf *out, const lmi_metrics *m)
{
    const struct {
        const char *outcome;
        uint64_t n;
    } outcomes[] = {{"answered", m->n_answered},
                    {"cut", m->n_cut},
                    {"failed", m->n_failed},
                    {"canceled", m->n_canceled}};
    size_t i;

    head(out, "http_requests_total", "counter", "Requests, by the hundreds of their code.");
    for (i = 1; i < 6; i++)
        lmi_buf_printf(out, "latentmas_http_requests_total{code=\"%zuxx\"} %" PRIu64 "\n", i,
                       m->n_requests[i]);
    head(out, "questions_total", "counter", "Questions that ended, by how.");
    for (i = 0; i < sizeof(outcomes) / sizeof(outcomes[0]); i++)
        lmi_buf_printf(out, "latentmas_questions_total{outcome=\"%s\"} %" PRIu64 "\n",
                       outcomes[i].outcome, outcomes[i].n);
}

void lmi_metrics_write(lmi_buf *out, const lmi_metrics *m)
{
    write_labelled(out, m);
    write_one(out, "tokens_read_total", "counter", "Tokens of prompts.", (double)m->n_read);
    write_one(out, "tokens_shared_total", "counter", "Of these, taken from what was read before.",
              (double)m->n_shared);
    write_one(out, "thoughts_total", "counter", "Latent steps.", (double)m->n_thought);
    write_one(out, "tokens_spoken_total", "counter", "Tokens that agents spoke.",
              (double)m->n_spoken);
    write_one(out, "tokens_drafted_total", "counter", "Tokens guessed ahead of speakers.",
              (double)m->drafted[0]);
    write_one(out, "tokens_drafted_right_total", "counter", "Of these, the right ones.",
              (double)m->drafted[1]);
    write_one(out, "ticks_total", "counter", "Steps of the engine.", (double)m->n_ticks);
    write_one(out, "tick_seconds_total", "counter", "Time in them.", m->tick_s);
    write_one(out, "questions_running", "gauge", "Questions under way.", (double)m->n_running);
    write_one(out, "questions_waiting", "gauge", "Questions that wait for a lane.",
              (double)m->n_waiting);
    write_one(out, "lanes", "gauge", "Working memories at once.", (double)m->n_lanes);
    write_one(out, "uptime_seconds", "gauge", "Since the start.",
              (lmi_now_ms() - m->begin_ms) / 1000);
    write_histogram(out, "first_text_seconds", "From a request to the first text of its answer.",
                    &m->first);
    write_histogram(out, "request_seconds", "From a request to the end of its answer.", &m->whole);
}
