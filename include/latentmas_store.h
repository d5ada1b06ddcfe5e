/*
 * latentmas_store.h - working memories in files, and in frames for other programs.
 *
 *     lmas_memory ──save──▶ memory file ──load──▶ lmas_memory   bit for bit, or rebuilt
 *                 ──export▶ AVP frame   ──import▶ lmas_memory   keys and values, or vectors
 *
 * The rules of latentmas.h hold here too.
 */
#ifndef LATENTMAS_STORE_H
#define LATENTMAS_STORE_H

#include "latentmas.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A working memory can be kept in a file (docs/memory.md), and goes on in another process as if
 * nothing had been: all of its cells, its segments, and what it thinks and speaks from. For what
 * was read and thought to go along, lmas_memory_new()'s note 4 bytes a token and 4 n_embd bytes a
 * thought. */
typedef struct lmas_memory_file_params {
    const char *key_file;  /* a file of 16 to 4096 secret bytes: save seals with it (HMAC-SHA-256),
                           * and nothing is read that it has not sealed. NULL (default): no seal */
    const char *sign_file; /* a secret key of lmas_memory_keygen(): save signs with it (Ed25519) */
    const char *signed_by_file; /* a public one: nothing is read that its pair has not signed. Of
                                 * the key files give one (default NULL) */
    bool must_be_same; /* lmas_memory_load() fails where it would rebuild (default false) */
} lmas_memory_file_params;
LMAS_API lmas_memory_file_params lmas_memory_file_params_default(void);

/* Whether the key files that they name can be used: what saving and loading would say later. */
LMAS_CHECKED lmas_status lmas_memory_file_check(const lmas_memory_file_params *params);

/* Make a pair of keys: `path`, secret, mode 0600, and `path`.pub. Fails where one is there. */
LMAS_CHECKED lmas_status lmas_memory_keygen(const char *path);

/* Write the memory, which must not be empty, to `path`; a file there is replaced whole or not at
 * all. Costs the size of the lane's cells, twice, in memory. */
LMAS_CHECKED lmas_status lmas_memory_save(lmas_memory *memory, const char *path,
                                          const lmas_memory_file_params *params);

/* Take a free lane for the memory in the file. Bit for bit where libllama, types of the cache and
 * flash attention are those it was saved with; else the memory is rebuilt: what was read and
 * thought is fed in again, and lmas_memory_rebuilt() says why. LMAS_E_MODEL when it is of another
 * model or vocabulary, LMAS_E_CONTEXT_FULL when a lane is too short, LMAS_E_FORMAT for a damaged
 * file or a seal that is not the key's. Costs a small multiple of the file's size. */
LMAS_CHECKED lmas_status lmas_memory_load(lmas_memory **out, lmas_session *session,
                                          const char *path, const lmas_memory_file_params *params);
LMAS_API const char *lmas_memory_rebuilt(const lmas_memory *memory); /* NULL: it was not */

/* What such a file says of itself. Strings and segments live as long as the lmas_memory_file. */
typedef struct lmas_memory_file_info {
    const char *fingerprint, *arch; /* of the model: lmas_model_info */
    const char *version, *engine;   /* of this library and of libllama, when it was saved */
    const char *cache_type_k, *cache_type_v, *flash_attn; /* of the session */
    const lmas_segment *segments;
    size_t n_segments;
    uint64_t size, state_size; /* bytes of the file; of the cells, unpacked */
    uint64_t n_tokens, n_thoughts;
    uint32_t n_pos;
    int32_t n_layer, n_embd, n_vocab;
    const char *signed_by; /* the public key of who signed it, 64 hex digits; NULL: nobody did */
    bool is_sealed, is_seal_checked; /* by a key, or signed; and the key given was it */
    bool can_rebuild;                /* false where blocks were joined or dropped */
    bool can_think, can_speak;       /* at once, without reading on */
} lmas_memory_file_info;

/* Read the file at `path` and check all of it: lengths, sums, and the seal where `params` name a
 * key. Needs no model. LMAS_E_FORMAT says what is wrong. */
typedef struct lmas_memory_file lmas_memory_file;
LMAS_CHECKED lmas_status lmas_memory_file_open(lmas_memory_file **out, const char *path,
                                               const lmas_memory_file_params *params);
LMAS_API const lmas_memory_file_info *lmas_memory_file_describe(const lmas_memory_file *file);

/* The mean of the file's thoughts into `out` [n], n being n_embd: a vector by which to find what is
 * like it. LMAS_E_INVALID where it holds none. It tells what the memory is about. */
LMAS_CHECKED lmas_status lmas_memory_file_mean(float *out, size_t n, const lmas_memory_file *file);
LMAS_API void lmas_memory_file_free(lmas_memory_file *file);

/* A working memory for other programs, as a frame of AVP (docs/memory.md): its cells, the vectors
 * of its thoughts, or its last hidden state; in numbers of one type. */
typedef enum { LMAS_AVP_CELLS, LMAS_AVP_THOUGHTS, LMAS_AVP_HIDDEN } lmas_avp_payload;
typedef enum { LMAS_AVP_F32, LMAS_AVP_F16, LMAS_AVP_BF16 } lmas_avp_dtype;
typedef struct lmas_avp_params {
    lmas_avp_payload payload; /* to write (default LMAS_AVP_CELLS) */
    lmas_avp_dtype dtype;     /* to write (default LMAS_AVP_F16) */
    bool is_packed;           /* write it packed by zstd (default false) */
    const char *model_hash;   /* written; a frame read must have it. NULL (default): "", and any */
    const char *agent;        /* written; whose thoughts are read. NULL (default): none, its own */
} lmas_avp_params;
LMAS_API lmas_avp_params lmas_avp_params_default(void);

/* LMAS_E_MODEL where cells are not plain keys and values of each position (sliding windows,
 * recurrent ones, MLA), LMAS_E_INVALID where positions or what is asked for are not there. */
LMAS_CHECKED lmas_status lmas_memory_export(lmas_memory *memory, const char *path,
                                            const lmas_avp_params *params);

/* Take a free lane for the frame. Cells must read before they go on and cannot be rebuilt; vectors
 * are taken in as thoughts. Fails as lmas_memory_load(). And how many positions that takes. */
LMAS_CHECKED lmas_status lmas_memory_import(lmas_memory **out, lmas_session *session,
                                            const char *path, const lmas_avp_params *params);
LMAS_CHECKED lmas_status lmas_avp_n_pos(uint32_t *out, const char *path);

/* avp's hash of the vocabulary, by which two agents know that they share it: 64 hex digits and a
 * NUL into `out` [n], n being 65 or more. */
LMAS_CHECKED lmas_status lmas_avp_tokenizer_hash(char *out, size_t n, const lmas_model *model);

#ifdef __cplusplus
}
#endif

#endif /* LATENTMAS_STORE_H */
