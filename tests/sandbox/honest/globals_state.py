# State that is global, and names made at run time.
count = 0
cache = {}


def step():
    global count
    count += 1
    cache[count] = count ** 2
    globals()["made"] = count

for _ in range(3):
    step()
exec("more = count + 1", globals())
right = count == 3 and cache == {1: 1, 2: 4, 3: 9} and made == 3 and more == 4 and eval("count") == 3
