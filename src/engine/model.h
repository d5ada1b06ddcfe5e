/* model.h - a loaded model: libllama's handle, what the GGUF says, tokens and chat turns. */
#ifndef LMI_ENGINE_MODEL_H
#define LMI_ENGINE_MODEL_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/sha256.h"
#include "base/status.h"
#include "engine/chat.h"
#include "engine/devices/rpc.h"
#include "engine/gguf/weights.h"
#include "engine/libllama.h"
#include "engine/load.h"
#include "engine/thought/thought.h"

/* Longest text that is tokenised in one piece, in bytes: libllama counts in int32_t. */
#define LMI_TEXT_MAX ((size_t)64 * 1024 * 1024)

/* Immutable after lmas_model_open(), but for the target norm, which is computed once under
 * the lock when first asked for. */
struct lmas_model {
    struct llama_model *llama;
    struct lmi_pack *pack; /* the weights that our kernels multiply; NULL where libggml does all */
    const struct llama_vocab *vocab;
    lmas_model_info info; /* its strings point into the members below */
    char *path;
    char *arch;
    char *name;
    lmi_chat_template chat;
    lmi_thought_rule thought;
    char description[128];
    char kernels[160];
    char fingerprint[LMI_SHA256_SIZE];
    lmi_load load;              /* the machine when opening began */
    uint32_t head_unit;         /* divides the width of each head in the cache; 0 without one */
    lmi_rpc_set servers;        /* on other machines, which are ours until it is closed */
    bool is_accelerated;        /* some of it is computed on a GPU of this machine */
    bool is_packed_by_sequence; /* recurrent state: libllama reorders the rows of a batch */
    pthread_mutex_t lock;
    float target_norm; /* 0 while unknown; guarded by `lock` */
};

/* Tokens of `text`, a list that grows. */
typedef struct lmi_tokens {
    int32_t *ids;
    size_t n;
    size_t capacity;
} lmi_tokens;

void lmi_tokens_done(lmi_tokens *tokens);

/* Replace `out` by the tokens of `text`. Special tokens in it are recognised, none is added. */
lmas_status lmi_model_tokenize(lmi_tokens *out, const lmas_model *model, const char *text);

/* Append the bytes of one token: nothing for control tokens, perhaps part of a character. */
void lmi_model_piece(lmi_buf *out, const lmas_model *model, int32_t token);

/* Whether it is a control token, and the name that such a one has. */
bool lmi_model_is_control(const lmas_model *model, int32_t token);
void lmi_model_spell(lmi_buf *out, const lmas_model *model, int32_t token);

/* What a token is for: text, a mark that no text has (control, unknown), or nothing (a row that
 * only fills the matrix up); and how the vocabulary writes it, borrowed. */
typedef enum lmi_token_kind { LMI_TOKEN_TEXT, LMI_TOKEN_CONTROL, LMI_TOKEN_UNUSED } lmi_token_kind;
lmi_token_kind lmi_model_token_kind(const lmas_model *model, int32_t token);
const char *lmi_model_token_name(const lmas_model *model, int32_t token);

/* Whether the token ends a turn. */
bool lmi_model_ends(const lmas_model *model, int32_t token);

/* The token that ends a chat turn; below 0 where the model has none. */
int32_t lmi_model_end(const lmas_model *model);

/* Whether some layers see a window of the last positions alone. */
bool lmi_model_has_window(const lmas_model *model);

#endif
