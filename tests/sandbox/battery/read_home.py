# What the user keeps at home.
import os
hole = False
for folder in (HOST_HOME, "/home", "/root", "/mnt", "/media", "/srv", "/var", "/run", "/opt"):
    try:
        hole = hole or bool(os.listdir(folder))
    except OSError:
        pass
