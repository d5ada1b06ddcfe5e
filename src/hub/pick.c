/*
 * pick.c - one model out of the files of a repository.
 *
 * The rules are llama.cpp's, so that a name means the same file in both, but for one: a
 * quantisation is looked for as a word of its own first, or F16 would find BF16.
 */
#include "hub/listing.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/file.h"

/* Digits of a part's number: NAME-00002-of-00005.gguf. */
enum { DIGITS = 5, SPLIT_LEN = 2 * DIGITS + 5, ENDING_LEN = 5 };

/* A name without its number: how long it is, which part, of how many. */
typedef struct split {
    size_t prefix_len;
    size_t index, count; /* 1 and 1 of a file that is no part */
} split;

/* The number of DIGITS digits at `text`; false when others stand there. */
static bool read_number(size_t *out, const char *text)
{
    char digits[DIGITS + 1];

    memcpy(digits, text, DIGITS);
    digits[DIGITS] = '\0';
    *out = (size_t)strtoul(digits, NULL, 10);
    return strspn(digits, "0123456789") == DIGITS;
}

static split read_split(const char *path)
{
    const size_t len = strlen(path) - ENDING_LEN;
    const char *text = path + len - SPLIT_LEN;
    split s = {.prefix_len = len, .index = 1, .count = 1};
    size_t index, count;

    if (len <= SPLIT_LEN || text[0] != '-' || strncmp(text + 1 + DIGITS, "-of-", 4) != 0)
        return s;
    if (!read_number(&index, text + 1) || !read_number(&count, text + 5 + DIGITS))
        return s;
    if (index == 0 || index > count)
        return s;
    return (split){.prefix_len = len - SPLIT_LEN, .index = index, .count = count};
}

/* Files beside a model, in the words that llama.cpp knows them by. */
static bool is_model(const char *path)
{
    static const char *const others[] = {"mmproj",  "imatrix", "mtp-",
                                         "eagle3-", "dflash-", "dspark-"};
    const char *name = lmi_path_name(path);
    size_t i;

    for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (strcasestr(name, others[i]))
            return false;
    return read_split(path).index == 1;
}

/* Whether `quant` stands in `path` with `.` or `-` behind it; as a word of its own if asked. */
static bool has_quant(const char *path, const char *quant, bool is_word)
{
    const size_t len = strlen(quant);
    const char *at = path;

    for (; (at = strcasestr(at, quant)); at++) {
        const bool is_ended = at[len] == '.' || at[len] == '-';

        if (is_ended && (!is_word || at == path || !isalnum((unsigned char)at[-1])))
            return true;
    }
    return false;
}

/* The first model with that in its name, listing->n when there is none. */
static size_t find(const lmi_listing *listing, const char *quant, bool is_word)
{
    size_t i;

    for (i = 0; i < listing->n; i++)
        if (is_model(listing->files[i].path) && has_quant(listing->files[i].path, quant, is_word))
            return i;
    return listing->n;
}

static size_t find_quant(const lmi_listing *listing, const char *quant)
{
    const size_t i = find(listing, quant, true);

    return i < listing->n ? i : find(listing, quant, false);
}

static size_t find_usual(bool *is_sure, const lmi_listing *listing)
{
    size_t i = find_quant(listing, "Q4_K_M");

    *is_sure = i < listing->n;
    if (i == listing->n)
        i = find_quant(listing, "Q8_0");
    if (i < listing->n)
        return i;
    for (i = 0; i < listing->n; i++)
        if (is_model(listing->files[i].path))
            return i;
    return listing->n;
}

/* Put the parts of the model together: the listing has them in the order of their numbers. */
static void add_parts(lmi_pick *pick, const lmi_listing *listing, size_t first)
{
    const char *path = listing->files[first].path;
    const split head = read_split(path);
    size_t i;

    for (i = 0; i < listing->n && pick->n < head.count; i++) {
        const split s = read_split(listing->files[i].path);

        if (s.count == head.count && s.prefix_len == head.prefix_len &&
            strncmp(listing->files[i].path, path, head.prefix_len) == 0)
            pick->parts[pick->n++] = i;
    }
    pick->n_missing = head.count - pick->n;
}

void lmi_pick_model(lmi_pick *out, const lmi_listing *listing, const char *quant)
{
    size_t first;

    *out = (lmi_pick){.is_sure = true};
    first = *quant ? find_quant(listing, quant) : find_usual(&out->is_sure, listing);
    if (first == listing->n)
        return;
    if (read_split(listing->files[first].path).count > LMI_PARTS_MAX) {
        out->n_missing = read_split(listing->files[first].path).count;
        return;
    }
    add_parts(out, listing, first);
}

void lmi_listing_append_names(lmi_buf *out, const lmi_listing *listing)
{
    enum { SHOWN_MAX = 12 };
    size_t n = 0;
    size_t i;

    for (i = 0; i < listing->n; i++) {
        if (!is_model(listing->files[i].path))
            continue;
        if (n < SHOWN_MAX)
            lmi_buf_printf(out, "%s%s", n ? ", " : "", listing->files[i].path);
        n++;
    }
    if (n > SHOWN_MAX)
        lmi_buf_printf(out, " and %zu more", n - SHOWN_MAX);
}
