/* model.c - the cache, the hub, the sibling: in which order they are asked. */
#include "hub/model.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "hub/fetch_model.h"
#include "hub/hub.h"

static const char ENDING[] = "-GGUF";

/* The repository's sibling with GGUF files; false when it is one itself. */
static bool make_sibling(lmi_repo *out, const lmi_repo *repo)
{
    const size_t len = strlen(repo->id);

    if (len + sizeof(ENDING) > sizeof(out->id))
        return false;
    if (len >= 5 && strcasecmp(repo->id + len - 5, ENDING) == 0)
        return false;
    *out = *repo;
    snprintf(out->id + len, sizeof(out->id) - len, "%s", ENDING);
    return lmi_repo_is_id(out->id, strlen(out->id));
}

static void say_sibling(const lmi_model_ask *ask, const lmi_repo *repo, const lmi_repo *sibling)
{
    char line[LMI_ERROR_MAX];

    snprintf(line, sizeof(line), "%s has no GGUF files: taking those of %s", repo->id, sibling->id);
    ask->say(ask->user, line);
}

/* ---- The cache ---- */

typedef enum found { NOT_FOUND, FOUND, FOUND_SURE } found;

/* Append the path of the model in the cache, when all its parts are there. */
static lmas_status look_up(found *out, lmi_buf *path, const lmi_repo *repo)
{
    lmi_listing listing = {0};
    lmas_status status = lmi_cache_listing(&listing, repo->id);
    lmi_pick pick;

    *out = NOT_FOUND;
    if (status != LMAS_OK)
        return status;
    lmi_pick_model(&pick, &listing, repo->quant);
    if (pick.n && pick.n_missing == 0) {
        *out = pick.is_sure ? FOUND_SURE : FOUND;
        status =
            lmi_cache_file_path(path, repo->id, listing.commit, listing.files[pick.parts[0]].path);
    }
    lmi_listing_done(&listing);
    return status;
}

/* The same of the repository, or else of its sibling. */
static lmas_status look_up_both(found *out, lmi_buf *path, const lmi_model_ask *ask,
                                const lmi_repo *repo)
{
    lmas_status status = look_up(out, path, repo);
    lmi_repo sibling;

    if (status != LMAS_OK || *out != NOT_FOUND || !make_sibling(&sibling, repo))
        return status;
    status = look_up(out, path, &sibling);
    if (status == LMAS_OK && (*out == FOUND_SURE || (*out == FOUND && ask->is_offline)))
        say_sibling(ask, repo, &sibling);
    return status;
}

static lmas_status refuse_offline(const lmi_model_ask *ask, const lmi_repo *repo)
{
    const char *name = lmi_hub_offline("TRANSFORMERS_OFFLINE");

    return lmi_fail(LMAS_E_IO,
                    "%s is %snot in the cache, and %s%s: go online and fetch it with latentmas "
                    "model get %s",
                    ask->name, ask->is_path ? "no file, and " : "", name ? name : "--offline",
                    name ? " is set" : " is given", repo->id);
}

/* ---- The hub ---- */

/* A hub that cannot be reached is no reason to stop when the cache holds the model. */
static lmas_status fall_back(lmi_buf *path, const lmi_model_ask *ask, const lmi_repo *repo)
{
    char line[LMI_ERROR_MAX], reason[LMI_ERROR_MAX];
    lmi_model_ask offline = *ask;
    found what;
    lmas_status status;

    snprintf(reason, sizeof(reason), "%s", lmas_last_error());
    offline.is_offline = true;
    lmi_buf_clear(path);
    status = look_up_both(&what, path, &offline, repo);
    if (status != LMAS_OK)
        return status;
    if (what == NOT_FOUND)
        return lmi_fail(LMAS_E_IO, "%s", reason);
    snprintf(line, sizeof(line), "the cache's copy is taken: %.900s", reason);
    ask->say(ask->user, line);
    return LMAS_OK;
}

