/* shelf.c - see shelf.h. */
#include "serve/exchange/shelf.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "serve/peers/scratch.h"

/* ---- Now and then ---- */

static void tell_failure(const lmi_shelf *shelf)
{
    char line[LMI_ERROR_MAX];
    int n = snprintf(line, sizeof(line), "the exchange: ");

    snprintf(line + n, sizeof(line) - (size_t)n, "%.*s", (int)(sizeof(line) - (size_t)n - 1),
             lmas_last_error());
    shelf->params->tell(line);
}

static void look_around(void *user)
{
    lmi_shelf *shelf = user;
    uint64_t n;

    lmi_uploads_expire(&shelf->uploads);
    if (lmi_exchange_sweep(&n, shelf->exchange) != LMI_EXCHANGE_OK)
        tell_failure(shelf);
}

/* ---- Open and close ---- */

static void tell_cleaned(const lmi_serve_params *params, const lmi_exchange_cleaned *cleaned)
{
    char line[200];

    if (cleaned->n_uploads + cleaned->n_files + cleaned->n_records == 0)
        return;
    snprintf(line, sizeof(line),
             "the exchange was not closed: removed %" PRIu64 " unfinished uploads, %" PRIu64
             " files without a record, %" PRIu64 " records without their file",
             cleaned->n_uploads, cleaned->n_files, cleaned->n_records);
    params->tell(line);
}

static lmas_status open_exchange(lmi_shelf *shelf, const lmi_serve_params *params)
{
    const lmi_serve_exchange *e = &params->exchange;
    lmi_exchange_params own = lmi_exchange_params_default();
    lmi_exchange_cleaned cleaned = {0};

    own.file_max = e->file_max ? e->file_max : own.file_max;
    own.quota.n_bytes = e->n_bytes ? e->n_bytes : own.quota.n_bytes;
    own.quota.n = e->n ? e->n : own.quota.n;
    if (lmi_exchange_open(&shelf->exchange, e->folder, &own, &cleaned) != LMI_EXCHANGE_OK)
        return LMAS_E_IO; /* with its message */
    tell_cleaned(params, &cleaned);
    return lmi_scratch_prepare(e->folder);
}

lmas_status lmi_shelf_open(lmi_shelf **out, const lmi_serve_params *params)
{
    lmi_shelf *shelf = lmi_new(1, sizeof(*shelf));
    lmas_status status;

    if (!shelf)
        return lmi_fail(LMAS_E_NOMEM, "no memory for an exchange");
    *out = shelf;
    shelf->params = params;
    pthread_mutex_init(&shelf->lock, NULL);
    lmi_uploads_init(&shelf->uploads, params->exchange.upload_s);
    status = open_exchange(shelf, params);
    if (status == LMAS_OK)
        status = lmi_crew_start(&shelf->quick, look_around, shelf);
    if (status == LMAS_OK)
        status = lmi_crew_start(&shelf->slow, NULL, NULL);
    return status;
}

void lmi_shelf_quiet(lmi_shelf *shelf)
{
    if (!shelf)
        return;
    lmi_crew_end(&shelf->slow);
    lmi_crew_end(&shelf->quick);
}

void lmi_shelf_close(lmi_shelf *shelf)
{
    if (!shelf)
        return;
    lmi_shelf_quiet(shelf);
    lmi_uploads_done(&shelf->uploads);
    lmi_exchange_close(shelf->exchange);
    pthread_mutex_destroy(&shelf->lock);
    lmi_free(shelf);
}

/* ---- Errands ---- */

void lmi_shelf_count(lmi_shelf *shelf, int more)
{
    pthread_mutex_lock(&shelf->lock);
    shelf->n_open = more > 0 ? shelf->n_open + 1 : shelf->n_open - 1;
    pthread_mutex_unlock(&shelf->lock);
}

bool lmi_shelf_is_busy(lmi_shelf *shelf)
{
    bool is_busy;

    if (!shelf)
        return false;
    pthread_mutex_lock(&shelf->lock);
    is_busy = shelf->n_open > 0;
    pthread_mutex_unlock(&shelf->lock);
    return is_busy;
}

lmi_complaint lmi_shelf_complaint(const lmi_shelf *shelf, lmi_exchange_verdict verdict)
{
    switch (verdict) {
    case LMI_EXCHANGE_INVALID:
        return (lmi_complaint){400, NULL, NULL, NULL};
    case LMI_EXCHANGE_ABSENT:
        return (lmi_complaint){404, NULL, NULL, "not_found"};
    case LMI_EXCHANGE_TOO_LONG:
        return (lmi_complaint){413, NULL, NULL, "too_long"};
    case LMI_EXCHANGE_FORMAT:
        return (lmi_complaint){422, NULL, NULL, "no_memory_file"};
    case LMI_EXCHANGE_QUOTA:
        return (lmi_complaint){507, NULL, NULL, "quota"};
    default:
        tell_failure(shelf);
        (void)!lmi_fail(LMAS_E_IO, "the exchange failed");
        return (lmi_complaint){500, "server_error", NULL, "exchange"};
    }
}
