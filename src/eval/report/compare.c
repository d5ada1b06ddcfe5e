/*
 * compare.c - from folders to runs, from runs to figures and pairs.
 *
 * The one thing that must not happen is that numbers of different runs are added up. Shards are
 * merged only when all that shapes answers is equal, and every question was asked by one.
 */
#include "eval/report/compare.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "eval/report/format.h"
#include "eval/report/survey/folders.h"

/* Longest text of all notes together, in bytes. */
#define NOTES_MAX ((size_t)16 * 1024 * 1024)

/* Longest text of why a shard was not merged, in bytes: two paths and a difference, each byte of
 * which may become a character of three. */
#define WHY_MAX (3 * ((size_t)2 * LMI_PATH_MAX + LMI_ERROR_MAX))

const lmi_run *lmi_block_reference(const lmi_comparison *comparison, size_t block)
{
    size_t i;

    for (i = 0; i < comparison->n_runs; i++)
        if (comparison->runs[i].block == block && comparison->runs[i].reference == i)
            return &comparison->runs[i];
    return NULL;
}

void lmi_compare_done(lmi_comparison *comparison)
{
    size_t i;

    for (i = 0; i < comparison->n_runs; i++) {
        lmi_record_done(&comparison->runs[i].record);
        lmi_free(comparison->runs[i].settings);
        lmi_free(comparison->runs[i].difference);
    }
    for (i = 0; i < comparison->n_controls; i++)
        lmi_buf_done(&comparison->controls[i].readings);
    lmi_free(comparison->controls);
    lmi_survey_done(&comparison->grid);
    lmi_reference_done(&comparison->reference);
    lmi_free(comparison->pools);
    lmi_free(comparison->runs);
    lmi_free(comparison->pairs);
    lmi_buf_done(&comparison->notes);
    *comparison = (lmi_comparison){0};
}

/* ---- Folders become runs ---- */

static bool is_same_folder(const char *a, const char *b)
{
    struct stat a_st, b_st;

    return stat(a, &a_st) == 0 && stat(b, &b_st) == 0 && a_st.st_dev == b_st.st_dev &&
           a_st.st_ino == b_st.st_ino;
}

static bool has_folder(const lmi_run *run, const char *path)
{
    size_t i;

    for (i = 0; i < run->record.n_folders; i++)
        if (is_same_folder(run->record.folders[i].path, path))
            return true;
    return false;
}

static const lmi_folder *shard_of(const lmi_record *record, size_t shard)
{
    size_t i;

    for (i = 0; i < record->n_folders; i++)
        if (record->folders[i].shard == shard)
            return &record->folders[i];
    return NULL;
}

static void explain(lmi_buf *out, const lmi_record *record, const lmi_record *part,
                    const char *difference)
{
    lmi_plain(out, part->folders[0].path);
    lmi_buf_puts(out, " is a shard of another run: ");
    lmi_plain(out, record->folders[0].path);
    lmi_buf_puts(out, ": ");
    lmi_plain(out, difference);
}

/* The run that `part` is a shard of. NULL when none is here yet; then `why` tells how it differs
 * from the first that is split into as many. */
static lmas_status find_siblings(lmi_run **out, lmi_buf *why, lmi_comparison *c,
                                 const lmi_record *part)
{
    lmas_status status = LMAS_OK;
    lmi_buf difference;
    size_t i;

    *out = NULL;
    lmi_buf_init(&difference, LMI_ERROR_MAX);
    for (i = 0; !*out && status == LMAS_OK && part->n_shards && i < c->n_runs; i++) {
        const lmi_record *record = &c->runs[i].record;

        if (record->n_shards != part->n_shards)
            continue;
        lmi_buf_clear(&difference);
        status = lmi_record_difference(&difference, record, part);
        if (status == LMAS_OK && !difference.len)
            *out = &c->runs[i];
        else if (status == LMAS_OK && !why->len)
            explain(why, record, part, lmi_buf_text(&difference));
    }
    lmi_buf_done(&difference);
    return status;
}

