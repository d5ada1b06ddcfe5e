# Heaps, bisection and arrays.
import array
import bisect
import heapq
import operator
heap = [5, 1, 4]
heapq.heapify(heap)
heapq.heappush(heap, 0)
right = ([heapq.heappop(heap) for _ in range(4)] == [0, 1, 4, 5]
         and bisect.bisect_left([1, 3, 5], 3) == 1 and sum(array.array("i", [1, 2])) == 3
         and heapq.nlargest(2, [3, 9, 4]) == [9, 4] and operator.itemgetter(1)([7, 8]) == 8)
