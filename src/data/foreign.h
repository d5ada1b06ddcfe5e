/* foreign.h - questions of no task that is graded here, for memory of the wrong task. */
#ifndef LMI_DATA_FOREIGN_H
#define LMI_DATA_FOREIGN_H

#include <stddef.h>

/* The i-th, from the first again behind the last. */
const char *lmi_foreign_question(size_t i);

#endif
