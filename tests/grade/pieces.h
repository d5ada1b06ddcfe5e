/* pieces.h - texts put together by chance, of what one rule or another takes for something. */
#ifndef LMI_TESTS_GRADE_PIECES_H
#define LMI_TESTS_GRADE_PIECES_H

#include <stdint.h>

#include "base/buf.h"

/* Pieces that mean something to one rule or another. */
static const char *const pieces[] = {
    "\\boxed{",
    "\\fbox {",
    "}",
    "{",
    "\\text{",
    "\\frac",
    "{1}",
    "12",
    ",345",
    ".5",
    "-",
    "+",
    "/2",
    " 1/2",
    "e3",
    "=",
    "\\",
    "\\times ",
    "10^",
    "%",
    "\\$",
    "$",
    "(B)",
    "B. ",
    "A",
    "I ",
    "answer ",
    "is ",
    ": ",
    "**",
    "\n",
    "option ",
    "#### ",
    "```",
    "python",
    "~~~",
    "bash",
    "<think>",
    "</think>",
    " ",
    "\xff",
    "\xe2\x88",
    "\x92",
    "\xc2\xbd",
    "\xd9\xa1",
    "25 mg",
    "B cells",
    "\r",
    "correct",
    "the best ",
    "(",
    ")",
    "^\\circ",
    "\xc4\xb0",
    "\t",
    "x",
    "thirty",
    "-four",
    " of ",
    "total ",
    "\\SI{4}{",
    "\\sqrt{",
    "mod ",
    "minus ",
    "Wait, it",
    " is 5. ",
    "but it ",
    "or ",
    "<answer>",
    "p+q",
    "Question:",
    "\\cdot ",
    "[THINK]",
    "[/THINK]",
    "</answer>",
    "<|channel|>",
    "final<|message|>",
    "<|end|>",
    "[PYTHON]",
    "[/PYTHON]",
    "<tool_call>",
    "</tool_call>",
    "{\"code\":\"",
    "\"}",
    "[DONE]",
};

/* A number below `n`, the same in every run. */
static inline size_t draw(uint32_t *seed, size_t n)
{
    *seed = *seed * 1664525U + 1013904223U;
    return (*seed >> 8) % n;
}

/* Up to 23 pieces, or bytes, in place of what was in `out`. */
static inline void put_together(lmi_buf *out, uint32_t *seed)
{
    const size_t n = draw(seed, 24);
    size_t i;

    lmi_buf_clear(out);
    for (i = 0; i < n; i++) {
        const size_t k = draw(seed, sizeof(pieces) / sizeof(pieces[0]) + 1);

        if (k < sizeof(pieces) / sizeof(pieces[0]))
            lmi_buf_puts(out, pieces[k]);
        else
            lmi_buf_putc(out, (char)draw(seed, 256));
    }
}

#endif
