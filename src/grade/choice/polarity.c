/*
 * polarity.c - what is said around a letter: "the wrong answer is", "do not pick", "is tempting".
 *
 * Only the letter's own clause is looked at, and of it a few words before and behind the letter:
 * "A is wrong, so the answer is B" denies A alone. Cheap, and a flood of letters stays linear.
 */
#include "grade/choice/polarity.h"

#include <string.h>

#include "base/utf8.h"
#include "grade/choice/letter.h"

/* Bytes that are looked at before and behind a letter. */
enum { BEFORE_MAX = 160, BEHIND_MAX = 400 };

/* From here to the letter nothing begins anew. */
#define ON                                                                                         \
    "(?:(?!\\b(?:so|but|thus|hence|therefore|because|since|and|then|leaving|leaves|leave)\\b)"     \
    "[^.!?;,:\\n]){0,90}(?::[\\s*_(\\[\"']{0,6})?$"

#define THING "(?:answer|option|choice|letter|one|candidate|statement|response|guess)s?"

/* Said of an option that is not chosen. */
#define BAD                                                                                        \
    "(?:wrong|incorrect|false|untrue|worst|worse|weakest|poorest|(?<!at )least|less|unlikely|"     \
    "unsuitable|inappropriate|invalid|mistaken|erroneous|tempting|attractive|inferior|impossible|" \
    "distract[a-z]*+|decoy|trap|eliminated|rejected|excluded|discarded|dismissed|ruled[- ]out|"    \
    "(?:second|third|2nd|next)[- ](?:best|most|likely|closest|" THING ")|runner[- ]up|"            \
    "other (?:[a-z]++ )?" THING "|another (?:[a-z]++ )?" THING "|alternat(?:iv)?e " THING          \
    "|(?:first|initial) (?:thought|guess|instinct|impression|answer)|bad " THING "|poor " THING    \
    "|in[ck]orrect[ao]|errad[ao]|errat[ao]|scorrett[ao]|equivocad[ao]|sbagliat[ao]|mauvaise?|"     \
    "fausse|falsche|"                                                                              \
    "inkorrekte|falsch)"

#define NEVER                                                                                      \
    "(?:not|never|cannot|[a-z]{2,8}?n(?:'|\xe2\x80\x99)t|dont|nobody|no[- "                        \
    "]one|hardly|neither|nor)"

/* What one says, thinks or does about an option. */
#define SAY                                                                                        \
    "(?:think|believe|say|mean|claim|agree|feel|suppose|conclude|argue|imply|suggest|true|case|"   \
    "correct|right|certain|sure|convinced|clear|likely|possible|that|choose|choosing|pick|"        \
    "picking|select|selecting|go|going|opt|vote|settle|guess|want|recommend|advise|be|consider|"   \
    "accept|take|answer)"

#define PEOPLE                                                                                     \
    "(?:people|students?|candidates|test[- ]takers|readers|learners|beginners|novices|(?<!the "    \
    ")others|"                                                                                     \
    "they|someone|somebody|anyone|everyone|everybody)"

#define DO_NOT_TAKE                                                                                \
    "(?:eliminat[a-z]*+|exclud[a-z]*+|reject[a-z]*+|rul[a-z]++ out|discard[a-z]*+|dismiss[a-z]*+|" \
    "avoid[a-z]*+|(?:all|anything|everything|nothing|(?:any|every) [a-z]{1,16}) but|instead "      \
    "of|rather than|except|than|unlike|versus|vs|" NEVER ")"

static const char BEFORE[] =
    "(?i)(?:"
    /* the wrong answer is */
    "\\b" BAD "\\b(?&on)"
    /* I do not think the answer is; do not pick */
    "|\\b" NEVER "(?:\\s++[a-z']++){0,3}?\\s++" SAY "\\b(?&on)"
    /* not; ruling out; rather than */
    "|\\b" DO_NOT_TAKE "[\\s.]++(?:for |with |choosing |picking |selecting |option |choice |answer "
    "|letter |the |to |be |also |[*_\"'(\\\\s])*+$"
    /* many choose; students often pick; one might say; the student's answer is */
    "|\\bmost (?:would|will|might|may|choose|pick|select|say|think)\\b(?&on)"
    "|\\b(?:many|some|few|several|careless|hasty)\\s++(?:[a-z]++\\s++){0,2}?"
    "(?:" PEOPLE "|would|will|might|may|choose|pick|select|say|think)\\b(?&on)|\\b" PEOPLE
    "(?:'s?|\xe2\x80\x99s?)?\\s(?&on)"
    "|\\b(?:one|you|we|i|it)\\s++(?:(?:might|may|could)\\b|(?:would|is|are|was) tempt)(?&on)"
    "|\\b(?:tempt[a-z]*+|mistake|(?<!trial and )error|mislead[a-z]*+|wrongly|mistakenly|incorrectly"
    "|falsely|erroneously|wrong to|foolish to|lure[a-z]*+|fooled)\\b(?&on)"
    ")(?(DEFINE)(?<on>" ON "))";

