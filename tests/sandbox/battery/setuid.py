# Programs that run as somebody else.
import subprocess
hole = False
for command in (["su", "-c", "id -u"], ["sudo", "-n", "id", "-u"], ["newgrp"], ["passwd", "-S"]):
    try:
        done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL)
        hole = hole or done.stdout.strip() == b"0"
    except OSError:
        pass
