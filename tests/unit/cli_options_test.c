/* cli_options_test.c - command lines taken apart by a table. */
#include "support.h"

#include <string.h>

#include "base/mem.h"
#include "cli/options.h"
#include "cli/words.h"

typedef struct settings {
    bool is_loud, is_mapped;
    int64_t n, layers;
    double x;
    const char *name, *word, *tag;
    lmi_words list;
} settings;

#define AT(field) offsetof(settings, field)
static const lmi_opt opts[] = {
    {"-v --loud", LMI_OPT_ON, AT(is_loud), .help = ""},
    {"--no-map", LMI_OPT_OFF, AT(is_mapped), .help = ""},
    {"-n --long_count", LMI_OPT_INT, AT(n), "N", .min = -5, .max = 100, .help = ""},
    {"-ngl --layers", LMI_OPT_INT, AT(layers), "N", .max = 9, .words = "auto|all", .word_value = -1,
     .help = ""},
    {"--x", LMI_OPT_REAL, AT(x), "X", .max = 1, .help = ""},
    {"-o --name", LMI_OPT_TEXT, AT(name), "NAME", .help = ""},
    {"--word", LMI_OPT_WORD, AT(word), "on|off_now", .help = ""},
    {"--tag", LMI_OPT_TAG, AT(tag), "[STRING]", .alone = "<alone>", .help = ""},
    {0},
};
static const lmi_opt_group groups[] = {{"All", opts, 0}, {0}};

static const char *all_at(size_t i)
{
    return i == 0 ? "on" : NULL;
}

/* A command that gathers values of two flags, and one that has one of the two. */
static const lmi_opt word_opts[] = {
    {"--word", LMI_OPT_WORD, AT(word), "on|off_now", .help = "", .is_axis = true, .all_at = all_at},
    {0},
};
static const lmi_opt gathering_opts[] = {
    {"-n --number", LMI_OPT_INT, AT(n), "N", .max = 100, .words = "auto", .word_value = -1,
     .help = "", .is_axis = true, .gathers = true},
    {"--words", LMI_OPT_WORDS, AT(list), "W ...", .help = ""},
    {0},
};
static const lmi_opt_group gathering[] = {
    {"Word", word_opts, 0}, {"Number", gathering_opts, 0}, {0}};
static const lmi_opt_group single[] = {{"Word", word_opts, 0}, {0}};

static settings s;
static lmi_args args;

static char *argv[32] = {(char *)"cmd"};
static int argc;

/* Parse the words of `line`, which are parted by single spaces. */
static lmas_status parse_by(const lmi_opt_group *table, const char *line)
{
    static char text[256];
    char *word = text;
    lmas_status status;

    argc = 1;
    assert_true(strlen(line) < sizeof(text));
    memcpy(text, line, strlen(line) + 1);
    while (*word) {
        char *end = strchr(word, ' ');

        argv[argc++] = word;
        if (!end)
            break;
        *end = '\0';
        word = end + 1;
    }
    lmi_free(args.words);
    args = (lmi_args){0};
    s = (settings){.is_mapped = true, .n = 7};
    status = lmi_options_parse(&args, &s, table, argc, argv);
    return status;
}

static lmas_status parse(const char *line)
{
    return parse_by(groups, line);
}

static void test_long_names_match_with_dash_and_underscore(void **state)
{
    (void)state;
    assert_ok(parse("--long_count 3"));
    assert_int_equal(s.n, 3);
    assert_ok(parse("--long-count=4"));
    assert_int_equal(s.n, 4);
}

static void test_short_and_multi_letter_names_take_values(void **state)
{
    (void)state;
    assert_ok(parse("-n 5 -ngl 2 -o a"));
    assert_int_equal(s.n, 5);
    assert_int_equal(s.layers, 2);
    assert_string_equal(s.name, "a");
}

static void test_words_stand_for_numbers(void **state)
{
    (void)state;
    assert_ok(parse("-ngl all"));
    assert_int_equal(s.layers, -1);
    assert_fails(LMAS_E_INVALID,
                 "-ngl: expected a whole number from 0 to 9, auto or all, found \"some\"",
                 parse("-ngl some"));
}

