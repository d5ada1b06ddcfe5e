/*
 * model.c - opening a GGUF, and refusing what the method cannot run.
 *
 * The header is read and judged first, with messages of our own, because libllama reports a
 * foreign file, a missing tensor and a full disk alike with NULL. What only libllama can
 * know is asked after loading.
 */
#include "engine/model.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "engine/backend.h"
#include "engine/devices/choose.h"
#include "engine/gguf/layers.h"
#include "engine/gguf/packing.h"
#include "kernels/kernels.h"

lmas_model_params lmas_model_params_default(void)
{
    return (lmas_model_params){.n_gpu_layers = -1, .use_mmap = true};
}

static lmas_status judge_header(const lmi_weights *weights, const char *path)
{
    const char *arch = lmi_weights_string(weights, "general.architecture");
    const char *vocab = lmi_weights_string(weights, "tokenizer.ggml.model");
    char key[160];

    if (!arch)
        return lmi_fail(LMAS_E_MODEL, "%s has no general.architecture: it is not a model", path);
    if (!vocab || strcmp(vocab, "none") == 0 || strcmp(vocab, "no_vocab") == 0)
        return lmi_fail(LMAS_E_MODEL,
                        "%s has no vocabulary: agents read and speak text, so a model with a "
                        "tokenizer is needed",
                        path);
    snprintf(key, sizeof(key), "%.100s.attention.causal", arch);
    if (!lmi_weights_bool(weights, key, true))
        return lmi_fail(LMAS_E_MODEL,
                        "%s is an encoder (%s): thinking needs a causal language model", path,
                        arch);
    return lmi_layers_judge(weights, arch, path);
}

static lmas_status judge_loaded(const struct llama_model *llama, const char *path)
{
    if (llama_model_has_encoder(llama) || !llama_model_has_decoder(llama))
        return lmi_fail(LMAS_E_MODEL,
                        "%s has an encoder: thinking needs a decoder-only language model", path);
    if (llama_model_is_diffusion(llama))
        return lmi_fail(LMAS_E_MODEL,
                        "%s is a diffusion model: thinking needs one that predicts the next token",
                        path);
    if (llama_vocab_type(llama_model_get_vocab(llama)) == LLAMA_VOCAB_TYPE_NONE)
        return lmi_fail(LMAS_E_MODEL, "%s has no vocabulary", path);
    return LMAS_OK;
}

typedef struct progress_bridge {
    lmas_progress_fn fn;
    void *user;
    bool is_stopped;
} progress_bridge;

static bool on_progress(float progress, void *user)
{
    progress_bridge *bridge = user;

    bridge->is_stopped = bridge->fn && !bridge->fn(bridge->user, progress);
    return !bridge->is_stopped;
}

/* Whether it names kernels of one kind, rather than none or the best. */
static bool is_path(const char *kernels)
{
    return kernels && strcmp(kernels, "auto") != 0 && strcmp(kernels, "off") != 0;
}

/* Why libggml multiplies all weights; NULL where our kernels may have some. */
static const char *refuse_kernels(const lmas_model *model, const lmas_model_params *params)
{
    if (params->kernels && strcmp(params->kernels, "off") == 0)
        return "off";
    if (model->is_accelerated || params->rpc)
        return "off: a device computes";
    return lmi_kernels_refusal();
}

/* Load with the weights of `names` in a pack. libllama reads the file: what it maps it would keep
 * mapped beside the tiles. */
static lmas_status load_packed(lmas_model *model, const char *path, const lmas_model_params *params,
                               struct llama_model_params *p, const char *names)
{
    struct llama_model_tensor_buft_override memory[2] = {{0}};

    model->pack = lmi_pack_new(is_path(params->kernels) ? params->kernels : NULL);
    if (!model->pack)
        return lmi_fail(LMAS_E_NOMEM, "no memory to open %s", path);
    memory[0].pattern = names;
    memory[0].buft = lmi_pack_memory(model->pack);
    p->tensor_buft_overrides = memory;
    p->load_mode = LLAMA_LOAD_MODE_NONE;
    model->llama = llama_model_load_from_file(path, *p);
    p->tensor_buft_overrides = NULL;
    return model->llama ? lmi_pack_close(model->pack, lmas_n_cores()) : LMAS_OK;
}

