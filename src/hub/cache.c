/* cache.c - reading the shared cache, and adding to it. Nothing in it is taken for granted: others
 * write it too. */
#include "hub/cache.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "hub/hub.h"
#include "hub/walk.h"

static const char PREFIX[] = "models--";

lmas_status lmi_cache_hub_dir(lmi_buf *out)
{
    static const char *const places[][2] = {{"LLAMA_CACHE", ""},
                                            {"HF_HUB_CACHE", ""},
                                            {"HUGGINGFACE_HUB_CACHE", ""},
                                            {"HF_HOME", "/hub"},
                                            {"XDG_CACHE_HOME", "/huggingface/hub"},
                                            {"HOME", "/.cache/huggingface/hub"}};
    size_t i;

    for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        const char *folder = lmi_hub_env(places[i][0]);

        if (!folder)
            continue;
        lmi_buf_printf(out, "%s%s", folder, places[i][1]);
        return lmi_buf_status(out);
    }
    return lmi_fail(LMAS_E_IO, "no folder for models: neither HF_HUB_CACHE, HF_HOME nor HOME is "
                               "set");
}

lmas_status lmi_cache_repo_dir(lmi_buf *out, const char *id)
{
    const char *slash = strchr(id, '/');
    const lmas_status status = lmi_cache_hub_dir(out);

    if (status != LMAS_OK)
        return status;
    lmi_buf_printf(out, "/%s%.*s--%s", PREFIX, (int)(slash - id), id, slash + 1);
    return lmi_buf_status(out);
}

lmas_status lmi_cache_file_path(lmi_buf *out, const char *id, const char *commit, const char *path)
{
    const lmas_status status = lmi_cache_repo_dir(out, id);

    if (status != LMAS_OK)
        return status;
    lmi_buf_printf(out, "/snapshots/%s%s%s", commit, *path ? "/" : "", path);
    return lmi_buf_status(out);
}

lmas_status lmi_cache_blob_path(lmi_buf *out, const char *id, const char *sha256)
{
    const lmas_status status = lmi_cache_repo_dir(out, id);

    if (status != LMAS_OK)
        return status;
    lmi_buf_printf(out, "/blobs/%s", sha256);
    return lmi_buf_status(out);
}

/* ---- Reading ---- */

/* What refs/main says; false when that is no commit of which there is a snapshot. */
static bool read_ref(char out[LMI_COMMIT_SIZE], const char *id)
{
    lmi_buf path, text;
    bool is_good = false;

    lmi_buf_init(&path, LMI_PATH_MAX);
    lmi_buf_init(&text, LMI_PATH_MAX);
    if (lmi_cache_repo_dir(&path, id) == LMAS_OK) {
        lmi_buf_puts(&path, "/refs/main");
        if (lmi_file_exists(lmi_buf_text(&path)) &&
            lmi_file_read(&text, lmi_buf_text(&path)) == LMAS_OK)
            snprintf(out, LMI_COMMIT_SIZE, "%.*s", (int)strcspn(lmi_buf_text(&text), " \t\r\n"),
                     lmi_buf_text(&text));
    }
    lmi_buf_clear(&path);
    if (lmi_repo_is_hex(out, LMI_COMMIT_SIZE - 1) &&
        lmi_cache_file_path(&path, id, out, "") == LMAS_OK)
        is_good = lmi_is_dir(lmi_buf_text(&path));
    lmi_buf_done(&path);
    lmi_buf_done(&text);
    return is_good;
}

/* The only snapshot, when there is just one. */
typedef struct only {
    char commit[LMI_COMMIT_SIZE];
    size_t n;
} only;

static lmas_status note_snapshot(void *user, const lmi_walked *entry)
{
    only *o = user;

    if (!entry->is_dir || !lmi_repo_is_hex(entry->name, LMI_COMMIT_SIZE - 1))
        return LMAS_OK;
    o->n++;
    memcpy(o->commit, entry->name, LMI_COMMIT_SIZE);
    return LMAS_OK;
}

static lmas_status find_only(char out[LMI_COMMIT_SIZE], const char *id)
{
    only o = {.n = 0};
    lmas_status status;
    lmi_buf path;

    lmi_buf_init(&path, LMI_PATH_MAX);
    status = lmi_cache_repo_dir(&path, id);
    lmi_buf_puts(&path, "/snapshots");
    if (status == LMAS_OK)
        status = lmi_walk(lmi_buf_text(&path), 1, note_snapshot, &o);
    lmi_buf_done(&path);
    snprintf(out, LMI_COMMIT_SIZE, "%s", o.n == 1 ? o.commit : "");
    return status;
}

