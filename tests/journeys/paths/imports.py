"""Imports of experts, and what ends or undoes them."""

import tempfile
from pathlib import Path as FilePath
from typing import Any

from tests.journeys.paths.path import PathRun
from tests.journeys.paths.world import V1

_V1 = V1["membership"]
_OFFICER = "secretariat_officer"
_MANY = 20_001
"""Records of an import that a job undoes, instead of the request."""
ANNA, BAD = "Anna Alone,PG", "Nobody Known,QQ"
BROKEN = (*(f"Broken {number},PG" for number in range(2_000)), '"Broken" off,PG')


def imported(*rows: str, **form: str) -> Any:
    """An import of experts by an officer, with these lines or one row of each of many persons."""

    def start(path_run: PathRun) -> str:
        lines = rows or [f"Imported {number},{path_run.country}" for number in range(_MANY)]
        with tempfile.TemporaryDirectory() as folder:
            file = FilePath(folder) / "list.csv"
            file.write_text("\n".join(["full_name,country", *lines, ""]))
            job = path_run.by(_OFFICER).start_upload(f"{_V1}/imports", file, resource="experts", **form)
        path_run.notes["job"] = job
        imports = path_run.by(_OFFICER).get(f"{_V1}/imports")["items"]
        return str(next(one["links"]["self"] for one in imports if one["job"] == job))

    return start


def wait(path_run: PathRun) -> None:
    """Waits for the job of the import, or of its undo."""
    path_run.by(_OFFICER).finished(path_run.by(_OFFICER).get(path_run.record)["job"])


def cancel(path_run: PathRun) -> None:
    assert path_run.by(_OFFICER).send("DELETE", path_run.notes["job"]).status_code == 202
