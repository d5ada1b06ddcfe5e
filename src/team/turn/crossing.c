/* crossing.c - see crossing.h. */
#include "team/turn/crossing.h"

#include "base/clock.h"
#include "base/mem.h"

/* Longest line on what became of a turn's thoughts. */
enum { LINE_MAX_SIZE = 4096 };

/* ---- The maps ---- */

static lmas_status make_from(lmi_plan *plan, size_t from, uint32_t spaces)
{
    lmas_status status = LMAS_OK;
    size_t to;

    for (to = 0; status == LMAS_OK && to < plan->n_hosts; to++)
        if (spaces >> to & 1 && !plan->crosses[from][to])
            status = lmi_cross_new(&plan->crosses[from][to], plan->hosts[from].session->model,
                                   plan->hosts[to].session->model, &plan->params.align, NULL, NULL);
    return status;
}

lmas_status lmi_crossings_make(lmi_plan *plan)
{
    lmas_status status = LMAS_OK;
    size_t i;

    if (plan->params.align.method == LMAS_ALIGN_TEXT)
        return LMAS_OK;
    for (i = 0; status == LMAS_OK && i < plan->n_turns; i++)
        if (plan->turns[i].n_thoughts > 0)
            status = make_from(plan, plan->turns[i].host, plan->turns[i].crosses);
    return status;
}

void lmi_crossings_done(lmi_plan *plan)
{
    size_t from, to;

    for (from = 0; from < plan->n_hosts; from++)
        for (to = 0; to < plan->n_hosts; to++)
            lmi_cross_free(plan->crosses[from][to]);
}

/* ---- The gate ---- */

static const char *name_of(const lmi_host *host)
{
    return host->name ? host->name : "the first model";
}

/* What is wrong with it; NULL where nothing is. Below what was asked for, in words. */
static const char *find_fault(const lmas_align *least, const lmi_cross_quality *q, double coverage)
{
    if (!(coverage >= (double)least->least_coverage))
        return "coverage is below the least";
    if (!(q->mass >= (double)least->least_mass))
        return "mass is below the least";
    return q->cosine >= (double)least->least_cosine ? NULL : "cosine is below the least";
}

static void put_method(lmi_buf *line, const lmi_strand *strand, size_t space)
{
    const lmas_align *align = &strand->plan->params.align;

    lmi_buf_printf(line, "%s%s to %s: ", line->len ? "; " : "", lmas_align_name(align->method),
                   name_of(&strand->plan->hosts[space]));
}

/* What goes over in their place: words, unless a rule keeps thoughts alone. */
static void put_loss(lmi_buf *line, const lmi_turn *turn, size_t space, const char *why)
{
    lmi_buf_printf(line, "%s, %s", turn->retold >> space & 1 ? "words instead" : "left out", why);
}

/* ---- The thoughts ---- */

/* Into one space; NULL is left there where they do not cross. */
static lmas_status map_into(lmi_buf *line, lmi_strand *strand, size_t space)
{
    const lmi_plan *plan = strand->plan;
    lmi_intake *in = &strand->intake;
    lmi_cross *cross = plan->crosses[strand->turn->host][space];
    const size_t n_embd = (size_t)plan->hosts[space].model->info.n_embd;
    const double coverage = lmi_cross_overlap(cross)->coverage;
    float *mapped = lmi_new(in->n_thoughts * n_embd, sizeof(float));
    lmi_cross_quality quality;
    const char *fault;
    lmas_status status;

    if (!mapped)
        return lmi_fail(LMAS_E_NOMEM, "no memory for thoughts of another model");
    status = lmi_cross_map(mapped, &quality, cross, in->states, in->n_thoughts);
    fault = status == LMAS_OK ? find_fault(&plan->params.align, &quality, coverage) : NULL;
    if (status == LMAS_OK)
        lmi_buf_printf(line, "coverage %.3f, mass %.3f, cosine %.3f: %s", coverage, quality.mass,
                       quality.cosine, fault ? "" : "taken");
    if (fault)
        put_loss(line, strand->turn, space, fault);
    if (status == LMAS_OK && !fault)
        in->mapped[space] = mapped;
    else
        lmi_free(mapped);
    return status;
}

static lmas_status map_all(lmi_buf *line, lmi_strand *strand)
{
    const lmi_plan *plan = strand->plan;
    lmas_status status = LMAS_OK;
    size_t space;

    for (space = 0; status == LMAS_OK && space < plan->n_hosts; space++) {
        if (!(strand->turn->crosses >> space & 1))
            continue;
        put_method(line, strand, space);
        if (plan->params.align.method == LMAS_ALIGN_TEXT)
            put_loss(line, strand->turn, space, "as asked");
        else
            status = map_into(line, strand, space);
        if (status == LMAS_OK && !strand->intake.mapped[space] &&
            strand->turn->retold >> space & 1 && strand->turn->n_instead > 0)
            strand->n_speak = lmi_case_speaks(strand->c, strand->turn, strand->turn->n_instead);
    }
    return status;
}

lmas_status lmi_cross_thoughts(lmi_strand *strand)
{
    const double begin = lmi_now_ms();
    lmas_status status;
    lmi_buf line;

    if (!strand->turn->crosses || strand->intake.n_thoughts == 0 || strand->trace.crossing)
        return LMAS_OK;
    lmi_buf_init(&line, LINE_MAX_SIZE);
    status = map_all(&line, strand);
    if (status == LMAS_OK)
        status = lmi_buf_status(&line);
    if (status == LMAS_OK) {
        strand->trace.crossing = lmi_buf_steal(&line);
        strand->trace.think_ms += lmi_now_ms() - begin;
    }
    lmi_buf_done(&line);
    return status;
}
