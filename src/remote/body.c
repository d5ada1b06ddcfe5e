/*
 * body.c - JSON for /v1/completions, /v1/chat/completions and SGLang's /generate.
 *
 * What our own sampler does is said in full: a server fills what is left out from its flags or from
 * the model's generation_config.json. What a plain OpenAI server does not know is left out, for
 * some refuse it.
 */
#include "remote/body.h"

#include <math.h>
#include <string.h>

#include "base/json.h"
#include "base/log.h"
#include "base/utf8.h"
#include "remote/payload.h"

/* Stop words that OpenAI's API takes. */
enum { PLAIN_STOPS = 4 };

/* A number in JSON, bytes. */
enum { NUMBER_MAX = 40 };

/* ---- What may be asked ---- */

static lmas_status check_prompt(const lmas_remote *remote, const lmi_ask *ask)
{
    const int n = !!ask->text + !!ask->tokens + !!ask->rows + !!ask->user;
    size_t i;

    if (n != 1)
        return lmi_fail(LMAS_E_INVALID,
                        "an ask is a text, tokens, vectors or a chat turn, found "
                        "%d of them",
                        n);
    if ((ask->tokens && ask->n_tokens == 0) || (ask->rows && ask->n_rows == 0))
        return lmi_fail(LMAS_E_INVALID, "an ask of nothing");
    for (i = 0; ask->tokens && i < ask->n_tokens; i++)
        if (ask->tokens[i] < 0)
            return lmi_fail(LMAS_E_INVALID, "token %zu of the ask is %d", i, ask->tokens[i]);
    if (ask->rows && !remote->takes_vectors)
        return lmi_fail(LMAS_E_INVALID, "%s takes no vectors", remote->url);
    if (ask->rows && remote->info.n_embd == 0)
        return lmi_fail(LMAS_E_INVALID,
                        "%s does not say how wide its vectors are: lmas_remote_match() first",
                        remote->url);
    return LMAS_OK;
}

static lmas_status check_stops(const lmi_ask *ask)
{
    size_t i;

    if (ask->n_stops > LMI_STOPS_MAX || ask->n_stop_tokens > LMI_STOPS_MAX)
        return lmi_fail(LMAS_E_INVALID, "at most %d stop words and stop tokens expected",
                        LMI_STOPS_MAX);
    for (i = 0; i < ask->n_stops; i++)
        if (!*ask->stops[i] || strlen(ask->stops[i]) > LMI_STOP_SIZE_MAX)
            return lmi_fail(LMAS_E_INVALID, "stop word %zu: 1 to %d bytes expected", i,
                            LMI_STOP_SIZE_MAX);
    return LMAS_OK;
}

lmas_status lmi_ask_check(const lmas_remote *remote, const lmi_ask *ask)
{
    const lmas_status status = check_prompt(remote, ask);

    if (status != LMAS_OK)
        return status;
    if (ask->n_most < 1 || ask->n_most > LMAS_NEW_TOKENS_MAX)
        return lmi_fail(LMAS_E_INVALID, "tokens to speak: 1 to %d expected, found %d",
                        LMAS_NEW_TOKENS_MAX, ask->n_most);
    if (!isfinite(ask->row_scale) || ask->row_scale < 0)
        return lmi_fail(LMAS_E_INVALID, "row_scale: a number above 0 expected");
    return check_stops(ask);
}

lmas_status lmi_ask_room(int32_t *n_most, const lmas_remote *remote, const lmi_ask *ask)
{
    const size_t n = ask->rows ? ask->n_rows : ask->tokens ? ask->n_tokens : 0;
    const size_t n_ctx = remote->info.n_ctx;

    *n_most = ask->n_most;
    if (n_ctx == 0)
        return LMAS_OK;
    if (n >= n_ctx)
        return lmi_fail(LMAS_E_CONTEXT_FULL,
                        "%zu positions leave no room for a token in the %zu of %s", n, n_ctx,
                        remote->url);
    if ((size_t)*n_most > n_ctx - n)
        *n_most = (int32_t)(n_ctx - n);
    return LMAS_OK;
}

