/* teams.h - the teams that are served: built-in ones by name, files, and all files of a folder. */
#ifndef LMI_CLI_SERVE_TEAMS_H
#define LMI_CLI_SERVE_TEAMS_H

#include "cli/flags.h"

/* Most teams: each is served by three methods. */
enum { LMI_SERVED_MAX = 80 };

typedef struct lmi_served_teams {
    lmas_team *at[LMI_SERVED_MAX];
    size_t n;
} lmi_served_teams;

/* Open them. No two may have one name. Free with lmi_served_teams_done(), also after a failure. */
lmas_status lmi_served_teams_open(lmi_served_teams *out, const char *const *names, size_t n);
void lmi_served_teams_done(lmi_served_teams *teams);

#endif
