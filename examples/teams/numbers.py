"""A program as an agent: the question comes as JSON, and what is printed is what it says."""

import json
import re
import sys

case = json.load(sys.stdin)
print("Numbers of the question: " + ", ".join(re.findall(r"\d+", case["question"])))
