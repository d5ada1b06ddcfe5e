/*
 * find.c - what a server is and can.
 *
 *     GET /v1/models ──▶ who owns the model's entry?
 *        vllm ──────▶ GET /version, POST /tokenize, and a vector one wide, which is refused:
 *                     the words of that say whether vectors are taken, and how wide
 *        sglang ────▶ GET /get_server_info, POST /tokenize
 *        llamacpp ──▶ GET /props, POST /tokenize
 *        another ───▶ the same endpoints, in case it is one of those under another name
 *
 * What it says is believed within limits. What it does not say stays 0.
 */
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "remote/payload.h"
#include "remote/server.h"

/* Entries of /v1/models that are looked at, and those that a message names. */
enum { MODELS_MAX = 10000, MODELS_SHOWN = 8 };

/* ---- Reading what it says ---- */

/* A page as JSON: `*is_there` is false where the server has none there. */
static lmas_status ask_json(lmi_json *out, bool *is_there, lmas_remote *remote, const char *path,
                            const char *body)
{
    lmi_page page;
    lmas_status status;

    *is_there = false;
    lmi_page_init(&page);
    status = lmi_remote_ask(&page, remote, path, body, body ? strlen(body) : 0);
    if (status == LMAS_OK) {
        status = lmi_json_parse(out, path, lmi_buf_text(&page.text), page.text.len);
        *is_there = status == LMAS_OK;
    } else if (page.code != 0) {
        status = LMAS_OK;
    }
    lmi_page_done(&page);
    return status;
}

/* The same for what only some servers have: no JSON there is none of theirs. */
static lmas_status ask_perhaps(lmi_json *out, bool *is_there, lmas_remote *remote, const char *path)
{
    const lmas_status status = ask_json(out, is_there, remote, path, NULL);

    return status == LMAS_E_FORMAT ? LMAS_OK : status;
}

/* A count of 1 to `max`; absent or null leaves `*out`. */
static lmas_status read_count(uint32_t *out, yyjson_val *object, const char *key, uint32_t max)
{
    yyjson_val *value = yyjson_obj_get(object, key);

    if (!value || yyjson_is_null(value))
        return LMAS_OK;
    if (!yyjson_is_uint(value) || yyjson_get_uint(value) < 1 || yyjson_get_uint(value) > max)
        return lmi_fail(LMAS_E_FORMAT, "the server's %s: a number from 1 to %u expected, %s found",
                        key, max, lmi_json_type(value));
    *out = (uint32_t)yyjson_get_uint(value);
    return LMAS_OK;
}

static bool is_name(yyjson_val *value)
{
    const char *text = yyjson_get_str(value);
    const size_t len = yyjson_get_len(value);
    size_t i;

    if (!text || len == 0 || len > LMI_NAME_MAX || strlen(text) != len)
        return false;
    for (i = 0; i < len; i++)
        if (lmi_utf8_control(text + i))
            return false;
    return true;
}

/* A line of the server's own; what can be none is not kept. */
static lmas_status read_version(lmas_remote *remote, yyjson_val *value)
{
    char *copy;

    if (!is_name(value))
        return LMAS_OK;
    copy = lmi_strdup(yyjson_get_str(value));
    if (!copy)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a server");
    lmi_free(remote->version);
    remote->version = copy;
    return LMAS_OK;
}

/* ---- /v1/models ---- */

static void name_models(lmi_buf *out, yyjson_val *list)
{
    size_t i, max;
    yyjson_val *entry;

    yyjson_arr_foreach(list, i, max, entry)
    {
        yyjson_val *id = yyjson_obj_get(entry, "id");

        if (i == MODELS_SHOWN)
            lmi_buf_puts(out, ", ...");
        if (i < MODELS_SHOWN && is_name(id))
            lmi_buf_printf(out, "%s\"%s\"", i > 0 ? ", " : "", yyjson_get_str(id));
    }
}

