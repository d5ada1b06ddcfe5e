/*
 * fetch.h - one fetch: from where, over what connection, into which part, and who is told.
 *
 * source.c opens and closes it; rows.c and download.c are the two ways to fill the part.
 */
#ifndef LMI_DATA_FETCH_H
#define LMI_DATA_FETCH_H

#include "data/address.h"
#include "hub/hub.h"
#include "hub/part.h"

typedef struct lmi_fetch {
    const lmi_source *source;
    const char *token; /* "" when there is none */
    lmi_http *http;
    lmi_part part;
    lmi_fetch_fn fn;
    void *user;
    uint64_t n, n_total; /* what the user is told */
} lmi_fetch;

/* Tell the user; false when the user wants no more. A lmi_tick_fn for a fetch. */
bool lmi_fetch_tick(void *fetch);

/* Fill the part: with pages of rows, one JSON line a row (LMI_SOURCE_ROWS), or with a published
 * file. On success it is whole and has as many rows as were published. On failure what is in it
 * is good to go on from, or it was dropped. */
lmas_status lmi_fetch_rows(lmi_fetch *fetch);
lmas_status lmi_fetch_file(lmi_fetch *fetch);

#endif