static lmas_status note_file(void *user, const lmi_walked *entry)
{
    lmi_listing *listing = user;
    struct stat st;

    if (entry->is_dir || stat(entry->path, &st) != 0 || !S_ISREG(st.st_mode) || st.st_size == 0 ||
        !lmi_repo_is_path(entry->name))
        return LMAS_OK;
    return lmi_listing_add(listing,
                           &(lmi_listed){(char *)entry->name, (uint64_t)st.st_size, {'\0'}});
}

lmas_status lmi_cache_listing(lmi_listing *out, const char *id)
{
    lmi_listing listing = {0};
    lmas_status status = LMAS_OK;
    lmi_buf path;

    if (!read_ref(listing.commit, id))
        status = find_only(listing.commit, id);
    lmi_buf_init(&path, LMI_PATH_MAX);
    if (status == LMAS_OK && *listing.commit)
        status = lmi_cache_file_path(&path, id, listing.commit, "");
    if (status == LMAS_OK && *listing.commit)
        status = lmi_walk(lmi_buf_text(&path), LMI_WALK_DEPTH_MAX, note_file, &listing);
    lmi_buf_done(&path);
    lmi_listing_sort(&listing);
    if (status == LMAS_OK)
        *out = listing;
    else
        lmi_listing_done(&listing);
    return status;
}

/* ---- Adding ---- */

/* Link, or where links cannot be, as huggingface_hub does: move the bytes to their name. */
static lmas_status put_name(const char *path, const char *target, const char *blob)
{
    unlink(path);
    if (symlink(target, path) == 0 || (errno == EEXIST && lmi_file_exists(path)))
        return LMAS_OK;
    if ((errno == EPERM || errno == ENOTSUP || errno == ENOSYS) && rename(blob, path) == 0)
        return LMAS_OK;
    return lmi_fail_errno(LMAS_E_IO, "cannot write %s", path);
}

/* From the folder of the file up to the model's: one step a folder of its own name, and two. */
static void append_target(lmi_buf *out, const lmi_listed *file)
{
    const char *c;

    lmi_buf_puts(out, "../../");
    for (c = file->path; *c; c++)
        if (*c == '/')
            lmi_buf_puts(out, "../");
    lmi_buf_printf(out, "blobs/%s", file->sha256);
}

lmas_status lmi_cache_link(const char *id, const char *commit, const lmi_listed *file)
{
    lmi_buf path, target, blob;
    lmas_status status;

    lmi_buf_init(&path, LMI_PATH_MAX);
    lmi_buf_init(&target, LMI_PATH_MAX);
    lmi_buf_init(&blob, LMI_PATH_MAX);
    append_target(&target, file);
    status = lmi_buf_status(&target);
    if (status == LMAS_OK)
        status = lmi_cache_file_path(&path, id, commit, file->path);
    if (status == LMAS_OK)
        status = lmi_cache_blob_path(&blob, id, file->sha256);
    if (status == LMAS_OK)
        status = lmi_dir_make_parent(lmi_buf_text(&path));
    if (status == LMAS_OK)
        status = put_name(lmi_buf_text(&path), lmi_buf_text(&target), lmi_buf_text(&blob));
    lmi_buf_done(&path);
    lmi_buf_done(&target);
    lmi_buf_done(&blob);
    return status;
}

/* The temporary file lies beside refs/: in it, others would take it for a name. */
static lmas_status write_ref(const char *folder, const char *path, const char *commit)
{
    lmi_sink sink;
    lmas_status status;
    char *beside;

    status = lmi_path_join(&beside, folder, "main");
    if (status != LMAS_OK)
        return status;
    status = lmi_sink_open(&sink, beside);
    sink.path = path;
    if (status == LMAS_OK)
        status = lmi_sink_finish(&sink, lmi_sink_add(&sink, commit, strlen(commit)));
    lmi_free(beside);
    return status;
}

lmas_status lmi_cache_set_ref(const char *id, const char *commit)
{
    lmi_buf folder, path, now;
    lmas_status status;

    lmi_buf_init(&folder, LMI_PATH_MAX);
    lmi_buf_init(&path, LMI_PATH_MAX);
    lmi_buf_init(&now, LMI_PATH_MAX);
    status = lmi_cache_repo_dir(&folder, id);
    lmi_buf_printf(&path, "%s/refs/main", lmi_buf_text(&folder));
    if (status == LMAS_OK)
        status = lmi_buf_status(&path);
    if (status == LMAS_OK)
        status = lmi_dir_make_parent(lmi_buf_text(&path));
    if (status == LMAS_OK && lmi_file_exists(lmi_buf_text(&path)))
        status = lmi_file_read(&now, lmi_buf_text(&path));
    if (status == LMAS_OK && strcmp(lmi_buf_text(&now), commit) != 0)
        status = write_ref(lmi_buf_text(&folder), lmi_buf_text(&path), commit);
    lmi_buf_done(&folder);
    lmi_buf_done(&path);
    lmi_buf_done(&now);
    return status;
}
