#!/bin/sh
# check.sh - everything CI asks of a change, one line per claim, totals at the end.
#
# Builds live beside the user's: build/gcc and build/clang with warnings as errors,
# build/asan with the sanitizers. The log of a claim that fails is printed whole, and its last
# lines once more before the totals: where a long log is cut, its end is what stays.
# Before a claim stands the time that it usually takes on two quiet cores.
set -u
jobs=$(nproc)
passed=0 failed=0
log=$(mktemp)
missed=$(mktemp)
ticker=
trap 'kill $ticker 2>/dev/null; rm -f "$log" "$missed"' EXIT
trap 'exit 1' INT TERM

# tell_on BEGIN USUAL: every 10 s how long the claim takes, and the last line that it had to say.
tell_on() {
    while sleep 10 >/dev/null 2>&1; do
        echo "    ... $(($(date +%s) - $1)) s, usually $2: $(tail -n 1 "$log" | cut -c 1-72)"
    done
}

# claim SECONDS WHAT COMMAND...
claim() {
    usual=$1 what=$2
    shift 2
    begin=$(date +%s)
    echo "  start: $what, usually $usual s"
    tell_on "$begin" "$usual" &
    ticker=$!
    "$@" >"$log" 2>&1
    status=$?
    kill $ticker
    wait $ticker 2>/dev/null
    if [ $status -eq 0 ]; then
        passed=$((passed + 1))
        echo "ok - $what ($(($(date +%s) - begin)) s)"
    else
        failed=$((failed + 1))
        echo "not ok - $what"
        sed 's/^/    | /' "$log" | tail -n 200
        tail -n 8 "$log" | sed "s|^|$what: |" >>"$missed"
    fi
}

sources() { git ls-files -co --exclude-standard '*.c' '*.h'; }

formatted() { sources | xargs clang-format --dry-run -Werror; }

# One clang-tidy per source, $jobs at a time, with the flags of the clang build.
# shellcheck disable=SC2016 # expanded by the inner shell
tidy() {
    make -s B=build/clang CC=clang print-flags print-kernel-flags >build/clang/flags || return 1
    sources | grep -E '^(src|examples|tests)/.*\.c$' | xargs -P "$jobs" -n 4 \
        sh -c 'clang-tidy --quiet "$@" -- $(cat build/clang/flags) -Ibuild/clang/rooms/unit -Itests 2>/dev/null' sh
}

# Rooms: the include paths enforce them; this also catches "../" and libllama elsewhere.
arrows() {
    ! grep -rnE '#include *[<"](llama|ggml|gguf)[a-z-]*\.h' src include examples tests |
        grep -vE '^src/(engine/libllama|kernels/ggml)\.h:' || return 1
    ! grep -rnE '#include *"\.\.' src || return 1
    ! grep -rnE '#include *"(jinja|engine|latent|store|remote|team)/' src/net src/hub src/grade src/sandbox src/data src/eval src/exchange src/serve src/cli || return 1
    ! grep -rnE '#include *"(engine|latent|store|remote|team)/' src/base src/jinja src/kernels || return 1
    ! grep -rnE '#include *"(jinja|net|process|hub|grade|sandbox|data|eval|exchange|serve|cli)/' src/kernels || return 1
    ! grep -rnE '#include *"kernels/' src examples | grep -vE '^src/(kernels|engine)/' || return 1
    ! grep -rnE '#include *"(jinja|engine|latent|store|remote|team)/' src/process || return 1
    ! grep -rnE '#include *"process/' src/base src/jinja src/engine src/latent src/store src/remote src/net src/hub src/grade src/data src/exchange src/serve || return 1
    ! grep -rnE '#include *"net/' src/base src/jinja src/engine src/latent src/store src/process || return 1
    ! grep -rnE '#include *"(hub|grade|sandbox|data|eval|exchange|serve|cli)/' src/base src/jinja src/engine src/latent src/store src/remote src/process src/team || return 1
    ! grep -rnE '#include *"(store|remote|team)/' src/engine src/latent || return 1
    ! grep -rnE '#include *"(remote|team)/' src/store || return 1
    ! grep -rnE '#include *"(store|team)/' src/remote || return 1
    ! grep -rnE '#include *<curl/' src include examples tests | grep -v '^src/net/' || return 1
    ! grep -rnE '#include *<sqlite3' src include examples tests | grep -v '^src/exchange/' || return 1
    ! grep -rnE '#include *<zip' src include examples tests | grep -v '^src/exchange/awareness/archive\.c:' || return 1
    ! grep -rnE '#include *"(net|hub|grade|sandbox|data|eval|serve|cli)/' src/exchange || return 1
    ! grep -rnE '#include *"(exchange|serve)/' src/hub src/grade src/sandbox src/data src/eval || return 1
    ! grep -rnE '#include *"(hub|grade|sandbox|data|eval|cli)/' src/serve || return 1
    ! grep -rnE '#include *<microhttpd' src include examples tests | grep -v '^src/serve/' || return 1
    ! grep -rnE '#include *"(net|hub|data|eval|cli)/' src/grade src/sandbox || return 1
    ! grep -rnE '#include *"(hub|grade|sandbox|data|eval|exchange|serve|cli)/' src/net || return 1
    ! grep -rnE '#include *"(grade|sandbox|data|eval|cli)/' src/hub || return 1
    ! grep -rnE '#include *"(eval|cli)/' src/data || return 1
    ! grep -rnE '#include *"cli/' src/eval
}

