/* mem.h - the only door to the allocator. */
#ifndef LMI_BASE_MEM_H
#define LMI_BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>

/* `n` zeroed elements of `size` bytes, or NULL (overflow of n * size included). n = 0 gives
 * a pointer that may be freed. */
void *lmi_new(size_t n, size_t size);

/* `p` (NULL for a new one) with `size` bytes, its content kept; NULL when memory is out, and `p` is
 * as it was. */
void *lmi_resize(void *p, size_t size);

/* Make room for `need` elements of `size` bytes in `*items`, doubling. The new elements are
 * not initialised. False when memory is out; `*items` is then as it was. */
bool lmi_reserve(void **items, size_t *capacity, size_t need, size_t size);

/* Copies that end in a NUL; NULL when memory is out. */
char *lmi_strdup(const char *text);
char *lmi_strndup(const char *text, size_t len);

void lmi_free(void *p);

#endif
