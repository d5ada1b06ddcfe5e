/* info.h - latentmas model info. */
#ifndef LMI_CLI_MODEL_INFO_H
#define LMI_CLI_MODEL_INFO_H

#include "cli/flags.h"

/* Print what the model's file holds on stdout, as text or as JSON. */
lmas_status lmi_model_info(const lmi_model_flags *flags, bool is_json);

#endif
