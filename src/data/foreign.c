/*
 * foreign.c - requests of everyday life: letters, verses, menus.
 *
 * The tasks here are sums, science, medicine, programs and pronouns, so one list is foreign to all
 * of them (another of the tasks would not do: demo is to gsm8k as like to like). No number stands
 * in it that an answer could be taken from. Runs are compared by what was asked: a change of the
 * list is one of the version.
 */
#include "data/foreign.h"

static const char *const questions[] = {
    "Write a short verse about a harbour in the early morning.",
    "Draft a polite letter to a neighbour whose dog barks at night.",
    "Suggest a name for a small bookshop beside a railway station, and say why it fits.",
    "Plan a rainy afternoon in an old town for a family with a toddler.",
    "Translate into French: the garden gate is open, and nobody is at home.",
    "Describe the smell of a bakery to somebody who has never been in one.",
    "Put together a menu for a summer picnic without meat.",
    "Write the first lines of a detective story that begins in a lighthouse.",
    "Thank a teacher who is about to retire, in the voice of a former pupil.",
    "Explain to a child why people shake hands when they meet.",
    "Make this sentence friendlier: you have not returned my umbrella.",
    "Which music would you play at the opening of an exhibition of kites?",
};
enum { N_QUESTIONS = sizeof(questions) / sizeof(questions[0]) };

const char *lmi_foreign_question(size_t i)
{
    return questions[i % N_QUESTIONS];
}
