/* metadata.c - see metadata.h. Fields of one kind are a table, for reading and for writing. */
#include "store/avp/metadata.h"

#include <string.h>

#include "base/utf8.h"
#include "store/avp/wire.h"

enum { SHAPE = 9, EXTRA = 14, CHECKSUM = 15, EXTRA_KEY = 1, EXTRA_VALUE = 2 };

/* A field, and where it goes. */
typedef struct place {
    uint32_t number;
    size_t offset;
} place;

#define AT(field) offsetof(lmi_avp_metadata, field)
static const place texts[] = {{1, AT(session_id)},      {2, AT(source_agent_id)},
                              {3, AT(target_agent_id)}, {4, AT(model_id)},
                              {11, AT(compression)},    {13, AT(map_id)}};
static const place numbers[] = {{5, AT(hidden_dim)},
                                {6, AT(num_layers)},
                                {7, AT(payload_type)},
                                {8, AT(dtype)},
                                {10, AT(mode)}};

static const struct {
    const char *name;
    size_t offset;
} extras[] = {{"model_family", AT(model_family)},
              {"model_hash", AT(model_hash)},
              {"num_steps", AT(num_steps)}};
#undef AT

enum {
    N_TEXTS = sizeof(texts) / sizeof(texts[0]),
    N_NUMBERS = sizeof(numbers) / sizeof(numbers[0]),
    N_EXTRAS = sizeof(extras) / sizeof(extras[0])
};

static const place *find(uint32_t number, const place *places, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (places[i].number == number)
            return &places[i];
    return NULL;
}

lmi_avp_text lmi_avp_text_of(const char *text)
{
    return (lmi_avp_text){text, text ? strlen(text) : 0};
}

bool lmi_avp_text_is(lmi_avp_text text, const char *other)
{
    return text.len == strlen(other) && (text.len == 0 || memcmp(text.data, other, text.len) == 0);
}

/* ---- Reading ---- */

typedef struct reader {
    lmi_avp_metadata *out;
    const char *label;
    lmas_status status;
} reader;

static void complain(reader *r, uint32_t number, const char *expected)
{
    if (r->status == LMAS_OK)
        r->status = lmi_fail(LMAS_E_FORMAT, "%s: field %u of its metadata must be %s", r->label,
                             number, expected);
}

static void take_text(reader *r, lmi_avp_text *out, uint32_t number, const lmi_wire_field *f)
{
    const char *data = (const char *)f->data;

    if (f->type != LMI_WIRE_BYTES || f->size > LMI_AVP_TEXT_MAX || memchr(data, '\0', f->size) ||
        !lmi_utf8_is_valid(data, f->size))
        complain(r, number, "a text in UTF-8 of at most 4096 bytes");
    else
        *out = (lmi_avp_text){data, f->size};
}

static void take_number(reader *r, uint32_t *out, const lmi_wire_field *f)
{
    if (f->type != LMI_WIRE_NUMBER || f->value > UINT32_MAX)
        complain(r, f->number, "a number of 32 bits");
    else
        *out = (uint32_t)f->value;
}

static void take_dim(reader *r, uint64_t dim)
{
    lmi_avp_metadata *m = r->out;

    if (m->n_dims == LMI_AVP_DIMS_MAX || dim > UINT32_MAX)
        complain(r, SHAPE, "a shape of at most 8 numbers");
    else
        m->shape[m->n_dims++] = (uint32_t)dim;
}

/* A list in one field, or a field for each. */
static void take_shape(reader *r, const lmi_wire_field *f)
{
    lmi_wire list = {.at = f->data, .left = f->size};
    uint64_t dim;

    if (f->type == LMI_WIRE_NUMBER)
        take_dim(r, f->value);
    else if (f->type != LMI_WIRE_BYTES)
        complain(r, SHAPE, "a shape");
    while (f->type == LMI_WIRE_BYTES && r->status == LMAS_OK && lmi_wire_next_number(&dim, &list))
        take_dim(r, dim);
    if (list.is_bad)
        complain(r, SHAPE, "a shape");
}

