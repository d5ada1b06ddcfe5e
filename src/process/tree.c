/* tree.c - small files of /proc, read with what may vanish in mind: every error means "gone". */
#include "process/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "process/limits.h"

enum {
    PROC_PATH_MAX = 64,
    PROC_TEXT_MAX = 16 * 1024, /* of an environment, or a list of children */
    TREE_MAX = 4 * LMI_MAX_PROCESSES,
};

/* The text of a file, cut at the size of `out`; its length. */
static size_t read_small(char *out, size_t size, const char *path)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t len = 0;

    out[0] = '\0';
    if (fd < 0)
        return 0;
    while (len + 1 < size) {
        const ssize_t n = read(fd, out + len, size - 1 - len);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        len += (size_t)n;
    }
    close(fd);
    out[len] = '\0';
    return len;
}

/* Call `fn` for each entry of a folder that is a number. */
static void each_number(const char *path, void (*fn)(void *user, pid_t number), void *user)
{
    DIR *folder = opendir(path);
    const struct dirent *entry;

    if (!folder)
        return;
    while ((entry = readdir(folder))) {
        char *end;
        const long number = strtol(entry->d_name, &end, 10);

        if (*end == '\0' && number > 0)
            fn(user, (pid_t)number);
    }
    closedir(folder);
}

/* Processes found so far; those from `n_seen` on have not been asked for children yet. */
typedef struct tree {
    pid_t pids[TREE_MAX];
    size_t n, n_seen;
    pid_t asked;
    char text[PROC_TEXT_MAX];
} tree;

/* Children belong to the thread that started them. */
static void add_children(void *user, pid_t thread)
{
    tree *t = user;
    char path[PROC_PATH_MAX];
    char *next = t->text;

    snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)t->asked, (int)thread);
    read_small(t->text, sizeof(t->text), path);
    while (t->n < TREE_MAX) {
        char *end;
        const long pid = strtol(next, &end, 10);

        if (end == next)
            return;
        t->pids[t->n++] = (pid_t)pid;
        next = end;
    }
}

static void add_all_children(tree *t, pid_t pid)
{
    char path[PROC_PATH_MAX];

    t->asked = pid;
    snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
    each_number(path, add_children, t);
}

pid_t lmi_tree_child(pid_t pid)
{
    tree *t = lmi_new(1, sizeof(*t));
    pid_t child;

    if (!t)
        return 0;
    add_all_children(t, pid);
    child = t->n > 0 ? t->pids[0] : 0;
    lmi_free(t);
    return child;
}

static uint64_t memory_of(pid_t pid)
{
    char path[PROC_PATH_MAX];
    char text[256];
    char *resident;

    snprintf(path, sizeof(path), "/proc/%d/statm", (int)pid);
    read_small(text, sizeof(text), path);
    resident = strchr(text, ' ');
    return resident ? strtoull(resident, NULL, 10) * (uint64_t)sysconf(_SC_PAGESIZE) : 0;
}

uint64_t lmi_tree_memory(pid_t pid)
{
    tree *t = lmi_new(1, sizeof(*t));
    uint64_t size = 0;

    if (!t)
        return 0;
    t->pids[t->n++] = pid;
    while (t->n_seen < t->n) {
        const pid_t next = t->pids[t->n_seen++];

        size += memory_of(next);
        add_all_children(t, next);
    }
    lmi_free(t);
    return size;
}

void lmi_tree_kill(pid_t pid)
{
    tree *t = lmi_new(1, sizeof(*t));

    if (!t)
        return;
    add_all_children(t, pid);
    while (t->n_seen < t->n) {
        const pid_t next = t->pids[t->n_seen++];

        add_all_children(t, next);
        kill(next, SIGKILL);
    }
    lmi_free(t);
}

typedef struct search {
    const char *mark;
    uid_t uid;
    size_t n;
    char text[PROC_TEXT_MAX];
} search;

/* Whether a variable of `pid` is the mark, or, with `is_begin`, begins with it. */
static bool is_marked(search *s, pid_t pid, bool is_begin)
{
    const size_t mark_len = strlen(s->mark);
    char path[PROC_PATH_MAX];
    size_t at = 0;
    size_t len;

    snprintf(path, sizeof(path), "/proc/%d/environ", (int)pid);
    len = read_small(s->text, sizeof(s->text), path);
    while (at < len) {
        const char *variable = s->text + at;

        if (is_begin ? strncmp(variable, s->mark, mark_len) == 0 : strcmp(variable, s->mark) == 0)
            return true;
        at += strlen(variable) + 1;
    }
    return false;
}

static void count_marked(void *user, pid_t pid)
{
    search *s = user;

    s->n += is_marked(s, pid, true) ? 1 : 0;
}

static void kill_marked(void *user, pid_t pid)
{
    search *s = user;

    if (pid != getpid() && is_marked(s, pid, false) && kill(pid, SIGKILL) == 0)
        s->n++;
}

static void count_threads(void *user, pid_t pid)
{
    search *s = user;
    char path[PROC_PATH_MAX];
    struct stat at;

    snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
    if (stat(path, &at) == 0 && at.st_uid == s->uid && at.st_nlink > 2)
        s->n += (size_t)at.st_nlink - 2; /* a folder per thread */
}

static size_t search_all(void (*fn)(void *user, pid_t pid), const char *mark, uid_t uid)
{
    search *s = lmi_new(1, sizeof(*s));
    size_t n;

    if (!s)
        return 0;
    s->mark = mark;
    s->uid = uid;
    each_number("/proc", fn, s);
    n = s->n;
    lmi_free(s);
    return n;
}

size_t lmi_tree_n_marked(const char *mark)
{
    return search_all(count_marked, mark, 0);
}

size_t lmi_tree_kill_marked(const char *mark)
{
    return search_all(kill_marked, mark, 0);
}

size_t lmi_tree_n_threads(uid_t uid)
{
    return search_all(count_threads, NULL, uid);
}
