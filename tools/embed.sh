#!/bin/sh
# embed.sh table NAME TYPE HEADER FILE... - print the files as the C table NAME of TYPE, which
#                                    HEADER declares: {base name without .json, bytes, size}
# embed.sh text NAME HEADER FILE   - print one file as the array NAME, which HEADER declares
# embed.sh sized NAME HEADER FILE  - the same, and NAME_size
set -eu

# The bytes of a file, and a NUL behind them.
bytes() {
    od -An -v -tx1 "$1" | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1, /g; s/0x\([89a-f]\)/(char)0x\1/g'
    printf '0};\n'
}

text() {
    printf '#include "%s"\n\nconst char %s[] = {\n' "$2" "$1"
    bytes "$3"
}

sized() {
    text "$@"
    printf '\nconst size_t %s_size = sizeof(%s) - 1;\n' "$1" "$1"
}

table() {
    name=$1 type=$2
    printf '#include "%s"\n' "$3"
    shift 3
    n=0
    for file; do
        printf '\nstatic const char file_%d[] = {\n' "$n"
        bytes "$file"
        n=$((n + 1))
    done
    printf '\nconst %s %s[] = {\n' "$type" "$name"
    n=0
    for file; do
        printf '    {"%s", file_%d, sizeof(file_%d) - 1},\n' "$(basename "$file" .json)" "$n" "$n"
        n=$((n + 1))
    done
    echo '    {0, 0, 0},'
    echo '};'
}

case ${1-} in
table | text | sized) "$@" ;;
*)
    sed -n '2,5s/^# //p' "$0" >&2
    exit 2
    ;;
esac
