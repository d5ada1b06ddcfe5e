"""on_terminal.py PATTERN COMMAND... - run a command with a terminal of 100 columns for stderr, and
interrupt it when that shows PATTERN. Prints all it showed, a line for each redrawing, and the
command's exit code; ends with 1 if the pattern did not come within a minute.
"""
import os
import pty
import re
import signal
import subprocess
import sys
import time

PATIENCE = 60


def watch(terminal, process, pattern):
    """All that the terminal shows until the process is gone."""
    shown, is_seen = b"", False
    signal.alarm(PATIENCE)
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:  # nobody holds the other end any more
            return shown, is_seen
        shown += part
        if not is_seen and pattern.search(shown):
            is_seen = True
            process.send_signal(signal.SIGINT)


def main(pattern, *command):
    terminal, other = pty.openpty()
    begin = time.monotonic()
    env = dict(os.environ, COLUMNS="100", NO_COLOR="1")
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=other, env=env)
    os.close(other)
    signal.signal(signal.SIGALRM, lambda *_: process.kill())
    shown, is_seen = watch(terminal, process, re.compile(pattern.encode()))
    print(shown.decode().replace("\r\n", "\n").replace("\r", "\n").replace("\033[K", "|"))
    print("exit code", process.wait(), "after", round(time.monotonic() - begin, 1), "s", file=sys.stderr)
    print("exit code", process.returncode)
    return 0 if is_seen else 1


sys.exit(main(*sys.argv[1:]))
