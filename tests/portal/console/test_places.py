"""Where steps and records of the console are found."""

from importlib import import_module
from pathlib import Path

import pytest
from fastapi.routing import APIRoute

from services.portal.console.describing.resources import kind_of, kinds
from services.portal.console.routers import CONSOLE
from services.portal.console.work.queue import PLACES, place_of_step
from services.portal.settings import PortalSettings
from shared.records.next_steps import NextSteps
from tests.support.console import SECRET

_SERVICES = Path(__file__).parents[3] / "services"


def _waiting() -> set[tuple[str, str]]:
    """The steps of all kinds of record that the work list may have."""
    files = (file for file in _SERVICES.rglob("queries.py") if "NextSteps(" in file.read_text())
    names = (".".join(("services", *file.relative_to(_SERVICES).with_suffix("").parts)) for file in files)
    lists = (each for name in names for each in vars(import_module(name)).values() if isinstance(each, NextSteps))
    return {(each.resource, step.verb) for each in lists for step in each.steps}


def test_what_waits_is_done_on_a_page_that_exists() -> None:
    known = {kind.name: kind for kind in kinds().values()}
    waiting = {(kind, verb) for kind, verb in _waiting() if kind in known}
    assert len(waiting) > 50
    assert [one for one in sorted(waiting - PLACES.keys()) if one[1] not in known[one[0]].verbs] == []


_FORMS = [place for place in PLACES.values() if place.partition("?")[0].endswith("/new") or "/do/" in place]


@pytest.mark.parametrize("place", sorted({*PLACES.values()}.difference(_FORMS)))
def test_another_place_is_a_page(place: str) -> None:
    routes = [route for router in CONSOLE for route in router.routes if isinstance(route, APIRoute)]
    assert any("GET" in route.methods and route.path_regex.match(place) for route in routes)


@pytest.mark.parametrize("place", _FORMS)
def test_another_place_is_a_form(place: str) -> None:
    service, plural, _, *rest = place.removeprefix("/console/").partition("?")[0].split("/")
    kind = kind_of(service, plural)
    assert kind is not None
    if rest[0] == "do":
        assert rest[1] in kind.verbs
    else:
        assert [part.creation is not None for part in kind.parts if part.name == rest[0]] == [True]


def test_steps_lead_to_the_page_on_which_they_are_taken() -> None:
    def place(kind: str, verb: str, **record: str) -> str:
        return place_of_step(kind, verb, "/page", {"id": "x", **record})

    assert place("actions.tasks", "start") == "/page/do/start"
    assert place("membership.experts", "approve") == "/console/experts/x/screen"
    assert place("membership.experts", "apply") == "/page/do/apply"
    assert place("centres.centres", "submit") == "/console/centres/x"
    review = place("centres.reviewers", "review", centre_id="y", expert_id="z")
    assert review == "/console/centres/centres/y/reviews/new?reviewer_id=z"
    assert place("centres.reviewers", "review") == "/page"


def test_mails_lead_to_the_console_unless_there_is_another_frontend() -> None:
    common = {"environment": "test", "issuer": "https://escm.test"}
    assert PortalSettings(**common).work_page == ""  # type: ignore[arg-type]
    own = PortalSettings(**common, console_key=SECRET)  # type: ignore[arg-type]
    assert own.work_page.format(service="actions", resource="tasks", id="x", language="fr") == (
        "https://escm.test/console/actions/tasks/x"
    )
    other = "https://office.example/{id}"
    assert PortalSettings(**common, console_key=SECRET, record_page=other).work_page == other  # type: ignore[arg-type]
