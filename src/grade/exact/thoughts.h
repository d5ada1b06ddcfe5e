/*
 * thoughts.h - what a text says, without what it only thinks.
 *
 * Models put marks around their thoughts, their answers and their turns, each family its own:
 * <think>, [THINK], <|channel|>analysis<|message|>, <|START_RESPONSE|>, <answer>, <|im_end|>, ...
 */
#ifndef LMI_GRADE_EXACT_THOUGHTS_H
#define LMI_GRADE_EXACT_THOUGHTS_H

#include "grade/pystr.h"

/* The stretch that answers: a marked answer, or else what stands behind the last thought, or else
 * what stood before it; up to the end of the turn. A thought that never ends is all there is where
 * nothing was said before it. Empty where nothing but thoughts is there. */
lmi_span lmi_thoughts_skip(lmi_span text);

#endif
