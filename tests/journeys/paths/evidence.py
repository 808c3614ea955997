"""Files of evidence that documents of a run name."""

from typing import Any

from tests.journeys.paths.path import PathRun, day

_OFFICER = "secretariat_officer"


def document(path_run: PathRun) -> dict[str, Any]:
    """A document that names a public file."""
    made = path_run.by(_OFFICER).send_evidence(b"The minutes", country=path_run.country, visibility="public")
    path_run.notes["evidence"] = made["links"]["self"]
    return {"title": "Minutes", "date": day(), "evidence_id": made["id"]}


def withdraw(path_run: PathRun) -> None:
    """Withdraws the file."""
    path_run.by(_OFFICER).step(path_run.notes["evidence"], "withdraw", reason="It has a mistake")


def restore(path_run: PathRun) -> None:
    """Restores the file."""
    path_run.by(_OFFICER).step(path_run.notes["evidence"], "restore")
