# The same with a condition that is never met.
if False:
