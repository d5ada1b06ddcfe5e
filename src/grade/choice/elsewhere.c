/*
 * elsewhere.c - the usual sentence of nine other languages.
 *
 * Patterns see bytes: a letter beyond ASCII has no capital of its own here, so words that begin a
 * sentence with one leave it out ("твет" is "Ответ" and "ответ"). What denies is in polarity.c.
 */
#include "grade/choice/elsewhere.h"

#include "grade/choice/letter.h"

/* An answer, an option. */
#define NOUN                                                                                       \
    "(?:(?i:respuesta|opci(?:o|ó)n|alternativa|antwort|lösung|option|risposta|opzione|resposta|"   \
    "opção|réponse|choix|elecci(?:o|ó)n|scelta|escolha)(?![A-Za-z])|RÉPONSE|твет|ариант|ыбор)"
#define NOUN_EAST "(?:答案|选项|選項|正解|正答|解答|答え|回答|選択|정답|답)"

/* It is right. */
#define RIGHT                                                                                      \
    "(?:(?:correct[ao]?|richtig|korrekt|giusta|corretta|certa|correta)\\b|correcte|bonne|верн|"    \
    "правильн|正确|正確|对|對|正解|正しい|正答|정답|맞)"

/* Words that may stand between "is" and the letter. */
#define IN_BETWEEN                                                                                 \
    "(?:\\s{1,8}+|[:*_\"'`$(]|" QUOTE "|(?:la|le|el|il|o|a)\\b|l'|(?i:die|der|das|donc|also|"      \
    "quindi|entonces|portanto|option|opci(?:o|ó)n|opção|opzione|letra|lettre|lettera|buchstabe|"   \
    "antwort|réponse|respuesta|resposta|risposta|alternativa|variante)\\b|选项|選項|选择|選擇|选|" \
    "選|项|項|選択肢|буква|вариант|ответ|это){0,12}+(?<![A-Za-z])"

static const char STATEMENT[] =
    "(?:(?<![A-Za-z])" NOUN "[^.:=\\n]{0,40}?(?=[eilsw:=\xc3\xd1\xe2-])"
    "(?:\\b(?i:es|est|ist|lautet|será|sarebbe|sera|wäre)\\b|è|é|È|É|это|является|" DASH "|[:=])"
    /* Richtig ist B. Also ist die richtige Antwort B. Elijo B */
    "|(?i:richtig|korrekt)\\s++ist|\\bist (?:die |das )?(?:richtige|korrekte) (?:Antwort|Option|"
    "Lösung)|\\b(?i:elijo|elegimos|escolho|scelgo|choisis|wähle|nehme)\\b"
    "|" NOUN_EAST "[^.:\\n]{0,24}?(?:是|为|為|选|選|は|が|은|는|이|[:=])"
    "|(?:" NOUN_EAST "|选择|選擇|选|選|твет)[\\s:]*+)" THEN(IN_BETWEEN, LETTER);

/* La opción B es correcta. */
static const char REMARK[] =
    "(?:(?i:opci(?:o|ó)n|respuesta|option|opzione|risposta|opção|resposta|alternativa|antwort|"
    "réponse|letra|lettre)|твет|ариант|选项|選項|选择|選択肢)\\s*+[(*\"]{0,3}+([A-Z])[)*\"]{0,3}+"
    "\\s*+(?:(?i:es|est|ist)\\b|é|è|" DASH "|は|が|은|는|이|가|是)?+\\s*+"
    "(?i:la |le |il |o |a |die )?+" RIGHT;

/* B ist richtig. */
static const char REMARK_FIRST[] =
    "(?:\\A|\\n|[.!?:;,]\\s|[\xe3-\xef][\x80-\xbf]{2}|\\b(?:que|dass|che) )[(*\"]{0,3}+([A-Z])"
    "[)*\"]{0,3}+\\s*+(?:(?:es|est|ist)\\b|é|è|" DASH "|是|が|가|이|는|은|は)\\s*+"
    "(?:la |die |der |a |o |le |il |el )?+(?:" RIGHT "|richtige|korrekte|答案|"
    "(?:respuesta|risposta|resposta|réponse) (?!in|err|eq|fal|sba|scor))";

lmas_status lmi_elsewhere_find(lmi_pick *out, lmi_polarity *polarity, lmi_span in)
{
    return lmi_pick_last(out, polarity, STATEMENT, in, false);
}

lmas_status lmi_elsewhere_remark_find(lmi_pick *out, lmi_polarity *polarity, lmi_span in)
{
    lmi_pick first;
    lmas_status status = lmi_pick_last(out, polarity, REMARK, in, false);

    if (status == LMAS_OK)
        status = lmi_pick_last(&first, polarity, REMARK_FIRST, in, false);
    if (status == LMAS_OK)
        *out = lmi_pick_later(*out, first);
    return status;
}
