"""The package of the wheel. Its folders import each other by the names that they have in a clone.

Importing it puts its folder first on the path of the process, and of no other process.
"""

import sys
from pathlib import Path

FOLDER = str(Path(__file__).resolve().parent)

if FOLDER not in sys.path:
    sys.path.insert(0, FOLDER)
