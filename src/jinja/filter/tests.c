/* tests.c - what stands behind "is". */
#include "jinja/filter/filters.h"
#include "jinja/run/evaluate.h"
#include "jinja/text/strings.h"

/* A test without arguments: NAME(value) is EXPRESSION. */
#define PLAIN_TEST(name, expression)                                                               \
    static lmi_value test_##name(lmi_render *r, lmi_value self, const lmi_call *call)              \
    {                                                                                              \
        lmi_bind(r, #name, "", call, NULL);                                                        \
        return lmi_bool(expression);                                                               \
    }

PLAIN_TEST(defined, self.kind != LMI_UNDEFINED)
PLAIN_TEST(undefined, self.kind == LMI_UNDEFINED)
PLAIN_TEST(none, self.kind == LMI_NONE)
PLAIN_TEST(boolean, self.kind == LMI_BOOL)
PLAIN_TEST(true, self.kind == LMI_BOOL && self.as.boolean)
PLAIN_TEST(false, self.kind == LMI_BOOL && !self.as.boolean)
PLAIN_TEST(integer, self.kind == LMI_INT)
PLAIN_TEST(float, self.kind == LMI_FLOAT)
PLAIN_TEST(number, lmi_is_number(self))
PLAIN_TEST(string, self.kind == LMI_STR)
PLAIN_TEST(mapping, self.kind == LMI_DICT)
PLAIN_TEST(iterable, lmi_is_iterable(self))
PLAIN_TEST(escaped, self.kind == LMI_STR && self.is_markup)
PLAIN_TEST(lower, lmi_is_lower(r, lmi_to_str(r, self)))
PLAIN_TEST(upper, lmi_is_upper(r, lmi_to_str(r, self)))
PLAIN_TEST(sequence, self.kind == LMI_STR || self.kind == LMI_DICT || self.kind == LMI_UNDEFINED ||
                         (self.kind == LMI_LIST && self.as.list->flavour <= LMI_RANGE))
PLAIN_TEST(callable, self.kind == LMI_FUNCTION || self.kind == LMI_LOOP ||
                         self.kind == LMI_UNDEFINED ||
                         (self.kind == LMI_OBJECT && self.as.object->is_joiner))

static bool has_rest(lmi_render *r, lmi_value value, lmi_value divisor, int64_t rest)
{
    return lmi_equals(r, lmi_operate(r, LMI_STR("%"), value, divisor), lmi_int(rest));
}

PLAIN_TEST(odd, has_rest(r, self, lmi_int(2), 1))
PLAIN_TEST(even, has_rest(r, self, lmi_int(2), 0))

static bool is_known(lmi_render *r, lmi_value name, lmi_native (*find)(lmi_str))
{
    lmi_check_hashable(r, name);
    return name.kind == LMI_STR && find(name.as.str);
}

PLAIN_TEST(filter, is_known(r, self, lmi_find_filter))
PLAIN_TEST(test, is_known(r, self, lmi_find_test))

/* Python's `is`, as far as values have an identity here. */
static bool is_same(lmi_value a, lmi_value b)
{
    if (a.kind != b.kind)
        return false;
    switch (a.kind) {
    case LMI_NONE:
        return true;
    case LMI_BOOL:
        return a.as.boolean == b.as.boolean;
    case LMI_INT:
        return a.as.integer == b.as.integer;
    case LMI_FLOAT:
        return a.as.real == b.as.real;
    case LMI_STR:
        return lmi_str_equals(a.as.str, b.as.str);
    default:
        return a.as.list == b.as.list;
    }
}

/* A test with one argument. */
#define PAIR_TEST(name, expression)                                                                \
    static lmi_value test_##name(lmi_render *r, lmi_value self, const lmi_call *call)              \
    {                                                                                              \
        lmi_value other;                                                                           \
                                                                                                   \
        lmi_bind(r, #name, "/ other", call, &other);                                               \
        return lmi_bool(expression);                                                               \
    }

PAIR_TEST(eq, lmi_equals(r, self, other))
PAIR_TEST(ne, !lmi_equals(r, self, other))
PAIR_TEST(lt, lmi_relate(r, LMI_STR("<"), self, other))
PAIR_TEST(le, lmi_relate(r, LMI_STR("<="), self, other))
PAIR_TEST(gt, lmi_relate(r, LMI_STR(">"), self, other))
PAIR_TEST(ge, lmi_relate(r, LMI_STR(">="), self, other))

static lmi_value test_divisibleby(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_value divisor;

    lmi_bind(r, "divisibleby", "num", call, &divisor);
    return lmi_bool(has_rest(r, self, divisor, 0));
}

static lmi_value test_sameas(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_value other;

    lmi_bind(r, "sameas", "other", call, &other);
    return lmi_bool(is_same(self, other));
}

static lmi_value test_in(lmi_render *r, lmi_value self, const lmi_call *call)
{
    lmi_value whole;

    lmi_bind(r, "in", "seq", call, &whole);
    return lmi_bool(lmi_contains(r, whole, self));
}

const lmi_named_native lmi_tests[] = {
    {"defined", test_defined},
    {"undefined", test_undefined},
    {"none", test_none},
    {"boolean", test_boolean},
    {"true", test_true},
    {"false", test_false},
    {"integer", test_integer},
    {"float", test_float},
    {"number", test_number},
    {"string", test_string},
    {"mapping", test_mapping},
    {"iterable", test_iterable},
    {"sequence", test_sequence},
    {"callable", test_callable},
    {"escaped", test_escaped},
    {"lower", test_lower},
    {"upper", test_upper},
    {"odd", test_odd},
    {"even", test_even},
    {"divisibleby", test_divisibleby},
    {"filter", test_filter},
    {"test", test_test},
    {"sameas", test_sameas},
    {"in", test_in},
    {"eq", test_eq},
    {"equalto", test_eq},
    {"==", test_eq},
    {"ne", test_ne},
    {"!=", test_ne},
    {"lt", test_lt},
    {"lessthan", test_lt},
    {"<", test_lt},
    {"le", test_le},
    {"<=", test_le},
    {"gt", test_gt},
    {"greaterthan", test_gt},
    {">", test_gt},
    {"ge", test_ge},
    {">=", test_ge},
    {NULL, NULL},
};
