/*
 * cache.h - the folder of models that huggingface_hub, llama.cpp and this program share.
 *
 *   models--ORG--NAME/blobs/SHA256         the files, by what they hold
 *   models--ORG--NAME/snapshots/COMMIT/... links to them, by their names
 *   models--ORG--NAME/refs/main            the commit that was asked for last
 *
 * The folder is that of the first variable set: LLAMA_CACHE, HF_HUB_CACHE, HUGGINGFACE_HUB_CACHE,
 * HF_HOME (its hub), XDG_CACHE_HOME (its huggingface/hub), HOME (its .cache/huggingface/hub).
 */
#ifndef LMI_HUB_CACHE_H
#define LMI_HUB_CACHE_H

#include "hub/listing.h"

/* Append the cache's folder, and that of a model in it. */
lmas_status lmi_cache_hub_dir(lmi_buf *out);
lmas_status lmi_cache_repo_dir(lmi_buf *out, const char *id);

/* Append where a file of the model's commit is. */
lmas_status lmi_cache_file_path(lmi_buf *out, const char *id, const char *commit, const char *path);

/* Append where bytes with that hash are. */
lmas_status lmi_cache_blob_path(lmi_buf *out, const char *id, const char *sha256);

/* The GGUF files that the cache holds of a model, as of the commit that refs/main names; without
 * that, of the only one there is. Links that lead nowhere count as absent. A model that the cache
 * does not hold has none. */
lmas_status lmi_cache_listing(lmi_listing *out, const char *id);

/* Give the bytes a name: a link to the blob, relative, in the snapshot. Replaces what is there. */
lmas_status lmi_cache_link(const char *id, const char *commit, const lmi_listed *file);

/* Make that commit the one that refs/main names. */
lmas_status lmi_cache_set_ref(const char *id, const char *commit);

/* A model of the cache; `id` is borrowed. */
typedef lmas_status (*lmi_cache_model_fn)(void *user, const char *id);

/* Each model of which the cache has a folder, by name. */
lmas_status lmi_cache_each(lmi_cache_model_fn fn, void *user);

/* Remove a model's GGUF files, or with a `quant` those of one model only, from every snapshot, and
 * the blobs that no other name leads to; the folder goes when no file is left in it. Gives the
 * bytes that this frees, 0 when there is nothing to remove. */
lmas_status lmi_cache_remove(uint64_t *out, const char *id, const char *quant);

#endif
