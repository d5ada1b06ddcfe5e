/*
 * fuzz.c - any bytes as a template, over a small conversation (libFuzzer; `make fuzz-jinja`).
 *
 * What is looked for: a crash, a finding of the sanitizers, a rendering of more than a few seconds
 * (libFuzzer's -timeout) or of too much memory (-rss_limit_mb).
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include "jinja/jinja.h"

static const char VARIABLES[] =
    "{\"messages\": [{\"role\": \"system\", \"content\": \"Be terse.\"},"
    " {\"role\": \"user\", \"content\": \" How m\xc3\xa4ny? \"}], \"add_generation_prompt\": true,"
    " \"bos_token\": \"<s>\", \"tools\": null, \"n\": 3, \"f\": -2.5, \"list\": [3, \"a\", 1.5, "
    "null],"
    " \"d\": {\"b\": 1, \"a\": [1, 2]}}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct tm now = {.tm_year = 126, .tm_mday = 1};
    lmi_template *template = NULL;
    yyjson_doc *variables;
    lmi_buf out;

    if (lmi_template_parse(&template, (const char *)data, size) != LMAS_OK)
        return 0;
    variables = yyjson_read(VARIABLES, strlen(VARIABLES), 0);
    lmi_buf_init(&out, (size_t)1 << 26);
    (void)lmi_template_render(&out, template, yyjson_doc_get_root(variables), &now);
    lmi_buf_done(&out);
    yyjson_doc_free(variables);
    lmi_template_free(template);
    return 0;
}