/* More of them. */
static const char BEFORE_TOO[] =
    "(?i)(?:"
    "(?<!no )(?<!a )(?<!any )(?<!without )(?<!beyond )\\bdoubt[a-z]*+\\b(?&on)"
    /* if the answer is; assuming; why is */
    "|\\bif\\s++(?:the\\s++(?:[a-z]++\\s++){0,2}?" THING "|it|we|you|one|i|someone)\\b(?&on)"
    "|\\b(?:suppos(?:e|ing)|assuming|what if|imagine|whether)\\b(?&on)"
    "|^\\W*+(?:why|how can|how could)\\b(?&on)"
    /* I first thought */
    "|\\b(?:first|initially|originally|previously|earlier)\\s++(?:[a-z]++\\s++){0,2}?"
    "(?:thought|think|said|believed|guessed|chose|picked|answered|wrote|assumed|considered|felt|"
    "selected|leaned|claimed)\\b(?&on)|\\b(?:thought|assumed)\\s++(?:that\\s++)?(?:it|the)\\b(?&on)"
    /* the same in Chinese, Japanese, Korean */
    "|(?:不|错|錯|误|誤|非|"
    "间違|間違|오답|"
    "틀린|잘못|"
    "неправил|"
    "Неправил|"
    "неверн|Неверн|"
    "ошибоч|Ошибоч)"
    "[^.!?;,\\n]{0,60}$)"
    "(?(DEFINE)(?<on>" ON "))";

/* In what names the letter: the answer that does not fit is; many choose; never. */
static const char INSIDE[] =
    "(?i)(?:\\b(?:" NEVER "|" BAD "|reject[a-z]*+|eliminat[a-z]*+|exclud[a-z]*+|avoid|"
    "tempt[a-z]*+|rul[a-z]++ out|many|people|students?|no es|no era|nicht|n'est|pas|non|não|"
    "nunca|kein[a-z]*+)\\b(?!-)" ON "|не|Не)";

/* Where only its place speaks for a letter, any of these words speaks against it. */
static const char BEFORE_BARE[] =
    "(?i)\\b(?:(?:" NEVER "|no|wrong|incorrect|eliminat[a-z]*+|exclud[a-z]*+|reject[a-z]*+|"
    "rul[a-z]++ out|avoid|between|either|both|nicht|kein[a-z]*+|pas)\\b" ON
    "|(?:consider[a-z]*+|examin[a-z]*+|look[a-z]*+|check[a-z]*+|evaluat[a-z]*+|compar[a-z]*+|"
    "test[a-z]*+|try[a-z]*+|regarding|about|as for|vitamin|hepatitis|influenza|protein|factor|"
    "group|type|class|category|grade|figure|fig|table|point|line|plan|team|step)\\b[.]?+"
    "(?: at| for| with| out| whether| option| choice| answer| the){0,3}+[\\s*_(\\[\"']*+$)";

#define W "[)\\]*_\"'`$}]*+"

