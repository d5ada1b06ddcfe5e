/*
 * convert.c - the converter, the quantiser, and a look at what they made.
 *
 * The file grows beside its place and takes its name once it opens as a model.
 */
#include "cli/model/convert.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/show/term.h"
#include "cli/show/wait.h"
#include "cli/words.h"
#include "hub/repo.h"

/* Most that is kept of what a tool says, in bytes. */
#define SAID_MAX ((size_t)64 * 1024)

enum { LOOK_MS = 200 }; /* how often a silent tool's host looks whether it is to stop */

/* ---- Running a tool ---- */

/* Wait until the tool says something, or ends; false when this process is to stop before. */
static bool wait_for_words(int fd)
{
    struct pollfd words = {.fd = fd, .events = POLLIN};

    while (!lmi_interrupted())
        if (poll(&words, 1, LOOK_MS) > 0)
            return true;
    return false;
}

/* All that comes through the pipe; what is more than fits is read and forgotten. A signal that came
 * to this process alone goes on to the tool. */
static void read_said(lmi_buf *out, int fd, pid_t pid)
{
    char chunk[4096];
    bool is_told = false;
    ssize_t n;

    do {
        const size_t room = out->max - out->len;

        if (!wait_for_words(fd) && !is_told)
            is_told = kill(pid, SIGINT) == 0;
        n = read(fd, chunk, sizeof(chunk));
        if (n > 0)
            lmi_buf_append(out, chunk, (size_t)n < room ? (size_t)n : room);
    } while (n > 0 || (n < 0 && errno == EINTR));
}

/* Start it with stdout, and stderr if asked, in a pipe; errno of the failure. */
static int start(pid_t *pid, int *fd, const char *const *argv, bool with_stderr)
{
    posix_spawn_file_actions_t actions;
    int pipe_fds[2];
    int error;

    if (pipe2(pipe_fds, O_CLOEXEC) != 0)
        return errno;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipe_fds[1], STDOUT_FILENO);
    if (with_stderr)
        posix_spawn_file_actions_adddup2(&actions, pipe_fds[1], STDERR_FILENO);
    error = posix_spawnp(pid, argv[0], &actions, NULL, (char *const *)argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(pipe_fds[1]);
    if (error)
        close(pipe_fds[0]);
    *fd = pipe_fds[0];
    return error;
}

/* Run it to its end: its exit code, -1 when a signal ended it or it could not start (then `*error`
 * is not 0). */
static int run_tool(lmi_buf *said, int *error, const char *const *argv, bool with_stderr)
{
    int state = 0;
    pid_t pid = -1;
    int fd = -1;

    *error = start(&pid, &fd, argv, with_stderr);
    if (*error)
        return -1;
    read_said(said, fd, pid);
    close(fd);
    while (waitpid(pid, &state, 0) < 0 && errno == EINTR)
        continue;
    return WIFEXITED(state) ? WEXITSTATUS(state) : -1;
}

/* The last line of what a tool said. */
static const char *last_line(lmi_buf *said)
{
    const char *line;

    while (said->len && strchr("\r\n", said->data[said->len - 1]))
        said->data[--said->len] = '\0';
    line = strrchr(lmi_buf_text(said), '\n');
    return line ? line + 1 : lmi_buf_text(said);
}

/* ---- The two tools ---- */

static lmas_status run_converter(const char *folder, const char *out, const char *type)
{
    const char *const argv[] = {"python3", "-c", lmi_convert_py, folder, out, type, NULL};
    lmas_status status = LMAS_OK;
    lmi_buf said;
    int error, code;

    lmi_buf_init(&said, SAID_MAX);
    code = run_tool(&said, &error, argv, false);
    if (lmi_interrupted())
        status = lmi_fail(LMAS_E_CANCELED, "converting was stopped");
    else if (error)
        status = lmi_fail(LMAS_E_IO,
                          "cannot start python3, in which llama.cpp's converter is "
                          "written: %s",
                          strerror(error));
    else if (code != 0 && said.len)
        status = lmi_fail(LMAS_E_IO, "%s %s", folder, last_line(&said));
    else if (code < 0)
        status = lmi_fail(LMAS_E_IO,
                          "%s cannot be converted: the converter was ended (is there "
                          "memory enough?)",
                          folder);
    else if (code > 0)
        status = lmi_fail(LMAS_E_IO, "%s cannot be converted: Python ended with status %d", folder,
                          code);
    lmi_buf_done(&said);
    return status;
}

