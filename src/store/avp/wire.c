/* wire.c - see wire.h. */
#include "store/avp/wire.h"

enum { VARINT_MAX = 10, FIELD_MAX = (1 << 29) - 1 };

/* A varint of 64 bits: ten bytes at most, and the tenth has one bit. */
static uint64_t take_varint(lmi_wire *wire)
{
    uint64_t value = 0;
    size_t i;

    for (i = 0; i < VARINT_MAX && i < wire->left; i++) {
        const uint64_t byte = wire->at[i];

        if (i == VARINT_MAX - 1 && byte > 1)
            break;
        value |= (byte & 0x7f) << 7 * i;
        if (byte < 0x80) {
            wire->at += i + 1;
            wire->left -= i + 1;
            return value;
        }
    }
    wire->is_bad = true;
    return 0;
}

static const uint8_t *take(lmi_wire *wire, uint64_t size)
{
    const uint8_t *at = wire->at;

    if (wire->is_bad || size > wire->left) {
        wire->is_bad = true;
        return NULL;
    }
    wire->at += size;
    wire->left -= (size_t)size;
    return at;
}

static void take_value(lmi_wire_field *field, lmi_wire *wire)
{
    switch (field->type) {
    case LMI_WIRE_NUMBER:
        field->value = take_varint(wire);
        break;
    case LMI_WIRE_EIGHT:
        field->size = 8;
        field->data = take(wire, field->size);
        break;
    case LMI_WIRE_FOUR:
        field->size = 4;
        field->data = take(wire, field->size);
        break;
    case LMI_WIRE_BYTES:
        field->size = (size_t)take_varint(wire);
        field->data = take(wire, field->size);
        break;
    default: /* groups, which proto3 has not */
        wire->is_bad = true;
    }
}

bool lmi_wire_next(lmi_wire_field *out, lmi_wire *wire)
{
    uint64_t key;

    if (wire->is_bad || wire->left == 0)
        return false;
    key = take_varint(wire);
    *out = (lmi_wire_field){.number = (uint32_t)(key >> 3), .type = (lmi_wire_type)(key & 7)};
    if (key >> 3 < 1 || key >> 3 > FIELD_MAX)
        wire->is_bad = true;
    if (!wire->is_bad)
        take_value(out, wire);
    return !wire->is_bad;
}

bool lmi_wire_next_number(uint64_t *out, lmi_wire *wire)
{
    if (wire->is_bad || wire->left == 0)
        return false;
    *out = take_varint(wire);
    return !wire->is_bad;
}

void lmi_wire_put_varint(lmi_buf *out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        lmi_buf_putc(out, (char)(0x80 | (value & 0x7f)));
    lmi_buf_putc(out, (char)value);
}

void lmi_wire_put_number_always(lmi_buf *out, uint32_t number, uint64_t value)
{
    lmi_wire_put_varint(out, (uint64_t)number << 3 | LMI_WIRE_NUMBER);
    lmi_wire_put_varint(out, value);
}

void lmi_wire_put_number(lmi_buf *out, uint32_t number, uint64_t value)
{
    if (value)
        lmi_wire_put_number_always(out, number, value);
}

void lmi_wire_put_bytes_always(lmi_buf *out, uint32_t number, const void *data, size_t size)
{
    lmi_wire_put_varint(out, (uint64_t)number << 3 | LMI_WIRE_BYTES);
    lmi_wire_put_varint(out, size);
    lmi_buf_append(out, data, size);
}

void lmi_wire_put_bytes(lmi_buf *out, uint32_t number, const void *data, size_t size)
{
    if (size)
        lmi_wire_put_bytes_always(out, number, data, size);
}
