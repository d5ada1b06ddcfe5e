/*
 * grow.h - what a run that goes on may have more of: questions, and room for them.
 *
 * Neither changes an answer that is there. Then config.json is written anew: all of it as it was,
 * with the new numbers, and flags for them behind the recorded command.
 */
#ifndef LMI_EVAL_FOLDER_GROW_H
#define LMI_EVAL_FOLDER_GROW_H

#include "base/buf.h"

/* Whether `now` asks more than `stored` (the text of `path`), or gives more room. LMAS_E_INVALID
 * with the first difference where they differ in anything else that shapes answers. */
lmas_status lmi_grow_check(bool *has_grown, const char *path, const lmi_buf *stored,
                           const lmi_buf *now);

/* Append `stored` as it is to be with what `now` has more. */
lmas_status lmi_grow_config(lmi_buf *out, const char *path, const lmi_buf *stored,
                            const lmi_buf *now);

#endif
