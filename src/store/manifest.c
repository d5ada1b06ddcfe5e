/*
 * manifest.c - a manifest out of JSON, believed in nothing.
 *
 * The first thing that is wrong sticks; what is read after it is zero. Then the numbers are held
 * against each other, so that whoever unpacks a chunk knows its size to be that of its content.
 */
#include "store/manifest.h"

#include <string.h>

#include "base/mem.h"
#include "latent/memory.h"
#include "store/limits.h"

typedef struct reader {
    const lmi_json *json;
    lmas_status status;
} reader;

static yyjson_val *member(reader *r, yyjson_val *object, const char *where, const char *key)
{
    size_t line;
    yyjson_val *val;

    if (r->status != LMAS_OK)
        return NULL;
    val = lmi_json_member(&line, r->json, object, key);
    if (!val)
        r->status = lmi_fail(LMAS_E_FORMAT, "%s: the manifest has no \"%s\" in %s", r->json->label,
                             key, where);
    return val;
}

static void complain(reader *r, const char *key, const char *expected)
{
    if (r->status == LMAS_OK)
        r->status = lmi_fail(LMAS_E_FORMAT, "%s: \"%s\" in the manifest must be %s", r->json->label,
                             key, expected);
}

/* An object with these keys and no others. */
static yyjson_val *object_of(reader *r, yyjson_val *in, const char *key, const char *const *known)
{
    yyjson_val *val = member(r, in, "it", key);

    if (val && !yyjson_is_obj(val))
        complain(r, key, "an object");
    if (r->status == LMAS_OK)
        r->status = lmi_json_only_keys(r->json, val, key, known);
    return r->status == LMAS_OK ? val : NULL;
}

static uint64_t number(reader *r, yyjson_val *object, const char *where, const char *key,
                       uint64_t max)
{
    yyjson_val *val = member(r, object, where, key);

    if (!val)
        return 0;
    if (yyjson_is_uint(val) && yyjson_get_uint(val) <= max)
        return yyjson_get_uint(val);
    if (r->status == LMAS_OK)
        r->status = lmi_fail(LMAS_E_FORMAT,
                             "%s: \"%s\" of %s in the manifest must be a number from 0 to %llu",
                             r->json->label, key, where, (unsigned long long)max);
    return 0;
}

static uint32_t count(reader *r, yyjson_val *object, const char *where, const char *key, size_t max)
{
    return (uint32_t)number(r, object, where, key, max);
}

static bool flag(reader *r, yyjson_val *object, const char *where, const char *key)
{
    yyjson_val *val = member(r, object, where, key);

    if (val && !yyjson_is_bool(val))
        complain(r, key, "true or false");
    return yyjson_get_bool(val);
}

static const char *text(reader *r, yyjson_val *object, const char *where, const char *key)
{
    const char *found = NULL;

    if (r->status == LMAS_OK)
        r->status = lmi_json_string(&found, r->json, object, where, key, false);
    return found ? found : "";
}

static const char *digest(reader *r, yyjson_val *object, const char *where, const char *key)
{
    const char *found = text(r, object, where, key);

    if (strlen(found) != LMI_SHA256_SIZE - 1 ||
        strspn(found, "0123456789abcdef") != LMI_SHA256_SIZE - 1)
        complain(r, key, "a SHA-256 of 64 hex digits");
    return found;
}

static void read_model(reader *r, lmi_manifest *m, yyjson_val *root)
{
    static const char *const keys[] = {"fingerprint", "arch",      "n_layer",       "n_embd",
                                       "n_vocab",     "tokenizer", "chat_template", NULL};
    yyjson_val *model = object_of(r, root, "model", keys);

    m->fingerprint = digest(r, model, "model", "fingerprint");
    m->arch = text(r, model, "model", "arch");
    m->n_layer = count(r, model, "model", "n_layer", LMI_STORE_LAYERS_MAX);
    m->n_embd = count(r, model, "model", "n_embd", LMI_STORE_EMBD_MAX);
    m->n_vocab = count(r, model, "model", "n_vocab", LMI_STORE_VOCAB_MAX);
    m->tokenizer = digest(r, model, "model", "tokenizer");
    m->chat_template = digest(r, model, "model", "chat_template");
}

