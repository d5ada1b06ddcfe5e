/* written.h - a team's graph in the words of other programs: Mermaid, Graphviz. */
#ifndef LMI_SERVE_WRITTEN_H
#define LMI_SERVE_WRITTEN_H

#include "base/buf.h"
#include "serve/graph/shape.h"

/* Bytes of either, at most. */
#define LMI_WRITTEN_MAX ((size_t)8 * 1024 * 1024)

void lmi_write_mermaid(lmi_buf *out, const lmi_shape *shape);
void lmi_write_dot(lmi_buf *out, const lmi_shape *shape);

#endif
