# Leave politely.
import sys
sys.exit(0)
