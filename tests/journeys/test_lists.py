"""The running system imports two real lists; the same files again change nothing.

Samples always; the whole files if `ESCM_DATA` names their folder.
"""

import csv
import os
from pathlib import Path
from typing import Any

import pytest

from tests.support.running import Client

SAMPLES = Path(__file__).parents[1] / "data"
WHOLE = Path(os.environ.get("ESCM_DATA", "/nowhere"))
IMPORTS = "/membership/v1/imports"
WHOLE_RESULTS = {"universities.csv": (10_246, 5), "experts-ipcc-ar1-ar3.csv": (2_066, 326)}
RESOURCES = {"universities.csv": "institutions", "experts-ipcc-ar1-ar3.csv": "experts"}


def _files() -> list[Path]:
    whole = [WHOLE / name for name in RESOURCES if (WHOLE / name).exists()]
    return [*(SAMPLES / name for name in RESOURCES), *whole]


def _rows(file: Path) -> int:
    with file.open(encoding="utf-8", newline="") as lines:
        return sum(1 for _ in csv.DictReader(lines))


@pytest.mark.parametrize("file", _files(), ids=lambda file: f"{file.parent.name}-{file.name}")
def test_a_list_is_imported_once(secretariat: Client, file: Path) -> None:
    first = _import(secretariat, file)["counts"]
    assert sum(first.values()) == _rows(file)
    if file.parent == WHOLE:
        created, failed = WHOLE_RESULTS[file.name]
        assert (first["created"] + first["unchanged"] + first["updated"], first["failed"]) == (created, failed)
    again = _import(secretariat, file)
    assert again["counts"] == {
        "created": 0,
        "updated": 0,
        "unchanged": sum(first.values()) - first["failed"],
        "failed": first["failed"],
    }
    failures = list(csv.DictReader(secretariat.text(again["failures_url"]).splitlines()))
    assert len(failures) == first["failed"]
    assert {row["problem"] for row in failures} <= {"unknown_country", "country_missing"}


def _import(client: Client, file: Path) -> dict[str, Any]:
    registry = str(RESOURCES[file.name] == "institutions").lower()
    job = client.upload(IMPORTS, file, resource=RESOURCES[file.name], registry=registry, source=file.name)
    return dict(job["result"])
