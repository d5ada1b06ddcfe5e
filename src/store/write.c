/* write.c - a manifest as JSON. */
#include "store/manifest.h"

#include "latent/memory.h"

const char *lmi_chunk_name(lmi_chunk_id id)
{
    static const char *const names[] = {"state", "tokens", "vectors", "result"};

    return names[id];
}

void lmi_manifest_count(uint64_t *n_tokens, uint64_t *n_vectors, const lmi_manifest *manifest)
{
    const lmi_extent extent = lmi_extent_of(manifest->segments, manifest->n_segments);

    *n_tokens = extent.n_tokens;
    *n_vectors = extent.n_vectors;
}

static void add_model(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmi_manifest *m)
{
    yyjson_mut_val *model = yyjson_mut_obj_add_obj(doc, root, "model");

    yyjson_mut_obj_add_str(doc, model, "fingerprint", m->fingerprint);
    yyjson_mut_obj_add_str(doc, model, "arch", m->arch);
    yyjson_mut_obj_add_uint(doc, model, "n_layer", m->n_layer);
    yyjson_mut_obj_add_uint(doc, model, "n_embd", m->n_embd);
    yyjson_mut_obj_add_uint(doc, model, "n_vocab", m->n_vocab);
    yyjson_mut_obj_add_str(doc, model, "tokenizer", m->tokenizer);
    yyjson_mut_obj_add_str(doc, model, "chat_template", m->chat_template);
}

static void add_engine(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmi_dialect *d)
{
    yyjson_mut_val *engine = yyjson_mut_obj_add_obj(doc, root, "engine");

    yyjson_mut_obj_add_str(doc, engine, "libllama", d->engine);
    yyjson_mut_obj_add_uint(doc, engine, "state_version", d->version);
    yyjson_mut_obj_add_str(doc, engine, "cache_type_k", d->type_k);
    yyjson_mut_obj_add_str(doc, engine, "cache_type_v", d->type_v);
    yyjson_mut_obj_add_str(doc, engine, "flash_attn", d->flash_attn);
    yyjson_mut_obj_add_uint(doc, engine, "n_streams", d->n_streams);
}

static void add_segment(yyjson_mut_doc *doc, yyjson_mut_val *segments, const lmas_segment *s)
{
    static const char *const kinds[] = {"prompt", "thought", "text"};
    yyjson_mut_val *segment = yyjson_mut_arr_add_obj(doc, segments);

    yyjson_mut_obj_add_str(doc, segment, "agent", s->agent);
    yyjson_mut_obj_add_str(doc, segment, "kind", kinds[s->kind]);
    yyjson_mut_obj_add_uint(doc, segment, "pos", s->pos);
    yyjson_mut_obj_add_uint(doc, segment, "n", s->n);
}

static void add_memory(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmi_manifest *m)
{
    yyjson_mut_val *memory = yyjson_mut_obj_add_obj(doc, root, "memory");
    yyjson_mut_val *segments;
    size_t i;

    yyjson_mut_obj_add_uint(doc, memory, "n_pos", m->n_pos);
    yyjson_mut_obj_add_bool(doc, memory, "can_rebuild", m->can_rebuild);
    yyjson_mut_obj_add_bool(doc, memory, "has_hidden", m->has_hidden);
    yyjson_mut_obj_add_bool(doc, memory, "has_logits", m->has_logits);
    segments = yyjson_mut_obj_add_arr(doc, memory, "segments");
    for (i = 0; i < m->n_segments; i++)
        add_segment(doc, segments, &m->segments[i]);
}

static void add_chunks(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmi_manifest *m)
{
    yyjson_mut_val *chunks = yyjson_mut_obj_add_obj(doc, root, "chunks");
    lmi_chunk_id i;

    for (i = 0; i < LMI_N_CHUNKS; i++) {
        const lmi_chunk *chunk = &m->chunks[i];
        yyjson_mut_val *object = yyjson_mut_obj_add_obj(doc, chunks, lmi_chunk_name(i));

        yyjson_mut_obj_add_uint(doc, object, "size", chunk->size);
        yyjson_mut_obj_add_uint(doc, object, "packed", chunk->packed);
        yyjson_mut_obj_add_str(doc, object, "packing", chunk->is_raw ? "none" : "zstd");
        yyjson_mut_obj_add_str(doc, object, "sha256", chunk->sha256);
    }
}

lmas_status lmi_manifest_write(lmi_buf *out, const lmi_manifest *manifest)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    const lmas_status status = lmi_json_new(&doc, &root, "a manifest");

    if (status != LMAS_OK)
        return status;
    yyjson_mut_obj_add_str(doc, root, "latentmas", manifest->version);
    add_model(doc, root, manifest);
    add_engine(doc, root, &manifest->dialect);
    add_memory(doc, root, manifest);
    add_chunks(doc, root, manifest);
    return lmi_json_write(out, doc, YYJSON_WRITE_NOFLAG, "a manifest");
}
