/*
 * rpc.c - servers, checked, asked and made known to libggml.
 *
 *   "a:1,b:2" -> parse -> find -> greet, unless it is ours already -> ggml_backend_rpc_add_server
 *
 * All are checked before the first is asked, and all are asked before libggml hears of one: it
 * would end the process over a server that is away. The backend is a package of its own, so its
 * one function is looked up by name.
 */
#include "engine/devices/rpc.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "engine/backend.h"
#include "engine/devices/hello.h"

/* Most servers of a process: a bit each in a set, and no more than libggml takes. */
enum { MAX_SERVERS = GGML_RPC_MAX_SERVERS };
_Static_assert(MAX_SERVERS <= 32, "a set has a bit for each");

typedef ggml_backend_reg_t (*add_fn)(const char *);

typedef struct server {
    char address[LMI_SERVER_ROOM];
    lmi_server_at at;
    ggml_backend_reg_t reg; /* NULL until libggml knows it */
    uint32_t n_users;       /* models that have it */
} server;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static server servers[MAX_SERVERS]; /* the known ones first; guarded by `lock` */
static size_t n_servers;

typedef struct wish {
    server list[MAX_SERVERS];
    size_t n;
} wish;

static lmas_status add_wish(wish *w, const char *text, size_t len)
{
    server *s = &w->list[w->n];
    char shown[LMI_SERVER_ROOM];
    lmas_status status;

    snprintf(shown, sizeof(shown), "%.*s", (int)(len < sizeof(shown) ? len : sizeof(shown) - 1),
             text);
    if (w->n == MAX_SERVERS)
        return lmi_fail(LMAS_E_INVALID, "rpc: expected at most %d servers", MAX_SERVERS);
    status = lmi_server_check(shown);
    if (status != LMAS_OK)
        return status;
    memcpy(s->address, shown, sizeof(shown));
    w->n++;
    return LMAS_OK;
}

static lmas_status parse(wish *w, const char *text)
{
    const char *end;

    for (;; text = end + 1) {
        lmas_status status;

        end = text + strcspn(text, ",");
        status = add_wish(w, text, (size_t)(end - text));
        if (status != LMAS_OK || !*end)
            return status;
    }
}

static bool is_same(const server *a, const server *b)
{
    return a->at.ip == b->at.ip && a->at.port == b->at.port;
}

/* Two names of one server would be two clients, and the second would wait for the first. */
static lmas_status find_all(wish *w)
{
    size_t i, k;

    for (i = 0; i < w->n; i++) {
        const lmas_status status = lmi_server_find(&w->list[i].at, w->list[i].address);

        if (status != LMAS_OK)
            return status;
        for (k = 0; k < i; k++)
            if (is_same(&w->list[i], &w->list[k]))
                return lmi_fail(LMAS_E_INVALID, "rpc: %s and %s are the same server",
                                w->list[k].address, w->list[i].address);
    }
    return LMAS_OK;
}

/* The known one that it is, n_servers for none. */
static size_t known(const server *s)
{
    size_t i = 0;

    while (i < n_servers && !is_same(s, &servers[i]))
        i++;
    return i;
}

static lmas_status greet_all(const wish *w)
{
    lmas_status status = LMAS_OK;
    size_t i;

    for (i = 0; i < w->n && status == LMAS_OK; i++) {
        const size_t k = known(&w->list[i]);

        if (k == n_servers || servers[k].n_users == 0)
            status = lmi_server_greet(&w->list[i].at, w->list[i].address, RPC_PROTO_MAJOR_VERSION);
    }
    return status;
}

static lmas_status find_backend(add_fn *out)
{
    ggml_backend_reg_t reg = ggml_backend_reg_by_name("RPC");
    void *fn = reg ? ggml_backend_reg_get_proc_address(reg, "ggml_backend_rpc_add_server") : NULL;

    if (!fn)
        return lmi_fail(LMAS_E_INVALID, "rpc: libggml's RPC backend is not installed (Debian has "
                                        "it in libggml0-backend-rpc)");
    memcpy(out, &fn, sizeof(fn)); /* ISO C knows no other way from an object to a function */
    return LMAS_OK;
}

static lmas_status make_known(server *s, add_fn add)
{
    if (n_servers == MAX_SERVERS)
        return lmi_fail(LMAS_E_INVALID, "rpc: a process can know %d servers", MAX_SERVERS);
    lmi_backend_forget();
    s->reg = add ? add(s->address) : NULL;
    if (!s->reg)
        return lmi_fail(LMAS_E_IO, "libggml cannot use the RPC server at %s: %s", s->address,
                        lmi_backend_complaint());
    ggml_backend_register(s->reg);
    servers[n_servers++] = *s;
    return LMAS_OK;
}

static lmas_status hold_all(lmi_rpc_set *out, wish *w, add_fn add)
{
    lmi_rpc_set set = 0;
    size_t i;

    for (i = 0; i < w->n; i++) {
        const size_t k = known(&w->list[i]);
        const lmas_status status = k < n_servers ? LMAS_OK : make_known(&w->list[i], add);

        if (status != LMAS_OK)
            return status;
        set |= (lmi_rpc_set)1 << k;
    }
    for (i = 0; i < n_servers; i++)
        servers[i].n_users += (set >> i) & 1;
    *out = set;
    return LMAS_OK;
}

lmas_status lmi_rpc_take(lmi_rpc_set *out, const char *text)
{
    wish w = {.n = 0};
    add_fn add = NULL;
    lmas_status status;

    *out = 0;
    if (!text)
        return LMAS_OK;
    status = parse(&w, text);
    if (status == LMAS_OK)
        status = find_backend(&add);
    if (status == LMAS_OK)
        status = find_all(&w);
    if (status != LMAS_OK)
        return status;
    pthread_mutex_lock(&lock);
    status = greet_all(&w);
    if (status == LMAS_OK)
        status = hold_all(out, &w, add);
    pthread_mutex_unlock(&lock);
    return status;
}

void lmi_rpc_give_back(lmi_rpc_set set)
{
    size_t i;

    pthread_mutex_lock(&lock);
    for (i = 0; i < n_servers; i++)
        servers[i].n_users -= (set >> i) & 1;
    pthread_mutex_unlock(&lock);
}

bool lmi_rpc_is_device(ggml_backend_dev_t device)
{
    const char *name = ggml_backend_reg_name(ggml_backend_dev_backend_reg(device));

    return strncmp(name, "RPC", 3) == 0;
}

/* A device says that it is of the backend, not of which server. */
static bool has_device(const server *s, ggml_backend_dev_t device)
{
    size_t i = ggml_backend_reg_dev_count(s->reg);

    while (i > 0)
        if (ggml_backend_reg_dev_get(s->reg, --i) == device)
            return true;
    return false;
}

bool lmi_rpc_has(lmi_rpc_set set, ggml_backend_dev_t device)
{
    bool is_in = false;
    size_t i;

    pthread_mutex_lock(&lock);
    for (i = 0; i < n_servers && !is_in; i++)
        is_in = ((set >> i) & 1) && has_device(&servers[i], device);
    pthread_mutex_unlock(&lock);
    return is_in;
}

bool lmi_rpc_is_any(void)
{
    bool is_any;

    pthread_mutex_lock(&lock);
    is_any = n_servers > 0;
    pthread_mutex_unlock(&lock);
    return is_any;
}
