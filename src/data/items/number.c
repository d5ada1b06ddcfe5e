/* number.c - rows whose answer is a number or a text: GSM8K, AIME, questions of one's own. */
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "data/items/parts.h"
#include "grade/compat.h"
#include "grade/exact/exact.h"

/* Characters of a wrong answer that a message shows. */
enum { SHOWN_LEN = 24 };

/* The end of a text, from the start of a character: what a message can show of it. */
static const char *tail(const char *text)
{
    const size_t len = strlen(text);
    const char *end = text + (len > SHOWN_LEN ? len - SHOWN_LEN : 0);

    while (((unsigned char)*end & 0xc0) == 0x80)
        end++;
    return end;
}

lmas_status lmi_item_read_gsm8k(lmi_item *item, const lmi_row *row)
{
    const char *answer;
    lmas_status status = lmi_row_question(&item->question, row, "question");

    if (status == LMAS_OK)
        status = lmi_row_note(&item->note, row);
    if (status == LMAS_OK)
        status = lmi_row_text(&answer, row, "answer");
    if (status == LMAS_OK)
        status = lmi_grade_gold(&item->gold, answer);
    if (status == LMAS_OK)
        status = lmi_compat_gold_number(&item->gold_compat, answer);
    if (status == LMAS_OK && !item->gold)
        return lmi_fail(LMAS_E_FORMAT,
                        "%s:%zu: \"answer\" must end in \"#### NUMBER\", found \"%s\"",
                        row->json->label, lmi_row_line(row, "answer"), tail(answer));
    return status;
}

static bool is_integer(const char *text)
{
    return *text && !text[strspn(text, "0123456789")];
}

/* "answer": "070", or 70 */
lmas_status lmi_item_read_aime(lmi_item *item, const lmi_row *row)
{
    lmas_status status = lmi_row_question(&item->question, row, "problem");

    if (status == LMAS_OK)
        status = lmi_row_id(&item->id, row, "id");
    if (status == LMAS_OK)
        status = lmi_row_id(&item->gold, row, "answer");
    if (status == LMAS_OK && (!item->gold || !is_integer(item->gold)))
        return lmi_fail(LMAS_E_FORMAT, "%s:%zu: \"answer\" must be a whole number, found \"%s\"",
                        row->json->label, lmi_row_line(row, "answer"),
                        item->gold ? tail(item->gold) : "");
    return status == LMAS_OK ? lmi_item_keep(&item->gold_compat, item->gold) : status;
}

lmas_status lmi_item_read_custom(lmi_item *item, const lmi_row *row)
{
    lmas_status status = lmi_row_question(&item->question, row, "question");

    if (status == LMAS_OK)
        status = lmi_row_note(&item->note, row);
    if (status == LMAS_OK)
        status = lmi_row_id(&item->id, row, "id");
    if (status == LMAS_OK)
        status = lmi_row_gold(&item->gold, row, "gold");
    return status == LMAS_OK && item->gold ? lmi_compat_normal(&item->gold_compat, item->gold)
                                           : status;
}
