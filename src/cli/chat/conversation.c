/* conversation.c - see conversation.h. */
#include "cli/chat/conversation.h"

#include <stdio.h>

#include "base/mem.h"
#include "cli/interrupt.h"
#include "cli/origin.h"

/* Lanes beside the team's: of the memory, and of the one that takes its place. */
enum { N_LANES_BESIDE = 2 };

lmas_status lmi_conversation_open(lmi_conversation *out, lmi_stage *stage,
                                  const lmas_memory_file_params *keys)
{
    lmas_status status = lmas_memory_file_check(keys);

    *out = (lmi_conversation){.stage = stage, .params = *keys};
    lmi_interrupt_at_once(true);
    if (status == LMAS_OK)
        status = lmi_stage_converse(stage, N_LANES_BESIDE);
    lmi_interrupt_at_once(false);
    if (status == LMAS_OK)
        status = lmas_memory_new(&out->memory, stage->session);
    if (status == LMAS_OK)
        status = lmas_memory_new(&out->next, stage->session);
    return status;
}

static void drop(lmi_account_text *text)
{
    lmi_free(text->text); /* open_memstream's */
    *text = (lmi_account_text){0};
}

void lmi_conversation_done(lmi_conversation *chat)
{
    drop(&chat->agents);
    drop(&chat->thoughts);
    lmas_memory_free(chat->next);
    lmas_memory_free(chat->memory);
    *chat = (lmi_conversation){0};
}

/* ---- A turn ---- */

static bool take_memory(void *user, lmas_memory *memory)
{
    lmi_conversation *chat = user;

    chat->copied = lmas_memory_copy(chat->next, memory);
    if (chat->copied != LMAS_OK)
        snprintf(chat->error, sizeof(chat->error), "%s", lmas_last_error());
    return true;
}

/* The place for what comes next, empty: the cells of what was there are free for the turns. */
static lmas_status clear_next(lmi_conversation *chat)
{
    lmas_memory_free(chat->next);
    chat->next = NULL;
    return lmas_memory_new(&chat->next, chat->stage->session);
}

static lmas_status swap(lmi_conversation *chat)
{
    lmas_memory *memory = chat->memory;

    chat->memory = chat->next;
    chat->next = memory;
    return clear_next(chat);
}

/* What was written becomes the text. */
static void finish(FILE *stream)
{
    if (stream)
        fclose(stream);
}

static lmas_status ask(lmi_conversation *chat, lmi_talk *talk, const char *text)
{
    const lmas_question question = {.text = text, .kind = LMAS_ANSWER_FREE};
    const bool is_first = lmas_memory_n_pos(chat->memory) == 0;
    lmas_status status;

    chat->stage->solver_params.origin = is_first ? NULL : chat->memory;
    status = lmi_talk_ask(talk, chat->stage, &question);
    chat->stage->solver_params.origin = NULL;
    return status;
}

lmas_status lmi_conversation_say(lmi_conversation *chat, const char *text)
{
    lmi_talk talk = {.on_memory = take_memory, .user = chat};
    lmas_status status;

    drop(&chat->agents);
    drop(&chat->thoughts);
    talk.agents = open_memstream(&chat->agents.text, &chat->agents.size);
    talk.thoughts = open_memstream(&chat->thoughts.text, &chat->thoughts.size);
    chat->copied = LMAS_OK;
    status = ask(chat, &talk, text);
    finish(talk.agents);
    finish(talk.thoughts);
    chat->write_error = talk.write_error;
    if (status == LMAS_OK && chat->copied != LMAS_OK)
        status =
            lmi_fail(chat->copied, "the memory of this turn could not be kept: %s", chat->error);
    return status == LMAS_OK ? swap(chat) : status;
}

/* ---- Its memory ---- */

lmas_status lmi_conversation_save(lmi_conversation *chat, const char *path)
{
    return lmas_memory_save(chat->memory, path, &chat->params);
}

/* What was there goes when the other has come. */
lmas_status lmi_conversation_load(lmi_conversation *chat, const char *path)
{
    lmas_memory *loaded = NULL;
    lmas_status status, cleared;

    lmas_memory_free(chat->next); /* its lane is the one that is free */
    chat->next = NULL;
    status = lmi_origin_load(&loaded, chat->stage->session, path, &chat->params);
    if (status == LMAS_OK) {
        chat->next = loaded;
        return swap(chat);
    }
    cleared = clear_next(chat);
    return cleared == LMAS_OK ? status : cleared;
}

lmas_status lmi_conversation_forget(lmi_conversation *chat)
{
    lmas_memory_free(chat->memory);
    chat->memory = NULL;
    return lmas_memory_new(&chat->memory, chat->stage->session);
}
