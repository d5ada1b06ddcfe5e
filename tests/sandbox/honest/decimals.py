# Numbers that are exact.
from decimal import Decimal, getcontext, localcontext
from fractions import Fraction
import math
import statistics
getcontext().prec = 30
with localcontext() as context:
    context.prec = 5
    third = Decimal(1) / 3
right = (str(third) == "0.33333" and Decimal("0.1") + Decimal("0.2") == Decimal("0.3")
         and Fraction(1, 3) + Fraction(1, 6) == Fraction(1, 2) and math.isqrt(10 ** 40) == 10 ** 20
         and statistics.median([3, 1, 2]) == 2)
