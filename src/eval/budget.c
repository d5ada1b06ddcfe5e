/* budget.c - sizes of the working memory, from the questions and from the machine. */
#include "eval/budget.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "latentmas_hosts.h"

/* SLACK: cells that a question may be counted too many, for headings of texts that agents hear. */
enum { MEMINFO_MAX = 64 * 1024, PART_STEP = 256, SLACK = 64 };

/* What the question takes when an agent speaks at most `n` tokens. */
static lmas_status count_needs(lmas_needs *out, const lmi_demand *demand, size_t i, int32_t n)
{
    lmas_solver_params params = *demand->params;
    const lmas_model *first = demand->first ? demand->first : demand->model;
    lmas_needs needs[1 + LMAS_HOSTS_MAX];
    lmas_status status;

    params.max_new_tokens = n;
    status = lmas_question_needs(needs, first, demand->team, &params, &demand->questions[i]);
    if (status != LMAS_OK)
        return status;
    *out = needs[demand->host];
    if (out->n_lanes == 0) /* all of it happens elsewhere; a session has a lane all the same */
        *out = (lmas_needs){.n_lanes = 1, .n_lanes_least = 1, .n_cells = 1, .n_cells_all = 1};
    out->n_cells += demand->n_before;
    return LMAS_OK;
}

/* The same, as cells of its longest memory. */
static lmas_status count_cells(uint32_t *out, const lmi_demand *demand, size_t i, int32_t n)
{
    lmas_needs needs = {0};
    const lmas_status status = count_needs(&needs, demand, i, n);

    *out = needs.n_cells;
    return status;
}

/* Cells of one memory that the user gave; 0 where he gave none. */
static uint32_t given_cells(const lmi_demand *demand, uint32_t width)
{
    return demand->is_per_lane ? demand->n_ctx / width : demand->n_ctx;
}

/* Most cells that texts may fill one memory to: what the model was trained for, or what the user
 * gave. Parts come in steps, and none is to be longer for being one of several. */
static uint32_t cell_limit(const lmi_demand *demand, uint32_t width)
{
    const int32_t trained = lmas_model_describe(demand->model)->n_ctx_train;
    const uint32_t given = given_cells(demand, width);
    uint32_t limit = trained > 0 ? (uint32_t)trained : UINT32_MAX;

    if (demand->is_per_lane && limit > PART_STEP)
        limit = limit / PART_STEP * PART_STEP;
    return given && given < limit ? given : limit;
}

/* Most cells that a question may take at all: who gives more than the model was trained for means
 * it. */
static uint32_t room_limit(const lmi_demand *demand, uint32_t width)
{
    const uint32_t given = given_cells(demand, width);

    return given ? given : cell_limit(demand, width);
}

/* The largest question of all, and the largest of those that leave half of the limit to text: the
 * longest answers are so long that it fits. Larger ones are exceptions, which do not shorten the
 * others. They have their room, and the solver shortens what they may say to that. What is far
 * beyond the limit fails in any room. */
typedef struct extremes {
    size_t largest, usual;
    uint32_t n_largest, n_usual; /* their cells; 0 for none */
    size_t n_beyond;             /* that are far beyond the limit */
    uint32_t n_most;             /* of these, the largest's cells */
} extremes;

static lmas_status find_extremes(extremes *out, const lmi_demand *demand, uint32_t limit,
                                 uint32_t most)
{
    size_t i;

    *out = (extremes){0};
    for (i = 0; i < demand->n; i++) {
        uint32_t cells;
        const lmas_status status = count_cells(&cells, demand, i, 1);

        if (status != LMAS_OK)
            return status;
        if (cells > (uint64_t)most + SLACK) {
            out->n_beyond++;
            out->n_most = cells > out->n_most ? cells : out->n_most;
        } else if (cells > out->n_largest) {
            out->n_largest = cells;
            out->largest = i;
        }
        if (cells <= limit / 2 && cells > out->n_usual) {
            out->n_usual = cells;
            out->usual = i;
        }
    }
    return LMAS_OK;
}

