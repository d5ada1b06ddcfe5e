/* route.c - see route.h. */
#include "serve/http/route.h"

#include <stdio.h>
#include <string.h>

#include "serve/exchange/endpoints.h"
#include "serve/pages/pages.h"
#include "serve/peers/peers.h"

#define JSON  "application/json"
#define BYTES "application/octet-stream"
#define FRAME "application/avp+binary"

/* (Some field is named in each line: those left out are zero.) */
#define KEYED    .is_open = false
#define PLAIN    .is_plain = true
#define EXCHANGE .is_exchange = true

static const lmi_route routes[] = {
    {"GET", "/", lmi_page_web, .is_open = true},
    {"GET", "/page.css", lmi_page_web, .is_open = true},
    {"GET", "/page.js", lmi_page_web, .is_open = true},
    {"GET", "/icon.svg", lmi_page_web, .is_open = true},
    {"GET", "/health", lmi_page_health, .is_open = true},
    {"GET", "/v1/health", lmi_page_health, .is_open = true},
    {"GET", "/metrics", lmi_page_metrics, KEYED},
    {"GET", "/props", lmi_page_props, KEYED},
    {"GET", "/v1/models", lmi_page_models, KEYED},
    {"GET", "/models", lmi_page_models, KEYED},
    {"GET", "/v1/models/", lmi_page_model, KEYED},
    {"GET", "/v1/teams", lmi_page_teams, KEYED},
    {"GET", "/v1/teams/", lmi_page_team, KEYED},
    {"POST", "/v1/teams/check", lmi_page_check, JSON, KEYED},
    {"POST", "/v1/chat/completions", lmi_page_chat, JSON, KEYED},
    {"POST", "/chat/completions", lmi_page_chat, JSON, KEYED},
    {"POST", "/v1/completions", lmi_page_completions, JSON, KEYED},
    {"POST", "/completions", lmi_page_completions, JSON, KEYED},

    {"POST", "/avp/v2/handshake", lmi_avp_handshake, JSON, PLAIN},
    {"POST", "/avp/v2/text", lmi_avp_text, JSON, PLAIN},
    {"POST", "/avp/v2/transmit", lmi_avp_transmit, FRAME, lmi_avp_take, PLAIN, EXCHANGE},

    {"POST", "/api/v1/memory/publish", lmi_awareness_publish, JSON, PLAIN, EXCHANGE},
    {"POST", "/api/v1/memory/purchase", lmi_awareness_take, JSON, PLAIN, EXCHANGE},
    {"GET", "/api/v1/memory/browse", lmi_awareness_browse, PLAIN, EXCHANGE},
    {"GET", "/api/v1/memory/my-history", lmi_awareness_history, PLAIN, EXCHANGE},
    {"POST", "/api/v1/reasoning-chain/publish", lmi_awareness_publish_chain, JSON, PLAIN, EXCHANGE},
    {"POST", "/api/v1/reasoning-chain/use", lmi_awareness_take, JSON, PLAIN, EXCHANGE},
    {"GET", "/api/v1/reasoning-chain/browse", lmi_awareness_browse_chains, PLAIN, EXCHANGE},
    {"GET", "/api/v1/stats", lmi_awareness_stats, PLAIN, EXCHANGE},
    {"GET", "/api/v1/listings", lmi_awareness_listings, PLAIN, EXCHANGE},
    {"POST", "/api/v1/listings", lmi_awareness_refuse, JSON, PLAIN, EXCHANGE},
    {"POST", "/api/v1/purchase", lmi_awareness_refuse, JSON, PLAIN, EXCHANGE},

    {"GET", "/v1/memories", lmi_memories_list, EXCHANGE},
    {"POST", "/v1/memories", lmi_memories_offer, JSON, EXCHANGE},
    {"POST", "/v1/memories/search", lmi_memories_search, JSON, EXCHANGE},
    {"GET", "/v1/memories/usage", lmi_memories_usage, EXCHANGE},
    {"GET", "/v1/memories/audit", lmi_memories_audit, EXCHANGE},
    {"PUT", "/v1/memories/uploads/*", lmi_upload_put, BYTES, lmi_upload_take, EXCHANGE},
    {"GET", "/v1/memories/uploads/*", lmi_upload_get, EXCHANGE},
    {"DELETE", "/v1/memories/uploads/*", lmi_upload_delete, EXCHANGE},
    {"POST", "/v1/memories/uploads/*/commit", lmi_upload_commit, EXCHANGE},
    {"GET", "/v1/memories/*/file", lmi_memory_file, EXCHANGE},
    {"GET", "/v1/memories/*", lmi_memory_get, EXCHANGE},
    {"DELETE", "/v1/memories/*", lmi_memory_delete, EXCHANGE},
};
enum { N_ROUTES = sizeof(routes) / sizeof(routes[0]) };

/* What stands behind a route's path that is a whole path, or begins one. */
static const char *behind_plain(const char *route, const char *path)
{
    const size_t n = strlen(route);
    const bool is_folder = n > 1 && route[n - 1] == '/';

    if (strncmp(path, route, n) != 0 || (is_folder ? path[n] == '\0' : path[n] != '\0'))
        return NULL;
    return path + n;
}

/* What stands at the route's star; NULL where the path is another. */
static const char *behind(const char *route, const char *path)
{
    const char *star = strchr(route, '*');
    const size_t before = star ? (size_t)(star - route) : 0;
    size_t name;

    if (!star)
        return behind_plain(route, path);
    if (strncmp(path, route, before) != 0)
        return NULL;
    name = strcspn(path + before, "/");
    return name > 0 && strcmp(path + before + name, star + 1) == 0 ? path + before : NULL;
}

const lmi_route *lmi_route_find(const char **rest, bool *has_path, bool has_exchange,
                                const char *method, const char *path)
{
    const char *asked = strcmp(method, "HEAD") == 0 ? "GET" : method;
    size_t i;

    *has_path = false;
    for (i = 0; i < N_ROUTES; i++) {
        *rest = behind(routes[i].path, path);
        if (!*rest || (routes[i].is_exchange && !has_exchange))
            continue;
        *has_path = true;
        if (strcmp(routes[i].method, asked) == 0)
            return &routes[i];
    }
    return NULL;
}

void lmi_route_methods(char out[LMI_METHODS_SIZE], bool has_exchange, const char *path)
{
    static const char *const methods[] = {"GET", "POST", "PUT", "DELETE"};
    const char *rest;
    bool has_path;
    size_t i, n = 0;

    out[0] = '\0';
    for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
        if (lmi_route_find(&rest, &has_path, has_exchange, methods[i], path))
            n += (size_t)snprintf(out + n, LMI_METHODS_SIZE - n, "%s%s%s", n ? ", " : "",
                                  methods[i], i == 0 ? ", HEAD" : "");
}
