/*
 * pull.h - the bytes of one file into the cache, by the hash that the hub names them with.
 *
 * A blob is there whole and right, or not at all. What an interrupted pull leaves is gone on from;
 * when that turns out to be spoilt, the bytes come anew once.
 */
#ifndef LMI_HUB_PULL_H
#define LMI_HUB_PULL_H

#include "hub/part.h"

typedef struct lmi_pull {
    const char *blob; /* path of the bytes in the cache; its folder exists */
    const char *url, *token;
    const char *sha256;
    uint64_t size;
    uint64_t n;       /* bytes that are there */
    lmi_tick_fn tick; /* told nothing: it may look at `n`. False stops: LMAS_E_CANCELED */
    void *user;
} lmi_pull;

lmas_status lmi_pull_blob(lmi_pull *pull);

#endif
