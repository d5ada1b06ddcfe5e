/*
 * site.h - where a run took place: its machine, and with how many threads and lanes.
 *
 * Answers do not depend on it, speeds do: so configs record it, and reports set speeds side by side
 * only where it is the same. Nothing here names a host or a user.
 */
#ifndef LMI_EVAL_SITE_H
#define LMI_EVAL_SITE_H

#include <stdbool.h>
#include <stdint.h>
#include <yyjson.h>

#include "base/buf.h"

/* As a config has it; what it does not say is NULL or 0. */
typedef struct lmi_site {
    char *processor;
    char *system;     /* "Linux 6.12.0 x86_64" */
    char *devices;    /* what computes beside the processor, with commas between; "" for nothing */
    bool has_machine; /* earlier configs do not tell */
    bool is_mixed;    /* shards ran in different places: this is that of the first */
    uint64_t n_cores; /* that the run could use */
    uint64_t memory;  /* in bytes */
    uint64_t n_threads, n_threads_batch, n_lanes;
} lmi_site;

/* Append the names of the processor, of what a model opened with `params` computes on beside it
 * (as makers call it, servers by their address), and of the same as libggml calls it: each with
 * commas between, `backend` "CPU" where there is nothing beside. */
void lmi_site_devices(lmi_buf *processor, lmi_buf *others, lmi_buf *backend,
                      const lmas_model_params *params);

/* Add the section `machine` for a model opened with `params`. */
void lmi_site_write(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmas_model_params *params,
                    const lmas_model_info *info);

/* Read it back from a config; what is of another type is not known. */
lmas_status lmi_site_read(lmi_site *out, yyjson_val *root);
void lmi_site_done(lmi_site *site);

/* Append the machine in words: "AMD EPYC 7B13, 2 cores, 7.8 GiB, NVIDIA H200, Linux 6.12.0 x86_64";
 * "not recorded". */
void lmi_site_describe(lmi_buf *out, const lmi_site *site);

/* Whether both tell of one machine, or neither tells. */
bool lmi_site_is_machine(const lmi_site *a, const lmi_site *b);

/* Append in what `place` is another than `reference`, as far as both tell: "8 threads in place of
 * 2"; nothing where it is none. */
void lmi_site_difference(lmi_buf *out, const lmi_site *reference, const lmi_site *site);

#endif