lmi_layout lmi_ask_layout(const lmas_remote *remote, const lmi_ask *ask)
{
    if (ask->user)
        return LMI_LAYOUT_CHAT;
    return remote->api == LMI_API_SGLANG ? LMI_LAYOUT_GENERATE : LMI_LAYOUT_COMPLETION;
}

const char *lmi_layout_path(lmi_layout layout)
{
    static const char *const paths[] = {[LMI_LAYOUT_COMPLETION] = "/v1/completions",
                                        [LMI_LAYOUT_CHAT] = "/v1/chat/completions",
                                        [LMI_LAYOUT_GENERATE] = "/generate"};

    return paths[layout];
}

/* ---- Pieces of a body ---- */

typedef struct body {
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    lmas_remote *remote;
    const lmi_ask *ask;
    int32_t n_most;
} body;

typedef enum unsendable { NO_TOP_K, NO_MIN_P, NO_SEED, NO_STOP_TOKENS, NO_STOPS } unsendable;

static void tell_once(lmas_remote *remote, unsendable what)
{
    static const char *const names[] = {[NO_TOP_K] = "top_k",
                                        [NO_MIN_P] = "min_p",
                                        [NO_SEED] = "a seed",
                                        [NO_STOP_TOKENS] = "stop tokens",
                                        [NO_STOPS] = "more than four stop words"};

    if ((remote->told >> what) & 1u)
        return;
    remote->told |= 1u << what;
    lmi_log(LMAS_LOG_WARN, "%s cannot be told %s; it goes on without", remote->url, names[what]);
}

/* A float as the decimal that people wrote, not as the double next to it: 0.6, not 0.60000002. */
static void add_number(body *b, yyjson_mut_val *object, const char *key, float value)
{
    yyjson_mut_obj_add_float(b->doc, object, key, value);
}

static void add_ids(body *b, yyjson_mut_val *object, const char *key, const int32_t *ids, size_t n)
{
    yyjson_mut_val *list = yyjson_mut_obj_add_arr(b->doc, object, key);
    size_t i;

    for (i = 0; i < n; i++)
        yyjson_mut_arr_add_int(b->doc, list, ids[i]);
}

static void add_stops(body *b, yyjson_mut_val *object, size_t most)
{
    const lmi_ask *ask = b->ask;
    yyjson_mut_val *list;
    size_t i;

    if (ask->n_stops == 0)
        return;
    if (ask->n_stops > most)
        tell_once(b->remote, NO_STOPS);
    list = yyjson_mut_obj_add_arr(b->doc, object, "stop");
    for (i = 0; i < ask->n_stops && i < most; i++)
        yyjson_mut_arr_add_str(b->doc, list, ask->stops[i]);
}

static bool is_greedy(const lmi_ask *ask)
{
    return ask->sampling.temperature <= 0;
}

/* What servers of all kinds know, and greedy sampling needs. */
static void add_common(body *b, yyjson_mut_val *object, const char *most)
{
    const lmas_sampling *sampling = &b->ask->sampling;

    yyjson_mut_obj_add_int(b->doc, object, most, b->n_most);
    add_number(b, object, "temperature", is_greedy(b->ask) ? 0 : sampling->temperature);
    add_number(b, object, "top_p", is_greedy(b->ask) ? 1 : sampling->top_p);
}

/* top_k of all is -1 with vLLM and SGLang, 0 with llama-server. */
static void add_more(body *b, yyjson_mut_val *object)
{
    const lmas_sampling *sampling = &b->ask->sampling;
    const bool is_llama = b->remote->api == LMI_API_LLAMA;
    const int32_t all = is_llama ? 0 : -1;
    const bool has_top_k = sampling->top_k > 0 && !is_greedy(b->ask);

    yyjson_mut_obj_add_int(b->doc, object, "top_k", has_top_k ? sampling->top_k : all);
    add_number(b, object, "min_p", is_greedy(b->ask) ? 0 : sampling->min_p);
    add_number(b, object, is_llama ? "repeat_penalty" : "repetition_penalty", 1);
    if (b->ask->n_stop_tokens > 0 && !is_llama)
        add_ids(b, object, "stop_token_ids", b->ask->stop_tokens, b->ask->n_stop_tokens);
    else if (b->ask->n_stop_tokens > 0)
        tell_once(b->remote, NO_STOP_TOKENS);
}

