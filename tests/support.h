/* support.h - what the C tests share: models by name, one-line expectations, scratch folders. */
#ifndef LMI_TESTS_SUPPORT_H
#define LMI_TESTS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "latentmas.h"

/* Whether a sanitizer watches, under which all takes many times as long. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
enum { SUPPORT_IS_SANITIZED = 1 };
#else
enum { SUPPORT_IS_SANITIZED = 0 };
#endif

/* Paths from the repository's root, where the tests run. */
#define DEMO_MODEL   "models/demo.gguf"
#define UNTIED_MODEL "tests/parity/fixtures/untied.gguf"
#define TIED_MODEL   "tests/parity/fixtures/tied.gguf"
#define STORIES_MODEL                                                                              \
    "../shared/models/stories260K.gguf" /* not part of the project: may be absent */

/* Fail the test with the library's message unless `call` returns LMAS_OK. */
#define assert_ok(call) support_assert_ok((call), #call, __FILE__, __LINE__)
void support_assert_ok(lmas_status status, const char *call, const char *file, int line);

/* Fail unless `call` fails with `want` and a message that contains `text`. */
#define assert_fails(want, text, call)                                                             \
    support_assert_fails((want), (text), (call), #call, __FILE__, __LINE__)
void support_assert_fails(lmas_status want, const char *text, lmas_status got, const char *call,
                          const char *file, int line);

/* Models on the processor: what is claimed of numbers holds there, while a GPU's kernels round to
 * 16 bits and change with the width of a batch. LATENTMAS_TEST_DEVICES names others, as -dev does;
 * "all" is whatever there is. */
lmas_model_params support_model_params(void);

/* Whether to claim all there is to claim (tests/long/whole.sh), or the part that `make test` has
 * time for. */
bool support_is_whole(void);

/* A model opened on first use and kept until the program ends. */
lmas_model *support_model(const char *path);

/* A session with f32 KV and flash attention off, as the parity vectors want it. */
lmas_session *support_session(lmas_model *model, uint32_t n_lanes, uint32_t n_ctx, bool realign);

/* A fresh folder under the build folder's scratch space; its path lives until the next call. */
const char *support_folder(void);

/* Hand every program *.py of `folder` to `fn`, in the order of their names; how many there are. */
size_t support_programs(const char *folder, void (*fn)(const char *name, const char *text));

/* Descriptors that are open, the one that looks counted in. */
size_t support_count_fds(void);

/* Write `size` bytes to a new file `name` in `folder` and return its path (static buffer). */
const char *support_file(const char *folder, const char *name, const void *data, size_t size);

#endif
