/*
 * exact.h - the number a text answers with.
 *
 * Numbers stay text (number.h): what is read out of a text is written without commas, units and
 * signs of money, and compared exactly.
 */
#ifndef LMI_GRADE_EXACT_EXACT_H
#define LMI_GRADE_EXACT_EXACT_H

#include "base/buf.h"
#include "grade/exact/answer.h"
#include "grade/exact/number.h"
#include "grade/pattern.h"

/* The number after the last "####" of a GSM8K answer, its thousands commas removed. `*out` is
 * NULL when no number, or more than a number, stands there. */
lmas_status lmi_grade_gold(char **out, const char *answer);

/* What a text answers: the number in its last box that answers, or of its last "#### N" or
 * "answer is N", or else, without a box, its last number. `*out` is NULL when the box, or the text,
 * holds no number, or the box more than one. Walks through the places of `answer`. */
lmas_status lmi_exact_number(char **out, lmi_answer *answer);

/* The same where a whole number is asked for: one that is not whole is none, and a statement that
 * goes on from a fraction to a whole number (m/n = 7/9, so m + n = 16) is that. */
lmas_status lmi_exact_integer(char **out, lmi_answer *answer);

/* The number that `plain` is, units not allowed; `*out` is NULL when it is none. */
lmas_status lmi_exact_bare(char **out, lmi_span plain);

/* ---- Between the files that read numbers ---- */

/* A sign of money: dollar to rupee. */
#define LMI_MONEY "(?:\\$|\xe2\x82\xac|\xc2\xa3|\xc2\xa5|\xe2\x82\xb9)"

/* Hundred, thousand and their kin. */
#define LMI_SCALE "(?i:hundred|thousand|million|billion|trillion)"

/* Groups: 1 sign, 2 whole part of a mixed number, 3 the number or what stands above the line, 4
 * below the line, 5 and 6 exponent, 7 that of a ten alone (10^6), 8 thousand and its kin. A minus
 * after a letter, a digit or a closing bracket is an operator (16-3, the range 3-5), and so is
 * the word after one (5 minus 3). Digits that continue a word (H2), a date (1/2/2024) or a chain
 * (1.2.3), and a modulus are no number, nor are other powers, roots and 5x or 5k. Commas between
 * thousands are gone (lmi_exact_join()). All repeats are possessive: nothing to backtrack into. */
#define LMI_DECIMAL "(?:[0-9]++(?:\\.[0-9]++)?+|\\.[0-9]++)"
#define LMI_NUMBER                                                                                 \
    "(?:(?<![A-Za-z0-9)\\]}])(?:([-+]|(?i:negative)(?= )|"                                         \
    "(?:(?<![A-Za-z0-9)\\]}] )|(?<=\\bis )|(?<=\\bbe ))(?i:minus)(?= ))) ?" LMI_MONEY "?+ ?)?+"    \
    "(?<![A-Za-z0-9_/.^])(?<!sqrt\\()(?<!\xe2\x88\x9a)(?<!\\bmod )"                                \
    "(?:([0-9]{1,6}+) ++(?=[0-9]{1,6}+ ?/ ?[0-9]))?+(" LMI_DECIMAL ")"                             \
    "(?: ?/ ?(" LMI_DECIMAL ")|[eE]([-+]?[0-9]{1,2}+)(?![0-9A-Za-z.])|"                            \
    " ?(?:x|\\*|\xc3\x97|\xc2\xb7) ?10\\^([-+]?[0-9]{1,2}+)|"                                      \
    "(?<=(?<![0-9.,])10)\\^([0-9]{1,2}+)(?![0-9]|[.,][0-9]| *+" LMI_SCALE ")|"                     \
    " *+(" LMI_SCALE ")s?\\b)?+"                                                                   \
    "(?! *+/ *+[0-9]|\\.[0-9]|\\^|\xcf\x80|\xe2\x88\x9a|\\\\pi| *+(?i:dozen))"                     \
    "(?![a-fi-kn-ru-z](?![A-Za-z]))"

/* The group of what stands below the line; how many groups there are. */
enum { LMI_NUMBER_BELOW = 4, LMI_NUMBER_GROUPS = 8 };

/* Append `in` with one blank where there are several, and without the commas between thousands:
 * 1,430 and 12,34,567. In a box blanks and apostrophes between thousands go too. */
void lmi_exact_join(lmi_buf *out, lmi_span in, bool is_box);

/* The number that LMI_NUMBER matched, as number.h wants it; NULL (and no failure) when it is too
 * long, or divided by zero. */
lmas_status lmi_exact_take(char **out, const lmi_pattern *match);

/* That of the first match of a pattern that has LMI_NUMBER's groups first; NULL without one. */
lmas_status lmi_exact_match(char **out, const char *pattern, lmi_span in);

/* What is right of the last equals sign (or sign of about-equal, or of congruence), when there are
 * digits: in `x = 3 + 4 = 7` the answer. */
lmi_span lmi_exact_after_equals(lmi_span in);

/* The number of a box. Without one `*is_silent` says whether the box answers nothing at all: a
 * word, a formula. `raw` is the box as it was written. */
lmas_status lmi_exact_box(char **out, bool *is_silent, lmi_span in, lmi_span raw);

/* The number of prose. Behind a box, whose content is `box`, only what says that it answers.
 * `*from` is where it stands, in words. */
lmas_status lmi_exact_prose(char **out, const char **from, lmi_span in, lmi_span box,
                            bool is_whole);

/* The number that words are: "three hundred seventy-one", "minus two thousand", "thirty apples";
 * NULL when they are something else. */
lmas_status lmi_exact_words(char **out, lmi_span in);

#endif
