"""The budgets of the code, see budgets.toml."""

import tomllib
from pathlib import Path
from typing import Any

BUDGETS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("budgets.toml").read_text())
