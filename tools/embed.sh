#!/bin/sh
# embed.sh FILE... - print a C table of the files, named by their base names without .json:
# the built-in teams. The order is the order of the arguments.
set -eu
echo '#include "team/builtin.h"'
echo
n=0
for file; do
    printf 'static const char file_%d[] = {\n' "$n"
    od -An -v -tx1 "$file" | sed 's/ \([0-9a-f][0-9a-f]\)/0x\1, /g; s/0x\([89a-f]\)/(char)0x\1/g'
    printf '0};\n\n'
    n=$((n + 1))
done
echo 'const lmi_builtin_team lmi_builtin_teams[] = {'
n=0
for file; do
    name=$(basename "$file" .json)
    printf '    {"%s", file_%d, sizeof(file_%d) - 1},\n' "$name" "$n" "$n"
    n=$((n + 1))
done
echo '    {0, 0, 0},'
echo '};'
