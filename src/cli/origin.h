/*
 * origin.h - a memory file as what a model, or a team, goes on from.
 *
 * How long the memory is must be known before there is a session to hold it. So the file is looked
 * at first, and read again into the session.
 */
#ifndef LMI_CLI_ORIGIN_H
#define LMI_CLI_ORIGIN_H

#include "latentmas_store.h"

/* Positions of the memory in the file, which is checked; nothing else of it is used. */
lmas_status lmi_origin_look(uint32_t *n_pos, const char *path,
                            const lmas_memory_file_params *params);

/* The memory, in a lane of the session. That it was rebuilt is said on stderr. */
lmas_status lmi_origin_load(lmas_memory **out, lmas_session *session, const char *path,
                            const lmas_memory_file_params *params);

#endif