/* Load by the kernels' way or by libllama's own; what multiplies is said in `kernels`. */
static lmas_status load_weights(lmas_model *model, const lmi_weights *weights, const char *path,
                                const lmas_model_params *params, struct llama_model_params *p)
{
    const char *refusal = refuse_kernels(model, params);
    lmas_status status = LMAS_OK;
    lmi_buf names;

    lmi_buf_init(&names, LMI_PACKING_MAX);
    if (!refusal)
        lmi_packing_choose(&names, weights);
    if (lmi_buf_status(&names) == LMAS_OK && names.len > 0)
        status = load_packed(model, path, params, p, lmi_buf_text(&names));
    else
        model->llama = llama_model_load_from_file(path, *p);
    lmi_buf_done(&names);
    if (model->pack)
        snprintf(model->kernels, sizeof(model->kernels), "%s: %zu matrices, %.1f MiB",
                 lmi_pack_path(model->pack), lmi_pack_n(model->pack),
                 (double)lmi_pack_size(model->pack) / (1024 * 1024));
    else
        snprintf(model->kernels, sizeof(model->kernels), "%s",
                 refusal ? refusal : "none for this model's types");
    return status;
}

static lmas_status load(lmas_model *model, const lmi_weights *weights, const char *path,
                        const lmas_model_params *params)
{
    progress_bridge bridge = {.fn = params->progress, .user = params->user};
    struct llama_model_params p = llama_model_default_params();
    lmi_devices devices;
    lmas_status status = lmi_rpc_take(&model->servers, params->rpc);

    if (status == LMAS_OK)
        status = lmi_devices_choose(&devices, params->devices, model->servers);
    if (status != LMAS_OK)
        return status;
    p.devices = devices.is_given ? devices.list : NULL;
    p.n_gpu_layers = params->n_gpu_layers;
    model->is_accelerated = lmi_devices_accelerate(&devices, params->n_gpu_layers);
    p.load_mode = params->use_mmap ? LLAMA_LOAD_MODE_AUTO : LLAMA_LOAD_MODE_NONE;
    p.progress_callback = on_progress;
    p.progress_callback_user_data = &bridge;
    lmi_backend_forget();
    status = load_weights(model, weights, path, params, &p);
    if (status != LMAS_OK)
        return status;
    if (bridge.is_stopped)
        return lmi_fail(LMAS_E_CANCELED, "loading %s was stopped", path);
    if (!model->llama)
        return lmi_fail(LMAS_E_MODEL, "libllama cannot load %s: %s", path, lmi_backend_complaint());
    model->vocab = llama_model_get_vocab(model->llama);
    return judge_loaded(model->llama, path);
}

static const char *vocab_type_name(const struct llama_vocab *vocab)
{
    static const char *const names[] = {"none", "SPM",    "BPE",  "WPM",   "UGM",
                                        "RWKV", "PLaMo2", "test", "PLaMo3"};
    const size_t type = (size_t)llama_vocab_type(vocab);

    return type < sizeof(names) / sizeof(names[0]) ? names[type] : "other";
}

/* What the header says of how libllama will treat the model. */
static void foretell(lmas_model *model, const lmi_weights *weights)
{
    const lmas_model_info *info = &model->info;

    model->info.cell_size =
        lmi_layers_cell_size(weights, info->arch, (uint32_t)info->n_layer, (uint32_t)info->n_embd);
    model->head_unit =
        lmi_layers_head_unit(weights, info->arch, (uint32_t)info->n_layer, (uint32_t)info->n_embd);
    lmi_layers_warn(info->arch);
}

static lmas_status copy_names(lmas_model *model, const lmi_weights *weights, const char *path)
{
    const char *given = lmi_weights_string(weights, "general.name");

    model->path = lmi_strdup(path);
    model->arch = lmi_strdup(lmi_weights_string(weights, "general.architecture"));
    model->name = lmi_strdup(given ? given : "");
    if (!model->path || !model->arch || !model->name)
        return lmi_fail(LMAS_E_NOMEM, "no memory to open %s", path);
    llama_model_desc(model->llama, model->description, sizeof(model->description));
    lmi_flatten(model->arch);
    lmi_flatten(model->name);
    lmi_flatten(model->description);
    return LMAS_OK;
}

