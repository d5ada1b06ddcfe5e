/* store_avp_wrong_test.c - AVP frames that are refused: forged, damaged, not for this model. */
#include <errno.h>
#include <math.h>

#include "latentmas_store.h"
#include "store/frame.h"
#include "store_avp.h"

/* Frames of TIED_MODEL's sizes with one thing wrong. */
typedef struct forgery {
    lmi_avp_metadata m;
    uint32_t kv[4]; /* layers, heads, values of a head, positions */
    uint8_t dtype;
    uint8_t *payload;
    size_t size;
} forgery;

static forgery forge(lmas_session *session, bool is_kv)
{
    const lmas_model_info *info = &session->model->info;
    forgery f = {
        .m = {.hidden_dim = (uint32_t)info->n_embd, .num_layers = (uint32_t)info->n_layer}};
    lmas_memory *memory = NULL;
    uint8_t *bytes = NULL;
    lmi_plain p;

    f.m.payload_type = is_kv ? LMI_AVP_KV_CACHE : LMI_AVP_HIDDEN_STATE;
    f.m.n_dims = is_kv ? 0 : 2;
    f.m.shape[0] = 2;
    f.m.shape[1] = f.m.hidden_dim;
    assert_ok(lmas_memory_new(&memory, session));
    read_tokens(memory, (const int32_t[]){5, 6}, 2);
    assert_ok(lmi_plain_take(&p, &bytes, session->ctx, memory->lane, LMI_NUMBER_F32,
                             LMI_AVP_KV_HEAD_SIZE));
    assert_true(lmi_plain_size(&f.size, &p));
    f.kv[0] = p.n_layers, f.kv[1] = p.n_heads, f.kv[2] = p.head, f.kv[3] = p.n;
    f.size = is_kv ? LMI_AVP_KV_HEAD_SIZE + f.size : (size_t)2 * f.m.hidden_dim * sizeof(float);
    f.payload = bytes;
    if (!is_kv)
        memset(bytes, 0, f.size);
    lmas_memory_free(memory);
    return f;
}

static void write_forgery(const char *path, forgery *f)
{
    if (f->m.payload_type == LMI_AVP_KV_CACHE) {
        memcpy(f->payload, f->kv, sizeof(f->kv));
        f->payload[16] = f->dtype;
    }
    assert_ok(lmi_avp_write(path, &f->m, f->payload, f->size, false));
}

static void refuse(lmas_session *session, forgery *f, lmas_status status, const char *text)
{
    lmas_memory *memory = NULL;

    write_forgery(at("forged.avp"), f);
    assert_fails(status, text, lmas_memory_import(&memory, session, at("forged.avp"), NULL));
    assert_null(memory);
}

static void test_cells_that_do_not_add_up_are_refused(void **state)
{
    lmas_session *session = session_of(TIED_MODEL, 1, LMAS_KV_AUTO, "f16");
    forgery good = forge(session, true), f = good;
    float huge = 1e30f, none = NAN;

    (void)state;
    f.kv[3]++;
    refuse(session, &f, LMAS_E_FORMAT, "positions take");
    f = good, f.kv[0] = f.kv[1] = f.kv[2] = f.kv[3] = UINT32_MAX;
    refuse(session, &f, LMAS_E_FORMAT, "positions take");
    f = good, f.kv[3] = 0, f.size = LMI_AVP_KV_HEAD_SIZE;
    refuse(session, &f, LMAS_E_FORMAT, "positions take");
    f = good, f.size = 16;
    refuse(session, &f, LMAS_E_FORMAT, "at least 17 expected");
    f = good, f.dtype = LMI_NUMBER_F16;
    refuse(session, &f, LMAS_E_FORMAT, "has dtype 1, its metadata says 0");
    f = good, f.dtype = 7, f.m.dtype = 7;
    refuse(session, &f, LMAS_E_FORMAT, "dtype 7 is not known");
    f = good, f.dtype = 3, f.m.dtype = 3;
    refuse(session, &f, LMAS_E_FORMAT, "dtype 3 is not known");
    f = good, f.m.num_layers++;
    refuse(session, &f, LMAS_E_FORMAT, "layers, its metadata says");
    f = good, f.m.hidden_dim++;
    refuse(session, &f, LMAS_E_MODEL, "is of another model");
    f = good, f.kv[1] *= 2, f.kv[2] /= 2;
    refuse(session, &f, LMAS_E_MODEL, "is of another model");
    f = good, f.kv[2] *= 2, f.kv[3] /= 2;
    refuse(session, &f, LMAS_E_MODEL, "values, and this model has");
    f = good;
    memcpy(f.payload + f.size - sizeof(none), &none, sizeof(none));
    refuse(session, &f, LMAS_E_FORMAT, "at position 1 are not finite");
    memcpy(f.payload + f.size - sizeof(huge), &huge, sizeof(huge));
    refuse(session, &f, LMAS_E_FORMAT, "too large for the type");
    lmi_free(good.payload);
    lmas_session_free(session);
}

