/* likely.c - see likely.h. */
#include "latent/look/likely.h"

#include <math.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "latent/rest.h"

/* The longest text of a token that is kept, in bytes. */
enum { TOKEN_MAX = 1024 };

void lmi_likely_free(const lmas_near *list, uint32_t n)
{
    uint32_t i;

    for (i = 0; list && i < n; i++)
        lmi_free((void *)list[i].text);
    lmi_free((void *)list);
}

void lmi_likely_offer(lmas_near *list, uint32_t n, int32_t token, float score)
{
    uint32_t at = n;

    while (at > 0 && (list[at - 1].token < 0 || score > list[at - 1].score)) {
        if (at < n)
            list[at] = list[at - 1];
        at--;
    }
    if (at < n)
        list[at] = (lmas_near){.token = token, .score = score};
}

lmas_near *lmi_likely_new(uint32_t n)
{
    lmas_near *list = lmi_new(n, sizeof(*list));
    uint32_t i;

    for (i = 0; list && i < n; i++)
        list[i].token = -1;
    return list;
}

lmas_status lmi_likely_spell(lmas_near *list, uint32_t n, const lmas_model *model)
{
    lmas_status status = LMAS_OK;
    lmi_buf raw, text;
    uint32_t i;

    lmi_buf_init(&raw, TOKEN_MAX);
    for (i = 0; status == LMAS_OK && i < n && list[i].token >= 0; i++) {
        lmi_buf_clear(&raw);
        lmi_buf_init(&text, (size_t)TOKEN_MAX * 3); /* a stray byte becomes three */
        if (lmi_model_is_control(model, list[i].token))
            lmi_model_spell(&raw, model, list[i].token);
        else
            lmi_model_piece(&raw, model, list[i].token);
        lmi_utf8_append(&text, lmi_buf_text(&raw), raw.len);
        list[i].text = lmi_buf_steal(&text);
        if (!list[i].text)
            status = lmi_fail(LMAS_E_NOMEM, "no memory to look at tokens");
    }
    lmi_buf_done(&raw);
    return status;
}

/* The list has one token at least: the likeliest is needed in any case. */
static uint32_t list_size(uint32_t n_top)
{
    return n_top > 0 ? n_top : 1;
}

lmas_status lmi_likely_spoken(lmas_spoken *out, const lmas_model *model, const float *logits,
                              int32_t token, uint32_t n_top)
{
    const int32_t n_vocab = model->info.n_vocab;
    const uint32_t n = list_size(n_top);
    lmas_near *list = lmi_likely_new(n);
    lmas_status status;
    double sum, whole;
    uint32_t k;
    int32_t i;

    if (!list)
        return lmi_fail(LMAS_E_NOMEM, "no memory to look at tokens");
    for (i = 0; i < n_vocab; i++)
        lmi_likely_offer(list, n, i, logits[i]);
    (void)lmi_entropy(&sum, logits, (size_t)n_vocab, (double)list[0].score);
    whole = (double)list[0].score + log(sum);
    for (k = 0; k < n; k++)
        list[k].score = (float)((double)list[k].score - whole);
    *out = (lmas_spoken){.token = token,
                         .logprob = (float)((double)logits[token] - whole),
                         .top = list,
                         .n_top = n_top};
    status = lmi_likely_spell(list, n, model);
    if (status != LMAS_OK)
        lmi_likely_free(list, n);
    return status;
}

void lmi_likely_spoken_done(lmas_spoken *spoken)
{
    lmi_likely_free(spoken->top, list_size(spoken->n_top));
}
