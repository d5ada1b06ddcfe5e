"""headers.py - what include/*.h declare: structs with their fields, enumerations, functions.

The headers are written for people and one compiler's taste, so a few expressions read them. What
they would not understand shows: the C program that layout_test.py makes of this does not compile,
or counts differ.
"""

import os
import re

COMMENT = re.compile(r"/\*.*?\*/", re.S)
STRUCT = re.compile(r"^(?:typedef )?struct (\w+) \{(.*?)\} ?\w*;", re.S | re.M)
ENUM = re.compile(r"typedef enum (?:\w+ )?\{(.*?)\} (\w+);", re.S)
LIMITS = re.compile(r"^enum \{(.*?)\};", re.S | re.M)
FUNCTION = re.compile(r"^LMAS_(?:API|CHECKED) ([\w ]+?[ *]+)(lmas_\w+)\((.*?)\);", re.S | re.M)
CALLBACK = re.compile(r"typedef \w+ \(\*(\w+)\)")


def files(root):
    """The headers' names: latentmas.h comes first, which the others include."""
    return sorted(os.listdir(os.path.join(root, "include")))


def text_of(root):
    """All headers, without comments."""
    parts = []
    for name in files(root):
        with open(os.path.join(root, "include", name), encoding="utf-8") as file:
            parts.append(COMMENT.sub(" ", file.read()))
    return "\n".join(parts)


def fields(body):
    """Names that a struct's body declares: "int a, *b;" gives a and b."""
    for declaration in body.split(";"):
        for declarator in declaration.split(","):
            name = re.search(r"(\w+)\s*$", declarator.strip())
            if name:
                yield name.group(1)


def structs(text):
    return {name: list(fields(body)) for name, body in STRUCT.findall(text)}


def names(body):
    return re.findall(r"\b(LMAS_\w+)\b(?=\s*(?:=|,|$))", body.strip())


def enums(text):
    return {name: names(body) for body, name in ENUM.findall(text)}


def limits(text):
    return [name for body in LIMITS.findall(text) for name in names(body)]


def functions(text):
    """Name without lmas_ to the letters of latentmas.FUNCTIONS."""
    known = enums(text), structs(text), set(CALLBACK.findall(text))
    found = {}
    for result, name, args in FUNCTION.findall(text):
        listed = [] if args.strip() == "void" else args.split(",")
        first = letter(result + " _", known, is_result=True)
        code = first + "".join(letter(arg, known) for arg in listed)
        found[name[len("lmas_") :]] = code
    return found


def letter(declaration, known, is_result=False):
    enumerations, by_value, callbacks = known
    stars = declaration.count("*")
    word = re.sub(r"\bconst\b|\*", " ", declaration).split()[0]
    if stars:
        return "s" if word == "char" and stars == 1 and "const" in declaration else "p"
    if word in callbacks:
        return "p"
    if word in enumerations:
        return "e" if is_result else "c"
    if word in by_value:
        return "D"
    return {
        "void": "v",
        "bool": "b",
        "int32_t": "i",
        "uint32_t": "u",
        "uint64_t": "q",
        "size_t": "z",
        "float": "f",
    }[word]
