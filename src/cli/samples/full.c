/* full.c - titles that begin with "---", to be found in a pipe too; texts as they are. */
#include "cli/samples/full.h"

#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/show/parameters.h"
#include "cli/show/term.h"
#include "cli/show/text.h"
#include "eval/inspect/write.h"

/* Bytes of what stands behind a name in a title. */
enum { TITLE_ROOM = 160 };

const char *lmi_full_key(size_t run)
{
    return run == 0 ? "A" : "B";
}

const char *lmi_full_verdict(lmi_mark mark)
{
    return mark == LMI_MARK_RIGHT ? "right" : mark == LMI_MARK_WRONG ? "wrong" : "-";
}

const char *lmi_full_colour(lmi_mark mark)
{
    if (!lmi_stdout_has_colour())
        return "";
    return mark == LMI_MARK_RIGHT ? "\033[32m" : mark == LMI_MARK_WRONG ? "\033[31m" : "\033[2m";
}

/* The key of a run, where there are several. */
static const char *key_of(const lmi_shown *row, size_t run)
{
    return row->n_runs > 1 ? lmi_full_key(run) : "";
}

void lmi_full_title(const char *key, const char *name, const char *rest)
{
    const bool has_colour = lmi_stdout_has_colour();

    printf("%s--- %s%s", has_colour ? "\033[1;36m" : "", key, *key ? " " : "");
    lmi_put_line(stdout, name, 0);
    fputs(has_colour ? "\033[0m" : "", stdout);
    if (*rest)
        printf(": %s", rest);
    putchar('\n');
}

void lmi_full_question(const lmi_shown *row)
{
    const lmi_exhibit *view = lmi_shown_any(row);
    const bool has_colour = lmi_stdout_has_colour();

    printf("%s=== question %zu", has_colour ? "\033[1m" : "", row->index);
    if (*view->id) {
        fputs(", ", stdout);
        lmi_put_line(stdout, view->id, 0);
    }
    puts(has_colour ? "\033[0m" : "");
    lmi_put_block(stdout, view->question);
}

static void put_verdict(const char *rule, lmi_mark mark, const char *prediction, const char *gold,
                        const char *from)
{
    const char *colour = lmi_full_colour(mark);

    printf("%s%s%s by %s: prediction ", colour,
           mark == LMI_MARK_UNGRADED ? "not graded" : lmi_full_verdict(mark),
           *colour ? "\033[0m" : "", rule);
    lmi_put_line(stdout, prediction ? prediction : "none", 0);
    if (gold) {
        fputs(", gold ", stdout);
        lmi_put_line(stdout, gold, 0);
    }
    if (from)
        printf(", from %s", from);
    putchar('\n');
}

/* How a program ended, and its last words. */
static void put_ending(const lmi_exhibit *view)
{
    printf("program: ");
    lmi_put_line(stdout, view->ending, 0);
    putchar('\n');
    if (view->detail && *view->detail)
        lmi_put_block(stdout, view->detail);
}

/* What a judge of the user's says, and why. */
static void put_grader(const lmi_exhibit *view)
{
    if (view->grader_error) {
        fputs("the grader failed: ", stdout);
        lmi_put_line(stdout, view->grader_error, 0);
        putchar('\n');
        return;
    }
    if (view->grader == LMI_MARK_UNGRADED && !view->prediction_grader && !view->why)
        return;
    put_verdict("grader", view->grader, view->prediction_grader, NULL, NULL);
    if (view->why)
        lmi_put_block(stdout, view->why);
}

/* A program is seen in the text; how it ended says more. */
static void put_rules(const lmi_exhibit *view)
{
    const lmi_exhibit_from from = lmi_exhibit_explain(view);

    if (view->ending) {
        printf("%s by exact, %s by compat\n", lmi_full_verdict(view->exact),
               lmi_full_verdict(view->compat));
        put_ending(view);
        return;
    }
    put_verdict("exact", view->exact, view->prediction, view->gold, from.exact);
    if (view->compat != LMI_MARK_UNGRADED)
        put_verdict("compat", view->compat, view->prediction_compat, view->gold_compat,
                    from.compat);
}

/* Why there is no answer: what the library calls a parameter is a flag to whoever reads it here. */
static void put_error(const lmi_exhibit *view)
{
    lmi_buf text;

    lmi_buf_init(&text, (size_t)2 * LMI_ERROR_MAX);
    lmi_in_flags(&text, view->result.error);
    lmi_put_line(stdout, view->state, 0);
    fputs(": ", stdout);
    lmi_put_block(stdout, lmi_buf_text(&text));
    lmi_buf_done(&text);
}

void lmi_full_answer(const lmi_shown *row, size_t run)
{
    const lmi_exhibit *view = &row->views[run];
    const lmas_result *r = &view->result;
    char rest[TITLE_ROOM];

    snprintf(rest, sizeof(rest), "read %llu, thought %llu, spoke %llu, %.2f s",
             (unsigned long long)r->n_read, (unsigned long long)r->n_thought,
             (unsigned long long)r->n_spoken, r->elapsed_ms / 1e3);
    lmi_full_title(key_of(row, run), "answer", rest);
    if (*r->error)
        put_error(view);
    put_rules(view);
    put_grader(view);
}

/* What is to be said of a turn in its title. */
static void describe(char out[TITLE_ROOM], const lmas_agent_trace *agent)
{
    int n = snprintf(out, TITLE_ROOM, "read %u", agent->n_read);

    if (agent->n_thought)
        n += snprintf(out + n, (size_t)(TITLE_ROOM - n), ", thought %u", agent->n_thought);
    if (agent->n_spoken)
        n += snprintf(out + n, (size_t)(TITLE_ROOM - n), ", spoke %u", agent->n_spoken);
    if (agent->pos_end > agent->pos_begin)
        n += snprintf(out + n, (size_t)(TITLE_ROOM - n), ", positions %u-%u", agent->pos_begin,
                      agent->pos_end - 1);
    if (agent->is_cut)
        snprintf(out + n, (size_t)(TITLE_ROOM - n), ", cut%s",
                 agent->is_circling ? ", repeating itself" : "");
}

void lmi_full_texts(const lmi_shown *row, size_t run)
{
    const lmas_result *r = &row->views[run].result;
    const char *key = key_of(row, run);
    char rest[TITLE_ROOM];
    size_t i;

    for (i = 0; i < r->n_agents; i++) {
        const lmas_agent_trace *agent = &r->agents[i];

        describe(rest, agent);
        lmi_full_title(key, agent->name, rest);
        if (*agent->input)
            lmi_put_block(stdout, agent->input);
        if (*agent->output) {
            lmi_full_title(key, agent->name, "says");
            lmi_put_block(stdout, agent->output);
        }
        if (agent->crossing) {
            lmi_full_title(key, agent->name, "thoughts, to other models");
            lmi_put_block(stdout, agent->crossing);
        }
        if (agent->probe) {
            lmi_full_title(key, agent->name, "would have said");
            lmi_put_block(stdout, agent->probe);
        }
    }
}

lmas_status lmi_full_json(const lmi_viewer *viewer, const lmi_shown *row, bool has_memory)
{
    lmas_status status;
    lmi_buf line;

    lmi_buf_init(&line, LMI_RECORD_LINE_MAX);
    status = lmi_shown_json(&line, viewer, row, has_memory);
    if (status == LMAS_OK)
        lmi_put_json(lmi_buf_text(&line));
    lmi_buf_done(&line);
    return status;
}
