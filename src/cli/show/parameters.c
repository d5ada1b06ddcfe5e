/* parameters.c - whole words of a message that are parameters, and the flags they are set with. */
#include "cli/show/parameters.h"

#include <stdbool.h>
#include <string.h>

static const char *const flags[][2] = {
    {"n_ctx", "-c"},
    {"n_lanes", "-np"},
    {"n_batch", "-b"},
    {"n_ubatch", "-ub"},
    {"n_threads", "-t"},
    {"n_threads_batch", "-tb"},
    {"n_gpu_layers", "-ngl"},
    {"kv", "--kv"},
    {"flash_attn", "-fa"},
    {"devices", "--device"},
    {"rpc", "--rpc"},
    {"chat_template", "--chat-template"},
    {"reasoning", "--reasoning"},
    {"latent_steps", "--latent_steps"},
    {"latent_steps_max", "--latent_steps_max"},
    {"rest_entropy", "--rest_entropy"},
    {"max_new_tokens", "--max_new_tokens"},
    {"text_context_length", "--text_mas_context_length"},
    {"keep_rule", "--keep"},
    {"n_probe", "--probe"},
    {"temperature", "--temp"},
    {"top_k", "--top-k"},
    {"top_p", "--top-p"},
    {"min_p", "--min-p"},
    {"key_file", "--key"},
    {"sign_file", "--sign"},
    {"signed_by_file", "--signed_by"},
};
enum { N_FLAGS = sizeof(flags) / sizeof(flags[0]) };

static bool is_part_of_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           strchr("_-./\\\"'", c);
}

/* The flag for the parameter of `len` letters, NULL where the word is none. */
static const char *flag_of(const char *word, size_t len)
{
    size_t i;

    for (i = 0; i < N_FLAGS; i++)
        if (strlen(flags[i][0]) == len && strncmp(flags[i][0], word, len) == 0)
            return flags[i][1];
    return NULL;
}

void lmi_in_flags(lmi_buf *out, const char *message)
{
    while (*message) {
        size_t len = 0;
        const char *flag;

        while (message[len] && is_part_of_word(message[len]))
            len++;
        flag = flag_of(message, len);
        if (flag)
            lmi_buf_puts(out, flag);
        else
            lmi_buf_append(out, message, len);
        message += len;
        if (*message)
            lmi_buf_putc(out, *message++);
    }
}