/* llama-server scales by the temperature last unless told: ours, and vLLM, first. */
static void add_order(body *b)
{
    static const char *const order[] = {"temperature", "top_k", "top_p", "min_p"};
    yyjson_mut_val *list = yyjson_mut_obj_add_arr(b->doc, b->root, "samplers");
    size_t i;

    for (i = 0; i < sizeof(order) / sizeof(*order); i++)
        yyjson_mut_arr_add_str(b->doc, list, order[i]);
}

/* vLLM takes 63 bits, llama-server 32 of which all ones mean none. */
static void add_seed(body *b)
{
    const uint64_t seed = b->ask->seed;
    const uint64_t folded = (seed ^ (seed >> 32)) & 0x7fffffff;

    if (!is_greedy(b->ask))
        yyjson_mut_obj_add_uint(b->doc, b->root, "seed",
                                b->remote->api == LMI_API_VLLM ? seed & INT64_MAX : folded);
}

/* What a plain server is not told. */
static void tell_plain(body *b)
{
    const lmas_sampling *sampling = &b->ask->sampling;

    if (!is_greedy(b->ask) && sampling->top_k > 0)
        tell_once(b->remote, NO_TOP_K);
    if (!is_greedy(b->ask) && sampling->min_p > 0)
        tell_once(b->remote, NO_MIN_P);
    if (b->ask->n_stop_tokens > 0)
        tell_once(b->remote, NO_STOP_TOKENS);
}

/* ---- OpenAI's layout ---- */

static void add_message(body *b, yyjson_mut_val *list, const char *role, const char *text)
{
    yyjson_mut_val *message = yyjson_mut_arr_add_obj(b->doc, list);

    yyjson_mut_obj_add_str(b->doc, message, "role", role);
    yyjson_mut_obj_add_str(b->doc, message, "content", text);
}

static void add_prompt(body *b)
{
    const lmi_ask *ask = b->ask;
    yyjson_mut_val *list;
    size_t i;

    if (ask->user) {
        list = yyjson_mut_obj_add_arr(b->doc, b->root, "messages");
        if (ask->system)
            add_message(b, list, "system", ask->system);
        for (i = 0; i < ask->n_before; i++)
            add_message(b, list, ask->before[i].role, ask->before[i].text);
        add_message(b, list, "user", ask->user);
    } else if (ask->tokens) {
        add_ids(b, b->root, "prompt", ask->tokens, ask->n_tokens);
    } else if (ask->text) {
        yyjson_mut_obj_add_str(b->doc, b->root, "prompt", ask->text);
    } else {
        yyjson_mut_obj_add_null(b->doc, b->root, "prompt");
    }
    if (ask->text && b->remote->api == LMI_API_VLLM)
        yyjson_mut_obj_add_bool(b->doc, b->root, "add_special_tokens", false);
}

static void write_openai(body *b)
{
    const bool is_plain = b->remote->api == LMI_API_OPENAI;
    yyjson_mut_val *options;

    yyjson_mut_obj_add_str(b->doc, b->root, "model", b->remote->model);
    add_prompt(b);
    add_common(b, b->root, "max_tokens");
    if (is_plain)
        tell_plain(b);
    else
        add_more(b, b->root);
    if (b->remote->api == LMI_API_LLAMA)
        add_order(b);
    add_seed(b);
    add_stops(b, b->root, is_plain ? PLAIN_STOPS : LMI_STOPS_MAX);
    yyjson_mut_obj_add_bool(b->doc, b->root, "stream", true);
    options = yyjson_mut_obj_add_obj(b->doc, b->root, "stream_options");
    yyjson_mut_obj_add_bool(b->doc, options, "include_usage", true);
}

