/*
 * flags.c - the shared flags. Their letters are llama.cpp's, their long names the reference's
 * where it has one; both kinds of user find what they know.
 */
#include "cli/flags.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval/config.h"

/* Largest integer that every reader of JSON keeps exact: 2^53 - 1. */
#define SEED_MAX 9007199254740991.0

/* Of -n: nobody said; and what Science-LatentMAS has then. */
enum { NOT_GIVEN = 0, SCIENCE_NEW_TOKENS = 10000 };

#define CACHE_TYPES "f32|f16|bf16|q8_0|q4_0|q4_1|q5_0|q5_1|iq4_nl"

#define AT(field) offsetof(lmi_general_flags, field)
const lmi_opt lmi_general_opts[] = {
    {"-v --verbose", LMI_OPT_ON, AT(is_verbose), .help = "log lines of the engine on stderr"},
    {"--version", LMI_OPT_ON, AT(has_version), .help = "print the versions and exit"},
    {"-h --help", LMI_OPT_ON, AT(has_help), .help = "print this and exit"},
    {0},
};
#undef AT

#define AT(field) offsetof(lmi_model_flags, field)
const lmi_opt lmi_model_opts[] = {
    {"-m --model --model_name", LMI_OPT_FILE, AT(path), "FILE",
     .help =
         "the GGUF file; where no such file is, the name of a model of the Hugging Face hub, as "
         "for -hf"},
    {"-hf --hf-repo", LMI_OPT_TEXT, AT(hf_repo), "ORG/NAME[:QUANT]",
     .help =
         "a model of the Hugging Face hub, fetched once into the cache that llama.cpp and "
         "huggingface_hub share; QUANT such as Q8_0 (default: Q4_K_M, else Q8_0, else the first "
         "file)"},
    {"--offline", LMI_OPT_ON, AT(is_offline),
     .help = "take models from the cache and ask no server"},
    {"-ngl --n-gpu-layers --gpu-layers", LMI_OPT_INT, AT(n_gpu_layers), "N", .min = -1,
     .max = LMAS_N_GPU_LAYERS_MAX, .words = "auto|all", .word_value = -1,
     .help = "layers on accelerators, -1 for all"},
    {"-dev --device", LMI_OPT_TEXT, AT(devices), "LIST",
     .help = "devices by name, separated by commas; none or cpu for the processor alone "
             "(default: all that libllama finds)"},
    {"--rpc", LMI_OPT_TEXT, AT(rpc), "SERVERS",
     .help = "servers of libggml's RPC backend (ggml-rpc-server) that compute the layers, "
             "HOST:PORT separated by commas; none for none. Their devices are RPC0, RPC1 ... to "
             "--device. Debian has the backend in libggml0-backend-rpc"},
    {"--list-devices", LMI_OPT_ON, AT(has_list_devices), .help = "print the devices and exit"},
    {"--chat-template", LMI_OPT_TEXT, AT(chat_template), "TEMPLATE",
     .help = "a template in Jinja, or the name of one that libllama knows, such as chatml "
             "(default: the model's own)"},
    {"--chat-template-file", LMI_OPT_FILE, AT(chat_template_file), "FILE",
     .help = "the same, read from a file"},
    {"--chat-template-kwargs", LMI_OPT_TEXT, AT(chat_template_kwargs), "JSON",
     .help = "variables for the template, such as {\"reasoning_effort\": \"low\"}"},
    {"--reasoning", LMI_OPT_WORD, AT(reasoning), "on|off|auto",
     .help = "tell the template whether the model is to reason before it answers "
             "(enable_thinking); auto says nothing, as transformers does"},
    {"--date", LMI_OPT_TEXT, AT(date), "DATE",
     .help = "the date that a template may tell the model, such as 2026-11-28 or "
             "2026-11-28T09:30:00 (default: now; a run keeps the one it was started with)"},
    {"--no-mmap", LMI_OPT_OFF, AT(use_mmap), .help = "read the model instead of mapping it"},
    {"--cpu-kernels", LMI_OPT_WORD, AT(cpu_kernels), "auto|avx512|avx2|off",
     .help = "what multiplies weights on the processor: code of latentmas for AVX512 (with VNNI "
             "and BF16) or for AVX2, or libggml's (off); auto is the first that it can run"},
    {0},
};
#undef AT

