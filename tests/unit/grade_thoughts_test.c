/* grade_thoughts_test.c - whatever marks are around a model's thoughts, what it says is found. */
#include "support.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "grade/exact/thoughts.h"
#include "grade/grade.h"

/* Each mark so often, or half of that where another stands before it. */
static int n_repeated(void)
{
    return support_is_whole() ? 200000 : 50000;
}

static const double SECONDS_MAX = SUPPORT_IS_SANITIZED ? 10 : 0.5;

/* What begins and ends thoughts, family by family. */
static const char *const thoughts[][2] = {
    {"<think>", "</think>"},
    {"<think>\n\n", "\n</think>\n\n"},
    {"<thinking>", "</thinking>"},
    {"<thought>", "</thought>"},
    {"<Thought>", "</Thought>"},
    {"<reasoning>", "</reasoning>"},
    {"<scratchpad>", "</scratchpad>"},
    {"<seed:think>", "</seed:think>"},
    {"<longcat_think>", "</longcat_think>"},
    {"<think_fast>", "</think_fast>"},
    {"<chain_of_thought>", "</chain_of_thought>"},
    {"<inner_monologue>", "</inner_monologue>"},
    {"[THINK]", "[/THINK]"},
    {"\xe2\x97\x81think\xe2\x96\xb7", "\xe2\x97\x81/think\xe2\x96\xb7"},
    {"<|START_THINKING|>", "<|END_THINKING|>"},
    {"<|begin_of_thought|>", "<|end_of_thought|>"},
    {"<|channel>thought\n", "\n<channel|>"},
    {"<|inner_prefix|>", "<|inner_suffix|>"},
    {"<|thinking|>", "<|/thinking|>"},
    {"<|think|>", "<|end|><|begin|>assistant<|content|>"},
    {"<|channel|>analysis<|message|>", "<|end|><|start|>assistant<|channel|>final<|message|>"},
    {"<|channel|>analysis<|message|>", "<|start|>assistant<|channel|>final<|message|>"},
    {"<|channel|>commentary to=functions.python <|constrain|>json<|message|>",
     "<|call|><|start|>assistant<|channel|>final<|message|>"},
};

static const char *const answers[][2] = {
    {"", ""},
    {"\n\n", "\n"},
    {"<answer>", "</answer>"},
    {"<answer>\n", "\n</answer>"},
    {"<response>", "</response>"},
    {"<final_answer>", "</final_answer>"},
    {"<|START_RESPONSE|>", "<|END_RESPONSE|>"},
    {"<|START_TEXT|>", "<|END_TEXT|>"},
    {"<|begin_of_solution|>", "<|end_of_solution|>"},
    {"<|begin_of_box|>", "<|end_of_box|>"},
    {"[BEGIN FINAL RESPONSE]\n", "\n[END FINAL RESPONSE]\n<|end|>"},
};

static const char *const ends[] = {
    "",
    "\n",
    "</s>",
    "<|im_end|>",
    "<|im_end|>\n",
    "<|end|>",
    "<|return|>",
    "<|eot_id|>",
    "<end_of_turn>",
    "<turn|>",
    "<seed:eos>",
    "<|endoftext|>",
    "<|END_OF_TURN_TOKEN|>",
    "<|reserved_special_token_7|>",
    "<\357\275\234end\342\226\201of\342\226\201sentence\357\275\234>",
    "<|im_end|>\n<|im_start|>user\nAnd 5?<|im_end|>\n<|im_start|>assistant\nnone",
};

#define N(list) (sizeof(list) / sizeof((list)[0]))

static void expect(const char *want, const char *text)
{
    const lmi_span said = lmi_py_strip(lmi_thoughts_skip((lmi_span){text, strlen(text)}));

    assert_true(said.text >= text && said.text + said.len <= text + strlen(text));
    if (said.len != strlen(want) || memcmp(said.text, want, said.len) != 0)
        fail_msg("\"%s\": expected \"%s\", got \"%.*s\"", text, want, (int)said.len, said.text);
}

