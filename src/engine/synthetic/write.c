/*
 * write.c - the weights of a synthetic model, into its file.
 *
 * Speed does not depend on the values, so each row of a matrix is a slice of one pool of normal
 * numbers, quantised once: writing a model costs what writing its file costs. Which slice follows
 * from the row's number alone, so threads may write the rows in any order, each a stretch of the
 * file at a time: where a system call is dear, one for each row took most of the time.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "engine/libllama.h"
#include "engine/synthetic/synthetic.h"

enum {
    SLICE = 256,         /* a row starts at a multiple of this: whole blocks of every type */
    POOL = 4096 * SLICE, /* values that rows start among */
    ROW_MAX = 32768,     /* widest row */
    STRETCH_SIZE = 2 * 1024 * 1024,
    THREADS_MAX = 64,
};
static const float DEVIATION = 0.02f;

/* Rows of one tensor that are written at once. */
typedef struct stretch {
    const struct ggml_tensor *tensor;
    int64_t i_tensor;
    int64_t row, n_rows;
} stretch;

typedef struct writer {
    const lmi_synthetic *model;
    int fd;
    float *ones;    /* [ROW_MAX] */
    char *pool;     /* [POOL + ROW_MAX] values in the model's type */
    uint64_t begin; /* of the tensors in the file */
    uint64_t n_total;

    pthread_mutex_t lock; /* guards what follows */
    stretch next;         /* `tensor` is NULL when all are taken */
    uint64_t n_written;
    int error; /* errno of the first failure */
    bool is_stopped;
} writer;

typedef struct worker {
    writer *writer;
    pthread_t thread;
    char *rows; /* [STRETCH_SIZE] */
    bool is_caller;
} worker;

/* ---- Values ---------------------------------------------------------------------- */

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Close to normal: the sum of four uniform numbers has variance 1/3. */
static float next_normal(uint64_t *state)
{
    const uint64_t bits = next_random(state);
    float sum = -2.0f;
    int i;

    for (i = 0; i < 4; i++)
        sum += (float)(bits >> 16 * i & 0xffff) / 65536.0f;
    return sum * 1.7320508f;
}

static lmas_status fill_pool(writer *w)
{
    const enum ggml_type type = w->model->type;
    float *values = lmi_new(POOL + ROW_MAX, sizeof(float));
    uint64_t random = 0x9e3779b97f4a7c15u;
    size_t i;

    w->ones = lmi_new(ROW_MAX, sizeof(float));
    w->pool = lmi_new(ggml_row_size(type, POOL + ROW_MAX), 1);
    if (!values || !w->ones || !w->pool) {
        lmi_free(values);
        return lmi_fail(LMAS_E_NOMEM, "no memory for random weights");
    }
    for (i = 0; i < ROW_MAX; i++)
        w->ones[i] = 1.0f;
    for (i = 0; i < POOL + ROW_MAX; i++)
        values[i] = DEVIATION * next_normal(&random);
    ggml_quantize_chunk(type, values, w->pool, 0, (POOL + ROW_MAX) / SLICE, SLICE, NULL);
    lmi_free(values);
    return LMAS_OK;
}

/* The slice of the pool that a row begins with: splitmix64's scramble of its number. */
static int64_t slice_of(int64_t i_tensor, int64_t row)
{
    uint64_t x = ((uint64_t)i_tensor << 32) + (uint64_t)row + 0x9e3779b97f4a7c15u;

    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
    x = (x ^ x >> 27) * 0x94d049bb133111ebu;
    return (int64_t)((x ^ x >> 31) % (POOL / SLICE));
}

static void fill_rows(const writer *w, char *out, const stretch *s)
{
    const size_t size = ggml_row_size(s->tensor->type, s->tensor->ne[0]);
    int64_t i;

    for (i = 0; i < s->n_rows; i++) {
        const int64_t begin = slice_of(s->i_tensor, s->row + i) * SLICE;
        const void *from = ggml_n_dims(s->tensor) == 1
                               ? (const void *)w->ones
                               : w->pool + ggml_row_size(w->model->type, begin);

        memcpy(out + (size_t)i * size, from, size);
    }
}

/* ---- Threads --------------------------------------------------------------------- */

/* Take the next stretch; false when there is none, or none is wanted any more. */
static bool take(stretch *out, writer *w)
{
    stretch *s = &w->next;
    bool is_taken;

    pthread_mutex_lock(&w->lock);
    is_taken = s->tensor && !w->error && !w->is_stopped;
    if (is_taken) {
        const int64_t n_left = ggml_nrows(s->tensor) - s->row;
        const int64_t n_fit =
            STRETCH_SIZE / (int64_t)ggml_row_size(s->tensor->type, s->tensor->ne[0]);

        s->n_rows = n_fit < n_left ? n_fit : n_left;
        *out = *s;
        s->row += s->n_rows;
        if (s->row == ggml_nrows(s->tensor))
            *s = (stretch){.tensor = ggml_get_next_tensor(w->model->tensors, (void *)s->tensor),
                           .i_tensor = s->i_tensor + 1};
    }
    pthread_mutex_unlock(&w->lock);
    return is_taken;
}

/* errno, or 0. */
static int write_at(int fd, const char *data, size_t size, uint64_t at)
{
    while (size > 0) {
        const ssize_t n = pwrite(fd, data, size, (off_t)at);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno;
        data += n;
        at += (uint64_t)n;
        size -= (size_t)n;
    }
    return 0;
}

