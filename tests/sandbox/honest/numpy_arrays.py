# Arrays, and numbers that are not Python's own.
import numpy as np
a = np.arange(12.0).reshape(3, 4)
rng = np.random.default_rng(0)
right = (float(a.sum()) == 66.0 and np.allclose(a @ a.T, np.dot(a, a.T)) and rng.random(3).shape == (3,)
         and int(np.linalg.matrix_rank(a)) == 2 and bool(np.all(np.sort(-a, axis=0)[0] <= 0)))
