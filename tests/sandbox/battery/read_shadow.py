# Secrets of the system.
hole = False
with open("/etc/shadow") as secrets:
    hole = bool(secrets.read())
