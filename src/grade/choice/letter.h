/*
 * letter.h - what a letter that names an option looks like, for the patterns of this folder.
 *
 * The difficulty is what looks like a letter: "A dog", "I think", "C-reactive", "B cells", the
 * listing of all options. So a bare letter counts only where a sentence could end behind it, or
 * where an option's text may begin. (Letters of other scripts are bytes beyond ASCII: the Cyrillic
 * "C" is none.)
 */
#ifndef LMI_GRADE_CHOICE_LETTER_H
#define LMI_GRADE_CHOICE_LETTER_H

/* Typographic quotation marks; dashes; an arrow. */
#define QUOTE "\xe2\x80[\x98\x99\x9c\x9d]"
#define DASH  "(?:-|\xe2\x80[\x90-\x95])"
#define ARROW "(?:\xe2[\x86\x87]\x92|[-=]++>)"

/* Words that go on with the sentence behind a letter: no article stands before them, so "A" is a
 * letter there too; and words that could follow an article. */
#define GOES_ON                                                                                    \
    "(?:because|since|as|which|for|due|given|and|or|with|based|in|if|when|by|according|from|"      \
    "rather|instead|over|after|per|on|at|through|via|where|whereas|so|but|though|although|under|"  \
    "using|of|that|unlike|except|than|unless|to|without|before|who|whose|here)"
#define GOES_ON_TOO                                                                                \
    "(?:not|while|thus|hence|therefore|then|among|following|however|too|indeed|obviously|clearly|" \
    "definitely|certainly|overall|again|now|only|alone|considering|once)"

/* A bare letter ends like this: at a stop, a line's end, a bracket, a tag, a cell's end, or before
 * a word that goes on with the sentence. */
#define NO_WORD "(?![A-Za-z0-9]|-[A-Za-z]|'[a-z])"
#define MARKS   "(?:[*_\"'`)\\]$}]|\\\\[)\\]]|" QUOTE ")*+"
#define LETTER_END                                                                                 \
    NO_WORD MARKS                                                                                  \
        "(?=[ ]?+[.,;:!?/&<|]|\\s*+\\z|[ \\t]*+\\r?+\\n|\\s++[-(|&+\xe2]|\\s*+[\xe3-\xf4]|"        \
        "\\s++" GOES_ON "\\b(?!-))"
#define OTHER_END NO_WORD MARKS "(?=\\s++" GOES_ON_TOO "\\b(?!-))"

/* "(b)", "[B]", "B)", "B" before a word with a capital or a number ("C Paris"; never A or I, which
 * are words), any capital that ends as above, a small letter at a line's end or before a reason. */
#define LETTER                                                                                     \
    "[(\\[]{1,2}+\\s*+[A-Za-z]\\s*+[)\\]]|\\b[A-Za-z]\\)(?![A-Za-z0-9])|\\b[B-HJ-Z](?=\\s++[A-Z0-" \
    "9])|"                                                                                         \
    "\\b[A-Z]" LETTER_END "|\\b[B-HJ-Z]" OTHER_END "|\\b[a-z](?=[.)*]*+\\s*?(?:\\n|\\z))|"         \
    "\\b[b-hj-z](?=[.,]?+ (?:because|since)\\b)"

/* The same where less speaks for it: no number and no capital follows, and it is no species' first
 * ("C. difficile"). */
#define PLAIN_LETTER                                                                               \
    "[(\\[]{1,2}+\\s*+[A-Za-z]\\s*+[)\\]]|\\b[A-Z]\\)(?![A-Za-z0-9])|"                             \
    "\\b[A-Z](?!\\.[ \\t]*+[a-z]|\\.[A-Z])" LETTER_END "|\\b[B-HJ-Z]" OTHER_END

/* The end of a pattern: words between, and a letter, which is group 1. */
#define THEN(between, letter)                                                                      \
    "(?&between)(?=(?&letter))[(\\[\\s]*+([A-Za-z])"                                               \
    "(?(DEFINE)(?<between>" between ")(?<letter>" letter "))"

/* Words that may stand between "the answer is" and the letter. */
#define FILLER                                                                                     \
    "(?i:\\s{1,8}+|[:*_\"'`$>|]|\\\\[(\\[]|" QUOTE                                                 \
    "|(?:the|therefore|thus|clearly|likely|most|indeed|probably|definitely|simply|only|just|"      \
    "obviously|certainly|surely|then|hence|now|"                                                   \
    "option|choice|letter|answer|correct|best|statement|number|one)\\b){0,12}+"

#endif
