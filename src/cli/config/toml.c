/*
 * toml.c - the part of TOML that a file of flags needs: KEY = VALUE, a line each, with comments;
 * a value is what JSON calls a text, a number, true, false or an array of them, and an array may
 * go over several lines and end in a comma. That much yyjson reads. Tables, dotted keys, dates and
 * other texts are refused, so that a file means here what it means to any reader of TOML.
 */
#include <string.h>

#include "base/json.h"
#include "cli/config/flagfile.h"

typedef struct reader {
    lmi_flagfile *file;
    const char *begin, *at;
} reader;

static size_t line_at(const reader *r, const char *at)
{
    size_t line = 1;
    const char *c;

    for (c = r->begin; c < at; c++)
        line += *c == '\n';
    return line;
}

static lmas_status refuse(const reader *r, const char *expected)
{
    const int len = (int)strcspn(r->at, " \t\r\n");

    if (len == 0)
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: expected %s, found the end of the line",
                        r->file->path, line_at(r, r->at), expected);
    return lmi_fail(LMAS_E_FORMAT, "%s:%zu: expected %s, found \"%.*s\"", r->file->path,
                    line_at(r, r->at), expected, len > 40 ? 40 : len, r->at);
}

/* Put blanks in the place of comments, which stand outside of quotes. */
static void blank_comments(char *text) /* which ends in a newline */
{
    bool is_quoted = false;

    for (; *text; text++) {
        if (is_quoted && *text == '\\' && text[1])
            text++;
        else if (*text == '"' || *text == '\n')
            is_quoted = *text == '"' && !is_quoted;
        else if (*text == '#' && !is_quoted)
            for (; text[1] && *text != '\n'; text++)
                *text = ' ';
    }
}

static lmas_status read_value(reader *r)
{
    const yyjson_read_flag flags =
        YYJSON_READ_STOP_WHEN_DONE | YYJSON_READ_NUMBER_AS_RAW | YYJSON_READ_ALLOW_TRAILING_COMMAS;
    yyjson_read_err error = {0};
    yyjson_doc *doc =
        *r->at && *r->at != '\n'
            ? yyjson_read_opts((char *)(size_t)r->at, strlen(r->at), flags, NULL, &error)
            : NULL;
    lmas_status status;

    if (!doc) {
        r->at += error.pos && strchr("[\"", *r->at) ? error.pos : 0;
        return refuse(r, "a text in \"quotes\", a number, true, false or an array of texts and "
                         "numbers");
    }
    status = lmi_flagfile_take(r->file, yyjson_doc_get_root(doc));
    r->at += yyjson_doc_get_read_size(doc);
    yyjson_doc_free(doc);
    return status;
}

static lmas_status read_entry(reader *r)
{
    const char *key = r->at;
    const size_t len = strspn(key, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                   "0123456789-_");
    lmas_status status;

    if (len == 0)
        return refuse(r, "the name of a flag (there are no tables here, and no names in quotes)");
    r->at += len + strspn(key + len, " \t");
    if (*r->at != '=')
        return refuse(r, "= behind the name of a flag");
    r->at += 1 + strspn(r->at + 1, " \t");
    status = lmi_flagfile_add(r->file, key, len, line_at(r, key));
    if (status == LMAS_OK)
        status = read_value(r);
    r->at += status == LMAS_OK ? strspn(r->at, " \t\r") : 0;
    return status == LMAS_OK && *r->at && *r->at != '\n' ? refuse(r, "the end of the line")
                                                         : status;
}

lmas_status lmi_flagfile_read_toml(lmi_flagfile *out, const char *text)
{
    reader r = {.file = out};
    lmas_status status;
    lmi_buf copy;

    lmi_buf_init(&copy, LMI_FLAGFILE_SIZE_MAX + 1);
    lmi_buf_puts(&copy, text);
    lmi_buf_putc(&copy, '\n');
    status = lmi_buf_status(&copy);
    if (status == LMAS_OK)
        blank_comments(copy.data);
    r.begin = r.at = lmi_buf_text(&copy);
    for (r.at += strspn(r.at, " \t\r\n"); status == LMAS_OK && *r.at;
         r.at += strspn(r.at, " \t\r\n"))
        status = read_entry(&r);
    lmi_buf_done(&copy);
    return status;
}
