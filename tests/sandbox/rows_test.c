/*
 * rows_test.c - solutions and tests of a benchmark through the sandbox, from a folder.
 *
 *     rows_test FOLDER N [bwrap|none] [plain|mutated] [WALL_MS]
 *
 * The folder holds N pairs of files, 0.code and 0.tests, 1.code, ... Prints each program that did
 * not pass (of mutants: each that passed), then the totals. Data of benchmarks is no part of the
 * project, so `make test` does not run this; bench/sandbox.sh does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "sandbox/limits.h"
#include "sandbox/sandbox.h"

enum { N_ENDINGS = LMI_ENDING_BROKEN + 1 };

typedef struct totals {
    bool is_mutated;
    size_t n[N_ENDINGS];
} totals;

static void take(void *user, const lmi_verdict *verdict)
{
    totals *t = user;
    const bool is_expected =
        t->is_mutated ? verdict->ending != LMI_ENDING_PASSED : verdict->ending == LMI_ENDING_PASSED;

    t->n[verdict->ending]++;
    if (!is_expected)
        printf("%llu: %s %s\n", (unsigned long long)verdict->id, lmi_ending_name(verdict->ending),
               verdict->detail);
}

static lmas_status read_file(lmi_buf *out, const char *folder, size_t i, const char *end)
{
    char path[LMI_PATH_MAX];

    snprintf(path, sizeof(path), "%s/%zu.%s", folder, i, end);
    lmi_buf_init(out, LMI_PROGRAM_SIZE_MAX);
    return lmi_file_read(out, path);
}

static lmas_status submit(lmi_sandbox *sandbox, const char *folder, size_t i, bool is_mutated)
{
    lmi_buf code = {0};
    lmi_buf tests = {0};
    lmas_status status = read_file(&code, folder, i, "code");

    if (status == LMAS_OK)
        status = read_file(&tests, folder, i, "tests");
    if (status == LMAS_OK) {
        const char *candidate = lmi_buf_text(&code);
        const lmi_program program = {.id = i,
                                     .candidates = &candidate,
                                     .n_candidates = 1,
                                     .tests = lmi_buf_text(&tests),
                                     .is_mutated = is_mutated};

        status = lmi_sandbox_submit(sandbox, &program);
    }
    lmi_buf_done(&code);
    lmi_buf_done(&tests);
    return status;
}

static lmas_status run(totals *t, const lmi_sandbox_params *params, const char *folder, size_t n)
{
    lmi_sandbox *sandbox;
    lmas_status status;
    size_t i;

    status = lmi_sandbox_open(&sandbox, params, take, t);
    if (status != LMAS_OK)
        return status;
    for (i = 0; status == LMAS_OK && i < n; i++)
        status = submit(sandbox, folder, i, t->is_mutated);
    while (status == LMAS_OK && lmi_sandbox_n_open(sandbox) > 0)
        status = lmi_sandbox_poll(sandbox, 1000);
    lmi_sandbox_close(sandbox);
    return status;
}

int main(int argc, char **argv)
{
    totals t = {.is_mutated = argc > 4 && strcmp(argv[4], "mutated") == 0};
    lmi_sandbox_params params = lmi_sandbox_params_default();
    size_t i;

    if (argc < 3) {
        fprintf(stderr, "usage: %s FOLDER N [bwrap|none] [plain|mutated] [WALL_MS]\n", argv[0]);
        return 2;
    }
    if (argc > 3 && strcmp(argv[3], "none") == 0)
        params.kind = LMI_SANDBOX_NONE;
    if (argc > 5)
        params.wall_ms = strtod(argv[5], NULL);
    if (run(&t, &params, argv[1], strtoul(argv[2], NULL, 10)) != LMAS_OK) {
        fprintf(stderr, "%s\n", lmas_last_error());
        return 1;
    }
    for (i = 0; i < N_ENDINGS; i++)
        if (t.n[i] > 0)
            printf("%s: %zu\n", lmi_ending_name((lmi_ending)i), t.n[i]);
    return 0;
}
