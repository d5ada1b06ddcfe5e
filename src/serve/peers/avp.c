/* avp.c - who we are, and texts, as avp 0.6.2 asks for them. */
#include <microhttpd.h>
#include <string.h>

#include "base/file.h"
#include "latentmas_store.h"
#include "serve/exchange/offered.h"
#include "serve/pages/pages.h"
#include "serve/peers/peers.h"

/* ---- Who we are ---- */

/* (A cell holds K and V of each layer and head, two bytes a value.) */
static uint64_t head_dim(const lmas_model_info *info)
{
    const uint64_t n = 4 * (uint64_t)info->n_layer * (uint64_t)info->n_head_kv;

    return n && info->cell_size % n == 0 ? info->cell_size / n : 0;
}

/* The hash of transformers' configuration is nothing that a GGUF can tell. The client compares the
 * rest: the family by its name there, which is the architecture's here. */
static void add_identity(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmas_model *model)
{
    const lmas_model_info *info = lmas_model_describe(model);
    yyjson_mut_val *identity = yyjson_mut_obj_add_obj(doc, root, "identity");
    char hash[LMI_SHA256_SIZE];

    yyjson_mut_obj_add_str(doc, identity, "model_family", info->arch);
    yyjson_mut_obj_add_str(doc, identity, "model_id", lmi_path_name(info->path));
    yyjson_mut_obj_add_str(doc, identity, "model_hash", "");
    yyjson_mut_obj_add_int(doc, identity, "hidden_dim", info->n_embd);
    yyjson_mut_obj_add_int(doc, identity, "num_layers", info->n_layer);
    yyjson_mut_obj_add_int(doc, identity, "num_kv_heads", info->n_head_kv);
    yyjson_mut_obj_add_uint(doc, identity, "head_dim", head_dim(info));
    if (lmas_avp_tokenizer_hash(hash, sizeof(hash), model) == LMAS_OK)
        yyjson_mut_obj_add_strcpy(doc, identity, "tokenizer_hash", hash);
}

static int refuse(lmi_visit *visit)
{
    const lmi_complaint why = {400, NULL, NULL, NULL};

    return lmi_visit_refuse(visit, &why);
}

/* A hello is an object with a name and an identity; what else it says is passed over. */
static bool is_hello(const lmi_buf *body)
{
    lmi_json json;
    yyjson_val *identity;
    bool is_one;

    if (lmi_json_parse(&json, "the hello", lmi_buf_text(body), body->len) != LMAS_OK)
        return false;
    identity = yyjson_obj_get(lmi_json_root(&json), "identity");
    is_one =
        yyjson_is_obj(identity) && yyjson_is_str(yyjson_obj_get(lmi_json_root(&json), "agent_id"));
    if (!is_one)
        (void)!lmi_fail(LMAS_E_FORMAT,
                        "a hello expected: an object with a text \"agent_id\" and an object "
                        "\"identity\"");
    lmi_json_done(&json);
    return is_one;
}

/* The session is a name and no more: what a client may, its key says, with every request. */
int lmi_avp_handshake(lmi_visit *visit)
{
    char session[LMI_EXCHANGE_ID_SIZE];
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;

    if (!is_hello(&visit->body))
        return refuse(visit);
    if (lmi_exchange_new_id(session) != LMI_EXCHANGE_OK ||
        lmi_json_new(&doc, &root, "a handshake") != LMAS_OK)
        return MHD_NO;
    yyjson_mut_obj_add_bool(doc, root, "success", true);
    yyjson_mut_obj_add_str(doc, root, "agent_id", "latentmas");
    yyjson_mut_obj_add_str(doc, root, "avp_version", "0.4");
    yyjson_mut_obj_add_str(doc, root, "session_id", session);
    add_identity(doc, root, visit->server->params->model);
    return lmi_page_send_json(visit, 200, doc);
}

/* ---- Texts ---- */

/* The message as the body of a chat: to the agent that it names, where that is a team of ours. */
static lmas_status as_chat(lmi_buf *out, const lmi_visit *visit, const lmi_json *message)
{
    yyjson_val *root = lmi_json_root(message);
    const char *content = yyjson_get_str(yyjson_obj_get(root, "content"));
    const char *to = yyjson_get_str(yyjson_obj_get(root, "target_agent_id"));
    yyjson_mut_doc *doc;
    yyjson_mut_val *chat, *one;

    if (!content || !*content)
        return lmi_fail(LMAS_E_FORMAT, "a message with a text \"content\" expected");
    if (lmi_json_new(&doc, &chat, "a chat") != LMAS_OK)
        return LMAS_E_NOMEM;
    if (to && lmi_catalog_find(&visit->server->catalog, to))
        yyjson_mut_obj_add_str(doc, chat, "model", to);
    one = yyjson_mut_arr_add_obj(doc, yyjson_mut_obj_add_arr(doc, chat, "messages"));
    yyjson_mut_obj_add_str(doc, one, "role", "user");
    yyjson_mut_obj_add_strn(doc, one, "content", content,
                            yyjson_get_len(yyjson_obj_get(root, "content")));
    return lmi_json_write(out, doc, 0, "a chat");
}

int lmi_avp_text(lmi_visit *visit)
{
    lmi_json message;
    lmas_status status =
        lmi_json_parse(&message, "the message", lmi_buf_text(&visit->body), visit->body.len);
    int verdict;
    lmi_buf chat;

    if (status != LMAS_OK)
        return refuse(visit);
    lmi_buf_init(&chat, (size_t)2 * LMI_BODY_MAX);
    status = as_chat(&chat, visit, &message);
    verdict = status == LMAS_OK ? lmi_page_ask(visit, LMI_CHAT, lmi_buf_text(&chat), chat.len)
                                : refuse(visit);
    lmi_buf_done(&chat);
    lmi_json_done(&message);
    return verdict;
}
