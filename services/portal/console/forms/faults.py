"""What the API says is wrong, at the paths of a form."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from services.portal.console.forms.reading import Fault


def faults_of(problem: Mapping[str, Any], *, below: str = "") -> list[Fault]:
    """The faults of a problem document. `below` is where its body has the fields of the form, such as `/fields`."""
    return [
        Fault(_path(str(each.get("pointer") or ""), below), str(each.get("code", "")), str(each.get("detail", "")))
        for each in problem.get("errors") or ()
    ]


def placed(faults: Sequence[Fault], paths: Iterable[str]) -> Mapping[str, list[Fault]]:
    """The faults by the path of the form at which they are shown: their own, or the nearest above it. Those without any
    have the path ``."""
    known = set(paths)
    found: dict[str, list[Fault]] = {}
    for fault in faults:
        path = fault.path
        while path and path not in known:
            path = path.rpartition(".")[0]
        found.setdefault(path, []).append(fault)
    return found


def _path(pointer: str, below: str) -> str:
    steps = pointer.removeprefix(below).removeprefix("/").split("/")
    return ".".join(unquote(step).replace("~1", "/").replace("~0", "~") for step in steps)
