"""The commands for backups from operations.md, on a running system."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.documents import agrees, commands_of, run_escm, shown_in
from tests.support.running import Client, eventually, system

_EXPERTS = "/membership/v1/experts"


@pytest.fixture(scope="module")
def own() -> Iterator[tuple[dict[str, Any], Path]]:
    with system() as described:
        yield described


def _run(command: str, state: Path, folder: Path) -> str:
    status, said = run_escm(command, folder, ESCM_LOCAL_FOLDER=str(state))
    assert status == 0, said
    return said


def _expert(family: str) -> dict[str, Any]:
    return {"names": [{"given": "Amina", "family": family}], "country": "XA"}


def test_a_running_system_is_brought_back_and_goes_on(own: tuple[dict[str, Any], Path], tmp_path: Path) -> None:
    described, state = own
    client = Client(described["base_url"], described["demo"]["clients"]["secretariat"])
    file = tmp_path / "experts.csv"
    file.write_text("given_names,family_name,country\nAmina,Imported,XA\nAmina,,XA\n")
    job = client.upload("/membership/v1/imports", file, resource="experts")
    failures = f"/membership/v1/imports/{job['result']['import_id']}/failures"
    wrong = client.text(failures)
    early = client.create(_EXPERTS, _expert("Early"))

    take, restore, _ = commands_of("operations.md", "Backups")
    taken, restored, _ = shown_in("operations.md", "Backups")
    assert agrees(taken, _run(take, state, tmp_path))
    late = client.create(_EXPERTS, _expert("Late"))
    changed = client.change(f"{_EXPERTS}/{early['id']}", {"names": [{"given": "Amina", "family": "Changed"}]})
    assert changed["version"] > early["version"]
    for stored in (state / "files").rglob("*"):
        if stored.is_file():
            stored.unlink()

    status, said = run_escm(restore, tmp_path, ESCM_LOCAL_FOLDER=str(state))
    lost = re.search(r"(\d+) changes that are not in the backup", said)
    assert (status, lost is not None and int(lost[1]) >= 2) == (1, True), said  # and what follows the demo
    assert client.get(f"{_EXPERTS}/{late['id']}")["ref"] == late["ref"]
    assert agrees(restored, _run(f"{restore.strip()} --yes", state, tmp_path))
    found = eventually(lambda: _found(client, early["id"]))
    assert found == client.get(f"{_EXPERTS}/{early['id']}")
    assert found["version"] == early["version"]
    assert client.get(_EXPERTS, q="Late")["items"] == []
    assert client.text(failures) == wrong
    again = client.create(_EXPERTS, _expert("Again"))
    assert again["ref"] == late["ref"]
    job = client.upload("/membership/v1/imports", file, resource="experts")
    assert job["result"]["counts"]["unchanged"] == 1
    client.close()


def _found(client: Client, expert: str) -> Any:
    try:
        return client.get(f"{_EXPERTS}/{expert}")
    except AssertionError:
        return None
