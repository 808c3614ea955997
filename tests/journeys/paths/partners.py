"""The paths of profiles of centres, of networks and of partnerships."""

from typing import Any
from uuid import uuid4

from tests.journeys.paths.centres import host
from tests.journeys.paths.path import Path, PathRun, day, follows, later, taken
from tests.journeys.paths.world import V1

_V1 = V1["centres"]
_OFFICER = "secretariat_officer"


def _centre(path_run: PathRun) -> dict[str, Any]:
    """A draft of the run's country."""
    names = {"en": f"Centre of {path_run.country}"}
    place = {"country": path_run.country, "host_institution_id": host(path_run)}
    return path_run.create(_OFFICER, f"{_V1}/centres", names=names, **place)


def _network(path_run: PathRun) -> str:
    body = {"code": f"NET-{uuid4().hex[:12].upper()}", "titles": {"en": "Peatlands"}}
    made = path_run.create("admin", f"{_V1}/networks", **body)
    path_run.notes["network"] = made["id"]
    return str(made["links"]["self"])


def _close_network(path_run: PathRun) -> None:
    path_run.by("admin").step(f"{_V1}/networks/{path_run.notes['network']}", "close")


def _partnership(**more: Any) -> Any:
    """A partnership with a network, that an officer proposes for a centre."""

    def propose(path_run: PathRun) -> str:
        _network(path_run)
        sides = {"centre_id": _centre(path_run)["id"], "partner": {"network_id": path_run.notes["network"]}}
        made = path_run.create(_OFFICER, f"{_V1}/partnerships", kind="member", **sides, **more)
        return str(made["links"]["self"])

    return propose


def _profile(path_run: PathRun) -> str:
    path = f"{_centre(path_run)['links']['self']}/profile"
    path_run.by(_OFFICER).change(path, {"established": 1998})
    return path


PATHS = (
    Path("centres.networks", "TO", _network, "active", (taken("admin", "close", "closed"),)),
    Path(
        "centres.partnerships",
        "TO",
        _partnership(),
        "proposed",
        (taken("admin", "accept", "active"), taken(_OFFICER, "end", "ended")),
    ),
    Path("centres.partnerships", "TO", _partnership(), "proposed", (taken(_OFFICER, "decline", "declined"),)),
    Path(
        "centres.partnerships",
        "TO",
        _partnership(**{"from": "2026-01-01", "to": day(-1)}),
        "proposed",
        (taken("admin", "accept", "active"), follows("expire", "ended", later("centres.end_partnerships"))),
    ),
    Path(
        "centres.partnerships",
        "TO",
        _partnership(),
        "proposed",
        (taken("admin", "accept", "active"), follows("end_with_side", "ended", _close_network)),
    ),
    Path(
        "centres.profiles",
        "TO",
        _profile,
        "recorded",
        (),
        status=lambda record: "recorded" if record["version"] else "",
    ),
)