/* Behind it: which is wrong; (incorrect); is a distractor; at first sight; if; ?; but it is B. */
static const char BEHIND[] =
    "(?i)^" W "(?:[ \\t]*+\\?[ \\t]*+[^\\s]"
    "|[ \\t,;(*_]*+(?:" DASH "[ \\t]*+)?(?:(?:which|that|this|it|but|and|though|although|however|"
    "yet|i|we|think|know|of course)[ ,]++){0,4}+(?:"
    "(?:is|was|are|were|seems|looks|would be|will be|must be|may be|'s)[ ]++"
    "(?:[a-z]{1,16}ly |a |an |the |also |just |in fact |only |very |quite |rather |most |best |one "
    "of ){0,4}"
    "(?:" BAD
    "|mistake|error|misleading|red herring|bad|poor|ruled out|out|not (?:the |a |an |quite "
    "|really |actually |fully |entirely |always )?(?:[a-z]++ )?(?:correct|right|true|answer|valid|"
    "best|possible|so|supported|choice|option|one|it)|less|least|too)\\b"
    "|(?:[a-z]{1,16}ly )?(?:wrong|incorrect|mistaken|not (?:the )?(?:correct|right|true|answer)|"
    "a trap|a distractor|a mistake|wrongly|incorrectly|mistakenly|by mistake|in error|at first|on "
    "first|initially|cannot be|can't be|isn't|doesn't|does not|fails)\\b)"
    "|(?-i:[^.!?;\\nA-Z]){0,60}\\b(?:which|but|and) (?:this |that |it )?(?:is|was) "
    "(?:wrong|incorrect|false|"
    "mistaken|not (?:correct|right|true))\\b"
    "|[ ,;]*+(?:" DASH "[ \\t]*+)?(?:but|no|wait|actually)[ ,]++(?:[a-z]++[ ,]++){0,3}?"
    "(?:is|be|'s|was)\\s++(?:[a-z]++ )?[(\\[*]{0,3}+[A-Z](?![a-z])"
    "|[^.!?;,\\n]{0,40}?(?:ない|ません|"
    "아니|아닙|않|不正|"
    "不对|错)"
    "|[ \\t]++(?:es|est|ist|é|è)[ \\t]++(?:in[ck]orr|fals|faux|errad|sbagl|equivoc|nicht)"
    ")";

/* And another predicate, where only its place speaks for a letter. */
static const char BEHIND_BARE[] =
    "(?i)^" W "[ \\t]++(?:is|was|are|cannot|can't|isn't|doesn't|does not|fails|would|could|might|"
    "may|seems|says|states|claims|refers|describes)\\b";

/* "The answer would be B if": would, and a condition behind. */
static const char ASKED[] =
    "(?i)(?:^\\W*+(?:is|was|are|could|can|would|might|does|do|should|may|isn't|what if|why)\\b"
    "[^\\x02]*\\x02[^.!\\n]{0,100}\\?"
    "|\\b(?:would|could|might)\\b[^\\x02]{0,60}\\x02" W
    "[ ,]*+(?:if|unless|were|had|provided|only if|in case)\\b)";

#define AND                                                                                        \
    "(?:[ \\t]*+[,/&+;|][ \\t]*+(?:(?i:and/or|and|or)\\b[ \\t]*+)?|"                               \
    "[ \\t]++(?i:and/or|and|or|as well as|plus|und|oder|et|ou|y|o|e)\\b[ \\t]*+|"                  \
    "[ \\t]*+(?:和|或|与|與|及|と|"                                                                \
    "、|か|와|과|또는|и|"                                                                          \
    "или)[ \\t]*+)"

/* "B and C", "B, C", "B/C", "B (20%), C (80%)", "B. copper and C. zinc": group 1 is the other
 * letter. One that begins a clause ("B, C is wrong") is not given with it. */
static const char SEVERAL[] =
    "(?|^[)\\]*_\"'`$}]*+(?:[.)]?[)*_]*+[ \\t]*+[(:=]?[ \\t]*+[0-9][0-9.]*+[ \\t]*+%\\)?+)?+"
    "(?:" AND "|[ \\t]++(?=[A-Z](?:[.]?\\s*+\\z|[.]?[ \\t]*+\\n)))"
    "(?i:also |either |both |perhaps |maybe |possibly |option |choice |answer )*+"
    "[(\\[*_\"'`$]*+([A-Z])(?=[)\\]*_\"'`.,;:!?/&|\\s]|\\z|[\xe3-\xef])[)\\]*_\"'`.]*+"
    "(?:[ \\t]*+,?[ \\t]*+(?i:and|or|&)?+[ \\t]*+[(\\[*]*+[A-Z](?=[^A-Za-z0-9']|\\z)[)\\]*.]*+)*+"
    "(?![ \\t]++(?!(?i:" GOES_ON ")\\b)[a-z0-9])"
    "|^[.):\\]]++[ \\t]++[^.,;:!?\\n()]{1,60}?[ ,]++(?i:and|or|und|oder)[ ]++[(\\[*]*+([A-Z])"
    "(?:[)\\]]|[.:](?=[ ][a-z0-9])))";

lmas_status lmi_polarity_init(lmi_polarity *out, const lmi_options *options)
{
    const struct {
        lmi_pattern *to;
        const char *pattern;
    } all[] = {{&out->before, BEFORE},   {&out->before_too, BEFORE_TOO},
               {&out->inside, INSIDE},   {&out->before_bare, BEFORE_BARE},
               {&out->after, BEHIND},    {&out->after_bare, BEHIND_BARE},
               {&out->several, SEVERAL}, {&out->asked, ASKED}};
    lmas_status status = LMAS_OK;
    size_t i;

    *out = (lmi_polarity){.options = options};
    for (i = 0; status == LMAS_OK && i < sizeof(all) / sizeof(all[0]); i++)
        status = lmi_pattern_init(all[i].to, all[i].pattern, (lmi_span){"", 0});
    if (status != LMAS_OK)
        lmi_polarity_done(out);
    return status;
}

