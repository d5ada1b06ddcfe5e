/*
 * remove.c - which models the cache holds, and taking one out of it.
 *
 * Other programs keep other files of the same models there: only GGUF files go, and a blob only
 * when no other name leads to it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "hub/cache.h"
#include "hub/walk.h"

/* ---- Which there are ---- */

typedef struct names {
    char **ids;
    size_t n, capacity;
} names;

/* "models--ORG--NAME" as ORG/NAME; false when it is something else. */
static bool read_folder(char id[LMI_REPO_SIZE], const char *folder)
{
    static const char prefix[] = "models--";
    const char *org = folder + sizeof(prefix) - 1;
    const char *gap;

    if (strncmp(folder, prefix, sizeof(prefix) - 1) != 0 || strlen(org) >= LMI_REPO_SIZE)
        return false;
    gap = strstr(org, "--");
    if (!gap)
        return false;
    snprintf(id, LMI_REPO_SIZE, "%.*s/%s", (int)(gap - org), org, gap + 2);
    return lmi_repo_is_id(id, strlen(id));
}

static lmas_status note_model(void *user, const lmi_walked *entry)
{
    names *all = user;
    char id[LMI_REPO_SIZE];
    char *copy;

    if (!entry->is_dir || !read_folder(id, entry->name))
        return LMAS_OK;
    copy = lmi_strdup(id);
    if (!copy || !lmi_reserve((void **)&all->ids, &all->capacity, all->n + 1, sizeof(char *))) {
        lmi_free(copy);
        return lmi_fail(LMAS_E_NOMEM, "no memory for %zu names", all->n + 1);
    }
    all->ids[all->n++] = copy;
    return LMAS_OK;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

lmas_status lmi_cache_each(lmi_cache_model_fn fn, void *user)
{
    names all = {0};
    lmas_status status;
    lmi_buf folder;
    size_t i;

    lmi_buf_init(&folder, LMI_PATH_MAX);
    status = lmi_cache_hub_dir(&folder);
    if (status == LMAS_OK)
        status = lmi_walk(lmi_buf_text(&folder), 1, note_model, &all);
    lmi_buf_done(&folder);
    if (all.n)
        qsort(all.ids, all.n, sizeof(char *), compare);
    for (i = 0; i < all.n; i++) {
        if (status == LMAS_OK)
            status = fn(user, all.ids[i]);
        lmi_free(all.ids[i]);
    }
    lmi_free(all.ids);
    return status;
}

/* ---- Taking one out ---- */

typedef struct removal {
    const char *quant;
    lmi_buf folder;  /* of the model */
    lmi_buf removed; /* blobs that a removed name led to: "\nSHA256\n" each */
    lmi_buf used;    /* blobs that another name leads to, likewise */
    size_t n_left;   /* names in all snapshots */
    uint64_t n_bytes;
} removal;

/* Append the blob that a link leads to. */
static void append_blob(lmi_buf *out, const char *path)
{
    char target[LMI_PATH_MAX];
    const ssize_t len = readlink(path, target, sizeof(target) - 1);
    const char *slash;

    if (len <= 0)
        return;
    target[len] = '\0';
    slash = strrchr(target, '/');
    lmi_buf_printf(out, "\n%s\n", slash ? slash + 1 : target);
}

static lmas_status remove_name(removal *r, const char *snapshot, const lmi_listed *file)
{
    struct stat st;
    char *path;
    lmas_status status = lmi_path_join(&path, snapshot, file->path);

    if (status != LMAS_OK)
        return status;
    append_blob(&r->removed, path);
    if (lstat(path, &st) == 0 && S_ISREG(st.st_mode))
        r->n_bytes += (uint64_t)st.st_size;
    if (unlink(path) != 0)
        status = lmi_fail_errno(LMAS_E_IO, "cannot remove %s", path);
    lmi_free(path);
    return status;
}

/* Links that lead nowhere are listed as well: they are to go. */
static lmas_status note_name(void *user, const lmi_walked *entry)
{
    if (entry->is_dir || !lmi_repo_is_path(entry->name))
        return LMAS_OK;
    return lmi_listing_add(user, &(lmi_listed){.path = (char *)entry->name, .size = 1});
}

static lmas_status clear_snapshot(void *user, const lmi_walked *entry)
{
    removal *r = user;
    lmi_listing all = {0};
    lmi_pick pick;
    lmas_status status;
    size_t i, n;

    if (!entry->is_dir)
        return LMAS_OK;
    status = lmi_walk(entry->path, LMI_WALK_DEPTH_MAX, note_name, &all);
    lmi_listing_sort(&all);
    lmi_pick_model(&pick, &all, r->quant);
    n = *r->quant ? pick.n : all.n;
    for (i = 0; status == LMAS_OK && i < n; i++)
        status = remove_name(r, entry->path, &all.files[*r->quant ? pick.parts[i] : i]);
    lmi_listing_done(&all);
    return status;
}

static lmas_status note_used(void *user, const lmi_walked *entry)
{
    removal *r = user;

    if (entry->is_dir)
        return LMAS_OK;
    r->n_left++;
    append_blob(&r->used, entry->path);
    return LMAS_OK;
}

static lmas_status clear_blob(void *user, const lmi_walked *entry)
{
    removal *r = user;
    char name[LMI_SHA256_SIZE + 2];
    struct stat st;

    if (strlen(entry->name) >= LMI_SHA256_SIZE)
        return LMAS_OK;
    snprintf(name, sizeof(name), "\n%s\n", entry->name);
    if (!strstr(lmi_buf_text(&r->removed), name) || strstr(lmi_buf_text(&r->used), name))
        return LMAS_OK;
    if (lstat(entry->path, &st) == 0)
        r->n_bytes += (uint64_t)st.st_size;
    if (unlink(entry->path) != 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot remove %s", entry->path);
    return LMAS_OK;
}

static lmas_status clear_rest(void *user, const lmi_walked *entry)
{
    (void)user;
    if ((entry->is_dir ? rmdir(entry->path) : unlink(entry->path)) != 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot remove %s", entry->path);
    return LMAS_OK;
}

/* Walk a folder of the model's. */
static lmas_status walk(removal *r, const char *name, int depth, lmi_walk_fn fn)
{
    lmas_status status;
    char *path;

    status = lmi_path_join(&path, lmi_buf_text(&r->folder), name);
    if (status != LMAS_OK)
        return status;
    status = lmi_walk(path, depth, fn, r);
    lmi_free(path);
    return status;
}

static lmas_status clear(removal *r)
{
    lmas_status status = walk(r, "snapshots", 1, clear_snapshot);

    if (status == LMAS_OK)
        status = walk(r, "snapshots", LMI_WALK_DEPTH_MAX, note_used);
    if (status == LMAS_OK)
        status = lmi_buf_status(&r->used);
    if (status == LMAS_OK)
        status = walk(r, "blobs", 1, clear_blob);
    if (status == LMAS_OK && r->n_left == 0)
        status = walk(r, ".", LMI_WALK_DEPTH_MAX, clear_rest);
    if (status == LMAS_OK && r->n_left == 0)
        rmdir(lmi_buf_text(&r->folder));
    return status;
}

lmas_status lmi_cache_remove(uint64_t *out, const char *id, const char *quant)
{
    const size_t max = (size_t)LMI_WALK_MAX * (LMI_SHA256_SIZE + 2);
    removal r = {.quant = quant};
    lmas_status status;

    lmi_buf_init(&r.folder, LMI_PATH_MAX);
    lmi_buf_init(&r.removed, max);
    lmi_buf_init(&r.used, max);
    status = lmi_cache_repo_dir(&r.folder, id);
    if (status == LMAS_OK)
        status = clear(&r);
    *out = r.n_bytes;
    lmi_buf_done(&r.folder);
    lmi_buf_done(&r.removed);
    lmi_buf_done(&r.used);
    return status;
}
