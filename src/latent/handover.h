/*
 * handover.h - what a working memory holds, for another one: forked, put behind, thinned out.
 *
 * Cells and the account of them go together: a segment stays who put it there, as what, and is
 * found at its new place. Memories are idle, and of one session.
 */
#ifndef LMI_LATENT_HANDOVER_H
#define LMI_LATENT_HANDOVER_H

#include "latent/memory.h"

/* An empty memory becomes what `from` is, which stays. Where lanes draw from one pool the two share
 * their cells. */
lmas_status lmi_memory_fork(lmas_memory *to, lmas_memory *from);

/* Whether anything is left at positions [begin, end), of what was thinned out. */
bool lmi_memory_holds(lmas_memory *memory, uint32_t begin, uint32_t end);

/* Put positions [begin, end) of `from`, which stays, behind those of `to`: state/shift.h. */
lmas_status lmi_memory_splice(lmas_memory *to, lmas_memory *from, uint32_t begin, uint32_t end);

/* Drop all segments of other kinds. Those that stay keep their places. */
lmas_status lmi_memory_keep(lmas_memory *memory, lmas_segment_kind kind);

#endif
