"""The documents as scripts."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

_DOCS = Path(__file__).parents[2] / "docs"
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run_commands(page: str, stack: dict[str, Any], folder: Path) -> None:
    """Runs the commands of a page in order, against the stack. AssertionError with what they said where one fails."""
    described = folder / "stack.json"
    described.write_text(json.dumps(stack))
    commands = "\n".join(_BLOCK.findall((_DOCS / page).read_text()))
    environment = {**os.environ, "STACK": str(described), "no_proxy": "127.0.0.1"}
    script = f"set -euo pipefail\n{commands}"
    done = subprocess.run(
        ["bash", "-c", script], env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
