"""The paths of initiatives and their supports."""

from typing import Any
from uuid import uuid4

from tests.journeys.paths import evidence
from tests.journeys.paths.membership import prospect
from tests.journeys.paths.path import Path, PathRun, change, day, follows, given, refused, taken
from tests.journeys.paths.world import DOCUMENT, V1
from tests.support.running import eventually

_V1 = V1["membership"]


def _initiative(**more: Any) -> Any:
    def start(path_run: PathRun) -> str:
        body = {"code": f"P-{uuid4().hex[:12].upper()}", "titles": {"en": "Soils for all"}, **more}
        return str(path_run.create("admin", f"{_V1}/initiatives", **body)["links"]["self"])

    return start


def _time(days: int) -> Any:
    return lambda path_run: path_run.world.time_passes("membership.open_and_close_initiatives", days)


def _open(path_run: PathRun) -> str:
    """The id of an open initiative."""
    return str(path_run.by("admin").step(_initiative()(path_run), "open")["id"])


def _support(path_run: PathRun) -> str:
    """A support that an officer enters for somebody without evidence, after one of somebody who is listed."""
    initiative = _open(path_run)
    listed, expert = (prospect(path_run).rpartition("/")[2] for _ in range(2))
    proven = {"initiative_id": initiative, "expert_id": listed, "evidence": DOCUMENT, "consent_to_list": True}
    made = path_run.create("secretariat_officer", f"{_V1}/supports", **proven)
    path_run.by("secretariat_officer").step(made["links"]["self"], "verify")
    body = {"initiative_id": initiative, "expert_id": expert}
    return str(path_run.create("secretariat_officer", f"{_V1}/supports", **body)["links"]["self"])


def _own_support(path_run: PathRun) -> str:
    """A support by an active expert, after a namesake has supported the same."""
    initiative, name = _open(path_run), f"Nadia Namesake {uuid4().hex[:8]}"
    namesake, own = (path_run.world.expert(path_run.country, name) for _ in range(2))
    person = path_run.notes["supporter"] = path_run.world.person("Nadia Namesake")
    path_run.by("admin").step(own["links"]["self"], "link_account", fields={"account_id": person.account})
    eventually(lambda: "gender" in person.get(own["links"]["self"]))
    path_run.create("admin", f"{_V1}/supports", initiative_id=initiative, expert_id=namesake["id"])
    body = {"initiative_id": initiative, "expert_id": own["id"]}
    return str(path_run.create("supporter", f"{_V1}/supports", **body)["links"]["self"])


PATHS = (
    Path(
        "membership.initiatives",
        "PG",
        _initiative(),
        "draft",
        (
            taken("admin", "open", "open"),
            taken("admin", "close", "closed"),
            taken("admin", "reopen", "open"),
        ),
    ),
    Path(
        "membership.initiatives",
        "PG",
        _initiative(opens=f"{day(1)}T00:00:00Z", closes=f"{day(3)}T00:00:00Z"),
        "draft",
        (follows("open", "open", _time(2)), follows("close", "closed", _time(4))),
    ),
    Path("membership.initiatives", "PG", _initiative(), "draft", (taken("admin", "withdraw", "withdrawn"),)),
    Path(
        "membership.supports",
        "PG",
        _support,
        "pending",
        (
            refused("admin", "verify", "email_not_verified", change("secretariat_officer", evidence=evidence.document)),
            given(evidence.withdraw),
            refused("admin", "verify", "evidence_not_available", evidence.restore),
            taken("secretariat_officer", "verify", "accepted"),
            taken("admin", "annul", "annulled"),
        ),
    ),
    Path("membership.supports", "PG", _support, "pending", (taken("admin", "reject", "rejected"),)),
    Path(
        "membership.supports",
        "PG",
        _own_support,
        "pending",
        (
            refused("supporter", "verify", "on_hold"),
            refused("admin", "verify", "email_not_verified", change("admin", evidence=DOCUMENT)),
            taken("admin", "verify", "accepted"),
            taken("supporter", "withdraw", "withdrawn"),
        ),
    ),
)
