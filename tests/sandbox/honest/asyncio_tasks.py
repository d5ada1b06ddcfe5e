# Coroutines, a queue and a time limit.
import asyncio


async def produce(queue):
    for number in range(5):
        await queue.put(number)
        await asyncio.sleep(0)
    await queue.put(None)


async def main():
    queue = asyncio.Queue()
    task = asyncio.create_task(produce(queue))
    total = 0
    while (number := await asyncio.wait_for(queue.get(), 1)) is not None:
        total += number
    await task
    return total

right = asyncio.run(main()) == 10
