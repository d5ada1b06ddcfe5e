#!/bin/sh
# pycurl 7.49.0 (its wheel brings libcurl 8.23.0): how long a transfer that falls silent lasts under LOW_SPEED_TIME.
# Guessed: with LOW_SPEED_LIMIT 1, LOW_SPEED_TIME seconds after the last byte.
# Found: so after one byte; but after 1000 bytes about 6 s more, whatever LOW_SPEED_TIME says: the speed that is compared is
# an average of the last seconds, and the time begins to count when that has sunk below the limit. A LOW_SPEED_LIMIT above
# that average counts from the last byte.
# Seen with Python 3.11: the lines of "seen" below; each transfer ends with error 28, in the seconds told.
# For users: as a limit for silence, this pair is seconds late, the most where the limit is 1 byte/s; tests with a limit of
# a second take seven.
set -u
seen=$(cat <<'EOF'
1 bytes, then silence; limit 1, time 1: error 28, on time
1000 bytes, then silence; limit 1, time 1: error 28, 5 to 7 s late
1000 bytes, then silence; limit 1, time 4: error 28, 5 to 7 s late
1000 bytes, then silence; limit 2000, time 1: error 28, on time
EOF
)
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
if ! { python3 -m venv "$tmp/venv" &&
    "$tmp/venv/bin/pip" install -q --disable-pip-version-check --retries 1 --only-binary :all: pycurl==7.49.0; } >"$tmp/log" 2>&1; then
    echo "skipped: pycurl 7.49.0 cannot be had"
    exit 0
fi
now=$("$tmp/venv/bin/python" - <<'EOF' 2>"$tmp/log"
import socket
import time

import pycurl

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n"


def lateness(n_bytes, limit, seconds):
    """The error, and how much later than `seconds` after the last byte it came."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        curl = pycurl.Curl()
        curl.setopt(pycurl.URL, f"http://127.0.0.1:{server.getsockname()[1]}/")
        curl.setopt(pycurl.NOPROXY, "*")
        curl.setopt(pycurl.LOW_SPEED_LIMIT, limit)
        curl.setopt(pycurl.LOW_SPEED_TIME, seconds)
        curl.setopt(pycurl.WRITEFUNCTION, len)
        many = pycurl.CurlMulti()
        many.add_handle(curl)
        many.perform()
        peer, _ = server.accept()
        peer.sendall(HEAD + b"x" * n_bytes)
        begin = time.monotonic()
        while many.perform()[1]:
            many.select(0.1)
        took = time.monotonic() - begin
        (_, code, _), = many.info_read()[2]
        peer.close()
        return code, took - seconds


for n_bytes, limit, seconds in ((1, 1, 1), (1000, 1, 1), (1000, 1, 4), (1000, 2000, 1)):
    code, late = lateness(n_bytes, limit, seconds)
    word = "on time" if late < 2 else "5 to 7 s late" if 4.5 < late < 7.5 else f"{late:.1f} s late"
    print(f"{n_bytes} bytes, then silence; limit {limit}, time {seconds}: error {code}, {word}")
EOF
)
printf '%s\n' "$now"
if [ "$now" != "$seen" ]; then
    printf 'changed; seen was:\n%s\n' "$seen"
    tail -n 3 "$tmp/log"
    exit 1
fi
echo "still so"