static void read_engine(reader *r, lmi_dialect *d, yyjson_val *root)
{
    static const char *const keys[] = {
        "libllama", "state_version", "cache_type_k", "cache_type_v", "flash_attn", "n_streams",
        NULL};
    yyjson_val *engine = object_of(r, root, "engine", keys);

    d->engine = text(r, engine, "engine", "libllama");
    d->version = count(r, engine, "engine", "state_version", UINT32_MAX);
    d->type_k = text(r, engine, "engine", "cache_type_k");
    d->type_v = text(r, engine, "engine", "cache_type_v");
    d->flash_attn = text(r, engine, "engine", "flash_attn");
    d->n_streams = count(r, engine, "engine", "n_streams", LMAS_N_LANES_MAX);
}

static lmas_segment_kind kind_of(reader *r, yyjson_val *segment)
{
    const char *name = text(r, segment, "a segment", "kind");

    if (strcmp(name, "prompt") == 0)
        return LMAS_SEGMENT_PROMPT;
    if (strcmp(name, "thought") == 0)
        return LMAS_SEGMENT_THOUGHT;
    if (strcmp(name, "text") != 0)
        complain(r, "kind", "prompt, thought or text");
    return LMAS_SEGMENT_TEXT;
}

static void read_segment(reader *r, lmas_segment *out, yyjson_val *segment)
{
    static const char *const keys[] = {"agent", "kind", "pos", "n", NULL};

    if (!yyjson_is_obj(segment))
        complain(r, "segments", "a list of objects");
    if (r->status == LMAS_OK)
        r->status = lmi_json_only_keys(r->json, segment, "a segment", keys);
    out->agent = text(r, segment, "a segment", "agent");
    out->kind = kind_of(r, segment);
    out->pos = count(r, segment, "a segment", "pos", LMAS_N_CTX_MAX);
    out->n = count(r, segment, "a segment", "n", LMAS_N_CTX_MAX);
}

static void read_segments(reader *r, lmi_manifest *m, yyjson_val *memory)
{
    yyjson_val *segments = member(r, memory, "memory", "segments");
    const size_t n = yyjson_arr_size(segments), least = m->can_rebuild ? 1 : 0;
    size_t i;

    if (r->status == LMAS_OK && (!yyjson_is_arr(segments) || n < least || n > LMI_SEGMENTS_MAX))
        complain(r, "segments", "a list of at most 4096 segments, and of some to rebuild it");
    if (r->status != LMAS_OK)
        return;
    m->segments = lmi_new(n, sizeof(*m->segments));
    if (!m->segments)
        r->status = lmi_fail(LMAS_E_NOMEM, "no memory for %zu segments", n);
    for (i = 0; r->status == LMAS_OK && i < n; i++)
        read_segment(r, &m->segments[i], yyjson_arr_get(segments, i));
    m->n_segments = r->status == LMAS_OK ? n : 0;
}

static void read_memory(reader *r, lmi_manifest *m, yyjson_val *root)
{
    static const char *const keys[] = {"n_pos",      "can_rebuild", "has_hidden",
                                       "has_logits", "segments",    NULL};
    yyjson_val *memory = object_of(r, root, "memory", keys);

    m->n_pos = count(r, memory, "memory", "n_pos", LMAS_N_CTX_MAX);
    m->can_rebuild = flag(r, memory, "memory", "can_rebuild");
    m->has_hidden = flag(r, memory, "memory", "has_hidden");
    m->has_logits = flag(r, memory, "memory", "has_logits");
    read_segments(r, m, memory);
}

static void read_chunk(reader *r, lmi_chunk *out, yyjson_val *chunks, const char *name)
{
    static const char *const keys[] = {"size", "packed", "packing", "sha256", NULL};
    yyjson_val *chunk = object_of(r, chunks, name, keys);
    const char *packing, *sha256;

    out->size = number(r, chunk, name, "size", LMI_STORE_FILE_MAX * LMI_STORE_RATIO_MAX);
    out->packed = number(r, chunk, name, "packed", LMI_STORE_FILE_MAX);
    packing = text(r, chunk, name, "packing");
    out->is_raw = strcmp(packing, "none") == 0;
    if (!out->is_raw && strcmp(packing, "zstd") != 0)
        complain(r, "packing", "none or zstd");
    sha256 = digest(r, chunk, name, "sha256");
    if (r->status != LMAS_OK)
        return;
    memcpy(out->sha256, sha256, sizeof(out->sha256));
    if (out->is_raw ? out->size != out->packed
                    : out->size > out->packed * LMI_STORE_RATIO_MAX + LMI_STORE_SLACK)
        r->status = lmi_fail(LMAS_E_FORMAT, "%s: the chunk %s cannot be %llu bytes out of %llu",
                             r->json->label, name, (unsigned long long)out->size,
                             (unsigned long long)out->packed);
}