/* The entry of the model that is wanted, or the first. */
static lmas_status pick_model(yyjson_val **out, const lmas_remote *remote, yyjson_val *list)
{
    lmas_status status;
    size_t i, max;
    yyjson_val *entry;
    lmi_buf names;

    yyjson_arr_foreach(list, i, max, entry)
    {
        yyjson_val *id = yyjson_obj_get(entry, "id");

        if (i == MODELS_MAX || !is_name(id))
            break;
        *out = entry;
        if (!remote->model || yyjson_equals_str(id, remote->model))
            return LMAS_OK;
    }
    if (!remote->model || yyjson_arr_size(list) == 0)
        return lmi_fail(LMAS_E_FORMAT, "%s/v1/models lists no model", remote->url);
    lmi_buf_init(&names, LMI_ERROR_MAX);
    name_models(&names, list);
    status = lmi_fail(LMAS_E_MODEL, "%s has no model \"%s\": it lists %s", remote->url,
                      remote->model, lmi_buf_text(&names));
    lmi_buf_done(&names);
    return status;
}

static lmi_api api_of(yyjson_val *entry)
{
    yyjson_val *owner = yyjson_obj_get(entry, "owned_by");

    if (yyjson_equals_str(owner, "vllm"))
        return LMI_API_VLLM;
    if (yyjson_equals_str(owner, "sglang"))
        return LMI_API_SGLANG;
    return yyjson_equals_str(owner, "llamacpp") ? LMI_API_LLAMA : LMI_API_OPENAI;
}

static lmas_status read_model(lmas_remote *remote, const lmi_json *json)
{
    yyjson_val *entry = NULL;
    lmas_status status = pick_model(&entry, remote, yyjson_obj_get(lmi_json_root(json), "data"));

    if (status != LMAS_OK)
        return status;
    remote->api = api_of(entry);
    if (!remote->model)
        remote->model = lmi_strdup(yyjson_get_str(yyjson_obj_get(entry, "id")));
    if (!remote->model)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a server");
    remote->params.model = remote->model;
    status = read_count(&remote->info.n_ctx, entry, "max_model_len", LMI_REMOTE_CTX_MAX);
    if (status == LMAS_OK && remote->api == LMI_API_LLAMA)
        status = read_count(&remote->info.n_ctx, yyjson_obj_get(entry, "meta"), "n_ctx_train",
                            LMI_REMOTE_CTX_MAX);
    if (status == LMAS_OK && remote->api == LMI_API_LLAMA)
        status = read_count(&remote->width, yyjson_obj_get(entry, "meta"), "n_embd",
                            LMI_REMOTE_EMBD_MAX);
    return status;
}

/* A server that lists nothing may still be asked by the name of a model. */
static lmas_status find_model(lmas_remote *remote)
{
    lmi_json json;
    lmi_page page;
    lmas_status status;

    lmi_page_init(&page);
    status = lmi_remote_ask(&page, remote, "/v1/models", NULL, 0);
    if (status != LMAS_OK && page.code == 404 && remote->model) {
        status = LMAS_OK;
    } else if (status == LMAS_OK) {
        status = lmi_json_parse(&json, "/v1/models", lmi_buf_text(&page.text), page.text.len);
        if (status == LMAS_OK) {
            status = read_model(remote, &json);
            lmi_json_done(&json);
        }
    }
    lmi_page_done(&page);
    return status;
}

/* ---- Tokens ---- */

static lmas_status read_tokens(lmi_tokens *out, yyjson_val *list)
{
    size_t i, max;
    yyjson_val *item;

    if (!yyjson_is_arr(list))
        return lmi_fail(LMAS_E_FORMAT, "/tokenize: an array \"tokens\" expected, %s found",
                        list ? lmi_json_type(list) : "nothing");
    out->n = 0;
    if (!lmi_reserve((void **)&out->ids, &out->capacity, yyjson_arr_size(list) + 1,
                     sizeof(*out->ids)))
        return lmi_fail(LMAS_E_NOMEM, "no memory for tokens");
    yyjson_arr_foreach(list, i, max, item)
    {
        if (!yyjson_is_uint(item) || yyjson_get_uint(item) > INT32_MAX)
            return lmi_fail(LMAS_E_FORMAT, "/tokenize: token %zu: a number expected, %s found", i,
                            lmi_json_type(item));
        out->ids[out->n++] = (int32_t)yyjson_get_uint(item);
    }
    return LMAS_OK;
}

static lmas_status write_tokenize(lmi_buf *out, const lmas_remote *remote, const char *text)
{
    const bool is_llama = remote->api == LMI_API_LLAMA;
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    lmas_status status = lmi_json_new(&doc, &root, "a request");

    if (status != LMAS_OK)
        return status;
    yyjson_mut_obj_add_str(doc, root, is_llama ? "content" : "prompt", text);
    yyjson_mut_obj_add_bool(doc, root, is_llama ? "add_special" : "add_special_tokens", false);
    if (is_llama)
        yyjson_mut_obj_add_bool(doc, root, "parse_special", true);
    else
        yyjson_mut_obj_add_str(doc, root, "model", remote->model);
    return lmi_json_write(out, doc, 0, "a request");
}

