/* merge.c - entries of a file to words of a command line. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cli/config/flagfile.h"
#include "cli/flags.h"
#include "cli/words.h"

/* Longest text of all words that a file makes, in bytes: each value once, and the flags. */
#define WORDS_TEXT_MAX (LMI_FLAGFILE_SIZE_MAX * 2)

/* Longest value that is a list with commas between. */
enum { FLAG_SIZE = 256 };

const lmi_opt lmi_config_opts[] = {
    {"--config", LMI_OPT_FILE, offsetof(lmi_general_flags, config), "FILE",
     .help = "flags from a file, TOML or JSON: max_samples = 20, task = [\"gsm8k\", \"arc_easy\"], "
             "allow-code = true. Keys are the flags' long names; a flag that is typed goes before "
             "the file's"},
    {0},
};

/* Words under way; their text moves while it grows, so places are noted first. */
typedef struct words {
    lmi_buf text;
    size_t n;
} words;

static void add_word(words *out, const char *text)
{
    lmi_buf_append(&out->text, text, strlen(text) + 1);
    out->n++;
}

static bool has_place_for(const lmi_flagfile_entry *entry, const lmi_opt *opt,
                          const lmi_opt_group *groups)
{
    if (entry->kind == LMI_FLAGFILE_FALSE || entry->kind == LMI_FLAGFILE_TRUE)
        return !lmi_opt_needs_value(opt);
    if (entry->kind == LMI_FLAGFILE_TEXT)
        return lmi_opt_takes_value(opt);
    return opt->kind == LMI_OPT_WORDS || opt->kind == LMI_OPT_LIST ||
           lmi_opt_takes_list(opt, groups) || strcmp(opt->value, "LIST") == 0;
}

static lmas_status refuse_kind(const lmi_flagfile *file, const lmi_flagfile_entry *entry,
                               const lmi_opt *opt)
{
    static const char *const found[] = {"a text or a number", "true", "false", "an array"};
    const char *expected = !lmi_opt_takes_value(opt)  ? "true or false"
                           : lmi_opt_needs_value(opt) ? "a text or a number"
                                                      : "true, false, a text or a number";

    return lmi_fail(LMAS_E_INVALID, "%s:%zu: %s: expected %s, found %s", file->path, entry->line,
                    entry->key, expected, found[entry->kind]);
}

/* --key=a,b */
static lmas_status add_joined(words *out, const lmi_flagfile *file, const lmi_flagfile_entry *entry,
                              const char *flag)
{
    size_t i;

    lmi_buf_printf(&out->text, "%s=", flag);
    for (i = 0; i < entry->n; i++) {
        if (entry->n > 1 && strchr(entry->values[i], ','))
            return lmi_fail(LMAS_E_INVALID,
                            "%s:%zu: %s: expected values without a comma, found \"%.80s\"",
                            file->path, entry->line, entry->key, entry->values[i]);
        lmi_buf_printf(&out->text, "%s%s", i ? "," : "", entry->values[i]);
    }
    lmi_buf_append(&out->text, "", 1);
    out->n++;
    return LMAS_OK;
}

/* The words that say what the entry does: none for what is not switched on. */
static lmas_status add_entry(words *out, const lmi_flagfile *file, const lmi_flagfile_entry *entry,
                             const lmi_opt *opt, const char *flag)
{
    size_t i;

    if (entry->kind == LMI_FLAGFILE_FALSE)
        return LMAS_OK;
    if (entry->kind != LMI_FLAGFILE_TRUE && opt->kind != LMI_OPT_WORDS)
        return add_joined(out, file, entry, flag);
    add_word(out, flag);
    for (i = 0; i < entry->n; i++)
        add_word(out, entry->values[i]);
    return LMAS_OK;
}

/* A list of pointers to the words, behind `n_before` places; NULL without memory. */
static char **list_words(const words *w, size_t n_before, size_t n_behind)
{
    char **list = lmi_new(n_before + w->n + n_behind + 1, sizeof(*list));
    char *at = w->text.data;
    size_t i;

    for (i = 0; list && i < w->n; i++, at += strlen(at) + 1)
        list[n_before + i] = at;
    return list;
}

/* Whether the parser takes these words; its message, with the place in the file before it. */
static lmas_status try_words(const words *w, const lmi_flagfile *file,
                             const lmi_flagfile_entry *entry, void *settings,
                             const lmi_opt_group *groups, char *command)
{
    lmi_args args = {0};
    char message[LMI_ERROR_MAX];
    char **argv = list_words(w, 1, 0);
    lmas_status status;

    if (!argv)
        return lmi_fail(LMAS_E_NOMEM, "no memory for %zu words", w->n);
    argv[0] = command;
    status = lmi_options_parse(&args, settings, groups, (int)w->n + 1, argv);
    lmi_free(args.words);
    lmi_free(argv);
    if (status == LMAS_OK)
        return status;
    snprintf(message, sizeof(message), "%s", lmas_last_error());
    return lmi_fail(status, "%s:%zu: %s", file->path, entry->line, message);
}

