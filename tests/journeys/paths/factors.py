"""The paths of second factors."""

import pyotp

from tests.journeys.paths.path import Path, PathRun, agreed, follows, later, refused, taken
from tests.support.running import Person
from tests.support.signing_in import guess_codes

_FACTORS = "/access/v1/factors"


def _app(path_run: PathRun) -> str:
    """An app of a person, which waits for its first code."""
    path_run.notes["owner"] = path_run.world.person("Fatima Factor")
    made = path_run.create("owner", _FACTORS, kind="totp", name="Phone")
    path_run.notes["app"] = pyotp.TOTP(made["secret"])
    return str(made["links"]["self"])


def _code(path_run: PathRun) -> str:
    return str(path_run.notes["app"].now())


def _guess(path_run: PathRun) -> None:
    owner = path_run.by("owner")
    assert isinstance(owner, Person)
    guess_codes(owner.base_url, owner.login["username"], owner.login["password"], 5)


PATHS = (
    Path(
        "access.factors",
        "GD",
        _app,
        "pending",
        (
            refused("admin", "confirm", "not_the_owner", code="123456"),
            taken("owner", "confirm", "active", code=_code),
            follows("lock", "locked", _guess),
            follows("unlock", "active", later("access.end_factors", 1)),
            agreed("admin", "admin2", "remove", "removed"),
        ),
    ),
    Path("access.factors", "GD", _app, "pending", (follows("expire", "removed", later("access.end_factors", 1)),)),
    Path("access.factors", "GD", _app, "pending", (taken("owner", "remove", "removed"),)),
)