static lmas_status run_quantiser(const char *from, const char *out, const char *type)
{
    const char *const argv[] = {"llama-quantize", from, out, type, NULL};
    lmas_status status = LMAS_OK;
    lmi_buf said;
    int error, code;

    lmi_say("quantising to %s", type);
    lmi_buf_init(&said, SAID_MAX);
    code = run_tool(&said, &error, argv, true);
    if (lmi_interrupted())
        status = lmi_fail(LMAS_E_CANCELED, "converting was stopped");
    else if (error)
        status = lmi_fail(LMAS_E_IO,
                          "cannot start llama-quantize, which makes %s of a model: %s; apt install "
                          "llama.cpp-tools",
                          type, strerror(error));
    else if (code != 0)
        status = lmi_fail(LMAS_E_IO, "llama-quantize failed: %.500s", last_line(&said));
    lmi_buf_done(&said);
    return status;
}

/* ---- From folder to file ---- */

static bool is_among(const char *words, const char *type)
{
    const char *word;
    size_t len;

    while (lmi_word_next(&word, &len, &words, '|'))
        if (len == strlen(type) && strncmp(word, type, len) == 0)
            return true;
    return false;
}

/* NAME of DIR/NAME; of a snapshot in the hub's cache the model's. */
static void append_name(lmi_buf *out, const char *folder)
{
    char path[LMI_PATH_MAX];
    char *name, *end, *gap;

    if (!realpath(folder, path)) /* then it cannot be opened either */
        return;
    name = strrchr(path, '/') + 1;
    if (lmi_repo_is_hex(name, LMI_COMMIT_SIZE - 1) && strstr(path, "/models--")) {
        name = strstr(path, "/models--") + 1;
        end = strchr(name, '/');
        *end = '\0';
        while ((gap = strstr(name, "--")))
            name = gap + 2;
    }
    lmi_buf_puts(out, name);
}

static lmas_status choose_out(lmi_buf *path, const char *folder, const char *out, const char *type)
{
    lmas_status status;

    if (!lmi_is_dir(folder))
        return lmi_fail(LMAS_E_IO,
                        "%s is no folder: one that holds a model from the Hugging Face "
                        "hub is expected",
                        folder);
    if (out) {
        lmi_buf_puts(path, out);
    } else {
        append_name(path, folder);
        lmi_buf_printf(path, "-%s.gguf", strcmp(type, "auto") == 0 ? "converted" : type);
    }
    status = lmi_buf_status(path);
    if (status == LMAS_OK && lmi_file_exists(lmi_buf_text(path)))
        return lmi_fail(LMAS_E_IO, "%s is there already: remove it, or name another file with -o",
                        lmi_buf_text(path));
    return status;
}

/* What was made is a model when it opens as one. */
static lmas_status check_opens(const char *path)
{
    lmas_model_params params = lmas_model_params_default();
    lmi_wait w = lmi_wait_begin("looking at what was made");
    lmas_model *model = NULL;
    lmas_status status;

    params.progress = lmi_wait_show;
    params.user = &w;
    status = lmas_model_open(&model, path, &params);
    lmi_wait_end(&w);
    lmas_model_close(model);
    return status;
}

static lmas_status make(const char *folder, const char *part, const char *whole, const char *type)
{
    const bool is_direct = is_among(LMI_CONVERT_TYPES, type);
    lmas_status status = run_converter(folder, is_direct ? part : whole, is_direct ? type : "auto");

    if (status == LMAS_OK && !is_direct)
        status = run_quantiser(whole, part, type);
    return status == LMAS_OK ? check_opens(part) : status;
}

static lmas_status make_at(const char *folder, const char *path, const char *type)
{
    char part[LMI_PATH_MAX], whole[LMI_PATH_MAX];
    lmas_status status;

    if (snprintf(part, sizeof(part), "%s.part", path) >= (int)sizeof(part) - 6)
        return lmi_fail(LMAS_E_INVALID, "path longer than %d bytes: %s", LMI_PATH_MAX, path);
    snprintf(whole, sizeof(whole), "%s.whole.part", path);
    status = make(folder, part, whole, type);
    unlink(whole);
    if (status == LMAS_OK && rename(part, path) != 0)
        status = lmi_fail_errno(LMAS_E_IO, "cannot write %s", path);
    if (status != LMAS_OK)
        unlink(part);
    return status;
}

lmas_status lmi_model_convert(const char *folder, const char *out, const char *type)
{
    lmas_status status;
    lmi_buf path;

    lmi_buf_init(&path, LMI_PATH_MAX);
    status = choose_out(&path, folder, out, type);
    if (status == LMAS_OK)
        status = make_at(folder, lmi_buf_text(&path), type);
    if (status == LMAS_OK)
        puts(lmi_buf_text(&path));
    lmi_buf_done(&path);
    return status;
}
