/* builtin.h - the team files of teams/, embedded by the build (tools/embed.sh). */
#ifndef LMI_TEAM_BUILTIN_H
#define LMI_TEAM_BUILTIN_H

#include <stddef.h>

typedef struct lmi_builtin_team {
    const char *name; /* NULL ends the table */
    const char *json;
    size_t len;
} lmi_builtin_team;

extern const lmi_builtin_team lmi_builtin_teams[];

#endif
