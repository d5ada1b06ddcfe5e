/*
 * parity_keep_test.c - the cells that a knn rule keeps, against kNN-LatentMAS's formula; and those
 * that an attention rule keeps, against transformers' attention.
 *
 * fixtures/keep.json has, of three models, the cosine of each cell's keys in transformers' cache
 * with a prompt, and what stays of them in ten settings (make_keep.py). The same cells must stay
 * here. Where two cosines lie closer than 1e-4 the one cell may stand for the other: that is said.
 * It has what thoughts pay to each cell, too, and what stays by that in ten settings: the sums must
 * be the same within 1e-4, and so the cells.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/json.h"
#include "latent/keep.h"
#include "support.h"

#define FIXTURES "tests/parity/fixtures/"
enum { N_MODELS = 3, N_SETTINGS = 10, N_IDS_MAX = 256, N_CELLS_MAX = 512 };
static const double CLOSE = 1e-4;

static const char *path_of(const char *name)
{
    static char paths[N_MODELS][256]; /* they last as long as the models */
    static size_t n;
    char *path = paths[n++];

    if (!strchr(name, ':')) {
        snprintf(path, sizeof(paths[0]), FIXTURES "%s.gguf", name);
        return path;
    }
    snprintf(path, sizeof(paths[0]), "%s/wide.gguf", support_folder());
    assert_ok(lmas_model_synthesize(path, name, NULL, NULL));
    return path;
}

static size_t read_ids(int32_t ids[N_IDS_MAX], yyjson_val *list)
{
    size_t i, n;
    yyjson_val *id;

    assert_true(yyjson_arr_size(list) >= 1 && yyjson_arr_size(list) <= N_IDS_MAX);
    yyjson_arr_foreach(list, i, n, id) ids[i] = (int32_t)yyjson_get_int(id);
    return n;
}

/* Three agents read and think. */
static void fill(lmas_memory *memory, yyjson_val *c)
{
    yyjson_val *prompts = yyjson_obj_get(c, "prompt_ids");
    const int64_t n_thoughts = yyjson_get_int(yyjson_obj_get(c, "latent_steps"));
    int32_t ids[N_IDS_MAX];
    size_t i;
    int64_t k;

    for (i = 0; i + 1 < yyjson_arr_size(prompts); i++) {
        const size_t n = read_ids(ids, yyjson_arr_get(prompts, i));

        assert_ok(lmi_memory_start_read(memory, "agent", ids, n, LMI_WANT_HIDDEN));
        assert_ok(lmi_memory_wait(memory));
        for (k = 0; k < n_thoughts; k++) {
            assert_ok(
                lmi_memory_start_thought(memory, "agent", LMI_WANT_HIDDEN | LMI_WANT_ATTENTION));
            assert_ok(lmi_memory_wait(memory));
        }
    }
}

/* What the rule leaves, as if the fourth agent were to take the memory. */
static void choose(bool is_kept[N_CELLS_MAX], lmas_memory *memory, const char *rule, yyjson_val *c)
{
    int32_t ids[N_IDS_MAX];
    lmi_keeping k;
    lmi_keep keep;
    uint32_t i;

    assert_true(lmi_keep_parse(&keep, rule));
    assert_ok(lmi_keep_check(memory->session, &keep));
    assert_ok(lmi_keeping_begin(&k, memory));
    k.tokens = ids;
    k.n_tokens = read_ids(ids, yyjson_arr_get_last(yyjson_obj_get(c, "prompt_ids")));
    for (i = 0; i < memory->lane->pos; i++)
        k.cells[i] = i;
    assert_ok(lmi_keeping_apply(&k, &keep, k.cells, memory->lane->pos));
    memcpy(is_kept, k.is_kept, memory->lane->pos * sizeof(bool));
    lmi_keeping_end(&k);
}