/* The entry's flag: -n by its long name, which is what a key may be. */
static const lmi_opt *find_flag(char flag[FLAG_SIZE], const lmi_opt_group *groups, const char *key)
{
    const lmi_opt *opt;
    const char *rest, *name;
    size_t len;

    snprintf(flag, FLAG_SIZE, "-%.200s", key);
    opt = lmi_opt_find(groups, flag);
    for (rest = opt ? opt->names : ""; lmi_word_next(&name, &len, &rest, ' ');)
        if (len > 2 && len < FLAG_SIZE && name[1] == '-') {
            snprintf(flag, FLAG_SIZE, "%.*s", (int)len, name);
            return opt;
        }
    snprintf(flag, FLAG_SIZE, "--%.200s", key);
    return lmi_opt_find(groups, flag);
}

static lmas_status take_entry(words *out, const lmi_flagfile *file, const lmi_flagfile_entry *entry,
                              void *settings, const lmi_opt_group *groups, char *command)
{
    char flag[FLAG_SIZE];
    const lmi_opt *opt = find_flag(flag, groups, entry->key);
    words alone = {0};
    lmas_status status;

    lmi_buf_init(&alone.text, WORDS_TEXT_MAX);
    if (!opt)
        add_word(&alone, flag); /* the parser says what may be meant */
    else if (opt == lmi_config_opts)
        return lmi_fail(LMAS_E_INVALID, "%s:%zu: a file of flags names no other one", file->path,
                        entry->line);
    else if (!has_place_for(entry, opt, groups))
        return refuse_kind(file, entry, opt);
    status = opt ? add_entry(&alone, file, entry, opt, flag) : LMAS_OK;
    if (status == LMAS_OK)
        status = lmi_buf_status(&alone.text);
    if (status == LMAS_OK)
        status = try_words(&alone, file, entry, settings, groups, command);
    lmi_buf_append(&out->text, lmi_buf_text(&alone.text), alone.text.len);
    out->n += alone.n;
    lmi_buf_done(&alone.text);
    return status;
}

/* The file's words, then the typed flags, then what is no flag: an array of words in the file would
 * take it for its own. */
static lmas_status lay_out(lmi_merged *out, const words *w, const lmi_opt_group *groups, int argc,
                           char **argv)
{
    static char end[] = "--";
    lmi_walk walk = {.groups = groups, .argc = argc, .argv = argv, .at = 1};
    char **list = list_words(w, 1, (size_t)argc + 1);
    size_t n = 1 + w->n;
    lmi_part part;
    int i, pass;

    if (!list)
        return lmi_fail(LMAS_E_NOMEM, "no memory for %zu words", w->n);
    list[0] = argv[0];
    for (pass = 0; pass < 2; pass++) {
        bool is_first = true;

        for (walk.at = 1, walk.have_flags_ended = false; lmi_options_next(&part, &walk);) {
            if ((part.opt == NULL) != (pass == 1) || part.opt == lmi_config_opts)
                continue;
            if (pass == 1 && is_first && strcmp(argv[part.at], end) != 0)
                list[n++] = end;
            is_first = false;
            for (i = 0; i < part.n; i++)
                list[n++] = argv[part.at + i];
        }
    }
    out->argv = out->words = list;
    out->argc = (int)n;
    return LMAS_OK;
}

lmas_status lmi_flagfile_merge(lmi_merged *out, void *settings, const lmi_opt_group *groups,
                               int argc, char **argv)
{
    const char *path = lmi_options_given(groups, argc, argv, "--config");
    lmi_flagfile file;
    words w = {0};
    lmas_status status;
    size_t i;

    *out = (lmi_merged){.argc = argc, .argv = argv};
    if (!path || !*path)
        return LMAS_OK;
    status = lmi_flagfile_read(&file, path);
    if (status != LMAS_OK)
        return status;
    lmi_buf_init(&w.text, WORDS_TEXT_MAX);
    for (i = 0; status == LMAS_OK && i < file.n; i++)
        status = take_entry(&w, &file, &file.entries[i], settings, groups, argv[0]);
    if (status == LMAS_OK)
        status = lmi_buf_status(&w.text);
    if (status == LMAS_OK)
        status = lay_out(out, &w, groups, argc, argv);
    out->text = w.text;
    lmi_flagfile_done(&file);
    return status;
}

void lmi_merged_done(lmi_merged *merged)
{
    lmi_free(merged->words);
    lmi_buf_done(&merged->text);
    *merged = (lmi_merged){0};
}
