/* cli_parameters_test.c - the library's parameters in the words of a command line. */
#include "support.h"

#include <string.h>

#include "cli/flags.h"
#include "cli/show/parameters.h"

static void assert_said(const char *want, const char *message)
{
    lmi_buf text;

    lmi_buf_init(&text, 4096);
    lmi_in_flags(&text, message);
    assert_string_equal(lmi_buf_text(&text), want);
    lmi_buf_done(&text);
}

static void test_parameters_become_flags(void **state)
{
    (void)state;
    assert_said("give more with -c, or with --kv unified",
                "give more with n_ctx, or with kv unified");
    assert_said("-c", "n_ctx");
    assert_said("(--chat-template gives another)", "(chat_template gives another)");
    assert_said("-t must be from 0 to 1024", "n_threads must be from 0 to 1024");
    assert_said("-tb must be from 0 to 1024", "n_threads_batch must be from 0 to 1024");
    assert_said("", "");
}

static void test_names_that_only_hold_one_stay(void **state)
{
    (void)state;
    assert_said("/tmp/n_ctx/kv.json: \"n_ctx\" in n_ctx.gguf",
                "/tmp/n_ctx/kv.json: \"n_ctx\" in n_ctx.gguf");
    assert_said("n_ctx_train is 0", "n_ctx_train is 0");
    assert_said("two  blanks \xc3\xa9 stay", "two  blanks \xc3\xa9 stay");
}

static const lmi_opt *flag_of_team(const char *name)
{
    const lmi_opt *opt = lmi_team_opts;

    while (strcmp(opt->names, name) != 0)
        opt++;
    return opt;
}

/* All of them, in its order, and no others. */
static void test_every_name_of_control_is_a_control_of_the_library(void **state)
{
    lmi_buf names;
    size_t i;

    (void)state;
    lmi_buf_init(&names, 4096);
    for (i = 0; lmas_control_name((lmas_control)i); i++)
        lmi_buf_printf(&names, "%s%s", i ? "|" : "", lmas_control_name((lmas_control)i));
    assert_string_equal(lmi_opt_words(flag_of_team("--control")), lmi_buf_text(&names));
    lmi_buf_done(&names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parameters_become_flags),
        cmocka_unit_test(test_names_that_only_hold_one_stay),
        cmocka_unit_test(test_every_name_of_control_is_a_control_of_the_library),
    };

    return cmocka_run_group_tests_name("cli_parameters", tests, NULL, NULL);
}