/* The most tokens an agent may speak so that question `i` stays within the limit. */
static lmas_status shorten(int32_t *out, const lmi_demand *demand, size_t i, uint32_t limit)
{
    int32_t low = 1; /* fits */
    int32_t high = demand->params->max_new_tokens + 1;

    while (high - low > 1) {
        const int32_t middle = low + (high - low) / 2;
        uint32_t cells;
        const lmas_status status = count_cells(&cells, demand, i, middle);

        if (status != LMAS_OK)
            return status;
        if (cells <= limit)
            low = middle;
        else
            high = middle;
    }
    *out = low;
    return LMAS_OK;
}

/* The same with the longest memory cut at the limit. */
static lmas_needs within(lmas_needs needs, uint32_t limit)
{
    const uint32_t beyond = needs.n_cells > limit ? needs.n_cells - limit : 0;

    if (beyond == 0)
        return needs;
    needs.n_cells = limit;
    needs.n_cells_all = needs.n_cells_all - beyond > limit ? needs.n_cells_all - beyond : limit;
    return needs;
}

/* The room of the largest question: each part is as long as that; a pool has it once. Texts do not
 * go beyond the limit; prompts do where the user gave room for them. */
static lmas_status make_room(lmas_needs *needs, lmi_budget *budget, const lmi_demand *demand,
                             const extremes *found, uint32_t limit)
{
    const uint32_t room = found->n_largest > limit ? found->n_largest : limit;
    lmas_needs large;
    lmas_status status = count_needs(&large, demand, found->largest, budget->max_new_tokens);

    if (status == LMAS_OK && (demand->is_per_lane || found->n_usual == 0))
        *needs = large;
    else if (status == LMAS_OK)
        status = count_needs(needs, demand, found->usual, budget->max_new_tokens);
    if (status != LMAS_OK)
        return status;
    large = within(large, room);
    *needs = within(*needs, room);
    budget->n_cells = needs->n_cells;
    budget->n_ctx = large.n_cells_all;
    return LMAS_OK;
}

/* Fill in what one question takes. */
static lmas_status measure(lmas_needs *needs, lmi_budget *budget, const lmi_demand *demand)
{
    extremes found;
    uint32_t limit, most;
    lmas_status status = LMAS_OK;

    *needs = (lmas_needs){.n_lanes = 1, .n_lanes_least = 1};
    if (demand->n > 0)
        status = count_needs(needs, demand, 0, 1); /* lanes are the team's, whatever is asked */
    if (status != LMAS_OK)
        return status;
    limit = cell_limit(demand, needs->n_lanes + (demand->n_before > 0));
    most = room_limit(demand, needs->n_lanes + (demand->n_before > 0));
    status = find_extremes(&found, demand, limit, most);
    budget->n_beyond = found.n_beyond;
    budget->n_cells_most = found.n_most;
    budget->max_new_tokens = demand->params->max_new_tokens;
    budget->n_cells = limit;
    needs->n_cells_all = limit;
    if (status != LMAS_OK || found.n_largest == 0)
        return status;
    if (found.n_usual > 0 && !demand->keeps_text)
        status = shorten(&budget->max_new_tokens, demand, found.usual, limit);
    return status == LMAS_OK ? make_room(needs, budget, demand, &found, limit) : status;
}

/* Cells set aside for a question: libllama rounds a lane's own part up. */
static uint32_t part_of(const lmi_budget *budget, const lmas_needs *needs, const lmi_demand *demand)
{
    if (!demand->is_per_lane)
        return needs->n_cells_all;
    if (budget->n_at_once * needs->n_lanes == 1 && demand->n_before == 0)
        return needs->n_cells;
    return (budget->n_cells + PART_STEP - 1) / PART_STEP * PART_STEP * needs->n_lanes;
}

/* What they begin with has a lane of its own; in a pool they share its cells. */
static void add_origin(lmi_budget *b, const lmas_needs *needs, const lmi_demand *demand)
{
    const uint32_t n_times = needs->copies_origin ? 1 + b->n_lanes : 1;

    if (demand->n_before == 0)
        return;
    if (!demand->n_ctx)
        b->n_ctx += demand->is_per_lane ? b->n_ctx / b->n_lanes : n_times * demand->n_before;
    b->n_lanes++;
}

