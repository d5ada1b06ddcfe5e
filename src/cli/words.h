/* words.h - lists of words in one string, and which known word somebody may have meant. */
#ifndef LMI_CLI_WORDS_H
#define LMI_CLI_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* Step through `*rest`, words parted by `separator`: false at the end. Start with `*rest` at
 * the text; `word` is not terminated. */
bool lmi_word_next(const char **word, size_t *len, const char **rest, char separator);

/* Whether two names are equal, `_` and `-` being the same. */
bool lmi_name_equal(const char *a, size_t a_len, const char *b, size_t b_len);

/* The one of the names nearest to what was typed, offered one after the other. */
typedef struct lmi_nearest {
    const char *typed;
    size_t typed_len;
    const char *name; /* NULL while none is near */
    size_t name_len;
    size_t distance;
} lmi_nearest;

void lmi_nearest_init(lmi_nearest *nearest, const char *typed, size_t len);
void lmi_nearest_offer(lmi_nearest *nearest, const char *name, size_t len);

#endif
