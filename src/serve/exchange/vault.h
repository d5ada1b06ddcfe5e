/*
 * vault.h - the exchange behind a server: its folder, the uploads that are under way, and two
 * threads that do what takes longer than HTTP's thread may be kept.
 *
 *     HTTP's thread               quick: looks up, searches, begins, deletes, writes JSON
 *       headers, pieces ────────▶ slow:  commits: a whole file is flushed and checked
 *          ▲                         │
 *          '─ the connection goes on ┘
 *
 * To commit 108 MB takes 1.1 s on one core of a small machine, most of it to check the file, so
 * 4 GiB take most of a minute: no size that is of use is short enough for HTTP's thread. Pieces of
 * an upload are written where they come, 32 KiB at a time and 5 ms a MB. All else is done beside
 * HTTP's thread, and a commit keeps nobody from searching (12 ms at worst during that one).
 */
#ifndef LMI_SERVE_VAULT_H
#define LMI_SERVE_VAULT_H

#include "exchange/exchange.h"
#include "serve/exchange/crew.h"
#include "serve/exchange/upload.h"
#include "serve/openai/complaint.h"
#include "serve/serve.h"

typedef struct lmi_vault {
    const lmi_serve_params *params;
    lmi_exchange *exchange;
    lmi_uploads uploads;
    lmi_crew quick, slow;
    pthread_mutex_t lock;
    size_t n_open; /* chores whose visits are not over */
} lmi_vault;

/* Open the folder that the params name. Close it in any case; NULL is nothing. */
lmas_status lmi_vault_open(lmi_vault **out, const lmi_serve_params *params);
void lmi_vault_close(lmi_vault *vault);

/* Before HTTP ends: what was asked is done, and nothing new is. */
void lmi_vault_quiet(lmi_vault *vault);

/* Whether somebody waits for an answer. NULL is not busy. */
bool lmi_vault_is_busy(lmi_vault *vault);
void lmi_vault_count(lmi_vault *vault, int more);

/* What the client hears of a verdict that is not OK; of one that is the owner's trouble the owner
 * is told, and the thread's message no longer says what it was. */
lmi_complaint lmi_vault_complaint(const lmi_vault *vault, lmi_exchange_verdict verdict);

#endif