/* Those of all questions at once, and in a pool those of the largest. */
static uint32_t cells_to_take(const lmi_budget *b, const lmas_needs *needs,
                              const lmi_demand *demand, double affordable)
{
    const uint32_t n = b->n_at_once * part_of(b, needs, demand);
    const uint32_t n_most = demand->is_per_lane || b->n_ctx < n ? n : b->n_ctx;

    return n_most <= affordable ? n_most : (uint32_t)affordable;
}

/* Lanes that those at once take, and what they begin with. */
static uint32_t lanes_of(const lmi_budget *b, const lmas_needs *needs, const lmi_demand *demand)
{
    return b->n_at_once * needs->n_lanes + (demand->n_before > 0);
}

static void fit_given(lmi_budget *b, const lmas_needs *needs, const lmi_demand *demand)
{
    b->n_ctx = demand->n_ctx;
    while (demand->is_per_lane && b->n_at_once > 1 &&
           b->n_ctx / lanes_of(b, needs, demand) < b->n_cells)
        b->n_at_once--;
}

/* As many questions together as the cells that were asked for hold, or those that can be had. */
static void fit(lmi_budget *b, const lmas_needs *needs, const lmi_demand *demand, double affordable)
{
    if (demand->n_ctx) {
        fit_given(b, needs, demand);
    } else {
        while (b->n_at_once > 1 && (double)b->n_at_once * part_of(b, needs, demand) > affordable)
            b->n_at_once--;
        b->n_ctx = cells_to_take(b, needs, demand, affordable);
    }
    b->n_lanes = b->n_at_once * needs->n_lanes;
    b->n_cells_all = demand->is_per_lane ? needs->n_lanes * b->n_cells : needs->n_cells_all;
}

lmas_status lmi_budget_make(lmi_budget *out, const lmi_demand *demand)
{
    const size_t most = demand->n < demand->n_at_once ? demand->n : demand->n_at_once;
    lmi_budget b = {.n_at_once = most ? (uint32_t)most : 1};
    double affordable = (double)UINT32_MAX;
    lmas_needs needs;
    lmas_status status = measure(&needs, &b, demand);

    if (status != LMAS_OK)
        return status;
    while (b.n_at_once > 1 && b.n_at_once * needs.n_lanes > LMAS_N_LANES_MAX)
        b.n_at_once--;
    if (demand->cell_size > 0 && demand->max_size > 0)
        affordable = (double)demand->max_size / demand->cell_size;
    fit(&b, &needs, demand, affordable);
    add_origin(&b, &needs, demand);
    *out = b;
    return LMAS_OK;
}

/* The number in the line of /proc/meminfo that starts with `key`, in bytes. */
static uint64_t read_meminfo(const char *key)
{
    uint64_t size = 0;
    const char *line;
    lmi_buf text;

    lmi_buf_init(&text, MEMINFO_MAX);
    if (lmi_file_read(&text, "/proc/meminfo") == LMAS_OK) {
        line = strstr(lmi_buf_text(&text), key);
        if (line)
            size = strtoull(line + strlen(key), NULL, 10) * 1024;
    }
    lmi_buf_done(&text);
    return size;
}

/* A file that holds one number; 0 when it does not ("max"). */
static uint64_t read_number(const char *path)
{
    uint64_t number = 0;
    lmi_buf text;

    lmi_buf_init(&text, MEMINFO_MAX);
    if (lmi_file_exists(path) && lmi_file_read(&text, path) == LMAS_OK)
        number = strtoull(lmi_buf_text(&text), NULL, 10);
    lmi_buf_done(&text);
    return number;
}

uint64_t lmi_budget_memory(void)
{
    const uint64_t available = read_meminfo("\nMemAvailable:");
    const uint64_t limit = read_number("/sys/fs/cgroup/memory.max");
    const uint64_t used = read_number("/sys/fs/cgroup/memory.current");
    const uint64_t left = limit > used ? limit - used : 0;

    return limit && left < available ? left : available;
}
