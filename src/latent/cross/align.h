/* align.h - how thoughts are to cross over, checked (lmas_align in latentmas.h). */
#ifndef LMI_LATENT_ALIGN_H
#define LMI_LATENT_ALIGN_H

#include "base/status.h"

/* LMAS_E_INVALID for a number beyond its range, those of other methods included. */
lmas_status lmi_align_check(const lmas_align *align);

#endif