static void test_negative_numbers_are_values(void **state)
{
    (void)state;
    assert_ok(parse("-n -3 -2 more"));
    assert_int_equal(s.n, -3);
    assert_int_equal(args.n_words, 2);
    assert_string_equal(args.words[0], "-2");
}

static void test_switches_take_no_value(void **state)
{
    (void)state;
    assert_ok(parse("-v --no-map"));
    assert_true(s.is_loud && !s.is_mapped);
    assert_fails(LMAS_E_INVALID, "--loud takes no value", parse("--loud=1"));
}

static void test_double_dash_ends_flags(void **state)
{
    (void)state;
    assert_ok(parse("-- -n --what -"));
    assert_int_equal(args.n_words, 3);
    assert_string_equal(args.words[1], "--what");
    assert_int_equal(s.n, 7);
}

static void test_last_of_two_counts(void **state)
{
    (void)state;
    assert_ok(parse("-n 1 --long_count 2"));
    assert_int_equal(s.n, 2);
}

static void test_numbers_outside_their_range_are_refused(void **state)
{
    static const char *const bad[] = {
        "-n 101", "-n -6", "-n 1x", "-n 0x1", "-n +", "-n 1e2", "-n 99999999999999999999"};
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
        assert_fails(LMAS_E_INVALID, "-n: expected a whole number from -5 to 100, found",
                     parse(bad[i]));
    assert_fails(LMAS_E_INVALID, "--x: expected a number from 0 to 1, found \"nan\"",
                 parse("--x nan"));
    assert_fails(LMAS_E_INVALID, "found \"1.1\"", parse("--x 1.1"));
    assert_fails(LMAS_E_INVALID, "found \"-0.1\"", parse("--x -0.1"));
    assert_fails(LMAS_E_INVALID, "found \"\"", parse("--x="));
    assert_ok(parse("--x 1e-1"));
}

static void test_value_is_needed(void **state)
{
    (void)state;
    assert_fails(LMAS_E_INVALID, "-n needs a value", parse("-n"));
    assert_fails(LMAS_E_INVALID, "-o needs a value: NAME", parse("-o --loud"));
    assert_fails(LMAS_E_INVALID, "-o needs a value: NAME", parse("-o --"));
    assert_fails(LMAS_E_INVALID, "--name: expected NAME, found \"\"", parse("--name="));
}

static void test_unknown_flag_is_answered_with_the_nearest(void **state)
{
    (void)state;
    assert_fails(LMAS_E_INVALID, "did you mean --long_count?", parse("--long_cuont 3"));
    assert_fails(LMAS_E_INVALID, "did you mean --layers?", parse("--layer=3"));
    assert_fails(LMAS_E_INVALID, "cmd --help lists all", parse("--entirely-different"));
}

static void test_choice_is_one_of_its_words(void **state)
{
    (void)state;
    assert_ok(parse("--word off_now"));
    assert_string_equal(s.word, "off_now");
    assert_fails(LMAS_E_INVALID, "expected on or off_now, found \"of\"", parse("--word of"));
}

