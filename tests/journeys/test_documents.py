"""Every command of the documents runs as it is written."""

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

DOCS = Path(__file__).parents[2] / "docs"
_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("page", ["tour.md", "frontends.md", "governments.md"])
def test_the_commands_of_a_page_run_in_order(page: str, running: dict[str, Any], tmp_path: Path) -> None:
    stack = tmp_path / "stack.json"
    stack.write_text(json.dumps(running))
    commands = "\n".join(_BLOCK.findall((DOCS / page).read_text()))
    environment = {**os.environ, "STACK": str(stack), "no_proxy": "127.0.0.1"}
    script = f"set -euo pipefail\n{commands}"
    done = subprocess.run(
        ["bash", "-c", script], env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
