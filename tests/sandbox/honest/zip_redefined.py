# A helper that bears a usual name.
def flatten(rows):
    return [x for row in rows for x in row]


def sum_of(list, max=None):
    type = 0
    for x in list:
        type += x
    return type

right = sum_of(flatten([[1, 2], [3]])) == 6
