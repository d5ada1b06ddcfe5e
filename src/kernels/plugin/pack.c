/*
 * pack.c - memory that holds weights as tiles.
 *
 * While it is open it says that the processor may read and write it as it likes ("host"): so
 * libllama reads the file straight into it. Closed it says no: only our backend knows tiles.
 */
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>

#include "base/mem.h"
#include "kernels/plugin/plugin.h"
#include "kernels/threads.h"

enum { ALIGNMENT = 64 };

struct lmi_pack {
    struct ggml_backend_buffer_type memory;
    const lmi_path *path;
    atomic_bool is_closed;
    struct ggml_tensor **tensors; /* [n] */
    size_t n, capacity;
    size_t size;
};

static const char *memory_name(ggml_backend_buffer_type_t type)
{
    (void)type;
    return "latentmas tiles";
}

static lmi_pack *pack_of(ggml_backend_buffer_t buffer)
{
    return buffer->buft->context;
}

static void free_buffer(ggml_backend_buffer_t buffer)
{
    munmap(buffer->context, buffer->size);
}

static void *base_of(ggml_backend_buffer_t buffer)
{
    return buffer->context;
}

/* Each tensor of a model comes by once, when it is given its place. */
static enum ggml_status init_tensor(ggml_backend_buffer_t buffer, struct ggml_tensor *tensor)
{
    lmi_pack *pack = pack_of(buffer);

    if (!lmi_reserve((void **)&pack->tensors, &pack->capacity, pack->n + 1,
                     sizeof(struct ggml_tensor *)))
        return GGML_STATUS_ALLOC_FAILED;
    pack->tensors[pack->n++] = tensor;
    pack->size += ggml_nbytes(tensor);
    return GGML_STATUS_SUCCESS;
}

static void fill_tensor(ggml_backend_buffer_t buffer, struct ggml_tensor *tensor, uint8_t value,
                        size_t offset, size_t size)
{
    (void)buffer;
    memset((char *)tensor->data + offset, value, size);
}

/* (before it is closed) */
static void set_tensor(ggml_backend_buffer_t buffer, struct ggml_tensor *tensor, const void *data,
                       size_t offset, size_t size)
{
    (void)buffer;
    memcpy((char *)tensor->data + offset, data, size);
}

/* (closed, it would be tiles: nobody asks) */
static void get_tensor(ggml_backend_buffer_t buffer, const struct ggml_tensor *tensor, void *data,
                       size_t offset, size_t size)
{
    (void)buffer;
    memcpy(data, (const char *)tensor->data + offset, size);
}

static void clear(ggml_backend_buffer_t buffer, uint8_t value)
{
    memset(buffer->context, value, buffer->size);
}

/* Large pages, where there are some: a product runs through all of it. */
static ggml_backend_buffer_t alloc_buffer(ggml_backend_buffer_type_t type, size_t size)
{
    const struct ggml_backend_buffer_i iface = {.free_buffer = free_buffer,
                                                .get_base = base_of,
                                                .init_tensor = init_tensor,
                                                .memset_tensor = fill_tensor,
                                                .set_tensor = set_tensor,
                                                .get_tensor = get_tensor,
                                                .clear = clear};
    void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (at == MAP_FAILED)
        return NULL;
    (void)madvise(at, size, MADV_HUGEPAGE);
    return ggml_backend_buffer_init(type, iface, at, size);
}

static size_t alignment_of(ggml_backend_buffer_type_t type)
{
    (void)type;
    return ALIGNMENT;
}

static bool is_host(ggml_backend_buffer_type_t type)
{
    const lmi_pack *pack = type->context;

    return !atomic_load(&pack->is_closed);
}

static _Thread_local const lmi_pack *served;

void lmi_pack_serve(const lmi_pack *pack)
{
    served = pack;
}

const lmi_path *lmi_plugin_served(void)
{
    return served ? served->path : NULL;
}

lmi_pack *lmi_pack_new(const char *path)
{
    const lmi_path *found = lmi_plugin_path(path);
    lmi_pack *pack = found ? lmi_new(1, sizeof(*pack)) : NULL;

    if (!pack)
        return NULL;
    pack->memory = (struct ggml_backend_buffer_type){.iface = {.get_name = memory_name,
                                                               .alloc_buffer = alloc_buffer,
                                                               .get_alignment = alignment_of,
                                                               .is_host = is_host},
                                                     .device = lmi_plugin_device(),
                                                     .context = pack};
    pack->path = found;
    return pack;
}

void lmi_pack_free(lmi_pack *pack)
{
    if (!pack)
        return;
    lmi_free(pack->tensors);
    lmi_free(pack);
}

ggml_backend_buffer_type_t lmi_pack_memory(lmi_pack *pack)
{
    return &pack->memory;
}

bool lmi_pack_has(const struct ggml_tensor *weights)
{
    return weights->buffer && weights->buffer->buft->iface.get_name == memory_name &&
           atomic_load(&pack_of(weights->buffer)->is_closed);
}

const lmi_path *lmi_pack_path_of(const struct ggml_tensor *weights)
{
    return pack_of(weights->buffer)->path;
}

/* What the members of a crew share while they make tiles. */
typedef struct closing {
    const lmi_pack *pack;
    size_t spare_size;
    uint8_t *spare; /* [n_threads, spare_size] */
} closing;

static void close_tensor(const struct ggml_tensor *t, void *spare, lmi_member *me)
{
    const lmi_layout *layout = lmi_layout_of(t->type);
    const int64_t n_tiles = t->ne[1] / LMI_TILE;
    const size_t row_size = t->nb[1];
    int64_t i;

    for (i = me->index; i < n_tiles; i += me->n)
        lmi_layout_pack(layout, (char *)t->data + (size_t)i * LMI_TILE * row_size, row_size, spare);
}

static void close_all(void *work, lmi_member *me)
{
    const closing *c = work;
    size_t i;

    for (i = 0; i < c->pack->n; i++)
        close_tensor(c->pack->tensors[i], c->spare + c->spare_size * (size_t)me->index, me);
}

lmas_status lmi_pack_close(lmi_pack *pack, int n_threads)
{
    closing c = {.pack = pack};
    size_t i;

    for (i = 0; i < pack->n; i++) {
        const size_t size = pack->tensors[i]->nb[1] * LMI_TILE;

        c.spare_size = size > c.spare_size ? size : c.spare_size;
    }
    c.spare = lmi_new((size_t)n_threads, c.spare_size);
    if (!c.spare)
        return lmi_fail(LMAS_E_NOMEM, "no memory to turn the weights into tiles");
    lmi_crew_run(n_threads, close_all, &c);
    lmi_free(c.spare);
    atomic_store(&pack->is_closed, true);
    return LMAS_OK;
}

const char *lmi_pack_path(const lmi_pack *pack)
{
    return pack->path->name;
}

size_t lmi_pack_n(const lmi_pack *pack)
{
    return pack->n;
}

size_t lmi_pack_size(const lmi_pack *pack)
{
    return pack->size;
}
