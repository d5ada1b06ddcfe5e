# Never end, inside one call that looks at no signal.
import re
re.match(r"(a+)+$", "a" * 60 + "b")
