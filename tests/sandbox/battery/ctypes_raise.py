# An exception put into the checker's thread.
import ctypes
import threading
hole = False
ctypes.pythonapi.PyThreadState_SetAsyncExc(threading.get_ident(), None)
hole = True
