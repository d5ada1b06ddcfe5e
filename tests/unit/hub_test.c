/* hub_test.c - names of models, lists of files, which file is meant, and caches that others wrote.
 * What a hub can do wrong is in tests/hub/get_test.sh. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "hub/cache.h"
#include "hub/hub.h"
#include "hub/model.h"
#include "hub/walk.h"

#define ONE   "1111111111111111111111111111111111111111"
#define TWO   "2222222222222222222222222222222222222222"
#define SHA_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define SHA_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static char folder[64];

static int begin(void **state)
{
    static const char *const names[] = {"LLAMA_CACHE",   "HF_HUB_CACHE",   "HUGGINGFACE_HUB_CACHE",
                                        "HF_HOME",       "XDG_CACHE_HOME", "HF_ENDPOINT",
                                        "MODEL_ENDPOINT"};
    size_t i;

    (void)state;
    snprintf(folder, sizeof(folder), "%s", support_folder());
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        unsetenv(names[i]);
    setenv("HF_HUB_CACHE", folder, 1);
    return 0;
}

/* ---- Names ---- */

static void test_names_of_models_are_taken_apart(void **state)
{
    lmi_repo repo;

    (void)state;
    assert_ok(lmi_repo_parse(&repo, "Qwen/Qwen3-14B"));
    assert_string_equal(repo.id, "Qwen/Qwen3-14B");
    assert_string_equal(repo.quant, "");
    assert_ok(lmi_repo_parse(&repo, "ggml-org/GLM-4.7_Flash-GGUF:UD-Q4_K_XL"));
    assert_string_equal(repo.id, "ggml-org/GLM-4.7_Flash-GGUF");
    assert_string_equal(repo.quant, "UD-Q4_K_XL");
    assert_ok(lmi_repo_parse(&repo, "a/b"));
}

static void test_what_is_no_name_is_refused(void **state)
{
    static const char *const texts[] = {
        "",        "/",       "a",        "a/",         "/a",        "a/b/c",  "../a",   "a/..",
        "a/.b",    "a/b.",    "a/-b",     "a/b-",       "a//b",      "a\\b/c", "a/b--c", "a..b/c",
        "a/b.git", "a/b.GIT", "a/b:",     "a/b:/",      "a/b:Q4 0",  "a b/c",  "a/b\n",  "a/b:c:d",
        "~/model", "a/b?x=1", "a/%2e%2e", "a/\xc3\xa9", "http://a/b"};
    char longest[LMI_REPO_PART_MAX + 4] = "a/";
    lmi_repo repo;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        assert_int_equal(lmi_repo_parse(&repo, texts[i]), LMAS_E_INVALID);
        assert_false(lmi_repo_is_name(texts[i]));
    }
    memset(longest + 2, 'x', LMI_REPO_PART_MAX + 1);
    assert_int_equal(lmi_repo_parse(&repo, longest), LMAS_E_INVALID);
    longest[2 + LMI_REPO_PART_MAX] = '\0';
    assert_ok(lmi_repo_parse(&repo, longest));
}

static void test_gguf_file_is_no_name(void **state)
{
    (void)state;
    assert_false(lmi_repo_is_name("models/demo.gguf"));
    assert_false(lmi_repo_is_name("models/demo.GGUF"));
    assert_true(lmi_repo_is_name("models/demo-GGUF:q8_0"));
}

static void test_paths_that_lead_elsewhere_are_refused(void **state)
{
    static const char *const good[] = {"a.gguf",  "Q4/a.gguf", "a/b/c.gguf",
                                       "...gguf", ".a",        "a/..b"};
    static const char *const bad[] = {"",        "/a",    "a/",   "..",   ".",     "../a", "a/../b",
                                      "a/..",    "./a",   "a//b", "a\nb", "a\x7f", "a\\b", "a/.",
                                      "../../a", "a/./b", "\x01", "/",    "//",    "a/b/"};
    char text[LMI_REPO_FILE_MAX + 2];
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_true(lmi_repo_is_path(good[i]));
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_false(lmi_repo_is_path(bad[i]));
    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = '\0';
    assert_false(lmi_repo_is_path(text));
    text[LMI_REPO_FILE_MAX] = '\0';
    assert_true(lmi_repo_is_path(text));
}

