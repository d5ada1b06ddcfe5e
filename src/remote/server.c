/* server.c - a server's address, settings and life. */
#include "remote/server.h"

#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "net/key.h"

enum { AT_ONCE_MAX = 1024, TRIES_MAX = 100, TIMEOUT_S_MAX = 86400 };

lmas_remote_params lmas_remote_params_default(void)
{
    return (lmas_remote_params){.n_at_once = 16, .n_tries = 5, .timeout_s = 600};
}

static lmas_status check_params(const lmas_remote_params *params)
{
    if (params->n_at_once < 1 || params->n_at_once > AT_ONCE_MAX)
        return lmi_fail(LMAS_E_INVALID, "n_at_once: a number from 1 to %d expected, found %u",
                        AT_ONCE_MAX, params->n_at_once);
    if (params->n_tries < 1 || params->n_tries > TRIES_MAX)
        return lmi_fail(LMAS_E_INVALID, "n_tries: a number from 1 to %d expected, found %u",
                        TRIES_MAX, params->n_tries);
    if (!(params->timeout_s >= 1) || params->timeout_s > (float)TIMEOUT_S_MAX)
        return lmi_fail(LMAS_E_INVALID, "timeout_s: a number from 1 to %d expected, found %g",
                        TIMEOUT_S_MAX, (double)params->timeout_s);
    if (params->model && (!*params->model || strlen(params->model) > LMI_NAME_MAX))
        return lmi_fail(LMAS_E_INVALID, "model: a name of 1 to %zu bytes expected", LMI_NAME_MAX);
    return LMAS_OK;
}

/* ---- The address ---- */

/* Bytes of "http://" or "https://" at the start of `url`, 0 for another. */
static size_t scheme_len(const char *url)
{
    static const char *const schemes[] = {"http://", "https://"};
    size_t i;

    for (i = 0; i < 2; i++)
        if (strncasecmp(url, schemes[i], strlen(schemes[i])) == 0)
            return strlen(schemes[i]);
    return 0;
}

/* A message shows no URL that may have a password in it. */
static lmas_status check_url(const char *url)
{
    const size_t len = strnlen(url, LMI_URL_MAX + 1);
    size_t i;

    if (len > LMI_URL_MAX)
        return lmi_fail(LMAS_E_INVALID, "a server's URL has at most %zu bytes", LMI_URL_MAX);
    for (i = 0; i < len; i++)
        if (url[i] <= ' ' || url[i] > '~')
            return lmi_fail(LMAS_E_INVALID, "a server's URL is visible ASCII, byte %zu is not", i);
    if (strchr(url, '@'))
        return lmi_fail(LMAS_E_INVALID,
                        "a server's URL has no name or password in it: a key comes from a file or "
                        "the environment");
    i = scheme_len(url);
    if (i == 0 || url[i] == '\0' || url[i] == '/' || url[i] == ':')
        return lmi_fail(LMAS_E_INVALID,
                        "a server's URL is http://HOST[:PORT] or https://..., "
                        "found \"%s\"",
                        url);
    if (url[strcspn(url, "?#")] != '\0')
        return lmi_fail(LMAS_E_INVALID, "a server's URL ends in its path, found \"%s\"", url);
    return LMAS_OK;
}

/* Without slashes at its end, and without its /v1. */
static char *copy_url(const char *url)
{
    const size_t least = scheme_len(url) + 1;
    size_t len = strlen(url);

    while (len > least && url[len - 1] == '/')
        len--;
    if (len > least + 3 && strncmp(url + len - 3, "/v1", 3) == 0)
        len -= 3;
    while (len > least && url[len - 1] == '/')
        len--;
    return lmi_strndup(url, len);
}

/* ---- Its life ---- */

static lmas_status prepare(lmas_remote *remote, const char *url)
{
    lmas_status status = lmi_key_read(&remote->key, remote->params.key_file);

    if (status != LMAS_OK)
        return status;
    remote->params.key_file = NULL; /* the caller's, and read */
    remote->url = copy_url(url);
    remote->version = lmi_strdup("");
    if (remote->params.model)
        remote->model = lmi_strdup(remote->params.model);
    if (!remote->url || !remote->version || (remote->params.model && !remote->model))
        return lmi_fail(LMAS_E_NOMEM, "no memory for a server");
    remote->params.model = remote->model;
    return lmi_calls_open(&remote->calls);
}

static void fill_in(lmas_remote *remote)
{
    static const char *const names[] = {[LMI_API_OPENAI] = "openai",
                                        [LMI_API_VLLM] = "vllm",
                                        [LMI_API_SGLANG] = "sglang",
                                        [LMI_API_LLAMA] = "llama-server"};

    remote->info.url = remote->url;
    remote->info.model = remote->model;
    remote->info.api = names[remote->api];
    remote->info.version = remote->version;
}

lmas_status lmas_remote_open(lmas_remote **out, const char *url, const lmas_remote_params *params)
{
    const lmas_remote_params normal = lmas_remote_params_default();
    lmas_remote *remote;
    lmas_status status;

    if (!out || !url)
        return lmi_fail(LMAS_E_INVALID, "lmas_remote_open: out and url expected, one is NULL");
    status = check_params(params ? params : &normal);
    if (status == LMAS_OK)
        status = check_url(url);
    if (status != LMAS_OK)
        return status;
    remote = lmi_new(1, sizeof(*remote));
    if (!remote)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a server");
    remote->params = params ? *params : normal;
    status = prepare(remote, url);
    if (status == LMAS_OK)
        status = lmi_remote_find(remote);
    if (status != LMAS_OK) {
        lmas_remote_free(remote);
        return status;
    }
    fill_in(remote);
    *out = remote;
    return LMAS_OK;
}

void lmas_remote_free(lmas_remote *remote)
{
    if (!remote)
        return;
    lmi_calls_close(remote->calls);
    lmi_key_free(remote->key);
    lmi_free(remote->url);
    lmi_free(remote->model);
    lmi_free(remote->version);
    lmi_free(remote);
}

const lmas_remote_info *lmas_remote_describe(const lmas_remote *remote)
{
    return remote ? &remote->info : NULL;
}
