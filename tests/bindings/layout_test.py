"""layout_test.py - what latentmas.py declares is what include/*.h declare.

A C program made of the headers' names prints sizes, offsets and values as the compiler has them;
ctypes must have the same. A field, struct, enumerator or function that only one side has is named.
"""

import ctypes
import os
import subprocess
import tempfile

import headers
from tap import ROOT, claim, finish

import latentmas

TEXT = headers.text_of(ROOT)
STRUCTS = headers.structs(TEXT)
ENUMS = headers.enums(TEXT)
LIMITS = headers.limits(TEXT)
NO_STRUCT = {"lmas_status"}  # an IntEnum, not names
# Called as users of OpenAI's API know them.
RENAMED = {"content": "text", "logprobs": "tells_tokens", "top_logprobs": "n_top"}
# By the compiler's word, which knows no more of an enumeration than its size.
TYPES = {
    ctypes.c_bool: "bool",
    ctypes.c_int32: "int32_t",
    ctypes.c_uint32: "uint32_t",
    ctypes.c_uint64: "uint64_t",
    ctypes.c_float: "float",
    ctypes.c_double: "double",
    ctypes.c_char_p: "text",
    ctypes.POINTER(ctypes.c_char): "text",
}
GENERIC = (
    '#define TYPE(x) _Generic((x), bool: "bool", int32_t: "int32_t", '
    'uint32_t: "uint32_t", uint64_t: "uint64_t", float: "float", '
    'double: "double", const char *: "text", default: "other")'
)


def program():
    lines = [f"#include <{name}>" for name in headers.files(ROOT)]
    lines += ["#include <stdio.h>", GENERIC, "int main(void)", "{"]
    for name, fields in STRUCTS.items():
        lines.append(f'    printf("{name} %zu\\n", sizeof({name}));')
        for field in fields:
            it = f"(({name} *)0)->{field}"
            value = f"offsetof({name}, {field}), sizeof({it}), TYPE({it})"
            lines.append(f'    printf("{name}.{field} %zu %zu %s\\n", {value});')
    for name in LIMITS + [name for group in ENUMS.values() for name in group]:
        lines.append(f'    printf("{name} %lld\\n", (long long){name});')
    return "\n".join(lines + ['    puts("LMAS_VERSION " LMAS_VERSION);', "    return 0;", "}", ""])


def measured():
    """What the compiler says: a name to its numbers."""
    with tempfile.TemporaryDirectory() as folder:
        source, binary = os.path.join(folder, "layout.c"), os.path.join(folder, "layout")
        with open(source, "w", encoding="utf-8") as file:
            file.write(program())
        include = os.path.join(ROOT, "include")
        subprocess.run(["cc", "-std=c17", "-I", include, source, "-o", binary], check=True)
        out = subprocess.run([binary], check=True, capture_output=True, text=True).stdout
    return {line.split()[0]: line.split()[1:] for line in out.splitlines()}


C = measured()


def layout(name):
    return latentmas._layout(latentmas.STRUCTS[name])


def same(what, ours, theirs):
    """A complaint where they differ."""
    return [] if ours == theirs else [f"{what}: latentmas.py has {ours}, the header {theirs}"]


def kind_of(name, field):
    return latentmas._kinds(latentmas.STRUCTS[name])[field]


def header_name(field):
    return RENAMED.get(field, field.rstrip("_"))


def field_complaints(name, field, struct):
    types = {header_name(known): (known, ctype) for known, ctype in struct._fields_}
    if field not in types:
        return [f"{name}.{field}: latentmas.py lacks it"]
    known, ctype = types[field]
    got, theirs = getattr(struct, known), C[f"{name}.{field}"]
    is_enum = isinstance(kind_of(name, known), (latentmas._Names, latentmas._Ended))
    word = theirs[2] if is_enum else TYPES.get(ctype, "other")
    return same(
        f"{name}.{field} (offset, size, type)", [str(got.offset), str(got.size), word], theirs
    )


