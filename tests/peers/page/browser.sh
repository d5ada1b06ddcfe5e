# shellcheck shell=sh
# shellcheck disable=SC2154 # what claims.sh sets
# browser.sh - a browser, and what drives it, for the scripts that look at our pages; after claims.sh.
#
# The browser is Debian's. Node's packages come from its registry in the versions of package.json, into
# build/peers/page, outside the tree; LATENTMAS_PAGE names a folder that has them already.
CHROMIUM=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
PAGE=${LATENTMAS_PAGE:-${B:-build}/peers/page}
export CHROMIUM

# need_browser CLAIM: ends the script with one line where there is none.
need_browser() {
    [ -n "$CHROMIUM" ] && return
    skip "$1" "no chromium here (Debian: apt install chromium)"
    finish
}

# need_modules CLAIM: the same for what drives it; brought once for each list.
need_modules() {
    if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
        skip "$1" "no node or no npm here (Debian: apt install nodejs npm)"
        finish
    fi
    [ -n "${LATENTMAS_PAGE:-}" ] && return
    cmp -s tests/peers/page/package.json "$PAGE/stamp" && return
    rm -rf "$PAGE" && mkdir -p "$PAGE" && cp tests/peers/page/package.json "$PAGE"
    if npm install --prefix "$PAGE" --no-audit --no-fund --ignore-scripts >"$PAGE/log" 2>&1; then
        cp tests/peers/page/package.json "$PAGE/stamp"
        return
    fi
    skip "$1" "the npm registry cannot be reached: $(head -n 1 "$PAGE/log")"
    finish
}

# look PAGE...: what tests/peers/page/look.js claims of them.
look() {
    NODE_PATH=$PAGE/node_modules node tests/peers/page/look.js "$@" >"$tmp/looked" 2>&1
    looked=$?
    cat "$tmp/looked"
    [ "$looked" -eq 0 ] || n_failed=$((n_failed + 1))
}