static void read_chunks(reader *r, lmi_manifest *m, yyjson_val *root)
{
    static const char *const keys[] = {"state", "tokens", "vectors", "result", NULL};
    yyjson_val *chunks = object_of(r, root, "chunks", keys);
    lmi_chunk_id i;

    for (i = 0; i < LMI_N_CHUNKS; i++)
        read_chunk(r, &m->chunks[i], chunks, lmi_chunk_name(i));
}

/* Segments follow each other; what can be rebuilt has no gaps, or it would come out shorter. */
static void check_segments(reader *r, const lmi_manifest *m)
{
    uint64_t end = 0;
    size_t i;

    for (i = 0; r->status == LMAS_OK && i < m->n_segments; i++) {
        const lmas_segment *s = &m->segments[i];

        if (s->n == 0 || s->pos < end || (m->can_rebuild && s->pos != end))
            r->status = lmi_fail(LMAS_E_FORMAT,
                                 "%s: segment %zu in the manifest is %u positions at %u, behind %u",
                                 r->json->label, i, s->n, s->pos, (unsigned)end);
        end = (uint64_t)s->pos + s->n;
    }
    if (r->status == LMAS_OK && (end > m->n_pos || (m->can_rebuild && end != m->n_pos)))
        r->status = lmi_fail(LMAS_E_FORMAT, "%s: the segments end at position %u of %u",
                             r->json->label, (unsigned)end, m->n_pos);
}

static void check_size(reader *r, const lmi_manifest *m, lmi_chunk_id id, uint64_t size)
{
    if (r->status == LMAS_OK && m->chunks[id].size != size)
        r->status = lmi_fail(LMAS_E_FORMAT, "%s: the chunk %s has %llu bytes, %llu expected",
                             r->json->label, lmi_chunk_name(id),
                             (unsigned long long)m->chunks[id].size, (unsigned long long)size);
}

static void check(reader *r, const lmi_manifest *m)
{
    const uint64_t n_result =
        (uint64_t)m->n_embd * m->has_hidden + (uint64_t)m->n_vocab * m->has_logits;
    uint64_t n_tokens, n_vectors;

    check_segments(r, m);
    if (r->status != LMAS_OK)
        return;
    lmi_manifest_count(&n_tokens, &n_vectors, m);
    check_size(r, m, LMI_CHUNK_TOKENS, n_tokens * sizeof(int32_t));
    check_size(r, m, LMI_CHUNK_VECTORS, n_vectors * m->n_embd * sizeof(float));
    check_size(r, m, LMI_CHUNK_RESULT, n_result * sizeof(float));
    if (r->status == LMAS_OK && m->chunks[LMI_CHUNK_STATE].size == 0)
        r->status = lmi_fail(LMAS_E_FORMAT, "%s: the chunk state is empty", r->json->label);
}

/* On one line, as it was written: where lines begin is noted, eight bytes each. */
static lmas_status parse(lmi_json *out, const char *label, const char *json, size_t len)
{
    if (memchr(json, '\n', len))
        return lmi_fail(LMAS_E_FORMAT, "%s: the manifest is not on one line", label);
    return lmi_json_parse(out, label, json, len);
}

lmas_status lmi_manifest_read(lmi_manifest *out, const char *label, const char *json, size_t len)
{
    static const char *const keys[] = {"latentmas", "model", "engine", "memory", "chunks", NULL};
    lmi_manifest m = {0};
    reader r = {.json = &m.json};
    yyjson_val *root;

    r.status = parse(&m.json, label, json, len);
    root = r.status == LMAS_OK ? lmi_json_root(&m.json) : NULL;
    if (r.status == LMAS_OK && !yyjson_is_obj(root))
        r.status = lmi_fail(LMAS_E_FORMAT, "%s: the manifest is no object", label);
    if (r.status == LMAS_OK)
        r.status = lmi_json_only_keys(&m.json, root, "the manifest", keys);
    m.version = text(&r, root, "the manifest", "latentmas");
    read_model(&r, &m, root);
    read_engine(&r, &m.dialect, root);
    read_memory(&r, &m, root);
    read_chunks(&r, &m, root);
    check(&r, &m);
    if (r.status != LMAS_OK)
        lmi_manifest_done(&m);
    else
        *out = m;
    return r.status;
}

void lmi_manifest_done(lmi_manifest *manifest)
{
    lmi_free(manifest->segments);
    lmi_json_done(&manifest->json);
    *manifest = (lmi_manifest){0};
}
