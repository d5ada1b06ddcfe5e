/* archive.c - libzip, held to limits; see archive.h. */
#include "exchange/awareness/archive.h"

#include <stdint.h>
#include <stdio.h>
#include <zip.h>

#include "base/file.h"
#include "base/mem.h"
#include "exchange/limits.h"

struct lmi_archive {
    zip_t *zip;
    const char *path; /* borrowed */
};

/* ---- Reading ---- */

static lmi_exchange_verdict fail_open(const char *path, int code)
{
    zip_error_t error;

    zip_error_init_with_code(&error, code);
    lmi_exchange_fail(LMI_EXCHANGE_FORMAT, "%s is no package that can be read, a ZIP expected: %s",
                      path, zip_error_strerror(&error));
    zip_error_fini(&error);
    return LMI_EXCHANGE_FORMAT;
}

lmi_exchange_verdict lmi_archive_open(lmi_archive **out, const char *path)
{
    int code = 0;
    zip_t *zip = zip_open(path, ZIP_RDONLY | ZIP_CHECKCONS, &code);
    lmi_archive *archive;

    if (!zip)
        return fail_open(path, code);
    if (zip_get_num_entries(zip, 0) > LMI_AWARENESS_TEXTS_MAX) {
        zip_discard(zip);
        return lmi_exchange_fail(LMI_EXCHANGE_FORMAT, "%s has more than %d files in it", path,
                                 LMI_AWARENESS_TEXTS_MAX);
    }
    archive = lmi_new(1, sizeof(*archive));
    if (!archive) {
        zip_discard(zip);
        return lmi_exchange_fail(LMI_EXCHANGE_FAILED, "no memory to read %s", path);
    }
    *archive = (lmi_archive){.zip = zip, .path = path};
    *out = archive;
    return LMI_EXCHANGE_OK;
}

void lmi_archive_close(lmi_archive *archive)
{
    if (!archive)
        return;
    zip_discard(archive->zip);
    lmi_free(archive);
}

bool lmi_archive_has(const lmi_archive *archive, const char *name)
{
    return zip_name_locate(archive->zip, name, 0) >= 0;
}

/* What it says of its size is held to the limits before a byte is unpacked, and what comes to what
 * it said. */
static lmi_exchange_verdict check_size(const lmi_archive *archive, const zip_stat_t *st)
{
    const uint64_t most = st->comp_size < LMI_AWARENESS_TEXT_MAX
                              ? st->comp_size * LMI_AWARENESS_RATIO_MAX + LMI_AWARENESS_SPARE
                              : LMI_AWARENESS_TEXT_MAX;

    if (!(st->valid & ZIP_STAT_SIZE) || !(st->valid & ZIP_STAT_COMP_SIZE))
        return lmi_exchange_fail(LMI_EXCHANGE_FORMAT, "%s: %s has no size", archive->path,
                                 st->name);
    if (st->encryption_method != ZIP_EM_NONE)
        return lmi_exchange_fail(LMI_EXCHANGE_FORMAT, "%s: %s is encrypted", archive->path,
                                 st->name);
    if (st->size > LMI_AWARENESS_TEXT_MAX || st->size > most)
        return lmi_exchange_fail(LMI_EXCHANGE_FORMAT,
                                 "%s: %s unpacks from %llu bytes to %llu, at most %zu and %d times "
                                 "its size allowed",
                                 archive->path, st->name, (unsigned long long)st->comp_size,
                                 (unsigned long long)st->size, LMI_AWARENESS_TEXT_MAX,
                                 LMI_AWARENESS_RATIO_MAX);
    return LMI_EXCHANGE_OK;
}

/* At the end libzip holds the bytes to their sum. */
static zip_int64_t unpack(lmi_buf *out, zip_file_t *file, uint64_t size)
{
    char chunk[32 * 1024];
    uint64_t have = 0;
    zip_int64_t n;

    for (;;) {
        n = zip_fread(file, chunk, sizeof(chunk));
        if (n <= 0)
            return n == 0 && have == size ? 0 : -1;
        have += (uint64_t)n;
        if (have > size)
            return -1;
        lmi_buf_append(out, chunk, (size_t)n);
    }
}

lmi_exchange_verdict lmi_archive_read(lmi_buf *out, const lmi_archive *archive, const char *name)
{
    lmi_exchange_verdict verdict;
    zip_file_t *file;
    zip_int64_t ended;
    zip_stat_t st;

    if (zip_stat(archive->zip, name, 0, &st) != 0)
        return lmi_exchange_fail(LMI_EXCHANGE_FORMAT, "%s has no %s", archive->path, name);
    verdict = check_size(archive, &st);
    if (verdict != LMI_EXCHANGE_OK)
        return verdict;
    file = zip_fopen(archive->zip, name, 0);
    ended = file ? unpack(out, file, st.size) : -1;
    if (file)
        zip_fclose(file);
    if (ended != 0)
        return lmi_exchange_fail(LMI_EXCHANGE_FORMAT, "%s: %s is damaged", archive->path, name);
    return lmi_exchange_verdict_of(lmi_buf_status(out));
}

/* ---- Writing ---- */

static lmi_exchange_verdict fail_write(const char *path, zip_t *zip)
{
    lmi_exchange_fail(LMI_EXCHANGE_FAILED, "cannot write %s: %s", path, zip_strerror(zip));
    zip_discard(zip);
    return LMI_EXCHANGE_FAILED;
}

/* False where libzip has no memory; else the text must live until the ZIP is closed. */
static bool add(zip_t *zip, const lmi_archive_text *text)
{
    zip_source_t *source = zip_source_buffer(zip, lmi_buf_text(text->text), text->text->len, 0);
    zip_int64_t index = -1;

    if (source)
        index = zip_file_add(zip, text->name, source, ZIP_FL_ENC_UTF_8);
    if (source && index < 0)
        zip_source_free(source);
    return index >= 0 && zip_file_set_dostime(zip, (zip_uint64_t)index, 0, 0x21, 0) == 0;
}

/* libzip writes beside the name and renames; an old file stays where that fails. */
lmi_exchange_verdict lmi_archive_write(const char *path, const lmi_archive_text *texts, size_t n)
{
    int code = 0;
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &code);
    size_t i;

    if (!zip)
        return lmi_exchange_fail(LMI_EXCHANGE_FAILED, "cannot write %s", path);
    for (i = 0; i < n; i++)
        if (!add(zip, &texts[i]))
            return fail_write(path, zip);
    if (zip_close(zip) != 0)
        return fail_write(path, zip);
    lmi_folder_flush(path);
    return LMI_EXCHANGE_OK;
}
