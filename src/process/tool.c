/*
 * tool.c - a keeper's start, and its report as a text or one line.
 *
 * The host holds a pipe to each keeper, in which nothing is ever written: that it ends, by
 * lmi_tool_free() or with the host, is the word to end all. Input, output and report are files in
 * memory, so neither side ever waits for the other.
 */
#include "process/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "process/keeper.h"
#include "process/memfile.h"
#include "process/place.h"
#include "process/spawn.h"

enum {
    FREE_WAIT_MS = 10000, /* a keeper that takes longer hangs */
    NAME_SHOWN = 200,     /* bytes */
    LINE_SHOWN = 400,
    NUMBER_SIZE = 24,
};

struct lmi_tool {
    lmi_tool_params params; /* its limits; the pointers are not kept */
    char name[NAME_SHOWN + 1];
    char bwrap[NAME_SHOWN + 1]; /* "" without walls */
    int pidfd, line, output, report, sign;
    bool is_done;
    lmas_status status; /* of what it gave */
    char *text;         /* or why there is none */
    size_t n;
};

/* ---- Start ---------------------------------------------------------------------------------- */

static lmas_status check_params(const lmi_tool_params *p)
{
    if (!p->argv || p->n_args < 1 || !p->argv[0] || !p->argv[0][0])
        return lmi_fail(LMAS_E_INVALID, "a tool must have a program to run: its first argument");
    if (!(p->wall_ms >= 1) || p->wall_ms > LMI_WALL_MS_MAX)
        return lmi_fail(LMAS_E_INVALID, "time of a tool must be 1 to %g ms, not %g",
                        LMI_WALL_MS_MAX, p->wall_ms);
    if (p->output_size < 1 || p->output_size > LMI_TOOL_OUTPUT_MAX)
        return lmi_fail(LMAS_E_INVALID, "output of a tool must be 1 to %zu bytes, not %llu",
                        LMI_TOOL_OUTPUT_MAX, (unsigned long long)p->output_size);
    if (p->memory_size > 0 && p->memory_size < LMI_MEMORY_SIZE_MIN)
        return lmi_fail(LMAS_E_INVALID,
                        "memory of a tool must be %zu bytes or more, or 0 for no limit, not %llu",
                        LMI_MEMORY_SIZE_MIN, (unsigned long long)p->memory_size);
    return LMAS_OK;
}

/* The keeper's command line: its limits, then the tool's place and arguments, for lmi_free(). */
static const char **make_argv(char numbers[LMI_KEEPER_N_LIMITS][NUMBER_SIZE],
                              const lmi_tool_params *p, const lmi_place *place, int n_fds)
{
    const char **argv =
        lmi_new(LMI_KEEPER_N_LIMITS + 3 + place->walls.n_argv + p->n_args, sizeof(*argv));
    size_t n = 0;
    size_t i;

    if (!argv)
        return NULL;
    snprintf(numbers[0], NUMBER_SIZE, "%.0f", ceil(p->wall_ms));
    snprintf(numbers[1], NUMBER_SIZE, "%llu", (unsigned long long)p->output_size);
    snprintf(numbers[2], NUMBER_SIZE, "%llu", (unsigned long long)p->memory_size);
    snprintf(numbers[3], NUMBER_SIZE, "%d", n_fds);
    argv[n++] = "latentmas-keeper";
    for (i = 0; i < LMI_KEEPER_N_LIMITS; i++)
        argv[n++] = numbers[i];
    argv[n++] = place->walls.bwrap ? place->walls.bwrap : place->path;
    for (i = 0; i < place->walls.n_argv; i++)
        argv[n++] = place->walls.argv[i];
    argv[n++] = place->walls.bwrap ? place->path : p->argv[0];
    for (i = 1; i < p->n_args; i++)
        argv[n++] = p->argv[i];
    return argv;
}

static lmas_status spawn_keeper(lmi_tool *tool, const lmi_tool_params *p, const lmi_place *place,
                                const int *fds, int n_fds, int program)
{
    char numbers[LMI_KEEPER_N_LIMITS][NUMBER_SIZE];
    const char **argv = make_argv(numbers, p, place, n_fds);
    const bool is_walled = place->walls.bwrap != NULL;
    lmi_spawn spawn = {
        .argv = argv,
        .program = program,
        .envp = is_walled ? place->env.envp : (const char *const *)environ,
        .folder = is_walled ? NULL : place->folder,
        .n_fds = n_fds,
        .uid = place->uid,
        .memory_size = p->memory_size,
        .file_size = !is_walled                           ? 0
                     : p->output_size > LMI_FILE_SIZE_MAX ? p->output_size
                                                          : LMI_FILE_SIZE_MAX,
        .n_files = is_walled ? LMI_MAX_FILES : 0,
        .is_free = true,
    };
    lmas_status status;
    pid_t pid;

    if (!argv)
        return lmi_fail(LMAS_E_NOMEM, "no memory for the arguments of %s", tool->name);
    memcpy(spawn.fds, fds, sizeof(spawn.fds));
    status = lmi_spawn_start(&pid, &tool->pidfd, &spawn);
    lmi_free(argv);
    return status;
}

