/* examine.h - what a file says of itself, when it has come whole. */
#ifndef LMI_EXCHANGE_PUBLISH_EXAMINE_H
#define LMI_EXCHANGE_PUBLISH_EXAMINE_H

#include "exchange/disk/folder.h"

/* Check the file of the record in incoming/ as a memory file, signature included, and fill in what
 * it says. FORMAT says what is wrong with it. */
lmi_exchange_verdict lmi_exchange_examine(lmi_exchange_record *record,
                                          const lmi_exchange_folder *folder);

#endif
