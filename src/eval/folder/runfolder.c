/*
 * runfolder.c - the order of steps that keeps a run whole.
 *
 * samples.jsonl is made first and locked, config.json appears by a rename: a folder has a
 * config only when it has a locked samples file, and a run has started only when it has a
 * config. The lock goes with the process, however it ends.
 */
#include "eval/folder/runfolder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/lines.h"
#include "base/mem.h"
#include "eval/folder/draft.h"
#include "eval/folder/grow.h"
#include "eval/folder/retry.h"

/* Runs that may start in the same second under the same name. */
enum { SAME_NAME_MAX = 100 };

bool lmi_runfolder_holds_run(const char *path)
{
    char *config_path = NULL;
    const bool holds =
        lmi_path_join(&config_path, path, "config.json") == LMAS_OK && lmi_file_exists(config_path);

    lmi_free(config_path);
    return holds;
}

bool lmi_runfolder_lost_config(const char *path)
{
    char *samples_path = NULL;
    struct stat st;
    const bool has_samples = lmi_path_join(&samples_path, path, "samples.jsonl") == LMAS_OK &&
                             stat(samples_path, &st) == 0 && st.st_size > 0;

    lmi_free(samples_path);
    return has_samples && !lmi_runfolder_holds_run(path);
}

/* An unopened folder with its paths. */
static lmas_status init(lmi_runfolder *folder, const char *path)
{
    lmas_status status;

    *folder = (lmi_runfolder){.fd = -1, .path = lmi_strdup(path)};
    lmi_buf_init(&folder->config, LMI_CONFIG_MAX);
    if (!folder->path)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a path");
    status = lmi_path_join(&folder->samples_path, path, "samples.jsonl");
    return status == LMAS_OK ? lmi_path_join(&folder->config_path, path, "config.json") : status;
}

static lmas_status make_room(lmi_runfolder *folder, size_t n)
{
    folder->is_done = lmi_new(n, sizeof(*folder->is_done));
    if (!folder->is_done)
        return lmi_fail(LMAS_E_NOMEM, "no memory for a run of %zu questions", n);
    folder->n = n;
    return LMAS_OK;
}

void lmi_runfolder_done(lmi_runfolder *folder)
{
    if (folder->path && folder->fd >= 0)
        close(folder->fd);
    lmi_buf_done(&folder->config);
    lmi_free(folder->path);
    lmi_free(folder->samples_path);
    lmi_free(folder->config_path);
    lmi_free(folder->is_done);
    *folder = (lmi_runfolder){.fd = -1};
}

static lmas_status refuse_lost(const char *path)
{
    return lmi_fail(LMAS_E_IO,
                    "%s holds samples.jsonl and no config.json, which says what they are samples "
                    "of: put the config.json of this run back, or name another folder",
                    path);
}

static lmas_status refuse_use(const lmi_runfolder *folder)
{
    return lmi_fail(LMAS_E_IO, "%s is in use: another latentmas works on this run", folder->path);
}

/* Whether what was locked is still the file of that name: a regrade puts another in its place. */
static bool is_current(const lmi_runfolder *folder)
{
    struct stat mine, now;

    return fstat(folder->fd, &mine) == 0 && stat(folder->samples_path, &now) == 0 &&
           mine.st_dev == now.st_dev && mine.st_ino == now.st_ino;
}

