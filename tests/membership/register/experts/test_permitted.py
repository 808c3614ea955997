"""What a caller may do, as lists and transitions say: what they leave out is refused."""

from collections.abc import Callable

import pytest

from tests.support.callers import Caller
from tests.support.membership import EXPERTS, activated

At = Callable[[str | None], Caller]
pytestmark = pytest.mark.usefixtures("principals")


async def _permitted(by: Caller, path: str) -> set[str]:
    response = await by.get(path)
    assert response.status_code == 200, response.text
    return set(response.json()["permitted"])


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("admin", {"history", "create", "update", "approve", "terminate"}),
        ("auditor", {"history"}),
        ("applicant", {"create"}),
    ],
)
async def test_a_list_says_what_its_caller_may_do(caller: At, name: str, wanted: set[str]) -> None:
    found = await _permitted(caller(name), f"{EXPERTS}?include=permitted&limit=1")
    assert wanted <= found
    assert name != "applicant" or found == wanted
    assert ("create" in found) == ("create" in wanted)


async def test_a_list_without_being_asked_does_not_say_it(admin: Caller) -> None:
    assert "permitted" not in (await admin.get(f"{EXPERTS}?limit=1")).json()
    assert (await admin.get(f"{EXPERTS}?format=ndjson&include=permitted")).status_code == 400


async def test_a_record_says_whether_it_may_be_changed(admin: Caller, caller: At) -> None:
    path = f"{EXPERTS}/{(await activated(admin))['id']}"
    assert await _permitted(admin, f"{path}/transitions") == {"history", "update"}
    assert await _permitted(caller("auditor"), f"{path}/transitions") == {"history"}
    refused = await caller("auditor").patch(path, json={"gender": "female"}, headers={"If-Match": '"1.0"'})
    assert refused.status_code == 403
