/*
 * handover.h - what a working memory holds, for another one: forked, put behind, thinned out.
 *
 * Cells and the account of them go together: a segment stays who put it there, as what, and is
 * found at its new place. Memories are idle, and of one session.
 */
#ifndef LMI_LATENT_HANDOVER_H
#define LMI_LATENT_HANDOVER_H

#include "engine/state/cells.h"
#include "latent/memory.h"

/* An empty memory becomes what `from` is, which stays. Where lanes draw from one pool the two share
 * their cells. */
lmas_status lmi_memory_fork(lmas_memory *to, lmas_memory *from);

/* Whether the cell of position `pos` is there: some may have been thinned out. */
bool lmi_memory_has(const lmas_memory *memory, uint32_t pos);

/* One behind the last position of [begin, end) that is there; `begin` for none. */
uint32_t lmi_memory_end(const lmas_memory *memory, uint32_t begin, uint32_t end);

/* Put positions [begin, end) of `from`, which stays, behind those of `to`: state/shift.h. The last
 * of them must be there. */
lmas_status lmi_memory_splice(lmas_memory *to, lmas_memory *from, uint32_t begin, uint32_t end);

/* Drop the cells whose positions `is_kept` [positions in use] does not name; the others keep their
 * places. Segments end with what is left of them. `view`: see state/edit.h. */
lmas_status lmi_memory_thin(lmas_memory *memory, const lmi_view *view, const bool *is_kept);

/* How many positions before `pos` are there. */
uint32_t lmi_memory_rank(const lmas_memory *memory, uint32_t pos);

/* Close the holes: what is there gets positions 0, 1, 2 ..., its keys turned as they were. */
lmas_status lmi_memory_renumber(lmas_memory *memory);

#endif
