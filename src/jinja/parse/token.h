/* token.h - what stands inside a tag: names, numbers, strings, operators. */
#ifndef LMI_JINJA_TOKEN_H
#define LMI_JINJA_TOKEN_H

#include "jinja/parse/lexer.h"

/* The token at the lexer's place, white space skipped. */
lmi_token lmi_token_read(lmi_lexer *lexer);

/* From lexer.c: make messages point at byte `at`; the next byte that is no white space; whether
 * `end` ("}}", "%}", "#}") with its sign stands at `at`, and what comes behind it and the white
 * space it takes along. */
void lmi_lexer_locate(lmi_lexer *lexer, size_t at);
size_t lmi_lexer_skip_space(const lmi_lexer *lexer, size_t at);
bool lmi_lexer_ends_tag(const lmi_lexer *lexer, size_t at, const char *end, bool is_trimmed,
                        size_t *behind);

#endif
