# Set the line without any of them.
import sys
hole = False
sys._getframe().f_lineno = LAST_LINE
