/*
 * load.c - others on the machine, from what the system counts of each core.
 *
 * Threads that compute together wait for the slowest at every step, so one more than there are
 * free cores costs more than it brings. /proc/stat has each core's work in ticks of 10 ms: unlike
 * the load average it knows the cores of our affinity mask from the others, and nothing of a
 * minute ago. What a hypervisor took away counts as work of others.
 */
#include "engine/load.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

enum { LINE_MAX_LEN = 512 };

/* Ticks tell little of less time than this, and nothing of now over more than that. */
static const double LOOK_MS = 50;
static const double STALE_MS = 5000;

/* A core that others keep busy for this much of the time is theirs. */
static const double TAKEN = 0.75;

/* "cpu3 USER NICE SYSTEM IDLE IOWAIT IRQ SOFTIRQ STEAL ...": all but the two of waiting. */
static bool parse_line(int *core, double *ticks, const char *line)
{
    enum { IDLE = 3, IOWAIT = 4, N_FIELDS = 8 };
    char *at;
    int i;

    if (strncmp(line, "cpu", 3) != 0 || line[3] < '0' || line[3] > '9')
        return false;
    *core = (int)strtol(line + 3, &at, 10);
    *ticks = 0;
    for (i = 0; i < N_FIELDS; i++) {
        const char *begin = at;
        const double n = (double)strtoull(begin, &at, 10);

        if (at == begin)
            return false;
        if (i != IDLE && i != IOWAIT)
            *ticks += n;
    }
    return *core >= 0 && *core < CPU_SETSIZE;
}

/* The lines of the cores come first; those behind them may be long. */
void lmi_load_read(lmi_load *load, FILE *file, const cpu_set_t *mine)
{
    const double ms_a_tick = 1000.0 / (double)sysconf(_SC_CLK_TCK);
    char line[LINE_MAX_LEN];
    int n_seen = 0;

    load->busy_ms = 0;
    load->n_cores = CPU_COUNT(mine);
    while (fgets(line, sizeof(line), file) && strncmp(line, "cpu", 3) == 0) {
        double ticks;
        int core;

        if (!parse_line(&core, &ticks, line) || !CPU_ISSET((size_t)core, mine))
            continue;
        load->busy_ms += ticks * ms_a_tick;
        n_seen++;
    }
    load->is_known = n_seen > 0 && n_seen == load->n_cores;
}

void lmi_load_look(lmi_load *out)
{
    FILE *file = fopen("/proc/stat", "re");
    struct timespec ours;
    cpu_set_t mine;

    *out = (lmi_load){.at_ms = lmi_now_ms()};
    if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ours) == 0)
        out->ours_ms = (double)ours.tv_sec * 1e3 + (double)ours.tv_nsec / 1e6;
    if (!file)
        return;
    if (sched_getaffinity(0, sizeof(mine), &mine) == 0)
        lmi_load_read(out, file, &mine);
    fclose(file);
}

int lmi_load_n_free(const lmi_load *from, const lmi_load *to, int n_wanted)
{
    const double span = to->at_ms - from->at_ms;
    const double others = (to->busy_ms - from->busy_ms) - (to->ours_ms - from->ours_ms);
    double n_free;

    if (!from->is_known || !to->is_known || from->n_cores != to->n_cores || span <= 0)
        return n_wanted;
    n_free = to->n_cores - floor(others / span + (1 - TAKEN));
    if (n_free >= n_wanted)
        return n_wanted;
    return n_free > 1 ? (int)n_free : 1;
}

static void wait_ms(double ms)
{
    const struct timespec t = {.tv_nsec = (long)(ms * 1e6)};

    if (ms > 0)
        nanosleep(&t, NULL);
}

/* Whoever was busy while we loaded a model may be done, or have helped to load it: a second look,
 * at rest, decides. */
int lmi_load_choose(const lmi_load *since, int n_wanted)
{
    lmi_load from = *since;
    lmi_load to;

    if (n_wanted <= 1)
        return n_wanted;
    if (lmi_now_ms() - from.at_ms > STALE_MS)
        lmi_load_look(&from);
    wait_ms(LOOK_MS - (lmi_now_ms() - from.at_ms));
    lmi_load_look(&to);
    if (lmi_load_n_free(&from, &to, n_wanted) == n_wanted)
        return n_wanted;
    from = to;
    wait_ms(LOOK_MS);
    lmi_load_look(&to);
    return lmi_load_n_free(&from, &to, n_wanted);
}
