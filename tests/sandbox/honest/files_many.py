# A few thousand small files.
import os
import tempfile
with tempfile.TemporaryDirectory() as folder:
    for number in range(3000):
        with open(os.path.join(folder, str(number)), "w") as out:
            out.write("x")
    right = len(os.listdir(folder)) == 3000
