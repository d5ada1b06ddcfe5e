/* route.c - see route.h. */
#include "serve/http/route.h"

#include <string.h>

#include "serve/pages/pages.h"

static const lmi_route routes[] = {
    {"GET", "/", true, lmi_page_web},
    {"GET", "/page.css", true, lmi_page_web},
    {"GET", "/page.js", true, lmi_page_web},
    {"GET", "/icon.svg", true, lmi_page_web},
    {"GET", "/health", true, lmi_page_health},
    {"GET", "/v1/health", true, lmi_page_health},
    {"GET", "/metrics", false, lmi_page_metrics},
    {"GET", "/props", false, lmi_page_props},
    {"GET", "/v1/models", false, lmi_page_models},
    {"GET", "/models", false, lmi_page_models},
    {"GET", "/v1/models/", false, lmi_page_model},
    {"GET", "/v1/teams", false, lmi_page_teams},
    {"GET", "/v1/teams/", false, lmi_page_team},
    {"POST", "/v1/teams/check", false, lmi_page_check},
    {"POST", "/v1/chat/completions", false, lmi_page_chat},
    {"POST", "/chat/completions", false, lmi_page_chat},
    {"POST", "/v1/completions", false, lmi_page_completions},
    {"POST", "/completions", false, lmi_page_completions},
};
enum { N_ROUTES = sizeof(routes) / sizeof(routes[0]) };

/* What stands behind the route's path; NULL where it is another. */
static const char *behind(const lmi_route *route, const char *path)
{
    const size_t n = strlen(route->path);
    const bool is_folder = n > 1 && route->path[n - 1] == '/';

    if (strncmp(path, route->path, n) != 0 || (is_folder ? path[n] == '\0' : path[n] != '\0'))
        return NULL;
    return path + n;
}

const lmi_route *lmi_route_find(const char **rest, bool *has_path, const char *method,
                                const char *path)
{
    const char *asked = strcmp(method, "HEAD") == 0 ? "GET" : method;
    size_t i;

    *has_path = false;
    for (i = 0; i < N_ROUTES; i++) {
        *rest = behind(&routes[i], path);
        if (!*rest)
            continue;
        *has_path = true;
        if (strcmp(routes[i].method, asked) == 0)
            return &routes[i];
    }
    return NULL;
}

const char *lmi_route_methods(const char *path)
{
    const char *rest;
    bool has_path;

    return lmi_route_find(&rest, &has_path, "GET", path) ? "GET, HEAD" : "POST";
}
