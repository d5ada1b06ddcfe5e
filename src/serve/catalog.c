/* catalog.c - see catalog.h. */
#include "serve/catalog.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"

static const lmas_method METHODS[] = {LMAS_METHOD_LATENT_MAS, LMAS_METHOD_TEXT_MAS,
                                      LMAS_METHOD_BASELINE};
enum { N_METHODS = sizeof(METHODS) / sizeof(METHODS[0]), ID_MAX = 512 };

/* Thoughts are what a team is for: its name alone means them. */
static char *make_id(const lmas_team *team, lmas_method method)
{
    char id[ID_MAX];

    if (method == LMAS_METHOD_LATENT_MAS)
        snprintf(id, sizeof(id), "%s", lmas_team_name(team));
    else
        snprintf(id, sizeof(id), "%s:%s", lmas_team_name(team), lmas_method_name(method));
    return lmi_strdup(id);
}

static lmas_status drive(lmi_entry *entry, lmas_solver **solver, lmas_session *session,
                         const lmas_solver_params *params)
{
    if (*solver)
        return lmas_solver_add(&entry->place, *solver, entry->team, params);
    return lmas_solver_new(solver, session, entry->team, params);
}

static lmas_status add(lmi_catalog *catalog, lmas_solver **solver, lmas_session *session,
                       const lmas_team *team, const lmas_solver_params *params)
{
    lmi_entry entry = {.team = team, .method = params->method};
    lmas_status status = drive(&entry, solver, session, params);

    if (status != LMAS_OK)
        return status;
    entry.id = make_id(team, params->method);
    if (!entry.id ||
        !lmi_reserve((void **)&catalog->at, &catalog->capacity, catalog->n + 1, sizeof(entry))) {
        lmi_free(entry.id);
        return lmi_fail(LMAS_E_NOMEM, "no memory for the names of teams");
    }
    catalog->at[catalog->n++] = entry;
    return LMAS_OK;
}

static lmas_status add_team(lmi_catalog *catalog, lmas_solver **solver,
                            const lmi_serve_params *serve, const lmas_team *team,
                            const lmas_solver_params *params)
{
    const bool can_think = !lmas_session_cannot_think(serve->session);
    lmas_solver_params p = *params;
    lmas_status status = LMAS_OK;
    size_t i;

    for (i = can_think ? 0 : 1; status == LMAS_OK && i < N_METHODS; i++) {
        p.method = METHODS[i];
        p.keep_rule = p.method == LMAS_METHOD_LATENT_MAS ? params->keep_rule : NULL;
        if (lmas_team_can_answer(team, p.method, serve->kind))
            status = add(catalog, solver, serve->session, team, &p);
    }
    return status;
}

lmas_status lmi_catalog_open(lmi_catalog *out, lmas_solver **solver, const lmi_serve_params *serve,
                             const lmas_solver_params *params)
{
    lmas_status status = LMAS_OK;
    size_t i;

    *out = (lmi_catalog){.created = (int64_t)time(NULL)};
    *solver = NULL;
    for (i = 0; status == LMAS_OK && i < serve->n_teams; i++)
        status = add_team(out, solver, serve, serve->teams[i], params);
    if (status == LMAS_OK && out->n == 0)
        return lmi_fail(LMAS_E_INVALID, "none of the teams can answer such questions");
    return status;
}

void lmi_catalog_done(lmi_catalog *catalog)
{
    size_t i;

    for (i = 0; i < catalog->n; i++)
        lmi_free(catalog->at[i].id);
    lmi_free(catalog->at);
    *catalog = (lmi_catalog){0};
}

const lmi_entry *lmi_catalog_find(const lmi_catalog *catalog, const char *id)
{
    size_t i;

    for (i = 0; i < catalog->n; i++)
        if (strcmp(catalog->at[i].id, id) == 0)
            return &catalog->at[i];
    return NULL;
}
