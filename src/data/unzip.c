/* unzip.c - zlib over a whole buffer; members that follow each other are one file, as in gzip. */
#include "data/unzip.h"

#include <string.h>
#include <zlib.h>

/* Window bits of inflateInit2() with which it expects a gzip header. */
enum { GZIP_BITS = 15 + 16, CHUNK_SIZE = 64 * 1024 };

/* zlib counts input in 32 bits. */
#define INPUT_MAX ((size_t)1 << 30)

static lmas_status refuse(const char *path, const char *why)
{
    return lmi_fail(LMAS_E_FORMAT, "%s: damaged gzip data: %s", path, why ? why : "unknown");
}

/* Unpack one member; false in `*has_more` when the input ends with it. */
static lmas_status unpack(lmi_buf *out, z_stream *stream, const char *path)
{
    unsigned char chunk[CHUNK_SIZE];
    int code;

    do {
        stream->next_out = chunk;
        stream->avail_out = sizeof(chunk);
        code = inflate(stream, Z_NO_FLUSH);
        if (code == Z_BUF_ERROR)
            return refuse(path, "it ends too early");
        if (code == Z_MEM_ERROR)
            return lmi_fail(LMAS_E_NOMEM, "no memory to unpack %s", path);
        if (code != Z_OK && code != Z_STREAM_END)
            return refuse(path, stream->msg);
        lmi_buf_append(out, (const char *)chunk, sizeof(chunk) - stream->avail_out);
        if (out->status == LMAS_E_FORMAT)
            return lmi_fail(LMAS_E_FORMAT, "%s unpacks to more than %zu bytes", path, out->max);
        if (out->status != LMAS_OK)
            return lmi_buf_status(out);
    } while (code != Z_STREAM_END);
    return LMAS_OK;
}

static bool is_gzip(const unsigned char *bytes, size_t len)
{
    return len >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;
}

/* Zeros behind the last member fill up a block; gzip(1) takes no notice of them either. */
static bool is_padding(const unsigned char *bytes, size_t len)
{
    while (len && bytes[len - 1] == 0)
        len--;
    return len == 0;
}

lmas_status lmi_unzip(lmi_buf *text, const char *path)
{
    z_stream stream = {0};
    lmi_buf out;
    lmas_status status = LMAS_OK;

    if (!is_gzip((const unsigned char *)lmi_buf_text(text), text->len))
        return LMAS_OK;
    if (text->len > INPUT_MAX)
        return lmi_fail(LMAS_E_FORMAT, "%s: gzip data longer than %zu bytes", path, INPUT_MAX);
    if (inflateInit2(&stream, GZIP_BITS) != Z_OK)
        return lmi_fail(LMAS_E_NOMEM, "no memory to unpack %s", path);
    lmi_buf_init(&out, text->max);
    stream.next_in = (unsigned char *)text->data;
    stream.avail_in = (unsigned)text->len;
    do {
        status = inflateReset(&stream) == Z_OK ? unpack(&out, &stream, path) : refuse(path, NULL);
    } while (status == LMAS_OK && is_gzip(stream.next_in, stream.avail_in));
    if (status == LMAS_OK && !is_padding(stream.next_in, stream.avail_in))
        status = refuse(path, "something else follows it");
    inflateEnd(&stream);
    lmi_buf_done(status == LMAS_OK ? text : &out);
    if (status == LMAS_OK)
        *text = out;
    return status;
}
