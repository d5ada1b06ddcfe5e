/* code.h - what an HTTP status says of asking again. */
#ifndef LMI_NET_CODE_H
#define LMI_NET_CODE_H

#include <stdbool.h>

/* It may pass: the same, asked again, may go well. */
bool lmi_is_passing_code(long code);

/* It refuses what was asked (too long, not understood) and nothing else: asked again it would be
 * refused again. What is neither, such as a wrong key, is about the asker. */
bool lmi_is_refusing_code(long code);

#endif
