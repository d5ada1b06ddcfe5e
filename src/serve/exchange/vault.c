/* vault.c - see vault.h. */
#include "serve/exchange/vault.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "serve/peers/scratch.h"

/* ---- Now and then ---- */

static void tell_failure(const lmi_vault *vault)
{
    char line[LMI_ERROR_MAX];
    int n = snprintf(line, sizeof(line), "the exchange: ");

    snprintf(line + n, sizeof(line) - (size_t)n, "%.*s", (int)(sizeof(line) - (size_t)n - 1),
             lmas_last_error());
    vault->params->tell(line);
}

static void look_around(void *user)
{
    lmi_vault *vault = user;
    uint64_t n;

    lmi_uploads_expire(&vault->uploads);
    if (lmi_exchange_sweep(&n, vault->exchange) != LMI_EXCHANGE_OK)
        tell_failure(vault);
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

static lmas_status open_exchange(lmi_vault *vault, const lmi_serve_params *params)
{
    const lmi_serve_exchange *e = &params->exchange;
    lmi_exchange_params own = lmi_exchange_params_default();
    lmi_exchange_cleaned cleaned = {0};

    own.file_max = e->file_max ? e->file_max : own.file_max;
    own.quota.n_bytes = e->n_bytes ? e->n_bytes : own.quota.n_bytes;
    own.quota.n = e->n ? e->n : own.quota.n;
    if (lmi_exchange_open(&vault->exchange, e->folder, &own, &cleaned) != LMI_EXCHANGE_OK)
        return LMAS_E_IO; /* with its message */
    tell_cleaned(params, &cleaned);
    return lmi_scratch_prepare(e->folder);
}

lmas_status lmi_vault_open(lmi_vault **out, const lmi_serve_params *params)
{
    lmi_vault *vault = lmi_new(1, sizeof(*vault));
    lmas_status status;

    if (!vault)
        return lmi_fail(LMAS_E_NOMEM, "no memory for an exchange");
    *out = vault;
    vault->params = params;
    pthread_mutex_init(&vault->lock, NULL);
    lmi_uploads_init(&vault->uploads, params->exchange.upload_s);
    status = open_exchange(vault, params);
    if (status == LMAS_OK)
        status = lmi_crew_start(&vault->quick, look_around, vault);
    if (status == LMAS_OK)
        status = lmi_crew_start(&vault->slow, NULL, NULL);
    return status;
}

void lmi_vault_quiet(lmi_vault *vault)
{
    if (!vault)
        return;
    lmi_crew_end(&vault->slow);
    lmi_crew_end(&vault->quick);
}

void lmi_vault_close(lmi_vault *vault)
{
    if (!vault)
        return;
    lmi_vault_quiet(vault);
    lmi_uploads_done(&vault->uploads);
    lmi_exchange_close(vault->exchange);
    pthread_mutex_destroy(&vault->lock);
    lmi_free(vault);
}

/* ---- Chores ---- */

void lmi_vault_count(lmi_vault *vault, int more)
{
    pthread_mutex_lock(&vault->lock);
    vault->n_open = more > 0 ? vault->n_open + 1 : vault->n_open - 1;
    pthread_mutex_unlock(&vault->lock);
}

bool lmi_vault_is_busy(lmi_vault *vault)
{
    bool is_busy;

    if (!vault)
        return false;
    pthread_mutex_lock(&vault->lock);
    is_busy = vault->n_open > 0;
    pthread_mutex_unlock(&vault->lock);
    return is_busy;
}

lmi_complaint lmi_vault_complaint(const lmi_vault *vault, lmi_exchange_verdict verdict)
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
        tell_failure(vault);
        (void)!lmi_fail(LMAS_E_IO, "the exchange failed");
        return (lmi_complaint){500, "server_error", NULL, "exchange"};
    }
}
