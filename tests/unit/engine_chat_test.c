/* engine_chat_test.c - chat turns: what a template is told, and what becomes of what it says. */
#include "support.h"

#include <string.h>

#include "base/mem.h"
#include "engine/chat.h"
#include "engine/model.h"

/* The demo model under another template. */
static lmas_model *open_with(const char *template)
{
    lmas_model_params params = support_model_params();
    lmas_model *model = NULL;

    params.chat_template = template;
    assert_ok(lmas_model_open(&model, DEMO_MODEL, &params));
    return model;
}

/* One turn of `template` must be `want`. */
static void assert_turn(const char *template, const char *system, const char *user,
                        const lmas_chat_params *params, const char *want)
{
    lmas_model *model = open_with(template);
    char *turn = NULL;

    assert_ok(lmas_model_format_chat(&turn, model, system, user, params));
    assert_string_equal(turn, want);
    lmas_text_free(turn);
    lmas_model_close(model);
}

static void assert_refused(const char *template, const char *system, const lmas_chat_params *params,
                           lmas_status status, const char *words)
{
    lmas_model *model = open_with(template);
    char *turn = NULL;

    assert_fails(status, words, lmas_model_format_chat(&turn, model, system, "u", params));
    assert_null(turn);
    lmas_model_close(model);
}

static void test_a_template_gets_the_messages_and_the_generation_prompt(void **state)
{
    (void)state;
    assert_turn("{% for m in messages %}[{{ m.role }}|{{ m['content'] }}]{% endfor %}"
                "{{ add_generation_prompt }}{{ tools }}{{ documents }}{{ enable_thinking }}",
                "s", "u", NULL, "[system|s][user|u]TrueNoneNone");
}

static void test_an_empty_system_text_is_no_message(void **state)
{
    (void)state;
    assert_turn("{{ messages | length }}", "", "u", NULL, "1");
    assert_turn("{{ messages | length }}", NULL, "u", NULL, "1");
}

static void test_special_tokens_are_told_by_name(void **state)
{
    lmas_model *model = open_with("{{ bos_token }}{{ eos_token }}{{ cls_token }}");
    char *turn = NULL;

    (void)state;
    assert_ok(lmas_model_format_chat(&turn, model, NULL, "u", NULL));
    assert_non_null(strstr(turn, "<|im_end|>"));
    lmas_text_free(turn);
    lmas_model_close(model);
}

static void test_reasoning_is_told_only_when_asked_for(void **state)
{
    static const char template[] = "{{ enable_thinking is defined }}{{ enable_thinking }}";
    lmas_chat_params params = lmas_chat_params_default();

    (void)state;
    assert_turn(template, NULL, "u", &params, "False");
    params.reasoning = LMAS_REASONING_ON;
    assert_turn(template, NULL, "u", &params, "TrueTrue");
    params.reasoning = LMAS_REASONING_OFF;
    assert_turn(template, NULL, "u", &params, "TrueFalse");
}

static void test_kwargs_are_variables_of_the_template(void **state)
{
    lmas_chat_params params = lmas_chat_params_default();

    (void)state;
    params.kwargs = "{\"effort\": \"low\", \"tools\": [1, 2.5], \"enable_thinking\": true}";
    params.reasoning = LMAS_REASONING_OFF; /* the last word is the kwargs' */
    assert_turn("{{ effort }} {{ tools }} {{ enable_thinking }}", NULL, "u", &params,
                "low [1, 2.5] True");
}

static void test_bad_kwargs_are_refused_in_one_line(void **state)
{
    lmas_chat_params params = lmas_chat_params_default();
    char *longest = lmi_new(LMI_KWARGS_MAX + 2, 1);

    (void)state;
    params.kwargs = "{\"a\": }";
    assert_refused("{{ a }}", NULL, &params, LMAS_E_FORMAT, "chat template kwargs:1:");
    params.kwargs = "[1]";
    assert_refused("{{ a }}", NULL, &params, LMAS_E_INVALID,
                   "must be a JSON object, found an array");
    params.kwargs = "{\"messages\": []}";
    assert_refused("{{ a }}", NULL, &params, LMAS_E_INVALID, "set by latentmas itself");
    memset(longest, ' ', LMI_KWARGS_MAX + 1);
    params.kwargs = longest;
    assert_refused("{{ a }}", NULL, &params, LMAS_E_INVALID, "at most 65536");
    lmi_free(longest);
}

