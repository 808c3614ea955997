"""The path of webhooks, with a receiver on loopback."""

from typing import Any

from tests.journeys.paths.path import Path, PathRun, follows, refused, taken
from tests.journeys.paths.world import V1
from tests.support.answering import Answering
from tests.support.running import eventually

_V1 = V1["access"]


def _webhook(path_run: PathRun) -> str:
    """A webhook of a person, whose receiver does not answer well."""
    path_run.notes["owner"] = path_run.world.person("Olga Owner")
    path_run.notes["receiver"] = Answering(500)
    url = path_run.notes["receiver"].url
    made = path_run.create("owner", f"{_V1}/webhooks", name="A webhook", url=url, types=["*"])
    return str(made["links"]["self"])


def _answer(path_run: PathRun) -> None:
    """The receiver answers the next ping."""
    owner = path_run.by("owner")
    path_run.notes["receiver"].status = 204
    owner.step(path_run.record, "ping")
    eventually(lambda: _may(owner.get(path_run.record), "verify"))


def _may(record: Any, verb: str) -> bool:
    return any(each["allowed"] for each in record["allowed_actions"] if each["action"] == verb)


def _gone(path_run: PathRun) -> None:
    path_run.notes["receiver"].status = 410
    path_run.by("owner").step(path_run.record, "ping")


def _end_webhook(path_run: PathRun) -> None:
    assert path_run.by("owner").send("DELETE", path_run.record).status_code == 204
    path_run.notes["receiver"].close()


PATHS = (
    Path(
        "access.webhooks",
        "GD",
        _webhook,
        "unverified",
        (
            refused("owner", "verify", "ping_not_answered", _answer),
            taken("owner", "verify", "active"),
            taken("owner", "ping", "active"),
            taken("owner", "rotate", "active", overlap_hours=1),
            taken("owner", "pause", "paused"),
            taken("owner", "resume", "active", **{"from": "now"}),
            taken("owner", "disable", "disabled"),
            taken("owner", "enable", "unverified"),
            follows("give_up", "disabled", _gone),
            follows("end", "ended", _end_webhook),
        ),
    ),
)
