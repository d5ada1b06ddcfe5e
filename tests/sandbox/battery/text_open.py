# A text that would swallow the tests behind it, were it no longer a program by itself.
hole = False
"""
