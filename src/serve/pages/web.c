/*
 * web.c - the page for browsers, and the files that it is made of.
 *
 * All come from here and nothing from elsewhere, as the policy says to the browser: what a model or
 * a team's file says cannot become a script, not even where the page had a mistake.
 */
#include "serve/pages/web.h"

#include <string.h>

#include "serve/pages/pages.h"

static const char POLICY[] = "default-src 'none'; script-src 'self'; style-src 'self'; "
                             "img-src 'self'; connect-src 'self'; base-uri 'none'; "
                             "form-action 'none'; frame-ancestors 'none'";

static const char *type_of(const char *name)
{
    const char *end = strrchr(name, '.');

    if (strcmp(end, ".js") == 0)
        return "text/javascript; charset=utf-8";
    if (strcmp(end, ".css") == 0)
        return "text/css; charset=utf-8";
    return strcmp(end, ".svg") == 0 ? "image/svg+xml" : "text/html; charset=utf-8";
}

int lmi_page_web(lmi_visit *visit)
{
    const char *name = visit->path[1] ? visit->path + 1 : "page.html";
    const lmi_web_file *file = lmi_web_files;

    while (file->name && strcmp(file->name, name) != 0)
        file++;
    if (!file->name)
        return lmi_page_nothing(visit, "page");
    visit->policy = POLICY;
    return lmi_visit_send(visit, 200, type_of(name), file->text, file->size);
}