static void test_vectors_that_do_not_add_up_are_refused(void **state)
{
    const float none = NAN;
    lmas_session *session = session_of(TIED_MODEL, 1, LMAS_KV_AUTO, "f16");
    forgery good = forge(session, false), f = good;

    (void)state;
    f.m.shape[0] = 3;
    refuse(session, &f, LMAS_E_FORMAT, "bytes of hidden states");
    f = good, f.m.shape[0] = 0;
    refuse(session, &f, LMAS_E_FORMAT, "not of a shape");
    f = good, f.m.n_dims = 3, f.m.shape[2] = 1;
    refuse(session, &f, LMAS_E_FORMAT, "not of a shape");
    f = good, f.m.n_dims = 0;
    refuse(session, &f, LMAS_E_FORMAT, "not of a shape");
    f = good, f.m.hidden_dim /= 2;
    refuse(session, &f, LMAS_E_FORMAT, "its hidden_dim is");
    f = good, f.m.hidden_dim /= 2, f.m.shape[1] /= 2, f.m.shape[0] *= 2;
    refuse(session, &f, LMAS_E_MODEL, "is of another model");
    f = good, f.m.num_layers++;
    refuse(session, &f, LMAS_E_MODEL, "is of another model");
    f = good, f.m.dtype = LMI_NUMBER_I8, f.size /= 4, f.m.map_id = lmi_avp_text_of("x");
    refuse(session, &f, LMAS_E_FORMAT, "inputs in int8");
    f = good, f.m.payload_type = LMI_AVP_EMBEDDING;
    refuse(session, &f, LMAS_E_FORMAT, "EMBEDDING");
    f = good, f.m.payload_type = 3;
    refuse(session, &f, LMAS_E_FORMAT, "payload_type 3");
    f = good, f.m.mode = 2;
    refuse(session, &f, LMAS_E_FORMAT, "mode 2");
    f = good;
    memcpy(f.payload + 4, &none, sizeof(none));
    refuse(session, &f, LMAS_E_FORMAT, "vector 0 is not finite");
    lmi_free(good.payload);
    lmas_session_free(session);
}

/* A cache longer than a lane; and a lane that another holds. */
static void test_a_frame_longer_than_a_lane_is_refused(void **state)
{
    lmas_session *wide = support_session(support_model(TIED_MODEL), 1, 2 * N_CTX, false);
    lmas_session *narrow = support_session(support_model(TIED_MODEL), 1, N_CTX, false);
    lmas_memory *memory = NULL, *loaded = NULL;
    int32_t tokens[N_CTX + 1];
    int i;

    (void)state;
    for (i = 0; i <= N_CTX; i++)
        tokens[i] = i % 50 + 3;
    assert_ok(lmas_memory_new(&memory, wide));
    read_tokens(memory, tokens, N_CTX + 1);
    assert_ok(lmas_memory_export(memory, at("long.avp"), NULL));
    assert_fails(LMAS_E_CONTEXT_FULL, "all 1 lanes",
                 lmas_memory_import(&loaded, wide, at("long.avp"), NULL));
    assert_fails(LMAS_E_CONTEXT_FULL, "has 257 positions, a lane 256; give more with n_ctx",
                 lmas_memory_import(&loaded, narrow, at("long.avp"), NULL));
    lmas_memory_free(memory);
    lmas_session_free(narrow);
    lmas_session_free(wide);
}