/* ---- Which file is meant ---- */

/* The names of the parts that are chosen from `names`, with blanks between. */
static const char *picked(const char *const *names, const char *quant)
{
    static char text[1024];
    lmi_listing listing = {0};
    lmi_pick pick;
    size_t i;

    for (i = 0; names[i]; i++)
        assert_ok(lmi_listing_add(&listing, &(lmi_listed){.path = (char *)names[i], .size = 1}));
    lmi_listing_sort(&listing);
    lmi_pick_model(&pick, &listing, quant);
    text[0] = '\0';
    for (i = 0; i < pick.n; i++)
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", i ? " " : "",
                 listing.files[pick.parts[i]].path);
    if (pick.n_missing)
        snprintf(text + strlen(text), sizeof(text) - strlen(text), " -%zu", pick.n_missing);
    lmi_listing_done(&listing);
    return text;
}

#define PICKED(quant, ...) picked((const char *const[]){__VA_ARGS__, NULL}, quant)

static void test_quantisation_is_chosen_as_llama_cpp_does(void **state)
{
    (void)state;
    assert_string_equal(PICKED("", "a-Q2_K.gguf", "a-Q4_K_M.gguf", "a-Q8_0.gguf"), "a-Q4_K_M.gguf");
    assert_string_equal(PICKED("", "a-q4_k_m.gguf", "a-Q8_0.gguf"), "a-q4_k_m.gguf");
    assert_string_equal(PICKED("", "a-Q2_K.gguf", "a-Q8_0.gguf"), "a-Q8_0.gguf");
    assert_string_equal(PICKED("", "b-Q2_K.gguf", "a-Q3_K_S.gguf"), "a-Q3_K_S.gguf");
    assert_string_equal(PICKED("Q5_K_M", "a-Q2_K.gguf", "a-Q4_K_M.gguf"), "");
    assert_string_equal(PICKED("q5_k_m", "a-Q5_K_M.gguf", "a-Q4_K_M.gguf"), "a-Q5_K_M.gguf");
    assert_string_equal(PICKED("Q4_K", "a-Q4_K_M.gguf", "a-Q4_K.gguf"), "a-Q4_K.gguf");
    assert_string_equal(PICKED("Q4_0", "a.Q4_0.gguf", "a-Q4_0_4_4.gguf"), "a.Q4_0.gguf");
    assert_string_equal(PICKED("F16", "a-BF16.gguf", "a-F16.gguf"), "a-F16.gguf");
    assert_string_equal(PICKED("F16", "a-BF16.gguf"), "a-BF16.gguf");
    assert_string_equal(PICKED("", "sub/x-Q4_K_M.gguf", "a.gguf"), "sub/x-Q4_K_M.gguf");
    assert_string_equal(PICKED("", "README.md", "config.json"), "");
}

static void test_what_lies_beside_a_model_is_none(void **state)
{
    (void)state;
    assert_string_equal(PICKED("", "mmproj-Q4_K_M.gguf", "a-Q8_0.gguf"), "a-Q8_0.gguf");
    assert_string_equal(PICKED("", "a-mmproj-f16.gguf", "imatrix.gguf", "mtp-a-Q4_K_M.gguf",
                               "MMPROJ-Q8_0.gguf", "eagle3-a.gguf", "dflash-a.gguf",
                               "dspark-a.gguf"),
                        "");
    assert_string_equal(PICKED("F16", "mmproj-F16.gguf", "a-F16.gguf"), "a-F16.gguf");
}

