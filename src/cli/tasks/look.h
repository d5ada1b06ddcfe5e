/* look.h - a task looked at: what its file says, and what the first rows become. */
#ifndef LMI_CLI_TASKS_LOOK_H
#define LMI_CLI_TASKS_LOOK_H

/* Say whether `word`, a task file or a built-in task's name, is a task; then show its first rows,
 * those of the file `data` where it is not NULL. The exit code. */
int lmi_tasks_check(const char *word, const char *data);

#endif
