/*
 * wire.h - protobuf's bytes: fields with a number and a value, one behind the other.
 *
 *   key       number << 3 | type, a varint
 *   NUMBER    a varint: seven bits a byte, the lowest first, the eighth says that more follow
 *   BYTES     a length as a varint, and so many bytes: a text, a list of varints, a message
 *   FOUR, EIGHT   so many bytes
 *
 * AVP's metadata is one message of fifteen fields. A library for that is larger than this, and
 * takes what is broken in more ways.
 */
#ifndef LMI_STORE_AVP_WIRE_H
#define LMI_STORE_AVP_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

typedef enum lmi_wire_type {
    LMI_WIRE_NUMBER = 0,
    LMI_WIRE_EIGHT = 1,
    LMI_WIRE_BYTES = 2,
    LMI_WIRE_FOUR = 5
} lmi_wire_type;

typedef struct lmi_wire_field {
    uint32_t number;
    lmi_wire_type type;
    uint64_t value;      /* of a NUMBER */
    const uint8_t *data; /* of any other, in what is read */
    size_t size;
} lmi_wire_field;

typedef struct lmi_wire {
    const uint8_t *at;
    size_t left;
    bool is_bad; /* it is no protobuf from here on */
} lmi_wire;

/* The next field, or false: at the end, or where `is_bad`. */
bool lmi_wire_next(lmi_wire_field *out, lmi_wire *wire);

/* The next varint of a list of them; the same. */
bool lmi_wire_next_number(uint64_t *out, lmi_wire *wire);

/* Append a field. Numbers that are 0 and texts that are empty are left out, as in proto3. */
void lmi_wire_put_number(lmi_buf *out, uint32_t number, uint64_t value);
void lmi_wire_put_bytes(lmi_buf *out, uint32_t number, const void *data, size_t size);

/* The same, whatever they are. */
void lmi_wire_put_number_always(lmi_buf *out, uint32_t number, uint64_t value);
void lmi_wire_put_bytes_always(lmi_buf *out, uint32_t number, const void *data, size_t size);

void lmi_wire_put_varint(lmi_buf *out, uint64_t value);

#endif