/* Cells that stay on one side only lie as near as those of the other: how many they are. */
static size_t count_swaps(const bool *got, const bool *want, uint32_t n, yyjson_val *cosines,
                          const char *rule)
{
    size_t n_swaps = 0, n_more = 0;
    uint32_t i, k;

    for (i = 0; i < n; i++)
        n_more += got[i] && !want[i];
    for (i = 0; i < n; i++) {
        double nearest = INFINITY;

        if (got[i] || !want[i])
            continue;
        n_swaps++;
        for (k = 0; k < n; k++)
            if (got[k] && !want[k])
                nearest = fmin(nearest, fabs(yyjson_get_num(yyjson_arr_get(cosines, i)) -
                                             yyjson_get_num(yyjson_arr_get(cosines, k))));
        print_message("# %s: another cell in place of %u, whose measure lies %.1e away\n", rule, i,
                      nearest);
        assert_true(nearest < CLOSE);
    }
    assert_int_equal(n_swaps, n_more);
    return n_swaps;
}

/* Ten settings of one kind, where `measure` is what they choose by; how many cells were swapped. */
static size_t check_settings(lmas_memory *memory, yyjson_val *c, const char *kind,
                             const char *measure)
{
    yyjson_val *cosines = yyjson_obj_get(c, measure);
    size_t i, max, n_swaps = 0;
    yyjson_val *setting;

    assert_int_equal(memory->lane->pos, yyjson_arr_size(cosines));
    assert_int_equal(yyjson_arr_size(yyjson_obj_get(c, kind)), N_SETTINGS);
    yyjson_arr_foreach(yyjson_obj_get(c, kind), i, max, setting)
    {
        const char *rule = yyjson_get_str(yyjson_obj_get(setting, "keep"));
        bool got[N_CELLS_MAX], want[N_CELLS_MAX] = {false};
        size_t k, n;
        yyjson_val *cell;

        yyjson_arr_foreach(yyjson_obj_get(setting, "kept"), k, n, cell)
            want[yyjson_get_uint(cell)] = true;
        choose(got, memory, rule, c);
        n_swaps += count_swaps(got, want, memory->lane->pos, cosines, rule);
    }
    return n_swaps;
}

static double worst_attention(const lmas_memory *memory, yyjson_val *c)
{
    double worst = 0;
    uint32_t i;

    for (i = 0; i < memory->lane->pos; i++)
        worst =
            fmax(worst, fabs(lmi_memory_attention(memory, i) -
                             yyjson_get_num(yyjson_arr_get(yyjson_obj_get(c, "attention"), i))));
    return worst;
}

static void check_model(yyjson_val *c)
{
    const char *name = yyjson_get_str(yyjson_obj_get(c, "model"));
    lmas_session *session = support_session(support_model(path_of(name)), 1, 512, false);
    lmas_memory *memory = NULL;
    size_t n_swaps;
    double worst;

    assert_ok(lmi_keep_check(session, &(lmi_keep){.rule = LMI_KEEP_ATTENTION}));
    assert_ok(lmas_memory_new(&memory, session));
    fill(memory, c);
    worst = worst_attention(memory, c);
    n_swaps = check_settings(memory, c, "settings", "cosines");
    print_message("# %s: %u cells, %d settings, %zu swaps\n", name, memory->lane->pos, N_SETTINGS,
                  n_swaps);
    n_swaps = check_settings(memory, c, "looked_at", "attention");
    print_message("# %s: attention within %.1e, %d settings, %zu swaps\n", name, worst, N_SETTINGS,
                  n_swaps);
    assert_true(worst < CLOSE);
    lmas_memory_free(memory);
    lmas_session_free(session);
}

static void test_the_cells_that_the_formula_keeps_stay(void **state)
{
    lmi_buf text;
    lmi_json json;
    size_t i, max;
    yyjson_val *c;

    (void)state;
    lmi_buf_init(&text, 1 << 20);
    assert_ok(lmi_file_read(&text, FIXTURES "keep.json"));
    assert_ok(lmi_json_parse(&json, FIXTURES "keep.json", text.data, text.len));
    assert_int_equal(yyjson_arr_size(lmi_json_root(&json)), N_MODELS);
    yyjson_arr_foreach(lmi_json_root(&json), i, max, c) check_model(c);
    lmi_json_done(&json);
    lmi_buf_done(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_cells_that_the_formula_keeps_stay),
    };

    return cmocka_run_group_tests_name("parity, keep", tests, NULL, NULL);
}
