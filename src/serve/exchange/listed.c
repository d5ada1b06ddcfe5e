/* listed.c - see listed.h. */
#include "serve/exchange/listed.h"

#include <string.h>

/* What was given as JSON goes out as JSON. */
static void add_object(yyjson_mut_doc *doc, yyjson_mut_val *out, const char *key, const char *text)
{
    yyjson_doc *parsed = yyjson_read(text, strlen(text), 0);

    if (parsed)
        yyjson_mut_obj_add_val(doc, out, key,
                               yyjson_val_mut_copy(doc, yyjson_doc_get_root(parsed)));
    else
        lmi_json_lose(doc);
    yyjson_doc_free(parsed);
}

static void add_words(yyjson_mut_doc *doc, yyjson_mut_val *out, const lmi_exchange_record *r)
{
    yyjson_mut_val *tags;
    size_t i;

    yyjson_mut_obj_add_str(doc, out, "name", r->name);
    yyjson_mut_obj_add_str(doc, out, "description", r->description);
    tags = yyjson_mut_obj_add_arr(doc, out, "tags");
    for (i = 0; i < r->n_tags; i++)
        yyjson_mut_arr_add_str(doc, tags, r->tags[i]);
    yyjson_mut_obj_add_str(doc, out, "text", r->text);
    add_object(doc, out, "provenance", r->provenance);
    add_object(doc, out, "quality", r->quality);
}

/* What the file says of itself. */
static void add_file(yyjson_mut_doc *doc, yyjson_mut_val *out, const lmi_exchange_record *r)
{
    yyjson_mut_obj_add_uint(doc, out, "size", r->size);
    yyjson_mut_obj_add_str(doc, out, "sha256", r->sha256);
    yyjson_mut_obj_add_str(doc, out, "fingerprint", r->fingerprint);
    yyjson_mut_obj_add_str(doc, out, "arch", r->arch);
    yyjson_mut_obj_add_str(doc, out, "version", r->version);
    yyjson_mut_obj_add_str(doc, out, "engine", r->engine);
    yyjson_mut_obj_add_str(doc, out, "cache_type_k", r->cache_type_k);
    yyjson_mut_obj_add_str(doc, out, "cache_type_v", r->cache_type_v);
    lmi_json_add_text(doc, out, "signed_by", r->signed_by);
    yyjson_mut_obj_add_uint(doc, out, "n_pos", r->n_pos);
    yyjson_mut_obj_add_uint(doc, out, "n_tokens", r->n_tokens);
    yyjson_mut_obj_add_uint(doc, out, "n_thoughts", r->n_thoughts);
    yyjson_mut_obj_add_int(doc, out, "n_layer", r->n_layer);
    yyjson_mut_obj_add_int(doc, out, "n_embd", r->n_embd);
}

/* (Whose it is, is nobody's business but whether it is one's own.) */
void lmi_list_record(yyjson_mut_doc *doc, yyjson_mut_val *out, const lmi_exchange_record *record,
                     const char *tenant)
{
    yyjson_mut_obj_add_str(doc, out, "id", record->id);
    yyjson_mut_obj_add_str(doc, out, "object", "memory");
    add_words(doc, out, record);
    yyjson_mut_obj_add_bool(doc, out, "own", strcmp(record->tenant, tenant) == 0);
    yyjson_mut_obj_add_bool(doc, out, "published", record->is_published);
    yyjson_mut_obj_add_int(doc, out, "created", record->created);
    if (record->expires)
        yyjson_mut_obj_add_int(doc, out, "expires", record->expires);
    else
        yyjson_mut_obj_add_null(doc, out, "expires");
    yyjson_mut_obj_add_uint(doc, out, "n_embedding", record->n_embedding);
    yyjson_mut_obj_add_real(doc, out, "nearness", record->nearness);
    add_file(doc, out, record);
}
