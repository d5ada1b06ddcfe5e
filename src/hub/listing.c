/* listing.c - from the hub's JSON to files. */
#include "hub/listing.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/mem.h"

static bool is_gguf(const char *path)
{
    static const char ending[] = ".gguf";
    const size_t len = strlen(path);

    return len > 5 && strcmp(path + len - 5, ending) == 0;
}

lmas_status lmi_listing_add(lmi_listing *listing, const lmi_listed *file)
{
    lmi_listed copy = *file;

    if (!is_gguf(file->path))
        return LMAS_OK;
    if (listing->n == LMI_LISTING_MAX)
        return lmi_fail(LMAS_E_FORMAT, "more than %d GGUF files in one repository",
                        LMI_LISTING_MAX);
    copy.path = lmi_strdup(file->path);
    if (!copy.path || !lmi_reserve((void **)&listing->files, &listing->capacity, listing->n + 1,
                                   sizeof(*listing->files))) {
        lmi_free(copy.path);
        return lmi_fail(LMAS_E_NOMEM, "no memory for %zu files", listing->n + 1);
    }
    listing->files[listing->n++] = copy;
    return LMAS_OK;
}

static int compare(const void *a, const void *b)
{
    return strcmp(((const lmi_listed *)a)->path, ((const lmi_listed *)b)->path);
}

void lmi_listing_sort(lmi_listing *listing)
{
    if (listing->n)
        qsort(listing->files, listing->n, sizeof(*listing->files), compare);
}

void lmi_listing_done(lmi_listing *listing)
{
    size_t i;

    for (i = 0; i < listing->n; i++)
        lmi_free(listing->files[i].path);
    lmi_free(listing->files);
    *listing = (lmi_listing){0};
}

/* The SHA-256 and the size of what an LFS pointer stands for. */
static lmas_status read_pointer(lmi_listed *out, const lmi_json *json, yyjson_val *lfs)
{
    yyjson_val *size = yyjson_obj_get(lfs, "size");
    const char *sha256 = NULL;
    lmas_status status;

    if (!yyjson_is_obj(lfs))
        return LMAS_OK;
    status = lmi_json_string(&sha256, json, lfs, "lfs", "sha256", false);
    if (status != LMAS_OK)
        return status;
    if (!lmi_repo_is_hex(sha256, LMI_SHA256_SIZE - 1))
        return lmi_fail(LMAS_E_FORMAT, "%s: \"sha256\" of %s must be 64 hex digits", json->label,
                        out->path);
    memcpy(out->sha256, sha256, LMI_SHA256_SIZE);
    if (yyjson_is_uint(size))
        out->size = yyjson_get_uint(size);
    return LMAS_OK;
}

static lmas_status read_file(lmi_listing *listing, const lmi_json *json, yyjson_val *object)
{
    const char *path = NULL;
    yyjson_val *size = yyjson_obj_get(object, "size");
    lmi_listed file = {0};
    lmas_status status =
        lmi_json_string(&path, json, object, "a file of \"siblings\"", "rfilename", false);

    if (status != LMAS_OK || !is_gguf(path))
        return status;
    if (!lmi_repo_is_path(path))
        return lmi_fail(LMAS_E_FORMAT,
                        "%s: \"rfilename\" must lead to a file of the repository, by at most %d "
                        "bytes",
                        json->label, LMI_REPO_FILE_MAX);
    file.path = (char *)path;
    file.size = yyjson_is_uint(size) ? yyjson_get_uint(size) : 0;
    status = read_pointer(&file, json, yyjson_obj_get(object, "lfs"));
    if (status == LMAS_OK && file.sha256[0] && (file.size == 0 || file.size > LMI_HUB_FILE_MAX))
        status = lmi_fail(LMAS_E_FORMAT, "%s: \"size\" of %s must be from 1 to %llu bytes",
                          json->label, path, (unsigned long long)LMI_HUB_FILE_MAX);
    return status == LMAS_OK ? lmi_listing_add(listing, &file) : status;
}

static lmas_status read_root(lmi_listing *out, const lmi_json *json)
{
    yyjson_val *root = lmi_json_root(json);
    yyjson_val *files = yyjson_is_obj(root) ? yyjson_obj_get(root, "siblings") : NULL;
    const char *commit = NULL;
    lmas_status status;
    size_t i, max;
    yyjson_val *file;

    if (!yyjson_is_arr(files))
        return lmi_fail(LMAS_E_FORMAT, "%s: expected an object with an array \"siblings\"",
                        json->label);
    status = lmi_json_string(&commit, json, root, "the model", "sha", false);
    if (status == LMAS_OK && !lmi_repo_is_hex(commit, LMI_COMMIT_SIZE - 1))
        status = lmi_fail(LMAS_E_FORMAT, "%s: \"sha\" must be 40 hex digits", json->label);
    if (status != LMAS_OK)
        return status;
    memcpy(out->commit, commit, LMI_COMMIT_SIZE);
    yyjson_arr_foreach(files, i, max, file)
    {
        if (status == LMAS_OK)
            status = read_file(out, json, file);
    }
    return status;
}

lmas_status lmi_listing_parse(lmi_listing *out, const char *label, const char *text, size_t len)
{
    lmi_listing listing = {0};
    lmi_json json;
    lmas_status status = lmi_json_parse(&json, label, text, len);

    if (status != LMAS_OK)
        return status;
    status = read_root(&listing, &json);
    lmi_json_done(&json);
    lmi_listing_sort(&listing);
    if (status == LMAS_OK)
        *out = listing;
    else
        lmi_listing_done(&listing);
    return status;
}
