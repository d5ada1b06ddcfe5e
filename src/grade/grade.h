/*
 * grade.h - what a text answers, and whether that is right, by two rules side by side.
 *
 * `compat` is the rule of the LatentMAS program, bug for bug, so that its published numbers can
 * be compared. `exact` is the rule we stand for. Both are always applied; docs/evaluation.md
 * says where they differ.
 */
#ifndef LMI_GRADE_GRADE_H
#define LMI_GRADE_GRADE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

/* Most options of a choice. */
#define LMI_OPTIONS_MAX 26

typedef enum lmi_grade_kind {
    LMI_GRADE_NUMBER = 0,  /* compared as numbers: 18 = 18.00 = 36/2 */
    LMI_GRADE_INTEGER = 1, /* AIME: compared as integers, 025 = 25 */
    LMI_GRADE_CHOICE = 2,  /* one of the letters A, B, ... */
    LMI_GRADE_CODE = 3,    /* a program that must pass tests: lmi_code_find(), then the sandbox */
    LMI_GRADE_TEXT = 4,    /* compared as text, spaces and case aside */
} lmi_grade_kind;

/* What is right. All borrowed. */
typedef struct lmi_gold {
    lmi_grade_kind kind;
    const char *exact;          /* "1430", "025", "B" (a capital), ...; NULL: nothing is right */
    const char *compat;         /* what the reference compares with, as lmi_compat_normal() writes
                                 * it: "1", "b", ...; NULL: nothing is right */
    const char *const *options; /* texts of A, B, ... (kind CHOICE); may be NULL */
    size_t n_options;           /* 0: unknown, all letters count */
} lmi_gold;

typedef struct lmi_grade {
    char *exact, *compat; /* what the text answers by each rule, NULL when nothing */
    bool is_exact_right, is_compat_right;
    /* Which part of the text that is: "a box", "a statement", "the last number"; NULL for nothing.
     * Static. */
    const char *exact_from, *compat_from;
    bool has_conflict; /* of a choice: a letter, and behind it another option's text */
} lmi_grade;

/* Grade `len` bytes of `text` (any bytes; not for kind CODE). A NUL counts as U+FFFD, as bytes do
 * that are no UTF-8. Free with lmi_grade_done(). */
lmas_status lmi_grade_text(lmi_grade *out, const lmi_gold *gold, const char *text, size_t len);

/* The same for what a model said: the compat rule reads `text`, as the reference does, the exact
 * rule reads `marked`, the same with the marks of the model's thoughts (NULL: it has none). */
lmas_status lmi_grade_said(lmi_grade *out, const lmi_gold *gold, const char *text,
                           const char *marked);
void lmi_grade_done(lmi_grade *grade);

/* Blocks that are handed on, counted from the last: a model that writes more has lost its way. */
#define LMI_CODE_BLOCKS_MAX 64

/* Programs that a text holds. */
typedef struct lmi_code {
    char **blocks; /* for the exact rule, last block of the text first: the first that defines what
                    * the tests call is the answer (the sandbox looks) */
    size_t n_blocks;
    char *rest;   /* what stands around the blocks, where there are any; NULL when nothing does */
    char *compat; /* the reference's: the last ```python block, NULL without one */
} lmi_code;

/* Find them; with lmi_code_done() they go. A text without a fence is one block. */
lmas_status lmi_code_find(lmi_code *out, const char *text, size_t len);
void lmi_code_done(lmi_code *code);

/* The same as lmi_grade_said() for programs. */
lmas_status lmi_code_said(lmi_code *out, const char *text, const char *marked);

#endif
