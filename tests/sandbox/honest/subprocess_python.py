# Another Python, and a shell.
import os
import subprocess
import sys
told = subprocess.run([sys.executable, "-c", "print(input()[::-1])"], input="abc\n", text=True,
                      capture_output=True, check=True).stdout
shell = subprocess.check_output("echo $((6 * 7))", shell=True)
right = told == "cba\n" and shell == b"42\n" and os.system("exit 3") != 0
