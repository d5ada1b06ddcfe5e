/*
 * code.c - programs between fences, and between the marks of calls.h.
 *
 * A fence opens with a run of three or more backticks wherever it stands, or of tildes at the
 * start of a line. It is closed by a run as long, at the start or the end of a line and alone
 * there: ``` within a line of a docstring closes nothing. The text is read through once.
 */
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "grade/calls.h"
#include "grade/compat.h"
#include "grade/exact/answer.h"
#include "grade/exact/thoughts.h"
#include "grade/grade.h"

/* A fence has at least three characters, and its partner is indented by at most three more. A
 * fence far out in its line is taken to stand in column 64. */
enum { FENCE_MIN = 3, DEEPER_MAX = 3, COLUMN_MAX = 64 };

typedef struct fence {
    size_t at; /* of its first character */
    size_t n;  /* length of the run */
    char c;
} fence;

typedef struct block {
    lmi_span text;
    char *owned; /* the same where it is no stretch of the text, else NULL */
} block;

typedef struct blocks {
    block *items;
    size_t n, capacity;
    size_t n_fences;
    size_t end;                      /* of the line of the last fence: a line may hold a million */
    fence next;                      /* the next fence that was found, */
    size_t next_end[LMI_CALL_KINDS]; /* and the next end of each kind: looked for once */
    lmi_buf rest;                    /* what is in no block */
} blocks;

/* Languages that are not Python. An unknown word is no language. */
static const char *const others[] = {
    "bash",   "sh",   "shell", "zsh",        "console", "terminal", "text",   "txt",
    "plain",  "json", "yaml",  "plaintext",  "output",  "markdown", "md",     "c",
    "cpp",    "c++",  "java",  "javascript", "js",      "ts",       "html",   "css",
    "sql",    "xml",  "rust",  "typescript", "go",      "ruby",     "csharp", "c#",
    "latex",  "tex",  "toml",  "ini",        "diff",    "pycon",    "log",    "math",
    "kotlin", "php",  "r",     "scala",      "swift",   "mermaid",  "csv",    "input",
};

static size_t run_len(lmi_span in, size_t at)
{
    size_t n = 1;

    while (at + n < in.len && in.text[at + n] == in.text[at])
        n++;
    return n;
}

static size_t line_end(lmi_span in, size_t at)
{
    const char *newline = memchr(in.text + at, '\n', in.len - at);

    return newline ? (size_t)(newline - in.text) : in.len;
}

/* Whether a run at `at` begins its line, and how many blanks it is indented by. */
static bool starts_line(size_t *indent, lmi_span in, size_t at)
{
    size_t n = 0;

    while (n < at && (in.text[at - n - 1] == ' ' || in.text[at - n - 1] == '\t'))
        n++;
    *indent = n;
    return n == at || in.text[at - n - 1] == '\n';
}

/* Bytes of its line before `at`, as far as they matter for what a closing fence may have. */
static size_t column(lmi_span in, size_t at)
{
    size_t n = 0;

    while (n < COLUMN_MAX && n < at && in.text[at - n - 1] != '\n')
        n++;
    return n;
}

/* The next run of backticks (tildes: at the start of a line) from `at` on. */
static bool find_open(fence *out, lmi_span in, size_t at)
{
    while (at < in.len) {
        const char c = in.text[at];
        size_t n, indent;

        if (c != '`' && c != '~') {
            at++;
            continue;
        }
        n = run_len(in, at);
        if (n >= FENCE_MIN && (c == '`' || starts_line(&indent, in, at))) {
            *out = (fence){at, n, c};
            return true;
        }
        at += n;
    }
    return false;
}

/* Whether only blanks follow in the line. */
static bool ends_line(lmi_span in, size_t at)
{
    size_t n;

    for (; at < in.len && in.text[at] != '\n'; at += n)
        if (!lmi_py_is_space(lmi_py_char(&n, in.text + at)))
            return false;
    return true;
}