/* Each line, the value that --tag has then, and how many words are left. */
static const struct {
    const char *line, *tag;
    size_t n_words;
} tags[] = {
    {"--tag", "<alone>", 0},
    {"--tag=<plan>", "<plan>", 0},
    {"--tag=", "", 0},
    {"--tag=-v", "-v", 0},
    {"--tag==", "=", 0},
    {"--tag=What? <plan>", "What?", 1},
    {"--tag <plan>", "<plan>", 0},
    {"--tag <plan> q", "<plan>", 1},
    {"--tag <plan>\n\n q", "<plan>\n\n", 1},
    {"--tag <plan>\\n q", "<plan>\\n", 1},
    {"--tag </plan> q", "</plan>", 1},
    {"--tag <|plan|> q", "<|plan|>", 1},
    {"--tag  q", "", 1}, /* an empty word between two spaces */
    {"--tag q", "<alone>", 1},
    {"--tag q <plan>", "<alone>", 2},
    {"--tag - <plan>", "<alone>", 2},
    {"--tag -3+5", "<alone>", 1},
    {"--tag <b>What?</b>", "<alone>", 1},
    {"--tag <plan>x", "<alone>", 1},
    {"--tag <plan>\\t", "<alone>", 1},
    {"--tag <plan>\nx", "<alone>", 1},
    {"--tag <plan>\\", "<alone>", 1},
    {"--tag <pl\nan>", "<alone>", 1},
    {"--tag <<plan>", "<alone>", 1},
    {"--tag <>", "<alone>", 1},
    {"--tag <plan", "<alone>", 1},
    {"--tag <", "<alone>", 1},
    {"--tag plan>", "<alone>", 1},
    {"--tag -v", "<alone>", 0},
    {"--tag -- <plan>", "<alone>", 1},
    {"-- --tag <plan>", NULL, 2},
    {"--tag --tag <plan>", "<plan>", 0},
    {"--tag <plan> --tag", "<alone>", 0},
    {"--tag=<plan> <other>", "<plan>", 1},
    {"", NULL, 0},
};

static void test_a_tag_takes_the_next_word_only_where_it_is_one(void **state)
{
    size_t i;

    (void)state;
    for (i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
        assert_ok(parse(tags[i].line));
        assert_int_equal(args.n_words, tags[i].n_words);
        if (tags[i].tag)
            assert_string_equal(s.tag, tags[i].tag);
        else
            assert_null(s.tag);
    }
    assert_fails(LMAS_E_INVALID, "unknown flag --tga, did you mean --tag?", parse("--tga"));
    assert_fails(LMAS_E_INVALID, "unknown flag -<x>", parse("--tag -<x>"));
}

/* A table that a shell is told of: what must follow, and what may. */
static void test_a_tag_may_have_a_value_and_needs_none(void **state)
{
    static const lmi_opt text = {"-o", LMI_OPT_TEXT, 0, "T", .help = ""};
    static const lmi_opt tag = {"--t", LMI_OPT_TAG, 0, "[T]", .help = "", .alone = "t"};
    static const lmi_opt word = {"--w", LMI_OPT_WORD, 0, "[=W]", .help = "", .alone = "w"};
    static const lmi_opt on = {"-v", LMI_OPT_ON, 0, .help = ""};

    (void)state;
    assert_true(lmi_opt_takes_value(&text) && lmi_opt_needs_value(&text));
    assert_true(lmi_opt_takes_value(&tag) && !lmi_opt_needs_value(&tag));
    assert_true(lmi_opt_takes_value(&word) && !lmi_opt_needs_value(&word));
    assert_false(lmi_opt_takes_word(&word, "w")); /* behind = only */
    assert_false(lmi_opt_takes_value(&on) || lmi_opt_needs_value(&on));
    assert_true(lmi_opt_takes_word(&text, "word") && !lmi_opt_takes_word(&on, "word"));
}

static void test_a_list_is_checked_value_by_value_and_leaves_its_field(void **state)
{
    (void)state;
    assert_ok(parse_by(gathering, "--word on,off_now -n 3,auto,5"));
    assert_null(s.word);
    assert_int_equal(s.n, 7);
    assert_int_equal(args.n_axes, 2);
    assert_true(args.axes[0].is_list && args.axes[1].is_list);
    assert_string_equal(args.axes[1].value, "3,auto,5");
    assert_fails(LMAS_E_INVALID,
                 "--word: expected on or off_now, or all, a comma between several, found \"of\"",
                 parse_by(gathering, "--word on,of"));
    assert_fails(LMAS_E_INVALID, "-n: expected a whole number from 0 to 100 or auto, a comma",
                 parse_by(gathering, "-n 1,101"));
    assert_fails(LMAS_E_INVALID, "found \"\"", parse_by(gathering, "-n 1,,2"));
    assert_fails(LMAS_E_INVALID, "found \"1,\"", parse_by(gathering, "-n 1,"));
    assert_fails(LMAS_E_INVALID, "found \"\"", parse_by(gathering, "--words a -n ,1"));
}

