# A look at its own functions.
import dis
import inspect
import io


def add(a: int, b: int = 2) -> int:
    """Sum."""
    return a + b

out = io.StringIO()
dis.dis(add, file=out)
frame = inspect.currentframe()
right = (str(inspect.signature(add)) == "(a: int, b: int = 2) -> int" and out.getvalue() != ""
         and add.__doc__ == "Sum." and frame is not None and inspect.isfunction(add))
