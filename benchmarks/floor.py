"""The floor: the least that a program in Python does that reads a whole journal, hashes each line and decodes it.

python benchmarks/floor.py JOURNAL
"""

import hashlib
import json
import sys

lines = 0
with open(sys.argv[1], "rb") as journal:
    for line in journal:
        hashlib.sha256(line).hexdigest()
        json.loads(line)
        lines += 1
print(lines)
