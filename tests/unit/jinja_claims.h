/* jinja_claims.h - claims of what a template renders to, or how it is refused. */
#ifndef LMI_TESTS_JINJA_CLAIMS_H
#define LMI_TESTS_JINJA_CLAIMS_H

#include "support.h"

#include <stdio.h>
#include <string.h>

#include "jinja/jinja.h"

typedef struct claim {
    const char *template, *want;
} claim;

#define CHECK(claims) check(claims, sizeof(claims) / sizeof((claims)[0]))

static lmas_status render(lmi_buf *out, const char *text)
{
    yyjson_doc *variables = yyjson_read("{}", 2, 0);
    const struct tm now = {.tm_year = 125, .tm_mday = 1};
    lmi_template *template = NULL;
    lmas_status status = lmi_template_parse(&template, text, strlen(text));

    if (!status)
        status = lmi_template_render(out, template, yyjson_doc_get_root(variables), &now);
    lmi_template_free(template);
    yyjson_doc_free(variables);
    return status;
}

static void check(const claim *claims, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        lmi_buf out;

        lmi_buf_init(&out, 1 << 20);
        if (render(&out, claims[i].template))
            fail_msg("%s: %s", claims[i].template, lmas_last_error());
        if (strcmp(lmi_buf_text(&out), claims[i].want) != 0)
            fail_msg("%s\nexpected: %s\nfound:    %s", claims[i].template, claims[i].want,
                     lmi_buf_text(&out));
        lmi_buf_done(&out);
    }
}

/* The template fails, and the message has `want` in it. */
static void refuse(const char *template, const char *want)
{
    lmi_buf out;

    lmi_buf_init(&out, (size_t)1 << 30);
    if (!render(&out, template))
        fail_msg("%s: expected a failure, found %.60s", template, lmi_buf_text(&out));
    if (!strstr(lmas_last_error(), want))
        fail_msg("%s\nexpected: %s\nfound:    %s", template, want, lmas_last_error());
    assert_int_equal(out.len, 0);
    lmi_buf_done(&out);
}

#endif
