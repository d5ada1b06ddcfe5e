/*
 * latentmas.h - teams of agents that hand over thoughts instead of text.
 *
 * A native LatentMAS ("Latent Collaboration in Multi-Agent Systems"). An agent does three things
 * and no others: it reads a prompt into a working memory (the KV cache), it thinks (feeds its own
 * last hidden state, rescaled to the size of an input embedding, back in as the next input), and
 * it speaks (decodes text). In a latent team every agent inherits the working memory of the
 * agents before it; the last one speaks.
 *
 * Four nouns, in the order one meets them:
 *   lmas_model    a loaded GGUF. It does not change after it is opened; threads may share it.
 *   lmas_session  a KV cache cut into lanes, on one model. One thread at a time.
 *   lmas_team     the agents and their prompts, from a file or built in. Never changes.
 *   lmas_solver   drives a team over many questions at once, one lane per question.
 * Beside them lmas_memory: one lane in your own hands, to read, think and speak step by step.
 * latentmas_hosts.h: agents on other models, behind servers; latentmas_store.h: memories in files.
 * Opened in that order, lmas_solve() asks one question: examples/01_ask.c is the whole of it.
 *
 * Rules that hold for every function here:
 *   - A function that can fail returns lmas_status. On failure it leaves its out
 *     parameters untouched and sets lmas_last_error() for the calling thread.
 *   - Out parameters come first, then the object, then the inputs.
 *   - What you get through a `**out` is yours to free. What you get as a return
 *     value is borrowed from the object you asked, and dies with it.
 *   - Every _free and _close accepts NULL. Free in the reverse order of making.
 *   - A NULL params pointer means the defaults. Start from *_params_default(). Any other NULL
 *     that is not named here is LMAS_E_INVALID; a function without a status says 0, false or NULL.
 *   - Numbers have limits, below. One beyond them is LMAS_E_INVALID and named in the message.
 *   - Text is UTF-8. The library never prints and never exits. (Where libggml finds itself broken
 *     it ends the process by abort(): its one line goes to the log, or without one to stderr.)
 */
#ifndef LATENTMAS_H
#define LATENTMAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* LMAS_CHECKED: exported, and what it returns must be looked at. */
#if defined(__GNUC__)
#define LMAS_API     __attribute__((visibility("default")))
#define LMAS_CHECKED __attribute__((visibility("default"), warn_unused_result))
#else
#define LMAS_API
#define LMAS_CHECKED
#endif

