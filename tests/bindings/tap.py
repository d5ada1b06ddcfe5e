"""tap.py - claims of the Python tests: functions that say what they claim, and TAP lines.

    @claim("two and two are four")
    def _():
        assert 2 + 2 == 4

A claim may return a line "why" to be skipped. finish() runs them in order, and ends the program.
"""

import os
import sys
import traceback

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "bindings", "python"))

_claims = []


def claim(what):
    def note(check):
        _claims.append((what, check))
        return check

    return note


def raises(kind, text, fn, *args, **kwargs):
    """That fn fails with such an error, whose message holds the text; the error."""
    try:
        fn(*args, **kwargs)
    except kind as error:
        assert text in str(error), f"{text!r} is not in {str(error)!r}"
        return error
    raise AssertionError(f"{kind.__name__} was not raised")


def _one(what, check):
    try:
        skipped = check()
    except BaseException:
        print(f"not ok - {what}")
        print(
            "".join("# " + line + "\n" for line in traceback.format_exc().splitlines()[-20:]),
            end="",
        )
        return False
    print(f"ok - {what}" + (f" # SKIP {skipped}" if skipped else ""), flush=True)
    return True


def finish():
    results = [_one(what, check) for what, check in _claims]
    sys.exit(0 if all(results) else 1)
