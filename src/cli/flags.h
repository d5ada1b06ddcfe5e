/* flags.h - the flags that ask and run share, and what they mean to the library. */
#ifndef LMI_CLI_FLAGS_H
#define LMI_CLI_FLAGS_H

#include "base/buf.h"
#include "cli/options.h"
#include "latentmas_hosts.h"

/* Bytes of the longest text that lmi_flags_keep() makes. */
enum { LMI_KEEP_ROOM = 64 };

/* Every command's settings begin with these. */
typedef struct lmi_general_flags {
    bool has_help, has_version, is_verbose;
    const char *config; /* of those that take one: a file of flags */
} lmi_general_flags;

typedef struct lmi_model_flags {
    const char *path; /* a file, or what hf_repo may be */
    const char *hf_repo;
    bool is_offline;
    const char *devices, *rpc;
    const char *chat_template, *chat_template_file;
    const char *chat_template_kwargs, *reasoning, *date;
    int64_t n_gpu_layers;
    bool use_mmap;
    const char *cpu_kernels;
    bool has_list_devices;
} lmi_model_flags;

typedef struct lmi_team_flags {
    const char *method, *control;
    const char *team, *prompt; /* a file or a name; the reference's name for the built-in ones */
    const char *custom_prompt_file, *think;
    int64_t latent_steps, latent_steps_max, max_new_tokens, text_context_length, n_probe;
    const char *keep, *knn_strategy; /* a rule; and of the reference's spelling of one */
    double knn_percentage, rest_entropy;
    int64_t knn_min_keep;
    bool realign, first_agent_text, compat, allow_tools, knn_filter;
} lmi_team_flags;

typedef struct lmi_sampling_flags {
    double temperature, top_p, min_p;
    int64_t top_k, seed;
} lmi_sampling_flags;

typedef struct lmi_engine_flags {
    int64_t n_ctx; /* -1: as much as the questions need */
    int64_t n_threads, n_threads_batch, n_batch, n_ubatch, n_draft;
    const char *flash_attn, *cache_type_k, *cache_type_v, *kv;
} lmi_engine_flags;

/* Models beside the first one, and servers. */
typedef struct lmi_host_flags {
    lmi_words agent_models;
    const char *align_method;
    double align_ridge, soft_temperature, kernel_temperature;
    double least_coverage, least_mass, least_cosine;
    int64_t kernel_features, kernel_seed;
    bool use_vllm, enable_prefix_caching, use_second_HF_model;
    const char *device2, *vllm_url, *vllm_model, *vllm_dtype, *api_key_file;
    int64_t vllm_parallel, vllm_tries;
    double vllm_timeout;
} lmi_host_flags;

/* What it takes to have a team answer. */
typedef struct lmi_solve_flags {
    lmi_general_flags general;
    lmi_model_flags model;
    lmi_team_flags team;
    lmi_sampling_flags sampling;
    lmi_engine_flags engine;
    lmi_host_flags hosts;
} lmi_solve_flags;

/* -v stands first: without a command, the program takes the others. */
extern const lmi_opt lmi_general_opts[];
#define LMI_GENERAL_OPTS_ALONE (lmi_general_opts + 1)

extern const lmi_opt lmi_model_opts[];
extern const lmi_opt lmi_team_opts[];
extern const lmi_opt lmi_sampling_opts[];
extern const lmi_opt lmi_host_opts[];

/* -c stands first: a command that works it out itself lists what follows. */
extern const lmi_opt lmi_engine_opts[];
#define LMI_ENGINE_OPTS_SIZED (lmi_engine_opts + 1)

/* The library's defaults, as flags. */
void lmi_model_flags_init(lmi_model_flags *flags);
void lmi_solve_flags_init(lmi_solve_flags *flags);

/* What one flag says in another's place: --agent_models names the first model too, beside a server
 * --device2 is where libllama's model goes, and latent_mas_hybrid is latent_mas. Before they are
 * checked. */
void lmi_solve_flags_settle(lmi_solve_flags *flags);

/* The flags as the library's parameters; strings stay borrowed. */
lmas_model_params lmi_flags_model(const lmi_model_flags *flags);
lmas_chat_params lmi_flags_chat(const lmi_model_flags *flags);
lmas_solver_params lmi_flags_solver(const lmi_solve_flags *flags);
lmas_align lmi_flags_align(const lmi_host_flags *flags);
lmas_remote_params lmi_flags_remote(const lmi_host_flags *flags);

/* Which cells go on: --keep, or what --knn_filter stands for, in `room`; NULL for all. */
const char *lmi_flags_keep(char room[LMI_KEEP_ROOM], const lmi_team_flags *flags);

/* What --knn_filter takes where nothing is said, as kNN-LatentMAS does. */
#define LMI_KNN_PERCENTAGE 0.8
#define LMI_KNN_MIN_KEEP   5
#define LMI_KNN_STRATEGY   "top"
lmas_session_params lmi_flags_session(const lmi_solve_flags *flags);

#endif
