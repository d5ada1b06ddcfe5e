# Managers of contexts, and output caught.
import contextlib
import io


@contextlib.contextmanager
def doubled(x):
    yield 2 * x

with contextlib.redirect_stdout(io.StringIO()) as caught, doubled(4) as eight:
    print("hello")
with contextlib.suppress(ZeroDivisionError):
    1 / 0
right = caught.getvalue() == "hello\n" and eight == 8
