/* bench.c - from wishes to tests, and from samples to a mean. */
#include "cli/bench/bench.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/status.h"
#include "cli/words.h"

static bool find_method(lmas_method *out, const char *word, size_t len)
{
    char name[LMI_BENCH_NAME_SIZE];

    if (len >= sizeof(name))
        return false;
    memcpy(name, word, len);
    name[len] = '\0';
    return lmas_method_parse(out, name);
}

lmas_status lmi_bench_parse_methods(lmi_bench_wish *out, const char *flag, const char *text)
{
    const char *rest = text;
    const char *word;
    size_t len;

    out->n_methods = 0;
    if (strcmp(text, "0") == 0)
        return LMAS_OK;
    while (lmi_word_next(&word, &len, &rest, ',')) {
        if (out->n_methods == LMI_BENCH_METHODS ||
            !find_method(&out->methods[out->n_methods], word, len))
            return lmi_fail(LMAS_E_INVALID,
                            "%s: expected at most %d of baseline, text_mas and latent_mas with "
                            "commas between, found \"%s\"",
                            flag, LMI_BENCH_METHODS, text);
        out->n_methods++;
    }
    return LMAS_OK;
}

/* Add `test` at every number of lanes. */
static void add(lmi_bench_test *tests, size_t *n, const lmi_bench_wish *wish, lmi_bench_test test)
{
    size_t i;

    for (i = 0; i < wish->lanes.n; i++) {
        test.n_lanes = wish->lanes.items[i];
        tests[*n] = test;
        if (test.kind == LMI_BENCH_ANSWER && test.n == 0)
            tests[*n].n = test.n_lanes;
        ++*n;
    }
}

lmas_status lmi_bench_plan(lmi_bench_test **out, size_t *n_out, const lmi_bench_wish *wish)
{
    const lmi_list *const lengths[] = {&wish->prompt, &wish->gen, &wish->latent};
    const size_t n_kinds = wish->prompt.n + wish->gen.n + wish->latent.n + wish->n_methods;
    lmi_bench_test *tests = lmi_new(n_kinds * wish->lanes.n, sizeof(*tests));
    size_t n = 0;
    size_t kind, i;

    if (!tests)
        return lmi_fail(LMAS_E_NOMEM, "no memory for %zu tests", n_kinds * wish->lanes.n);
    for (kind = LMI_BENCH_READ; kind <= LMI_BENCH_THINK; kind++)
        for (i = 0; i < lengths[kind]->n; i++)
            add(tests, &n, wish,
                (lmi_bench_test){.kind = (lmi_bench_kind)kind,
                                 .n = lengths[kind]->items[i],
                                 .depth = wish->depth});
    for (i = 0; i < wish->n_methods; i++)
        add(tests, &n, wish,
            (lmi_bench_test){
                .kind = LMI_BENCH_ANSWER, .method = wish->methods[i], .n = wish->n_questions});
    *out = tests;
    *n_out = n;
    return LMAS_OK;
}

void lmi_bench_name(char out[LMI_BENCH_NAME_SIZE], const lmi_bench_test *test)
{
    static const char *const names[] = {"pp", "tg", "lat"};

    if (test->kind == LMI_BENCH_ANSWER)
        snprintf(out, LMI_BENCH_NAME_SIZE, "e2e %s", lmas_method_name(test->method));
    else
        snprintf(out, LMI_BENCH_NAME_SIZE, "%s%u", names[test->kind], test->n);
}

double lmi_bench_units(const lmi_bench_test *test, uint32_t n_lanes)
{
    return test->kind == LMI_BENCH_ANSWER ? (double)test->n : (double)test->n * n_lanes;
}

lmi_spread lmi_spread_of(const double *values, size_t n)
{
    lmi_spread s = {0};
    double sum = 0;
    size_t i;

    for (i = 0; i < n; i++)
        s.mean += values[i] / (double)n;
    for (i = 0; i < n; i++)
        sum += (values[i] - s.mean) * (values[i] - s.mean);
    s.deviation = n > 1 ? sqrt(sum / (double)(n - 1)) : 0;
    return s;
}
