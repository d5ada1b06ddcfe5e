/* print.c - an answer that changes is two short lines at the most: one a rule. */
#include "cli/regrade/print.h"

#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/show/term.h"
#include "cli/show/text.h"
#include "eval/regrade/line.h"

/* Columns of a prediction; a program is longer than any. */
enum { VALUE_WIDTH = 24, LINE_MAX_SIZE = 1 << 28 };

static const char WHAT[] = "what was graded again";

void lmi_show_graded(lmi_progress *progress, size_t n_done, size_t n)
{
    char text[64];

    if (!lmi_progress_is_due(progress))
        return;
    snprintf(text, sizeof(text), "%zu/%zu answers graded", n_done, n);
    lmi_progress_show(progress, n_done, n, text);
}

static const char *word_of(yyjson_val *correct)
{
    return yyjson_is_true(correct) ? "right" : yyjson_is_false(correct) ? "wrong" : "ungraded";
}

static void put_verdict(yyjson_val *object)
{
    const char *prediction = yyjson_get_str(yyjson_obj_get(object, "prediction"));

    printf("%s ", word_of(yyjson_obj_get(object, "correct")));
    lmi_put_line(stdout, prediction ? prediction : "(none)", VALUE_WIDTH);
}

static void print_rule(yyjson_val *index, const char *rule, yyjson_val *was, yyjson_val *is)
{
    if (lmi_line_same_rule(was, is))
        return;
    printf("%5llu  %-6s  ", (unsigned long long)yyjson_get_uint(index), rule);
    put_verdict(was);
    fputs(" -> ", stdout);
    put_verdict(is);
    putchar('\n');
}

void lmi_print_change(yyjson_val *was, yyjson_val *is)
{
    yyjson_val *index = yyjson_obj_get(is, "index");

    print_rule(index, "exact", was, is);
    print_rule(index, "compat", yyjson_obj_get(was, "compat"), yyjson_obj_get(is, "compat"));
    print_rule(index, "grader", yyjson_obj_get(was, "grader"), yyjson_obj_get(is, "grader"));
}

static void print_row(const char *rule, const lmi_regraded *r)
{
    printf("%-8s  %12zu  %9zu  %8zu  %8zu  %12zu  %10zu\n", rule, r->n_before, r->n_now,
           r->n_to_right, r->n_to_wrong, r->n_other, r->n_none);
}

void lmi_print_regraded(const lmi_record *record, const lmi_regrade_outcome *o)
{
    lmi_put_line(stdout, record->folders[0].path, 0);
    fputs(": ", stdout);
    lmi_put_line(stdout, record->task, 0);
    printf(", %zu answer%s, graded by ", o->n, o->n == 1 ? "" : "s");
    lmi_put_line(stdout, o->version, 0);
    printf(" before, by %s now\n", lmas_version());
    printf("%-8s  %12s  %9s  %8s  %8s  %12s  %10s\n", "rule", "right before", "right now",
           "to right", "to wrong", "other answer", "no verdict");
    print_row("exact", &o->exact);
    print_row("compat", &o->compat);
    if (o->totals.n_grader || o->totals.n_grader_failed)
        print_row("grader", &o->grader);
}

/* A grader that gave no verdict at all may be another than the one whose verdicts stay. */
void lmi_say_grader_failed(const char *folder, const lmi_regrade_outcome *o)
{
    const size_t n_seen = o->n_asked;

    if (!o->n_failed)
        return;
    lmi_say("%s: the grader failed %zu of %zu answer%s, the first: \"%s\"", folder, o->n_failed,
            n_seen, n_seen == 1 ? "" : "s", o->failure);
    if (o->n_kept)
        lmi_say("%s: as it judged none, the earlier verdict%s on %zu answer%s stay%s", folder,
                o->n_kept == 1 ? "" : "s", o->n_kept, o->n_kept == 1 ? "" : "s",
                o->n_kept == 1 ? "s" : "");
    else
        lmi_say("%s: the same command again shows them to it again", folder);
}

/* ---- JSON ---- */

