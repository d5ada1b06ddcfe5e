/* mem.c - allocation that checks its arithmetic. Callers turn NULL into LMAS_E_NOMEM. */
#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void *lmi_new(size_t n, size_t size)
{
    return calloc(n ? n : 1, size);
}

void *lmi_resize(void *p, size_t size)
{
    return realloc(p, size ? size : 1);
}

bool lmi_reserve(void **items, size_t *capacity, size_t need, size_t size)
{
    size_t grown = *capacity ? *capacity : 8;
    void *p;

    if (need <= *capacity)
        return true;
    while (grown < need) {
        if (grown > SIZE_MAX / 2)
            return false;
        grown *= 2;
    }
    if (grown > SIZE_MAX / size)
        return false;
    p = lmi_resize(*items, grown * size);
    if (!p)
        return false;
    *items = p;
    *capacity = grown;
    return true;
}

char *lmi_strndup(const char *text, size_t len)
{
    char *copy = len < SIZE_MAX ? malloc(len + 1) : NULL;

    if (!copy)
        return NULL;
    memcpy(copy, text, len);
    copy[len] = '\0';
    return copy;
}

char *lmi_strdup(const char *text)
{
    return lmi_strndup(text, strlen(text));
}

void lmi_free(void *p)
{
    free(p);
}