/* The methods that are compared: what --method all means to `run`. */
static const char *compared_at(size_t i)
{
    return i <= LMAS_METHOD_LATENT_MAS ? lmas_method_name((lmas_method)i) : NULL;
}

#define AT(field) offsetof(lmi_team_flags, field)
const lmi_opt lmi_team_opts[] = {
    {"--method", LMI_OPT_WORD, AT(method), "baseline|text_mas|latent_mas|latent_mas_hybrid",
     .help = "baseline: one agent reads and speaks. text_mas: each agent reads the others' text "
             "and speaks. latent_mas: each agent inherits the working memory, reads and thinks; "
             "the last one speaks. latent_mas_hybrid is Hybrid-LatentMAS's name for latent_mas "
             "with --agent_models",
     .is_axis = true, .all_at = compared_at},
    {"--team", LMI_OPT_FILE, AT(team), "FILE|NAME", .word_at = lmas_team_builtin_name,
     .help = "a team file, or a built-in team"},
    {"--prompt", LMI_OPT_WORD, AT(prompt), "sequential|hierarchical",
     .help = "the built-in team by the reference's flag; --team overrides it"},
    {"--allow-tools", LMI_OPT_ON, AT(allow_tools),
     .help = "run the programs that the team's file names as agents, with your rights"},
    {"--compat", LMI_OPT_ON, AT(compat),
     .help =
         "what the reference's program means by --prompt hierarchical: hierarchical-chain, in "
         "which each specialist inherits the memory of those before; and kNN-LatentMAS's by "
         "--keep knn and --knn_filter: what is left gets positions 0, 1, 2 ... (knn:...:restart)"},
    {"--custom_prompt_file", LMI_OPT_FILE, AT(custom_prompt_file), "FILE",
     .help = "a team as Science-LatentMAS has them: JSON with a template for each role, or plain "
             "text for the single agent; what it leaves out is that of --prompt"},
    {"--first_agent_text", LMI_OPT_ON, AT(first_agent_text),
     .help = "latent_mas: the first agent speaks behind its thoughts, and its text stays in the "
             "memory that it hands over"},
    {"--latent_steps", LMI_OPT_INT, AT(latent_steps), "N", .max = LMAS_LATENT_STEPS_MAX,
     .words = "auto", .word_value = LMAS_LATENT_STEPS_AUTO,
     .help = "thoughts of each agent but the last; 0 hands over the prompts alone, auto lets each "
             "think until its thoughts come to rest",
     .is_axis = true},
    {"--latent_steps_max", LMI_OPT_INT, AT(latent_steps_max), "N", .min = 1,
     .max = LMAS_LATENT_STEPS_MAX, .help = "most thoughts with --latent_steps auto"},
    {"--rest_entropy", LMI_OPT_REAL, AT(rest_entropy), "NATS", .max = 100,
     .help = "with --latent_steps auto, also stop where the next word has been surer than this for "
             "3 thoughts in a row; 0: whatever it is. Such thoughts cost the head's product"},
    {"-n --predict --n-predict --max_new_tokens", LMI_OPT_INT, AT(max_new_tokens), "N", .min = 1,
     .max = LMAS_NEW_TOKENS_MAX,
     .help = "most tokens an agent speaks (default: 4096; 10000 with --custom_prompt_file, as "
             "Science-LatentMAS has it)"},
    {"--control", LMI_OPT_WORD, AT(control),
     "off|none|prompts|thoughts|random|zero|text|shuffled|wrong-task",
     .help = "an experiment on latent_mas: what agents inherit in place of the working memory. "
             "none: nothing. prompts, thoughts: of its cells those alone. random, zero: cells of "
             "random vectors of the same norm, or of zeros. text: the others' text. shuffled: "
             "memory of the run's next question. wrong-task: of a question of another task. "
             "latentmas report shows what is lost (not for chat; ask has no shuffled)"},
    {"--keep", LMI_OPT_TEXT, AT(keep), "RULE",
     .help = "latent_mas: which cells of the working memory go on when an agent inherits it: "
             "knn:SHARE[:top|bottom|random[:N]][:restart], the share nearest to its prompt and the "
             "last N (restart: at positions 0, 1, 2 ...); attention:SHARE[:N], thoughts, and the "
             "share of the prompts that thoughts looked at most and the first N (on a GPU with "
             "-fa off); last:N; thoughts; prompts; all (the default). An "
             "edge's own rule in the team file goes before it"},
    {"--knn_filter", LMI_OPT_ON, AT(knn_filter),
     .help = "--keep knn as kNN-LatentMAS spells it, with the next three"},
    {"--knn_percentage", LMI_OPT_REAL, AT(knn_percentage), "X", .min = 0.0001, .max = 1,
     .help = "of --knn_filter: the share that goes on"},
    {"--knn_min_keep", LMI_OPT_INT, AT(knn_min_keep), "N", .min = 1, .max = LMAS_N_CTX_MAX,
     .help = "of --knn_filter: the last cells, which always go on"},
    {"--knn_strategy", LMI_OPT_WORD, AT(knn_strategy), "top|bottom|random",
     .help = "of --knn_filter: the nearest others, the farthest, or random ones"},
    {"--probe", LMI_OPT_INT, AT(n_probe), "N", .max = LMAS_NEW_TOKENS_MAX,
     .help = "have each agent that only thinks say N tokens behind its thoughts, which nobody "
             "hears and which change nothing; --trace shows them, samples.jsonl keeps them"},
    {"--text_mas_context_length", LMI_OPT_INT, AT(text_context_length), "N", .min = -1,
     .max = LMAS_TEXT_CONTEXT_MAX,
     .help = "text_mas: most bytes of the others' text that an agent reads, -1 for all"},
    {"--latent_space_realign", LMI_OPT_ON, AT(realign),
     .help = "think through W_a, the realignment matrix; without effect on tied models"},
    {"--think", LMI_OPT_TAG, AT(think), "[STRING]", .alone = "<think>",
     .help =
         "what every agent's own turn begins with, unless the template has begun it so; <think> "
         "without STRING. As a word of its own STRING is a tag like <plan>, or \"\" for "
         "nothing; any other text goes behind =, as in --think=\"Let me see. \""},
    {0},
};
#undef AT

