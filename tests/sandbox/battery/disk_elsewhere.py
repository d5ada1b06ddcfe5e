# A file anywhere but in /tmp.
import os
hole = False
folders = ["/", "/dev", "/dev/pts", "/etc", "/usr", "/usr/local", "/usr/lib/python3", "/var/tmp",
           "/run", "/home", "/root", "/proc", "/sys", HOST_HOME, HOST_FOLDER, HOST_TMP]
for folder in folders:
    try:
        if folder != "/tmp":
            with open(os.path.join(folder, "lmi-battery"), "w") as out:
                out.write("x")
            hole = True
    except OSError:
        pass
