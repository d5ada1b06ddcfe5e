/*
 * map.h - how a row becomes a question: which of its fields is what. A task file says it.
 *
 * Fields are named by paths: "question", "choices.text", "answers.0" (a number is a place in an
 * array). All strings are borrowed from the task.
 */
#ifndef LMI_DATA_ITEMS_MAP_H
#define LMI_DATA_ITEMS_MAP_H

#include <stdbool.h>
#include <stddef.h>

#include "grade/grade.h"

struct lmi_item;
struct lmi_row;

/* What stands in the field of the right answer. */
typedef enum lmi_gold_as {
    LMI_GOLD_NUMBER,  /* a number */
    LMI_GOLD_HASHES,  /* a text that ends in "#### NUMBER"; compat cuts the number at a comma */
    LMI_GOLD_INTEGER, /* digits */
    LMI_GOLD_FREE,    /* a text, or a number taken as one */
    LMI_GOLD_LETTER,  /* A, B, ... */
    LMI_GOLD_INDEX,   /* the place of the option, from `first` */
    LMI_GOLD_LABEL,   /* one of `labels`, which are as many as the options */
    LMI_GOLD_OPTION,  /* the option's text */
    LMI_GOLD_WITHIN,  /* the same, or part of it: then the first option that has it, as always for
                       * compat */
} lmi_gold_as;

typedef struct lmi_gold_map {
    const char *field, *labels;
    lmi_gold_as as;
    size_t first;
    bool is_optional; /* none, or null: not graded */
} lmi_gold_map;

/* Where the options of a choice are: in one of three ways. */
typedef struct lmi_options_map {
    const char *field;                   /* an array of texts */
    const char *fields[LMI_OPTIONS_MAX]; /* or a field each */
    size_t n_fields;
    size_t n_listed;     /* or so many at the end of the question: A) ... */
    bool is_lettered;    /* each begins with its letter: "A. air" */
    bool is_in_question; /* the question has them already, else they are listed behind it */
} lmi_options_map;

/* What a task does not have is NULL, or 0. */
typedef struct lmi_map {
    const char *id, *note; /* where a row has them */
    const char *question;  /* a field, or a template with {field} in it */
    lmi_options_map options;
    lmi_gold_map gold;
    lmas_status (*read)(struct lmi_item *, const struct lmi_row *); /* of code: the program's own */
} lmi_map;

/* Longest path of a field, in bytes. */
enum { LMI_FIELD_MAX = 256 };

#endif
