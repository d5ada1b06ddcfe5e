# Never end, and catch what would end it.
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
