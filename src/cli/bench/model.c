/* model.c - where a synthetic model lies, and that a temporary one does not stay. */
#include "cli/bench/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/show/term.h"
#include "cli/show/wait.h"

/* A folder of our own, so that nobody can put another file where ours will be. The file is
 * called after the model, since rows show its name. */
static lmas_status choose_place(lmi_bench_model *m)
{
    const char *tmp = getenv("TMPDIR");
    char folder[LMI_PATH_MAX];
    const char *c;
    int len;

    tmp = tmp && *tmp ? tmp : "/tmp";
    len = snprintf(folder, sizeof(folder), "%s/latentmas-bench-XXXXXX", tmp);
    if (len < 0 || (size_t)len >= sizeof(folder))
        return lmi_fail(LMAS_E_IO, "TMPDIR is longer than %d bytes", LMI_PATH_MAX);
    if (!mkdtemp(folder))
        return lmi_fail_errno(LMAS_E_IO, "cannot make a folder for the model under %s", tmp);
    lmi_buf_puts(&m->folder, folder);
    lmi_buf_printf(&m->path, "%s/", folder);
    for (c = m->spec; *c; c++)
        if (*c == ':' || *c == '/')
            lmi_buf_putc(&m->path, '-');
        else
            lmi_buf_putc(&m->path, *c);
    lmi_buf_puts(&m->path, ".gguf");
    return lmi_buf_status(&m->path);
}

static lmas_status make(const lmi_bench_model *m)
{
    const char *path = lmi_buf_text(&m->path);
    lmi_wait w = lmi_wait_begin("making a model with random weights");
    const lmas_status status = lmas_model_synthesize(path, m->spec, lmi_wait_show, &w);
    struct stat st = {0};
    char size[32];

    lmi_wait_end(&w);
    if (status != LMAS_OK)
        return status;
    if (stat(path, &st) != 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot read %s", path);
    lmi_size_text(size, (double)st.st_size);
    lmi_say("made %s with random weights: %s in %s%s", m->spec, size, path,
            m->folder.len ? ", for this measurement only" : "");
    return LMAS_OK;
}

lmas_status lmi_bench_model_make(lmi_bench_model *out, const char *spec, const char *keep)
{
    lmi_bench_model m = {.spec = spec};
    lmas_status status;

    lmi_buf_init(&m.path, LMI_PATH_MAX);
    lmi_buf_init(&m.folder, LMI_PATH_MAX);
    if (keep)
        lmi_buf_puts(&m.path, keep);
    status = keep ? lmi_buf_status(&m.path) : choose_place(&m);
    if (status == LMAS_OK && !(keep && lmi_file_exists(keep)))
        status = make(&m);
    if (status == LMAS_OK)
        *out = m;
    else
        lmi_bench_model_done(&m);
    return status;
}

lmas_status lmi_bench_model_check(const lmi_bench_model *m, const lmas_model *model)
{
    static const char prefix[] = "synthetic ";
    const char *name = lmas_model_describe(model)->name;

    if (strncmp(name, prefix, sizeof(prefix) - 1) == 0 &&
        strcasecmp(name + sizeof(prefix) - 1, m->spec) == 0)
        return LMAS_OK;
    return lmi_fail(LMAS_E_IO,
                    "--keep: %s holds another model, \"%s\", expected \"%s%s\": name another file, "
                    "or measure that one with -m",
                    lmi_buf_text(&m->path), name, prefix, m->spec);
}

void lmi_bench_model_remove(lmi_bench_model *m)
{
    if (!m->folder.len)
        return;
    unlink(lmi_buf_text(&m->path));
    rmdir(lmi_buf_text(&m->folder));
    lmi_buf_clear(&m->folder);
}

void lmi_bench_model_done(lmi_bench_model *m)
{
    lmi_bench_model_remove(m);
    lmi_buf_done(&m->path);
    lmi_buf_done(&m->folder);
}
