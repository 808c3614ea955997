"""Makes the backup from which `test_upgrade.py` starts: `python -m tests.systems.earlier FILE`.

Each release makes one, named by its last migration; the test then uses that of the release before.
"""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import asyncpg

from deploy.local.folder import PROJECT
from tests.support.running import Client, eventually, system

_CSV = PROJECT / "tests/data/experts-ipcc-ar1-ar3.csv"
_EXPERTS = "/membership/v1/experts"
_UNLINKED = "SELECT (SELECT count(*) FROM escm.core_audit) - (SELECT count(*) FROM escm.core_audit_link)"


def main(file: Path) -> None:
    """A system with its demo data, an imported file, and an expert who was created and changed."""
    with system() as (described, folder):
        client = Client(described["base_url"], described["demo"]["clients"]["secretariat"])
        client.upload("/membership/v1/imports", _CSV, resource="experts")
        made = client.create(_EXPERTS, {"names": [{"given": "Amina", "family": "Diallo"}], "country": "XA"})
        client.change(f"{_EXPERTS}/{made['id']}", {"keywords": ["lakes"]})
        eventually(lambda: asyncio.run(_value(described["database_url"], _UNLINKED)) == 0)
        command = [sys.executable, "-m", "deploy.cli", "backup", str(file)]
        subprocess.run(command, env={**os.environ, "ESCM_LOCAL_FOLDER": str(folder)}, check=True)
        client.close()


async def _value(url: str, query: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval(query))
    finally:
        await connection.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
