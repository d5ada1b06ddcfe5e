/* pages.h - what each path answers: MHD's verdict. */
#ifndef LMI_SERVE_PAGES_H
#define LMI_SERVE_PAGES_H

#include "serve/http/visit.h"

int lmi_page_health(lmi_visit *visit);
int lmi_page_metrics(lmi_visit *visit);
int lmi_page_props(lmi_visit *visit);

int lmi_page_models(lmi_visit *visit);
int lmi_page_model(lmi_visit *visit);
int lmi_page_teams(lmi_visit *visit);
int lmi_page_team(lmi_visit *visit);
int lmi_page_check(lmi_visit *visit);

int lmi_page_chat(lmi_visit *visit);
int lmi_page_completions(lmi_visit *visit);

/* Ask what a body of that endpoint says; the visit's own is done with then. */
int lmi_page_ask(lmi_visit *visit, lmi_endpoint endpoint, const char *body, size_t len);

/* For browsers: the page, and what it asks for. */
int lmi_page_web(lmi_visit *visit);

/* Send the document, and free it; and a 404 about a name that is not there. */
int lmi_page_send_json(lmi_visit *visit, unsigned code, yyjson_mut_doc *doc);
int lmi_page_nothing(lmi_visit *visit, const char *what);

/* Add a team's agents, edges and rounds, and the same in Mermaid's words. */
lmas_status lmi_page_add_graph(yyjson_mut_doc *doc, yyjson_mut_val *out, const lmas_team *team);

#endif