#define AT(field) offsetof(lmi_sampling_flags, field)
const lmi_opt lmi_sampling_opts[] = {
    {"--temp --temperature", LMI_OPT_REAL, AT(temperature), "X", .max = LMAS_TEMPERATURE_MAX,
     .help = "temperature; 0 is greedy, and the next three do not matter then"},
    {"--top-k", LMI_OPT_INT, AT(top_k), "N", .max = LMAS_TOP_K_MAX,
     .help = "keep the N likeliest tokens, 0 for all"},
    {"--top-p", LMI_OPT_REAL, AT(top_p), "X", .min = 0.0001, .max = 1,
     .help = "keep the likeliest tokens that make up X of the probability, 1 for all"},
    {"--min-p", LMI_OPT_REAL, AT(min_p), "X", .max = 1,
     .help = "drop tokens less than X times as likely as the likeliest, 0 for none"},
    {"-s --seed", LMI_OPT_INT, AT(seed), "N", .max = SEED_MAX,
     .help = "same seed, same machine, same answer"},
    {0},
};
#undef AT

#define AT(field) offsetof(lmi_engine_flags, field)
const lmi_opt lmi_engine_opts[] = {
    {"-c --ctx-size", LMI_OPT_INT, AT(n_ctx), "N", .max = LMAS_N_CTX_MAX,
     .help = "positions of working memory, of all questions at once; 0 for as many as the model "
             "was trained for (default: what the questions need)"},
    {"-t --threads", LMI_OPT_INT, AT(n_threads), "N", .max = LMAS_N_THREADS_MAX,
     .help = "threads for thinking and speaking, 0 for the cores at hand; where libggml multiplies "
             "(--cpu-kernels), less those that others keep busy at the start"},
    {"-tb --threads-batch", LMI_OPT_INT, AT(n_threads_batch), "N", .max = LMAS_N_THREADS_MAX,
     .help = "threads for reading, 0 for as many as --threads"},
    {"-b --batch-size", LMI_OPT_INT, AT(n_batch), "N", .min = 1, .max = LMAS_N_BATCH_MAX,
     .help = "most rows of one decode"},
    {"-ub --ubatch-size", LMI_OPT_INT, AT(n_ubatch), "N", .max = LMAS_N_BATCH_MAX,
     .help = "most rows computed at once, 0 for 256 on a processor and 512 on a GPU"},
    {"-fa --flash-attn", LMI_OPT_WORD, AT(flash_attn), "on|off|auto",
     .help = "flash attention; auto is off on a processor, where it lets questions "
             "that run together change each other's rounding"},
    {"-ctk --cache-type-k", LMI_OPT_WORD, AT(cache_type_k), CACHE_TYPES,
     .help = "type of the K cache"},
    {"-ctv --cache-type-v", LMI_OPT_WORD, AT(cache_type_v), CACHE_TYPES,
     .help = "type of the V cache"},
    {"--kv", LMI_OPT_WORD, AT(kv), "auto|unified|lane",
     .help = "unified: questions that run together draw from one pool of positions. lane: each "
             "has an equal part of its own, which attends faster. auto is lane, but unified for "
             "chat, and for ask with branches or --memory"},
    {"--draft-max", LMI_OPT_INT, AT(n_draft), "N", .max = LMAS_N_DRAFT_MAX,
     .help = "tokens guessed ahead of who speaks, from what he has read and said, where that is "
             "worth its cost; texts stay as they are. 0 for none"},
    {0},
};
#undef AT

