/* search.c - what an exchange has, listed. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "cli/command.h"
#include "cli/memory/market/market.h"
#include "cli/memory/market/stall.h"
#include "cli/show/term.h"

/* Bytes of the words. */
enum { WORDS_MAX = 4096 };

static lmas_status join(lmi_buf *out, char *const *words, size_t n)
{
    size_t i;

    for (i = 0; i < n; i++) {
        lmi_buf_puts(out, i ? " " : "");
        lmi_buf_puts(out, words[i]);
    }
    if (out->status != LMAS_OK)
        return lmi_fail(LMAS_E_INVALID, "at most %d bytes of words can be looked for", WORDS_MAX);
    return LMAS_OK;
}

/* Vectors are of one model: those of another's memories say nothing. */
static lmas_status add_like(yyjson_mut_doc *doc, yyjson_mut_val *root, const char *path)
{
    lmas_memory_file *file = NULL;
    lmas_status status;

    if (!path)
        return LMAS_OK;
    status = lmas_memory_file_open(&file, path, NULL);
    if (status == LMAS_OK && lmas_memory_file_describe(file)->n_thoughts == 0)
        status = lmi_fail(LMAS_E_INVALID, "%s holds no thoughts to be like", path);
    if (status == LMAS_OK)
        status = lmi_stall_add_mean(doc, root, "nearest", file);
    if (status == LMAS_OK)
        yyjson_mut_obj_add_strcpy(doc, root, "fingerprint",
                                  lmas_memory_file_describe(file)->fingerprint);
    lmas_memory_file_free(file);
    return status;
}

static void add_filters(yyjson_mut_doc *doc, yyjson_mut_val *root, const lmi_market_flags *flags,
                        const char *words)
{
    yyjson_mut_val *tags = yyjson_mut_obj_add_arr(doc, root, "tags");
    size_t i;

    for (i = 0; i < flags->tags.n; i++)
        yyjson_mut_arr_add_str(doc, tags, flags->tags.at[i]);
    yyjson_mut_obj_add_str(doc, root, "words", words);
    yyjson_mut_obj_add_bool(doc, root, "own", flags->is_own);
    yyjson_mut_obj_add_int(doc, root, "limit", flags->limit);
}

static lmas_status ask(lmi_json *out, lmi_stall *stall, const lmi_market_flags *flags,
                       const char *words)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    lmas_status status = lmi_json_new(&doc, &root, "a search");

    if (status != LMAS_OK)
        return status;
    add_filters(doc, root, flags, words);
    status = add_like(doc, root, flags->like);
    if (status == LMAS_OK)
        status = lmi_stall_go(stall, "/search");
    if (status == LMAS_OK)
        return lmi_stall_post(out, stall, doc);
    yyjson_mut_doc_free(doc);
    return status;
}

/* ---- What was found ---- */

static void put(yyjson_val *record, const char *key)
{
    const char *text = yyjson_get_str(yyjson_obj_get(record, key));

    lmi_put_clean(text ? text : "?", text ? strlen(text) : 1);
}

static void print_tags(yyjson_val *record)
{
    yyjson_arr_iter iter = yyjson_arr_iter_with(yyjson_obj_get(record, "tags"));
    yyjson_val *tag;

    while ((tag = yyjson_arr_iter_next(&iter))) {
        printf(" #");
        lmi_put_clean(yyjson_get_str(tag) ? yyjson_get_str(tag) : "?",
                      yyjson_get_str(tag) ? yyjson_get_len(tag) : 1);
    }
}

static void print_record(yyjson_val *record, bool is_near)
{
    char size[32];

    lmi_size_text(size, (double)yyjson_get_uint(yyjson_obj_get(record, "size")));
    put(record, "id");
    printf("  ");
    if (is_near)
        printf("%.3f  ", yyjson_get_num(yyjson_obj_get(record, "nearness")));
    put(record, "name");
    printf("  (");
    put(record, "arch");
    printf(", %llu positions, %s%s)",
           (unsigned long long)yyjson_get_uint(yyjson_obj_get(record, "n_pos")), size,
           yyjson_get_bool(yyjson_obj_get(record, "own")) ? ", yours" : "");
    print_tags(record);
    putchar('\n');
}

static void print_all(const lmi_json *found, bool is_near)
{
    yyjson_val *data = yyjson_obj_get(lmi_json_root(found), "data"), *record;
    const uint64_t total = yyjson_get_uint(yyjson_obj_get(lmi_json_root(found), "total"));
    yyjson_arr_iter iter = yyjson_arr_iter_with(data);

    while ((record = yyjson_arr_iter_next(&iter)))
        print_record(record, is_near);
    if (yyjson_arr_size(data) < total)
        printf("%zu of %llu (--limit N for more)\n", yyjson_arr_size(data),
               (unsigned long long)total);
    if (total == 0)
        puts("nothing is found");
}

static lmas_status print_json(const lmi_json *found)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    const lmas_status status = lmi_json_copy(&doc, &root, lmi_json_root(found), "memories");

    return status == LMAS_OK ? lmi_print_json(doc, "memories") : status;
}

lmas_status lmi_market_search(char *const *words, size_t n, const lmi_market_flags *flags,
                              bool is_json)
{
    lmi_stall stall;
    lmi_json found;
    lmi_buf text;
    lmas_status status = lmi_stall_open(&stall, flags->at, flags->key_file);

    lmi_buf_init(&text, WORDS_MAX);
    if (status == LMAS_OK)
        status = join(&text, words, n);
    if (status == LMAS_OK)
        status = ask(&found, &stall, flags, lmi_buf_text(&text));
    if (status == LMAS_OK) {
        if (is_json)
            status = print_json(&found);
        else
            print_all(&found, flags->like != NULL);
        lmi_json_done(&found);
    }
    lmi_buf_done(&text);
    lmi_stall_close(&stall);
    return status;
}
