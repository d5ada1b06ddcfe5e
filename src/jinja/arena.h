/*
 * arena.h - memory that is freed all at once, up to a ceiling.
 *
 * A template makes many small values and none of them dies before the rendering ends, so nothing
 * is freed one by one, and a failure may jump out from anywhere. What was allocated last can grow
 * in place: `a + b + c` copies each text once.
 */
#ifndef LMI_JINJA_ARENA_H
#define LMI_JINJA_ARENA_H

#include <stdbool.h>
#include <stddef.h>

typedef struct lmi_arena {
    struct lmi_chunk *chunk; /* the one in use, linked to those before */
    size_t size;             /* bytes of all chunks */
    size_t max;              /* most bytes of all chunks */
} lmi_arena;

void lmi_arena_init(lmi_arena *arena, size_t max);
void lmi_arena_done(lmi_arena *arena);

/* `size` zeroed bytes, aligned for anything; NULL past the ceiling or when memory is out. */
void *lmi_arena_new(lmi_arena *arena, size_t size);

/* Room for `size` bytes of text, neither zeroed nor aligned. */
char *lmi_arena_text(lmi_arena *arena, size_t size);

/* Whether the text that ends at `end` was allocated last and could grow by `more` bytes where it
 * is; it then has. */
bool lmi_arena_grow(lmi_arena *arena, const char *end, size_t more);

#endif