void lmi_polarity_done(lmi_polarity *polarity)
{
    lmi_pattern_done(&polarity->before);
    lmi_pattern_done(&polarity->before_too);
    lmi_pattern_done(&polarity->inside);
    lmi_pattern_done(&polarity->before_bare);
    lmi_pattern_done(&polarity->after);
    lmi_pattern_done(&polarity->after_bare);
    lmi_pattern_done(&polarity->several);
    lmi_pattern_done(&polarity->asked);
}

/* What stands around a letter, in a copy: the sentence until it, of which the cue is the end; a
 * mark; and what follows. */
typedef struct around {
    char text[BEFORE_MAX + BEHIND_MAX + 1];
    size_t n_cue, n_before, n;
} around;

/* Where the sentence of `letter` begins, within the limit. */
static const char *begin_of(const lmi_mention *m)
{
    const char *at = m->letter;
    const char *stop = m->text.text;

    if (m->letter - stop > BEFORE_MAX)
        stop = m->letter - BEFORE_MAX;
    while (at > stop && at[-1] != '\n' &&
           !(at < m->cue && strchr(".!?;", at[-1]) && strchr(" \t", *at)))
        at--;
    return at;
}

static void look_around(around *out, const lmi_mention *m)
{
    const char *end = m->text.text + m->text.len;
    const char *at = begin_of(m);

    if (end - m->letter - 1 > BEHIND_MAX)
        end = m->letter + 1 + BEHIND_MAX;
    out->n = out->n_cue = 0;
    for (; at < m->letter; at++) {
        if (at == m->cue)
            out->n_cue = out->n;
        out->text[out->n++] = *at;
    }
    out->n_before = out->n;
    out->text[out->n++] = '\x02';
    memcpy(out->text + out->n, m->letter + 1, (size_t)(end - m->letter - 1));
    out->n += (size_t)(end - m->letter - 1);
}

static bool matches(lmi_pattern *pattern, lmi_span in)
{
    pattern->subject = in;
    pattern->where = 0;
    return lmi_pattern_next(pattern);
}

/* Whether another option is given together with `letter`. */
static bool has_another(lmi_polarity *p, lmi_span behind, char letter)
{
    char other = 0;

    if (matches(&p->several, behind))
        other = lmi_options_letter(p->options, lmi_pattern_group(&p->several, 1));
    return other && other != lmi_options_letter(p->options, (lmi_span){&letter, 1});
}

/* Where `letter` is a label behind blanks or a bracket at or after `from`; NULL without. */
static const char *find_label(const char *from, const char *end, char letter)
{
    for (; from + 2 < end; from++)
        if (from[1] == letter && strchr(" \t\n(*[", from[0]) && strchr(".):]", from[2]))
            return from + 2;
    return NULL;
}

/* Whether the two letters that follow it are labels behind it: a listing. */
static bool is_listed(lmi_span behind, char letter)
{
    const char *end = behind.text + behind.len;
    const char *next;

    if (!behind.len || !strchr(".):]", *behind.text))
        return false;
    next = find_label(behind.text, end, (char)(letter + 1));
    return next && find_label(next, end, (char)(letter + 2));
}

lmi_sense lmi_polarity_of(lmi_polarity *polarity, const lmi_mention *mention, bool is_bare)
{
    around a;
    lmi_span before, inside, behind;

    look_around(&a, mention);
    before = (lmi_span){a.text, a.n_before};
    inside = (lmi_span){a.text + a.n_cue, a.n_before - a.n_cue};
    behind = (lmi_span){a.text + a.n_before + 1, a.n - a.n_before - 1};
    if (matches(&polarity->before, before) || matches(&polarity->before_too, before) ||
        matches(&polarity->inside, inside) || matches(&polarity->after, behind) ||
        matches(&polarity->asked, (lmi_span){a.text, a.n}) || is_listed(behind, *mention->letter))
        return LMI_SENSE_DENIED;
    if (is_bare &&
        (matches(&polarity->before_bare, before) || matches(&polarity->after_bare, behind)))
        return LMI_SENSE_DENIED;
    return has_another(polarity, behind, *mention->letter) ? LMI_SENSE_SEVERAL : LMI_SENSE_CHOSEN;
}
