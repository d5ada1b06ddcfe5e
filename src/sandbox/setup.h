/* setup.h - how Python is started: the same for all programs of a sandbox. */
#ifndef LMI_SANDBOX_SETUP_H
#define LMI_SANDBOX_SETUP_H

#include "process/walls/walls.h"
#include "sandbox/python.h"
#include "sandbox/sandbox.h"

typedef struct lmi_setup {
    lmi_python_place python;
    lmi_walls walls; /* without a bwrap for LMI_SANDBOX_NONE */
} lmi_setup;

/* Find the programs; `python` as lmi_python_find() takes it. LMAS_E_IO with the next step where one
 * is missing. */
lmas_status lmi_setup_init(lmi_setup *out, lmi_sandbox_kind kind, const char *python);
void lmi_setup_done(lmi_setup *setup);

#endif