/* One entry of a map: a message of a key and a value. */
static void take_extra(reader *r, const lmi_wire_field *entry)
{
    lmi_wire wire = {.at = entry->data, .left = entry->size};
    lmi_avp_text key = {0}, value = {0};
    lmi_wire_field f;
    size_t i;

    if (entry->type != LMI_WIRE_BYTES)
        complain(r, EXTRA, "a map of texts");
    while (r->status == LMAS_OK && lmi_wire_next(&f, &wire)) {
        if (f.number == EXTRA_KEY)
            take_text(r, &key, EXTRA, &f);
        else if (f.number == EXTRA_VALUE)
            take_text(r, &value, EXTRA, &f);
    }
    if (wire.is_bad)
        complain(r, EXTRA, "a map of texts");
    for (i = 0; r->status == LMAS_OK && i < N_EXTRAS; i++)
        if (lmi_avp_text_is(key, extras[i].name))
            *(lmi_avp_text *)((char *)r->out + extras[i].offset) = value;
}

static void take_field(reader *r, const lmi_wire_field *f)
{
    const place *text = find(f->number, texts, N_TEXTS);
    const place *number = find(f->number, numbers, N_NUMBERS);

    if (text)
        take_text(r, (lmi_avp_text *)((char *)r->out + text->offset), f->number, f);
    else if (number)
        take_number(r, (uint32_t *)((char *)r->out + number->offset), f);
    else if (f->number == SHAPE)
        take_shape(r, f);
    else if (f->number == EXTRA)
        take_extra(r, f);
    else if (f->number == CHECKSUM) {
        take_number(r, &r->out->checksum, f);
        r->out->has_checksum = true;
    }
}

lmas_status lmi_avp_metadata_read(lmi_avp_metadata *out, const char *label, const uint8_t *bytes,
                                  size_t size)
{
    lmi_wire wire = {.at = bytes, .left = size};
    reader r = {.out = out, .label = label};
    lmi_wire_field field;

    *out = (lmi_avp_metadata){0};
    while (r.status == LMAS_OK && lmi_wire_next(&field, &wire))
        take_field(&r, &field);
    if (r.status == LMAS_OK && wire.is_bad)
        r.status = lmi_fail(LMAS_E_FORMAT, "%s: its metadata is no protobuf message at byte %zu",
                            label, size - wire.left);
    return r.status;
}

/* ---- Writing ---- */

static void put_shape(lmi_buf *out, const lmi_avp_metadata *m)
{
    lmi_buf list;
    uint32_t i;

    lmi_buf_init(&list, LMI_AVP_TEXT_MAX);
    for (i = 0; i < m->n_dims; i++)
        lmi_wire_put_varint(&list, m->shape[i]);
    lmi_wire_put_bytes(out, SHAPE, list.data, list.len);
    lmi_buf_done(&list);
}

/* A text that is empty is an entry, one that is not there is none. */
static void put_extra(lmi_buf *out, const char *key, const lmi_avp_text *value)
{
    lmi_buf entry;

    if (!value->data)
        return;
    lmi_buf_init(&entry, 2 * LMI_AVP_TEXT_MAX);
    lmi_wire_put_bytes(&entry, EXTRA_KEY, key, strlen(key));
    lmi_wire_put_bytes_always(&entry, EXTRA_VALUE, value->data, value->len);
    lmi_wire_put_bytes(out, EXTRA, entry.data, entry.len);
    lmi_buf_done(&entry);
}

static void put_field(lmi_buf *out, const lmi_avp_metadata *m, uint32_t field)
{
    const place *text = find(field, texts, N_TEXTS);
    const place *number = find(field, numbers, N_NUMBERS);
    const char *base = (const char *)m;

    if (text) {
        const lmi_avp_text *t = (const lmi_avp_text *)(base + text->offset);

        lmi_wire_put_bytes(out, field, t->data, t->len);
    } else if (number) {
        lmi_wire_put_number(out, field, *(const uint32_t *)(base + number->offset));
    } else if (field == SHAPE) {
        put_shape(out, m);
    }
}

void lmi_avp_metadata_write(lmi_buf *out, const lmi_avp_metadata *metadata)
{
    uint32_t field;
    size_t i;

    for (field = 1; field < EXTRA; field++)
        put_field(out, metadata, field);
    for (i = 0; i < N_EXTRAS; i++)
        put_extra(out, extras[i].name,
                  (const lmi_avp_text *)((const char *)metadata + extras[i].offset));
    lmi_wire_put_number_always(out, CHECKSUM, metadata->checksum);
}