static lmas_status add_run(lmi_comparison *c, lmi_record *record, lmi_buf *why)
{
    if (c->n_runs == LMI_RUNS_MAX)
        return lmi_fail(LMAS_E_INVALID, "%s: more than %d runs in one report",
                        record->folders[0].path, LMI_RUNS_MAX);
    c->runs[c->n_runs++] =
        (lmi_run){.record = *record, .difference = why->len ? lmi_buf_steal(why) : NULL};
    *record = (lmi_record){0};
    return LMAS_OK;
}

static lmas_status add_shard(lmi_run *run, lmi_record *record)
{
    const lmi_folder *twin = shard_of(&run->record, record->folders[0].shard);

    if (twin)
        return lmi_fail(LMAS_E_INVALID, "%s and %s are both shard %zu of %zu of one run",
                        twin->path, record->folders[0].path, twin->shard, record->n_shards);
    return lmi_record_merge(&run->record, record);
}

/* Take the record over, as a run of its own or as a shard of one that is here. */
static lmas_status take_record(lmi_comparison *c, lmi_record *record)
{
    lmi_run *run;
    lmi_buf why;
    lmas_status status;

    lmi_buf_init(&why, WHY_MAX);
    status = find_siblings(&run, &why, c, record);
    if (status == LMAS_OK)
        status = run ? add_shard(run, record) : add_run(c, record, &why);
    lmi_buf_done(&why);
    return status;
}

/* What is wrong with a folder, which the last failure says, is one line for `lost` and a note. */
static lmas_status leave_out(lmi_comparison *c, lmi_buf *lost)
{
    lmi_buf line;

    lmi_buf_init(&line, 3 * (size_t)LMI_ERROR_MAX);
    lmi_plain(&line, lmas_last_error());
    lmi_buf_printf(lost, "%s\n", lmi_buf_text(&line));
    lmi_buf_printf(&c->notes, "left out: %s\n", lmi_buf_text(&line));
    lmi_buf_done(&line);
    c->n_lost++;
    return lmi_buf_status(lost);
}

static lmas_status take_folder(lmi_comparison *c, const char *path, lmi_buf *lost)
{
    lmi_record record = {0};
    lmas_status status;
    size_t i;

    for (i = 0; i < c->n_runs; i++)
        if (has_folder(&c->runs[i], path))
            return lmi_fail(LMAS_E_INVALID, "%s: this run was named twice", path);
    status = lmi_record_open(&record, path);
    if (lost && (status == LMAS_E_IO || status == LMAS_E_FORMAT))
        status = leave_out(c, lost);
    else if (status == LMAS_OK)
        status = take_record(c, &record);
    lmi_record_done(&record);
    return status;
}

/* ---- Notes ---- */

__attribute__((format(printf, 3, 4))) static void note(lmi_comparison *c, const lmi_run *run,
                                                       const char *format, ...)
{
    char text[256];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    lmi_buf_printf(&c->notes, "%s: %s\n", run->key, text);
}

/* "2, 3 and 5" of the shards that are not here; false when all are. */
static bool list_missing(lmi_buf *out, const lmi_record *record)
{
    size_t n_missing = record->n_shards - (record->n_shards ? record->n_folders : 0);
    const bool has_missing = n_missing > 0;
    size_t shard;

    for (shard = 1; shard <= record->n_shards && n_missing; shard++) {
        if (shard_of(record, shard))
            continue;
        n_missing--;
        lmi_buf_printf(out, "%s%zu", !out->len ? "" : n_missing ? ", " : " and ", shard);
    }
    return has_missing;
}

/* Why a shard that was named may be missing all the same. */
static const char *difference_near(const lmi_comparison *c, size_t n_shards)
{
    size_t i;

    for (i = 0; i < c->n_runs; i++)
        if (c->runs[i].difference && c->runs[i].record.n_shards == n_shards)
            return c->runs[i].difference;
    return NULL;
}