#ifdef __cplusplus
extern "C" {
#endif

#define LMAS_VERSION "0.5.0"

LMAS_API const char *lmas_version(void);        /* of this library */
LMAS_API const char *lmas_engine_version(void); /* and of the libllama in use */

/* ---- Status ------------------------------------------------------------- */

/* Values are pinned: new codes are added at the end, none is ever reused. */
typedef enum lmas_status {
    LMAS_OK = 0,
    LMAS_E_INVALID = 1,      /* an argument breaks the documented contract */
    LMAS_E_NOMEM = 2,        /* host or device memory ran out */
    LMAS_E_IO = 3,           /* a file could not be read or written */
    LMAS_E_MODEL = 4,        /* the GGUF is not one this library can run */
    LMAS_E_CONTEXT_FULL = 5, /* the working memory has no room for the next step */
    LMAS_E_ENGINE = 6,       /* libllama refused or failed */
    LMAS_E_CANCELED = 7,     /* a callback or lmas_session_cancel() asked to stop */
    LMAS_E_FORMAT = 8,       /* a file was read, and its content is not what it must be */
} lmas_status;

/* Short fixed name of a status, such as "context full"; and one line on the last failure of this
 * thread, right after it. Never NULL; do not free. */
LMAS_API const char *lmas_status_name(lmas_status status);
LMAS_API const char *lmas_last_error(void);

/* ---- Limits -------------------------------------------------------------- */

/* The most that a number may be, and a text. Ids and seeds may be any. */
enum {
    LMAS_N_GPU_LAYERS_MAX = 100000,
    LMAS_N_CTX_MAX = 1 << 30,
    LMAS_N_LANES_MAX = 256,     /* or what this libllama can, where that is less */
    LMAS_N_BATCH_MAX = 1 << 20, /* of n_batch and n_ubatch */
    LMAS_N_THREADS_MAX = 1024,  /* of n_threads and n_threads_batch */
    LMAS_N_DRAFT_MAX = 15,
    LMAS_TOP_K_MAX = 1 << 24,
    LMAS_TEMPERATURE_MAX = 100,
    LMAS_LATENT_STEPS_MAX = 100000, /* of one agent, or one lmas_memory_think() */
    LMAS_LATENT_STEPS_AUTO = -1,    /* no limit: until the thoughts come to rest */
    LMAS_NEW_TOKENS_MAX = 10000000, /* of one agent, or one lmas_memory_speak() */
    LMAS_TEXT_CONTEXT_MAX = 1 << 30,
    LMAS_THINK_MAX = 4096,       /* bytes of lmas_solver_params.think */
    LMAS_NEAR_MAX = 64,          /* of lmas_solver_params.n_near */
    LMAS_FEATURES_MAX = 1 << 14, /* of lmas_align.n_features */
    LMAS_STOPS_MAX = 64,         /* of lmas_question.n_stops */
    LMAS_STOP_SIZE_MAX = 1024,   /* bytes of one of them */
};

/* ---- Callbacks, log, devices -------------------------------------------- */

/* Progress of a long call, from 0 to 1. Return false to stop it (LMAS_E_CANCELED). */
typedef bool (*lmas_progress_fn)(void *user, float progress);

typedef enum { LMAS_LOG_ERROR, LMAS_LOG_WARN, LMAS_LOG_INFO, LMAS_LOG_DEBUG } lmas_log_level;

/* One line without its newline, from this library or from libllama. */
typedef void (*lmas_log_fn)(void *user, lmas_log_level level, const char *line);

/* Send log lines to `fn`, for the whole process (NULL drops them); before opening a model. */
LMAS_API void lmas_log_set(lmas_log_fn fn, void *user);

typedef struct lmas_device {
    const char *name;        /* such as "CPU" or "Vulkan0"; what lmas_model_params.devices takes */
    const char *description; /* such as the name of the processor */
    bool is_accelerator;     /* a GPU: layers can go there */
    bool is_remote;          /* a server of lmas_model_params.rpc: there, too */
    uint64_t free_size, total_size; /* bytes */
} lmas_device;

/* The i-th device libllama can compute on; false past the last. Strings are static. And the cores
 * this process may use: its affinity mask, within its cgroup's quota. */
LMAS_API bool lmas_device_at(lmas_device *out, size_t i);
LMAS_API int32_t lmas_n_cores(void);

/* ---- Model -------------------------------------------------------------- */

typedef struct lmas_model lmas_model;
typedef struct lmas_model_params {
    int32_t n_gpu_layers; /* layers on accelerators, -1 for all (default -1) */
    const char *devices;  /* names with commas between, "none" for CPU only, NULL for all */
    const char *rpc;      /* servers that compute, "HOST:PORT,..."; if one is lost libggml aborts */
    const char *chat_template; /* Jinja, or a name libllama knows ("chatml"); NULL: its own */
    bool use_mmap;             /* map the file instead of reading it (default true) */
    const char *kernels; /* ours for products: NULL for the CPU's best, "avx512", "avx2" or "off" */
    lmas_progress_fn progress; /* called while loading (default NULL) */
    void *user;                /* handed to `progress` */
} lmas_model_params;
LMAS_API lmas_model_params lmas_model_params_default(void);

/* Load the GGUF at `path`. Refused with LMAS_E_MODEL: encoders, diffusion models, models without
 * a vocabulary, truncated or foreign files, headers that libllama would abort() over; and by the
 * first call that needs it a chat template that cannot be read. Costs the file's size in memory. */
LMAS_CHECKED lmas_status lmas_model_open(lmas_model **out, const char *path,
                                         const lmas_model_params *params);

/* Close a model after its sessions, and before main ends: at exit a GPU's driver may be gone. */
LMAS_API void lmas_model_close(lmas_model *model);

/* What the GGUF says of itself. Strings live as long as the model. Those of the first four are a
 * line each: a control character in them is '?'. */
typedef struct lmas_model_info {
    const char *path;
    const char *arch;          /* general.architecture, such as "qwen3" */
    const char *name;          /* general.name, "" when absent */
    const char *description;   /* libllama's, such as "qwen3 0.6B Q8_0" */
    const char *kernels;       /* what multiplies: "avx512: 170 matrices, 604.1 MiB", or why not */
    const char *vocab_type;    /* "BPE", "SPM", ... */
    const char *chat_template; /* the one in use, NULL when there is none */
    const char *bos; /* the token that starts a text, spelled out; NULL when the model has none */
    const char *fingerprint; /* SHA-256, 64 hex digits: size, header, sampled blocks of the file */
    uint64_t size, n_params; /* bytes of all tensors; weights */
    uint64_t mapped_size;    /* bytes that lie in the mapped file: to the system they are free */
    uint64_t cell_size;      /* bytes of one position in an f16 KV cache, 0 when unknown */
    int32_t n_layer, n_embd, n_head, n_head_kv, n_vocab;
    int32_t n_ctx_train;      /* positions the model was trained for */
    bool is_tied;             /* W_out is W_in (no output.weight) */
    bool knows_reasoning;     /* the chat template asks for `enable_thinking` */
    bool knows_date;          /* it asks for the date */
    const char *cannot_think; /* why this architecture takes no thoughts; NULL: it does */
} lmas_model_info;

LMAS_API const lmas_model_info *lmas_model_describe(const lmas_model *model);

/* The paper's size of an input embedding: mean L2 norm of the rows of the dequantised
 * W_in [n_vocab, n_embd]. Reads the embedding matrix once; later calls are free. */
LMAS_CHECKED lmas_status lmas_model_target_norm(float *out, lmas_model *model);

/* Tokens of `text`. Special tokens that it spells out are recognised, none is added. */
LMAS_CHECKED lmas_status lmas_model_count_tokens(uint32_t *out, const lmas_model *model,
                                                 const char *text);

/* Whether the model is to reason before it answers: the template's variable `enable_thinking`,
 * which AUTO leaves unset, as transformers does. */
typedef enum { LMAS_REASONING_AUTO = -1, LMAS_REASONING_OFF, LMAS_REASONING_ON } lmas_reasoning;

/* What a chat template is told beside the messages. */
typedef struct lmas_chat_params {
    const char *kwargs;       /* a JSON object of variables (default NULL) */
    lmas_reasoning reasoning; /* (default LMAS_REASONING_AUTO) */
    const char *date; /* strftime_now()'s, "2026-11-28T09:30:00" or less; NULL (default): now */
} lmas_chat_params;
LMAS_API lmas_chat_params lmas_chat_params_default(void);

/* One chat turn as the model was trained to see it, up to where the assistant begins: what
 * transformers' apply_chat_template(add_generation_prompt=True) gives. `system` may be NULL. Where
 * a template refuses the system role and nothing else, the system text goes before the user's.
 * LMAS_E_MODEL when it refuses or cannot be rendered. Free the text with lmas_text_free(). */
LMAS_CHECKED lmas_status lmas_model_format_chat(char **out, const lmas_model *model,
                                                const char *system, const char *user,
                                                const lmas_chat_params *params);
LMAS_API void lmas_text_free(char *text);

/* Write a model with random weights to measure speed with: SHAPE:TYPE, such as "qwen3-0.6b:q8_0".
 * lmas_synthetic_shape() lists the shapes, NULL past the last. */
LMAS_CHECKED lmas_status lmas_model_synthesize(const char *path, const char *spec,
                                               lmas_progress_fn progress, void *user);
LMAS_API const char *lmas_synthetic_shape(size_t i);

/* ---- Session: the KV cache and its lanes --------------------------------- */

typedef struct lmas_session lmas_session;
typedef enum { LMAS_FLASH_ATTN_AUTO = -1, LMAS_FLASH_ATTN_OFF, LMAS_FLASH_ATTN_ON } lmas_flash_attn;

/* One pool of cells that lanes draw from unevenly, or n_ctx / n_lanes for each lane, where
 * attention costs a lane its own cells only. AUTO is what was measured faster: per lane. */
typedef enum { LMAS_KV_AUTO = -1, LMAS_KV_UNIFIED, LMAS_KV_PER_LANE } lmas_kv;

typedef struct lmas_session_params {
    uint32_t n_ctx;   /* cells (positions) of all lanes, rounded up to 256 a lane; 0: the model's */
    uint32_t n_lanes; /* working memories that can be open at once (default 1) */
    uint32_t n_batch; /* most rows of prompts in one tick (default 2048) */
    uint32_t n_ubatch;       /* rows computed at once; 0 (default): 256 on a CPU, 512 on a GPU */
    uint32_t n_yield;        /* longer prompts let others on meanwhile; 0 (default): none does */
    int32_t n_threads;       /* for thinking and speaking; 0 (default): lmas_n_cores() not busy */
    int32_t n_threads_batch; /* for reading, 0 for n_threads (default) */
    lmas_kv kv;              /* (default LMAS_KV_AUTO) */
    lmas_flash_attn flash_attn; /* AUTO (default): off on a CPU, where company shifts logits */
    const char *cache_type_k;   /* type of the K cache: "f16" (default), "f32", "q8_0", ... */
    const char *cache_type_v;   /* type of the V cache, the same names */
    bool realign;               /* think through W_a instead of the identity (default false) */
    uint32_t n_draft;           /* most tokens guessed ahead of a speaker (default 3) */
    const char *cache_dir;     /* where W_a is kept; NULL for the user's cache folder, "" nowhere */
    lmas_progress_fn progress; /* called while W_a is computed (default NULL) */
    void *user;                /* handed to `progress` */
} lmas_session_params;
LMAS_API lmas_session_params lmas_session_params_default(void);

/* Make the KV cache. Fails with LMAS_E_NOMEM when it does not fit. */
LMAS_CHECKED lmas_status lmas_session_new(lmas_session **out, lmas_model *model,
                                          const lmas_session_params *params);
LMAS_API void lmas_session_free(lmas_session *session);

/* Cells of all lanes together, as granted; the number of lanes; most rows computed at once; tokens
 * guessed ahead of speakers so far, [0], and of these the right ones, [1]. */
LMAS_API uint32_t lmas_session_n_ctx(const lmas_session *session);
LMAS_API uint32_t lmas_session_n_lanes(const lmas_session *session);
LMAS_API uint32_t lmas_session_n_ubatch(const lmas_session *session);
LMAS_API void lmas_session_drafted(const lmas_session *session, uint64_t *out);

/* Threads in use: for decodes of one row, and of more (prompts, or many lanes at once). Where
 * libggml is built with GCC's OpenMP (Debian's is) a waiting thread spins for milliseconds before
 * it sleeps; GOMP_SPINCOUNT=2000 in the environment that the process starts with ends that. */
LMAS_API int32_t lmas_session_n_threads(const lmas_session *session);
LMAS_API int32_t lmas_session_n_threads_batch(const lmas_session *session);

/* How thoughts are realigned: "norm" (identity and rescale), or "matrix" (W_a and rescale). */
LMAS_API const char *lmas_session_realignment(const lmas_session *session);

/* Why thoughts are refused here, NULL where they are not: a new session feeds the model a token's
 * own row of W_in as a vector, which must come out as the token does. Reading, speaking go on. */
LMAS_API const char *lmas_session_cannot_think(const lmas_session *session);

/* Stop what runs on this session at the next tick: the running call returns LMAS_E_CANCELED, and
 * so does every later one that would compute. What the running call had not finished is not in the
 * memory. Safe in a signal handler and from any thread. */
LMAS_API void lmas_session_cancel(lmas_session *session);

/* Take the cancelling back: later calls compute again, and a solver's questions go on where they
 * were. A memory whose call was stopped on its way must read before it thinks or speaks (a
 * recurrent model's, which cannot go back, is to be freed). As safe as lmas_session_cancel(). */
LMAS_API void lmas_session_resume(lmas_session *session);

typedef enum { LMAS_WORK_READ, LMAS_WORK_THINK, LMAS_WORK_SPEAK, LMAS_WORK_PROGRAM } lmas_work;

/* Milliseconds in which every lane reads `n` random tokens, thinks `n` thoughts or takes in `n`
 * spoken tokens, after `depth` positions (one at least, to think) that are not timed. All lanes
 * must be free. LMAS_E_CONTEXT_FULL where a lane cannot hold both. */
LMAS_CHECKED lmas_status lmas_session_measure(double *out_ms, lmas_session *session, lmas_work work,
                                              uint32_t n, uint32_t depth);

/* ---- Sampling ------------------------------------------------------------ */

/* Applied in the order of transformers and vLLM: temperature, top-k, top-p, min-p. */
typedef struct lmas_sampling {
    float temperature; /* 0 is greedy, nothing else applies then (default 0.6) */
    float top_p;       /* above 0, 1 for all (default 0.95) */
    int32_t top_k;     /* 0 for all (default 20) */
    float min_p;       /* 0 for all, up to 1 (default 0) */
    uint64_t seed;     /* with the question's id it decides every draw (default 42) */
} lmas_sampling;
LMAS_API lmas_sampling lmas_sampling_default(void);

/* ---- Working memory, by hand --------------------------------------------- */

/* One lane of a session: the KV cache that agents extend in turn. */
typedef struct lmas_memory lmas_memory;
typedef enum { LMAS_SEGMENT_PROMPT, LMAS_SEGMENT_THOUGHT, LMAS_SEGMENT_TEXT } lmas_segment_kind;

/* A stretch of the working memory: who put it there, as what, where. */
typedef struct lmas_segment {
    const char *agent;
    lmas_segment_kind kind;
    uint32_t pos; /* first position */
    uint32_t n;   /* positions */
} lmas_segment;

/* Take a free lane. LMAS_E_CONTEXT_FULL when none is left. */
LMAS_CHECKED lmas_status lmas_memory_new(lmas_memory **out, lmas_session *session);
LMAS_API void lmas_memory_free(lmas_memory *memory);

/* `to` drops what it held and becomes what `from`, of the same session, is: lanes of one pool share
 * its cells. Without its hidden state and logits: it must read before it thinks or speaks. */
LMAS_CHECKED lmas_status lmas_memory_copy(lmas_memory *to, lmas_memory *from);

/* Read `text` as it stands: no chat template, special tokens recognised, none added (a chat turn
 * brings its own BOS; before a plain text put lmas_model_info.bos). `agent` names the segment. */
LMAS_CHECKED lmas_status lmas_memory_read(lmas_memory *memory, const char *agent, const char *text);

/* Think `n_steps` thoughts from where the memory stands: e = realign(h); h = model(e).
 * The memory must not be empty and must not end in spoken text. */
LMAS_CHECKED lmas_status lmas_memory_think(lmas_memory *memory, const char *agent, int32_t n_steps);

/* Each piece of text as it is decoded, whole UTF-8 characters. Return false to stop. */
typedef bool (*lmas_text_fn)(void *user, const char *text, size_t len);

/* Speak at most `n_max_tokens` tokens or until the model ends its turn. The last token is
 * handed to `fn` and stays out of the memory, as in the reference. */
LMAS_CHECKED lmas_status lmas_memory_speak(lmas_memory *memory, const char *agent,
                                           int32_t n_max_tokens, const lmas_sampling *sampling,
                                           lmas_text_fn fn, void *user);

/* Positions in use, and the segments in order of position. */
LMAS_API uint32_t lmas_memory_n_pos(const lmas_memory *memory);
LMAS_API size_t lmas_memory_n_segments(const lmas_memory *memory);
LMAS_API const lmas_segment *lmas_memory_segment(const lmas_memory *memory, size_t i);

/* ---- Thoughts for another model -------------------------------------------- */

/* How thoughts h of a model A become inputs e of a model B, over tokens that both have. */
typedef enum lmas_align_method {
    LMAS_ALIGN_SOFT = 0,      /* p = softmax(h W_out' / temperature), e = p W_in,B */
    LMAS_ALIGN_LINEAR = 1,    /* e = h (W_out' W_out + ridge I)^-1 W_out' W_in,B, rescaled */
    LMAS_ALIGN_IDENTICAL = 2, /* e = h, rescaled: models of one width */
    LMAS_ALIGN_KERNEL = 3,    /* soft, by positive random features */
    LMAS_ALIGN_TEXT = 4,      /* none: who would hand them on speaks */
} lmas_align_method;

/* "soft", "linear", "identical", "kernel", "text"; NULL past the last. And back. */
LMAS_API const char *lmas_align_name(lmas_align_method method);
LMAS_API bool lmas_align_parse(lmas_align_method *out, const char *name);

typedef struct lmas_align {
    lmas_align_method method; /* (default LMAS_ALIGN_SOFT) */
    float temperature;        /* of soft and kernel (default 1) */
    float ridge;              /* of linear (default 1e-5) */
    uint32_t n_features;      /* of kernel (default 1024) */
    uint64_t seed;            /* of its features (default 42) */
    /* Below these who thought speaks: share of A's tokens that B has (default 0.5); means over a
     * turn's thoughts of the share of p on them (0.5), and of e's cosine to the nearest row (0). */
    float least_coverage, least_mass, least_cosine;
} lmas_align;
LMAS_API lmas_align lmas_align_default(void);

/* ---- Team ----------------------------------------------------------------- */

typedef struct lmas_team lmas_team;
/* A built-in team by name ("sequential", "debate", ...); and the i-th name, NULL past the last. */
LMAS_CHECKED lmas_status lmas_team_builtin(lmas_team **out, const char *name);
LMAS_API const char *lmas_team_builtin_name(size_t i);

/* A team file (docs/teams.md). Errors name the file, the line and the key. And the same from
 * memory; `label` stands for the file in errors. */
LMAS_CHECKED lmas_status lmas_team_open(lmas_team **out, const char *path);
LMAS_CHECKED lmas_status lmas_team_parse(lmas_team **out, const char *label, const char *json,
                                         size_t len);

/* A prompt file of Science-LatentMAS (docs/teams.md): templates by role, or plain text for the
 * single agent. What it leaves out is that of the built-in team `base`. */
LMAS_CHECKED lmas_status lmas_team_open_prompts(lmas_team **out, const char *path,
                                                const char *base);
LMAS_API void lmas_team_free(lmas_team *team);
LMAS_API const char *lmas_team_name(const lmas_team *team);
LMAS_API size_t lmas_team_n_agents(const lmas_team *team);
LMAS_API const char *lmas_team_agent_name(const lmas_team *team, size_t i);

/* The i-th model that the file names ("models"), false past the last; and the name of the i-th
 * agent's, NULL for the one that the team is run on. */
typedef struct lmas_team_model {
    const char *name;
    const char *file, *hf, *url; /* one of them: a GGUF, relative to the team's folder; ORG/NAME of
                                  * the Hugging Face hub; a server */
    const char *id;              /* the server's name for it; NULL: the first that it lists */
} lmas_team_model;
LMAS_API bool lmas_team_model_at(lmas_team_model *out, const lmas_team *team, size_t i);
LMAS_API const char *lmas_team_agent_model(const lmas_team *team, size_t i);

/* What runs where the i-th agent is a program: the first word of its command; NULL for a model. */
LMAS_API const char *lmas_team_agent_program(const lmas_team *team, size_t i);
LMAS_API const char *lmas_team_source(const lmas_team *team); /* the file, whole */

/* What one agent hands to another: in a round, or from each round to the next. */
typedef struct lmas_edge {
    size_t from, to;   /* agents */
    const char *carry; /* "none", "memory", "text", "both" or "embeds" */
    bool is_next_round;
    const char *keep; /* which cells of the memory go on, by a rule of its own; NULL for none */
} lmas_edge;

/* The i-th edge, false past the last: in the file's order, then those that it leaves unsaid (of a
 * chain; with several rounds, back to where they start). And how often the team goes round. */
LMAS_API bool lmas_team_edge(lmas_edge *out, const lmas_team *team, size_t i);
LMAS_API size_t lmas_team_n_rounds(const lmas_team *team);

/* The i-th remark on a file that may not say what its author meant; NULL past the last. */
LMAS_API const char *lmas_team_remark(const lmas_team *team, size_t i);

/* ---- Solver: a team over many questions ----------------------------------- */

typedef enum lmas_method {
    LMAS_METHOD_BASELINE = 0,   /* one agent reads and speaks */
    LMAS_METHOD_TEXT_MAS = 1,   /* each agent reads the others' text and speaks */
    LMAS_METHOD_LATENT_MAS = 2, /* each inherits what edges carry, reads, thinks; the last speaks */
} lmas_method;

/* "baseline", "text_mas", "latent_mas"; NULL past the last. And back: false when unknown. */
LMAS_API const char *lmas_method_name(lmas_method method);
LMAS_API bool lmas_method_parse(lmas_method *out, const char *name);

/* It picks the team's `{format}` text. Its names, as a method's, are "number" and so on. */
typedef enum lmas_answer_kind {
    LMAS_ANSWER_NUMBER = 0,
    LMAS_ANSWER_CHOICE = 1,
    LMAS_ANSWER_CODE = 2,
    LMAS_ANSWER_FREE = 3
} lmas_answer_kind;
LMAS_API const char *lmas_answer_kind_name(lmas_answer_kind kind);
LMAS_API bool lmas_answer_kind_parse(lmas_answer_kind *out, const char *name);

/* Whether the team has the {format} that its prompts by the method ask for, where they do. */
LMAS_API bool lmas_team_can_answer(const lmas_team *team, lmas_method method,
                                   lmas_answer_kind kind);

/* What was said before a question. */
typedef struct lmas_message {
    const char *role, *text; /* "user" or "assistant" */
} lmas_message;

typedef struct lmas_question {
    uint64_t id;      /* yours; with the seed it decides the draws */
    const char *text; /* copied by lmas_solver_submit(), as all below */
    lmas_answer_kind kind;
    const char *note; /* what only prompts with {note} say; NULL for nothing. Of a JSON object
                       * {note:NAME} says the text at NAME */
    const char *other, *other_note; /* another question, for LMAS_CONTROL_SHUFFLED; else NULL */

    /* What is otherwise than the solver's params say; zero for nothing. */
    size_t team;                /* which of the solver's is asked: lmas_solver_add() */
    const char *system;         /* where a memory begins, behind the agent's system text */
    const lmas_message *before; /* [n_before] and behind that the conversation so far */
    size_t n_before;
    uint64_t realm; /* beginnings that are kept serve conversations of the same realm alone */
    const lmas_sampling *sampling; /* NULL: the params'. What agents say of their own goes before */
    uint64_t draws;                /* in place of `id`, where not 0 */
    int32_t max_new_tokens;        /* of the last agent, where not 0 and less than it may */
    const char *const *stops; /* [n_stops] the last agent's text ends before the first of them */
    size_t n_stops;
    bool tells_tokens; /* on_token hears of the last agent's, */
    uint32_t n_top;    /* and of so many likeliest in place of each */
    uint32_t n_near;   /* in place of the params', where more */
} lmas_question;

/* A token near to a thought, or likely in place of another. */
typedef struct lmas_near {
    const char *text; /* valid UTF-8; a control token's name */
    int32_t token;    /* its id, -1 where the vocabulary has no more */
    float score;      /* a probability (of a spoken one its logarithm), or a cosine */
} lmas_near;

/* A token of the last agent: bytes of its text, and how likely it was before the sampling. */
typedef struct lmas_spoken {
    const char *text;
    size_t size;
    int32_t token;
    float logprob;
    const lmas_near *top; /* [n_top] the likeliest */
    uint32_t n_top;
} lmas_spoken;

/* What a thought was like. h is the hidden state that it was made of, e what went in. */
typedef struct lmas_thought {
    const lmas_near *head;  /* [n_near] the likeliest tokens where h stands, through the head */
    const lmas_near *input; /* [n_near] the rows of W_in that e is nearest to */
    uint32_t n_near;
    float norm;          /* |h| */
    float entropy;       /* of the head's probabilities, in nats */
    float cosine_before; /* of h to that of the thought before; NAN of the first one */
    float cosine_prompt; /* of h to the state behind the prompt, which the first is made of */
} lmas_thought;

/* What one agent did. Milliseconds are this agent's share of the ticks it took part in, by
 * rows: summed over all questions they give the wall time spent in the engine. */
typedef struct lmas_agent_trace {
    const char *name;
    uint32_t round;     /* from 1 */
    uint32_t n_to_rest; /* thoughts after which they were at rest: the hidden state points where one
                         * of the 8 before it did (cosine 0.999 or more). 0: they never were */
    const char *input;  /* the prompt as the model read it, chat template applied */
    const char *output; /* what it spoke, "" when it only thought */
    uint32_t n_read, n_thought, n_spoken; /* tokens, thoughts, tokens */
    uint32_t n_shared;          /* of n_read, tokens that all questions share: read once for all */
    uint32_t n_kept, n_dropped; /* cells that it inherited; and those that `keep` dropped */
    uint64_t kept_size, dropped_size; /* bytes of both, as lmas_model_info.cell_size counts them */
    double read_ms, think_ms, speak_ms;
    double program_ms;            /* wall time of an agent that is a program: beside the engine */
    uint32_t pos_begin, pos_end;  /* its stretch of the working memory, [begin, end) */
    bool is_cut;                  /* it spoke until max_new_tokens and had not ended, */
    bool is_circling;             /* and said the same over and over at the end */
    const lmas_thought *thoughts; /* [n_thought]; NULL unless lmas_solver_params.n_near asks */
    const char *probe; /* what it would say, unheard; NULL of who speaks, and unless n_probe asks */
    const char *model; /* its host's name; NULL: the solver's session, or the speaker */
    const char *crossing; /* how its thoughts came to other models, a line; NULL: they did not */
    double remote_ms;     /* wall time of an agent behind a server: beside the engine */
} lmas_agent_trace;

/* How one question ended. Borrowed: valid inside the callback, or as long as the answer. */
typedef struct lmas_result {
    uint64_t id;
    lmas_status status;       /* LMAS_OK, or why this question failed; others go on */
    const char *error;        /* "" when it did not fail */
    bool is_lost, is_refused; /* a server failed it: asked anew it may go well; or refused it */
    const char *text;         /* the last agent's text, "" when it failed before */
    const char *marked; /* with its control tokens, which may mark thoughts; NULL without any */
    const lmas_agent_trace *agents; /* those that took their turn */
    size_t n_agents;
    uint64_t n_read, n_thought, n_spoken, n_shared, n_kept, n_dropped;
    double read_ms, think_ms, speak_ms; /* sums over the agents */
    double elapsed_ms;                  /* wall time from its first tick to its last */
} lmas_result;

/* Called from inside lmas_solver_tick(); return false to stop it (LMAS_E_CANCELED). A later tick
 * goes on from there. They may submit and cancel questions. */
typedef bool (*lmas_speech_fn)(void *user, uint64_t id, const char *text, size_t len);
typedef bool (*lmas_token_fn)(void *user, uint64_t id, const lmas_spoken *token);
typedef bool (*lmas_agent_fn)(void *user, uint64_t id, const lmas_agent_trace *agent);
typedef bool (*lmas_result_fn)(void *user, const lmas_result *result);

/* The last agent has ended: its memory, idle, before it goes. Save or copy it, nothing else. */
typedef bool (*lmas_memory_fn)(void *user, uint64_t id, lmas_memory *memory);

/* Experiments that show what the memory does: what agents inherit in place of it. */
typedef enum lmas_control {
    LMAS_CONTROL_OFF = 0,
    LMAS_CONTROL_NO_MEMORY = 1,  /* nothing */
    LMAS_CONTROL_PROMPTS = 2,    /* of its cells those of prompts alone */
    LMAS_CONTROL_THOUGHTS = 3,   /* of its cells those of thoughts alone */
    LMAS_CONTROL_RANDOM = 4,     /* cells with random keys and values of the same norm */
    LMAS_CONTROL_ZERO = 5,       /* cells whose keys and values are zero */
    LMAS_CONTROL_TEXT = 6,       /* text: whoever would hand memory on speaks */
    LMAS_CONTROL_SHUFFLED = 7,   /* memory of another question (lmas_question.other): all agents but
                                 * the last are asked that one */
    LMAS_CONTROL_WRONG_TASK = 8, /* the same with a question of another task */
} lmas_control;

/* "off", "none", "prompts", "thoughts", "random", "zero", "text", "shuffled", "wrong-task"; NULL
 * past the last. And back: false when unknown. */
LMAS_API const char *lmas_control_name(lmas_control control);
LMAS_API bool lmas_control_parse(lmas_control *out, const char *name);

/* Whether lmas_solver_params.keep_rule may say so; LMAS_E_INVALID with what it may say. */
LMAS_CHECKED lmas_status lmas_keep_check(const char *keep);

typedef struct lmas_host lmas_host; /* latentmas_hosts.h */
typedef struct lmas_remote lmas_remote;

typedef struct lmas_solver_params {
    lmas_method method;          /* (default LMAS_METHOD_LATENT_MAS) */
    lmas_control control;        /* of latent_mas (default LMAS_CONTROL_OFF) */
    int32_t latent_steps;        /* thoughts of each agent but the last, 0 or more (default 10); or
                                  * LMAS_LATENT_STEPS_AUTO: until they come to rest */
    int32_t latent_steps_max;    /* and then at most so many (default 40) */
    float rest_entropy;          /* and, above 0: until the model's next token is surer than so many
                                  * nats, 3 thoughts in a row. Costs the head's product for each */
    int32_t max_new_tokens;      /* most tokens an agent speaks (default 4096) */
    int32_t text_context_length; /* text_mas: most bytes read of the others, -1 for all (default) */
    bool share_prefixes;         /* read once what all prompts begin with (default true) */
    bool allow_tools;            /* run the programs that the team's file names (default false) */
    bool first_speaks;           /* latent_mas: the first agent speaks, too (default false) */
    bool splices;    /* vectors for `speaker` stand where the user's text begins in the last agent's
                   * prompt, as the reference has it, and not before it (default false) */
    uint32_t n_near; /* look at thoughts: so many tokens near to each (default 0). Costs the head's
                      * product for each thought, and for each turn one way through W_in */
    uint32_t n_probe; /* have each agent that only thinks say so many tokens, greedily, and take
                       * them back: nothing else changes (default 0). Counted in speak_ms */
    /* What every agent's own turn begins with, unless the template has begun it so; NULL for
     * nothing (default). An agent's own in the team file goes before it. Borrowed, as `chat`'s. */
    const char *think;
    /* latent_mas: which cells of a memory go on when an agent inherits it (docs/method.md), such as
     * "knn:0.8", "attention:0.5" or "last:64"; NULL or "all" for all of them (default). An edge's
     * own goes before it. LMAS_E_INVALID beside a control that hands on no memory or chooses cells
     * itself, LMAS_E_MODEL where cells cannot be dropped or who looks where is hidden. Borrowed. */
    const char *keep_rule;
    /* What every turn begins with that would begin with an empty memory, such as documents read
     * before; NULL for nothing (default). Of the session, idle and left as it is while the solver
     * lives; it keeps a lane to itself. No `keep_rule` drops of it. Borrowed. */
    lmas_memory *origin;
    /* Where agents are that are not on the session, borrowed; and names of such, agent by agent,
     * before what the team's file says: NULL for the session (default none of both). */
    const lmas_host *hosts;
    const char *const *agent_hosts;
    size_t n_hosts, n_agent_hosts;
    lmas_align align; /* how thoughts go from one model to another */
    /* Who speaks for the session's model, which it must match (default NULL): for the last agent of
     * latent_mas, told by the vectors of its memory; with the other methods for all. Borrowed. */
    lmas_remote *speaker;
    lmas_chat_params chat; /* for the chat template; goes before what the team file says */
    lmas_sampling sampling;
    uint64_t kept_size; /* bytes in which beginnings of conversations are kept, of all teams, so
                         * that they are not read twice; the oldest goes first (default 0) */
    lmas_speech_fn on_speech; /* the last agent's text as it comes (default NULL) */
    lmas_token_fn on_token;   /* and its tokens, of questions that ask for them (default NULL) */
    lmas_agent_fn on_agent;   /* an agent ended its turn (default NULL) */
    lmas_memory_fn on_memory; /* the memory of the last agent (default NULL) */
    lmas_result_fn on_result; /* a question ended (default NULL) */
    void *user;               /* handed to the five */
} lmas_solver_params;
LMAS_API lmas_solver_params lmas_solver_params_default(void);

typedef struct lmas_solver lmas_solver;
/* Drive `team` on all lanes of `session`. What it is given, hosts and all, must outlive it. */
LMAS_CHECKED lmas_status lmas_solver_new(lmas_solver **out, lmas_session *session,
                                         const lmas_team *team, const lmas_solver_params *params);
LMAS_API void lmas_solver_free(lmas_solver *solver);

/* Have it drive another team as well, or the same by other params: for questions whose `team` is
 * `out`. Where agents are, and what is kept, the first params say for all. All share the ticks. */
LMAS_CHECKED lmas_status lmas_solver_add(size_t *out, lmas_solver *solver, const lmas_team *team,
                                         const lmas_solver_params *params);

/* Put a question in the queue. It gets a lane when one is free and its worst case fits the
 * free cells; one that can never fit ends at once with LMAS_E_CONTEXT_FULL in its result. */
LMAS_CHECKED lmas_status lmas_solver_submit(lmas_solver *solver, const lmas_question *question);

/* End the question with that id (all of them, where ids repeat) before the next step of any: its
 * result, which the next tick reports, says LMAS_E_CANCELED; others go on. LMAS_E_INVALID when no
 * such question is open. Between ticks, or from a callback. */
LMAS_CHECKED lmas_status lmas_solver_cancel(lmas_solver *solver, uint64_t id);

/* Advance every running question by one step. A question that fails does so alone, in its
 * result; the tick itself fails only when the engine is lost or somebody asked to stop. How many
 * questions have been submitted and not ended; and run ticks until none is left. */
LMAS_CHECKED lmas_status lmas_solver_tick(lmas_solver *solver);
LMAS_API size_t lmas_solver_n_open(const lmas_solver *solver);
LMAS_CHECKED lmas_status lmas_solver_run(lmas_solver *solver);

/* A question that has a lane: whose turn it is, how far that is, and what it took so far. */
typedef struct lmas_running {
    uint64_t id;
    const char *agent;    /* lives as long as the team */
    size_t turn, n_turns; /* the turn, from 0, of so many */
    lmas_work work;       /* what the agent is at: reading, thinking, speaking, or a program runs */
    uint32_t n_done;      /* tokens or thoughts of that work done in this turn, */
    uint32_t n_most;      /* and the most they can become: all of them, except in speaking */
    uint64_t n_read, n_thought, n_spoken; /* tokens, thoughts, tokens of all its agents so far */
    double engine_ms;                     /* their share of the ticks, in milliseconds */
} lmas_running;

/* The i-th question under way, in no lasting order; false past the last. A question gets its lane
 * inside a tick, so before the first tick there is none. Between ticks, to show progress. */
LMAS_API bool lmas_solver_running(lmas_running *out, const lmas_solver *solver, size_t i);

/* What one question takes of a session, to size it, what `keep` drops counted in. `out` is [1 +
 * params->n_hosts]: of the session of `model`, and of each host's. */
typedef struct lmas_needs {
    uint32_t n_lanes;       /* working memories at once: branches go side by side */
    uint32_t n_lanes_least; /* with so many it can be asked all the same */
    uint32_t n_cells;       /* the most in one of them (if every agent speaks all it may) */
    uint32_t n_cells_all;   /* the most in all of them, where lanes draw from one pool; the lane and
                             * the cells of an origin come on top */
    bool copies_origin; /* and its cells once more for each lane, which cannot share them here */
} lmas_needs;
LMAS_CHECKED lmas_status lmas_question_needs(lmas_needs *out, const lmas_model *model,
                                             const lmas_team *team,
                                             const lmas_solver_params *params,
                                             const lmas_question *question);

/* ---- One question ---------------------------------------------------------- */

typedef struct lmas_answer lmas_answer;
/* Ask one question with a free answer, and wait. Fails with what failed the question. */
LMAS_CHECKED lmas_status lmas_solve(lmas_answer **out, lmas_session *session, const lmas_team *team,
                                    const lmas_solver_params *params, const char *question);
LMAS_API const lmas_result *lmas_answer_result(const lmas_answer *answer);
LMAS_API void lmas_answer_free(lmas_answer *answer);

#ifdef __cplusplus
}
#endif

#endif /* LATENTMAS_H */
