# The same by way of the library.
import pdb
hole = False
pdb.Pdb(nosigint=True).set_trace()