static void write_stretch(worker *me, const stretch *s)
{
    const size_t row_size = ggml_row_size(s->tensor->type, s->tensor->ne[0]);
    const size_t size = row_size * (size_t)s->n_rows;
    writer *w = me->writer;
    int error;

    fill_rows(w, me->rows, s);
    error = write_at(w->fd, me->rows, size,
                     w->begin + gguf_get_tensor_offset(w->model->gguf, s->i_tensor) +
                         row_size * (uint64_t)s->row);
    pthread_mutex_lock(&w->lock);
    w->n_written += size;
    if (!w->error)
        w->error = error;
    pthread_mutex_unlock(&w->lock);
}

/* Whoever waits for the model is asked on his own thread. */
static void ask_caller(writer *w)
{
    float progress;

    if (!w->model->progress)
        return;
    pthread_mutex_lock(&w->lock);
    progress = (float)w->n_written / (float)w->n_total;
    pthread_mutex_unlock(&w->lock);
    if (w->model->progress(w->model->user, progress))
        return;
    pthread_mutex_lock(&w->lock);
    w->is_stopped = true;
    pthread_mutex_unlock(&w->lock);
}

static void *work(void *arg)
{
    worker *me = arg;
    stretch s;

    for (;;) {
        if (me->is_caller)
            ask_caller(me->writer);
        if (!take(&s, me->writer))
            return NULL;
        write_stretch(me, &s);
    }
}

/* How it went, once nobody writes any more. */
static lmas_status outcome(const writer *w)
{
    errno = w->error;
    if (w->error)
        return lmi_fail_errno(LMAS_E_IO, "cannot write %s, of %.3g GB", w->model->path,
                              (double)w->n_total / 1e9);
    return w->is_stopped ? lmi_fail(LMAS_E_CANCELED, "making %s was stopped", w->model->path)
                         : LMAS_OK;
}

/* The caller works too, and is enough where no other thread can be had. */
static lmas_status write_weights(writer *w)
{
    const int32_t n_cores = lmas_n_cores();
    const int32_t n = n_cores < THREADS_MAX ? n_cores : THREADS_MAX;
    worker workers[THREADS_MAX] = {0};
    int32_t n_begun, i;

    workers[0] = (worker){.writer = w, .is_caller = true, .rows = lmi_new(STRETCH_SIZE, 1)};
    if (!workers[0].rows)
        return lmi_fail(LMAS_E_NOMEM, "no memory to write %s", w->model->path);
    for (n_begun = 1; n_begun < n; n_begun++) {
        worker *other = &workers[n_begun];

        *other = (worker){.writer = w, .rows = lmi_new(STRETCH_SIZE, 1)};
        if (!other->rows || pthread_create(&other->thread, NULL, work, other) != 0)
            break;
    }
    work(&workers[0]);
    for (i = 1; i < n_begun; i++)
        pthread_join(workers[i].thread, NULL);
    for (i = 0; i < THREADS_MAX; i++)
        lmi_free(workers[i].rows);
    return outcome(w);
}

/* ---- The file -------------------------------------------------------------------- */

/* The metadata, and behind it zeros as far as the last tensor goes. */
static lmas_status write_frame(writer *w)
{
    const lmi_synthetic *m = w->model;
    const int fd = dup(w->fd);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "wb");
    bool is_written = file && gguf_write_to_file_ptr(m->gguf, file, true);
    struct ggml_tensor *tensor;

    if (file)
        is_written = fclose(file) == 0 && is_written;
    else if (fd >= 0)
        close(fd);
    w->begin = gguf_get_meta_size(m->gguf);
    for (tensor = ggml_get_first_tensor(m->tensors); tensor;
         tensor = ggml_get_next_tensor(m->tensors, tensor))
        w->n_total += GGML_PAD(ggml_nbytes(tensor), (size_t)LMI_SYNTHETIC_ALIGNMENT);
    if (!is_written || ftruncate(w->fd, (off_t)(w->begin + w->n_total)) != 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot write %s", m->path);
    return LMAS_OK;
}

/* It is not flushed to disk: what a power cut leaves of random numbers is made again. */
static lmas_status write_file(writer *w)
{
    const char *path = w->model->path;
    char half[LMI_PATH_MAX];
    lmas_status status;

    if ((size_t)snprintf(half, sizeof(half), "%s.XXXXXX", path) >= sizeof(half))
        return lmi_fail(LMAS_E_INVALID, "a path of more than %d bytes", LMI_PATH_MAX);
    w->fd = mkstemp(half);
    if (w->fd < 0)
        return lmi_fail_errno(LMAS_E_IO, "cannot write %s", path);
    status = write_frame(w);
    if (status == LMAS_OK)
        status = write_weights(w);
    if (close(w->fd) != 0 && status == LMAS_OK)
        status = lmi_fail_errno(LMAS_E_IO, "cannot write %s", path);
    if (status == LMAS_OK && rename(half, path) != 0)
        status = lmi_fail_errno(LMAS_E_IO, "cannot write %s", path);
    if (status != LMAS_OK)
        unlink(half);
    return status;
}

lmas_status lmi_synthetic_write(const lmi_synthetic *model)
{
    writer w = {.model = model, .next.tensor = ggml_get_first_tensor(model->tensors)};
    lmas_status status = fill_pool(&w);

    pthread_mutex_init(&w.lock, NULL);
    if (status == LMAS_OK)
        status = write_file(&w);
    pthread_mutex_destroy(&w.lock);
    lmi_free(w.ones);
    lmi_free(w.pool);
    return status;
}
