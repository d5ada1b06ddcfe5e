/* slot.c - what a program is given, and what is left of it. */
#include "sandbox/slot.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "process/memfile.h"
#include "process/spawn.h"
#include "process/tree.h"
#include "process/walls/inodes.h"
#include "sandbox/folder.h"

enum {
    OUTPUT_KEPT = 4096,
    KILL_ROUNDS = 50, /* a process may start another while it is looked for */
};

/* What the child gets, by its numbers there; but for its output nothing of it stays open here. */
typedef struct gifts {
    int fds[LMI_SPAWN_FDS_MAX];
    int n;
} gifts;

static void close_gifts(gifts *g)
{
    int i;

    /* The output is read later: it stays open, as the slot's. */
    for (i = 0; i < LMI_SPAWN_FDS_MAX; i++)
        if (g->fds[i] >= 0 && i != LMI_FD_OUTPUT && i != LMI_FD_ERRORS)
            close(g->fds[i]);
}

static void close_own(lmi_slot *slot)
{
    if (slot->verdict >= 0)
        close(slot->verdict);
    if (slot->output >= 0)
        close(slot->output);
    slot->verdict = slot->output = -1;
}

/* A pipe with the other half of the token in it. */
static lmas_status put_token(gifts *g, const lmi_token *token)
{
    int ends[2];
    ssize_t n;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot make a pipe");
    n = write(ends[1], token->bytes + LMI_TOKEN_HALF, LMI_TOKEN_HALF);
    close(ends[1]);
    g->fds[LMI_FD_TOKEN] = ends[0];
    return n == LMI_TOKEN_HALF ? LMAS_OK : lmi_fail_errno(LMAS_E_IO, "cannot write to a pipe");
}

static lmas_status put_verdict(gifts *g, lmi_slot *slot)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) != 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot make a pipe");
    slot->verdict = ends[0];
    g->fds[LMI_FD_VERDICT] = ends[1];
    /* Only our end: the driver is to wait where the pipe is full, which no honest one fills. */
    if (fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot set up a pipe");
    return LMAS_OK;
}

static lmas_status put_all(gifts *g, lmi_slot *slot, const lmi_walls *walls, const lmi_buf *text)
{
    lmas_status status = lmi_token_new(&slot->token);

    if (status == LMAS_OK)
        status = lmi_memfile(&g->fds[LMI_FD_PAYLOAD], "program", slot->token.bytes, LMI_TOKEN_HALF,
                             lmi_buf_text(text), text->len);
    if (status == LMAS_OK)
        status = lmi_memfile(&slot->output, "output", NULL, 0, NULL, 0);
    if (status == LMAS_OK)
        status = put_verdict(g, slot);
    if (status == LMAS_OK)
        status = put_token(g, &slot->token);
    g->fds[LMI_FD_OUTPUT] = g->fds[LMI_FD_ERRORS] = slot->output;
    g->n = LMI_FD_HOSTS;
    return status == LMAS_OK && walls->bwrap ? lmi_walls_fds(g->fds, &g->n, walls, slot->uid)
                                             : status;
}

static lmas_status start(lmi_slot *slot, const lmi_sandbox_params *params, const lmi_walls *walls,
                         const gifts *g)
{
    lmi_env env;
    lmi_spawn spawn = {
        .argv = walls->argv,
        .envp = env.envp,
        .folder = slot->folder,
        .n_fds = g->n,
        .uid = slot->uid,
        .wall_ms = params->wall_ms,
        .memory_size = params->memory_size,
        .file_size = LMI_FILE_SIZE_MAX,
        .n_files = LMI_MAX_FILES,
        .cpu_ms = params->wall_ms,
        .is_free = walls->bwrap != NULL,
    };

    lmi_env_init(&env, slot->folder ? slot->folder : "/tmp", slot->mark);
    lmi_env_add(&env, "PYTHONHASHSEED=0"); /* sets in the same order each time */
    lmi_env_add(&env, "PYTHON_DISABLE_REMOTE_DEBUG=1");
    memcpy(spawn.fds, g->fds, sizeof(spawn.fds));
    return lmi_spawn_start(&slot->pid, &slot->pidfd, &spawn);
}