static lmas_status refuse_unknown(const lmi_repo *repo, const lmi_repo *sibling, bool is_there)
{
    lmi_buf hub;
    lmas_status status;

    lmi_buf_init(&hub, LMI_URL_MAX);
    status = lmi_hub_append_endpoint(&hub);
    if (status == LMAS_OK && is_there)
        status = lmi_fail(
            LMAS_E_IO,
            "%s has no GGUF files, and %s knows no %s: name one of "
            "%s/models?library=gguf, or make a GGUF file of a copy: latentmas model convert",
            repo->id, lmi_buf_text(&hub), *sibling->id ? sibling->id : "sibling",
            lmi_buf_text(&hub));
    else if (status == LMAS_OK)
        status = lmi_fail(LMAS_E_IO,
                          "%s knows no model %s that is open to you: check the name, or set "
                          "HF_TOKEN if it is a private one",
                          lmi_buf_text(&hub), repo->id);
    lmi_buf_done(&hub);
    return status;
}

/* Ask for the repository's list, then for its sibling's when it has no GGUF file. */
static lmas_status ask_hub(lmi_fetch_model *fetch, const lmi_model_ask *ask, const lmi_repo *repo)
{
    lmi_repo sibling = {0};
    lmas_status status = lmi_fetch_model_list(fetch, repo);
    const bool is_there = fetch->is_there;

    if (status != LMAS_OK || fetch->listing.n)
        return status;
    if (make_sibling(&sibling, repo))
        status = lmi_fetch_model_list(fetch, &sibling);
    if (status != LMAS_OK)
        return status;
    fetch->is_unreachable = fetch->listing.n == 0;
    if (fetch->is_unreachable)
        return refuse_unknown(repo, &sibling, is_there);
    say_sibling(ask, repo, &sibling);
    return LMAS_OK;
}

/* A slip in a path must not look like trouble with the hub. */
static lmas_status say_asking(const lmi_model_ask *ask)
{
    char line[LMI_ERROR_MAX];
    lmi_buf hub;
    lmas_status status;

    lmi_buf_init(&hub, LMI_URL_MAX);
    status = lmi_hub_append_endpoint(&hub);
    snprintf(line, sizeof(line), "%s is no file here: asking %.500s for it", ask->name,
             lmi_buf_text(&hub));
    lmi_buf_done(&hub);
    if (status == LMAS_OK)
        ask->say(ask->user, line);
    return status;
}

static lmas_status find_online(lmi_buf *path, const lmi_model_ask *ask, const lmi_repo *repo)
{
    lmi_fetch_model fetch;
    bool is_unreachable;
    lmas_status status = lmi_fetch_model_open(&fetch, ask);

    if (status == LMAS_OK && ask->is_path)
        status = say_asking(ask);
    if (status == LMAS_OK)
        status = ask_hub(&fetch, ask, repo);
    is_unreachable = status == LMAS_E_IO && fetch.is_unreachable;
    if (status == LMAS_OK)
        status = lmi_fetch_model_files(path, &fetch);
    if (is_unreachable)
        status = fall_back(path, ask, repo);
    lmi_fetch_model_close(&fetch);
    return status;
}

lmas_status lmi_model_find(lmi_buf *path, const lmi_model_ask *ask)
{
    const bool is_offline = ask->is_offline || lmi_hub_offline("TRANSFORMERS_OFFLINE");
    lmi_model_ask asked = *ask;
    found what = NOT_FOUND;
    lmi_repo repo;
    lmas_status status = lmi_repo_parse(&repo, ask->name);

    asked.is_offline = is_offline;
    if (status == LMAS_OK && (is_offline || !ask->is_fresh))
        status = look_up_both(&what, path, &asked, &repo);
    if (status != LMAS_OK || what == FOUND_SURE || (what == FOUND && is_offline))
        return status;
    if (is_offline)
        return refuse_offline(ask, &repo);
    lmi_buf_clear(path);
    return find_online(path, ask, &repo);
}

static bool show_nothing(void *user, const char *name, uint64_t n, uint64_t n_total)
{
    (void)user, (void)name, (void)n, (void)n_total;
    return true;
}

static void say_nothing(void *user, const char *line)
{
    (void)user, (void)line;
}

lmas_status lmi_model_cached(lmi_buf *path, const char *name)
{
    const lmi_model_ask ask = {
        .name = name, .is_offline = true, .show = show_nothing, .say = say_nothing};
    found what;
    lmi_repo repo;
    lmas_status status = lmi_repo_parse(&repo, name);

    if (status == LMAS_OK)
        status = look_up_both(&what, path, &ask, &repo);
    if (status == LMAS_OK && what == NOT_FOUND)
        status = lmi_fail(
            LMAS_E_IO, "%s is not in the cache; fetch it with: latentmas model get %s", name, name);
    return status;
}
