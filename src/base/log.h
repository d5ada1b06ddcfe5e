/* log.h - lines for whoever asked to hear them (lmas_log_set); nobody by default. */
#ifndef LMI_BASE_LOG_H
#define LMI_BASE_LOG_H

#include "latentmas.h"

/* Whether somebody listens. */
bool lmi_log_is_heard(void);

void lmi_log(lmas_log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