/* Open samples.jsonl (with O_CREAT in `flags`, make it) and lock it. */
static lmas_status lock(lmi_runfolder *folder, int flags)
{
    folder->fd = open(folder->samples_path, O_RDWR | O_APPEND | O_CLOEXEC | flags, 0666);
    if (folder->fd < 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot write %s", folder->samples_path);
    if (flock(folder->fd, LOCK_EX | LOCK_NB) == 0)
        return is_current(folder) ? LMAS_OK : refuse_use(folder);
    if (errno == EWOULDBLOCK)
        return refuse_use(folder);
    return lmi_fail_errno(LMAS_E_IO, "cannot lock %s", folder->samples_path);
}

/* A folder whose samples file is empty and that has no config is no run: one that was killed
 * before it started may have left it. */
static lmas_status start(lmi_runfolder *folder, const lmi_buf *config)
{
    struct stat st;
    lmas_status status = lock(folder, O_CREAT);

    if (status != LMAS_OK)
        return status;
    if (lmi_runfolder_lost_config(folder->path))
        return refuse_lost(folder->path);
    if (lmi_file_exists(folder->config_path) || stat(folder->samples_path, &st) != 0 ||
        st.st_size != 0)
        return lmi_fail(LMAS_E_INVALID,
                        "%s holds a run already: continue it with --resume, or name another folder",
                        folder->path);
    status = lmi_file_write(folder->config_path, lmi_buf_text(config), config->len);
    if (status != LMAS_OK)
        unlink(folder->samples_path);
    return status;
}

/* Make the last folder of `path`; `*is_new` tells whether it was not there. */
static lmas_status make_folder(bool *is_new, const char *path)
{
    *is_new = !lmi_file_exists(path);
    return lmi_dir_make(path);
}

lmas_status lmi_runfolder_new(lmi_runfolder *out, const char *path, size_t n, const lmi_buf *config)
{
    lmi_runfolder folder;
    bool is_new = false;
    lmas_status status = init(&folder, path);

    if (status == LMAS_OK)
        status = make_room(&folder, n);
    if (status == LMAS_OK)
        status = make_folder(&is_new, path);
    if (status == LMAS_OK)
        status = start(&folder, config);
    if (status == LMAS_OK) {
        *out = folder;
        return LMAS_OK;
    }
    lmi_runfolder_done(&folder);
    if (is_new)
        rmdir(path);
    return status;
}

/* A name that is free: the time, and a number where that is taken. */
static lmas_status choose_name(char **out, const char *base, const char *task, const char *method)
{
    char now[32];
    lmi_buf path;
    int i;

    lmi_utc_compact(now);
    lmi_buf_init(&path, LMI_PATH_MAX);
    for (i = 1; i <= SAME_NAME_MAX; i++) {
        lmi_buf_clear(&path);
        lmi_buf_printf(&path, "%s/%s-%s-%s", base, now, task, method);
        if (i > 1)
            lmi_buf_printf(&path, "-%d", i);
        if (path.status != LMAS_OK || !lmi_file_exists(lmi_buf_text(&path)))
            break;
    }
    *out = lmi_buf_steal(&path);
    return *out ? LMAS_OK
                : lmi_fail(LMAS_E_INVALID, "path longer than %d bytes: %s", LMI_PATH_MAX, base);
}

lmas_status lmi_runfolder_new_named(lmi_runfolder *out, const char *base, const char *task,
                                    const char *method, size_t n, const lmi_buf *config)
{
    const bool has_base = lmi_file_exists(base);
    char *path = NULL;
    lmas_status status = choose_name(&path, base, task, method);

    if (status == LMAS_OK)
        status = lmi_runfolder_new(out, path, n, config);
    if (status != LMAS_OK && !has_base)
        rmdir(base);
    lmi_free(path);
    return status;
}

static bool is_of_another_shard(const lmi_runfolder *folder, uint64_t index)
{
    return folder->n_shards > 1 && index % folder->n_shards != folder->shard - 1;
}

/* Count one line that is there. */
static lmas_status take_line(lmi_runfolder *folder, const lmi_json *line, const lmi_lines *at)
{
    lmi_score score;
    const lmas_status status = lmi_sample_read(&score, line);

    if (status != LMAS_OK)
        return status;
    if (score.index >= folder->n || folder->is_done[score.index] ||
        is_of_another_shard(folder, score.index))
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: question %llu %s", folder->samples_path, at->number,
                        (unsigned long long)score.index,
                        score.index >= folder->n       ? "is none of this run"
                        : folder->is_done[score.index] ? "stands here twice"
                                                       : "is of another shard");
    folder->is_done[score.index] = true;
    lmi_totals_add(&folder->totals, &score);
    folder->size = at->offset + at->text.len + 1;
    return LMAS_OK;
}

/* Read all whole lines and cut off what follows the last of them. */
static lmas_status take_lines(lmi_runfolder *folder)
{
    lmi_lines lines = {0};
    bool has_line = true;
    lmas_status status = lmi_lines_init(&lines, folder->fd, folder->samples_path, LMI_SAMPLE_MAX);

    while (status == LMAS_OK) {
        lmi_json line;

        status = lmi_sample_next(&has_line, &line, &lines);
        if (status != LMAS_OK || !has_line)
            break;
        status = take_line(folder, &line, &lines);
        lmi_json_done(&line);
    }
    lmi_lines_done(&lines);
    if (status == LMAS_OK && ftruncate(folder->fd, (off_t)folder->size) != 0)
        status = lmi_fail_errno(LMAS_E_IO, "cannot write %s", folder->samples_path);
    return status;
}

