"""The paths of identity providers, and of the identities of people there."""

from contextlib import ExitStack
from uuid import uuid4

from tests.journeys.paths.access import address_of, last_state
from tests.journeys.paths.path import Path, PathRun, agreed, follows, taken
from tests.journeys.paths.world import V1
from tests.support.providers import CLIENT, link, serving_provider

_V1 = V1["access"]
_STACK = ExitStack()


def _provider(path_run: PathRun) -> str:
    """A provider whose documents are right, until the end of the tests."""
    path_run.notes["fake"] = fake = _STACK.enter_context(serving_provider())
    code = f"p-{uuid4().hex[:12]}"
    body = {"code": code, "titles": {"en": "A ministry"}, "issuer": fake.url, "client_id": CLIENT}
    return address_of(path_run.create("admin", f"{_V1}/identity_providers", **body))


def _identity(path_run: PathRun) -> str:
    """The trail of the identity of a person who links a provider."""
    place = _provider(path_run)
    admin, second = path_run.by("admin"), path_run.by("admin2")
    admin.step(place, "test")
    waiting = admin.try_step(place, "activate").json()["links"]["self"]
    assert second.send("POST", waiting, json={"decision": "confirm"}).status_code == 200
    path_run.notes["owner"] = owner = path_run.world.person("Olga Owner")
    code, login = admin.get(place)["code"], owner.login
    link(str(path_run.world.everybody.base_url), path_run.notes["fake"], code, login["username"], login["password"])
    (identity,) = owner.get(f"{_V1}/identities")["items"]
    path_run.notes["identity"] = f"{_V1}/identities/{identity['id']}"
    return f"{_V1}/audit?subject={identity['id']}"


def _unlink(path_run: PathRun) -> None:
    assert path_run.by("owner").send("DELETE", path_run.notes["identity"]).status_code == 204


PATHS = (
    Path(
        "access.identity_providers",
        "GD",
        _provider,
        "draft",
        (
            taken("admin", "test", "tested"),
            agreed("admin", "admin2", "activate", "active"),
            taken("admin", "suspend", "suspended"),
            taken("admin", "reinstate", "active"),
            taken("admin", "retire", "retired"),
        ),
    ),
    Path("access.identities", "GD", _identity, "linked", (follows("unlink", "unlinked", _unlink),), status=last_state),
)
