/*
 * lexer.h - a template as a stream of tokens, its white space already decided.
 *
 *   Hi {{- name }}  ->  DATA "Hi"  VARIABLE_BEGIN  NAME name  VARIABLE_END
 *
 * trim_blocks (a newline right after a block goes) and lstrip_blocks (blanks between the start of
 * a line and a block go) are on, as transformers sets them.
 */
#ifndef LMI_JINJA_LEXER_H
#define LMI_JINJA_LEXER_H

#include "jinja/value/value.h"

typedef enum lmi_token_kind {
    LMI_T_END,
    LMI_T_DATA,
    LMI_T_BLOCK_BEGIN,
    LMI_T_BLOCK_END,
    LMI_T_VARIABLE_BEGIN,
    LMI_T_VARIABLE_END,
    LMI_T_NAME,
    LMI_T_STRING,
    LMI_T_NUMBER,  /* `value` is the int or float */
    LMI_T_OPERATOR /* `text` is its spelling */
} lmi_token_kind;

typedef struct lmi_token {
    lmi_token_kind kind;
    size_t line, column;
    lmi_str text; /* of data, a name, an operator; a string's value */
    lmi_value value;
} lmi_token;

typedef struct lmi_lexer {
    lmi_render *r;
    const char *text; /* newlines are "\n" alone, and a last one is gone */
    size_t len, at;
    size_t line, line_start; /* where `at` is: for positions */
    size_t counted;          /* how far lines have been counted */
    bool is_in_block, is_in_variable;
    bool is_line_start;             /* what was read last ended in a newline */
    char brackets[LMI_NESTING_MAX]; /* those that are open */
    size_t n_brackets;
    lmi_token_kind begins; /* DATA was returned: the tag that follows it */
    size_t begin_at;
} lmi_lexer;

/* `text` is valid UTF-8 and outlives the lexer; it is changed in place. */
void lmi_lexer_init(lmi_lexer *lexer, lmi_render *r, char *text, size_t len);

lmi_token lmi_lexer_next(lmi_lexer *lexer);

/* The byte at `at`, NUL past the end. */
char lmi_lexer_byte(const lmi_lexer *lexer, size_t at);

#endif
