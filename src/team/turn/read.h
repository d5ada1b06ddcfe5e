/*
 * read.h - how a strand reads its prompt: what others have read of it, it has from them.
 *
 *   prompt   [ system ][ conversation, question ][ role ]
 *             all questions begin so, or those of a conversation: the shelf's
 *                       others of this question begin so as well
 *                                               nobody else
 *
 * Each beginning is taken, read for all, or waited for; the rest it reads itself. A memory that
 * another turn has left may hold some of it from the start (inherit.h).
 */
#ifndef LMI_TEAM_READ_H
#define LMI_TEAM_READ_H

#include "team/turn/strand.h"

/* What others bring, or want, of its prompt, before its first request. */
void lmi_read_find(lmi_strand *strand);

/* Place the first request, where it has not to wait; and go on when that is done, or others are. */
lmas_status lmi_read_start(lmi_strand *strand);
lmas_status lmi_read_go_on(lmi_strand *strand);

#endif
