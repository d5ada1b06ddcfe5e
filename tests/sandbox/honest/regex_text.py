# Patterns, templates and wrapped words.
import difflib
import re
import string
import textwrap
import unicodedata
right = (re.findall(r"(?P<word>\w+)@", "a@ b@") == ["a", "b"] and string.ascii_lowercase[2] == "c"
         and textwrap.fill("aa bb cc", 5) == "aa bb\ncc" and f"{3.14159:.2f}" == "3.14"
         and unicodedata.normalize("NFD", "\u00e9") == "e\u0301"
         and re.sub(r"(\d+)", lambda m: str(int(m[1]) + 1), "a9") == "a10"
         and difflib.get_close_matches("appel", ["apple", "pear"]) == ["apple"])
