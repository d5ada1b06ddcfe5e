/* code.c - see code.h. */
#include "net/code.h"

bool lmi_is_passing_code(long code)
{
    return code == 408 || code == 429 || code >= 500;
}

bool lmi_is_refusing_code(long code)
{
    return code == 400 || code == 413 || code == 422;
}
