"""typed.py OUT STEPS COMMAND... - run a command on a terminal, and type.

STEPS is a file with a line for each step: a pattern that the terminal must show (since the step
before), a tab, and the keys that are typed then, as Python would escape them. stdout goes to OUT.
Prints what the terminal showed, and the exit code; ends with 1 if a pattern did not come.
"""
import os
import pty
import re
import signal
import subprocess
import sys
import time

PATIENCE = 60
PAUSE = 0.2  # nobody types before the terminal is ready for it


def steps_of(path):
    """(pattern, keys) of each line."""
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            pattern, keys = line.rstrip("\n").split("\t")
            yield re.compile(pattern.encode()), keys.encode().decode("unicode_escape").encode()


def play(terminal, steps):
    """Type each step's keys when its pattern is shown; all that was shown, and the steps left."""
    shown, begin = b"", 0
    signal.alarm(PATIENCE)
    while True:
        try:
            part = os.read(terminal, 4096)
        except OSError:  # nobody holds the other end any more
            return shown, len(steps)
        if not part:
            return shown, len(steps)
        shown += part
        while steps and (found := steps[0][0].search(shown, begin)):
            begin = found.end()
            time.sleep(PAUSE)
            os.write(terminal, steps.pop(0)[1])


def main(out, steps, *command):
    terminal, other = pty.openpty()
    env = dict(os.environ, COLUMNS="100", NO_COLOR="1", TERM="xterm", LC_ALL="C.UTF-8")
    with open(out, "wb") as stdout:
        process = subprocess.Popen(command, stdin=other, stdout=stdout, stderr=other, env=env,
                                   start_new_session=True, preexec_fn=lambda: take_terminal(other))
    os.close(other)
    signal.signal(signal.SIGALRM, lambda *_: process.kill())
    shown, n_left = play(terminal, list(steps_of(steps)))
    print(shown.decode(errors="replace").replace("\r\n", "\n"))
    print("exit code", process.wait())
    return 1 if n_left else 0


def take_terminal(fd):
    """Keys such as Ctrl-C reach whoever the terminal belongs to."""
    import fcntl
    import termios

    fcntl.ioctl(fd, termios.TIOCSCTTY, 0)


sys.exit(main(*sys.argv[1:]))
