"""The paths of signing keys. Only keys that signed nothing are revoked, since others need their tokens."""

from typing import Any

from tests.journeys.paths.access import address_of
from tests.journeys.paths.path import Path, PathRun, agreed, follows, later
from tests.journeys.paths.world import V1

_KEYS = f"{V1['access']}/signing_keys"


def _newest(path_run: PathRun) -> dict[str, Any]:
    (found,) = path_run.by("admin").get(_KEYS, status="active")["items"]
    return dict(found)


def _waiting(path_run: PathRun) -> str:
    """A key that will sign in an hour."""
    admin, second = path_run.by("admin"), path_run.by("admin2")
    proposed = admin.try_step(address_of(_newest(path_run)), "rotate").json()["links"]["self"]
    assert second.send("POST", proposed, json={"decision": "confirm"}).status_code == 200
    return address_of(_newest(path_run))


PATHS = (
    Path(
        "access.signing_keys",
        "GD",
        _waiting,
        "active",
        (
            agreed("admin", "admin2", "rotate", "rotated"),
            agreed("admin", "admin2", "revoke", "revoked"),
        ),
    ),
    Path(
        "access.signing_keys",
        "GD",
        _waiting,
        "active",
        (follows("succeed", "rotated", later("access.rotate_signing_keys", 30)),),
    ),
)
