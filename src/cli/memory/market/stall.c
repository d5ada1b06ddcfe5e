/* stall.c - see stall.h. */
#include "cli/memory/market/stall.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cli/interrupt.h"
#include "net/key.h"

/* Bytes of an answer: a hundred records, of the longest that there may be. */
#define ANSWER_MAX ((size_t)64 * 1024 * 1024)

enum { URL_MAX = 2048 };

bool lmi_stall_goes_on(void *user)
{
    (void)user;
    return !lmi_interrupted();
}

static lmas_status copy_base(char **out, const char *url)
{
    size_t len = strlen(url);

    if ((strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0) || len > URL_MAX / 2)
        return lmi_fail(LMAS_E_INVALID,
                        "the address of a server expected, such as http://localhost:8080, found "
                        "\"%.80s\"",
                        url);
    while (len > 0 && url[len - 1] == '/')
        len--;
    *out = lmi_strndup(url, len);
    return *out ? LMAS_OK : lmi_fail(LMAS_E_NOMEM, "no memory for an address");
}

lmas_status lmi_stall_open(lmi_stall *out, const char *url, const char *key_file)
{
    lmas_status status;

    *out = (lmi_stall){0};
    lmi_buf_init(&out->url, URL_MAX);
    lmi_buf_init(&out->answer, ANSWER_MAX);
    status = copy_base(&out->base, url);
    if (status == LMAS_OK)
        status = lmi_key_read(&out->key, key_file);
    if (status == LMAS_OK)
        status = lmi_sender_open(&out->sender, lmi_stall_goes_on, NULL);
    return status;
}

void lmi_stall_close(lmi_stall *stall)
{
    lmi_sender_close(stall->sender);
    lmi_key_free(stall->key);
    lmi_free(stall->base);
    lmi_buf_done(&stall->url);
    lmi_buf_done(&stall->answer);
}

lmas_status lmi_stall_go(lmi_stall *stall, const char *format, ...)
{
    char path[URL_MAX / 2];
    va_list args;

    va_start(args, format);
    vsnprintf(path, sizeof(path), format, args);
    va_end(args);
    lmi_buf_clear(&stall->url);
    lmi_buf_printf(&stall->url, "%s/v1/memories%s", stall->base, path);
    return lmi_buf_status(&stall->url);
}

static lmas_status parse(lmi_json *out, const lmi_stall *stall)
{
    const char *url = lmi_buf_text(&stall->url);
    const lmas_status status =
        lmi_json_parse(out, "the answer", lmi_buf_text(&stall->answer), stall->answer.len);

    if (status == LMAS_E_NOMEM)
        return status;
    if (status == LMAS_OK && yyjson_is_obj(lmi_json_root(out)))
        return LMAS_OK;
    if (status == LMAS_OK)
        lmi_json_done(out);
    return lmi_fail(LMAS_E_FORMAT, "%s: the answer is not that of an exchange", url);
}

lmas_status lmi_stall_ask(lmi_json *out, lmi_stall *stall, lmi_sent *sent)
{
    lmas_status status;

    sent->url = lmi_buf_text(&stall->url);
    sent->key = stall->key;
    status = lmi_send(&stall->answer, stall->sender, sent);
    return status == LMAS_OK ? parse(out, stall) : status;
}

/* (A full quota and a broken exchange do not pass.) */
static bool may_pass(const lmi_sent *sent)
{
    return sent->is_worth_more && sent->code != 500 && sent->code != 507;
}

lmas_status lmi_stall_ask_again(lmi_json *out, lmi_stall *stall, lmi_sent *sent)
{
    unsigned tries;

    for (tries = 1;; tries++) {
        lmas_status status = lmi_stall_ask(out, stall, sent);

        if (status == LMAS_OK || !may_pass(sent) || tries == LMI_STALL_TRIES)
            return status;
        status = lmi_send_pause(stall->sender, tries, sent->pause_ms);
        if (status != LMAS_OK)
            return status;
    }
}

lmas_status lmi_stall_post(lmi_json *out, lmi_stall *stall, yyjson_mut_doc *doc)
{
    lmi_sent sent = {.method = "POST", .type = "application/json"};
    lmas_status status;
    lmi_buf text;

    lmi_buf_init(&text, ANSWER_MAX);
    status = lmi_json_write(&text, doc, 0, "a request");
    sent.body = lmi_buf_text(&text);
    sent.size = text.len;
    if (status == LMAS_OK)
        status = lmi_stall_ask_again(out, stall, &sent);
    lmi_buf_done(&text);
    return status;
}

lmas_status lmi_stall_add_mean(yyjson_mut_doc *doc, yyjson_mut_val *root, const char *key,
                               const lmas_memory_file *file)
{
    const size_t n = (size_t)lmas_memory_file_describe(file)->n_embd;
    float *mean = lmi_new(n, sizeof(*mean));
    lmas_status status;

    if (!mean)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a vector");
    status = lmas_memory_file_mean(mean, n, file);
    if (status == LMAS_OK)
        yyjson_mut_obj_add_val(doc, root, key, yyjson_mut_arr_with_float(doc, mean, n));
    lmi_free(mean);
    return status;
}

static lmas_status fail_key(const char *key)
{
    return lmi_fail(LMAS_E_FORMAT, "the answer is not that of an exchange: no \"%s\" is in it",
                    key);
}

lmas_status lmi_stall_text(const char **out, const lmi_json *answer, const char *key)
{
    *out = yyjson_get_str(yyjson_obj_get(lmi_json_root(answer), key));
    return *out ? LMAS_OK : fail_key(key);
}

lmas_status lmi_stall_number(uint64_t *out, const lmi_json *answer, const char *key)
{
    yyjson_val *val = yyjson_obj_get(lmi_json_root(answer), key);

    *out = yyjson_get_uint(val);
    return yyjson_is_uint(val) ? LMAS_OK : fail_key(key);
}
