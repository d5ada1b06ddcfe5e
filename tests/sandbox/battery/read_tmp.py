# What other programs have in their temporary folder.
hole = False
with open(HOST_FILE) as secret:
    hole = bool(secret.read())
