/* words.h - what a person asks for, as FTS5 is asked. */
#ifndef LMI_EXCHANGE_SEARCH_WORDS_H
#define LMI_EXCHANGE_SEARCH_WORDS_H

#include "base/buf.h"

/* Append the words as strings of FTS5, each in quotes, so that none is an operator; nothing where
 * there are none. */
void lmi_exchange_words(lmi_buf *out, const char *text);

#endif
