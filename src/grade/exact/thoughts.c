/*
 * thoughts.c - one walk over the marks of a text.
 *
 * A mark is a name between two signs: <name>, <|name|>, [NAME], and few more. A table says what the
 * names mean; names of thoughts and answers are told by their words, as there are many of them. The
 * walk stops at each mark and moves the begin of what is being said, so the text is read through
 * once, whatever a model wrote.
 */
#include "grade/exact/thoughts.h"

#include <string.h>

/* Longest name of a mark, and longest head of a channel, in bytes. */
enum { NAME_MAX = 48, HEAD_MAX = 160 };

/* How a mark is written: <name>, <|name|>, <|name> and <name|>, [NAME], and in triangles. */
enum { TAG = 1, PIPES = 2, HALF = 4, BRACKETS = 8, TRIANGLES = 16 };

typedef enum meaning {
    NOTHING,
    OPEN,       /* a thought begins */
    OPEN_TURN,  /* one that the end of the turn ends, too */
    CLOSE,      /* it ends */
    ANSWER,     /* the answer begins */
    ANSWER_END, /* it ends */
    CHANNEL,    /* a head follows that says which of these */
    TURN,       /* a turn begins: whose, the next word says */
    FOREIGN,    /* somebody else's turn begins */
    TURN_END,
    EMPTY, /* says nothing where a turn begins */
} meaning;

typedef struct mark {
    unsigned form;
    bool is_close;           /* </name>, <name|>, [/NAME] */
    char name[NAME_MAX + 1]; /* lower case, words with '_' between them */
    size_t at, end;          /* in the text */
} mark;

/* What names mean that do not tell it by their words. */
static const struct known {
    const char *name;
    unsigned forms;
    meaning open, close;
} known[] = {
    {"channel", PIPES, CHANNEL, CHANNEL},
    {"channel", HALF, OPEN, CLOSE},
    {"think", PIPES, OPEN_TURN, CLOSE},
    {"inner_prefix", PIPES, OPEN, OPEN},
    {"inner_suffix", PIPES, CLOSE, CLOSE},
    {"message", PIPES, ANSWER, ANSWER},
    {"content", PIPES, ANSWER, ANSWER},
    {"start_text", PIPES, ANSWER, ANSWER},
    {"end_text", PIPES, ANSWER_END, ANSWER_END},
    {"begin_of_box", PIPES, ANSWER, ANSWER},
    {"end_of_box", PIPES, ANSWER_END, ANSWER_END},
    {"turn", HALF, TURN, TURN_END},
    {"start", PIPES, TURN, TURN},
    {"begin", PIPES, TURN, TURN},
    {"im_start", PIPES, TURN, TURN},
    {"start_header_id", PIPES, TURN, TURN},
    {"start_of_role", PIPES, TURN, TURN},
    {"start_of_turn_token", PIPES, TURN, TURN},
    {"start_of_turn", TAG, TURN, TURN},
    {"assistant", PIPES, TURN, TURN},
    {"assistant_start", PIPES, TURN, TURN},
    {"im_assistant", PIPES, TURN, TURN},
    {"chatbot_token", PIPES, TURN, TURN},
    {"user", PIPES, FOREIGN, TURN_END},
    {"user_start", PIPES, FOREIGN, TURN_END},
    {"user_token", PIPES, FOREIGN, TURN_END},
    {"im_user", PIPES, FOREIGN, TURN_END},
    {"system", PIPES, FOREIGN, TURN_END},
    {"system_start", PIPES, FOREIGN, TURN_END},
    {"system_token", PIPES, FOREIGN, TURN_END},
    {"im_system", PIPES, FOREIGN, TURN_END},
    {"observation", PIPES, FOREIGN, TURN_END},
    {"inst", BRACKETS, FOREIGN, TURN_END},
    {"end", PIPES, TURN_END, TURN_END},
    {"return", PIPES, TURN_END, TURN_END},
    {"call", PIPES, TURN_END, TURN_END},
    {"im_end", PIPES | TAG, TURN_END, TURN_END},
    {"eot", PIPES, TURN_END, TURN_END},
    {"eot_id", PIPES, TURN_END, TURN_END},
    {"eom_id", PIPES, TURN_END, TURN_END},
    {"eos", PIPES | TAG | BRACKETS, TURN_END, TURN_END},
    {"seed_eos", TAG, TURN_END, TURN_END},
    {"s", TAG, EMPTY, TURN_END},
    {"end_of_text", PIPES | TAG, TURN_END, TURN_END},
    {"endoftext", PIPES | TAG, TURN_END, TURN_END},
    {"end_of_turn", PIPES | TAG, TURN_END, TURN_END},
    {"end_of_turn_token", PIPES, TURN_END, TURN_END},
    {"end_of_sentence", PIPES, TURN_END, TURN_END},
    {"assistant_end", PIPES, TURN_END, TURN_END},
    {"role_end", PIPES, TURN_END, TURN_END},
    {"message_sep", PIPES, TURN_END, TURN_END},
    {"end_header_id", PIPES, EMPTY, EMPTY},
    {"end_of_role", PIPES, EMPTY, EMPTY},
    {"role_sep", PIPES, EMPTY, EMPTY},
    {"im_middle", PIPES, EMPTY, EMPTY},
    {"im_sep", PIPES, EMPTY, EMPTY},
    {"begin_of_text", PIPES, EMPTY, EMPTY},
    {"startoftext", PIPES, EMPTY, EMPTY},
    {"begin_of_sentence", PIPES, EMPTY, EMPTY},
    {"python_tag", PIPES, EMPTY, EMPTY},
    {"bos", TAG, EMPTY, EMPTY},
    {"seed_bos", TAG, EMPTY, EMPTY},
    {"pad", TAG | PIPES, EMPTY, EMPTY},
};

