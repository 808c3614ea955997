"""The paths of requests for support and of offers."""

from collections.abc import Mapping
from typing import Any

from tests.journeys.paths import evidence
from tests.journeys.paths.path import Path, PathRun, change, follows, given, later, refused, taken
from tests.journeys.paths.world import V1

_REQUESTS = f"{V1['actions']}/support_requests"
_AUTHOR, _OFFICER, _FOCAL_POINT = "national_author", "secretariat_officer", "government_focal_point"


def _request(path_run: PathRun) -> str:
    """A draft of the author."""
    texts = {"titles": {"en": "Peatlands"}, "need": {"en": "We want to map our peatlands."}}
    made = path_run.create(_AUTHOR, _REQUESTS, country=path_run.country, kind="review", **texts)
    return str(made["links"]["self"])


def _matching(path_run: PathRun) -> str:
    """A request for which experts are sought."""
    path = _request(path_run)
    path_run.by(_AUTHOR).step(path, "submit")
    path_run.by(_OFFICER).step(path, "accept")
    return path


def _offer_for(path_run: PathRun, path: str) -> str:
    expert = path_run.world.expert(path_run.country, "Rana Ready")
    return str(path_run.create(_OFFICER, f"{path}/offers", expert_id=expert["id"])["links"]["self"])


def _offer(path_run: PathRun) -> str:
    path_run.notes["request"] = _matching(path_run)
    return _offer_for(path_run, path_run.notes["request"])


def _confirm_an_offer(path_run: PathRun) -> None:
    """An expert accepts, and the country confirms."""
    offer = _offer_for(path_run, path_run.record)
    path_run.by("admin").step(offer, "accept", reason="By telephone")
    path_run.by(_FOCAL_POINT).step(offer, "confirm")


def _cancel(path_run: PathRun) -> None:
    path_run.by(_AUTHOR).step(path_run.notes["request"], "cancel")


def _file(path_run: PathRun) -> Mapping[str, Any]:
    return evidence.document(path_run)


PATHS = (
    Path(
        "actions.support_requests",
        "WS",
        _request,
        "draft",
        (
            given(change(_AUTHOR, documents=lambda path_run: [_file(path_run)])),
            given(evidence.withdraw),
            refused(_AUTHOR, "submit", "evidence_not_available", evidence.restore),
            taken(_AUTHOR, "submit", "submitted"),
            taken(_OFFICER, "return", "draft"),
            taken(_AUTHOR, "submit", "submitted"),
            taken(_OFFICER, "accept", "matching"),
            refused(_OFFICER, "start", "no_confirmed_offer", _confirm_an_offer),
            taken(_OFFICER, "start", "in_delivery"),
            refused(_OFFICER, "deliver", "document_missing"),
            taken(_OFFICER, "deliver", "delivered", document=_file),
            taken(_FOCAL_POINT, "dispute", "in_delivery"),
            given(evidence.withdraw),
            refused(_OFFICER, "deliver", "evidence_not_available", evidence.restore),
            taken(_OFFICER, "deliver", "delivered"),
            taken(_FOCAL_POINT, "confirm", "closed", rating=5),
        ),
    ),
    Path("actions.support_requests", "WS", _matching, "matching", (taken(_OFFICER, "give_up", "unmatched"),)),
    Path(
        "actions.support_requests",
        "WS",
        _request,
        "draft",
        (taken(_AUTHOR, "submit", "submitted"), taken(_OFFICER, "decline", "declined")),
    ),
    Path("actions.support_requests", "WS", _request, "draft", (taken(_AUTHOR, "cancel", "cancelled"),)),
    Path(
        "actions.offers",
        "WS",
        _offer,
        "offered",
        (
            taken("admin", "accept", "accepted"),
            taken(_FOCAL_POINT, "confirm", "confirmed"),
            follows("end", "withdrawn", _cancel),
        ),
    ),
    Path(
        "actions.offers",
        "WS",
        _offer,
        "offered",
        (taken("admin", "accept", "accepted"), taken(_FOCAL_POINT, "refuse", "refused")),
    ),
    Path("actions.offers", "WS", _offer, "offered", (taken("admin", "decline", "declined"),)),
    Path("actions.offers", "WS", _offer, "offered", (taken(_OFFICER, "withdraw", "withdrawn"),)),
    Path(
        "actions.offers",
        "WS",
        _offer,
        "offered",
        (follows("expire", "expired", later("actions.follow_support_requests", 15)),),
    ),
)