static void test_the_last_of_two_lists_counts(void **state)
{
    (void)state;
    assert_ok(parse_by(gathering, "-n 1,2 --word all -n 3"));
    assert_int_equal(args.n_axes, 2);
    assert_true(!args.axes[0].is_list && args.axes[1].is_list);
    assert_string_equal(args.axes[0].value, "3");
    assert_int_equal(s.n, 3);
}

static void test_a_command_that_gathers_nothing_takes_no_lists(void **state)
{
    (void)state;
    assert_fails(LMAS_E_INVALID, "--word: expected on or off_now, found \"on,off_now\"",
                 parse_by(single, "--word on,off_now"));
    assert_fails(LMAS_E_INVALID, "found \"all\"", parse_by(single, "--word all"));
    assert_ok(parse_by(single, "--word on"));
    assert_int_equal(args.n_axes, 0);
}

static void test_flags_are_found_and_left_out_with_what_is_theirs(void **state)
{
    static const char *const names[] = {"--words", "--number", NULL};
    char *words[32];
    size_t n;

    (void)state;
    assert_ok(parse_by(gathering, "a --words b c -n=3 --word on -- -n 4"));
    n = lmi_options_without(words, gathering, argc, argv, names);
    assert_int_equal(n, 6);
    assert_string_equal(words[0], "a");
    assert_string_equal(words[1], "--word");
    assert_string_equal(words[3], "--");
    assert_string_equal(words[4], "-n");
    assert_string_equal(lmi_options_given(gathering, argc, argv, "--number"), "3");
    assert_string_equal(lmi_options_given(gathering, argc, argv, "--words"), "b");
    assert_null(lmi_options_given(gathering, argc, argv, "--none"));
    assert_null(lmi_opt_find(gathering, "--none"));
    assert_ptr_equal(lmi_opt_find(gathering, "-n"), gathering_opts);
}

static const char *nearest_of(const char *typed, const char *a, const char *b)
{
    lmi_nearest nearest;

    lmi_nearest_init(&nearest, typed, strlen(typed));
    lmi_nearest_offer(&nearest, a, strlen(a));
    lmi_nearest_offer(&nearest, b, strlen(b));
    return nearest.name;
}

static void test_swapped_letters_are_one_edit(void **state)
{
    (void)state;
    assert_string_equal(nearest_of("aks", "ask", "abs"), "ask");
    assert_string_equal(nearest_of("rnu", "run", "teams"), "run");
    assert_null(nearest_of("frobnicate", "ask", "run"));
    assert_null(nearest_of("x", "completion", "model"));
}

static int clean(void **state)
{
    (void)state;
    lmi_free(args.words);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_long_names_match_with_dash_and_underscore),
        cmocka_unit_test(test_short_and_multi_letter_names_take_values),
        cmocka_unit_test(test_words_stand_for_numbers),
        cmocka_unit_test(test_negative_numbers_are_values),
        cmocka_unit_test(test_switches_take_no_value),
        cmocka_unit_test(test_double_dash_ends_flags),
        cmocka_unit_test(test_last_of_two_counts),
        cmocka_unit_test(test_numbers_outside_their_range_are_refused),
        cmocka_unit_test(test_value_is_needed),
        cmocka_unit_test(test_unknown_flag_is_answered_with_the_nearest),
        cmocka_unit_test(test_choice_is_one_of_its_words),
        cmocka_unit_test(test_a_tag_takes_the_next_word_only_where_it_is_one),
        cmocka_unit_test(test_a_tag_may_have_a_value_and_needs_none),
        cmocka_unit_test(test_a_list_is_checked_value_by_value_and_leaves_its_field),
        cmocka_unit_test(test_the_last_of_two_lists_counts),
        cmocka_unit_test(test_a_command_that_gathers_nothing_takes_no_lists),
        cmocka_unit_test(test_flags_are_found_and_left_out_with_what_is_theirs),
        cmocka_unit_test(test_swapped_letters_are_one_edit),
    };

    return cmocka_run_group_tests(tests, NULL, clean);
}