/* What host and keeper both have. */
static lmas_status make_files(lmi_tool *tool, int *fds)
{
    int ends[2];
    lmas_status status = lmi_memfile(&tool->output, "output", NULL, 0, NULL, 0);

    if (status == LMAS_OK)
        status = lmi_memfile(&tool->report, "report", NULL, 0, NULL, 0);
    if (status == LMAS_OK)
        status = lmi_memfile(&tool->sign, "sign", NULL, 0, NULL, 0);
    if (status == LMAS_OK && pipe2(ends, O_CLOEXEC) != 0)
        status = lmi_fail_errno(LMAS_E_IO, "cannot make a pipe");
    if (status != LMAS_OK)
        return status;
    tool->line = ends[1];
    fds[LMI_KEEPER_LINE] = ends[0];
    fds[LMI_KEEPER_OUTPUT] = tool->output;
    fds[LMI_KEEPER_REPORT] = tool->report;
    fds[LMI_KEEPER_SIGN] = tool->sign;
    return LMAS_OK;
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

static lmas_status start(lmi_tool *tool, const lmi_tool_params *p, const lmi_place *place,
                         const char *input, size_t n)
{
    int fds[LMI_SPAWN_FDS_MAX] = {-1, -1, -1, -1, -1, -1, -1, -1};
    int n_fds = LMI_KEEPER_SIGN;
    int program = -1;
    lmas_status status = make_files(tool, fds);
    int i;

    if (status == LMAS_OK)
        status = lmi_memfile(&fds[LMI_KEEPER_INPUT], "input", input, n, NULL, 0);
    if (status == LMAS_OK)
        status = lmi_memfile(&program, "keeper", lmi_keeper, lmi_keeper_size, NULL, 0);
    if (status == LMAS_OK && place->walls.bwrap)
        status = lmi_walls_fds(fds, &n_fds, &place->walls, place->uid);
    if (status == LMAS_OK)
        status = spawn_keeper(tool, p, place, fds, n_fds, program);
    close_fd(&program);
    for (i = 0; i < LMI_SPAWN_FDS_MAX; i++) /* the files stay open, as the tool's */
        if (i != LMI_KEEPER_OUTPUT && i != LMI_KEEPER_REPORT && i != LMI_KEEPER_SIGN)
            close_fd(&fds[i]);
    return status;
}

/* A tool that has not been started; NULL without memory. */
static lmi_tool *make_tool(const lmi_tool_params *params, const lmi_place *place)
{
    lmi_tool *tool = lmi_new(1, sizeof(*tool));

    if (!tool)
        return NULL;
    *tool = (lmi_tool){.params = *params, .pidfd = -1, .line = -1, .output = -1, .report = -1};
    tool->sign = -1;
    tool->params.argv = NULL;
    tool->params.folder = NULL;
    snprintf(tool->name, sizeof(tool->name), "%s", params->argv[0]);
    tool->name[lmi_utf8_floor(tool->name, strlen(tool->name))] = '\0';
    lmi_flatten(tool->name);
    if (place->walls.bwrap)
        snprintf(tool->bwrap, sizeof(tool->bwrap), "%s", place->walls.bwrap);
    return tool;
}

lmas_status lmi_tool_start(lmi_tool **out, const lmi_tool_params *params, const char *input,
                           size_t n)
{
    lmi_tool *tool;
    lmi_place place;
    lmas_status status = check_params(params);

    if (status == LMAS_OK)
        status = lmi_place_find(&place, params->argv[0], params->folder, params->is_sandboxed);
    if (status != LMAS_OK)
        return status;
    tool = make_tool(params, &place);
    status = tool ? start(tool, params, &place, input, n)
                  : lmi_fail(LMAS_E_NOMEM, "no memory for a tool");
    lmi_place_done(&place);
    if (status == LMAS_OK)
        *out = tool;
    else
        lmi_tool_free(tool);
    return status;
}

/* ---- Its end, in words ---------------------------------------------------------------------- */

/* ": " and the last line of its stderr that is not empty; nothing where there is none. */
static void add_last_line(lmi_buf *out, const lmi_report *report)
{
    size_t end = report->n_errors < LMI_ERRORS_KEPT ? (size_t)report->n_errors : LMI_ERRORS_KEPT;
    size_t begin;

    while (end > 0 && strchr(" \r\n\t", report->errors[end - 1]))
        end--;
    for (begin = end; begin > 0 && report->errors[begin - 1] != '\n'; begin--)
        ;
    if (begin == end)
        return;
    if (end - begin > LINE_SHOWN)
        end = begin + lmi_utf8_floor(report->errors + begin, LINE_SHOWN);
    lmi_buf_puts(out, ": ");
    lmi_utf8_append(out, report->errors + begin, end - begin);
}

static void say_limit(lmi_buf *out, const lmi_tool *tool, int ending)
{
    const lmi_tool_params *p = &tool->params;

    if (ending == LMI_TOOL_LATE)
        lmi_buf_printf(out, "took longer than its limit of %g ms", p->wall_ms);
    else if (ending == LMI_TOOL_FLOODED)
        lmi_buf_printf(out, "printed more than its limit of %llu bytes",
                       (unsigned long long)p->output_size);
    else if (ending == LMI_TOOL_TOO_BIG)
        lmi_buf_printf(out, "used more memory than its limit of %llu bytes",
                       (unsigned long long)p->memory_size);
    else if (ending == LMI_TOOL_CROWDED)
        lmi_buf_printf(out, "made more than %d files", LMI_MAX_INODES);
    else
        lmi_buf_puts(out, "was lost: the process that kept it was killed");
}

/* What it failed with, behind its name. */
static void say_ending(lmi_buf *out, const lmi_tool *tool, const lmi_report *report)
{
    if (report->ending == LMI_TOOL_NOT_STARTED) {
        lmi_buf_printf(out, "cannot be started: %s", strerror(report->number));
    } else if (report->ending == LMI_TOOL_EXITED) {
        lmi_buf_printf(out, "ended with exit status %d", report->number);
        add_last_line(out, report);
    } else if (report->ending == LMI_TOOL_SIGNALED) {
        lmi_buf_printf(out, "was killed by signal %d (%s)", report->number,
                       strsignal(report->number));
        add_last_line(out, report);
    } else {
        say_limit(out, tool, report->ending);
    }
}

/* Whether bubblewrap gave up before the tool could begin. */
static bool lacks_walls(const lmi_tool *tool, const lmi_report *report)
{
    struct stat at;

    return tool->bwrap[0] && fstat(tool->sign, &at) == 0 && at.st_size == 0 &&
           (report->ending == LMI_TOOL_EXITED || report->ending == LMI_TOOL_SIGNALED);
}

static void say_walls(lmi_buf *out, const lmi_tool *tool, const lmi_report *report)
{
    lmi_buf_printf(out, "%s does not run the tool %s here", tool->bwrap, tool->name);
    add_last_line(out, report);
    lmi_buf_puts(out, "; allow user namespaces, or run it without a sandbox");
}

/* ---- Its end -------------------------------------------------------------------------------- */

/* There is no text, and this is the reason. */
static void refuse(lmi_tool *tool, lmas_status status, lmi_buf *why)
{
    lmi_free(tool->text);
    tool->text = lmi_buf_steal(why);
    if (tool->text)
        lmi_flatten(tool->text);
    tool->status = tool->text ? status : LMAS_E_NOMEM;
}

static void refuse_text(lmi_tool *tool, const char *why)
{
    lmi_buf line;

    lmi_buf_init(&line, LMI_ERROR_MAX);
    lmi_buf_printf(&line, "the tool %s printed %s: expected UTF-8 text", tool->name, why);
    refuse(tool, LMAS_E_FORMAT, &line);
}

static void refuse_ending(lmi_tool *tool, const lmi_report *report)
{
    lmi_buf line;

    lmi_buf_init(&line, LMI_ERROR_MAX);
    if (lacks_walls(tool, report)) {
        say_walls(&line, tool, report);
    } else {
        lmi_buf_printf(&line, "the tool %s ", tool->name);
        say_ending(&line, tool, report);
    }
    refuse(tool, LMAS_E_IO, &line);
}

/* Up to `size` bytes from the beginning of a file in memory. */
static size_t read_all(char *out, size_t size, int fd)
{
    size_t len = 0;

    while (len < size) {
        const ssize_t n = pread(fd, out + len, size - len, (off_t)len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        len += (size_t)n;
    }
    return len;
}

static void take_text(lmi_tool *tool)
{
    struct stat at = {0};

    tool->status = LMAS_E_NOMEM;
    if (fstat(tool->output, &at) == 0)
        tool->text = lmi_new((size_t)at.st_size + 1, 1);
    if (!tool->text)
        return;
    tool->status = LMAS_OK;
    tool->n = read_all(tool->text, (size_t)at.st_size, tool->output);
    if (!lmi_utf8_is_valid(tool->text, tool->n))
        refuse_text(tool, "bytes that are no UTF-8");
    else if (memchr(tool->text, '\0', tool->n))
        refuse_text(tool, "a NUL byte");
}

static void take_end(lmi_tool *tool)
{
    lmi_report report = {.ending = LMI_TOOL_LOST};
    int exit_status;
    int signal_number;

    (void)lmi_spawn_wait(&signal_number, &exit_status, tool->pidfd);
    if (read_all((char *)&report, sizeof(report), tool->report) != sizeof(report))
        report = (lmi_report){.ending = LMI_TOOL_LOST};
    if (report.ending == LMI_TOOL_EXITED && report.number == 0 && !lacks_walls(tool, &report))
        take_text(tool);
    else
        refuse_ending(tool, &report);
    tool->is_done = true;
    close_fd(&tool->line);
    close_fd(&tool->output);
    close_fd(&tool->report);
    close_fd(&tool->sign);
}

static bool is_readable(int fd, int wait_ms)
{
    struct pollfd at = {.fd = fd, .events = POLLIN};

    return poll(&at, 1, wait_ms) == 1;
}

lmas_status lmi_tool_poll(lmi_tool *tool, bool *is_done)
{
    if (!tool->is_done && is_readable(tool->pidfd, 0))
        take_end(tool);
    *is_done = tool->is_done;
    return LMAS_OK;
}

lmas_status lmi_tools_wait(lmi_tool *const *tools, size_t n, double wait_ms)
{
    struct pollfd *fds = lmi_new(n, sizeof(*fds));
    size_t n_fds = 0;
    size_t i;
    int rc = 0;

    if (!fds)
        return lmi_fail(LMAS_E_NOMEM, "no memory to wait for %zu tools", n);
    for (i = 0; i < n; i++)
        if (tools[i] && !tools[i]->is_done)
            fds[n_fds++] = (struct pollfd){.fd = tools[i]->pidfd, .events = POLLIN};
    if (n_fds > 0)
        rc = poll(fds, (nfds_t)n_fds, (int)fmin(ceil(fmax(wait_ms, 0)), INT_MAX));
    lmi_free(fds);
    return rc >= 0 || errno == EINTR ? LMAS_OK : lmi_fail_errno(LMAS_E_IO, "cannot wait for tools");
}

int lmi_tool_fd(const lmi_tool *tool)
{
    return tool->pidfd;
}

lmas_status lmi_tool_output(const lmi_tool *tool, const char **text, size_t *n)
{
    if (!tool->is_done)
        return lmi_fail(LMAS_E_INVALID, "the tool %s has not ended", tool->name);
    if (tool->status == LMAS_E_NOMEM)
        return lmi_fail(LMAS_E_NOMEM, "no memory for what the tool %s printed", tool->name);
    if (tool->status != LMAS_OK)
        return lmi_fail(tool->status, "%s", tool->text);
    *text = tool->text;
    *n = tool->n;
    return LMAS_OK;
}

/* The keeper needs a moment to end the rest. One that was stopped is killed itself. */
static void end_keeper(lmi_tool *tool)
{
    int exit_status;
    int signal_number;

    close_fd(&tool->line);
    if (!is_readable(tool->pidfd, FREE_WAIT_MS))
        lmi_spawn_kill(tool->pidfd);
    (void)lmi_spawn_wait(&signal_number, &exit_status, tool->pidfd);
}

void lmi_tool_free(lmi_tool *tool)
{
    if (!tool)
        return;
    if (!tool->is_done && tool->pidfd >= 0)
        end_keeper(tool);
    close_fd(&tool->pidfd);
    close_fd(&tool->line);
    close_fd(&tool->output);
    close_fd(&tool->report);
    close_fd(&tool->sign);
    lmi_free(tool->text);
    lmi_free(tool);
}
