# Copies, deep and by way of bytes.
import copy
import json
import pickle
thing = {"a": [1, 2, {"b": (3, 4)}]}
deep = copy.deepcopy(thing)
deep["a"].append(5)
right = (len(thing["a"]) == 3 and pickle.loads(pickle.dumps(thing)) == thing
         and json.loads(json.dumps({"x": [1.5, None, True]})) == {"x": [1.5, None, True]})
