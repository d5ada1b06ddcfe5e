/*
 * sandbox.h - model-written Python, run beside the model, behind walls.
 *
 * A program is a text and tests behind it; it has passed when the last line of the tests was
 * reached, told by a token that the program cannot guess. Programs run in processes of their
 * own, several at once; nothing here waits unless it is asked to.
 *
 * Program and tests are one text in one namespace, as in the reference. So a test cannot tell when
 * a program redefines what the test itself uses (`zip`, an `==` that is always true), and code
 * that reads and writes raw memory could find the token (driver.py says how it is hidden).
 *
 * A sandbox belongs to one thread: the kernel kills its programs when that thread ends.
 */
#ifndef LMI_SANDBOX_SANDBOX_H
#define LMI_SANDBOX_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/file.h"
#include "base/status.h"

/* Bytes of a version's text, with its NUL. */
enum { LMI_PYTHON_VERSION_SIZE = 32 };

typedef enum lmi_sandbox_kind {
    /* bubblewrap: no network, none of the user's files, no other process in sight. The program is
     * process 1 in there: a signal that it sends itself does nothing unless it is caught. */
    LMI_SANDBOX_BWRAP = 0,
    /* Limits on time, memory, processes and output, nothing else. A process that the program
     * leaves behind is found and killed, unless it has given itself a new environment. */
    LMI_SANDBOX_NONE = 1,
} lmi_sandbox_kind;

typedef struct lmi_sandbox_params {
    lmi_sandbox_kind kind;
    uint32_t n_parallel;  /* programs at once */
    double wall_ms;       /* of one program (the reference's: 10 s) */
    uint64_t memory_size; /* bytes: address space of one process, and memory of all together */
    const char *python;   /* path, or name along PATH, of the interpreter; NULL: python3 */
} lmi_sandbox_params;

lmi_sandbox_params lmi_sandbox_params_default(void);

/* "bwrap", "none". */
const char *lmi_sandbox_kind_name(lmi_sandbox_kind kind);

/* How a program ended. */
typedef enum lmi_ending {
    LMI_ENDING_PASSED = 0,
    LMI_ENDING_FAILED = 1,      /* an exception: an assertion, or any other */
    LMI_ENDING_NO_CODE = 2,     /* no candidate is Python */
    LMI_ENDING_EXITED = 3,      /* it ended, by its own doing, before the last test */
    LMI_ENDING_TIMED_OUT = 4,   /* wall clock */
    LMI_ENDING_KILLED = 5,      /* by a limit, or a signal */
    LMI_ENDING_NOT_MUTATED = 6, /* a mutant was asked for, and there is nothing to mutate */
    LMI_ENDING_BROKEN = 7,      /* the sandbox itself failed: this says nothing of the program */
} lmi_ending;

/* "passed", "failed", "no code", ... Never NULL. */
const char *lmi_ending_name(lmi_ending ending);

typedef struct lmi_program {
    uint64_t id; /* yours */
    /* Of these the first is run that is Python and defines what the tests ask for, with what it
     * needs of the others and of what is given (pick.py). */
    const char *const *candidates;
    size_t n_candidates;
    const char *given; /* what a program may go on from (HumanEval's prompt); NULL for nothing */
    const char *tests; /* run behind it, in the same namespace */
    double wall_ms;    /* a limit of its own, below the sandbox's; 0 for none */
    bool is_mutated;   /* change one operator of the candidate first (latentmas data check) */
    bool is_bare;      /* leave out what only shows or tests, and no definition needs */
} lmi_program;

/* A stretch of lines of a candidate (or, by the number behind the last, of what is given), shifted
 * right by blanks, or with so many bytes of each cut off. */
typedef struct lmi_piece {
    size_t text, first, n;
    int shift;
} lmi_piece;

typedef struct lmi_verdict {
    uint64_t id;
    lmi_ending ending;
    size_t candidate;        /* the one that was run */
    const lmi_piece *pieces; /* what it was put together from; none: the candidate as it is */
    size_t n_pieces;
    const char
        *detail; /* one line: "AssertionError: ...", "signal 9", ...; "" for none; borrowed */
    double wall_ms;
} lmi_verdict;

/* The text that was run, for lmi_free(). LMAS_E_FORMAT when the verdict is not the program's. */
lmas_status lmi_program_text(char **out, const lmi_program *program, const lmi_verdict *verdict);

/* Called from inside lmi_sandbox_poll(). */
typedef void (*lmi_verdict_fn)(void *user, const lmi_verdict *verdict);

typedef struct lmi_sandbox lmi_sandbox;

/* Check that programs can be run that way, by running one. Without bubblewrap or Python, or where
 * the system forbids it: LMAS_E_IO with the next step. */
lmas_status lmi_sandbox_open(lmi_sandbox **out, const lmi_sandbox_params *params, lmi_verdict_fn fn,
                             void *user);

/* What runs the programs: absolute path, and version ("3.14.8"). */
typedef struct lmi_python {
    char path[LMI_PATH_MAX];
    char version[LMI_PYTHON_VERSION_SIZE];
} lmi_python;

lmi_python lmi_sandbox_python(const lmi_sandbox *sandbox);

/* Kill what runs, forget what waits. */
void lmi_sandbox_close(lmi_sandbox *sandbox);

/* Fail, with the next step, when tests ask for something that is not there (numpy). */
lmas_status lmi_sandbox_check_tests(const lmi_sandbox *sandbox, const char *tests);

/* Put a program, copied, in the queue, and start what can start. LMAS_E_IO when its tests need
 * numpy and Python has none; LMAS_E_INVALID when it is too long (limits.h). */
lmas_status lmi_sandbox_submit(lmi_sandbox *sandbox, const lmi_program *program);

/* Take in what has ended, kill what must end, start what waits. Wait at most `wait_ms` for
 * something to happen, less when a signal comes; 0 looks and returns at once. A host that is busy
 * for seconds learns late of an end but changes none: but for the memory of all processes
 * together, the kernel keeps the limits. */
lmas_status lmi_sandbox_poll(lmi_sandbox *sandbox, double wait_ms);

/* Programs submitted and without a verdict. */
size_t lmi_sandbox_n_open(const lmi_sandbox *sandbox);

#endif