lmas_status lmi_remote_tokenize(lmi_tokens *out, lmas_remote *remote, const char *text)
{
    lmas_status status;
    lmi_json json;
    lmi_page page;
    lmi_buf body;

    lmi_page_init(&page);
    lmi_buf_init(&body, LMI_PAGE_MAX);
    status = write_tokenize(&body, remote, text);
    if (status == LMAS_OK)
        status = lmi_remote_ask(&page, remote, "/tokenize", lmi_buf_text(&body), body.len);
    if (status == LMAS_OK)
        status = lmi_json_parse(&json, "/tokenize", lmi_buf_text(&page.text), page.text.len);
    if (status == LMAS_OK) {
        status = read_tokens(out, yyjson_obj_get(lmi_json_root(&json), "tokens"));
        lmi_json_done(&json);
    }
    lmi_buf_done(&body);
    lmi_page_done(&page);
    return status;
}

/* Whether it tells tokens; what else it answers there is no failure of it. */
static lmas_status find_tokens(lmas_remote *remote)
{
    lmi_tokens tokens = {0};
    const lmas_status status = lmi_remote_tokenize(&tokens, remote, "a");

    remote->info.tells_tokens = status == LMAS_OK && tokens.n > 0;
    lmi_tokens_done(&tokens);
    return status == LMAS_E_NOMEM ? status : LMAS_OK;
}

/* ---- vLLM ---- */

/* Before 0.13 a vector of another width could end the whole server. */
static bool may_be_probed(const char *version)
{
    char *end = NULL;
    const unsigned long major = strtoul(version, &end, 10);

    if (end == version || *end != '.')
        return false;
    return major > 0 || strtoul(end + 1, NULL, 10) >= 13;
}

/* The width that the refusal of a vector one wide names, 0 where it names none. */
static uint32_t read_width(const char *refusal)
{
    static const char words[] = "the model's hidden_size ";
    const char *at = strstr(refusal, words);
    const unsigned long width = at ? strtoul(at + sizeof(words) - 1, NULL, 10) : 0;

    return width <= LMI_REMOTE_EMBD_MAX ? (uint32_t)width : 0;
}

static lmas_status write_probe(lmi_buf *out, const lmas_remote *remote)
{
    const float one = 0;
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    lmi_buf payload;
    lmas_status status = lmi_json_new(&doc, &root, "a request");

    if (status != LMAS_OK)
        return status;
    lmi_buf_init(&payload, LMI_PAGE_MAX);
    status = lmi_payload_append(&payload, &one, 1, 1, 1, false);
    yyjson_mut_obj_add_str(doc, root, "model", remote->model);
    yyjson_mut_obj_add_null(doc, root, "prompt");
    yyjson_mut_obj_add_uint(doc, root, "max_tokens", 1);
    yyjson_mut_obj_add_str(doc, root, "prompt_embeds", lmi_buf_text(&payload));
    if (status == LMAS_OK)
        status = lmi_json_write(out, doc, 0, "a request");
    else
        yyjson_mut_doc_free(doc);
    lmi_buf_done(&payload);
    return status;
}

static lmas_status find_width(lmas_remote *remote)
{
    lmas_status status;
    lmi_page page;
    lmi_buf body;

    if (!may_be_probed(remote->version)) {
        lmi_log(LMAS_LOG_WARN, "vLLM \"%s\" is not asked for vectors: 0.13 or newer expected",
                remote->version);
        return LMAS_OK;
    }
    lmi_page_init(&page);
    lmi_buf_init(&body, LMI_PAGE_MAX);
    status = write_probe(&body, remote);
    if (status == LMAS_OK) {
        status = lmi_remote_ask(&page, remote, "/v1/completions", lmi_buf_text(&body), body.len);
        if (page.code == 400)
            remote->info.n_embd = read_width(lmi_buf_text(&page.text));
        if (page.code != 0)
            status = LMAS_OK;
    }
    remote->takes_vectors = remote->info.n_embd > 0;
    lmi_buf_done(&body);
    lmi_page_done(&page);
    return status;
}

