/*
 * manifest.h - what a memory file says of itself: whose memory it is, what was put into it, and
 * which chunks follow.
 */
#ifndef LMI_STORE_MANIFEST_H
#define LMI_STORE_MANIFEST_H

#include "base/json.h"
#include "base/sha256.h"
#include "engine/state/whole.h"

/* The chunks of a file, in the order in which they stand there. */
typedef enum lmi_chunk_id {
    LMI_CHUNK_STATE = 0, /* the lane's cells, as libllama writes them */
    LMI_CHUNK_TOKENS,    /* int32_t [n], of prompts and texts */
    LMI_CHUNK_VECTORS,   /* float [n, n_embd], of thoughts */
    LMI_CHUNK_RESULT,    /* float: the last hidden state [n_embd], the last logits [n_vocab] */
    LMI_N_CHUNKS
} lmi_chunk_id;

typedef struct lmi_chunk {
    uint64_t size;                /* unpacked */
    uint64_t packed;              /* in the file */
    bool is_raw;                  /* stored as it is; else packed by zstd */
    char sha256[LMI_SHA256_SIZE]; /* of what is in the file */
} lmi_chunk;

/* Strings are borrowed: of a manifest that was read, from its `json`. */
typedef struct lmi_manifest {
    const char *version;                                        /* of this library */
    const char *fingerprint, *arch, *tokenizer, *chat_template; /* the last two are SHA-256 */
    uint32_t n_layer, n_embd, n_vocab;
    lmi_dialect dialect;
    uint32_t n_pos;
    bool can_rebuild;
    bool has_hidden, has_logits; /* in the result */
    lmas_segment *segments;
    size_t n_segments;
    lmi_chunk chunks[LMI_N_CHUNKS];
    lmi_json json;
} lmi_manifest;

/* "state", "tokens", "vectors", "result". */
const char *lmi_chunk_name(lmi_chunk_id id);

/* Tokens and vectors that the segments take up. */
void lmi_manifest_count(uint64_t *n_tokens, uint64_t *n_vectors, const lmi_manifest *manifest);

/* Append it to `out` as JSON. */
lmas_status lmi_manifest_write(lmi_buf *out, const lmi_manifest *manifest);

/* Read what lmi_manifest_write() wrote; all numbers are within limits and agree with each other.
 * `label` names the file in messages, and must live as long. */
lmas_status lmi_manifest_read(lmi_manifest *out, const char *label, const char *json, size_t len);
void lmi_manifest_done(lmi_manifest *manifest);

#endif