static lmas_status check_shards(lmi_comparison *c, const lmi_run *run, bool is_partial)
{
    const lmi_record *r = &run->record;
    const char *difference = difference_near(c, r->n_shards);
    lmas_status status = LMAS_OK;
    lmi_buf missing;

    lmi_buf_init(&missing, LMI_ERROR_MAX * (size_t)32);
    if (list_missing(&missing, r) && !is_partial)
        status = lmi_fail(LMAS_E_INVALID,
                          "%s: missing shards of %zu: %s; name their folders too, or add "
                          "--partial%s%s",
                          r->folders[0].path, r->n_shards, lmi_buf_text(&missing),
                          difference ? "; " : "", difference ? difference : "");
    else if (missing.len)
        lmi_buf_printf(&c->notes, "%s: missing shards of %zu: %s%s%s\n", run->key, r->n_shards,
                       lmi_buf_text(&missing), difference ? "; " : "",
                       difference ? difference : "");
    else if (r->n_shards)
        note(c, run, "%zu shards as one run: s is of the slowest, the speed-up of engine s",
             r->n_shards);
    lmi_buf_done(&missing);
    return status;
}

/* Verdicts of two versions are none of one rule. */
static void note_version(lmi_comparison *c, const lmi_run *run)
{
    const lmi_run *reference = &c->runs[run->reference];
    const char *mine = lmi_record_graded_by(&run->record);
    const char *other = lmi_record_graded_by(&reference->record);

    if (strcmp(mine, other) == 0)
        return;
    lmi_buf_printf(&c->notes, "%s: graded by version ", run->key);
    lmi_plain(&c->notes, mine);
    lmi_buf_printf(&c->notes, ", %s by ", reference->key);
    lmi_plain(&c->notes, other);
    lmi_buf_puts(&c->notes, ": latentmas regrade makes them alike\n");
}

static void note_gaps(lmi_comparison *c, const lmi_run *run)
{
    const lmi_record *r = &run->record;
    const size_t n_ungraded = r->n - r->exact_tally.n;

    if (r->n < r->n_questions)
        note(c, run, "incomplete, %zu of %zu questions%s", r->n, r->n_questions,
             r->has_half_line ? "; the line of one more is half written" : "");
    if (r->n_conflicts)
        note(c, run,
             "%zu answer%s the letter of one option and the text of another: the letter counts",
             r->n_conflicts, r->n_conflicts == 1 ? " gives" : "s give");
    if (n_ungraded)
        note(c, run, "%zu question%s without a right answer to compare with", n_ungraded,
             n_ungraded == 1 ? "" : "s");
    if (r->compat_tally.n && r->compat_tally.n < r->exact_tally.n)
        note(c, run, "graded by compat: %zu of %zu", r->compat_tally.n, r->n);
    if (r->n_grader_failed)
        note(c, run, "%zu answer%s that the grader failed: latentmas regrade tries again",
             r->n_grader_failed, r->n_grader_failed == 1 ? "" : "s");
}

bool lmi_block_has_grader(const lmi_comparison *c, size_t block)
{
    size_t i;

    for (i = 0; i < c->n_runs; i++)
        if (c->runs[i].block == block && lmi_record_has_grader(&c->runs[i].record))
            return true;
    return false;
}

/* ---- Figures ---- */

static lmi_rate rate_of(const lmi_tally *tally)
{
    return (lmi_rate){tally->n, tally->n_right,
                      tally->n ? (double)tally->n_right / (double)tally->n : NAN,
                      lmi_wilson(tally->n_right, tally->n)};
}

