/* form.c - see form.h. messages.c reads what was said. */
#include "serve/openai/form.h"

#include <math.h>
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "serve/openai/field.h"
#include "serve/openai/messages.h"

enum { TOP_MAX = 20, FINISH_MAX = 1 << 20 };

/* ---- What cannot be done ---- */

/* A field that would change the answer, and the value at which it does not. */
typedef struct refusal {
    const char *key, *words;
    double harmless;
} refusal;

static bool is_harmless(yyjson_val *val, double harmless)
{
    if (yyjson_is_arr(val) || yyjson_is_obj(val))
        return yyjson_get_len(val) == 0;
    if (yyjson_is_bool(val))
        return !yyjson_get_bool(val);
    if (yyjson_is_str(val))
        return yyjson_equals_str(val, "none") || yyjson_equals_str(val, "auto");
    return yyjson_is_num(val) && yyjson_get_num(val) == harmless;
}

static lmas_status refuse_others(lmi_reading *r)
{
    static const refusal refusals[] = {
        {"tools", "a team calls no tools: what its agents may run stands in the team's file", 0},
        {"functions", "a team calls no functions", 0},
        {"frequency_penalty", "no penalties are known here, only 0", 0},
        {"presence_penalty", "no penalties are known here, only 0", 0},
        {"repetition_penalty", "no penalties are known here, only 1", 1},
        {"logit_bias", "no bias of tokens is known here", 0},
        {"suffix", "a text is only gone on with, and not filled in", 0},
        {"echo", "a prompt is not said again: only false", 0},
        {"best_of", "as many are answered as are asked for (n): only 1", 1},
        {"audio", "text alone is spoken", 0},
        {"prediction", "no prediction is made use of", 0},
        {"prompt_embeds", "a prompt is text", 0},
    };
    size_t i;

    for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
        yyjson_val *val = lmi_field(r, refusals[i].key);

        if (val && !is_harmless(val, refusals[i].harmless))
            return lmi_field_refuse(r, refusals[i].key, "unsupported_parameter", "%s: %s",
                                    refusals[i].key, refusals[i].words);
    }
    return LMAS_OK;
}

static lmas_status check_response_format(lmi_reading *r)
{
    yyjson_val *format = lmi_field(r, "response_format");

    if (!format || yyjson_equals_str(yyjson_obj_get(format, "type"), "text"))
        return LMAS_OK;
    return lmi_field_refuse(r, "response_format", "unsupported_parameter",
                            "response_format: answers are free text, {\"type\": \"text\"} alone");
}

/* ---- How to draw ---- */

static lmas_status read_sampling(lmi_reading *r, const lmi_defaults *defaults)
{
    lmi_form *form = r->form;
    double temperature = (double)defaults->sampling.temperature;
    double top_p = (double)defaults->sampling.top_p, min_p = (double)defaults->sampling.min_p;
    int64_t top_k = defaults->sampling.top_k, seed = INT64_MIN;
    lmas_status status = lmi_field_number(&temperature, r, "temperature", 0, LMAS_TEMPERATURE_MAX);

    if (status == LMAS_OK)
        status = lmi_field_number(&top_p, r, "top_p", 0, 1);
    if (status == LMAS_OK)
        status = lmi_field_number(&min_p, r, "min_p", 0, 1);
    if (status == LMAS_OK)
        status = lmi_field_int(&top_k, r, "top_k", -1, LMAS_TOP_K_MAX);
    if (status == LMAS_OK)
        status = lmi_field_int(&seed, r, "seed", INT64_MIN + 1, INT64_MAX);
    if (status != LMAS_OK)
        return status;
    form->is_seeded = seed != INT64_MIN;
    form->sampling =
        (lmas_sampling){.temperature = (float)temperature,
                        .top_p = top_p > 0 ? (float)top_p : 1e-6f,
                        .top_k = top_k > 0 ? (int32_t)top_k : 0,
                        .min_p = (float)min_p,
                        .seed = form->is_seeded ? (uint64_t)seed : defaults->sampling.seed};
    form->question.sampling = &form->sampling;
    return LMAS_OK;
}

