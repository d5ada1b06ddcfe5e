/* endpoints.h - what each path of the exchange answers: MHD's verdict. */
#ifndef LMI_SERVE_ENDPOINTS_H
#define LMI_SERVE_ENDPOINTS_H

#include "serve/http/visit.h"

/* /v1/memories: begin an upload; find; how much is used, and what was done. */
int lmi_memories_offer(lmi_visit *visit);
int lmi_memories_list(lmi_visit *visit);
int lmi_memories_search(lmi_visit *visit);
int lmi_memories_usage(lmi_visit *visit);
int lmi_memories_audit(lmi_visit *visit);

/* /v1/memories/uploads/ID: its bytes as they come, and what is said when they are there. */
bool lmi_upload_take(lmi_visit *visit, const char *data, size_t size);
int lmi_upload_put(lmi_visit *visit);
int lmi_upload_get(lmi_visit *visit);
int lmi_upload_delete(lmi_visit *visit);
int lmi_upload_commit(lmi_visit *visit);
void lmi_upload_leave(lmi_visit *visit); /* the connection has ended */

/* /v1/memories/ID */
int lmi_memory_get(lmi_visit *visit);
int lmi_memory_file(lmi_visit *visit);
int lmi_memory_delete(lmi_visit *visit);

#endif