static lmi_figures figures_of(const lmi_record *r)
{
    const lmi_work *w = &r->work;
    const double n = r->n ? (double)r->n : NAN;
    const double n_ms = n * 1e3;

    return (lmi_figures){
        .exact = rate_of(&r->exact_tally),
        .compat = rate_of(&r->compat_tally),
        .grader = rate_of(&r->grader_tally),
        .spoken = (double)w->n_spoken / n,
        .total = (double)(w->n_read + w->n_spoken) / n,
        .thoughts = (double)w->n_thought / n,
        .speedup = NAN,
        .wall_s = r->wall_ms / n_ms,
        .engine_s = (w->read_ms + w->think_ms + w->speak_ms) / n_ms,
        .read_s = w->read_ms / n_ms,
        .think_s = w->think_ms / n_ms,
        .speak_s = w->speak_ms / n_ms,
    };
}

static bool has_same_data(const lmi_run *a, const lmi_run *b)
{
    return strcmp(a->record.data_sha256, b->record.data_sha256) == 0;
}

/* Of what earlier versions wrote there is only the name. */
static bool has_same_task(const lmi_run *a, const lmi_run *b)
{
    const char *source = a->record.task_source;
    const char *other = b->record.task_source;

    return !source || !other || strcmp(source, other) == 0;
}

/* ---- Blocks and their references ---- */

static void set_block(lmi_comparison *c, size_t i)
{
    size_t j;

    for (j = 0; j < i; j++)
        if (strcmp(c->runs[j].record.task, c->runs[i].record.task) == 0) {
            c->runs[i].block = c->runs[j].block;
            return;
        }
    c->runs[i].block = c->n_blocks++;
}

static size_t choose_reference(const lmi_comparison *c, size_t block, const char *against)
{
    size_t first = c->n_runs;
    size_t by_method = c->n_runs;
    size_t i;

    for (i = 0; i < c->n_runs; i++) {
        if (c->runs[i].block != block)
            continue;
        if (against && has_folder(&c->runs[i], against))
            return i;
        if (against && by_method == c->n_runs && strcmp(c->runs[i].record.method, against) == 0)
            by_method = i;
        if (first == c->n_runs)
            first = i;
    }
    return by_method < c->n_runs ? by_method : first;
}

/* "A" to "Z", then "AA", "AB", ... */
static void set_key(lmi_run *run, size_t i)
{
    const char last = (char)('A' + i % 26);

    if (i < 26)
        snprintf(run->key, sizeof(run->key), "%c", last);
    else
        snprintf(run->key, sizeof(run->key), "%c%c", (char)('A' + i / 26 - 1), last);
}

static void arrange(lmi_comparison *c, const char *against)
{
    size_t i;

    for (i = 0; i < c->n_runs; i++) {
        set_key(&c->runs[i], i);
        set_block(c, i);
        c->runs[i].figures = figures_of(&c->runs[i].record);
    }
    for (i = 0; i < c->n_runs; i++)
        c->runs[i].reference = choose_reference(c, c->runs[i].block, against);
}

/* ---- Pairs ---- */

static void count_pair(lmi_pair *pair, const lmi_record *a, const lmi_record *b)
{
    const size_t n = a->n_rows < b->n_rows ? a->n_rows : b->n_rows;
    size_t i;

    for (i = 0; i < n; i++) {
        const bool is_a_right = a->exact[i] == LMI_MARK_RIGHT;
        const bool is_b_right = b->exact[i] == LMI_MARK_RIGHT;

        if (a->exact[i] < LMI_MARK_WRONG || b->exact[i] < LMI_MARK_WRONG)
            continue;
        pair->n_common++;
        pair->n_both += is_a_right && is_b_right;
        pair->n_only_a += is_a_right && !is_b_right;
        pair->n_only_b += !is_a_right && is_b_right;
        pair->n_neither += !is_a_right && !is_b_right;
    }
    if (!pair->n_common) {
        pair->reason = "no graded question in common";
        return;
    }
    pair->points = ((double)pair->n_only_b - (double)pair->n_only_a) / (double)pair->n_common * 100;
    pair->p = lmi_mcnemar(pair->n_only_a, pair->n_only_b);
}

