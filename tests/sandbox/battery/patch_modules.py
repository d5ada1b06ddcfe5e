# Modules that are what the program says they are.
import sys
import types
fake = types.ModuleType("os")
fake._exit = fake.write = fake.read = lambda *args: b""
for name in list(sys.modules):
    sys.modules[name] = fake
