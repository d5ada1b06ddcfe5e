# Threads that wait for each other.
import queue
import threading
lock, total = threading.Lock(), 0
jobs = queue.Queue()


def work():
    global total
    while (job := jobs.get()) is not None:
        with lock:
            total += job
        jobs.task_done()

threads = [threading.Thread(target=work, daemon=True) for _ in range(8)]
for thread in threads:
    thread.start()
for number in range(100):
    jobs.put(number)
jobs.join()
for _ in threads:
    jobs.put(None)
for thread in threads:
    thread.join()
timer = threading.Timer(0.01, lambda: None)
timer.start()
timer.join()
right = total == 4950