/* The run that closes `open`, from `at` on; the end of the text when there is none. One that is
 * indented deeper belongs to a docstring. */
static fence find_close(lmi_span in, fence open, size_t at)
{
    const size_t indent_max = column(in, open.at) + DEEPER_MAX;

    while (at < in.len) {
        const char *next = memchr(in.text + at, open.c, in.len - at);
        size_t n, indent;

        if (!next)
            break;
        at = (size_t)(next - in.text);
        n = run_len(in, at);
        if (n >= open.n && ends_line(in, at + n) &&
            (!starts_line(&indent, in, at) || indent <= indent_max))
            return (fence){at, n, open.c};
        at += n;
    }
    return (fence){in.len, 0, open.c};
}

/* Whether a fence's tag says that it holds no Python. */
static bool is_other(lmi_span tag)
{
    size_t k;

    for (k = 0; k < sizeof(others) / sizeof(others[0]); k++)
        if (strlen(others[k]) == tag.len && strncasecmp(others[k], tag.text, tag.len) == 0)
            return true;
    return false;
}

/* The first word of a fence's line. */
static lmi_span read_tag(lmi_span line)
{
    size_t n = 0;

    line = lmi_trim(line, " \t{.", "");
    while (n < line.len && !strchr(" \t\r\n,:{}=`", line.text[n]))
        n++;
    return (lmi_span){line.text, n};
}

static lmas_status add(blocks *found, lmi_span text)
{
    if (lmi_py_strip(text).len == 0)
        return LMAS_OK;
    if (!lmi_reserve((void **)&found->items, &found->capacity, found->n + 1, sizeof(block)))
        return lmi_fail(LMAS_E_NOMEM, "no memory for the programs of a text");
    found->items[found->n++] = (block){text, NULL};
    return LMAS_OK;
}

/* A program out of a call, which may be gone soon. */
static lmas_status add_copy(void *user, lmi_span text)
{
    blocks *found = user;
    const size_t n = found->n;
    char *copy = lmi_strndup(text.text, text.len);
    lmas_status status = copy ? add(found, (lmi_span){copy, text.len})
                              : lmi_fail(LMAS_E_NOMEM, "no memory for a program");

    if (found->n > n)
        found->items[n].owned = copy;
    else
        lmi_free(copy);
    return status;
}

/* ```print(1)``` on one line: what is between, without the tag "python". Bytes read, or 0 when
 * the line does not close the fence. */
static size_t take_inline(lmi_span *out, lmi_span in, fence open, size_t end)
{
    const size_t start = open.at + open.n;
    const char *close = NULL;
    lmi_span tag;

    if (open.c == '`')
        close = lmi_find(in.text + start, in.text + end, "```");
    if (!close)
        return 0;
    *out = (lmi_span){in.text + start, (size_t)(close - in.text) - start};
    tag = read_tag(*out);
    if (tag.len >= 2 && strncasecmp(tag.text, "py", 2) == 0)
        *out = (lmi_span){tag.text + tag.len,
                          (size_t)(close - in.text) - (size_t)(tag.text + tag.len - in.text)};
    *out = lmi_py_strip(*out);
    return (size_t)(close - in.text) + run_len(in, (size_t)(close - in.text));
}

/* The block that `open` begins; `*at` moves behind it. */
static lmas_status take_block(blocks *found, lmi_span in, fence open, size_t *at)
{
    const size_t start = open.at + open.n;
    size_t end = found->end;
    lmi_span tag, text;
    fence close;

    if (!found->n_fences++ || start > end)
        found->end = end = line_end(in, start);
    tag = read_tag((lmi_span){in.text + start, end - start});
    *at = take_inline(&text, in, open, end);
    if (!*at && end < in.len) {
        close = find_close(in, open, end + 1);
        text = (lmi_span){in.text + end + 1, close.at - end - 1};
        *at = close.at + close.n;
    } else if (!*at) {
        text = (lmi_span){in.text + end, 0};
        *at = in.len;
    }
    if (tag.len == 4 && strncasecmp(tag.text, "json", 4) == 0)
        return lmi_call_read(text, true, add_copy, found);
    return is_other(tag) ? LMAS_OK : add(found, text);
}

