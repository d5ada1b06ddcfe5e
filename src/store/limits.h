/* limits.h - the most that a memory file may be, and an AVP frame, and their parts. */
#ifndef LMI_STORE_LIMITS_H
#define LMI_STORE_LIMITS_H

#include <stddef.h>
#include <stdint.h>

/* The file, and the manifest in it, in bytes. */
#define LMI_STORE_FILE_MAX     ((size_t)64 * 1024 * 1024 * 1024)
#define LMI_STORE_MANIFEST_MAX ((size_t)4 * 1024 * 1024)

/* A chunk is at most so many times what it takes in the file, and these bytes more. What packs
 * better is stored as it is: so nobody needs more memory than a small multiple of a file. */
#define LMI_STORE_RATIO_MAX 8
#define LMI_STORE_SLACK     ((size_t)64 * 1024)

/* Of a key file; and of one of a pair. */
#define LMI_STORE_KEY_MIN  ((size_t)16)
#define LMI_STORE_KEY_MAX  ((size_t)4096)
#define LMI_STORE_PAIR_MAX ((size_t)256)

/* Sizes of a model that a manifest may name. */
#define LMI_STORE_LAYERS_MAX ((size_t)1 << 16)
#define LMI_STORE_EMBD_MAX   ((size_t)1 << 20)
#define LMI_STORE_VOCAB_MAX  ((size_t)1 << 24)

/* Of an AVP frame: what its header can count; its metadata, and one text in there; its shape. Its
 * payload is at most as much larger unpacked as a chunk. */
#define LMI_AVP_FRAME_MAX    ((size_t)UINT32_MAX + 12)
#define LMI_AVP_METADATA_MAX ((size_t)1024 * 1024)
#define LMI_AVP_TEXT_MAX     ((size_t)4096)
#define LMI_AVP_DIMS_MAX     8

#endif