/* What no frame can hold, by cells that are made to look so. */
static void test_cells_that_are_not_plain_are_refused_by_name(void **state)
{
    lmas_session *session = session_of(TIED_MODEL, 1, LMAS_KV_AUTO, "f16");
    lmas_model *model = session->model;
    lmas_memory *memory = NULL;
    lmi_plain plain;
    lmi_view view;
    lmi_cells cells;

    (void)state;
    assert_ok(lmas_memory_new(&memory, session));
    read_tokens(memory, (const int32_t[]){5, 6}, 2);
    assert_ok(lmi_view_lane(&view, session->ctx, memory->lane));
    assert_ok(lmi_plain_look(&plain, model, &view.cells, 2));
    cells = view.cells, cells.n_pools = 2;
    assert_fails(LMAS_E_MODEL, "sliding window", lmi_plain_look(&plain, model, &cells, 2));
    cells = view.cells, cells.has_values = false;
    assert_fails(LMAS_E_MODEL, "MLA", lmi_plain_look(&plain, model, &cells, 2));
    cells = view.cells, cells.place_size *= 2;
    assert_fails(LMAS_E_MODEL, "M-RoPE", lmi_plain_look(&plain, model, &cells, 2));
    cells = view.cells, cells.pools[0].n_layers--;
    assert_fails(LMAS_E_MODEL, "not every layer", lmi_plain_look(&plain, model, &cells, 2));
    assert_fails(LMAS_E_INVALID, "of 0 to 2 there are 2",
                 lmi_plain_look(&plain, model, &view.cells, 3));
    model->is_packed_by_sequence = true;
    assert_fails(LMAS_E_MODEL, "it is recurrent", lmas_memory_export(memory, at("r.avp"), NULL));
    model->is_packed_by_sequence = false;
    lmi_view_done(&view);
    lmas_memory_free(memory);
    lmas_session_free(session);
}

/* ---- Damage ---- */

