/* arena.c - chunks of doubling size, each handed out from its start to its end. */
#include "jinja/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"

/* Bytes of the first chunk. */
enum { FIRST_CHUNK = 16 * 1024, LARGEST_STEP = 4 * 1024 * 1024 };

typedef struct lmi_chunk {
    struct lmi_chunk *before;
    size_t used, size;
    alignas(max_align_t) char bytes[];
} lmi_chunk;

void lmi_arena_init(lmi_arena *arena, size_t max)
{
    *arena = (lmi_arena){.max = max};
}

void lmi_arena_done(lmi_arena *arena)
{
    while (arena->chunk) {
        lmi_chunk *before = arena->chunk->before;

        lmi_free(arena->chunk);
        arena->chunk = before;
    }
    lmi_arena_init(arena, arena->max);
}

/* A chunk that holds `size` bytes at least: twice the last one's, up to a step that wastes
 * little. */
static bool add_chunk(lmi_arena *arena, size_t size)
{
    size_t want = arena->chunk ? 2 * arena->chunk->size : FIRST_CHUNK;
    lmi_chunk *chunk;

    if (want > LARGEST_STEP)
        want = LARGEST_STEP;
    if (want < size)
        want = size;
    if (want > arena->max - arena->size)
        want = size;
    if (want > arena->max - arena->size)
        return false;
    chunk = lmi_new(1, sizeof(*chunk) + want);
    if (!chunk)
        return false;
    *chunk = (lmi_chunk){.before = arena->chunk, .size = want};
    arena->chunk = chunk;
    arena->size += want;
    return true;
}

/* `size` bytes that start at a multiple of `align`. Chunks come zeroed and are used once, so what
 * is handed out is zero. */
static char *take(lmi_arena *arena, size_t size, size_t align)
{
    lmi_chunk *chunk = arena->chunk;
    size_t start = chunk ? (chunk->used + align - 1) / align * align : 0;

    if (!chunk || start > chunk->size || size > chunk->size - start) {
        if (!add_chunk(arena, size))
            return NULL;
        chunk = arena->chunk;
        start = 0;
    }
    chunk->used = start + size;
    return chunk->bytes + start;
}

void *lmi_arena_new(lmi_arena *arena, size_t size)
{
    return take(arena, size, alignof(max_align_t));
}

char *lmi_arena_text(lmi_arena *arena, size_t size)
{
    return take(arena, size, 1);
}

bool lmi_arena_grow(lmi_arena *arena, const char *end, size_t more)
{
    lmi_chunk *chunk = arena->chunk;

    if (!chunk || end != chunk->bytes + chunk->used || more > chunk->size - chunk->used)
        return false;
    chunk->used += more;
    return true;
}