static void test_the_date_is_the_one_that_is_given(void **state)
{
    static const char template[] = "{{ strftime_now('%A %d %B %Y %H:%M:%S%Z') }}";
    lmas_chat_params params = lmas_chat_params_default();

    (void)state;
    params.date = "2026-11-28";
    assert_turn(template, NULL, "u", &params, "Saturday 28 November 2026 00:00:00");
    params.date = "2024-02-29T09:30:05";
    assert_turn(template, NULL, "u", &params, "Thursday 29 February 2024 09:30:05");
    params.date = "2026-02-30";
    assert_refused(template, NULL, &params, LMAS_E_INVALID, "there is no date 2026-02-30");
    params.date = "tomorrow";
    assert_refused(template, NULL, &params, LMAS_E_INVALID, "expected one such as 2026-11-28");
    params.date = "2026-11-28T09:30";
    assert_refused(template, NULL, &params, LMAS_E_INVALID, "expected one such as 2026-11-28");
}

static void test_a_template_that_refuses_is_quoted(void **state)
{
    (void)state;
    assert_refused("{{ raise_exception('Only tools, please') }}", "s", NULL, LMAS_E_MODEL,
                   "refuses: Only tools, please");
}

static void test_where_the_system_role_is_refused_its_text_goes_before_the_users(void **state)
{
    static const char template[] =
        "{% if messages[0].role == 'system' %}{{ raise_exception('No system role') }}{% endif %}"
        "{{ messages[0].role }}: {{ messages[0].content }}";

    (void)state;
    assert_turn(template, "Be terse.", "Why?", NULL, "user: Be terse.\n\nWhy?");
    assert_turn(template, NULL, "Why?", NULL, "user: Why?");
}

static void test_what_the_engine_does_not_know_is_an_error_with_its_place(void **state)
{
    (void)state;
    assert_refused("a\n{{ 1 | nothing }}", NULL, NULL, LMAS_E_MODEL, "line 2, column 6: no filter");
    assert_refused("a\n{% end %}", NULL, NULL, LMAS_E_MODEL, "line 2");
    assert_refused("{{ x.y }}", NULL, NULL, LMAS_E_MODEL, "'x' is undefined");
}

static void test_a_name_that_is_no_template_is_refused_at_once(void **state)
{
    lmas_model_params params = support_model_params();
    lmas_model *model = NULL;

    (void)state;
    params.chat_template = "no such thing";
    assert_fails(LMAS_E_INVALID, "no chat template is named \"no such thing\"",
                 lmas_model_open(&model, DEMO_MODEL, &params));
}

static void test_a_template_of_libllama_takes_no_kwargs(void **state)
{
    lmas_chat_params params = lmas_chat_params_default();

    (void)state;
    params.reasoning = LMAS_REASONING_ON;
    assert_refused("chatml", NULL, &params, LMAS_E_INVALID, "takes no kwargs and no reasoning");
}

static void test_texts_that_are_not_utf8_are_refused(void **state)
{
    lmas_model *model = open_with("{{ messages[0].content }}");
    char *turn = NULL;

    (void)state;
    assert_fails(LMAS_E_INVALID, "valid UTF-8",
                 lmas_model_format_chat(&turn, model, NULL, "\xff\xfe", NULL));
    lmas_model_close(model);
}

/* The solver's prompt and the one made by hand are the same tokens: nothing is added to either. */
static void test_a_turn_is_tokenised_as_it_stands(void **state)
{
    lmas_model *model = support_model(DEMO_MODEL);
    lmi_tokens tokens = {0};
    char *turn = NULL;

    (void)state;
    assert_ok(lmas_model_format_chat(&turn, model, NULL, "u", NULL));
    assert_ok(lmi_model_tokenize(&tokens, model, turn));
    assert_false(lmi_model_ends(model, tokens.ids[tokens.n - 1]));
    assert_ok(lmi_model_tokenize(&tokens, model, ""));
    assert_int_equal(tokens.n, 0);
    lmi_tokens_done(&tokens);
    lmas_text_free(turn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_template_gets_the_messages_and_the_generation_prompt),
        cmocka_unit_test(test_an_empty_system_text_is_no_message),
        cmocka_unit_test(test_special_tokens_are_told_by_name),
        cmocka_unit_test(test_reasoning_is_told_only_when_asked_for),
        cmocka_unit_test(test_kwargs_are_variables_of_the_template),
        cmocka_unit_test(test_bad_kwargs_are_refused_in_one_line),
        cmocka_unit_test(test_the_date_is_the_one_that_is_given),
        cmocka_unit_test(test_a_template_that_refuses_is_quoted),
        cmocka_unit_test(test_where_the_system_role_is_refused_its_text_goes_before_the_users),
        cmocka_unit_test(test_what_the_engine_does_not_know_is_an_error_with_its_place),
        cmocka_unit_test(test_a_name_that_is_no_template_is_refused_at_once),
        cmocka_unit_test(test_a_template_of_libllama_takes_no_kwargs),
        cmocka_unit_test(test_texts_that_are_not_utf8_are_refused),
        cmocka_unit_test(test_a_turn_is_tokenised_as_it_stands),
    };

    return cmocka_run_group_tests_name("engine_chat", tests, NULL, NULL);
}
