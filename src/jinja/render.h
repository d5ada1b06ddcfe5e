/*
 * render.h - one rendering (or parsing): its memory, its limits, and its one way to fail.
 *
 * A failure anywhere below the public functions jumps there (lmi_raise never returns), so no code
 * in between checks for one. That is safe because all memory is the arena's: nothing in this room
 * but the output buffer is owned by anybody else.
 */
#ifndef LMI_JINJA_RENDER_H
#define LMI_JINJA_RENDER_H

#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/buf.h"
#include "jinja/arena.h"

/* Deepest nesting of brackets and blocks in a template, and of what is evaluated inside another:
 * expressions, statements, calls of macros, values inside values. */
enum { LMI_NESTING_MAX = 100, LMI_DEPTH_MAX = 600 };

/* A piece of the output that is no text: said when the pieces are put together, as in Python. */
typedef struct lmi_misfit {
    const char *type; /* NULL for none */
    size_t line, column;
} lmi_misfit;

typedef struct lmi_render {
    lmi_arena arena;
    jmp_buf exit;
    lmi_buf *out;        /* what is written; a capture takes its end off again */
    uint64_t work_left;  /* see lmi_work() */
    int depth;           /* see LMI_DEPTH_MAX */
    size_t line, column; /* of what is being read or evaluated, for messages */
    lmi_misfit misfit;
    struct lmi_scope *scope;
    const struct tm *now;
    lmas_status status; /* why it failed */
} lmi_render;

/* Fail: "line 3, column 7: " and the message (what was expected and what was found). */
_Noreturn void lmi_raise(lmi_render *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Fail because the template said so, in its own words. */
_Noreturn void lmi_refuse(lmi_render *r, const char *words, size_t len);

/* Take `n` from the work this rendering may do; raises when it is used up. A node costs 1; whatever
 * takes time in proportion to its input calls this with bytes / 64 or items. */
void lmi_work(lmi_render *r, size_t n);

/* Go one level deeper, raising past LMI_DEPTH_MAX; and back. */
void lmi_enter(lmi_render *r);
void lmi_leave(lmi_render *r);

/* Memory of the rendering; these raise when it is used up. */
void *lmi_make(lmi_render *r, size_t n, size_t size); /* zeroed */
char *lmi_make_text(lmi_render *r, size_t len);

/* Room for one more item in an array of the arena, doubling. */
void lmi_make_room(lmi_render *r, void **items, size_t *capacity, size_t n, size_t size);

#endif
