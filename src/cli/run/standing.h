/* run_standing.h - how far a run is, in a line. */
#ifndef LMI_CLI_RUN_STANDING_H
#define LMI_CLI_RUN_STANDING_H

#include "cli/show/activity.h"
#include "eval/run.h"

/* Seconds until the run is over; false while nothing tells.
 *
 * The engine's time is split over the questions it serves, so what is left is what an ended
 * question took, times those without an answer, less what those under way have had. Where the
 * clock runs faster than the engine works (a sandbox to wait for), it will go on doing so. */
bool lmi_standing_left(double *out_s, const lmi_standing *standing);

/* Append the line, as long as `out` has room: "37/400  1 min 53 s left  18.9 % right  ..." */
void lmi_standing_describe(lmi_buf *out, const lmi_standing *standing, lmi_activity activity);

#endif