/* The next fence from `at` on; one of no length at the end of the text when there is none. */
static fence next_fence(blocks *found, lmi_span in, size_t at)
{
    const bool is_known = found->next.n ? found->next.at >= at : found->next.c == '\n';

    if (!is_known && !find_open(&found->next, in, at))
        found->next = (fence){in.len, 0, '\n'};
    return found->next;
}

/* Where a program ends that a mark begins: at its own end, or with the text. */
static size_t find_end(blocks *found, lmi_span in, const lmi_call *call)
{
    size_t *end = &found->next_end[call->kind];

    if (*end < call->end) {
        const char *next =
            lmi_find(in.text + call->end, in.text + in.len, lmi_call_end(call->kind));

        *end = next ? (size_t)(next - in.text) : in.len;
    }
    return *end;
}

/* The program that a mark begins; `*at` moves behind it. Where fences stand inside, they are what
 * holds it; where the prompt opened it, it stands before. */
static lmas_status take_call(blocks *found, lmi_span in, const lmi_call *call, size_t *at)
{
    const size_t from = *at;
    const size_t end = call->is_close ? call->at : find_end(found, in, call);

    *at = call->end;
    if (!call->is_close && next_fence(found, in, call->end).at < end)
        return LMAS_OK;
    found->n_fences++;
    if (call->is_close)
        return add(found, (lmi_span){in.text + from, end - from});
    *at = end < in.len ? end + strlen(lmi_call_end(call->kind)) : end;
    return lmi_call_read((lmi_span){in.text + call->end, end - call->end}, false, add_copy, found);
}

/* Where the first line that is not blank begins. */
static size_t skip_blank_lines(lmi_span in)
{
    const size_t n_blank = (size_t)(lmi_py_strip(in).text - in.text);
    const char *newline = memrchr(in.text, '\n', n_blank);

    return newline ? (size_t)(newline + 1 - in.text) : 0;
}

static size_t blanks_len(lmi_span in, size_t from, size_t to)
{
    size_t n = 0;

    while (from + n < to && (in.text[from + n] == ' ' || in.text[from + n] == '\t'))
        n++;
    return n;
}

/* The indentation that all lines have, those that are blank aside. */
static size_t common_indent(lmi_span in)
{
    size_t common = SIZE_MAX;
    size_t i = 0;

    while (i < in.len) {
        const size_t end = line_end(in, i);
        const size_t n = blanks_len(in, i, end);

        if (n < common && !ends_line(in, i))
            common = n;
        i = end + 1;
    }
    return common;
}

/* Copy of a block without its common indentation (a block in a list has one), and without the
 * blank lines around it. */
static char *copy_block(lmi_span in)
{
    const size_t indent = common_indent(in);
    lmi_buf out;
    size_t i = skip_blank_lines(in);

    lmi_buf_init(&out, in.len + 1);
    while (i < in.len) {
        const size_t end = line_end(in, i);
        const size_t blanks = blanks_len(in, i, end);
        const size_t n = blanks < indent ? blanks : indent;

        lmi_buf_append(&out, in.text + i + n, end - i - n);
        lmi_buf_putc(&out, '\n');
        i = end + 1;
    }
    while (out.len && strchr(" \t\r\n", out.data[out.len - 1]))
        out.data[--out.len] = '\0';
    return lmi_buf_steal(&out);
}

/* Copies of the last LMI_CODE_BLOCKS_MAX blocks, last first. */
static lmas_status copy_blocks(lmi_code *out, const blocks *found)
{
    const size_t n = found->n < LMI_CODE_BLOCKS_MAX ? found->n : LMI_CODE_BLOCKS_MAX;
    size_t i;

    out->blocks = lmi_new(n, sizeof(*out->blocks));
    if (!out->blocks)
        return lmi_fail(LMAS_E_NOMEM, "no memory for the programs of a text");
    for (i = 0; i < n; i++) {
        out->blocks[i] = copy_block(found->items[found->n - 1 - i].text);
        if (!out->blocks[i])
            return lmi_fail(LMAS_E_NOMEM, "no memory for a program");
        out->n_blocks++;
    }
    return LMAS_OK;
}