/* A name with one of these words is a thought's, unless it has one of `no_thought`. */
static const char *const of_thoughts[] = {"think",     "thinking",   "thought",
                                          "thoughts",  "reasoning",  "scratchpad",
                                          "monologue", "reflection", "reflections"};
static const char *const no_thought[] = {"budget", "effort", "mode", "no",
                                         "tool",   "enable", "skip", "disable"};

/* A name of an answer has one of the first four words, and no others than all of these. */
enum { N_CORE = 4 };
static const char *const of_answers[] = {"answer", "response", "solution", "final",
                                         "begin",  "start",    "end",      "of"};
static const char *const of_ends[] = {"end", "stop"};

/* Whose turn it is, if not the model's own. */
static const char *const others[] = {"user",      "system",   "tool",    "human",
                                     "developer", "function", "ipython", "environment"};

#define IS_ONE_OF(list, word, len)                                                                 \
    is_one_of((list), sizeof(list) / sizeof((list)[0]), (word), (len))

static bool is_one_of(const char *const *list, size_t n, const char *word, size_t len)
{
    size_t k;

    for (k = 0; k < n; k++)
        if (strlen(list[k]) == len && strncmp(list[k], word, len) == 0)
            return true;
    return false;
}

/* ---- Marks ---- */

static bool has(lmi_span in, size_t at, const char *what)
{
    const size_t len = strlen(what);

    return in.len - at >= len && memcmp(in.text + at, what, len) == 0;
}

/* Step over `what`; false where it does not come next. */
static bool take(size_t *at, lmi_span in, const char *what)
{
    if (!has(in, *at, what))
        return false;
    *at += strlen(what);
    return true;
}

