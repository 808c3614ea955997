"""`python -m deploy.packaging.clients [FOLDER]`: packs the clients in two languages, with the standard library alone.
By default where the portal of this clone serves them, at `/sdk/`."""

import json
import os
import runpy
import sys
from pathlib import Path

from deploy.packaging.parts import write_npm

FOLDER = Path("services/portal/sdk/files")


def write_clients(tree: Path, target: Path, at: int) -> list[Path]:
    """Writes the wheel and the archive for npm of a tree in place of others. `at` is the time of their files."""
    target.mkdir(parents=True, exist_ok=True)
    for former in target.glob("escm[-_]client-*"):
        former.unlink()
    os.environ["SOURCE_DATE_EPOCH"] = str(at)
    wheel = runpy.run_path(str(tree / "clients/python/build_wheel.py"))["build_wheel"](str(target))
    package = tree / "clients" / "typescript"
    archive = target / f"escm-client-{json.loads((package / 'package.json').read_text())['version']}.tgz"
    write_npm(package, archive, at)
    return [target / wheel, archive]


if __name__ == "__main__":
    write_clients(Path(), Path(sys.argv[1] if sys.argv[1:] else FOLDER), 0)