/* (A new file each time: for one that is written over, the disk may be waited for.) */
static void put_file(const char *path, const void *data, size_t size)
{
    FILE *file = remove(path) == 0 || errno == ENOENT ? fopen(path, "wb") : NULL;

    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* A frame of two positions; and of vectors, packed. */
static void make_small(const char *path, lmas_session *session, const lmas_avp_params *params)
{
    lmas_memory *memory = NULL;

    assert_ok(lmas_memory_new(&memory, session));
    read_tokens(memory, (const int32_t[]){5, 6}, 2);
    assert_ok(lmas_memory_think(memory, "x", 1));
    assert_ok(lmas_memory_export(memory, path, params));
    lmas_memory_free(memory);
}

/* One line, and nothing that is taken in. What is taken in has the payload that it had: of the rest
 * no sum is kept. */
static bool survive(lmas_session *session, const char *path, uint32_t n_pos)
{
    lmas_memory *memory = NULL;
    const lmas_status status = lmas_memory_import(&memory, session, path, NULL);

    if (status == LMAS_OK)
        assert_int_equal(lmas_memory_n_pos(memory), n_pos);
    else
        assert_true(*lmas_last_error() && !strchr(lmas_last_error(), '\n') && !memory);
    lmas_memory_free(memory);
    return status == LMAS_OK;
}

/* Of the metadata no sum is kept: who changed a name there is not found out. All else is, but for
 * bits that zstd leaves unused: the sum is of what is unpacked. */
static void flip_bits(lmas_session *session, lmi_buf *frame, bool is_packed, uint32_t n_pos)
{
    uint8_t *bytes = (uint8_t *)frame->data;
    const size_t payload = 12 + lmi_frame_u32(bytes + 8);
    int n_refused = 0, n_taken = 0;
    size_t i;
    int bit;

    for (i = 0; i < frame->len; i++) {
        for (bit = 0; bit < 8; bit++) {
            bytes[i] ^= (uint8_t)(1u << bit);
            put_file(at("bad.avp"), bytes, frame->len);
            if (!survive(session, at("bad.avp"), n_pos))
                n_refused++;
            else if (i >= 12 && (i < payload || is_packed))
                n_taken++;
            else
                fail_msg("bit %d of byte %zu, and nobody saw", bit, i);
            bytes[i] ^= (uint8_t)(1u << bit);
        }
    }
    print_message("# a frame of %zu bytes, %zu of them metadata: %d changed bits refused, %d not\n",
                  frame->len, payload - 12, n_refused, n_taken);
}

static void damage(lmas_session *session, const lmas_avp_params *params, uint32_t n_pos)
{
    lmi_buf frame;
    size_t i;

    make_small(at("small.avp"), session, params);
    lmi_buf_init(&frame, 1 << 20);
    assert_ok(lmi_file_read(&frame, at("small.avp")));
    assert_true(survive(session, at("small.avp"), n_pos));
    flip_bits(session, &frame, params->is_packed, n_pos);
    for (i = 0; i < frame.len; i++) {
        put_file(at("bad.avp"), frame.data, i);
        assert_false(survive(session, at("bad.avp"), n_pos));
    }
    lmi_buf_putc(&frame, 'x');
    put_file(at("bad.avp"), frame.data, frame.len);
    assert_false(survive(session, at("bad.avp"), n_pos));
    lmi_buf_done(&frame);
}

static void test_every_damage_is_refused_in_a_line_or_does_no_harm(void **state)
{
    const lmas_avp_params cells = {.dtype = LMAS_AVP_F16, .model_hash = "0123", .agent = "me"};
    const lmas_avp_params packed = {.dtype = LMAS_AVP_F16, .is_packed = true};
    const lmas_avp_params vectors = {.payload = LMAS_AVP_THOUGHTS, .dtype = LMAS_AVP_BF16};
    lmas_session *session = session_of(TIED_MODEL, 1, LMAS_KV_AUTO, "f16");

    (void)state;
    damage(session, &cells, 3);
    damage(session, &packed, 3);
    damage(session, &vectors, 1);
    lmas_session_free(session);
}

/* A payload of zeros packs a thousandfold: that much is not unpacked, nor written packed. */
static void test_what_packs_too_well_is_neither_unpacked_nor_written(void **state)
{
    enum { SIZE = 1 << 20 };
    lmi_avp_metadata m = {.hidden_dim = 1 << 10, .n_dims = 2, .shape = {1 << 8, 1 << 10}};
    uint8_t *zeros = lmi_new(SIZE, 1);
    lmi_avp_frame frame;
    uint64_t size;

    (void)state;
    assert_ok(lmi_avp_write(at("zeros.avp"), &m, zeros, SIZE, true));
    assert_ok(lmi_avp_read(&frame, at("zeros.avp")));
    assert_false(frame.is_packed);
    assert_ok(lmi_avp_size(&size, &frame));
    assert_int_equal(size, SIZE);
    lmi_avp_done(&frame);
    zeros[0] = 1;
    frame = (lmi_avp_frame){
        .path = "bomb",
        .is_packed = true,
        .payload = (const uint8_t[]){0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0},
        .size = 16}; /* a frame of 4 GiB, says its head, and one empty block */
    assert_fails(LMAS_E_FORMAT, "that is no memory", lmi_avp_size(&size, &frame));
    lmi_free(zeros);
}

/* ---- Protobuf ---- */

static void refuse_message(const char *bytes, size_t size, const char *text)
{
    lmi_avp_metadata m;

    assert_fails(LMAS_E_FORMAT, text, lmi_avp_metadata_read(&m, "x", (const uint8_t *)bytes, size));
}

static void test_messages_that_are_broken_are_refused(void **state)
{
    (void)state;
    refuse_message("\x08", 1, "no protobuf message");                 /* a key without a value */
    refuse_message("\x0a\x05xy", 4, "no protobuf message at byte 2"); /* five bytes, two there */
    refuse_message("\x00\x01", 2, "no protobuf message");             /* field 0 */
    refuse_message("\x0b", 1, "no protobuf message");                 /* a group */
    refuse_message("\x0a\x02\xff\xfe", 4, "a text in UTF-8");         /* session_id */
    refuse_message("\x0a\x01\x00", 3, "a text in UTF-8");             /* with a NUL */
    refuse_message("\x08\x01", 2, "field 1 of its metadata");         /* a number */
    refuse_message("\x28\x80\x80\x80\x80\x10", 6, "32 bits");         /* hidden_dim of 2^32 */
    refuse_message("\x4a\x01\x80", 3, "a shape");                     /* a varint cut short */
    refuse_message("\x72\x02\x0a\x05", 4, "a map of texts");          /* extra */
    refuse_message("\x28\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02", 11,
                   "no protobuf message"); /* 66 bits */
    refuse_message("\x4a\x09\x01\x01\x01\x01\x01\x01\x01\x01\x01", 11, "at most 8");
}

static void test_messages_are_read_as_protobuf_means_them(void **state)
{
    /* An unknown field of each type, the reserved one, a shape field by field, an extra twice. */
    static const char bytes[] = "\xa0\x06\x07"
                                "\xa2\x06\x01z"
                                "\xa5\x06"
                                "1234"
                                "\xa1\x06"
                                "12345678"
                                "\x65"
                                "\x00\x00\x80\x3f"
                                "\x48\x02\x48\x90\x01"
                                "\x72\x0e\x0a\x09num_steps\x12\x01"
                                "1"
                                "\x72\x0e\x0a\x09num_steps\x12\x01"
                                "2"
                                "\x22\x03"
                                "abc";
    lmi_avp_metadata m;
    lmi_buf again;

    (void)state;
    assert_ok(lmi_avp_metadata_read(&m, "x", (const uint8_t *)bytes, sizeof(bytes) - 1));
    assert_int_equal(m.n_dims, 2);
    assert_int_equal(m.shape[0], 2);
    assert_int_equal(m.shape[1], 144);
    assert_true(lmi_avp_text_is(m.num_steps, "2"));
    assert_true(lmi_avp_text_is(m.model_id, "abc"));
    assert_false(m.has_checksum);
    lmi_buf_init(&again, 1 << 16);
    lmi_avp_metadata_write(&again, &m);
    assert_ok(lmi_avp_metadata_read(&m, "x", (const uint8_t *)again.data, again.len));
    assert_int_equal(m.shape[1], 144);
    assert_true(lmi_avp_text_is(m.num_steps, "2") && m.has_checksum && m.checksum == 0);
    lmi_buf_done(&again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cells_that_do_not_add_up_are_refused),
        cmocka_unit_test(test_vectors_that_do_not_add_up_are_refused),
        cmocka_unit_test(test_a_frame_longer_than_a_lane_is_refused),
        cmocka_unit_test(test_cells_that_are_not_plain_are_refused_by_name),
        cmocka_unit_test(test_every_damage_is_refused_in_a_line_or_does_no_harm),
        cmocka_unit_test(test_what_packs_too_well_is_neither_unpacked_nor_written),
        cmocka_unit_test(test_messages_that_are_broken_are_refused),
        cmocka_unit_test(test_messages_are_read_as_protobuf_means_them),
    };

    return cmocka_run_group_tests_name("store avp wrong", tests, make_folder, NULL);
}
