/* teams.c - see teams.h. */
#include "cli/serve/teams.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "cli/open.h"

static lmas_status add(lmi_served_teams *teams, const char *name)
{
    lmas_team *team = NULL;
    lmas_status status;
    size_t i;

    if (teams->n == LMI_SERVED_MAX)
        return lmi_fail(LMAS_E_INVALID, "at most %d teams can be served", LMI_SERVED_MAX);
    status = lmi_team_open(&team, name);
    for (i = 0; status == LMAS_OK && i < teams->n; i++)
        if (strcmp(lmas_team_name(team), lmas_team_name(teams->at[i])) == 0)
            status = lmi_fail(LMAS_E_INVALID,
                              "two of the teams are named \"%.64s\", which their clients ask for: "
                              "give one another \"name\" (%.200s)",
                              lmas_team_name(team), name);
    if (status != LMAS_OK)
        lmas_team_free(team);
    else
        teams->at[teams->n++] = team;
    return status;
}

static int is_team_file(const struct dirent *entry)
{
    const char *end = strrchr(entry->d_name, '.');

    return entry->d_name[0] != '.' && end && strcmp(end, ".json") == 0;
}

static lmas_status add_file(lmi_served_teams *teams, const char *folder, const char *name)
{
    char *path;
    lmas_status status = lmi_path_join(&path, folder, name);

    if (status != LMAS_OK)
        return status;
    status = add(teams, path);
    lmi_free(path);
    return status;
}

/* By their names' order, whatever the folder's is. */
static lmas_status add_folder(lmi_served_teams *teams, const char *folder)
{
    struct dirent **entries = NULL;
    const int n = scandir(folder, &entries, is_team_file, alphasort);
    lmas_status status = LMAS_OK;
    int i;

    if (n < 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot read the folder %.200s", folder);
    if (n == 0)
        status = lmi_fail(LMAS_E_INVALID, "no team file (*.json) is in the folder %.200s", folder);
    for (i = 0; i < n; i++) {
        if (status == LMAS_OK)
            status = add_file(teams, folder, entries[i]->d_name);
        lmi_free(entries[i]);
    }
    lmi_free(entries);
    return status;
}

lmas_status lmi_served_teams_open(lmi_served_teams *out, const char *const *names, size_t n)
{
    lmas_status status = LMAS_OK;
    size_t i;

    *out = (lmi_served_teams){0};
    for (i = 0; status == LMAS_OK && i < n; i++)
        status = lmi_is_dir(names[i]) ? add_folder(out, names[i]) : add(out, names[i]);
    return status;
}

void lmi_served_teams_done(lmi_served_teams *teams)
{
    while (teams->n > 0)
        lmas_team_free(teams->at[--teams->n]);
}
