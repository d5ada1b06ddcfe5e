/* render.c - limits and failure; see render.h for why a failure may jump. */
#include "jinja/render.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void lmi_raise(lmi_render *r, const char *format, ...)
{
    char message[LMI_ERROR_MAX];
    va_list args;

    va_start(args, format);
    vsnprintf(message, sizeof(message), format, args);
    va_end(args);
    r->status = lmi_fail(LMAS_E_FORMAT, "line %zu, column %zu: %s", r->line, r->column, message);
    longjmp(r->exit, 1);
}

void lmi_refuse(lmi_render *r, const char *words, size_t len)
{
    r->status =
        lmi_fail(LMAS_E_MODEL, "%.*s", (int)(len < LMI_ERROR_MAX ? len : LMI_ERROR_MAX), words);
    longjmp(r->exit, 1);
}

void lmi_work(lmi_render *r, size_t n)
{
    if (n > r->work_left)
        lmi_raise(r, "the template does more work than is allowed");
    r->work_left -= n;
}

void lmi_enter(lmi_render *r)
{
    if (++r->depth > LMI_DEPTH_MAX)
        lmi_raise(r, "more than %d calls, expressions or values inside each other", LMI_DEPTH_MAX);
}

void lmi_leave(lmi_render *r)
{
    r->depth--;
}

void *lmi_make(lmi_render *r, size_t n, size_t size)
{
    void *made = n <= SIZE_MAX / size ? lmi_arena_new(&r->arena, n * size) : NULL;

    if (!made)
        lmi_raise(r, "the template needs more than %zu MiB of memory", r->arena.max >> 20);
    return made;
}

char *lmi_make_text(lmi_render *r, size_t len)
{
    char *text = lmi_arena_text(&r->arena, len);

    if (!text)
        lmi_raise(r, "the template needs more than %zu MiB of memory", r->arena.max >> 20);
    return text;
}

void lmi_make_room(lmi_render *r, void **items, size_t *capacity, size_t n, size_t size)
{
    const size_t wider = *capacity ? 2 * *capacity : 4;
    void *moved;

    if (n < *capacity)
        return;
    moved = lmi_make(r, wider, size);
    if (n)
        memcpy(moved, *items, n * size);
    *items = moved;
    *capacity = wider;
}
