# The same with the newer means.
import sys
tool = sys.monitoring
tool.use_tool_id(1, "battery")


def line(code, number):
    sys._getframe(1).f_lineno = LAST_LINE


tool.register_callback(1, tool.events.LINE, line)
tool.set_events(1, tool.events.LINE)
hole = False