lmi_pair lmi_pair_of(const lmi_comparison *c, size_t a, size_t b)
{
    lmi_pair pair = {.a = a, .b = b, .points = NAN, .p = NAN};

    if (!has_same_task(&c->runs[a], &c->runs[b]))
        pair.reason = "another task file of that name";
    else if (has_same_data(&c->runs[a], &c->runs[b]))
        count_pair(&pair, &c->runs[a].record, &c->runs[b].record);
    else
        pair.reason = "other data (SHA-256 differs)";
    return pair;
}

/* Seeds of one pool are no two ways to answer; of two pools that share seeds, those of one seed are
 * enough to compare them. */
static bool is_across_seeds(const lmi_comparison *c, size_t a, size_t b)
{
    const lmi_run *left = &c->runs[a];
    const lmi_run *right = &c->runs[b];

    return left->pool == right->pool ||
           (c->pools[left->pool].n_runs > 1 && c->pools[right->pool].n_runs > 1 &&
            left->record.seed != right->record.seed);
}

/* Which pairs are told: all of a block but those of two controls or of other seeds; those with the
 * run that was asked for; or those with the runs of the method that was. */
typedef enum choice { CHOICE_ALL, CHOICE_RUN, CHOICE_METHOD } choice;

static choice choice_of(const lmi_comparison *c, const char *against)
{
    size_t i;

    for (i = 0; against && i < c->n_runs; i++)
        if (has_folder(&c->runs[i], against))
            return CHOICE_RUN;
    return against ? CHOICE_METHOD : CHOICE_ALL;
}

/* Whether `a` is of the pool that `b` is measured against, which is that of b's reference where
 * nobody else was asked the same questions. */
static bool is_measured_against(const lmi_comparison *c, size_t a, size_t b)
{
    const size_t theirs = c->pools[c->runs[b].pool].reference;

    return c->runs[a].pool == (theirs < c->n_pools ? theirs : c->runs[c->runs[b].reference].pool) &&
           !is_across_seeds(c, a, b);
}

static bool is_wanted(const lmi_comparison *c, choice which, size_t a, size_t b)
{
    if (c->runs[a].block != c->runs[b].block)
        return false;
    if (which == CHOICE_RUN)
        return c->runs[b].reference == a && a != b;
    if (which == CHOICE_METHOD)
        return is_measured_against(c, a, b);
    return a < b && !lmi_controls_share(c, a, b) && !is_across_seeds(c, a, b);
}

static lmas_status make_pairs(lmi_comparison *c, const char *against)
{
    const choice which = choice_of(c, against);
    size_t a, b;

    c->pairs = lmi_new(c->n_runs * c->n_runs, sizeof(*c->pairs));
    if (!c->pairs)
        return lmi_fail(LMAS_E_NOMEM, "no memory for pairs of %zu runs", c->n_runs);
    for (a = 0; a < c->n_runs; a++)
        for (b = 0; b < c->n_runs; b++)
            if (is_wanted(c, which, a, b))
                c->pairs[c->n_pairs++] = lmi_pair_of(c, a, b);
    return LMAS_OK;
}

/* ---- All of it ---- */

/* What was named, grids opened up. A reference that is no method and was not named among the runs
 * is one more run, the first. */
static lmas_status list_folders(lmi_folders *out, const lmi_compare_params *p)
{
    lmas_status status = LMAS_OK;
    bool is_listed = !p->against || !lmi_is_dir(p->against);
    size_t i;

    for (i = 0; status == LMAS_OK && i < p->n_folders; i++)
        status = lmi_folders_add(out, p->folders[i]);
    for (i = 0; !is_listed && i < out->n; i++)
        is_listed = is_same_folder(out->paths[i], p->against);
    return status != LMAS_OK || is_listed ? status : lmi_folders_add_first(out, p->against);
}

