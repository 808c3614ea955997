"""The questions of forms of centres, on the way of a path."""

from uuid import uuid4

from tests.journeys.paths.path import Act, PathRun
from tests.journeys.paths.world import V1
from tests.support.centres import sections

_TEMPLATES = f"{V1['centres']}/report_templates"
ANSWERED = {"summary": "Twelve stations", "staff": 12}
"""Answers to the required questions, where figures are no member of their own."""


def template(path_run: PathRun, kind: str = "evaluation") -> str:
    """A draft of the questions of a form."""
    form = {"kind": kind, "version": uuid4().hex, "titles": {"en": "Questions"}, "sections": sections()}
    return str(path_run.create("admin", _TEMPLATES, **form)["links"]["self"])


def activate(kind: str) -> Act:
    """Makes new questions of a kind the active ones."""
    return lambda path_run: path_run.by("admin").step(template(path_run, kind), "activate")


def retire(kind: str) -> Act:
    """Leaves a kind without active questions."""

    def act(path_run: PathRun) -> None:
        for one in path_run.by("admin").get(f"{_TEMPLATES}?kind={kind}&status=active")["items"]:
            path_run.by("admin").step(one["links"]["self"], "retire", reason="The questions are written anew")

    return act
