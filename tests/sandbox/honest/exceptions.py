# Errors raised, chained, grouped and printed.
import sys
import traceback
caught = []
try:
    try:
        {}["x"]
    except KeyError as error:
        raise ValueError("no x") from error
except ValueError as error:
    caught.append(type(error.__cause__))
    traceback.print_exc()
    text = traceback.format_exc()


class Mine(Exception):
    def __str__(self):
        return "mine"

try:
    raise Mine
except Mine as error:
    caught.append(str(error))
finally:
    caught.append(sys.exc_info()[0])
right = caught == [KeyError, "mine", None] and "no x" in text