static void add_rule(yyjson_mut_doc *doc, yyjson_mut_val *root, const char *key,
                     const lmi_regraded *r)
{
    yyjson_mut_val *o = yyjson_mut_obj_add_obj(doc, root, key);

    yyjson_mut_obj_add_uint(doc, o, "before", r->n_before);
    yyjson_mut_obj_add_uint(doc, o, "now", r->n_now);
    yyjson_mut_obj_add_uint(doc, o, "to_right", r->n_to_right);
    yyjson_mut_obj_add_uint(doc, o, "to_wrong", r->n_to_wrong);
    yyjson_mut_obj_add_uint(doc, o, "other", r->n_other);
    yyjson_mut_obj_add_uint(doc, o, "no_verdict", r->n_none);
}

lmas_status lmi_print_regraded_json(yyjson_mut_doc *doc, yyjson_mut_val *root,
                                    const lmi_record *record, const lmi_regrade_outcome *o,
                                    yyjson_mut_val *changes)
{
    lmas_status status;
    lmi_buf line;

    lmi_json_add_text(doc, root, "run", record->folders[0].path);
    lmi_json_add_text(doc, root, "task", record->task);
    yyjson_mut_obj_add_uint(doc, root, "n", o->n);
    lmi_json_add_text(doc, root, "graded_before_by", o->version);
    lmi_json_add_text(doc, root, "graded_by", lmas_version());
    yyjson_mut_obj_add_uint(doc, root, "n_changed", o->n_changed);
    add_rule(doc, root, "exact", &o->exact);
    add_rule(doc, root, "compat", &o->compat);
    if (o->totals.n_grader || o->totals.n_grader_failed) {
        add_rule(doc, root, "grader", &o->grader);
        yyjson_mut_obj_add_uint(doc, root, "grader_asked", o->n_asked);
        yyjson_mut_obj_add_uint(doc, root, "grader_failed", o->totals.n_grader_failed);
    }
    yyjson_mut_obj_add_bool(doc, root, "is_written", o->is_written);
    if (changes)
        yyjson_mut_obj_add_val(doc, root, "changes", changes);
    lmi_buf_init(&line, LINE_MAX_SIZE);
    status = lmi_json_write(&line, doc, YYJSON_WRITE_NEWLINE_AT_END, WHAT);
    if (status == LMAS_OK)
        lmi_put_json(lmi_buf_text(&line));
    lmi_buf_done(&line);
    return status;
}

static void add_copy(yyjson_mut_doc *doc, yyjson_mut_val *o, const char *key, yyjson_val *val)
{
    if (val)
        yyjson_mut_obj_add_val(doc, o, key, yyjson_val_mut_copy(doc, val));
    else
        yyjson_mut_obj_add_null(doc, o, key);
}

static void add_verdict(yyjson_mut_doc *doc, yyjson_mut_val *entry, const char *key,
                        yyjson_val *was, yyjson_val *is, const char *member)
{
    yyjson_mut_val *o = yyjson_mut_obj_add_obj(doc, entry, key);

    add_copy(doc, o, "before", yyjson_obj_get(was, member));
    add_copy(doc, o, "now", yyjson_obj_get(is, member));
}

void lmi_note_change(yyjson_mut_doc *doc, yyjson_mut_val *changes, yyjson_val *was, yyjson_val *is)
{
    yyjson_val *compat_was = yyjson_obj_get(was, "compat");
    yyjson_val *compat_is = yyjson_obj_get(is, "compat");
    yyjson_mut_val *entry = yyjson_mut_arr_add_obj(doc, changes);

    yyjson_mut_obj_add_uint(doc, entry, "index", yyjson_get_uint(yyjson_obj_get(is, "index")));
    add_verdict(doc, entry, "correct", was, is, "correct");
    add_verdict(doc, entry, "prediction", was, is, "prediction");
    add_verdict(doc, entry, "compat_correct", compat_was, compat_is, "correct");
    add_verdict(doc, entry, "compat_prediction", compat_was, compat_is, "prediction");
    if (yyjson_obj_get(is, "grader"))
        add_verdict(doc, entry, "grader", was, is, "grader");
}
