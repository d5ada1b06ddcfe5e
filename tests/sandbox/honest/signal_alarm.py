# A time limit of its own, by an alarm.
import signal
import time


class TooLong(Exception):
    pass


def ring(number, frame):
    raise TooLong

signal.signal(signal.SIGALRM, ring)
signal.setitimer(signal.ITIMER_REAL, 0.05)
try:
    time.sleep(2)
    right = False
except TooLong:
    right = True
signal.alarm(1)
signal.alarm(0)
