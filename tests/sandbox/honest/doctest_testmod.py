# The tests in its own texts, run at its end.
import doctest


def twice(x):
    """
    >>> twice(2)
    4
    """
    return 2 * x

right = twice(4) == 8
doctest.testmod()
doctest.testmod(verbose=True)
doctest.run_docstring_examples(twice, {"twice": twice})
