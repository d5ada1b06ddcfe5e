/* number.c - natural numbers of up to a thousand digits, and fractions of two of them. */
#include "grade/exact/number.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Digits of the largest product: both sides of a comparison have at most NUMBER_MAX digits and
 * EXPONENT_MAX zeros above and below the line. */
enum { DIGITS_MAX = 4 * (LMI_NUMBER_MAX + LMI_EXPONENT_MAX + 1) };

/* Least digit first, no leading zeros: zero has no digits. */
typedef struct natural {
    uint8_t digit[DIGITS_MAX];
    size_t n;
} natural;

typedef struct rational {
    bool is_negative;
    natural above, below;
} rational;

static void trim(natural *x)
{
    while (x->n && x->digit[x->n - 1] == 0)
        x->n--;
}

/* x = 10 x + digit */
static void push_digit(natural *x, int digit)
{
    memmove(x->digit + 1, x->digit, x->n);
    x->digit[0] = (uint8_t)digit;
    x->n++;
    trim(x);
}

static void push_zeros(natural *x, int n)
{
    for (; n > 0; n--)
        push_digit(x, 0);
}

static void multiply(natural *out, const natural *a, const natural *b)
{
    size_t i, k;

    memset(out, 0, sizeof(*out));
    for (i = 0; i < a->n; i++) {
        int carry = 0;

        for (k = 0; k < b->n || carry; k++) {
            carry += out->digit[i + k] + (k < b->n ? a->digit[i] * b->digit[k] : 0);
            out->digit[i + k] = (uint8_t)(carry % 10);
            carry /= 10;
        }
    }
    out->n = a->n + b->n;
    trim(out);
}

static void add(natural *x, const natural *y)
{
    int carry = 0;
    size_t i;

    for (i = 0; i < x->n || i < y->n || carry; i++) {
        carry += (i < x->n ? x->digit[i] : 0) + (i < y->n ? y->digit[i] : 0);
        x->digit[i] = (uint8_t)(carry % 10);
        carry /= 10;
    }
    x->n = i;
    trim(x);
}

static int compare(const natural *a, const natural *b)
{
    size_t i;

    if (a->n != b->n)
        return a->n < b->n ? -1 : 1;
    for (i = a->n; i > 0; i--)
        if (a->digit[i - 1] != b->digit[i - 1])
            return a->digit[i - 1] < b->digit[i - 1] ? -1 : 1;
    return 0;
}

/* x -= y, which is not larger. */
static void subtract(natural *x, const natural *y)
{
    int borrow = 0;
    size_t i;

    for (i = 0; i < x->n; i++) {
        const int d = x->digit[i] - (i < y->n ? y->digit[i] : 0) - borrow;

        borrow = d < 0;
        x->digit[i] = (uint8_t)(d + 10 * borrow);
    }
    trim(x);
}

static bool divides(const natural *below, const natural *above)
{
    natural rest = {0};
    size_t i;

    for (i = above->n; i > 0; i--) {
        push_digit(&rest, above->digit[i - 1]);
        while (compare(&rest, below) >= 0)
            subtract(&rest, below);
    }
    return rest.n == 0;
}

/* Read digits into `x`; how many. */
static int read_digits(natural *x, const char **at)
{
    int n = 0;

    for (; **at >= '0' && **at <= '9'; (*at)++, n++)
        push_digit(x, **at - '0');
    return n;
}

/* A decimal: its digits into `x`, how many of them follow the point into `n_fraction`. */
static bool read_decimal(natural *x, int *n_fraction, const char **at)
{
    int n = read_digits(x, at);

    *n_fraction = 0;
    if (**at == '.') {
        (*at)++;
        *n_fraction = read_digits(x, at);
        n += *n_fraction;
    }
    return n > 0;
}

static bool read_exponent(rational *x, const char **at)
{
    char *end;
    long exponent;

    if (!strchr("+-0123456789", (*at)[1]) || !(*at)[1])
        return false;
    exponent = strtol(*at + 1, &end, 10);
    if (end == *at + 1 || labs(exponent) > LMI_EXPONENT_MAX)
        return false;
    push_zeros(exponent < 0 ? &x->below : &x->above, (int)labs(exponent));
    *at = end;
    return true;
}

/* The "/D" of N/D, where N has been read. */
static bool read_below(rational *x, const char **at)
{
    natural below = {0};
    const natural scale = x->below;
    int n_fraction;

    (*at)++;
    if (!read_decimal(&below, &n_fraction, at))
        return false;
    multiply(&x->below, &scale, &below);
    push_zeros(&x->above, n_fraction);
    return true;
}

/* The " N/D" of W N/D, where W has been read: W becomes (W D + N) / D. */
static bool read_mixed(rational *x, const char **at)
{
    const natural whole = x->above;
    natural above = {0};

    (*at)++;
    x->below.n = 0;
    if (!read_digits(&above, at) || **at != '/')
        return false;
    (*at)++;
    if (!read_digits(&x->below, at))
        return false;
    multiply(&x->above, &whole, &x->below);
    add(&x->above, &above);
    return true;
}

static bool read_number(rational *out, const char *text)
{
    rational x = {.is_negative = *text == '-', .below = {.digit = {1}, .n = 1}};
    bool is_good;
    int n_fraction;

    if (strlen(text) > LMI_NUMBER_MAX)
        return false;
    if (*text == '-' || *text == '+')
        text++;
    is_good = read_decimal(&x.above, &n_fraction, &text);
    push_zeros(&x.below, n_fraction);
    if (is_good && *text == 'e')
        is_good = read_exponent(&x, &text);
    else if (is_good && *text == '/')
        is_good = read_below(&x, &text);
    else if (is_good && *text == ' ' && n_fraction == 0)
        is_good = read_mixed(&x, &text);
    if (!is_good || *text || x.below.n == 0)
        return false;
    x.is_negative = x.is_negative && x.above.n > 0;
    *out = x;
    return true;
}

bool lmi_number_is(const char *text)
{
    rational x;

    return read_number(&x, text);
}

bool lmi_number_is_whole(const char *text)
{
    rational x;

    return read_number(&x, text) && divides(&x.below, &x.above);
}

bool lmi_grade_same(const char *a, const char *b)
{
    rational x, y;
    natural left, right;

    if (!a || !b || !read_number(&x, a) || !read_number(&y, b))
        return false;
    multiply(&left, &x.above, &y.below);
    multiply(&right, &y.above, &x.below);
    return x.is_negative == y.is_negative && compare(&left, &right) == 0;
}
