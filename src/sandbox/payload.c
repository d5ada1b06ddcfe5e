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
    size_t i;

    if (program->n_candidates == 0)
        return lmi_fail(LMAS_E_INVALID, "program %llu has no candidate, at least one expected",
                        (unsigned long long)program->id);
    lmi_buf_init(out, LMI_PROGRAM_SIZE_MAX);
    lmi_buf_printf(out, "%zu %d", n_processes, program->is_mutated ? 1 : 0);
    for (i = 0; i < program->n_candidates; i++)
        lmi_buf_printf(out, " %zu", strlen(program->candidates[i]));
    lmi_buf_printf(out, " %zu\n", strlen(program->tests));
    for (i = 0; i < program->n_candidates; i++)
        lmi_buf_puts(out, program->candidates[i]);
    lmi_buf_puts(out, program->tests);
    if (out->status == LMAS_OK)
        return LMAS_OK;
    lmi_buf_done(out);
    return lmi_fail(LMAS_E_INVALID, "program %llu is longer than %zu bytes",
                    (unsigned long long)program->id, LMI_PROGRAM_SIZE_MAX);
}
