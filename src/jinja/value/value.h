/*
 * value.h - what a template computes with: Python's values, as far as templates see them.
 *
 * Values are small and copied; what they point to lies in the arena of the rendering (or in the
 * caller's variables) and never changes once made, but for namespaces and iterators. A text is
 * bytes of valid UTF-8 and a length, without a NUL at its end, so that a part of one is a view.
 */
#ifndef LMI_JINJA_VALUE_H
#define LMI_JINJA_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "jinja/render.h"

typedef enum lmi_kind {
    LMI_UNDEFINED, /* a name that nothing stands for; `str` is the name, for messages */
    LMI_NONE,
    LMI_BOOL,
    LMI_INT, /* 64 bits; more is an error */
    LMI_FLOAT,
    LMI_STR,
    LMI_LIST, /* any sequence that is held whole; its flavour says which */
    LMI_DICT,
    LMI_NAMESPACE, /* a dict whose entries can be set */
    LMI_ITER,      /* a generator: gives its values once */
    LMI_FUNCTION,  /* a macro, a global function, a method with its object */
    LMI_LOOP,      /* the variable `loop` */
    LMI_OBJECT,    /* a cycler or a joiner */
    LMI_MISSING    /* an argument that was not given; templates never see it */
} lmi_kind;

typedef struct lmi_str {
    const char *text;
    size_t len;
} lmi_str;

#define LMI_STR(literal) ((lmi_str){"" literal, sizeof(literal) - 1})

/* How a sequence prints, and what it may do besides. */
typedef enum lmi_flavour {
    LMI_PLAIN, /* [1, 2] */
    LMI_TUPLE, /* (1, 2) */
    LMI_RANGE, /* range(0, 2) */
    LMI_KEYS,  /* dict_keys([..]): no index, no slice */
    LMI_VALUES,
    LMI_ITEMS
} lmi_flavour;

typedef struct lmi_value {
    lmi_kind kind;
    bool is_markup; /* of a text: `safe` or `escape` made it */
    union {
        bool boolean;
        int64_t integer;
        double real;
        lmi_str str;
        struct lmi_list *list;
        struct lmi_dict *dict; /* also of a namespace */
        struct lmi_iter *iter;
        struct lmi_function *function;
        struct lmi_loop *loop;
        struct lmi_object *object;
    } as;
} lmi_value;

typedef struct lmi_list {
    lmi_value *items;
    size_t n, capacity;
    lmi_flavour flavour;
    bool is_group;             /* a tuple of groupby: has fields `grouper` and `list` */
    int64_t start, stop, step; /* of a range */
} lmi_list;

/* In the order of insertion; found by going through it: templates have small ones. */
typedef struct lmi_dict {
    lmi_value *keys, *values;
    size_t n, capacity, values_capacity;
} lmi_dict;

/* Gives the next value, or false at the end. Whoever makes one adds what its `next` needs. */
typedef struct lmi_iter {
    bool (*next)(lmi_render *r, struct lmi_iter *iter, lmi_value *out);
    lmi_value source;
    size_t at;
    struct lmi_iter *inner;
    void *more;
} lmi_iter;

/* What a call hands over. */
typedef struct lmi_call {
    lmi_value *items; /* by position */
    size_t n;
    lmi_str *names; /* by name */
    lmi_value *named;
    size_t n_named;
} lmi_call;

typedef lmi_value (*lmi_native)(lmi_render *r, lmi_value self, const lmi_call *call);

typedef struct lmi_function {
    const char *name;
    lmi_native call;
    lmi_value self; /* the object of a method */
    const struct lmi_node *macro;
    struct lmi_scope *scope; /* where the macro was defined */
} lmi_function;

/* ---- Making values (value.c) ---------------------------------------------------- */

static inline lmi_value lmi_none(void)
{
    return (lmi_value){.kind = LMI_NONE};
}

static inline lmi_value lmi_bool(bool b)
{
    return (lmi_value){.kind = LMI_BOOL, .as.boolean = b};
}

static inline lmi_value lmi_int(int64_t i)
{
    return (lmi_value){.kind = LMI_INT, .as.integer = i};
}

static inline lmi_value lmi_float(double f)
{
    return (lmi_value){.kind = LMI_FLOAT, .as.real = f};
}

static inline lmi_value lmi_text(lmi_str s)
{
    return (lmi_value){.kind = LMI_STR, .as.str = s};
}

static inline lmi_value lmi_undefined(lmi_str name)
{
    return (lmi_value){.kind = LMI_UNDEFINED, .as.str = name};
}

static inline bool lmi_str_equals(lmi_str a, lmi_str b)
{
    return a.len == b.len && memcmp(a.text, b.text, a.len) == 0;
}

static inline bool lmi_str_is(lmi_str a, const char *text)
{
    return a.len == strlen(text) && memcmp(a.text, text, a.len) == 0;
}