def struct_complaints(name):
    if name not in latentmas.STRUCTS:
        return [f"{name}: latentmas.py lacks it"]
    struct = layout(name)
    ours = [header_name(field) for field, _ in struct._fields_]
    found = [f"{name}.{field}: the header lacks it" for field in ours if field not in STRUCTS[name]]
    for field in STRUCTS[name]:
        found += field_complaints(name, field, struct)
    return found + same(f"sizeof({name})", [str(ctypes.sizeof(struct))], C[name])


def none(complaints):
    assert not complaints, "\n".join(complaints)


@claim("every struct of the headers is laid out as the compiler has it, field by field")
def _():
    none([line for name in STRUCTS for line in struct_complaints(name)])
    none([f"{name}: the header lacks it" for name in latentmas.STRUCTS if name not in STRUCTS])


@claim("structs are declared in the headers' order")
def _():
    assert list(latentmas.STRUCTS) == list(STRUCTS), (list(latentmas.STRUCTS), list(STRUCTS))


def enum_complaints(name, members):
    known = latentmas.ENUMS.get(name)
    if known is None:
        return [f"{name}: latentmas.py lacks it"]
    ours = {word: i + known.first for i, word in enumerate(known.names)}
    stem = os.path.commonprefix(members) if len(members) > 1 else ""
    stem = stem[: stem.rfind("_") + 1]
    theirs = {m[len(stem) :].lower(): int(C[m][0]) for m in members}
    if name == "lmas_control":  # whose names the library gives
        ours, theirs = sorted(ours.values()), sorted(theirs.values())
    return same(name, ours, theirs)


@claim("every enumerator has the headers' name and value")
def _():
    groups = {name: members for name, members in ENUMS.items() if name not in NO_STRUCT}
    none([line for name, members in groups.items() for line in enum_complaints(name, members)])
    none([f"{name}: the header lacks it" for name in latentmas.ENUMS if name not in groups])


@claim("statuses have the headers' names and values, each with an exception of its own")
def _():
    theirs = {
        name.replace("LMAS_E_", "").replace("LMAS_", ""): int(C[name][0])
        for name in ENUMS["lmas_status"]
    }
    none(same("lmas_status", {s.name: s.value for s in latentmas.Status}, theirs))
    assert len(set(latentmas._ERRORS)) == len(theirs)


@claim("limits have the headers' names and values")
def _():
    theirs = {name[len("LMAS_") :]: int(C[name][0]) for name in LIMITS}
    none(same("limits", latentmas.LIMITS, theirs))


@claim("methods, controls and alignments are called what the library calls them")
def _():
    lib = latentmas._lib()
    for name in ("method", "control", "align"):
        known = latentmas.ENUMS["lmas_align_method" if name == "align" else "lmas_" + name]
        assert latentmas._texts(getattr(lib, f"lmas_{name}_name")) == list(known.names), name


@claim("every function of the headers is declared, with the types of its arguments")
def _():
    ours = dict(word.split(":") for word in latentmas.FUNCTIONS.split())
    theirs = headers.functions(TEXT)
    theirs = {name: code if code[0] != "D" else "D" for name, code in theirs.items()}
    assert len(theirs) > 90
    none(
        [
            line
            for name in {**ours, **theirs}
            for line in same(f"lmas_{name}()", ours.get(name), theirs.get(name))
        ]
    )


@claim("the version that latentmas.py was written for is the headers'")
def _():
    none(same("LMAS_VERSION", [latentmas.HEADER_VERSION], C["LMAS_VERSION"]))


@claim("a field that grows in a header is a failure that names it")
def _():
    global C, STRUCTS
    before = C, STRUCTS
    STRUCTS = {"lmas_near": ["text", "token", "score", "rank"]}
    C = {**C, "lmas_near": ["24"], "lmas_near.score": ["20", "4", "float"]}
    found = struct_complaints("lmas_near")
    C, STRUCTS = before
    assert "lmas_near.rank: latentmas.py lacks it" in found, found
    assert any(line.startswith("lmas_near.score") for line in found), found
    assert any(line.startswith("sizeof(lmas_near)") for line in found), found


finish()
