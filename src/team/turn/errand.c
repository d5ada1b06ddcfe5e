/* errand.c - see errand.h. */
#include "team/turn/errand.h"

#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/mem.h"

static const char WHAT[] = "the input of a program";

static void add_texts(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmi_strand *strand,
                      const lmi_case *c)
{
    const lmi_turn_list *hears = &strand->turn->hears;
    yyjson_mut_val *texts = yyjson_mut_obj_add_arr(doc, root, "texts");
    size_t i;

    for (i = 0; i < hears->n; i++) {
        const lmi_turn *turn = &strand->plan->turns[hears->at[i]];
        const char *text = c->said ? c->said[hears->at[i]] : NULL;
        yyjson_mut_val *entry = yyjson_mut_arr_add_obj(doc, texts);

        yyjson_mut_obj_add_str(doc, entry, "agent", turn->name);
        yyjson_mut_obj_add_uint(doc, entry, "round", turn->round + 1);
        yyjson_mut_obj_add_str(doc, entry, "text", text ? text : "");
    }
}

static lmas_status write_input(lmi_buf *out, const lmi_strand *strand)
{
    const lmi_case *c = strand->c;
    const bool is_other = lmi_plan_is_elsewhere(strand->plan, strand->index);
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    const lmas_status status = lmi_json_new(&doc, &root, WHAT);

    if (status != LMAS_OK)
        return status;
    yyjson_mut_obj_add_str(doc, root, "agent", strand->turn->name);
    yyjson_mut_obj_add_uint(doc, root, "round", strand->turn->round + 1);
    lmi_json_add_text(doc, root, "question", is_other ? c->other : c->question);
    lmi_json_add_text(doc, root, "note", is_other ? c->other_note : c->note);
    add_texts(doc, root, strand, c);
    yyjson_mut_obj_add_uint(doc, root, "seed",
                            lmi_case_sampling(c, strand->plan, strand->turn).seed);
    return lmi_json_write(out, doc, 0, WHAT);
}

static lmas_status start(lmi_strand *strand, const lmi_buf *input)
{
    const lmi_command *command = &strand->turn->agent->command;
    const lmi_tool_params params = {.argv = (const char *const *)command->words,
                                    .n_args = command->n,
                                    .folder = strand->plan->team->folder,
                                    .wall_ms = command->wall_ms,
                                    .output_size = command->output_size,
                                    .memory_size = command->memory_size,
                                    .is_sandboxed = command->is_sandboxed};

    strand->begin_ms = lmi_now_ms();
    return lmi_tool_start(&strand->tool, &params, lmi_buf_text(input), input->len);
}

lmas_status lmi_errand_begin(lmi_strand *strand)
{
    lmas_status status;
    lmi_buf input;

    lmi_buf_init(&input, LMI_PROMPT_MAX);
    status = write_input(&input, strand);
    if (status == LMAS_OK)
        status = start(strand, &input);
    if (status == LMAS_OK)
        status = lmi_strand_open_trace(strand, &input);
    lmi_buf_done(&input);
    return status;
}

/* The failure is this thread's message. */
static lmas_status end_in_failure(lmi_buf *text, const lmi_strand *strand, lmas_status status)
{
    if (!strand->turn->agent->command.is_told)
        return lmi_fail(status, "program %s: %.400s", strand->turn->name, lmas_last_error());
    lmi_buf_printf(text, "The program failed: %s", lmas_last_error());
    return LMAS_OK;
}

/* Without the white space around it, as what a model says. */
static void put_trimmed(lmi_buf *out, const char *text, size_t n)
{
    static const char blanks[] = " \t\r\n";
    const size_t lead = strspn(text, blanks);

    while (n > lead && strchr(blanks, text[n - 1]))
        n--;
    lmi_buf_append(out, text + lead, n - lead);
}

static lmas_status take_output(lmi_strand *strand)
{
    const char *printed;
    size_t n;
    char *output;
    lmi_buf text;
    lmas_status status = lmi_tool_output(strand->tool, &printed, &n);

    lmi_buf_init(&text, LMI_SPEECH_MAX);
    if (status == LMAS_OK)
        put_trimmed(&text, printed, n);
    else
        status = end_in_failure(&text, strand, status);
    if (status == LMAS_OK)
        status = lmi_buf_status(&text);
    output = status == LMAS_OK ? lmi_strdup(lmi_buf_text(&text)) : NULL;
    lmi_buf_done(&text);
    if (status != LMAS_OK)
        return status;
    if (!output)
        return lmi_fail(LMAS_E_NOMEM, "no memory for what a program said");
    lmi_free((void *)strand->trace.output);
    strand->trace.output = output;
    return LMAS_OK;
}

lmas_status lmi_errand_step(bool *has_ended, lmi_strand *strand)
{
    const lmas_status status = lmi_tool_poll(strand->tool, has_ended);

    if (status != LMAS_OK || !*has_ended)
        return status;
    strand->trace.program_ms = lmi_now_ms() - strand->begin_ms;
    return take_output(strand);
}
