/* store_avp.h - what the tests of AVP frames share: a folder, sessions, tokens that are read. */
#ifndef LMI_TESTS_STORE_AVP_H
#define LMI_TESTS_STORE_AVP_H

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "store/avp/payload.h"
#include "support.h"

enum { N_CTX = 256, WANT_BOTH = LMI_WANT_HIDDEN | LMI_WANT_LOGITS };

static const char *folder;

static inline int make_folder(void **state)
{
    static char kept[256];

    (void)state;
    snprintf(kept, sizeof(kept), "%s", support_folder());
    folder = kept;
    return 0;
}

static inline const char *at(const char *name)
{
    static char paths[8][300];
    static int i;

    i = (i + 1) % 8;
    snprintf(paths[i], sizeof(paths[i]), "%s/%s", folder, name);
    return paths[i];
}

static inline lmas_session *session_of(const char *model, uint32_t n_lanes, lmas_kv kv,
                                       const char *type)
{
    lmas_session_params p = lmas_session_params_default();
    lmas_session *session = NULL;

    p.n_lanes = n_lanes;
    p.n_ctx = N_CTX * n_lanes;
    p.n_threads = 1;
    p.kv = kv;
    p.flash_attn = strcmp(type, "q8_0") == 0 ? LMAS_FLASH_ATTN_ON : LMAS_FLASH_ATTN_OFF;
    p.cache_type_k = p.cache_type_v = type;
    p.cache_dir = "";
    assert_ok(lmas_session_new(&session, support_model(model), &p));
    return session;
}

static inline void read_tokens(lmas_memory *memory, const int32_t *tokens, size_t n)
{
    assert_ok(lmi_memory_start_read(memory, "reader", tokens, n, WANT_BOTH));
    assert_ok(lmi_memory_wait(memory));
}

#endif
