/*
 * render.h - one rendering: its memory, its limits, and its one way to fail.
 *
 * A failure anywhere below lmi_template_render() jumps there (lmi_raise never returns), so no code
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

struct lmi_node;

typedef struct lmi_render {
    lmi_arena arena;
    jmp_buf exit;
    lmi_buf *out;              /* what is written; a capture takes its end off again */
    uint64_t work_left;        /* see lmi_work() */
    int depth;                 /* of nested expressions, statements and calls */
    const struct lmi_node *at; /* what is being evaluated, for messages */
    struct lmi_scope *scope;
    const struct tm *now;
    lmas_status status; /* why it failed */
} lmi_render;

/* Fail: "line 3, column 7: " and the message (what was expected and what was found). */
_Noreturn void lmi_raise(lmi_render *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Take `n` from the work this rendering may do; raises when it is used up. A node costs 1; whatever
 * takes time in proportion to its input calls this with bytes / 64 or items. */
void lmi_work(lmi_render *r, size_t n);

/* Memory of the rendering; these raise when it is used up. */
void *lmi_make(lmi_render *r, size_t n, size_t size); /* zeroed */
char *lmi_make_text(lmi_render *r, size_t len);

#endif