static lmas_status look_vllm(lmas_remote *remote, bool *is_it)
{
    lmi_json json;
    lmas_status status = ask_perhaps(&json, is_it, remote, "/version");

    if (status != LMAS_OK || !*is_it)
        return status;
    *is_it = yyjson_is_str(yyjson_obj_get(lmi_json_root(&json), "version"));
    status = read_version(remote, yyjson_obj_get(lmi_json_root(&json), "version"));
    lmi_json_done(&json);
    return status;
}

/* ---- SGLang ---- */

static lmas_status read_sglang(lmas_remote *remote, yyjson_val *info)
{
    lmas_status status = read_version(remote, yyjson_obj_get(info, "version"));

    remote->takes_vectors = yyjson_get_bool(yyjson_obj_get(info, "disable_radix_cache"));
    remote->streams_pieces = yyjson_get_bool(yyjson_obj_get(info, "stream_output")) ||
                             yyjson_get_bool(yyjson_obj_get(info, "incremental_streaming_output"));
    if (status == LMAS_OK && remote->info.n_ctx == 0)
        status = read_count(&remote->info.n_ctx, info, "context_length", LMI_REMOTE_CTX_MAX);
    return status;
}

static lmas_status look_sglang(lmas_remote *remote, bool *is_it)
{
    static const char *const paths[] = {"/get_server_info", "/server_info"};
    lmas_status status = LMAS_OK;
    size_t i;

    *is_it = false;
    for (i = 0; status == LMAS_OK && !*is_it && i < 2; i++) {
        yyjson_val *info;
        lmi_json json;

        status = ask_perhaps(&json, is_it, remote, paths[i]);
        if (status != LMAS_OK || !*is_it)
            continue;
        info = lmi_json_root(&json);
        *is_it = yyjson_is_bool(yyjson_obj_get(info, "disable_radix_cache"));
        if (*is_it)
            status = read_sglang(remote, info);
        lmi_json_done(&json);
    }
    return status;
}

/* ---- llama-server ---- */

static lmas_status look_llama(lmas_remote *remote, bool *is_it)
{
    yyjson_val *settings;
    lmi_json json;
    lmas_status status = ask_perhaps(&json, is_it, remote, "/props");

    if (status != LMAS_OK || !*is_it)
        return status;
    settings = yyjson_obj_get(lmi_json_root(&json), "default_generation_settings");
    *is_it = yyjson_is_obj(settings);
    if (*is_it)
        status = read_count(&remote->info.n_ctx, settings, "n_ctx", LMI_REMOTE_CTX_MAX);
    if (*is_it && status == LMAS_OK)
        status = read_version(remote, yyjson_obj_get(lmi_json_root(&json), "build_info"));
    lmi_json_done(&json);
    return status;
}

/* ---- All ---- */

typedef lmas_status (*look_fn)(lmas_remote *remote, bool *is_it);

static const struct {
    lmi_api api;
    look_fn look;
} looks[] = {{LMI_API_SGLANG, look_sglang}, {LMI_API_LLAMA, look_llama}, {LMI_API_VLLM, look_vllm}};

/* One that is known by its entry is asked its own; another all. That an address says a version does
 * not make a vLLM: it must tell tokens as one does. */
static lmas_status look(lmas_remote *remote)
{
    const lmi_api known = remote->api;
    lmas_status status = LMAS_OK;
    bool is_it = false;
    size_t i;

    for (i = 0; status == LMAS_OK && !is_it && i < sizeof(looks) / sizeof(*looks); i++) {
        if (known != LMI_API_OPENAI && known != looks[i].api)
            continue;
        status = looks[i].look(remote, &is_it);
        if (status == LMAS_OK && is_it)
            remote->api = looks[i].api;
    }
    if (status == LMAS_OK && remote->api != LMI_API_OPENAI)
        status = find_tokens(remote);
    if (known == LMI_API_OPENAI && remote->api == LMI_API_VLLM && !remote->info.tells_tokens)
        remote->api = LMI_API_OPENAI;
    return status;
}

lmas_status lmi_remote_find(lmas_remote *remote)
{
    lmas_status status = find_model(remote);

    if (status == LMAS_OK)
        status = look(remote);
    if (status == LMAS_OK && remote->api == LMI_API_VLLM)
        status = find_width(remote);
    return status;
}