#define AT(field) offsetof(lmi_host_flags, field)
const lmi_opt lmi_host_opts[] = {
    {"--agent_models", LMI_OPT_WORDS, AT(agent_models), "MODEL MODEL ...",
     .help = "a model for each agent, in their order: files, models of the hub, or the URL of a "
             "server; it goes before what the team file says, and the first one is -m where that "
             "is not given. The words end at the next flag, or at --"},
    {"--align_method", LMI_OPT_WORD, AT(align_method), "soft|linear|identical|kernel|text",
     .help = "how thoughts of one model become inputs of another (docs/elsewhere.md)"},
    {"--align_ridge", LMI_OPT_REAL, AT(align_ridge), "X", .min = 1e-12, .max = 1e6,
     .help = "of linear: the ridge of its least squares"},
    {"--soft_temperature", LMI_OPT_REAL, AT(soft_temperature), "X", .min = 0.001, .max = 1000,
     .help = "of soft: what the first model's logits are divided by"},
    {"--kernel_features", LMI_OPT_INT, AT(kernel_features), "N", .min = 1, .max = LMAS_FEATURES_MAX,
     .help = "of kernel: random features"},
    {"--kernel_temperature", LMI_OPT_REAL, AT(kernel_temperature), "X", .min = 0.001, .max = 1000,
     .help = "of kernel: the same as --soft_temperature"},
    {"--kernel_seed", LMI_OPT_INT, AT(kernel_seed), "N", .max = SEED_MAX,
     .help = "of kernel: which features"},
    {"--align_least_coverage", LMI_OPT_REAL, AT(least_coverage), "X", .max = 1,
     .help = "share of the first model's tokens that the other must have, else its agent speaks "
             "in place of its thoughts"},
    {"--align_least_mass", LMI_OPT_REAL, AT(least_mass), "X", .max = 1,
     .help = "of a turn's thoughts: mean probability that such tokens must have, else likewise"},
    {"--align_least_cosine", LMI_OPT_REAL, AT(least_cosine), "X", .min = -1, .max = 1,
     .help = "of a turn's thoughts: mean cosine that they must have to the nearest of the other "
             "model's tokens, else likewise"},
    {"--vllm_url", LMI_OPT_TEXT, AT(vllm_url), "URL",
     .help = "a server that speaks in place of libllama, which runs the same model and thinks: "
             "vLLM with --enable-prompt-embeds, SGLang; with baseline and text_mas any server of "
             "OpenAI's API. --compat puts the others' vectors where the reference's program does"},
    {"--use_vllm", LMI_OPT_ON, AT(use_vllm),
     .help = "the reference's switch; the server that it means is named by --vllm_url"},
    {"--vllm_model", LMI_OPT_TEXT, AT(vllm_model), "NAME",
     .help = "the model as the server names it (default: the first that it lists)"},
    {"--api_key_file", LMI_OPT_FILE, AT(api_key_file), "FILE",
     .help = "the server's key (default: LATENTMAS_API_KEY, then OPENAI_API_KEY)"},
    {"--vllm_dtype", LMI_OPT_WORD, AT(vllm_dtype), "f32|bf16",
     .help = "what the server computes in: it rounds vectors to that, and does not say so"},
    {"--vllm_parallel", LMI_OPT_INT, AT(vllm_parallel), "N", .min = 1, .max = 1024,
     .help = "most requests at a server at once"},
    {"--vllm_tries", LMI_OPT_INT, AT(vllm_tries), "N", .min = 1, .max = 100,
     .help = "tries of a request where another may help: a busy server, a cut connection"},
    {"--vllm_timeout", LMI_OPT_REAL, AT(vllm_timeout), "S", .min = 1, .max = 86400,
     .help = "seconds without a byte that end a try"},
    {"--use_second_HF_model", LMI_OPT_ON, AT(use_second_HF_model),
     .help = "the reference's: libllama's is the second model, which thinks"},
    {"--device2", LMI_OPT_TEXT, AT(device2), "DEVICE",
     .help = "the reference's: where the second model goes, as --device"},
    {"--enable_prefix_caching", LMI_OPT_ON, AT(enable_prefix_caching),
     .help = "the reference's: the server reuses what requests begin with, as vLLM does unasked"},
    {0},
};
#undef AT