lmas_status lmi_runfolder_open(lmi_runfolder *out, const char *path)
{
    lmi_runfolder folder;
    lmas_status status = init(&folder, path);

    if (status == LMAS_OK && lmi_runfolder_lost_config(path))
        status = refuse_lost(path);
    else if (status == LMAS_OK && !lmi_file_exists(folder.config_path))
        status = lmi_fail(LMAS_E_IO, "%s holds no run to resume: it has no config.json", path);
    if (status == LMAS_OK)
        status = lock(&folder, 0);
    if (status == LMAS_OK)
        status = lmi_draft_settle(path);
    if (status == LMAS_OK)
        status = lmi_file_read(&folder.config, folder.config_path);
    if (status == LMAS_OK)
        *out = folder;
    else
        lmi_runfolder_done(&folder);
    return status;
}

/* The config that is there says less than what is asked now. */
static lmas_status grow(lmi_runfolder *folder, const lmi_buf *config)
{
    lmi_buf text;
    lmas_status status;

    lmi_buf_init(&text, LMI_CONFIG_MAX);
    status = lmi_grow_config(&text, folder->config_path, &folder->config, config);
    if (status == LMAS_OK)
        status = lmi_file_write(folder->config_path, lmi_buf_text(&text), text.len);
    lmi_buf_done(&text);
    return status;
}

/* A run that asks more has no totals any more. */
static void drop_summary(const lmi_runfolder *folder)
{
    char *path = NULL;

    if (lmi_path_join(&path, folder->path, "summary.json") == LMAS_OK)
        unlink(path);
    lmi_free(path);
}

lmas_status lmi_runfolder_resume(lmi_runfolder *folder, const lmi_setup *setup,
                                 const lmi_buf *config, bool retries)
{
    bool has_grown = false;
    lmas_status status = lmi_grow_check(&has_grown, folder->config_path, &folder->config, config);

    folder->shard = setup->shard;
    folder->n_shards = setup->n_shards;
    if (status == LMAS_OK)
        status = lmi_config_compare_shard(folder->config_path, &folder->config, config);
    if (status == LMAS_OK)
        status = lmi_config_compare_graded(folder->config_path, &folder->config);
    if (status == LMAS_OK)
        status = make_room(folder, lmi_setup_n_rows(setup));
    if (status == LMAS_OK && retries)
        status = lmi_retry_drop(&folder->n_retried, &folder->fd, folder->path);
    if (status == LMAS_OK && lseek(folder->fd, 0, SEEK_SET) != 0)
        status = lmi_fail_errno(LMAS_E_IO, "cannot read %s", folder->samples_path);
    if (status == LMAS_OK)
        status = take_lines(folder);
    if (status == LMAS_OK && has_grown)
        status = grow(folder, config);
    if (status == LMAS_OK && folder->totals.n < lmi_shard_size(setup))
        drop_summary(folder);
    return status;
}

/* One write, so that a line is there whole or not at all; what a full disk leaves of it is cut
 * off again, and a kill between the two is what resuming repairs. */
lmas_status lmi_runfolder_append(lmi_runfolder *folder, const lmi_buf *line)
{
    ssize_t n;
    lmas_status status;

    do
        n = write(folder->fd, lmi_buf_text(line), line->len);
    while (n < 0 && errno == EINTR);
    if (n == (ssize_t)line->len) {
        folder->size += line->len;
        return LMAS_OK;
    }
    if (n >= 0)
        errno = ENOSPC;
    status = lmi_fail_errno(LMAS_E_IO, "cannot write %s", folder->samples_path);
    if (n > 0 && ftruncate(folder->fd, (off_t)folder->size) != 0)
        status = lmi_fail_errno(LMAS_E_IO, "cannot cut the broken last line off %s",
                                folder->samples_path);
    return status;
}

lmas_status lmi_runfolder_finish(lmi_runfolder *folder, const lmi_buf *summary)
{
    char *path = NULL;
    lmas_status status = lmi_path_join(&path, folder->path, "summary.json");

    if (status == LMAS_OK && fsync(folder->fd) != 0 && errno != EINVAL && errno != ENOTSUP)
        status = lmi_fail_errno(LMAS_E_IO, "cannot write %s", folder->samples_path);
    if (status == LMAS_OK && !lmi_file_exists(path))
        status = lmi_file_write(path, lmi_buf_text(summary), summary->len);
    lmi_free(path);
    return status;
}