static void test_parts_of_a_split_model_come_together(void **state)
{
    (void)state;
    assert_string_equal(PICKED("", "a-Q4_K_M-00002-of-00002.gguf", "a-Q4_K_M-00001-of-00002.gguf",
                               "b-Q4_K_M-00001-of-00002.gguf"),
                        "a-Q4_K_M-00001-of-00002.gguf a-Q4_K_M-00002-of-00002.gguf");
    assert_string_equal(
        PICKED("Q8_0", "Q8_0/a-Q8_0-00001-of-00002.gguf", "a-Q8_0-00002-of-00002.gguf"),
        "Q8_0/a-Q8_0-00001-of-00002.gguf -1");
    assert_string_equal(PICKED("", "a-00002-of-00003.gguf", "b-Q2_K.gguf"), "b-Q2_K.gguf");
    assert_string_equal(PICKED("", "a-00001-of-00001.gguf"), "a-00001-of-00001.gguf");
    assert_string_equal(PICKED("", "a-00000-of-00002.gguf"), "a-00000-of-00002.gguf");
    assert_string_equal(PICKED("", "a-00001-of-99999.gguf"), " -99999");
    assert_string_equal(PICKED("", "-00001-of-00002.gguf"), "-00001-of-00002.gguf");
}

/* ---- What the hub says ---- */

static lmas_status parse(lmi_listing *out, const char *text)
{
    return lmi_listing_parse(out, "list", text, strlen(text));
}

static void test_list_of_the_hub_is_read(void **state)
{
    lmi_listing listing;

    (void)state;
    assert_ok(parse(&listing,
                    "{\"id\": \"a/b\", \"sha\": \"" ONE "\", \"siblings\": ["
                    "{\"rfilename\": \"b.gguf\", \"size\": 7, \"blobId\": \"x\","
                    " \"lfs\": {\"sha256\": \"" SHA_A "\", \"size\": 7, \"pointerSize\": 130}},"
                    "{\"rfilename\": \"../odd name but no model\"},"
                    "{\"rfilename\": \"a.gguf\", \"size\": 5}]}"));
    assert_string_equal(listing.commit, ONE);
    assert_int_equal(listing.n, 2);
    assert_string_equal(listing.files[0].path, "a.gguf");
    assert_string_equal(listing.files[0].sha256, "");
    assert_string_equal(listing.files[1].sha256, SHA_A);
    assert_int_equal(listing.files[1].size, 7);
    lmi_listing_done(&listing);
}

static void test_lists_that_are_none_are_refused(void **state)
{
    static const char *const texts[] = {
        "",
        "[]",
        "null",
        "{}",
        "{\"sha\": \"" ONE "\"}",
        "{\"siblings\": []}",
        "{\"sha\": 1, \"siblings\": []}",
        "{\"sha\": \"" ONE "1\", \"siblings\": []}",
        "{\"sha\": \"" ONE "\", \"siblings\": [1]}",
        "{\"sha\": \"" ONE "\", \"siblings\": [{}]}",
        "{\"sha\": \"" ONE "\", \"siblings\": [{\"rfilename\": \"a\\u0000.gguf\"}]}",
        "{\"sha\": \"" ONE "\", \"siblings\": [{\"rfilename\": \"a.gguf\", \"lfs\": {}}]}",
        "{\"sha\": \"" ONE "\", \"siblings\": [{\"rfilename\": \"a.gguf\", \"size\": 1.5, \"lfs\": "
        "{\"sha256\": \"" SHA_A "\"}}]}"};
    lmi_listing listing;
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        assert_int_equal(parse(&listing, texts[i]), LMAS_E_FORMAT);
}

/* ---- Caches that others wrote ---- */

/* Write a file of the cache, with the folders above it. */
static void put(const char *name, const char *text)
{
    char path[LMI_PATH_MAX];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    assert_ok(lmi_dir_make_parent(path));
    assert_ok(lmi_file_write(path, text, strlen(text)));
}

static void put_link(const char *name, const char *target)
{
    char path[LMI_PATH_MAX];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    assert_ok(lmi_dir_make_parent(path));
    assert_int_equal(symlink(target, path), 0);
}

