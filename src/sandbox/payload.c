/* payload.c - sizes first, so that no text needs escaping. */
#include "sandbox/payload.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

lmas_status lmi_token_new(lmi_token *out)
{
    lmi_token token;
    ssize_t n;

    do
        n = getrandom(token.bytes, sizeof(token.bytes), 0);
    while (n < 0 && errno == EINTR);
    if (n != (ssize_t)sizeof(token.bytes))
        return lmi_fail_errno(LMAS_E_IO, "no random numbers to be had");
    *out = token;
    return LMAS_OK;
}

lmas_status lmi_payload_text(lmi_buf *out, const lmi_program *program, size_t n_processes)
{
    const char *given = program->given ? program->given : "";
    size_t i;

    if (program->n_candidates == 0)
        return lmi_fail(LMAS_E_INVALID, "program %llu has no candidate, at least one expected",
                        (unsigned long long)program->id);
    lmi_buf_init(out, LMI_PROGRAM_SIZE_MAX);
    lmi_buf_printf(out, "%zu %d", n_processes, program->is_mutated ? 1 : program->is_bare ? 2 : 0);
    for (i = 0; i < program->n_candidates; i++)
        lmi_buf_printf(out, " %zu", strlen(program->candidates[i]));
    lmi_buf_printf(out, " %zu %zu\n", strlen(given), strlen(program->tests));
    for (i = 0; i < program->n_candidates; i++)
        lmi_buf_puts(out, program->candidates[i]);
    lmi_buf_puts(out, given);
    lmi_buf_puts(out, program->tests);
    if (out->status == LMAS_OK)
        return LMAS_OK;
    lmi_buf_done(out);
    return lmi_fail(LMAS_E_INVALID, "program %llu is longer than %zu bytes",
                    (unsigned long long)program->id, LMI_PROGRAM_SIZE_MAX);
}

/* The line of a text that begins at `at`, its newline aside; NULL behind the last. */
static const char *next_line(const char *at)
{
    const char *newline = at ? strchr(at, '\n') : NULL;

    return newline ? newline + 1 : NULL;
}

/* One line, shifted right by blanks or with bytes of its start cut off. A blank one stays. */
static void put_line(lmi_buf *out, const char *line, int shift)
{
    const size_t len = strcspn(line, "\n");
    const size_t cut = shift < 0 ? (size_t)-shift : 0;

    if (shift > 0 && strspn(line, " \t\r\v\f") < len)
        lmi_buf_printf(out, "%*s", shift, "");
    if (cut < len)
        lmi_buf_append(out, line + cut, len - cut);
    lmi_buf_putc(out, '\n');
}

static bool put_piece(lmi_buf *out, const char *text, const lmi_piece *piece)
{
    const char *line = text;
    size_t i;

    for (i = 0; line && i < piece->first; i++)
        line = next_line(line);
    for (i = 0; line && i < piece->n; i++, line = next_line(line))
        put_line(out, line, piece->shift);
    return i == piece->n;
}

lmas_status lmi_program_text(char **out, const lmi_program *program, const lmi_verdict *verdict)
{
    lmi_buf text;
    bool is_good = verdict->n_pieces > 0 || verdict->candidate < program->n_candidates;
    size_t i;

    lmi_buf_init(&text, 2 * LMI_PROGRAM_SIZE_MAX);
    if (!verdict->n_pieces && is_good)
        lmi_buf_puts(&text, program->candidates[verdict->candidate]);
    for (i = 0; is_good && i < verdict->n_pieces; i++) {
        const lmi_piece *piece = &verdict->pieces[i];
        const bool is_given = piece->text == program->n_candidates && program->given;

        is_good =
            (is_given || piece->text < program->n_candidates) &&
            put_piece(&text, is_given ? program->given : program->candidates[piece->text], piece);
    }
    if (verdict->n_pieces && text.len)
        text.data[--text.len] = '\0'; /* the last newline stands between lines only */
    *out = is_good ? lmi_buf_steal(&text) : NULL;
    lmi_buf_done(&text);
    if (*out)
        return LMAS_OK;
    return lmi_fail(is_good ? LMAS_E_NOMEM : LMAS_E_FORMAT, "the program of a verdict %s",
                    is_good ? "has no room in memory" : "has lines that nobody sent");
}
