/* cached.c - fetching models by name, and looking at those that are there. */
#include "cli/model/cached.h"

#include <stdio.h>

#include "base/file.h"
#include "base/json.h"
#include "cli/command.h"
#include "cli/fetch.h"
#include "cli/interrupt.h"
#include "cli/show/term.h"
#include "hub/cache.h"

/* A slip in the last name shows before the first model is fetched, or removed. */
static bool are_names(char **names, size_t n)
{
    lmi_repo repo;
    size_t i;

    for (i = 0; i < n; i++)
        if (lmi_repo_parse(&repo, names[i]) != LMAS_OK)
            return false;
    return true;
}

/* ---- get, path ---- */

static int print_path(lmas_status status, lmi_buf *path)
{
    if (status == LMAS_OK)
        puts(lmi_buf_text(path));
    fflush(stdout); /* the next model may take long */
    lmi_buf_done(path);
    return status == LMAS_OK ? LMI_EXIT_OK : lmi_say_failure(status);
}

/* One that fails does not keep the others from being fetched; an interrupt does. */
int lmi_models_get(char **names, size_t n, bool is_offline)
{
    int code = LMI_EXIT_OK;
    size_t i;

    if (!are_names(names, n))
        return lmi_say_misuse();
    lmi_interrupt_install();
    for (i = 0; i < n && code != LMI_EXIT_INTERRUPTED; i++) {
        lmi_buf path;
        int one;

        lmi_buf_init(&path, LMI_PATH_MAX);
        one = print_path(lmi_get_model_shown(&path, names[i], is_offline), &path);
        code = one == LMI_EXIT_OK ? code : one;
    }
    return code;
}

int lmi_model_path(const char *name)
{
    lmas_status status;
    lmi_buf path;

    if (!are_names((char *[]){(char *)name}, 1))
        return lmi_say_misuse();
    lmi_buf_init(&path, LMI_PATH_MAX);
    status = lmi_model_cached(&path, name);
    return print_path(status, &path);
}

/* ---- list ---- */

static lmas_status print_model(void *user, const char *id)
{
    lmi_listing listing;
    lmas_status status = lmi_cache_listing(&listing, id);
    size_t i;

    (void)user;
    if (status != LMAS_OK)
        return status;
    for (i = 0; i < listing.n; i++) {
        char size[32];

        lmi_size_text(size, (double)listing.files[i].size);
        printf("%-10s  %s  %s\n", size, id, listing.files[i].path);
    }
    lmi_listing_done(&listing);
    return LMAS_OK;
}

/* What the JSON of the list is made in. */
typedef struct document {
    yyjson_mut_doc *doc;
    yyjson_mut_val *models;
} document;

static lmas_status add_file(document *d, const char *id, const lmi_listing *listing, size_t i)
{
    yyjson_mut_val *model = yyjson_mut_arr_add_obj(d->doc, d->models);
    lmas_status status;
    lmi_buf path;

    lmi_buf_init(&path, LMI_PATH_MAX);
    status = lmi_cache_file_path(&path, id, listing->commit, listing->files[i].path);
    yyjson_mut_obj_add_strcpy(d->doc, model, "model", id);
    yyjson_mut_obj_add_strcpy(d->doc, model, "file", listing->files[i].path);
    yyjson_mut_obj_add_uint(d->doc, model, "size", listing->files[i].size);
    yyjson_mut_obj_add_strcpy(d->doc, model, "commit", listing->commit);
    yyjson_mut_obj_add_strcpy(d->doc, model, "path", lmi_buf_text(&path));
    lmi_buf_done(&path);
    return status;
}

static lmas_status add_model(void *user, const char *id)
{
    lmi_listing listing;
    lmas_status status = lmi_cache_listing(&listing, id);
    size_t i;

    if (status != LMAS_OK)
        return status;
    for (i = 0; status == LMAS_OK && i < listing.n; i++)
        status = add_file(user, id, &listing, i);
    lmi_listing_done(&listing);
    return status;
}

static lmas_status print_document(void)
{
    document d;
    yyjson_mut_val *root;
    lmas_status status = lmi_json_new(&d.doc, &root, "the list");

    if (status != LMAS_OK)
        return status;
    d.models = yyjson_mut_obj_add_arr(d.doc, root, "models");
    status = lmi_cache_each(add_model, &d);
    if (status == LMAS_OK)
        return lmi_print_json(d.doc, "the list");
    yyjson_mut_doc_free(d.doc);
    return status;
}

int lmi_models_list(bool is_json)
{
    const lmas_status status = is_json ? print_document() : lmi_cache_each(print_model, NULL);

    return status == LMAS_OK ? LMI_EXIT_OK : lmi_say_failure(status);
}

/* ---- rm ---- */

static lmas_status remove_one(const char *name)
{
    char size[32];
    uint64_t n = 0;
    lmi_repo repo;
    lmas_status status = lmi_repo_parse(&repo, name);

    if (status == LMAS_OK)
        status = lmi_cache_remove(&n, repo.id, repo.quant);
    if (status == LMAS_OK && n == 0)
        return lmi_fail(LMAS_E_IO,
                        "%s is not in the cache: nothing is removed (latentmas model "
                        "list shows what is there)",
                        name);
    lmi_size_text(size, (double)n);
    if (status == LMAS_OK)
        lmi_say("%s is removed, %s are free again", name, size);
    return status;
}

int lmi_models_remove(char **names, size_t n)
{
    int code = LMI_EXIT_OK;
    size_t i;

    if (!are_names(names, n))
        return lmi_say_misuse();
    for (i = 0; i < n; i++) {
        const lmas_status status = remove_one(names[i]);

        code = status == LMAS_OK ? code : lmi_say_failure(status);
    }
    return code;
}
