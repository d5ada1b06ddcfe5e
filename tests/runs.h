/* runs.h - run folders as runs leave them, for the tests that read them. */
#ifndef LMI_TESTS_RUNS_H
#define LMI_TESTS_RUNS_H

#include "support.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"

static char root[192];

static inline int prepare(void **state)
{
    (void)state;
    snprintf(root, sizeof(root), "%s", support_folder());
    return 0;
}

/* ---- Folders as runs leave them ---- */

#define WORK                                                                                       \
    "\"n_read\":10,\"n_thought\":4,\"n_spoken\":2,\"read_ms\":100.0,\"think_ms\":40.0,"            \
    "\"speak_ms\":60.0"
#define AGENTS "\"agents\":[{\"name\":\"judger\",\"input\":\"p\",\"output\":\"o\"," WORK "}]"

/* What a run is made of; what is NULL is as usual. `control` is a member with its comma. */
typedef struct recipe {
    const char *method, *team, *seed, *data, *questions, *shard, *control;
} recipe;

static inline const char *in_root(const char *name)
{
    static char paths[8][256];
    static size_t next;
    char *path = paths[next++ % 8];

    snprintf(path, sizeof(paths[0]), "%s/%s", root, name);
    return path;
}

static inline void write_file(const char *folder, const char *name, const char *text, size_t len)
{
    char path[512];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    assert_ok(lmi_file_write(path, text, len));
}

static inline const char *or_else(const char *text, const char *usual)
{
    return text ? text : usual;
}

static inline const char *make_folder(const char *name, const char *config, const char *samples)
{
    const char *path = in_root(name);

    assert_ok(lmi_dir_make(path));
    write_file(path, "config.json", config, strlen(config));
    write_file(path, "samples.jsonl", samples, strlen(samples));
    return path;
}

static inline const char *make_run(const char *name, recipe r, const char *samples)
{
    const char *path;
    lmi_buf config;

    lmi_buf_init(&config, 1 << 16);
    lmi_buf_printf(
        &config,
        "{\"started\":\"2026-11-24T07:55:54Z\",\"versions\":{},\"sandbox\":null,\"task\":\"gsm8k\","
        "\"method\":%s,"
        "\"params\":{%s\"seed\":%s,\"latent_steps\":4},\"data\":{\"sha256\":%s,\"questions\":%s},"
        "\"model\":{\"name\":\"m\",\"fingerprint\":\"f0\"},\"team\":{\"name\":%s},\"shard\":%s,"
        "\"paths\":{\"model\":\"a/m.gguf\",\"data\":\"d.jsonl\"}}",
        or_else(r.method, "\"latent_mas\""), or_else(r.control, ""), or_else(r.seed, "42"),
        or_else(r.data, "\"aa\""), or_else(r.questions, "4"), or_else(r.team, "\"sequential\""),
        or_else(r.shard, "null"));
    path = make_folder(name, lmi_buf_text(&config), samples);
    lmi_buf_done(&config);
    return path;
}

/* Append a line; `correct` and `compat` are JSON, compat NULL for a line from before. */
static inline void add_line(lmi_buf *out, size_t index, const char *correct, const char *compat,
                            double run_ms)
{
    lmi_buf_printf(out, "{\"index\":%zu,\"question\":\"q%zu\",\"gold\":\"1\",\"correct\":%s,",
                   index, index, correct);
    if (compat)
        lmi_buf_printf(out, "\"compat\":{\"gold\":\"1\",\"prediction\":null,\"correct\":%s},",
                       compat);
    lmi_buf_printf(out, "\"text\":\"t\",\"status\":\"ok\"," WORK "," AGENTS ",\"run_ms\":%.1f}\n",
                   run_ms);
}

/* Lines for questions `first`, `first + step`, ..., right where `verdicts` has a '+'. */
static inline const char *make_lines(const char *verdicts, size_t first, size_t step)
{
    static char text[16][8192];
    static size_t next;
    char *slot = text[next++ % 16];
    lmi_buf out;
    size_t i;

    lmi_buf_init(&out, sizeof(text[0]) - 1);
    for (i = 0; verdicts[i]; i++)
        add_line(&out, first + i * step, verdicts[i] == '+' ? "true" : "false",
                 verdicts[i] == '+' ? "true" : "false", 1000.0 * (double)(i + 1));
    assert_ok(lmi_buf_status(&out));
    snprintf(slot, sizeof(text[0]), "%s", lmi_buf_text(&out));
    lmi_buf_done(&out);
    return slot;
}

static inline const char *run_of(const char *name, const char *verdicts)
{
    return make_run(name, (recipe){0}, make_lines(verdicts, 0, 1));
}

#endif