/* A float as the double that prints the same: 0.6f is 0.6, not 0.60000002. */
static double widen(float x)
{
    char text[32];

    snprintf(text, sizeof(text), "%.7g", (double)x);
    return strtod(text, NULL);
}

static void host_flags_init(lmi_host_flags *flags)
{
    const lmas_align a = lmas_align_default();
    const lmas_remote_params r = lmas_remote_params_default();

    *flags = (lmi_host_flags){.align_method = lmas_align_name(a.method),
                              .align_ridge = widen(a.ridge),
                              .soft_temperature = widen(a.temperature),
                              .kernel_temperature = widen(a.temperature),
                              .least_coverage = widen(a.least_coverage),
                              .least_mass = widen(a.least_mass),
                              .least_cosine = widen(a.least_cosine),
                              .kernel_features = a.n_features,
                              .kernel_seed = (int64_t)a.seed,
                              .vllm_dtype = "f32",
                              .vllm_parallel = r.n_at_once,
                              .vllm_tries = r.n_tries,
                              .vllm_timeout = widen(r.timeout_s)};
}

static const char *flash_attn_name(lmas_flash_attn mode)
{
    return mode == LMAS_FLASH_ATTN_ON ? "on" : mode == LMAS_FLASH_ATTN_OFF ? "off" : "auto";
}

static lmas_flash_attn parse_flash_attn(const char *name)
{
    if (strcmp(name, "on") == 0)
        return LMAS_FLASH_ATTN_ON;
    return strcmp(name, "off") == 0 ? LMAS_FLASH_ATTN_OFF : LMAS_FLASH_ATTN_AUTO;
}

static lmas_kv parse_kv(const char *name)
{
    if (strcmp(name, lmi_kv_name(LMAS_KV_UNIFIED)) == 0)
        return LMAS_KV_UNIFIED;
    return strcmp(name, lmi_kv_name(LMAS_KV_PER_LANE)) == 0 ? LMAS_KV_PER_LANE : LMAS_KV_AUTO;
}

void lmi_model_flags_init(lmi_model_flags *flags)
{
    const lmas_model_params p = lmas_model_params_default();

    *flags = (lmi_model_flags){.n_gpu_layers = p.n_gpu_layers,
                               .use_mmap = p.use_mmap,
                               .reasoning = "auto",
                               .cpu_kernels = "auto"};
}