static const char *cached(const char *name)
{
    static char text[LMI_PATH_MAX];
    lmi_buf path;

    lmi_buf_init(&path, LMI_PATH_MAX);
    snprintf(text, sizeof(text), "%s",
             lmi_model_cached(&path, name) == LMAS_OK ? lmi_buf_text(&path) + strlen(folder) + 1
                                                      : "");
    lmi_buf_done(&path);
    return text;
}

#define REPO "models--acme--m/"

/* As hf_hub_download() and llama-cli leave it: blobs by their hashes, other programs' leavings. */
static void test_cache_of_the_other_tools_is_read(void **state)
{
    (void)state;
    put("CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55");
    put(".locks/models--acme--m/" SHA_A ".lock", "");
    put("version.txt", "1");
    put("datasets--acme--m/refs/main", ONE);
    put(REPO "blobs/" SHA_A, "GGUF");
    put(REPO "blobs/" SHA_B ".12345678.incomplete", "GG");
    put(REPO "blobs/" SHA_B ".downloadInProgress", "GG");
    put(REPO ".no_exist/" ONE "/config.json", "");
    put(REPO "refs/main", ONE);
    put(REPO "refs/pr/1", TWO);
    put_link(REPO "snapshots/" ONE "/m-Q8_0.gguf", "../../blobs/" SHA_A);
    put_link(REPO "snapshots/" ONE "/m-Q4_K_M.gguf", "../../blobs/" SHA_B);
    put(REPO "snapshots/" TWO "/m-Q2_K.gguf", "GGUF");
    assert_string_equal(cached("acme/m"), REPO "snapshots/" ONE "/m-Q8_0.gguf");
    assert_string_equal(cached("acme/m:Q4_K_M"), "");
    assert_string_equal(cached("acme/other"), "");
}

/* Where links cannot be, huggingface_hub and llama.cpp put the file under its name. */
static void test_file_in_place_of_a_link_is_read(void **state)
{
    (void)state;
    put(REPO "refs/main", ONE "\n");
    put(REPO "snapshots/" ONE "/sub/m-Q4_K_M.gguf", "GGUF");
    assert_string_equal(cached("acme/m"), REPO "snapshots/" ONE "/sub/m-Q4_K_M.gguf");
}

static void test_refs_that_lead_nowhere_are_no_refs(void **state)
{
    static const char longer[] = ONE "1";
    static const char *const refs[] = {"",     "main", "../../..", TWO,
                                       longer, "\n",   SHA_A,      "\x01\x02"};
    size_t i;

    (void)state;
    put(REPO "snapshots/" ONE "/m.gguf", "GGUF");
    assert_string_equal(cached("acme/m"), REPO "snapshots/" ONE "/m.gguf");
    for (i = 0; i < sizeof(refs) / sizeof(refs[0]); i++) {
        put(REPO "refs/main", refs[i]);
        assert_string_equal(cached("acme/m"), REPO "snapshots/" ONE "/m.gguf");
    }
    put(REPO "snapshots/" TWO "/m.gguf", "GGUF"); /* now there are two, and nobody says which */
    put(REPO "refs/main", "main");
    assert_string_equal(cached("acme/m"), "");
}

static void test_split_model_that_lacks_a_part_is_not_there(void **state)
{
    (void)state;
    put(REPO "refs/main", ONE);
    put(REPO "snapshots/" ONE "/m-Q4_K_M-00001-of-00002.gguf", "GGUF");
    assert_string_equal(cached("acme/m"), "");
    put(REPO "snapshots/" ONE "/m-Q4_K_M-00002-of-00002.gguf", "");
    assert_string_equal(cached("acme/m"), "");
    put(REPO "snapshots/" ONE "/m-Q4_K_M-00002-of-00002.gguf", "GGUF");
    assert_string_equal(cached("acme/m"), REPO "snapshots/" ONE "/m-Q4_K_M-00001-of-00002.gguf");
}

