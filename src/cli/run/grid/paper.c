/*
 * paper.c - arXiv 2511.20639 v3, its section on experiments: temperature 0.6 and top-p 0.95
 * throughout, and a longest output for each group of tasks. How many thoughts it took where is not
 * told, other than that it was chosen among 0, 10, 20, 40 and 80 for each; so that stays open.
 */
#include "cli/run/grid/paper.h"

#include <string.h>

static const struct {
    const char *task, *max_new_tokens;
} lengths[] = {
    {"arc_easy", "2048"}, {"arc_challenge", "2048"}, {"gsm8k", "2048"},
    {"medqa", "4096"},    {"mbppplus", "4096"},      {"humanevalplus", "4096"},
    {"gpqa", "8192"},     {"aime2024", "20000"},     {"aime2025", "20000"},
};

const char *lmi_paper_task_at(size_t i)
{
    return i < sizeof(lengths) / sizeof(lengths[0]) ? lengths[i].task : NULL;
}

bool lmi_paper_setting_at(lmi_paper_setting *out, const char *task, size_t i)
{
    size_t at;

    for (at = 0; at < sizeof(lengths) / sizeof(lengths[0]); at++)
        if (strcmp(lengths[at].task, task) == 0) {
            const lmi_paper_setting settings[] = {{"--max_new_tokens", lengths[at].max_new_tokens},
                                                  {"--temp", "0.6"},
                                                  {"--top-p", "0.95"}};

            if (i >= sizeof(settings) / sizeof(settings[0]))
                return false;
            *out = settings[i];
            return true;
        }
    return false;
}