lmi_list *lmi_list_new(lmi_render *r, lmi_flavour flavour);
void lmi_list_add(lmi_render *r, lmi_list *list, lmi_value value);
lmi_value lmi_list_value(lmi_list *list);
lmi_value lmi_pair(lmi_render *r, lmi_value first, lmi_value second);

lmi_dict *lmi_dict_new(lmi_render *r);
/* The value at `key`, NULL when it is not there. A list or dict as key raises. */
lmi_value *lmi_dict_find(lmi_render *r, const lmi_dict *dict, lmi_value key);
lmi_value *lmi_dict_find_str(lmi_render *r, const lmi_dict *dict, lmi_str key);
void lmi_dict_set(lmi_render *r, lmi_dict *dict, lmi_value key, lmi_value value);
/* The same for a key that is surely not there. */
void lmi_dict_add(lmi_render *r, lmi_dict *dict, lmi_value key, lmi_value value);
/* What Python can hash; and to raise for the rest. */
bool lmi_is_hashable(lmi_value value);
void lmi_check_hashable(lmi_render *r, lmi_value value);
lmi_value lmi_dict_value(lmi_dict *dict);

lmi_value lmi_function_new(lmi_render *r, const char *name, lmi_native call, lmi_value self);

/* ---- Asking values --------------------------------------------------------------- */

/* Python's bool(), ==, < (raises where Python does), len() (raises likewise), `in`. */
bool lmi_is_true(lmi_value value);
bool lmi_equals(lmi_render *r, lmi_value a, lmi_value b);
int lmi_order(lmi_render *r, lmi_value a, lmi_value b, const char *operation);
int64_t lmi_length(lmi_render *r, lmi_value value);
bool lmi_contains(lmi_render *r, lmi_value whole, lmi_value part);
bool lmi_is_number(lmi_value value);  /* bool, int or float */
bool lmi_is_integer(lmi_value value); /* bool or int */
double lmi_as_double(lmi_value number);
int64_t lmi_as_int(lmi_value number);
_Noreturn void lmi_raise_undefined(lmi_render *r, lmi_value undefined);

/* "str", "list", "NoneType": Python's name of the type. */
const char *lmi_type_name(lmi_value value);

/* Iterate over anything iterable; raises for what is not. A value of kind LMI_ITER is used up. */
lmi_iter *lmi_iterate(lmi_render *r, lmi_value value);
bool lmi_next(lmi_render *r, lmi_iter *iter, lmi_value *out);
lmi_list *lmi_collect(lmi_render *r, lmi_value iterable);
bool lmi_is_iterable(lmi_value value);
lmi_value lmi_iter_value(lmi_iter *iter);

/* Of the variable `loop` (loop.c). */
int64_t lmi_loop_length(lmi_render *r, struct lmi_loop *loop);
lmi_str lmi_loop_str(lmi_render *r, const struct lmi_loop *loop);

/* Of a macro (call.c); other functions have no text: Python prints their address. */
lmi_str lmi_macro_str(lmi_render *r, const lmi_function *function);

/* ---- Text of values (print.c) ------------------------------------------------------ */

lmi_str lmi_to_str(lmi_render *r, lmi_value value);  /* Python's str() */
lmi_str lmi_to_repr(lmi_render *r, lmi_value value); /* Python's repr() */

/* json.dumps(value) as transformers' filter `tojson` calls it. */
typedef struct lmi_json_style {
    bool is_ascii;     /* ensure_ascii (false) */
    bool is_sorted;    /* sort_keys (false) */
    bool has_indent;   /* indent is not None */
    lmi_str indent;    /* what one level puts before a line */
    lmi_str item, key; /* separators (", " or "," where indented; ": ") */
} lmi_json_style;
lmi_str lmi_tojson(lmi_render *r, lmi_value value, const lmi_json_style *style);

/* ---- Arguments (args.c) ------------------------------------------------------------ */

/* Sort what `call` hands over into `out` by `signature`, names with blanks between, an optional one
 * with '?' behind it: "old new count?". What was not given is LMI_MISSING. Raises for too many, too
 * few, twice, unknown. `name` is the function's, for messages. */
void lmi_bind(lmi_render *r, const char *name, const char *signature, const lmi_call *call,
              lmi_value *out);

/* The argument as what it must be (raises else); `otherwise` when it is missing. A bool counts as
 * an int, as in Python. */
lmi_str lmi_arg_str(lmi_render *r, const char *name, lmi_value value);
int64_t lmi_arg_int(lmi_render *r, const char *name, lmi_value value, int64_t otherwise);
bool lmi_arg_bool(lmi_value value, bool otherwise); /* bool() of anything */

/* Whether an optional argument was given and is not none. */
static inline bool lmi_is_given(lmi_value value)
{
    return value.kind != LMI_MISSING && value.kind != LMI_NONE;
}

#endif
