/*
 * market.h - latentmas memory push, pull and search: an exchange that a server has
 * (latentmas serve --exchange), from the command line.
 *
 *     push    offer ─▶ pieces ─▶ commit    goes on where a cut connection has left it
 *     pull    record ─▶ FILE.part ─▶ FILE  the same; named FILE once its SHA-256 is the record's
 *     search  words, tags, or a file whose thoughts it is to be like
 */
#ifndef LMI_CLI_MARKET_H
#define LMI_CLI_MARKET_H

#include "cli/options.h"
#include "latentmas_store.h"

typedef struct lmi_market_flags {
    const char *to, *from, *at, *out; /* URLs of servers; the file that pull writes */
    const char *name, *description, *text, *like, *key_file;
    lmi_words tags;
    double days; /* after which it expires; 0: never */
    int64_t limit;
    bool is_published, is_own;
} lmi_market_flags;

extern const lmi_opt lmi_market_opts[];
void lmi_market_flags_init(lmi_market_flags *flags);

/* `params` name keys that the file must have been sealed or signed with. */
lmas_status lmi_market_push(const char *path, const lmi_market_flags *flags,
                            const lmas_memory_file_params *params, bool is_json);
lmas_status lmi_market_pull(const char *id, const lmi_market_flags *flags,
                            const lmas_memory_file_params *params);

/* `words` [n]: all of them. */
lmas_status lmi_market_search(char *const *words, size_t n, const lmi_market_flags *flags,
                              bool is_json);

#endif
