/* parts.h - what an open exchange is made of, for the files of this room. */
#ifndef LMI_EXCHANGE_PARTS_H
#define LMI_EXCHANGE_PARTS_H

#include <pthread.h>
#include <sqlite3.h>

#include "base/sha256.h"
#include "exchange/disk/folder.h"
#include "exchange/exchange.h"

struct lmi_exchange {
    lmi_exchange_folder folder;
    lmi_exchange_params params;
    pthread_mutex_t examining; /* one file at a time: checking takes a multiple of its size */
    pthread_mutex_t lock;      /* over what follows; never held while the other is waited for */
    sqlite3 *db;               /* the one connection: it reads and writes */
    lmi_exchange_publish *under_way; /* a list */
    size_t n_under_way;
};

/* A file on its way. `record` has what its publisher says of it, later what the file says. */
struct lmi_exchange_publish {
    lmi_exchange *exchange;
    lmi_exchange_publish *next;
    lmi_exchange_record *record;
    float *vector; /* [record->n_embedding], of length 1 */
    lmi_exchange_quota quota;
    int fd;
    lmi_sha256 hash;
    uint64_t size;      /* bytes that came */
    uint64_t announced; /* that will come; 0: not known */
    uint64_t reserved;  /* counted against the quota */
    bool has_failed;
};

void lmi_exchange_lock(lmi_exchange *exchange);
void lmi_exchange_unlock(lmi_exchange *exchange);
int64_t lmi_exchange_now(const lmi_exchange *exchange);

/* What decides whether a tenant reaches a memory, of :tenant and :now. */
#define LMI_EXCHANGE_ALIVE     "(expires = 0 OR expires > :now)"
#define LMI_EXCHANGE_REACHABLE "(tenant = :tenant OR is_published = 1) AND " LMI_EXCHANGE_ALIVE

#endif
