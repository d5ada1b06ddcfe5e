# The same with a line that goes on.
hole = False \
