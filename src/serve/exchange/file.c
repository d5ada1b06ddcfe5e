/* file.c - the bytes of a memory, all or a range of them (RFC 9110, 14). */
#include <inttypes.h>
#include <microhttpd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "serve/exchange/chore.h"
#include "serve/exchange/endpoints.h"

/* ---- Ranges ---- */

typedef enum range_kind { WHOLE, RANGE, NOT_THERE } range_kind;

/* Digits at `*text`, which goes behind them; what is beyond all files is as good as the most. */
static bool read_digits(uint64_t *out, const char **text)
{
    const char *at = *text;
    uint64_t n = 0;

    for (; *at >= '0' && *at <= '9'; at++)
        n = n > INT64_MAX / 16 ? n : 10 * n + (uint64_t)(*at - '0');
    *out = n;
    if (at == *text)
        return false;
    *text = at;
    return true;
}

/* The last `n` bytes. */
static range_kind cut_end(lmi_part *part, uint64_t n)
{
    if (n == 0 || part->whole == 0)
        return NOT_THERE;
    part->n = n < part->whole ? n : part->whole;
    part->from = part->whole - part->n;
    return RANGE;
}

static range_kind cut(lmi_part *part, uint64_t from, uint64_t last)
{
    if (last < from)
        return WHOLE;
    if (from >= part->whole)
        return NOT_THERE;
    part->from = from;
    part->n = (last < part->whole ? last + 1 : part->whole) - from;
    return RANGE;
}

/* What is no range, or several, is passed over, as the standard lets a server. */
static range_kind read_range(lmi_part *part, const char *text)
{
    uint64_t from, last = UINT64_MAX;

    if (strncmp(text, "bytes=", 6) != 0)
        return WHOLE;
    text += 6;
    if (*text == '-') {
        text++;
        return read_digits(&last, &text) && !*text ? cut_end(part, last) : WHOLE;
    }
    if (!read_digits(&from, &text) || *text != '-')
        return WHOLE;
    text++;
    if (*text && (!read_digits(&last, &text) || *text))
        return WHOLE;
    return cut(part, from, last);
}

static lmi_exchange_verdict pick(lmi_chore *e)
{
    const lmi_complaint why = {416, NULL, NULL, "range"};
    lmi_part *part = &e->part;
    const bool is_same = !e->if_range[0] || strcmp(e->if_range, part->etag) == 0;
    const range_kind kind = is_same ? read_range(part, e->range) : WHOLE;

    part->is_range = kind == RANGE;
    if (kind != NOT_THERE)
        return LMI_EXCHANGE_OK;
    (void)!lmi_fail(LMAS_E_INVALID, "the file has %" PRIu64 " bytes, none of which is in the range",
                    part->whole);
    return lmi_chore_refuse(e, &why);
}

/* ---- The file ---- */

static lmi_exchange_verdict open_file(lmi_chore *e)
{
    lmi_exchange_record *record = NULL;
    lmi_part *part = &e->part;
    lmi_exchange_verdict verdict =
        lmi_exchange_get(&record, e->vault->exchange, e->tenant, e->name);

    if (verdict != LMI_EXCHANGE_OK)
        record = NULL;
    else
        snprintf(part->etag, sizeof(part->etag), "\"%s\"", record->sha256);
    lmi_exchange_record_free(record);
    /* Asked in any case: what is not there, and what is another's, take the same way to the log. */
    verdict = lmi_exchange_fetch(&part->fd, &part->whole, e->vault->exchange, e->tenant, e->name);
    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    part->n = part->whole;
    return part->etag[0] ? pick(e) : lmi_exchange_absent();
}

static void copy_header(char out[LMI_RANGE_TEXT], lmi_visit *visit, const char *name)
{
    const char *text = MHD_lookup_connection_value(visit->connection, MHD_HEADER_KIND, name);

    snprintf(out, LMI_RANGE_TEXT, "%s", text ? text : "");
}

int lmi_memory_file(lmi_visit *visit)
{
    lmi_chore *e = lmi_chore_new(visit, open_file);

    if (!e)
        return lmi_visit_refuse(visit, &visit->why);
    copy_header(e->range, visit, "Range");
    copy_header(e->if_range, visit, "If-Range");
    return lmi_chore_send(e, &e->vault->quick);
}
