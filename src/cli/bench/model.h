/* model.h - a model with random weights, made for a measurement or kept for the next. */
#ifndef LMI_CLI_BENCH_MODEL_H
#define LMI_CLI_BENCH_MODEL_H

#include <stdbool.h>

#include "base/buf.h"
#include "latentmas.h"

typedef struct lmi_bench_model {
    const char *spec; /* "qwen3-0.6b:q8_0"; borrowed */
    lmi_buf path;     /* the file */
    lmi_buf folder;   /* the temporary folder it is in; empty where the file is kept */
} lmi_bench_model;

/* Make `spec` at `keep`, or use what is there already; without `keep` in a new folder under
 * TMPDIR. Says on stderr what it made. LMAS_E_INVALID when there is no such model. */
lmas_status lmi_bench_model_make(lmi_bench_model *out, const char *spec, const char *keep);

/* Whether the model that was opened is the one that was asked for: a kept file may hold another. */
lmas_status lmi_bench_model_check(const lmi_bench_model *m, const lmas_model *model);

/* Remove what is temporary. A model that is open stays usable, if nobody reads its file again. */
void lmi_bench_model_remove(lmi_bench_model *m);

void lmi_bench_model_done(lmi_bench_model *m);

#endif