static lmas_status read_lengths(lmi_reading *r)
{
    lmi_form *form = r->form;
    const bool is_new = lmi_field(r, "max_completion_tokens") != NULL;
    const char *key = is_new ? "max_completion_tokens" : "max_tokens";
    int64_t most = 0, n = 1;
    lmas_status status = lmi_field_int(&most, r, key, 1, LMAS_NEW_TOKENS_MAX);

    if (status == LMAS_OK)
        status = lmi_field_int(&n, r, "n", 1, LMI_CHOICES_MAX);
    form->question.max_new_tokens = (int32_t)most;
    form->n = (uint32_t)n;
    return status;
}

/* A word, or a list of them. */
static lmas_status read_stops(lmi_reading *r)
{
    yyjson_val *stop = lmi_field(r, "stop");
    const bool is_list = yyjson_is_arr(stop);
    const size_t n = !stop ? 0 : is_list ? yyjson_arr_size(stop) : 1;
    size_t i;

    if (n > LMAS_STOPS_MAX)
        return lmi_field_refuse(r, "stop", NULL, "stop: at most %d texts expected, found %zu",
                                LMAS_STOPS_MAX, n);
    r->form->stops = lmi_new(n + 1, sizeof(*r->form->stops));
    if (!r->form->stops)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a request");
    for (i = 0; i < n; i++) {
        yyjson_val *one = is_list ? yyjson_arr_get(stop, i) : stop;
        const size_t len = yyjson_get_len(one);

        if (!yyjson_is_str(one) || len == 0 || len > LMAS_STOP_SIZE_MAX ||
            strlen(yyjson_get_str(one)) != len)
            return lmi_field_refuse(r, "stop", NULL, "stop: texts of 1 to %d bytes expected",
                                    LMAS_STOP_SIZE_MAX);
        r->form->stops[i] = yyjson_get_str(one);
    }
    r->form->question.stops = r->form->stops;
    r->form->question.n_stops = n;
    return LMAS_OK;
}

/* Of a chat a switch and a number, of completions a number alone. */
static lmas_status read_logprobs(lmi_reading *r)
{
    lmas_question *question = &r->form->question;
    int64_t n = 0;
    lmas_status status;

    if (r->form->endpoint == LMI_CHAT) {
        status = lmi_field_bool(&question->tells_tokens, r, "logprobs");
        if (status == LMAS_OK)
            status = lmi_field_int(&n, r, "top_logprobs", 0, TOP_MAX);
        if (status == LMAS_OK && n > 0 && !question->tells_tokens)
            return lmi_field_refuse(r, "top_logprobs", NULL,
                                    "top_logprobs needs \"logprobs\": true");
    } else {
        question->tells_tokens = lmi_field(r, "logprobs") != NULL;
        status = lmi_field_int(&n, r, "logprobs", 0, TOP_MAX);
    }
    question->n_top = (uint32_t)n;
    return status;
}

static lmas_status read_stream(lmi_reading *r)
{
    yyjson_val *options = lmi_field(r, "stream_options");
    const lmas_status status = lmi_field_bool(&r->form->streams, r, "stream");

    if (status != LMAS_OK || !options)
        return status;
    if (!yyjson_is_obj(options) || !r->form->streams)
        return lmi_field_refuse(r, "stream_options", NULL,
                                "stream_options: an object expected, beside \"stream\": true");
    r->form->tells_usage = yyjson_get_bool(yyjson_obj_get(options, "include_usage"));
    return LMAS_OK;
}

/* ---- Which team, and what of it ---- */

static lmas_status find_entry(lmi_reading *r, const lmi_catalog *catalog)
{
    const char *id = NULL;
    const lmas_status status = lmi_field_text(&id, r, "model");

    if (status != LMAS_OK)
        return status;
    r->form->entry = id ? lmi_catalog_find(catalog, id) : &catalog->at[0];
    if (!r->form->entry) {
        r->why->code = 404;
        return lmi_field_refuse(
            r, "model", "model_not_found",
            "no model \"%.80s\" is served here: /v1/models lists them, such as %s", id,
            catalog->at[0].id);
    }
    r->form->question.team = r->form->entry->place;
    return LMAS_OK;
}

