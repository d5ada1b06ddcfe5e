/* exchange.c - an exchange opened and closed, and its one lock. */
#include "exchange/exchange.h"

#include <time.h>

#include "base/file.h"
#include "base/mem.h"
#include "exchange/disk/clean.h"
#include "exchange/disk/schema.h"
#include "exchange/parts.h"
#include "exchange/search/nearest.h"

lmi_exchange_params lmi_exchange_params_default(void)
{
    return (lmi_exchange_params){.file_max = UINT64_C(4) << 30,
                                 .quota = {.n_bytes = UINT64_C(64) << 30, .n = 10000},
                                 .n_audit = 10000};
}

void lmi_exchange_lock(lmi_exchange *exchange)
{
    pthread_mutex_lock(&exchange->lock);
}

void lmi_exchange_unlock(lmi_exchange *exchange)
{
    pthread_mutex_unlock(&exchange->lock);
}

int64_t lmi_exchange_now(const lmi_exchange *exchange)
{
    const lmi_exchange_params *p = &exchange->params;

    return p->now ? p->now(p->user) : (int64_t)time(NULL);
}

static lmi_exchange_verdict open_database(lmi_exchange *exchange)
{
    char *path = NULL;
    lmi_exchange_verdict verdict =
        lmi_exchange_verdict_of(lmi_path_join(&path, exchange->folder.path, "exchange.db"));

    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    verdict = lmi_exchange_clean_is_safe(&exchange->folder, path);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_exchange_schema_open(&exchange->db, path);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_exchange_nearest_add(exchange->db);
    lmi_free(path);
    return verdict;
}

static lmi_exchange_verdict open_new(lmi_exchange *exchange, const char *folder,
                                     lmi_exchange_cleaned *cleaned)
{
    lmi_exchange_verdict verdict = lmi_exchange_folder_open(&exchange->folder, folder);

    if (verdict == LMI_EXCHANGE_OK)
        verdict = open_database(exchange);
    if (verdict == LMI_EXCHANGE_OK)
        verdict = lmi_exchange_clean(cleaned, exchange);
    return verdict;
}

lmi_exchange_verdict lmi_exchange_open(lmi_exchange **out, const char *folder,
                                       const lmi_exchange_params *params,
                                       lmi_exchange_cleaned *cleaned)
{
    lmi_exchange *exchange = lmi_new(1, sizeof(*exchange));
    lmi_exchange_cleaned found = {0};
    lmi_exchange_verdict verdict;

    if (!exchange)
        return lmi_exchange_fail(LMI_EXCHANGE_FAILED, "no memory for an exchange");
    exchange->folder = (lmi_exchange_folder){.lock_fd = -1, .files_fd = -1, .incoming_fd = -1};
    exchange->params = params ? *params : lmi_exchange_params_default();
    pthread_mutex_init(&exchange->examining, NULL);
    pthread_mutex_init(&exchange->lock, NULL);
    verdict = open_new(exchange, folder, &found);
    if (verdict == LMI_EXCHANGE_OK) {
        *out = exchange;
        if (cleaned)
            *cleaned = found;
    } else {
        lmi_exchange_close(exchange);
    }
    return verdict;
}

/* The database before the lock on the folder. */
void lmi_exchange_close(lmi_exchange *exchange)
{
    if (!exchange)
        return;
    sqlite3_close(exchange->db);
    lmi_exchange_folder_close(&exchange->folder);
    pthread_mutex_destroy(&exchange->lock);
    pthread_mutex_destroy(&exchange->examining);
    lmi_free(exchange);
}
