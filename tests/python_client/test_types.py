"""The Python client is typed by the contract: a wrong field and a missing one are found before it runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_CLIENT = Path(__file__).parents[2] / "clients" / "python"
_PROGRAM = """
from escm_client import Api
from escm_client.models.membership import Expert, ExpertCreate

api = Api("http://127.0.0.1:9")
body: ExpertCreate = {"names": [{"full": "A"}], "country": "XA"}
made: Expert = api.membership.experts.create(body)
api.membership.experts.update(made, {"keywords": ["soil"]})
names: list[str] = [one["display_name"] for one in api.membership.experts.list(country="XA")]

api.membership.experts.create({"country": "XA"})  # type: ignore[typeddict-item]
api.membership.experts.create({"names": [], "country": "XA", "colour": "green"})  # type: ignore[typeddict-unknown-key]
api.membership.experts.update(made, {"keywords": 5})  # type: ignore[typeddict-item]
made["colour"]  # type: ignore[typeddict-item]
for event in api.follow():
    number: int = event["type"]  # type: ignore[assignment]
"""


@pytest.mark.long("checks the types of a program")
def test_a_program_is_checked_against_the_contract(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(_PROGRAM)
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), "program.py"]
    environment = {**os.environ, "MYPYPATH": str(_CLIENT)}
    checked = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
