/*
 * model.h - from the name of a model to a GGUF file on this machine.
 *
 * What the cache holds is taken at once, where it is sure that the hub would name the same file;
 * else the hub is asked, and where it cannot be reached the cache has the word. A repository
 * without GGUF files (Qwen/Qwen3-14B) stands for its sibling that has them (Qwen/Qwen3-14B-GGUF).
 */
#ifndef LMI_HUB_MODEL_H
#define LMI_HUB_MODEL_H

#include "hub/cache.h"

typedef struct lmi_model_ask {
    const char *name; /* ORG/NAME[:QUANT] */
    bool is_path;     /* it may have been meant for a file: it is said that there is none */
    bool is_offline;  /* take the cache's word, as HF_HUB_OFFLINE does */
    bool is_fresh;    /* ask the hub also about what the cache holds */
    /* How far it is: bytes of the file `name`, or of all parts. Return false to stop. */
    bool (*show)(void *user, const char *name, uint64_t n, uint64_t n_total);
    /* A line for who asked: another repository, another source than was to be expected. */
    void (*say)(void *user, const char *line);
    void *user;
} lmi_model_ask;

/* Append the path of the model's file, of its first part when it has several. */
lmas_status lmi_model_find(lmi_buf *path, const lmi_model_ask *ask);

/* The same out of the cache, as the program finds it there offline. */
lmas_status lmi_model_cached(lmi_buf *path, const char *name);

#endif
