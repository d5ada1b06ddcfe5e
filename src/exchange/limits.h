/* limits.h - the most that a published memory, a query and an exchange may be. In bytes where
 * nothing else is said. */
#ifndef LMI_EXCHANGE_LIMITS_H
#define LMI_EXCHANGE_LIMITS_H

#include <stddef.h>
#include <stdint.h>

/* What a publisher says of a memory. */
#define LMI_EXCHANGE_TENANT_MAX      ((size_t)64)
#define LMI_EXCHANGE_NAME_MAX        ((size_t)200)
#define LMI_EXCHANGE_DESCRIPTION_MAX ((size_t)4 * 1024)
#define LMI_EXCHANGE_TAGS_MAX        ((size_t)32) /* of one memory, and of one query */
#define LMI_EXCHANGE_TAG_MAX         ((size_t)64)
#define LMI_EXCHANGE_TEXT_MAX        ((size_t)64 * 1024)
#define LMI_EXCHANGE_PROVENANCE_MAX  ((size_t)16 * 1024)
#define LMI_EXCHANGE_QUALITY_MAX     ((size_t)8 * 1024)
#define LMI_EXCHANGE_QUALITIES_MAX   ((size_t)64)          /* numbers in it */
#define LMI_EXCHANGE_EMBEDDING_MAX   ((size_t)65536)       /* values */
#define LMI_EXCHANGE_TIME_MAX        INT64_C(253402300799) /* the last second of the year 9999 */

/* What one asks for. */
#define LMI_EXCHANGE_WORDS_MAX       ((size_t)1024)
#define LMI_EXCHANGE_FINGERPRINT_MAX ((size_t)128)
#define LMI_EXCHANGE_LIMIT_MAX       100     /* records, or lines of the log, of one answer */
#define LMI_EXCHANGE_OFFSET_MAX      1000000 /* records that are passed over */
#define LMI_EXCHANGE_NEAREST_MAX     100000  /* vectors that are looked at for one answer */

/* What is under way at once, of all tenants and of one: each holds a descriptor. */
#define LMI_EXCHANGE_PUBLISHES_MAX ((size_t)256)
#define LMI_EXCHANGE_OF_TENANT_MAX ((size_t)32)

/* What the audit log says. */
#define LMI_EXCHANGE_ACTION_MAX ((size_t)32)
#define LMI_EXCHANGE_WHY_MAX    ((size_t)200) /* a longer one is cut */

/* Packages of Awareness. JSON takes some 20 bytes for a number, and reading it 50 more. */
#define LMI_AWARENESS_TEXT_MAX   ((size_t)256 * 1024 * 1024) /* of one file in it, unpacked */
#define LMI_AWARENESS_RATIO_MAX  64                          /* times what it takes packed, and */
#define LMI_AWARENESS_SPARE      ((size_t)64 * 1024)
#define LMI_AWARENESS_TEXTS_MAX  1024 /* files in it */
#define LMI_AWARENESS_FRAME_MAX  ((size_t)256 * 1024 * 1024)
#define LMI_AWARENESS_LAYERS_MAX 4096
#define LMI_AWARENESS_WIDTH_MAX  ((size_t)1 << 20) /* values of a token, heads of them, n_embd */

#endif
