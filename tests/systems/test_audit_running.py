"""The commands for the audit trail from operations.md, on a running system, and after a restore."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.support.documents import agrees, commands_of, run_escm, shown_in
from tests.support.running import Client, eventually, system

_EXPERTS = "/membership/v1/experts"
_ENTRIES = "SELECT count(*) FROM escm.core_audit"
_WAITING = """
SELECT (SELECT count(*) FROM escm.core_outbox) + (SELECT max(position) FROM escm.core_fact)
    - (SELECT position FROM escm.core_audit_head)
"""
_EDIT = """
UPDATE escm.core_audit SET action = 'approve'
WHERE id = (SELECT entry FROM escm.core_audit_link WHERE position = {})
"""


@pytest.fixture(scope="module")
def own() -> Iterator[tuple[dict[str, Any], Path]]:
    with system() as described:
        yield described


def _asked(url: str, statement: str) -> Any:
    async def ask() -> Any:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(ask())


def test_the_trail_is_exported_and_verified_without_the_system_and_after_a_restore(
    own: tuple[dict[str, Any], Path], tmp_path: Path
) -> None:
    described, state = own
    here = {"ESCM_LOCAL_FOLDER": str(state)}
    url = described["database_url"]
    client = Client(described["base_url"], described["demo"]["clients"]["secretariat"])
    for number in range(5):
        client.create(_EXPERTS, {"names": [{"given": "Amina", "family": f"Audited {number}"}], "country": "XA"})
    eventually(lambda: _asked(url, _WAITING) == 0)

    keys, export_and_verify = commands_of("operations.md", "Audit trail")
    export, verify = export_and_verify.splitlines()
    nowhere = {"ESCM_LOCAL_FOLDER": str(tmp_path / "nowhere")}
    assert run_escm(keys, tmp_path, **here)[0] == 0
    before = _asked(url, _ENTRIES)
    assert run_escm(export, tmp_path, **here)[0] == 0
    lines = (tmp_path / "audit.ndjson").read_text().splitlines()
    assert before <= json.loads(lines[-1])["entries"] < _asked(url, _ENTRIES), "all but the export's own, and any later"
    assert _asked(url, "SELECT count(*) FROM escm.core_audit WHERE resource = 'access.audit' AND action = 'read'") == 1
    assert "Audited" not in "\n".join(lines)
    status, said = run_escm(verify, tmp_path, **nowhere)
    assert (status, agrees(shown_in("operations.md", "Audit trail")[1], said)) == (0, True), said
    piped = f"{export.replace('audit.ndjson', '-')} | {verify.replace('audit.ndjson', '-')}"
    assert run_escm(piped, tmp_path, **here)[0] == 0
    assert run_escm("escm backup backup.tar", tmp_path, **here)[0] == 0

    place = _asked(url, "SELECT max(position) - 2 FROM escm.core_audit_link")
    _asked(url, _EDIT.format(place))
    (tmp_path / "audit.ndjson").unlink()
    assert run_escm(export, tmp_path, **here)[0] == 0
    status, said = run_escm(verify, tmp_path, **nowhere)
    assert (status, said.splitlines()[-1]) == (1, f"error: position {place}: content edited")

    assert run_escm("escm restore backup.tar --replace --yes", tmp_path, **here)[0] == 0
    made = eventually(lambda: _made(client))
    eventually(lambda: _asked(url, _WAITING) == 0)
    (tmp_path / "audit.ndjson").unlink()
    assert run_escm(export, tmp_path, **here)[0] == 0
    status, said = run_escm(verify, tmp_path, **nowhere)
    assert (status, "are whole and in order" in said) == (0, True), said
    assert made["id"] in (tmp_path / "audit.ndjson").read_text()
    client.close()


def _made(client: Client) -> dict[str, Any] | None:
    try:
        return client.create(_EXPERTS, {"names": [{"given": "Amina", "family": "Late"}], "country": "XA"})
    except AssertionError:
        return None
