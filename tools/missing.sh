#!/bin/sh
# missing.sh MODULE:PACKAGE[:VERSION]... - print one line that names the first library that
# pkg-config cannot find and the Debian package that holds it; nothing when all are there.
if ! command -v pkg-config >/dev/null 2>&1; then
    echo "pkg-config is missing: apt install pkgconf (on Debian 14), or run ./dev make"
    exit 0
fi
for need; do
    module=${need%%:*} rest=${need#*:}
    package=${rest%%:*} version=${rest#"$package"}
    version=${version#:}
    if ! pkg-config --exists "$module${version:+ >= $version}"; then
        echo "library $module${version:+ >= $version} is missing: apt install $package (on Debian 14), or run ./dev make"
        exit 0
    fi
done