/* ---- SGLang's ---- */

/* A seed counts there only with a flag of the server's, and is refused by older ones. */
static void write_generate(body *b)
{
    const lmi_ask *ask = b->ask;
    yyjson_mut_val *sampling;

    if (ask->text)
        yyjson_mut_obj_add_str(b->doc, b->root, "text", ask->text);
    if (ask->tokens)
        add_ids(b, b->root, "input_ids", ask->tokens, ask->n_tokens);
    sampling = yyjson_mut_obj_add_obj(b->doc, b->root, "sampling_params");
    add_common(b, sampling, "max_new_tokens");
    add_more(b, sampling);
    add_stops(b, sampling, LMI_STOPS_MAX);
    if (!is_greedy(ask))
        tell_once(b->remote, NO_SEED);
    yyjson_mut_obj_add_bool(b->doc, b->root, "stream", true);
}

/* Rows as arrays of numbers. */
static lmas_status append_row_numbers(lmi_buf *out, const float *row, size_t width, float scale)
{
    size_t i;

    for (i = 0; i < width; i++) {
        char text[NUMBER_MAX];
        yyjson_val value = {0};

        if (!isfinite(row[i] * scale))
            return lmi_fail(LMAS_E_ENGINE, "a vector for the server is not finite");
        yyjson_set_float(&value, row[i] * scale);
        lmi_buf_putc(out, i == 0 ? '[' : ',');
        lmi_buf_append(out, text, (size_t)(yyjson_write_number(&value, text) - text));
    }
    lmi_buf_putc(out, ']');
    return LMAS_OK;
}

static lmas_status append_numbers(lmi_buf *out, const lmi_ask *ask, size_t width, float scale)
{
    lmas_status status = LMAS_OK;
    size_t i;

    for (i = 0; status == LMAS_OK && i < ask->n_rows; i++) {
        lmi_buf_putc(out, i == 0 ? '[' : ',');
        status = append_row_numbers(out, ask->rows + i * width, width, scale);
    }
    lmi_buf_putc(out, ']');
    return status;
}

/* ---- All ---- */

/* Vectors are by far the most of a body: they are written where they stay, before the rest. */
static lmas_status append_rows(lmi_buf *out, const lmas_remote *remote, const lmi_ask *ask)
{
    const float scale = ask->row_scale > 0 ? ask->row_scale : 1;
    const size_t width = remote->info.n_embd;
    lmas_status status;

    if (remote->api == LMI_API_SGLANG) {
        lmi_buf_puts(out, "{\"input_embeds\":");
        status = append_numbers(out, ask, width, scale);
        lmi_buf_putc(out, ',');
    } else {
        lmi_buf_puts(out, "{\"prompt_embeds\":\"");
        status =
            lmi_payload_append(out, ask->rows, ask->n_rows, width, scale, remote->params.is_bf16);
        lmi_buf_puts(out, "\",");
    }
    return status;
}

lmas_status lmi_ask_write(lmi_buf *out, lmas_remote *remote, const lmi_ask *ask, int32_t n_most)
{
    body b = {.remote = remote, .ask = ask, .n_most = n_most};
    lmas_status status = lmi_json_new(&b.doc, &b.root, "a request");
    lmi_buf rest;

    if (status != LMAS_OK)
        return status;
    lmi_buf_init(&rest, out->max);
    if (lmi_ask_layout(remote, ask) == LMI_LAYOUT_GENERATE)
        write_generate(&b);
    else
        write_openai(&b);
    status = lmi_json_write(&rest, b.doc, 0, "a request");
    if (status == LMAS_OK && ask->rows)
        status = append_rows(out, remote, ask);
    if (status == LMAS_OK) {
        const size_t skip = ask->rows ? 1 : 0; /* its brace stands before the vectors */

        lmi_buf_append(out, lmi_buf_text(&rest) + skip, rest.len - skip);
        status = lmi_buf_status(out);
    }
    lmi_buf_done(&rest);
    return status;
}