lmas_status lmi_slot_start(lmi_slot *slot, const lmi_sandbox_params *params, const lmi_walls *walls,
                           uint64_t id, const lmi_buf *text)
{
    static atomic_uint n_started;
    gifts g = {.fds = {-1, -1, -1, -1, -1, -1, -1, -1}};
    lmas_status status = LMAS_OK;

    *slot = (lmi_slot){.id = id, .uid = slot->uid, .pidfd = -1, .verdict = -1, .output = -1};
    snprintf(slot->mark, sizeof(slot->mark), "%d-%u", (int)getpid(),
             atomic_fetch_add(&n_started, 1U));
    if (!walls->bwrap)
        status = lmi_folder_new(&slot->folder, slot->uid);
    if (status == LMAS_OK)
        status = put_all(&g, slot, walls, text);
    slot->started_ms = lmi_now_ms();
    if (status == LMAS_OK)
        status = start(slot, params, walls, &g);
    close_gifts(&g);
    if (status == LMAS_OK) {
        slot->is_running = true;
        slot->wall_ms = params->wall_ms;
        slot->deadline_ms = slot->started_ms + slot->wall_ms;
        slot->look_ms = slot->started_ms + LMI_WATCH_MS;
        return LMAS_OK;
    }
    close_own(slot);
    lmi_folder_remove(slot->folder);
    slot->folder = NULL;
    return status;
}

void lmi_slot_look(lmi_slot *slot, const lmi_sandbox_params *params, double now_ms)
{
    if (now_ms >= slot->deadline_ms) {
        slot->is_late = true;
        lmi_spawn_kill(slot->pidfd);
        slot->deadline_ms = now_ms + LMI_WATCH_MS; /* to kill again, were it needed */
    } else if (now_ms >= slot->look_ms) {
        slot->look_ms = now_ms + LMI_WATCH_MS;
        slot->is_too_big = lmi_tree_memory(slot->pid) > params->memory_size;
        slot->is_crowded = !slot->folder && lmi_inodes_used(slot->pid) > LMI_MAX_INODES;
        if (slot->is_too_big || slot->is_crowded)
            lmi_spawn_kill(slot->pidfd);
    }
}

/* All that waits in the pipe, up to what can be meant. */
static size_t read_said(char *out, size_t size, int fd)
{
    size_t len = 0;

    while (len < size) {
        const ssize_t n = read(fd, out + len, size - len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        len += (size_t)n;
    }
    return len;
}

/* The last line of the output that is not empty, within its last few kilobytes. */
static const char *read_output(size_t *len, char out[OUTPUT_KEPT], int fd)
{
    struct stat at;
    ssize_t n = 0;
    size_t start;

    if (fstat(fd, &at) == 0)
        n = pread(fd, out, OUTPUT_KEPT, at.st_size > OUTPUT_KEPT ? at.st_size - OUTPUT_KEPT : 0);
    *len = n > 0 ? (size_t)n : 0;
    while (*len > 0 && out[*len - 1] == '\n')
        --*len;
    for (start = *len; start > 0 && out[start - 1] != '\n'; start--)
        ;
    *len -= start;
    return out + start;
}

/* Without walls there may be processes left. They have its mark, as long as none of them executes
 * a program with an environment of its own: such a one is not found, and goes on. With walls one
 * is left when bubblewrap was killed while it built them: what was to become the program is bound
 * to it last. */
static void kill_rest(const lmi_slot *slot)
{
    char mark[sizeof(LMI_MARK_NAME) + LMI_ENV_TEXT_MAX];
    int round;

    snprintf(mark, sizeof(mark), LMI_MARK_NAME "%s", slot->mark);
    for (round = 0; round < KILL_ROUNDS && lmi_tree_kill_marked(mark) > 0; round++)
        usleep(1000);
}

void lmi_slot_finish(lmi_finding *out, lmi_slot *slot)
{
    char said[LMI_VERDICT_MAX];
    char output[OUTPUT_KEPT];
    lmi_end end = {.said = said, .wall_ms = slot->wall_ms};
    bool is_known;

    if (slot->folder)
        (void)kill(-slot->pid, SIGKILL); /* its group; the number is taken until we have waited */
    is_known = lmi_spawn_wait(&end.signal_number, &end.exit_status, slot->pidfd) == LMAS_OK;
    if (slot->folder || end.signal_number || !is_known)
        kill_rest(slot);
    end.n_said = read_said(said, sizeof(said), slot->verdict);
    end.output = read_output(&end.n_output, output, slot->output);
    end.is_too_big = slot->is_too_big;
    end.is_crowded = slot->is_crowded;
    end.is_late = slot->is_late || (end.signal_number == SIGALRM &&
                                    lmi_now_ms() - slot->started_ms >= slot->wall_ms);
    lmi_find_ending(out, &end, &slot->token);
    if (!is_known && out->ending != LMI_ENDING_PASSED)
        *out = (lmi_finding){.ending = LMI_ENDING_BROKEN, .detail = "its end was not reported"};
    close(slot->pidfd);
    close_own(slot);
    lmi_folder_remove(slot->folder);
    *slot = (lmi_slot){.uid = slot->uid, .pidfd = -1, .verdict = -1, .output = -1};
}
