/* state.c - how the server is: health, metrics, properties. */
#include <microhttpd.h>
#include <string.h>

#include "serve/pages/pages.h"

/* Bytes of such a page. */
#define PAGE_MAX ((size_t)64 * 1024 * 1024)

static const char JSON[] = "application/json";

int lmi_page_send_json(lmi_visit *visit, unsigned code, yyjson_mut_doc *doc)
{
    int verdict = MHD_NO;
    lmi_buf text;

    lmi_buf_init(&text, PAGE_MAX);
    if (lmi_json_write(&text, doc, 0, "a page") == LMAS_OK)
        verdict = lmi_visit_send(visit, code, JSON, text.data, text.len);
    lmi_buf_done(&text);
    return verdict;
}

int lmi_page_nothing(lmi_visit *visit, const char *what)
{
    const lmi_complaint why = {404, NULL, NULL, "not_found"};

    (void)!lmi_fail(LMAS_E_INVALID, "no %s \"%.80s\" is served here", what, visit->rest);
    return lmi_visit_refuse(visit, &why);
}

int lmi_page_health(lmi_visit *visit)
{
    static const char well[] = "{\"status\":\"ok\"}", ending[] = "{\"status\":\"ending\"}";
    const bool is_closing = visit->server->desk.is_closing;

    return is_closing ? lmi_visit_send(visit, 503, JSON, ending, strlen(ending))
                      : lmi_visit_send(visit, 200, JSON, well, strlen(well));
}

int lmi_page_metrics(lmi_visit *visit)
{
    lmi_metrics now;
    lmi_buf text;
    int verdict;

    lmi_desk_lock(&visit->server->desk);
    now = visit->server->desk.metrics;
    now.n_waiting = visit->server->desk.n_waiting;
    lmi_desk_unlock(&visit->server->desk);
    lmi_buf_init(&text, PAGE_MAX);
    lmi_metrics_write(&text, &now);
    verdict = lmi_visit_send(visit, 200, "text/plain; version=0.0.4; charset=utf-8",
                             lmi_buf_text(&text), text.len);
    lmi_buf_done(&text);
    return verdict;
}

/* How questions are answered that say nothing of it, in llama-server's words. */
static void add_defaults(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmi_serve_params *p)
{
    const lmas_solver_params *s = &p->params;
    yyjson_mut_val *all = yyjson_mut_obj_add_obj(doc, root, "default_generation_settings");
    yyjson_mut_val *params = yyjson_mut_obj_add_obj(doc, all, "params");

    yyjson_mut_obj_add_uint(doc, all, "n_ctx",
                            lmas_session_n_ctx(p->session) / lmas_session_n_lanes(p->session));
    yyjson_mut_obj_add_int(doc, params, "latent_steps", s->latent_steps);
    yyjson_mut_obj_add_int(doc, params, "max_tokens", s->max_new_tokens);
    yyjson_mut_obj_add_real(doc, params, "temperature", (double)s->sampling.temperature);
    yyjson_mut_obj_add_int(doc, params, "top_k", s->sampling.top_k);
    yyjson_mut_obj_add_real(doc, params, "top_p", (double)s->sampling.top_p);
    yyjson_mut_obj_add_real(doc, params, "min_p", (double)s->sampling.min_p);
    yyjson_mut_obj_add_uint(doc, params, "seed", s->sampling.seed);
}

int lmi_page_props(lmi_visit *visit)
{
    const lmi_serve_params *p = visit->server->params;
    const lmas_model_info *info = lmas_model_describe(p->model);
    yyjson_mut_doc *doc;
    yyjson_mut_val *root, *model;

    if (lmi_json_new(&doc, &root, "properties") != LMAS_OK)
        return MHD_NO;
    add_defaults(doc, root, p);
    yyjson_mut_obj_add_uint(doc, root, "total_slots", p->n_at_once);
    yyjson_mut_obj_add_uint(doc, root, "n_lanes", lmas_session_n_lanes(p->session));
    yyjson_mut_obj_add_str(doc, root, "realignment", lmas_session_realignment(p->session));
    lmi_json_add_text(doc, root, "cannot_think", lmas_session_cannot_think(p->session));
    model = yyjson_mut_obj_add_obj(doc, root, "model");
    yyjson_mut_obj_add_str(doc, model, "description", info->description);
    yyjson_mut_obj_add_str(doc, model, "arch", info->arch);
    yyjson_mut_obj_add_str(doc, model, "name", info->name);
    yyjson_mut_obj_add_str(doc, model, "fingerprint", info->fingerprint);
    yyjson_mut_obj_add_uint(doc, model, "n_params", info->n_params);
    yyjson_mut_obj_add_int(doc, model, "n_embd", info->n_embd);
    yyjson_mut_obj_add_int(doc, model, "n_ctx_train", info->n_ctx_train);
    lmi_json_add_text(doc, root, "chat_template", info->chat_template);
    lmi_json_add_text(doc, root, "bos_token", info->bos);
    yyjson_mut_obj_add_str(doc, root, "build_info", LMAS_VERSION);
    yyjson_mut_obj_add_str(doc, root, "engine", lmas_engine_version());
    return lmi_page_send_json(visit, 200, doc);
}
