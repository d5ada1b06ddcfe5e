/* item.h - one question of a data set with all that grading needs; rows of each schema read. */
#ifndef LMI_DATA_ITEMS_ITEM_H
#define LMI_DATA_ITEMS_ITEM_H

#include <stddef.h>

#include "base/json.h"
#include "data/items/map.h"

/* Longest question, in bytes. */
#define LMI_QUESTION_MAX ((size_t)1024 * 1024)

/* What a task does not have is NULL. */
typedef struct lmi_item {
    char *id; /* the data set's own name for it, such as "HumanEval/0" */
    char *question;
    char *note;        /* what only a prompt with {note} says */
    char *gold;        /* the right answer, for the exact rule */
    char *gold_compat; /* the same as the reference's program would have it */
    char **options;    /* of a choice: texts of A, B, ...; NULL when they stand in the question */
    size_t n_options;
    char *given;        /* of code: what a program may go on from */
    char *tests;        /* of code: run behind the program */
    char *tests_compat; /* the same as the reference builds them */
    char *solution;     /* of code: a program that passes */
} lmi_item;

void lmi_item_done(lmi_item *item);

/* A row of a data file: an object of a parsed text. */
typedef struct lmi_row {
    const lmi_json *json;
    yyjson_val *object;
} lmi_row;

/* Fill the zeroed `item` from a row. Errors name file and line; what was filled until then is the
 * caller's to free. */
lmas_status lmi_item_read(lmi_item *item, const lmi_row *row, const lmi_map *map);

/* The same from a row of code of the schema the name says. */
lmas_status lmi_item_read_mbppplus(lmi_item *item, const lmi_row *row);
lmas_status lmi_item_read_humanevalplus(lmi_item *item, const lmi_row *row);

#endif
