# shellcheck shell=sh source=tests/cli/common/claims.sh
# peers.sh - what the scripts of this folder share, on top of the claims of tests/cli.
# shellcheck disable=SC2034 # used by the scripts
. tests/cli/common/claims.sh
PEERS=${B:-build}/peers
PYTHON=$PEERS/venv/bin/python
SMOLLM2=$PEERS/smollm2.gguf
CODES=tests/peers/codes.jsonl
CODES_TEAM=tests/peers/codes_team.json
DATA=${LATENTMAS_PEERS_DATA:-../shared/data} # published rows: no part of the project, may be absent

# need CLAIM FILE...: ends the script with one line where something was not brought.
need() {
    claim=$1
    shift
    for file; do
        [ -e "$file" ] && continue
        skip "$claim" "$(cat "$PEERS/why" 2>/dev/null || echo "no $file: make peers brings it")"
        exit 0
    done
}

# all: whether everything is asked for, however long it takes (make peers-full).
all() { [ "${LATENTMAS_PEERS:-}" = all ]; }