void lmi_solve_flags_init(lmi_solve_flags *flags)
{
    const lmas_solver_params solver = lmas_solver_params_default();
    const lmas_session_params session = lmas_session_params_default();

    *flags = (lmi_solve_flags){0};
    lmi_model_flags_init(&flags->model);
    flags->team = (lmi_team_flags){.method = lmas_method_name(solver.method),
                                   .control = lmas_control_name(solver.control),
                                   .prompt = "sequential",
                                   .latent_steps = solver.latent_steps,
                                   .latent_steps_max = solver.latent_steps_max,
                                   .max_new_tokens = NOT_GIVEN,
                                   .text_context_length = solver.text_context_length,
                                   .think = solver.think,
                                   .knn_percentage = LMI_KNN_PERCENTAGE,
                                   .knn_min_keep = LMI_KNN_MIN_KEEP,
                                   .knn_strategy = LMI_KNN_STRATEGY,
                                   .realign = session.realign};
    flags->sampling = (lmi_sampling_flags){.temperature = widen(solver.sampling.temperature),
                                           .top_p = widen(solver.sampling.top_p),
                                           .min_p = widen(solver.sampling.min_p),
                                           .top_k = solver.sampling.top_k,
                                           .seed = (int64_t)solver.sampling.seed};
    flags->engine = (lmi_engine_flags){.n_ctx = -1,
                                       .n_threads = session.n_threads,
                                       .n_threads_batch = session.n_threads_batch,
                                       .n_batch = session.n_batch,
                                       .n_ubatch = session.n_ubatch,
                                       .n_draft = session.n_draft,
                                       .flash_attn = flash_attn_name(session.flash_attn),
                                       .cache_type_k = session.cache_type_k,
                                       .cache_type_v = session.cache_type_v,
                                       .kv = lmi_kv_name(session.kv)};
    host_flags_init(&flags->hosts);
}

void lmi_solve_flags_settle(lmi_solve_flags *flags)
{
    lmi_model_flags *model = &flags->model;
    const lmi_host_flags *hosts = &flags->hosts;

    if (!model->path && !model->hf_repo && hosts->agent_models.n > 0)
        model->path = hosts->agent_models.at[0];
    if (hosts->vllm_url && hosts->device2)
        model->devices = hosts->device2;
    if (strcmp(flags->team.method, "latent_mas_hybrid") == 0)
        flags->team.method = lmas_method_name(LMAS_METHOD_LATENT_MAS);
}

/* The reference's values: cpu is none to llama.cpp, and cuda is libllama's own choice. */
static const char *device_list(const char *devices)
{
    if (!devices || strncmp(devices, "cuda", 4) == 0)
        return NULL;
    return strcmp(devices, "cpu") == 0 ? "none" : devices;
}

lmas_model_params lmi_flags_model(const lmi_model_flags *flags)
{
    lmas_model_params p = lmas_model_params_default();

    p.n_gpu_layers = (int32_t)flags->n_gpu_layers;
    p.devices = device_list(flags->devices);
    p.rpc = flags->rpc && strcmp(flags->rpc, "none") != 0 ? flags->rpc : NULL;
    p.chat_template = flags->chat_template;
    p.use_mmap = flags->use_mmap;
    p.kernels = flags->cpu_kernels;
    return p;
}

static lmas_reasoning parse_reasoning(const char *word)
{
    if (strcmp(word, lmi_reasoning_name(LMAS_REASONING_ON)) == 0)
        return LMAS_REASONING_ON;
    return strcmp(word, lmi_reasoning_name(LMAS_REASONING_OFF)) == 0 ? LMAS_REASONING_OFF
                                                                     : LMAS_REASONING_AUTO;
}

lmas_chat_params lmi_flags_chat(const lmi_model_flags *flags)
{
    return (lmas_chat_params){.kwargs = flags->chat_template_kwargs,
                              .reasoning = parse_reasoning(flags->reasoning),
                              .date = flags->date};
}

