/* guard.c - see guard.h. */
#include "serve/http/guard.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <sodium/utils.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"
#include "base/mem.h"

/* Bytes of a file of keys. */
#define KEYS_SIZE_MAX ((size_t)LMI_KEYS_MAX * (LMI_TENANT_KEY_MAX + 1))

/* ---- Keys ---- */

/* Which key has that hash, from 1; 0 for none. All are looked at, whatever is found, and each as
 * long: the time says nothing. */
static uint64_t find_hash(const lmi_guard *guard, const char digits[LMI_SHA256_SIZE])
{
    uint64_t found = 0;
    size_t i;

    for (i = 0; i < guard->n_keys; i++)
        found |= sodium_memcmp(digits, guard->keys[i], LMI_SHA256_SIZE) == 0 ? i + 1 : 0;
    return found;
}

static lmas_status add_key(lmi_guard *guard, const char *file, const char *key, size_t len)
{
    char digits[LMI_SHA256_SIZE];
    lmi_sha256 hash;

    if (len < 8 || len > LMI_TENANT_KEY_MAX)
        return lmi_fail(LMAS_E_FORMAT, "%s: keys of 8 to %d bytes expected, one a line, found %zu",
                        file, LMI_TENANT_KEY_MAX, len);
    if (guard->n_keys == LMI_KEYS_MAX)
        return lmi_fail(LMAS_E_FORMAT, "%s: at most %d keys expected", file, LMI_KEYS_MAX);
    lmi_sha256_init(&hash);
    lmi_sha256_add(&hash, key, len);
    lmi_sha256_done(digits, &hash);
    if (find_hash(guard, digits) != 0)
        return lmi_fail(LMAS_E_FORMAT, "%s: one key stands there twice; each is a tenant", file);
    memcpy(guard->keys[guard->n_keys++], digits, sizeof(digits));
    return LMAS_OK;
}

/* A key a line; empty ones and those that begin with # are none. */
static lmas_status read_keys(lmi_guard *guard, const char *file, const char *text)
{
    lmas_status status = LMAS_OK;

    while (status == LMAS_OK && *text) {
        const size_t line = strcspn(text, "\n");
        const size_t len = line - (line > 0 && text[line - 1] == '\r');

        if (len > 0 && text[0] != '#')
            status = add_key(guard, file, text, len);
        text += line + (text[line] == '\n');
    }
    if (status == LMAS_OK && guard->n_keys == 0)
        return lmi_fail(LMAS_E_FORMAT, "%s: no key is in it, one a line expected", file);
    return status;
}

static lmas_status load_keys(lmi_guard *guard, const char *file)
{
    lmas_status status;
    lmi_buf text;

    guard->keys = lmi_new(LMI_KEYS_MAX, sizeof(*guard->keys));
    if (!guard->keys)
        return lmi_fail(LMAS_E_NOMEM, "no memory for keys");
    lmi_buf_init(&text, KEYS_SIZE_MAX);
    status = lmi_file_read(&text, file);
    if (status == LMAS_OK)
        status = read_keys(guard, file, lmi_buf_text(&text));
    lmi_buf_done(&text);
    return status;
}

static bool is_local(const char *host)
{
    return strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0;
}

lmas_status lmi_guard_open(lmi_guard *out, const lmi_serve_params *params)
{
    *out = (lmi_guard){.is_local = is_local(params->host), .origin = params->origin};
    return params->key_file ? load_keys(out, params->key_file) : LMAS_OK;
}

void lmi_guard_done(lmi_guard *guard)
{
    lmi_free(guard->keys);
    *guard = (lmi_guard){0};
}

static uint64_t find_key(const lmi_guard *guard, const char *key)
{
    char digits[LMI_SHA256_SIZE];

    lmi_sha256_text(digits, key);
    return find_hash(guard, digits);
}

static const char *header(struct MHD_Connection *connection, const char *name)
{
    return MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static bool has_key(uint64_t *realm, const lmi_guard *guard, struct MHD_Connection *connection)
{
    const char *text = header(connection, "Authorization");

    if (!text || strncasecmp(text, "Bearer ", 7) != 0)
        return false;
    *realm = find_key(guard, text + 7);
    return *realm != 0;
}

/* ---- Browsers ---- */

/* An address, or this machine's name for itself: whatever else a name may lead here for. */
static bool is_own_name(const char *host)
{
    unsigned char address[sizeof(struct in6_addr)];
    char name[256];
    const size_t n = host[0] == '[' ? strcspn(host + 1, "]") : strcspn(host, ":");

    if (n >= sizeof(name))
        return false;
    memcpy(name, host + (host[0] == '['), n);
    name[n] = '\0';
    return strcasecmp(name, "localhost") == 0 || inet_pton(AF_INET, name, address) == 1 ||
           inet_pton(AF_INET6, name, address) == 1;
}

static bool comes_by_own_name(const lmi_guard *guard, struct MHD_Connection *connection)
{
    const char *host = header(connection, "Host");

    return !guard->is_local || !host || is_own_name(host);
}

bool lmi_guard_is_of_type(struct MHD_Connection *connection, const char *wanted)
{
    const char *type = header(connection, "Content-Type");
    const size_t n = strlen(wanted);

    return type && strncasecmp(type, wanted, n) == 0 &&
           (type[n] == '\0' || type[n] == ';' || type[n] == ' ');
}

bool lmi_guard_admits(uint64_t *realm, lmi_complaint *why, const lmi_guard *guard,
                      struct MHD_Connection *connection, bool is_open)
{
    *realm = 0;
    if (!comes_by_own_name(guard, connection)) {
        *why = (lmi_complaint){403, "permission_error", NULL, "host"};
        (void)!lmi_fail(LMAS_E_INVALID, "this server answers to addresses and to localhost alone");
        return false;
    }
    if (is_open || guard->n_keys == 0 || has_key(realm, guard, connection))
        return true;
    *why = (lmi_complaint){401, "authentication_error", NULL, "invalid_api_key"};
    (void)!lmi_fail(LMAS_E_INVALID, "a key is needed: the header \"Authorization: Bearer KEY\"");
    return false;
}