static void test_links_and_refs_are_those_of_the_other_tools(void **state)
{
    const lmi_listed file = {(char *)"a/b/m.gguf", 4, SHA_A};
    char path[LMI_PATH_MAX], target[LMI_PATH_MAX];
    lmi_buf text;
    ssize_t n;

    (void)state;
    put(REPO "blobs/" SHA_A, "GGUF");
    assert_ok(lmi_cache_link("acme/m", ONE, &file));
    assert_ok(lmi_cache_link("acme/m", ONE, &file));
    assert_ok(lmi_cache_set_ref("acme/m", ONE));
    snprintf(path, sizeof(path), "%s/" REPO "snapshots/" ONE "/a/b/m.gguf", folder);
    n = readlink(path, target, sizeof(target) - 1);
    assert_true(n > 0);
    target[n > 0 ? n : 0] = '\0';
    assert_string_equal(target, "../../../../blobs/" SHA_A);
    assert_true(lmi_file_exists(path));
    snprintf(path, sizeof(path), "%s/" REPO "refs/main", folder);
    lmi_buf_init(&text, LMI_PATH_MAX);
    assert_ok(lmi_file_read(&text, path));
    assert_string_equal(lmi_buf_text(&text), ONE); /* huggingface_hub takes a newline for a part */
    lmi_buf_done(&text);
}

static lmas_status count(void *user, const lmi_walked *entry)
{
    (void)entry;
    (*(size_t *)user)++;
    return LMAS_OK;
}

static void test_walk_ends_in_a_circle_of_links(void **state)
{
    size_t n = 0;

    (void)state;
    put("a/b/c", "x");
    put_link("a/b/up", "..");
    put_link("a/loop", "loop");
    assert_ok(lmi_walk(folder, LMI_WALK_DEPTH_MAX, count, &n));
    assert_int_equal(n, 5);
    n = 0;
    assert_ok(lmi_walk(folder, 1, count, &n));
    assert_int_equal(n, 1);
}

static void test_variables_name_the_folder_in_the_order_of_llama_cpp(void **state)
{
    static const char *const order[][2] = {{"HOME", "/x/.cache/huggingface/hub"},
                                           {"XDG_CACHE_HOME", "/x/huggingface/hub"},
                                           {"HF_HOME", "/x/hub"},
                                           {"HUGGINGFACE_HUB_CACHE", "/x"},
                                           {"HF_HUB_CACHE", "/x"},
                                           {"LLAMA_CACHE", "/x"}};
    lmi_buf text;
    size_t i;

    (void)state;
    unsetenv("HF_HUB_CACHE");
    lmi_buf_init(&text, LMI_PATH_MAX);
    for (i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
        setenv(order[i][0], "/x", 1);
        lmi_buf_clear(&text);
        assert_ok(lmi_cache_hub_dir(&text));
        assert_string_equal(lmi_buf_text(&text), order[i][1]);
        setenv(order[i][0], "/other", 1);
    }
    lmi_buf_done(&text);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, begin)
    const struct CMUnitTest tests[] = {
        TEST(test_names_of_models_are_taken_apart),
        TEST(test_what_is_no_name_is_refused),
        TEST(test_gguf_file_is_no_name),
        TEST(test_paths_that_lead_elsewhere_are_refused),
        TEST(test_quantisation_is_chosen_as_llama_cpp_does),
        TEST(test_what_lies_beside_a_model_is_none),
        TEST(test_parts_of_a_split_model_come_together),
        TEST(test_list_of_the_hub_is_read),
        TEST(test_lists_that_are_none_are_refused),
        TEST(test_cache_of_the_other_tools_is_read),
        TEST(test_file_in_place_of_a_link_is_read),
        TEST(test_refs_that_lead_nowhere_are_no_refs),
        TEST(test_split_model_that_lacks_a_part_is_not_there),
        TEST(test_links_and_refs_are_those_of_the_other_tools),
        TEST(test_walk_ends_in_a_circle_of_links),
        TEST(test_variables_name_the_folder_in_the_order_of_llama_cpp),
    };
#undef TEST

    return cmocka_run_group_tests_name("hub", tests, NULL, NULL);
}
