/* fetch_model.h - asking the hub what a repository holds, and having its files put into the cache:
 * the bytes first, then their names, then the ref. So a name never leads to half a file, nor a ref
 * to half a model. */
#ifndef LMI_HUB_FETCH_MODEL_H
#define LMI_HUB_FETCH_MODEL_H

#include "hub/hub.h"
#include "hub/model.h"
#include "net/http.h"

/* One model on its way. */
typedef struct lmi_fetch_model {
    const lmi_model_ask *ask;
    lmi_http *http;
    lmi_buf token, url, body;
    lmi_repo repo;
    lmi_listing listing; /* what the hub holds of it */
    bool is_there;       /* the hub knows the repository */
    bool is_unreachable; /* no answer, or none that helps: the cache's word is better */
    const char *shown;   /* the file that is told about; NULL while it is about the list */
    uint64_t n_before, n_total;
    const uint64_t *n; /* bytes of the part at hand */
} lmi_fetch_model;

/* Close it in any case. */
lmas_status lmi_fetch_model_open(lmi_fetch_model *out, const lmi_model_ask *ask);
void lmi_fetch_model_close(lmi_fetch_model *fetch);

/* Ask for the list of a repository. One that the hub does not know is not there, with no files. */
lmas_status lmi_fetch_model_list(lmi_fetch_model *fetch, const lmi_repo *repo);

/* Have the model of the listing in the cache, and append its path. */
lmas_status lmi_fetch_model_files(lmi_buf *path, lmi_fetch_model *fetch);

#endif