static lmas_status read_kind(lmi_reading *r, yyjson_val *own)
{
    yyjson_val *val = yyjson_obj_get(own, "answer");

    if (!val || lmas_answer_kind_parse(&r->form->question.kind, yyjson_get_str(val)))
        return LMAS_OK;
    return lmi_field_refuse(r, "latentmas", NULL,
                            "latentmas.answer: number, choice, code or free expected");
}

/* What is asked of us alone. */
static lmas_status read_own(lmi_reading *r)
{
    static const char *const known[] = {"trace", "n_near", "answer", NULL};
    yyjson_val *own = lmi_field(r, "latentmas");
    lmi_reading inner = *r;
    int64_t n_near = 0;
    lmas_status status;

    if (!own)
        return LMAS_OK;
    if (!yyjson_is_obj(own) ||
        lmi_json_only_keys(&r->form->json, own, "latentmas", known) != LMAS_OK)
        return lmi_field_refuse(r, "latentmas", NULL,
                                "latentmas: an object of trace, n_near and answer expected");
    inner.root = own;
    status = lmi_field_bool(&r->form->traces, &inner, "trace");
    if (status == LMAS_OK)
        status = lmi_field_int(&n_near, &inner, "n_near", 0, LMAS_NEAR_MAX);
    r->form->question.n_near = (uint32_t)n_near;
    return status == LMAS_OK ? read_kind(r, own) : status;
}

static lmas_status check_kind(lmi_reading *r)
{
    const lmi_entry *entry = r->form->entry;

    if (lmas_team_can_answer(entry->team, entry->method, r->form->question.kind))
        return LMAS_OK;
    return lmi_field_refuse(r, "latentmas", NULL,
                            "%s has no words for such answers (\"formats\" of its file)",
                            entry->id);
}

static lmas_status read_all(lmi_reading *r, const lmi_defaults *defaults)
{
    lmas_status status = refuse_others(r);

    if (status == LMAS_OK)
        status = check_response_format(r);
    if (status == LMAS_OK)
        status = find_entry(r, defaults->catalog);
    if (status == LMAS_OK)
        status = read_sampling(r, defaults);
    if (status == LMAS_OK)
        status = read_lengths(r);
    if (status == LMAS_OK)
        status = read_stops(r);
    if (status == LMAS_OK)
        status = read_stream(r);
    if (status == LMAS_OK)
        status = read_logprobs(r);
    if (status == LMAS_OK)
        status = read_own(r);
    if (status == LMAS_OK)
        status = check_kind(r);
    if (status == LMAS_OK)
        status = r->form->endpoint == LMI_CHAT ? lmi_read_messages(r) : lmi_read_prompts(r);
    return status;
}

lmas_status lmi_form_read(lmi_form *out, lmi_complaint *why, lmi_endpoint endpoint,
                          const lmi_defaults *defaults, const char *body, size_t len)
{
    lmi_reading r = {.form = out, .why = why};
    lmas_status status;

    *out = (lmi_form){.endpoint = endpoint, .n = 1, .question.kind = defaults->kind};
    lmi_buf_init(&out->system, LMI_BODY_MAX);
    lmi_buf_init(&out->texts, LMI_BODY_MAX);
    *why = (lmi_complaint){.code = 400};
    status = lmi_json_parse(&out->json, "body", body, len);
    if (status != LMAS_OK)
        return status;
    r.root = lmi_json_root(&out->json);
    if (!yyjson_is_obj(r.root))
        return lmi_field_refuse(&r, NULL, NULL, "the body must be a JSON object, found %s",
                                lmi_json_type(r.root));
    return read_all(&r, defaults);
}

void lmi_form_done(lmi_form *form)
{
    lmi_json_done(&form->json);
    lmi_free(form->prompts);
    lmi_free(form->before);
    lmi_free(form->stops);
    lmi_buf_done(&form->system);
    lmi_buf_done(&form->texts);
    *form = (lmi_form){0};
}
