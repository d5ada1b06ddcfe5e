# Threads without end.
import threading
import time
hole = False
for _ in range(1000):
    threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
hole = True