/* The next fence or mark from `at` on, whichever comes first. */
static bool find_next(lmi_call *call, bool *is_call, blocks *found, lmi_span in, size_t at)
{
    const fence open = next_fence(found, in, at);

    while (at < open.at && !lmi_call_find(call, in, at))
        at++;
    *is_call = at < open.at;
    return *is_call || open.n;
}

static void keep_rest(blocks *found, lmi_span in, size_t from, size_t to)
{
    if (to > from) {
        lmi_buf_append(&found->rest, in.text + from, to - from);
        lmi_buf_putc(&found->rest, '\n');
    }
}

/* All blocks of a text; without a fence or a mark it is one, and perhaps a call. */
static lmas_status collect(blocks *found, lmi_span in)
{
    size_t at = 0;
    size_t from = 0;
    bool is_call;
    lmi_call call;
    lmas_status status = LMAS_OK;

    while (status == LMAS_OK && find_next(&call, &is_call, found, in, at)) {
        const size_t n_fences = found->n_fences;
        const fence open = found->next;

        at = from;
        status = is_call ? take_call(found, in, &call, &at) : take_block(found, in, open, &at);
        if (found->n_fences == n_fences)
            continue;
        if (!is_call || !call.is_close)
            keep_rest(found, in, from, is_call ? call.at : open.at);
        from = at;
    }
    if (status == LMAS_OK && found->n_fences == 0) {
        status = add(found, in);
        return status == LMAS_OK ? lmi_call_read(in, true, add_copy, found) : status;
    }
    keep_rest(found, in, from, in.len);
    return status == LMAS_OK ? lmi_buf_status(&found->rest) : status;
}

static void drop(blocks *found)
{
    size_t i;

    for (i = 0; i < found->n; i++)
        lmi_free(found->items[i].owned);
    lmi_free(found->items);
    lmi_buf_done(&found->rest);
}

static lmas_status find_blocks(lmi_code *out, lmi_span in)
{
    blocks found = {0};
    lmas_status status;

    lmi_buf_init(&found.rest, 2 * in.len + 1);
    status = collect(&found, in);
    if (status == LMAS_OK)
        status = copy_blocks(out, &found);
    if (status == LMAS_OK &&
        lmi_py_strip((lmi_span){lmi_buf_text(&found.rest), found.rest.len}).len)
        out->rest = lmi_buf_steal(&found.rest);
    drop(&found);
    return status;
}

static lmas_status find(lmi_code *out, lmi_span text, const char *marked)
{
    lmi_code code = {0};
    lmi_texts texts;
    lmas_status status = lmi_texts_init(&texts, text, marked);

    if (status == LMAS_OK)
        status = lmi_compat_code(&code.compat, texts.shown.text, texts.shown.len);
    if (status == LMAS_OK)
        status = find_blocks(&code, lmi_thoughts_skip(texts.marked));
    lmi_texts_done(&texts);
    if (status == LMAS_OK)
        *out = code;
    else
        lmi_code_done(&code);
    return status;
}

lmas_status lmi_code_find(lmi_code *out, const char *text, size_t len)
{
    return find(out, (lmi_span){text, len}, NULL);
}

lmas_status lmi_code_said(lmi_code *out, const char *text, const char *marked)
{
    return find(out, (lmi_span){text, strlen(text)}, marked);
}

void lmi_code_done(lmi_code *code)
{
    size_t i;

    for (i = 0; i < code->n_blocks; i++)
        lmi_free(code->blocks[i]);
    lmi_free(code->blocks);
    lmi_free(code->rest);
    lmi_free(code->compat);
    *code = (lmi_code){0};
}