/* A bar, as ASCII has it or as DeepSeek writes it. */
static bool take_bar(size_t *at, lmi_span in)
{
    return take(at, in, "|") || take(at, in, "\xef\xbd\x9c");
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_letter(char c)
{
    return is_upper(c) || (c >= 'a' && c <= 'z');
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* What a character is in a name: small, or '_' between words; NUL where it ends the name. Names in
 * brackets are in capitals, and may have spaces. */
static char in_name(unsigned form, char c)
{
    if (is_upper(c))
        return (char)(c - 'A' + 'a');
    if (c == '_' || (c == ' ' && form == BRACKETS))
        return '_';
    if (form == BRACKETS)
        return '\0';
    if (c == ':' || c == '-')
        return '_';
    if (is_letter(c) || (c >= '0' && c <= '9'))
        return c;
    return '\0';
}

/* The name that comes next; false without one. */
static bool take_name(mark *m, size_t *at, lmi_span in)
{
    size_t n = 0;

    while (*at < in.len && n < NAME_MAX) {
        const bool is_wide = has(in, *at, "\xe2\x96\x81"); /* DeepSeek's '_' */
        char c = in_name(m->form, in.text[*at]);

        if (is_wide)
            c = '_';
        if (!c || (!n && c == '_'))
            break;
        m->name[n++] = c;
        *at += is_wide ? 3 : 1;
    }
    m->name[n] = '\0';
    return n > 0;
}

/* The mark that begins at `at`; false where none does. */
static bool read_mark(mark *m, lmi_span in, size_t at)
{
    bool has_bar, has_end_bar;

    *m = (mark){.form = TAG, .at = at};
    if (take(&at, in, "["))
        m->form = BRACKETS;
    else if (take(&at, in, "\xe2\x97\x81"))
        m->form = TRIANGLES;
    else if (!take(&at, in, "<"))
        return false;
    has_bar = m->form == TAG && take_bar(&at, in);
    m->is_close = take(&at, in, "/");
    if (!take_name(m, &at, in))
        return false;
    has_end_bar = m->form == TAG && take_bar(&at, in);
    if (m->form == TAG && (has_bar || has_end_bar)) {
        m->form = has_bar && has_end_bar ? PIPES : HALF;
        m->is_close |= !has_bar;
    }
    m->end = at;
    return take(&m->end, in,
                m->form == BRACKETS    ? "]"
                : m->form == TRIANGLES ? "\xe2\x96\xb7"
                                       : ">");
}

/* Granite's words for it. */
static bool read_words(mark *m, lmi_span in, size_t at)
{
    *m = (mark){.form = TAG, .at = at, .end = at, .name = "response"};
    return take(&m->end, in, "Here is my response:") || take(&m->end, in, "Here's my response:");
}

/* What a name means by its words. */
static meaning weigh_words(const mark *m)
{
    bool is_thought = false, is_barred = false, is_answer = false, is_other = false;
    bool is_close = m->is_close;
    const char *word = m->name;

    while (*word) {
        const size_t len = strcspn(word, "_");

        is_thought |= IS_ONE_OF(of_thoughts, word, len);
        is_barred |= IS_ONE_OF(no_thought, word, len);
        is_answer |= is_one_of(of_answers, N_CORE, word, len);
        is_other |= !IS_ONE_OF(of_answers, word, len);
        is_close |= IS_ONE_OF(of_ends, word, len);
        word += len + (word[len] == '_');
    }
    if (is_thought)
        return is_barred ? NOTHING : is_close ? CLOSE : OPEN;
    return !is_answer || is_other ? NOTHING : is_close ? ANSWER_END : ANSWER;
}

static meaning weigh(const mark *m)
{
    size_t k;

    for (k = 0; k < sizeof(known) / sizeof(known[0]); k++)
        if ((known[k].forms & m->form) && strcmp(known[k].name, m->name) == 0)
            return m->is_close ? known[k].close : known[k].open;
    return weigh_words(m);
}

/* Whether somebody speaks of the mark: it stands in quotes. */
static bool is_quoted(const mark *m, lmi_span in)
{
    const char *before = in.text + m->at - 1;

    return m->at > 0 && m->end < in.len && *before && strchr("\"'`", *before) &&
           in.text[m->end] == *before;
}

/* ---- The walk ---- */

/* Stretches that are kept have something in them, or no text at all. */
typedef struct walk {
    lmi_span text;
    size_t begin;    /* of what is being thought or said */
    size_t mark_end; /* of the last mark */
    bool is_thought, ends_with_turn;
    bool is_answer;   /* what is being said is marked as the answer */
    lmi_span said;    /* the answer that is over */
    lmi_span earlier; /* what was said before the last thought */
} walk;

/* What has been said until `at`; no text when it is blank. */
static lmi_span stretch(const walk *w, size_t from, size_t at)
{
    const lmi_span span = {w->text.text + from, at - from};

    return lmi_py_strip(span).len ? span : (lmi_span){NULL, 0};
}

/* Whether a mark stands where one is meant: at the start of a line, or behind another. */
static bool is_at_start(const walk *w, size_t at)
{
    while (at > w->mark_end && (w->text.text[at - 1] == ' ' || w->text.text[at - 1] == '\t'))
        at--;
    return at == 0 || at == w->mark_end || w->text.text[at - 1] == '\n';
}

static bool is_at_end(const walk *w, size_t at)
{
    while (at < w->text.len && strchr(" \t\r", w->text.text[at]))
        at++;
    return at == w->text.len || w->text.text[at] == '\n';
}

static void open_thought(walk *w, const mark *m, bool ends_with_turn)
{
    const lmi_span said = stretch(w, w->begin, m->at);

    w->ends_with_turn |= ends_with_turn;
    if (w->is_thought)
        return;
    if (w->said.len || said.len)
        w->earlier = w->said.len && !w->is_answer ? w->said : said.len ? said : w->said;
    w->ends_with_turn = ends_with_turn;
    w->is_thought = true;
    w->is_answer = false;
    w->said = (lmi_span){NULL, 0};
    w->begin = m->end;
}

/* Where no thought was opened, all until here is one: the prompt has opened it. */
static void close_thought(walk *w, const mark *m)
{
    if (!w->is_thought)
        w->earlier = (lmi_span){NULL, 0};
    w->said = (lmi_span){NULL, 0};
    w->is_thought = w->is_answer = false;
    w->begin = m->end;
}

/* What was being said is over. The first answer counts, if no mark says otherwise. */
static void end_said(walk *w, size_t at)
{
    const lmi_span said = stretch(w, w->begin, at);

    if (said.len && (w->is_answer || !w->said.len))
        w->said = said;
    w->is_answer = false;
}

static void open_answer(walk *w, const mark *m)
{
    if (!w->is_thought)
        end_said(w, m->at);
    w->is_thought = false;
    w->is_answer = true;
    w->begin = m->end;
}

/* The end of an answer that was opened within a line. */
static bool close_inline(walk *w, const mark *m, size_t opened)
{
    lmi_span said;

    if (w->is_thought || w->is_answer || opened < w->begin || opened > m->at)
        return false;
    said = stretch(w, opened, m->at);
    if (!said.len)
        return false;
    w->said = said;
    w->begin = m->end;
    return true;
}

static void end_turn(walk *w, const mark *m)
{
    if (w->is_thought && w->ends_with_turn) {
        close_thought(w, m);
    } else if (!w->is_thought) {
        end_said(w, m->at);
        w->begin = m->end;
    }
}

/* The word at `at`, blanks before it skipped. */
static lmi_span next_word(lmi_span in, size_t at)
{
    size_t n = 0;

    while (at < in.len && in.text[at] == ' ')
        at++;
    while (at + n < in.len && n < NAME_MAX && is_letter(in.text[at + n]))
        n++;
    return (lmi_span){in.text + at, n};
}

/* Somebody else's turn ends the text, once something was thought or said. */
static void begin_foreign(walk *w, const mark *m)
{
    if (!w->is_thought)
        end_said(w, m->at);
    if (w->is_thought || w->said.len)
        w->text.len = m->at;
    w->begin = w->is_thought ? w->begin : w->said.len ? m->at : m->end;
}

static void begin_turn(walk *w, const mark *m)
{
    const lmi_span role = next_word(w->text, m->end);
    const bool is_own = (role.len == 9 && strncmp(role.text, "assistant", 9) == 0) ||
                        (role.len == 5 && strncmp(role.text, "model", 5) == 0);

    if (IS_ONE_OF(others, role.text, role.len)) {
        begin_foreign(w, m);
    } else if (!w->is_thought) {
        end_said(w, m->at);
        w->begin = is_own ? (size_t)(role.text + role.len - w->text.text) : m->end;
    }
}

/* A line with its name follows the mark of Gemma's channel. */
static void skip_name(const walk *w, mark *m)
{
    const lmi_span name = next_word(w->text, m->end);
    const size_t end = (size_t)(name.text + name.len - w->text.text);

    if (m->form == HALF && end < w->text.len && w->text.text[end] == '\n')
        m->end = end;
}

/* "final" and perhaps more, up to <|message|>: the answer. Other channels are thoughts. */
static void turn_channel(walk *w, mark *m)
{
    static const char END[] = "<|message|>";
    const size_t left = w->text.len - m->end;
    const char *head = w->text.text + m->end;
    const char *end = lmi_find(head, head + (left < HEAD_MAX ? left : HEAD_MAX), END);
    const lmi_span name = next_word(w->text, m->end);

    m->end = (size_t)((end ? end + sizeof(END) - 1 : name.text + name.len) - w->text.text);
    if (name.len == 5 && strncmp(name.text, "final", 5) == 0)
        open_answer(w, m);
    else if (w->is_thought)
        w->begin = m->end, w->ends_with_turn = true;
    else
        open_thought(w, m, true);
}

/* Marks that anybody could write, as in prose, count where they are meant. */
static bool counts(const walk *w, const mark *m, meaning what)
{
    if (is_quoted(m, w->text))
        return false;
    if (m->form != TAG && m->form != BRACKETS)
        return true;
    if (what == TURN_END)
        return is_at_end(w, m->end);
    return what == CLOSE || what == ANSWER_END || is_at_start(w, m->at);
}

/* A mark that says nothing is no part of what begins with it. */
static void skip_empty(walk *w, const mark *m)
{
    while (w->begin < m->at && is_blank(w->text.text[w->begin]))
        w->begin++;
    if (w->begin == m->at)
        w->begin = m->end;
}

static void step(walk *w, mark *m, meaning what)
{
    if (what == OPEN)
        skip_name(w, m);
    if (what == OPEN || what == OPEN_TURN)
        open_thought(w, m, what == OPEN_TURN);
    else if (what == CLOSE)
        close_thought(w, m);
    else if (what == ANSWER)
        open_answer(w, m);
    else if (what == CHANNEL)
        turn_channel(w, m);
    else if (what == FOREIGN)
        begin_foreign(w, m);
    else if (what == TURN)
        begin_turn(w, m);
    else if (what == TURN_END || what == ANSWER_END)
        end_turn(w, m);
    else if (!w->is_thought)
        skip_empty(w, m);
    w->mark_end = m->end;
}

/* Where the next mark can begin. */
static size_t next_sign(lmi_span in, size_t at)
{
    while (at < in.len && in.text[at] != '<' && in.text[at] != '[' && in.text[at] != '\xe2' &&
           in.text[at] != 'H')
        at++;
    return at;
}

static void walk_marks(walk *w)
{
    size_t opened = w->text.len; /* an answer within a line; it counts when it is closed */
    size_t at = 0;

    while ((at = next_sign(w->text, at)) < w->text.len) {
        mark m;
        const bool is_mark = read_mark(&m, w->text, at) || read_words(&m, w->text, at);
        const meaning what = is_mark ? weigh(&m) : NOTHING;

        if (what == NOTHING) {
            at++;
            continue;
        }
        if (!counts(w, &m, what))
            opened = what == ANSWER ? m.end : opened;
        else if (what != ANSWER_END || !close_inline(w, &m, opened))
            step(w, &m, what);
        else
            w->mark_end = m.end;
        at = m.end;
    }
}

/* Without marks at its end that nobody knows: <|reserved_7|>. */
static lmi_span trim_marks(lmi_span said)
{
    lmi_span text = lmi_py_strip(said);

    while (text.len > 4 && memcmp(text.text + text.len - 2, "|>", 2) == 0) {
        size_t n = 2;

        while (n < text.len && n < NAME_MAX && text.text[text.len - n - 1] != '<' &&
               !is_blank(text.text[text.len - n - 1]))
            n++;
        if (n == text.len || text.text[text.len - n - 1] != '<' || text.text[text.len - n] != '|')
            break;
        said = text = lmi_py_strip((lmi_span){text.text, text.len - n - 1});
    }
    return said;
}

lmi_span lmi_thoughts_skip(lmi_span text)
{
    walk w = {.text = text};
    lmi_span rest;
    bool has_rest;

    walk_marks(&w);
    rest = (lmi_span){text.text + w.begin, w.text.len - w.begin};
    has_rest = lmi_py_strip(rest).len > 0;
    if (!w.is_thought && w.said.len && !(w.is_answer && has_rest))
        rest = w.said;
    else if (w.earlier.len && (w.is_thought || !has_rest))
        rest = w.earlier;
    return trim_marks(rest);
}