static void test_what_is_said_behind_thoughts_is_found_in_every_family(void **state)
{
    char text[512];
    size_t t, a, e;

    (void)state;
    for (t = 0; t < N(thoughts); t++)
        for (a = 0; a < N(answers); a++)
            for (e = 0; e < N(ends); e++) {
                snprintf(text, sizeof(text), "%sMaybe 41.%s%sIt is 42%s%s", thoughts[t][0],
                         thoughts[t][1], answers[a][0], answers[a][1], ends[e]);
                expect("It is 42", text);
            }
}

/* The chat template has opened it, so the text begins within. */
static void test_a_thought_that_the_prompt_opened_ends_where_it_is_closed(void **state)
{
    char text[512];
    size_t t, a;

    (void)state;
    for (t = 0; t < N(thoughts); t++)
        for (a = 0; a < N(answers); a++) {
            snprintf(text, sizeof(text), "Maybe 41.%s%sIt is 42%s", thoughts[t][1], answers[a][0],
                     answers[a][1]);
            expect("It is 42", text);
        }
}

static void test_nothing_but_thoughts_says_nothing(void **state)
{
    char text[512];
    size_t t;

    (void)state;
    for (t = 0; t < N(thoughts); t++) {
        snprintf(text, sizeof(text), "%sSo it is 42%s", thoughts[t][0], thoughts[t][1]);
        expect("", text);
        snprintf(text, sizeof(text), "%sSo it is 42%s<|im_end|>\n", thoughts[t][0], thoughts[t][1]);
        expect("", text);
    }
}

static void test_a_thought_that_never_ends_is_all_there_is(void **state)
{
    char text[512];
    size_t t;

    (void)state;
    for (t = 0; t < N(thoughts); t++) {
        snprintf(text, sizeof(text), "%sSo it is 42", thoughts[t][0]);
        expect("So it is 42", text);
    }
}

static void test_what_was_said_before_stands_when_nothing_follows(void **state)
{
    char text[512];
    size_t t;

    (void)state;
    for (t = 0; t < N(thoughts); t++) {
        snprintf(text, sizeof(text), "It is 42.\n%sLet me check: 41", thoughts[t][0]);
        expect("It is 42.", text);
        snprintf(text, sizeof(text), "It is 42.\n%sLet me check: 41%s", thoughts[t][0],
                 thoughts[t][1]);
        expect("It is 42.", text);
    }
}

static void test_marks_that_are_spoken_of_say_nothing(void **state)
{
    static const char *const texts[] = {
        "",
        "42",
        "The mark <think> opens thoughts. 42",
        "It prints `</think>`, 42 times",
        "s = \"</think>\" + '</answer>'",
        "a < b and [0, 1] > c: <b>42</b>",
        "<thinking_budget>7</thinking_budget> 42",
        "<tool_response>42</tool_response>",
        "x[THINK_MORE] <user>42</user>",
        "'<s>' + x + '</s>'",
        "<",
        "<|",
        "<|>",
        "<||>",
        "[",
        "[/",
        "[/]",
        "\xe2\x97\x81",
        "</",
        "<think",
        "42 <|x",
        "|>",
        "[think]42[/think]",
    };
    size_t i;

    (void)state;
    for (i = 0; i < N(texts); i++)
        expect(texts[i], texts[i]);
}

static void test_the_last_marked_answer_counts(void **state)
{
    (void)state;
    expect("42", "<answer>41</answer> no: <answer>42</answer>");
    expect("42", "It is <answer>42</answer>, found in 3 steps.");
    expect("42", "<think>so <answer>41</answer>? no</think>42");
    expect("42", "<think>not closed\n<answer>42</answer>");
    expect("42", "<answer> </answer>42");
    expect("42", "<think>41</think>40<think>39</think>42");
    expect("42", "Here is my thought process: 41\n\nHere is my response: 42");
    expect("42", "Here's my thought process: 41\n\nHere's my response:\n42");
    expect("42", "<|channel|>final <|constrain|>JSON<|message|>42<|return|>");
    expect("42", "<|start_header_id|>assistant<|end_header_id|>\n\n42<|eot_id|>");
    expect("42", "42\n[INST] And 8 + 7? [/INST] 15");
    expect("", "<|channel|>analysis<|message|>42<|end|><|start|>assistant");
}