/* Their program lets positions begin anew; so do we where theirs is asked for. */
const char *lmi_flags_keep(char room[LMI_KEEP_ROOM], const lmi_team_flags *flags)
{
    const char *more = flags->compat ? ":restart" : "";
    const bool is_knn = flags->keep && strncmp(flags->keep, "knn:", 4) == 0;

    if (flags->knn_filter)
        snprintf(room, LMI_KEEP_ROOM, "knn:%.10g:%.6s:%lld%s", flags->knn_percentage,
                 flags->knn_strategy, (long long)flags->knn_min_keep, more);
    else if (is_knn && *more && !strstr(flags->keep, more))
        snprintf(room, LMI_KEEP_ROOM, "%.48s%s", flags->keep, more);
    else
        return flags->keep;
    return room;
}

lmas_solver_params lmi_flags_solver(const lmi_solve_flags *flags)
{
    lmas_solver_params p = lmas_solver_params_default();

    lmas_method_parse(&p.method, flags->team.method);
    lmas_control_parse(&p.control, flags->team.control);
    p.latent_steps = (int32_t)flags->team.latent_steps;
    p.latent_steps_max = (int32_t)flags->team.latent_steps_max;
    p.rest_entropy = (float)flags->team.rest_entropy;
    if (flags->team.max_new_tokens != NOT_GIVEN)
        p.max_new_tokens = (int32_t)flags->team.max_new_tokens;
    else if (flags->team.custom_prompt_file)
        p.max_new_tokens = SCIENCE_NEW_TOKENS;
    p.text_context_length = (int32_t)flags->team.text_context_length;
    p.n_probe = (uint32_t)flags->team.n_probe;
    p.think = flags->team.think;
    p.first_speaks = flags->team.first_agent_text;
    p.allow_tools = flags->team.allow_tools;
    p.align = lmi_flags_align(&flags->hosts);
    p.splices = flags->team.compat;
    p.chat = lmi_flags_chat(&flags->model);
    p.sampling = (lmas_sampling){.temperature = (float)flags->sampling.temperature,
                                 .top_p = (float)flags->sampling.top_p,
                                 .top_k = (int32_t)flags->sampling.top_k,
                                 .min_p = (float)flags->sampling.min_p,
                                 .seed = (uint64_t)flags->sampling.seed};
    return p;
}

lmas_align lmi_flags_align(const lmi_host_flags *flags)
{
    lmas_align a = lmas_align_default();

    lmas_align_parse(&a.method, flags->align_method);
    a.temperature = (float)(a.method == LMAS_ALIGN_KERNEL ? flags->kernel_temperature
                                                          : flags->soft_temperature);
    a.ridge = (float)flags->align_ridge;
    a.n_features = (uint32_t)flags->kernel_features;
    a.seed = (uint64_t)flags->kernel_seed;
    a.least_coverage = (float)flags->least_coverage;
    a.least_mass = (float)flags->least_mass;
    a.least_cosine = (float)flags->least_cosine;
    return a;
}

lmas_remote_params lmi_flags_remote(const lmi_host_flags *flags)
{
    lmas_remote_params p = lmas_remote_params_default();

    p.model = flags->vllm_model;
    p.key_file = flags->api_key_file;
    p.n_at_once = (uint32_t)flags->vllm_parallel;
    p.n_tries = (uint32_t)flags->vllm_tries;
    p.timeout_s = (float)flags->vllm_timeout;
    p.is_bf16 = strcmp(flags->vllm_dtype, "bf16") == 0;
    return p;
}

lmas_session_params lmi_flags_session(const lmi_solve_flags *flags)
{
    lmas_session_params p = lmas_session_params_default();

    p.n_batch = (uint32_t)flags->engine.n_batch;
    p.n_ubatch = (uint32_t)flags->engine.n_ubatch;
    p.n_draft = (uint32_t)flags->engine.n_draft;
    p.n_threads = (int32_t)flags->engine.n_threads;
    p.n_threads_batch = (int32_t)flags->engine.n_threads_batch;
    p.flash_attn = parse_flash_attn(flags->engine.flash_attn);
    p.cache_type_k = flags->engine.cache_type_k;
    p.cache_type_v = flags->engine.cache_type_v;
    p.kv = parse_kv(flags->engine.kv);
    p.realign = flags->team.realign;
    return p;
}