banned() {
    words='sprintf|vsprintf|strcpy|strcat|strncpy|strncat|strtok|atoi|atol|atoll|atof|gets|alloca'
    ! grep -rnE "(^|[^A-Za-z0-9_])($words) *\(" src examples include || return 1
    ! grep -rnE '(^|[^A-Za-z0-9_])(malloc|calloc|realloc|free|strdup|strndup|asprintf) *\(' src |
        grep -v '^src/base/mem\.c:' || return 1
    ! grep -rnE '(^|[^A-Za-z0-9_])(printf|puts|putchar|fprintf|exit|abort) *\(' \
        src/base src/jinja src/kernels src/engine src/latent src/store src/remote src/process src/team src/net src/hub src/grade src/sandbox src/data src/eval src/exchange src/serve
}

exported() {
    ! nm -D --defined-only build/gcc/liblatentmas.so | awk '$2 ~ /[A-Z]/ {print $3}' | grep -v '^lmas_'
}

header() {
    for std in c11 c17; do
        for cc in gcc clang; do
            echo '#include "latentmas_store.h"' |
                $cc -std=$std -x c -fsyntax-only -Iinclude -Wall -Wextra -Wpedantic -Werror - || return 1
        done
    done
    for cc in g++ clang++; do
        echo '#include "latentmas_store.h"' |
            $cc -std=c++17 -x c++ -fsyntax-only -Iinclude -Wall -Wextra -Wpedantic -Werror - || return 1
    done
}

# libllama's own leaks, if there are any, are suppressed by name in tests/lsan.supp.
sanitized() {
    # (more memory than there is comes back as NULL, as without the sanitizers)
    ASAN_OPTIONS=detect_leaks=1:abort_on_error=0:detect_stack_use_after_return=1:allocator_may_return_null=1
    UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
    LSAN_OPTIONS=suppressions=$(pwd)/tests/lsan.supp:print_suppressions=0
    export ASAN_OPTIONS UBSAN_OPTIONS LSAN_OPTIONS
    make -s -j"$jobs" B=build/asan CFLAGS='-O1 -g -fno-omit-frame-pointer' \
        SAN='-fsanitize=address,undefined -fno-sanitize-recover=all' test
}

# Threads that share a product; where libggml's are beside them, tests/tsan.supp says so. (The
# sanitizer wants addresses where they are without randomness.)
threads() {
    make -s -j"$jobs" B=build/tsan CFLAGS='-O1 -g -fno-omit-frame-pointer' SAN=-fsanitize=thread \
        build/tsan/tests/unit/kernels_test &&
        TSAN_OPTIONS=suppressions=$(pwd)/tests/tsan.supp setarch -R build/tsan/tests/unit/kernels_test
}

# What takes long and rarely fails; once is enough, so without the sanitizers.
long() { make -s -j"$jobs" B=build/gcc CC=gcc WERROR=-Werror test-long; }

scripts() { git ls-files -co --exclude-standard dev .ci/run '*.sh' | xargs shellcheck; }

# (what libllama has marked as going away is such a warning)
warnings_gcc() { make -s -j"$jobs" B=build/gcc CC=gcc WERROR=-Werror test-build; }
warnings_clang() { make -s -j"$jobs" B=build/clang CC=clang WERROR=-Werror test-build; }

claim 20 'gcc builds everything without a warning' warnings_gcc
claim 20 'clang builds everything without a warning' warnings_clang
claim 2 'the sources are formatted' formatted
claim 320 'clang-tidy finds nothing' tidy
claim 1 'functions and files are within their budgets' python3 tools/lengths.py
claim 1 'rooms point one way' arrows
claim 1 'no banned function is called' banned
claim 1 'only lmas_ symbols are exported' exported
claim 2 'the headers compile alone as C11, C17 and C++17' header
claim 5 'shellcheck finds nothing' scripts
claim 390 'the tests that take long pass' long
claim 150 'the threads of the kernels race nowhere (TSan)' threads
claim 480 'the tests pass under ASan and UBSan' sanitized
tail -n 1 "$log" | sed 's/^/    under the sanitizers: /'
cat "$missed"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
