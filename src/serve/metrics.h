/* metrics.h - what is counted, and its text for Prometheus. */
#ifndef LMI_SERVE_METRICS_H
#define LMI_SERVE_METRICS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Seconds, by buckets that end at 2^(i - 6): from 16 ms to 17 minutes, and all behind. */
enum { LMI_BUCKETS = 18 };

typedef struct lmi_histogram {
    uint64_t n[LMI_BUCKETS], n_all;
    double sum;
} lmi_histogram;

typedef struct lmi_metrics {
    uint64_t n_requests[6]; /* by the hundreds of their code: 2 of 200, 4 of 404 */
    uint64_t n_answered, n_cut, n_failed, n_canceled; /* questions */
    uint64_t n_read, n_shared, n_thought, n_spoken; /* tokens, of which shared, thoughts, tokens */
    uint64_t drafted[2];                            /* tokens guessed ahead, and right ones */
    uint64_t n_ticks;
    double tick_s, begin_ms;
    size_t n_running, n_waiting, n_lanes; /* now */
    lmi_histogram first, whole;           /* until the first text of an answer, and its end */
} lmi_metrics;

void lmi_histogram_add(lmi_histogram *h, double seconds);

void lmi_metrics_write(lmi_buf *out, const lmi_metrics *m);

#endif
