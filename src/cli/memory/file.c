/* file.c - what a memory file says of itself. */
#include "cli/memory/file.h"

#include <stdio.h>
#include <string.h>

#include "cli/command.h"
#include "cli/show/term.h"

static const char *const kinds[] = {"prompt", "thought", "text"};

static void put(const char *text)
{
    lmi_put_clean(text, strlen(text));
}

static void print_seal(const lmas_memory_file_info *info)
{
    if (!info->is_sealed)
        puts("none");
    else if (info->signed_by)
        printf("signed by %s%s\n", info->signed_by,
               info->is_seal_checked ? ", the key given" : " (--signed_by FILE to check it)");
    else
        puts(info->is_seal_checked ? "this key's" : "a key's (--key FILE to check it)");
}

static void print_segments(const lmas_memory_file_info *info)
{
    const char *name = "segments";
    size_t i;

    for (i = 0; i < info->n_segments; i++) {
        const lmas_segment *s = &info->segments[i];

        printf("%-15s %-8s %6u to %-6u ", name, kinds[s->kind], s->pos, s->pos + s->n - 1);
        put(s->agent);
        putchar('\n');
        name = "";
    }
}

static void print_origin(const lmas_memory_file_info *info)
{
    printf("%-15s ", "model");
    put(info->arch);
    printf(", %d layers, %d wide, %d tokens\n", info->n_layer, info->n_embd, info->n_vocab);
    printf("%-15s %s\n", "fingerprint", info->fingerprint);
    printf("%-15s latentmas ", "saved by");
    put(info->version);
    printf(", libllama ");
    put(info->engine);
    printf("\n%-15s K ", "cache");
    put(info->cache_type_k);
    printf(", V ");
    put(info->cache_type_v);
    printf(", flash attention ");
    put(info->flash_attn);
    putchar('\n');
}

static void print_text(const char *path, const lmas_memory_file_info *info)
{
    char size[32], state_size[32];

    lmi_size_text(size, (double)info->size);
    lmi_size_text(state_size, (double)info->state_size);
    printf("%s\n", path);
    printf("%-15s %u positions: %llu tokens, %llu thoughts\n", "memory", info->n_pos,
           (unsigned long long)info->n_tokens, (unsigned long long)info->n_thoughts);
    print_origin(info);
    printf("%-15s %s; the cells unpacked %s\n", "size", size, state_size);
    printf("%-15s ", "seal");
    print_seal(info);
    if (!info->can_rebuild)
        printf("%-15s no: blocks were joined or dropped, or came out of an AVP frame\n", "rebuilt");
    print_segments(info);
}

static void add_segments(yyjson_mut_doc *doc, yyjson_mut_val *root,
                         const lmas_memory_file_info *info)
{
    yyjson_mut_val *segments = yyjson_mut_obj_add_arr(doc, root, "segments");
    size_t i;

    for (i = 0; i < info->n_segments; i++) {
        yyjson_mut_val *segment = yyjson_mut_arr_add_obj(doc, segments);

        yyjson_mut_obj_add_str(doc, segment, "agent", info->segments[i].agent);
        yyjson_mut_obj_add_str(doc, segment, "kind", kinds[info->segments[i].kind]);
        yyjson_mut_obj_add_uint(doc, segment, "pos", info->segments[i].pos);
        yyjson_mut_obj_add_uint(doc, segment, "n", info->segments[i].n);
    }
}

static void add_numbers(yyjson_mut_doc *doc, yyjson_mut_val *root,
                        const lmas_memory_file_info *info)
{
    yyjson_mut_obj_add_int(doc, root, "n_layer", info->n_layer);
    yyjson_mut_obj_add_int(doc, root, "n_embd", info->n_embd);
    yyjson_mut_obj_add_int(doc, root, "n_vocab", info->n_vocab);
    yyjson_mut_obj_add_uint(doc, root, "n_pos", info->n_pos);
    yyjson_mut_obj_add_uint(doc, root, "n_tokens", info->n_tokens);
    yyjson_mut_obj_add_uint(doc, root, "n_thoughts", info->n_thoughts);
    yyjson_mut_obj_add_uint(doc, root, "size", info->size);
    yyjson_mut_obj_add_uint(doc, root, "state_size", info->state_size);
    lmi_json_add_text(doc, root, "signed_by", info->signed_by);
    yyjson_mut_obj_add_bool(doc, root, "is_sealed", info->is_sealed);
    yyjson_mut_obj_add_bool(doc, root, "is_seal_checked", info->is_seal_checked);
    yyjson_mut_obj_add_bool(doc, root, "can_rebuild", info->can_rebuild);
    yyjson_mut_obj_add_bool(doc, root, "can_think", info->can_think);
    yyjson_mut_obj_add_bool(doc, root, "can_speak", info->can_speak);
}

static lmas_status print_json(const char *path, const lmas_memory_file_info *info)
{
    yyjson_mut_doc *doc;
    yyjson_mut_val *root;
    const lmas_status status = lmi_json_new(&doc, &root, path);

    if (status != LMAS_OK)
        return status;
    yyjson_mut_obj_add_str(doc, root, "path", path);
    yyjson_mut_obj_add_str(doc, root, "fingerprint", info->fingerprint);
    yyjson_mut_obj_add_str(doc, root, "arch", info->arch);
    yyjson_mut_obj_add_str(doc, root, "version", info->version);
    yyjson_mut_obj_add_str(doc, root, "engine", info->engine);
    yyjson_mut_obj_add_str(doc, root, "cache_type_k", info->cache_type_k);
    yyjson_mut_obj_add_str(doc, root, "cache_type_v", info->cache_type_v);
    yyjson_mut_obj_add_str(doc, root, "flash_attn", info->flash_attn);
    add_numbers(doc, root, info);
    add_segments(doc, root, info);
    return lmi_print_json(doc, path);
}

lmas_status lmi_memory_info(const char *path, const lmas_memory_file_params *params, bool is_json)
{
    lmas_memory_file *file = NULL;
    lmas_status status = lmas_memory_file_open(&file, path, params);

    if (status == LMAS_OK && is_json)
        status = print_json(path, lmas_memory_file_describe(file));
    else if (status == LMAS_OK)
        print_text(path, lmas_memory_file_describe(file));
    lmas_memory_file_free(file);
    return status;
}

lmas_status lmi_memory_verify(const char *path, const lmas_memory_file_params *params)
{
    lmas_memory_file *file = NULL;
    const lmas_status status = lmas_memory_file_open(&file, path, params);

    if (status == LMAS_OK) {
        printf("%s: whole, seal: ", path);
        print_seal(lmas_memory_file_describe(file));
    }
    lmas_memory_file_free(file);
    return status;
}

void lmi_memory_say_saved(const char *path, uint32_t n_pos, const lmas_memory_file_params *params)
{
    printf("%s: %u positions saved%s%s\n", path, n_pos, params->key_file ? ", sealed" : "",
           params->sign_file ? ", signed" : "");
}
