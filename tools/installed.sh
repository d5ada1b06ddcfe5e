#!/bin/sh
# installed.sh PROGRAM - after an installation in dev's private tree: how to run what was installed,
# since the host has none of the libraries it is linked to.
#
# dev gives its own path in LATENTMAS_DEV, and only where it has laid the tree over the host. Below
# /usr, /etc and /var what was written lies in the tree as well, and the host does not see it.
[ -n "${LATENTMAS_DEV:-}" ] || exit 0

file() { stat -c %d:%i "$1" 2>/dev/null; }

tree=$("$LATENTMAS_DEV" --where)
if [ "$(file "$tree$1")" = "$(file "$1")" ]; then
    why="it lies in $tree, which this host does not see"
else
    why="this host has no libllama >= 0.7"
fi
echo "$why: run it through dev, as $LATENTMAS_DEV $1"
