# A child process, by way of an event loop.
import asyncio
import sys


async def main():
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", "print(6 * 7)",
                                                 stdout=asyncio.subprocess.PIPE)
    out, _ = await child.communicate()
    return out

right = asyncio.run(main()) == b"42\n"
