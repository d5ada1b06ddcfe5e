/*
 * vocab.c - a vocabulary made of nothing but rules.
 *
 * It is a unigram vocabulary whose tokens all have the same score, so a text is cut into as
 * few of them as possible. In order: control tokens, single characters, common words, then
 * every string of two, three and four letters until the vocabulary is full; words and
 * letters with and without the space before them. English comes out about as long as with a
 * trained vocabulary of that size, which is what a measurement of speed needs.
 */
#include "engine/synthetic/synthetic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"

/* The vocabulary's mark for a space. */
#define SPACE "\xe2\x96\x81"

enum { TOKEN_SIZE = 32, CONTROL = 3, NORMAL = 1, UNKNOWN = 2 };

static const char *const CONTROLS[] = {"<unk>", "<|endoftext|>", "<|im_start|>", "<|im_end|>"};
enum { N_CONTROLS = 4, EOS = 1, EOT = 3 };

/* Five letters or more: all shorter strings come by themselves. */
static const char WORDS[] =
    "about above accept across action added adding after again against agent agents alone along "
    "already always among amount animal animals another answer answers anything apples around "
    "array asked assistant average based because become before began begin being below better "
    "between bought boxed brought build building called cannot careful carry cells center cents "
    "change check children choice choose circle class clear close collaborate color common "
    "complete contains context correct could count country course critic daily define different "
    "digits distance divide divided division dollars double during earned earth either element "
    "elements empty energy enough equal equals equation error evening every exactly example "
    "expected explain factor false family father field final finally first following force found "
    "fourth fraction friend friends function further general given gives going grade great group "
    "happen height helps hours house hundred identify ignore important improve improved inches "
    "include increase index input inside instead integer integers involved items itself judger "
    "known large larger latent later learn least leave length letter letters level light likely "
    "little living local looking makes making match material matter maximum means measure memory "
    "miles minimum minute minutes money month months morning mother multiple multiply needed "
    "needs negative never night nothing number numbers object often older option options order "
    "other others output outside pages paper parts pattern people percent perhaps person place "
    "planet planner plans plant plants point points positive possible pounds power present price "
    "problem problems process produce product program properties property pupils python question "
    "questions quickly reach reaches reason reasoning refiner remain remaining remember remove "
    "repeat result return returns review right round saved school score second seconds section "
    "sells sense sentence separate sequence several shape share short should similar simple "
    "since single small solution solve solves something sorted space speed spend spends spent "
    "square start state steps still store string strings student students subtract sugar system "
    "table takes temperature their there these thing things think third those thought thoughts "
    "thousand three through times today together total toward trees twice under understand units "
    "until using usually value values variable verify visit wants water weeks weight wheels "
    "where which while whole whose within without words world would write written wrong years "
    "young";

/* A list of tokens that grows, and their texts. */
typedef struct vocab {
    char (*texts)[TOKEN_SIZE]; /* [n_max] */
    int32_t n, n_max;
} vocab;

static void add(vocab *v, const char *before, const char *text, size_t len)
{
    if (v->n < v->n_max)
        snprintf(v->texts[v->n++], TOKEN_SIZE, "%s%.*s", before, (int)len, text);
}

static void add_characters(vocab *v)
{
    char text[] = "!";
    int c;

    add(v, "\n", "", 0);
    add(v, SPACE, "", 0);
    for (c = '!'; c <= '~'; c++) {
        text[0] = (char)c;
        add(v, "", text, 1);
        add(v, SPACE, text, 1);
    }
}

/* Each word as it stands and with a capital, behind a space and without one. */
static void add_words(vocab *v)
{
    const char *word = WORDS;

    while (*word) {
        const size_t len = strcspn(word, " ");
        char capital[TOKEN_SIZE];

        snprintf(capital, sizeof(capital), "%.*s", (int)len, word);
        capital[0] = (char)(capital[0] - 'a' + 'A');
        add(v, SPACE, word, len);
        add(v, "", word, len);
        add(v, SPACE, capital, len);
        add(v, "", capital, len);
        word += len + (word[len] == ' ');
    }
}

/* The strings of `len` small letters in order, counting in base 26. */
static void add_strings(vocab *v, size_t len)
{
    size_t n = 1;
    size_t i, k;

    for (k = 0; k < len; k++)
        n *= 26;
    for (i = 0; i < n && v->n < v->n_max; i++) {
        char text[] = "aaaa";
        size_t rest = i;

        for (k = len; k > 0; k--, rest /= 26)
            text[k - 1] = (char)('a' + (int)(rest % 26));
        add(v, SPACE, text, len);
        add(v, "", text, len);
    }
}

static void write_tokens(struct gguf_context *gguf, const vocab *v, const char **texts,
                         float *scores, int32_t *types)
{
    int32_t i;

    for (i = 0; i < v->n; i++) {
        texts[i] = v->texts[i];
        scores[i] = -1.0f;
        types[i] = i == 0 ? UNKNOWN : i < N_CONTROLS ? CONTROL : NORMAL;
    }
    gguf_set_val_str(gguf, "tokenizer.ggml.model", "t5");
    gguf_set_arr_str(gguf, "tokenizer.ggml.tokens", texts, (size_t)v->n);
    gguf_set_arr_data(gguf, "tokenizer.ggml.scores", GGUF_TYPE_FLOAT32, scores, (size_t)v->n);
    gguf_set_arr_data(gguf, "tokenizer.ggml.token_type", GGUF_TYPE_INT32, types, (size_t)v->n);
    gguf_set_val_u32(gguf, "tokenizer.ggml.unknown_token_id", 0);
    gguf_set_val_u32(gguf, "tokenizer.ggml.eos_token_id", EOS);
    gguf_set_val_u32(gguf, "tokenizer.ggml.eot_token_id", EOT);
    gguf_set_val_bool(gguf, "tokenizer.ggml.add_bos_token", false);
    gguf_set_val_bool(gguf, "tokenizer.ggml.add_eos_token", false);
    gguf_set_val_bool(gguf, "tokenizer.ggml.add_space_prefix", false);
    gguf_set_val_bool(gguf, "tokenizer.ggml.remove_extra_whitespaces", false);
    gguf_set_val_str(gguf, "tokenizer.chat_template",
                     "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\\n' + "
                     "message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}"
                     "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}");
}

lmas_status lmi_synthetic_vocab(struct gguf_context *gguf, int32_t n_vocab)
{
    const size_t n = (size_t)n_vocab;
    vocab v = {.n_max = n_vocab};
    const char **texts = lmi_new(n, sizeof(*texts));
    float *scores = lmi_new(n, sizeof(float));
    int32_t *types = lmi_new(n, sizeof(int32_t));
    lmas_status status = LMAS_OK;
    int i;

    v.texts = lmi_new(n, TOKEN_SIZE);
    if (!texts || !scores || !types || !v.texts) {
        status = lmi_fail(LMAS_E_NOMEM, "no memory for %d tokens", (int)n_vocab);
        goto done;
    }
    for (i = 0; i < N_CONTROLS; i++)
        add(&v, CONTROLS[i], "", 0);
    add_characters(&v);
    add_words(&v);
    add_strings(&v, 2);
    add_strings(&v, 3);
    add_strings(&v, 4);
    write_tokens(gguf, &v, texts, scores, types);

done:
    lmi_free(v.texts);
    lmi_free(types);
    lmi_free(scores);
    lmi_free((void *)texts);
    return status;
}
