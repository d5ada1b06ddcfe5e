/* words.c - splitting, comparing and guessing names. */
#include "cli/words.h"

#include <string.h>

/* Longest name that is compared, in bytes. */
enum { NAME_LEN_MAX = 48 };

bool lmi_word_next(const char **word, size_t *len, const char **rest, char separator)
{
    const char *end;

    if (!**rest)
        return false;
    end = strchr(*rest, separator);
    *word = *rest;
    *len = end ? (size_t)(end - *rest) : strlen(*rest);
    *rest += *len + (end ? 1 : 0);
    return true;
}

static char fold(char c)
{
    if (c == '_')
        return '-';
    return c;
}

bool lmi_name_equal(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t i;

    if (a_len != b_len)
        return false;
    for (i = 0; i < a_len; i++)
        if (fold(a[i]) != fold(b[i]))
            return false;
    return true;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Edits that turn one name into the other: a letter more, less, other, or two swapped. Three
 * rows of the usual table are enough. */
static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t rows[3][NAME_LEN_MAX + 1];
    size_t i, j;

    for (j = 0; j <= b_len; j++)
        rows[0][j] = j;
    for (i = 1; i <= a_len; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i - 1) % 3];
        const size_t *over = rows[(i + 1) % 3]; /* two rows up */

        row[0] = i;
        for (j = 1; j <= b_len; j++) {
            const size_t is_other = fold(a[i - 1]) != fold(b[j - 1]);

            row[j] = least(least(above[j], row[j - 1]) + 1, above[j - 1] + is_other);
            if (i > 1 && j > 1 && fold(a[i - 1]) == fold(b[j - 2]) &&
                fold(a[i - 2]) == fold(b[j - 1]))
                row[j] = least(row[j], over[j - 2] + 1);
        }
    }
    return rows[a_len % 3][b_len];
}

void lmi_nearest_init(lmi_nearest *nearest, const char *typed, size_t len)
{
    /* More edits than a third of the word make another word. */
    *nearest = (lmi_nearest){.typed = typed, .typed_len = len, .distance = len / 3 + 2};
}

void lmi_nearest_offer(lmi_nearest *nearest, const char *name, size_t len)
{
    size_t d;

    if (nearest->typed_len > NAME_LEN_MAX || len > NAME_LEN_MAX)
        return;
    d = distance(nearest->typed, nearest->typed_len, name, len);
    if (d >= nearest->distance)
        return;
    nearest->name = name;
    nearest->name_len = len;
    nearest->distance = d;
}