/* ---- Time ---- */

static double seconds_of(const lmi_buf *text)
{
    const clock_t start = clock();
    lmi_code code;

    (void)lmi_thoughts_skip((lmi_span){lmi_buf_text(text), text->len});
    assert_ok(lmi_code_find(&code, lmi_buf_text(text), text->len));
    lmi_code_done(&code);
    return (double)(clock() - start) / CLOCKS_PER_SEC;
}

/* `before`, and `mark` repeated: what looks at the rest of the text for each takes hours. */
static void expect_quick(const char *before, const char *mark)
{
    lmi_buf text;
    double seconds;
    int i;

    lmi_buf_init(&text, (size_t)16 * 1000 * 1000);
    lmi_buf_puts(&text, before);
    for (i = 0; i < (*before ? n_repeated() / 2 : n_repeated()); i++)
        lmi_buf_puts(&text, mark);
    seconds = seconds_of(&text);
    if (seconds > SECONDS_MAX)
        fail_msg("\"%s\" and \"%s\" %d times took %.2f s", before, mark, n_repeated(), seconds);
    lmi_buf_done(&text);
}

static void test_marks_repeated_without_end_are_read_at_once(void **state)
{
    static const char *const more[] = {
        "<",           "<|",
        "[",           "</s>",
        "<s>",         " <s>",
        "<answer>",    "x<answer>",
        "</answer>",   "<|channel|>",
        "<|message|>", "<|im_start|>",
        "[PYTHON]",    "[/PYTHON]",
        "[BEGIN]",     "[DONE]",
        "<tool_call>", "<parameter=",
        "<code>",      "<arg_value>x",
        "{\"a\":",     "Here is my response:",
        "<|im_end|>",  "x</answer>",
    };
    size_t i;

    (void)state;
    for (i = 0; i < N(more); i++) {
        expect_quick("", more[i]);
        expect_quick("<think>x", more[i]);
    }
    for (i = 0; i < N(thoughts); i++) {
        expect_quick("", thoughts[i][0]);
        expect_quick("", thoughts[i][1]);
    }
}

/* A run of blanks before every mark, or behind it. */
static void test_blanks_around_marks_are_read_once(void **state)
{
    lmi_buf blanks;

    (void)state;
    lmi_buf_init(&blanks, 1 << 21);
    while (blanks.len < 1 << 20)
        lmi_buf_putc(&blanks, ' ');
    expect_quick(lmi_buf_text(&blanks), "<s>");
    expect_quick(lmi_buf_text(&blanks), "<answer>");
    expect_quick(lmi_buf_text(&blanks), "x</s>");
    expect_quick("<answer>", " </answer>");
    lmi_buf_done(&blanks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_said_behind_thoughts_is_found_in_every_family),
        cmocka_unit_test(test_a_thought_that_the_prompt_opened_ends_where_it_is_closed),
        cmocka_unit_test(test_nothing_but_thoughts_says_nothing),
        cmocka_unit_test(test_a_thought_that_never_ends_is_all_there_is),
        cmocka_unit_test(test_what_was_said_before_stands_when_nothing_follows),
        cmocka_unit_test(test_marks_that_are_spoken_of_say_nothing),
        cmocka_unit_test(test_the_last_marked_answer_counts),
        cmocka_unit_test(test_marks_repeated_without_end_are_read_at_once),
        cmocka_unit_test(test_blanks_around_marks_are_read_once),
    };

    return cmocka_run_group_tests_name("grade_thoughts", tests, NULL, NULL);
}
