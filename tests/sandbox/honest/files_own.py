# Files of its own, in folders of its own.
import csv
import os
import pathlib
import shutil
import tempfile
with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder) / "a" / "b.csv"
    path.parent.mkdir()
    with path.open("w", newline="") as out:
        csv.writer(out).writerows([["x", "y"], [1, 2]])
    with open(path) as rows:
        read = list(csv.DictReader(rows))
    shutil.copy(path, folder + "/c.csv")
    names = sorted(os.listdir(folder))
with tempfile.NamedTemporaryFile("w+") as own:
    own.write("text")
    own.seek(0)
    text = own.read()
right = read == [{"x": "1", "y": "2"}] and names == ["a", "c.csv"] and text == "text"