static lmas_status describe(lmas_model *model, lmi_weights *weights, const char *path,
                            const lmas_model_params *params)
{
    lmas_status status = copy_names(model, weights, path);
    lmi_matrix out;

    if (status != LMAS_OK)
        return status;
    model->info = (lmas_model_info){
        .path = model->path,
        .arch = model->arch,
        .name = model->name,
        .description = model->description,
        .kernels = model->kernels,
        .vocab_type = vocab_type_name(model->vocab),
        .fingerprint = model->fingerprint,
        .size = llama_model_size(model->llama),
        .n_params = llama_model_n_params(model->llama),
        .mapped_size = params->use_mmap && !model->pack ? llama_model_size(model->llama) : 0,
        .n_layer = llama_model_n_layer(model->llama),
        .n_embd = llama_model_n_embd(model->llama),
        .n_head = llama_model_n_head(model->llama),
        .n_head_kv = llama_model_n_head_kv(model->llama),
        .n_vocab = llama_vocab_n_tokens(model->vocab),
        .n_ctx_train = llama_model_n_ctx_train(model->llama),
        .is_tied = !lmi_weights_find(&out, weights, "output.weight"),
    };
    foretell(model, weights);
    model->is_packed_by_sequence =
        llama_model_is_recurrent(model->llama) || llama_model_is_hybrid(model->llama);
    status = lmi_thought_read(&model->thought, weights, model->arch, model->info.n_embd);
    if (status != LMAS_OK)
        return status;
    model->info.cannot_think = *model->thought.refusal ? model->thought.refusal : NULL;
    status = lmi_chat_open(&model->chat, model, weights, params->chat_template);
    return status == LMAS_OK ? lmi_weights_fingerprint(model->fingerprint, weights) : status;
}

/* A path is asked for by name only where the processor can go it. */
static lmas_status check_kernels(const char *wanted)
{
    char names[64] = "";
    size_t i;

    if (!is_path(wanted))
        return LMAS_OK;
    for (i = 0; lmi_kernels_path(i); i++) {
        const size_t len = strlen(names);

        if (strcmp(wanted, lmi_kernels_path(i)) == 0)
            return LMAS_OK;
        snprintf(names + len, sizeof(names) - len, ", %s", lmi_kernels_path(i));
    }
    return lmi_fail(LMAS_E_INVALID, "kernels must be one of auto, off%s on this processor, got %s",
                    names, wanted);
}

static lmas_status check_params(const lmas_model_params *p)
{
    if (p->n_gpu_layers >= -1 && p->n_gpu_layers <= LMAS_N_GPU_LAYERS_MAX)
        return check_kernels(p->kernels);
    return lmi_fail(LMAS_E_INVALID, "n_gpu_layers must be from -1 to %d, got %d",
                    LMAS_N_GPU_LAYERS_MAX, p->n_gpu_layers);
}

static lmas_status judge(const lmi_weights *weights, const char *path, const lmas_model_params *p)
{
    const lmas_status status = judge_header(weights, path);

    return status == LMAS_OK ? lmi_weights_check(weights, path, p->use_mmap) : status;
}

/* Load what was judged, into a model that is there. */
static lmas_status fill(lmas_model *model, lmi_weights *weights, const char *path,
                        const lmas_model_params *params)
{
    const lmas_status status = load(model, weights, path, params);

    return status == LMAS_OK ? describe(model, weights, path, params) : status;
}

lmas_status lmas_model_open(lmas_model **out, const char *path, const lmas_model_params *params)
{
    const lmas_model_params p = params ? *params : lmas_model_params_default();
    lmi_weights *weights = NULL;
    lmas_model *model = NULL;
    lmas_status status;
    lmi_load before;

    if (!out || !path)
        return lmi_fail(LMAS_E_INVALID, "lmas_model_open needs an out parameter and a path");
    status = check_params(&p);
    if (status != LMAS_OK)
        return status;
    lmi_load_look(&before);
    lmi_backend_start();
    status = lmi_weights_open(&weights, path);
    if (status != LMAS_OK)
        return status;
    status = judge(weights, path, &p);
    if (status != LMAS_OK)
        goto done;
    model = lmi_new(1, sizeof(*model));
    if (!model) {
        status = lmi_fail(LMAS_E_NOMEM, "no memory to open %s", path);
        goto done;
    }
    model->load = before;
    pthread_mutex_init(&model->lock, NULL);
    status = fill(model, weights, path, &p);
    if (status != LMAS_OK) {
        lmas_model_close(model);
        goto done;
    }
    *out = model;

done:
    lmi_weights_close(weights);
    return status;
}

void lmas_model_close(lmas_model *model)
{
    if (!model)
        return;
    llama_model_free(model->llama);
    lmi_pack_free(model->pack);
    lmi_rpc_give_back(model->servers);
    lmi_free(model->path);
    lmi_free(model->arch);
    lmi_free(model->name);
    lmi_chat_close(&model->chat);
    lmi_thought_done(&model->thought);
    pthread_mutex_destroy(&model->lock);
    lmi_free(model);
}

const lmas_model_info *lmas_model_describe(const lmas_model *model)
{
    return model ? &model->info : NULL;
}

bool lmi_model_has_window(const lmas_model *model)
{
    return llama_model_n_swa(model->llama) > 0;
}
