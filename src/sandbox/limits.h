/* limits.h - what is kept of a graded program; what it may use is in process/limits.h. */
#ifndef LMI_SANDBOX_LIMITS_H
#define LMI_SANDBOX_LIMITS_H

#include "process/limits.h"

enum {
    LMI_DETAIL_MAX = 240,   /* bytes of a verdict's detail */
    LMI_PIECES_MAX = 128,   /* stretches of lines that a program is put together from */
    LMI_SHIFT_MAX = 1000,   /* bytes that a line of it is shifted by */
    LMI_VERDICT_MAX = 8192, /* bytes that a driver can have to say */
    LMI_TOKEN_HALF = 16,    /* bytes */
};

#define LMI_PROGRAM_SIZE_MAX (64 * LMI_MIB) /* candidates and tests together */

#endif