/* Nothing could be read. Of one folder that is the failure, as if it had not been left out. */
static lmas_status refuse_nothing(size_t n, lmi_buf *lost)
{
    char *line = n == 1 ? lmi_strndup(lmi_buf_text(lost), lost->len - 1) : NULL;
    const lmas_status status =
        line ? lmi_fail(LMAS_E_IO, "%s", line)
             : lmi_fail(LMAS_E_IO, "none of %zu folders holds a run that can be read", n);

    if (line)
        lmi_buf_clear(lost);
    lmi_free(line);
    return status;
}

static lmas_status take_folders(lmi_comparison *c, const lmi_compare_params *p)
{
    lmi_folders folders = {0};
    lmas_status status = list_folders(&folders, p);
    size_t i;

    for (i = 0; status == LMAS_OK && i < folders.n; i++)
        status = take_folder(c, folders.paths[i], p->lost);
    if (status == LMAS_OK && c->n_lost && !c->n_runs)
        status = refuse_nothing(c->n_lost, p->lost);
    lmi_folders_done(&folders);
    return status;
}

static lmas_status check_against(const lmi_comparison *c, const char *against)
{
    size_t i;

    for (i = 0; against && i < c->n_runs; i++)
        if (strcmp(c->runs[i].record.method, against) == 0 || has_folder(&c->runs[i], against))
            return LMAS_OK;
    if (!against)
        return LMAS_OK;
    return lmi_fail(LMAS_E_INVALID,
                    "--against: expected the folder of a run or a method of one, found \"%s\"",
                    against);
}

/* How much of what was inherited did not go on. */
static void note_dropped(lmi_comparison *c, const lmi_run *run)
{
    const lmi_work *w = &run->record.work;
    const double n = (double)w->n_kept + (double)w->n_dropped;

    if (w->n_dropped)
        note(c, run, "at handovers %.1f %% of %.0f inherited cells went on",
             (double)w->n_kept / n * 100, n);
}

static lmas_status compare(lmi_comparison *c, const lmi_compare_params *p)
{
    lmas_status status = p->reference ? lmi_reference_open(&c->reference, p->reference) : LMAS_OK;
    size_t i;

    if (status == LMAS_OK)
        status = take_folders(c, p);
    if (status == LMAS_OK)
        status = check_against(c, p->against);
    if (status != LMAS_OK)
        return status;
    arrange(c, p->against);
    for (i = 0; status == LMAS_OK && i < c->n_runs; i++) {
        status = check_shards(c, &c->runs[i], p->is_partial || c->n_lost);
        note_gaps(c, &c->runs[i]);
        note_version(c, &c->runs[i]);
        note_dropped(c, &c->runs[i]);
    }
    if (status == LMAS_OK)
        status = lmi_settings_find(c);
    if (status == LMAS_OK)
        status = lmi_controls_find(c);
    if (status == LMAS_OK)
        status = lmi_speeds_find(c);
    if (status == LMAS_OK)
        status = lmi_pools_find(c);
    if (status == LMAS_OK)
        status = lmi_survey_find(c);
    if (status == LMAS_OK)
        status = make_pairs(c, p->against);
    lmi_reference_note(c);
    return status == LMAS_OK ? lmi_buf_status(&c->notes) : status;
}

lmas_status lmi_compare(lmi_comparison *out, const lmi_compare_params *params)
{
    lmi_comparison c = {0};
    lmas_status status;

    c.runs = lmi_new(LMI_RUNS_MAX, sizeof(*c.runs));
    if (!c.runs)
        return lmi_fail(LMAS_E_NOMEM, "no memory for runs");
    lmi_buf_init(&c.notes, NOTES_MAX);
    status = compare(&c, params);
    if (status == LMAS_OK)
        *out = c;
    else
        lmi_compare_done(&c);
    return status;
}
