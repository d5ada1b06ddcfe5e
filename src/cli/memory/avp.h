/* avp.h - latentmas memory export and import: working memories for programs that speak AVP. */
#ifndef LMI_CLI_MEMORY_AVP_H
#define LMI_CLI_MEMORY_AVP_H

#include "cli/flags.h"
#include "latentmas_store.h"

typedef struct lmi_avp_wish {
    const char *memory, *frame;     /* the two files */
    const char *payload, *dtype;    /* as their flags have them */
    const char *name, *description; /* of a package; NULL for what is not said */
    lmas_memory_file_params file;
    lmas_avp_params avp; /* but for those two */
} lmi_avp_wish;

/* Write the memory file as a frame, or as a package of Awareness by the name's end. */
lmas_status lmi_memory_to_avp(const lmi_solve_flags *flags, const lmi_avp_wish *wish);

/* Take in the frame, or the package, and save that. */
lmas_status lmi_memory_from_avp(const lmi_solve_flags *flags, const lmi_avp_wish *wish);

#endif
