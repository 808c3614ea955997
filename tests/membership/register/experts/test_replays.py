"""A stored response is sent again only to a caller who may still read its record."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
import pytest

from shared.kernel.principal import Grant
from tests.support.callers import CALLERS, Caller, grant, machine, person
from tests.support.membership import EXPERTS, expert

At = Callable[[str | None], Caller]
HIDDEN = {"country": "XA", "visibility": "restricted"}


def _author(country: str, **narrowed: Any) -> Grant:
    return grant("national_author", "country", country, **narrowed)


@pytest.fixture
def holding(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Gives the client `changing` these grants and no others."""

    def hold(*grants: Grant) -> None:
        monkeypatch.setitem(CALLERS, "changing", machine("changing", *grants))  # type: ignore[arg-type]

    return hold


async def _twice(client: Caller, path: str, body: Any, **headers: str) -> tuple[httpx.Response, Any]:
    """The first response, and a function that repeats the request."""
    headers = {"Idempotency-Key": uuid4().hex, **headers}
    first = await client.post(path, body, headers=headers)
    assert first.is_success, first.text

    async def again() -> tuple[int, str | None]:
        response = await client.post(path, body, headers=headers)
        return response.status_code, response.headers.get("idempotency-replayed")

    return first, again


async def test_a_response_is_not_replayed_once_the_grant_is_gone(caller: At, holding: Any) -> None:
    holding(_author("XA"))
    _, again = await _twice(caller("changing"), EXPERTS, expert(**HIDDEN))
    assert await again() == (201, "true")
    for others in ([], [_author("XB")]):
        holding(*others)
        assert await again() == (404, None)
    for enough in (_author("XA"), grant("auditor", "country", "XA")):
        holding(enough)
        assert await again() == (201, "true")


async def test_a_step_is_not_replayed_once_the_grant_is_gone(caller: At, holding: Any) -> None:
    holding(_author("XA"))
    body = expert(**HIDDEN, emails=[{"value": "x@example.org"}])
    made = (await caller("changing").post(EXPERTS, body, headers={"Idempotency-Key": uuid4().hex})).json()
    path = f"{EXPERTS}/{made['id']}/transitions"
    holding(grant("secretariat_officer", "country", "XA"))
    _, again = await _twice(caller("changing"), path, {"action": "invite"}, **{"If-Match": '"1"'})
    assert await again() == (200, "true")
    holding(_author("XB"))
    assert await again() == (404, None)


async def test_a_response_is_not_replayed_once_the_record_has_left(caller: At, holding: Any, admin: Caller) -> None:
    holding(_author("XA"))
    first, again = await _twice(caller("changing"), EXPERTS, expert(**HIDDEN))
    path = f"{EXPERTS}/{first.json()['id']}"
    moved = await admin.patch(path, {"country": "XB"}, headers={"If-Match": '"1"'})
    assert moved.status_code == 200
    assert await again() == (404, None)


async def test_who_never_read_gets_a_replay_while_their_grants_stay(caller: At, holding: Any) -> None:
    holding(_author("XA", resources=frozenset({"membership.experts"}), verbs=frozenset({"write"})))
    _, again = await _twice(caller("changing"), EXPERTS, expert(visibility="network"))
    assert await again() == (201, "true")
    holding(_author("XB", resources=frozenset({"membership.experts"}), verbs=frozenset({"write"})))
    assert await again() == (404, None)


async def test_an_applicant_gets_a_replay_before_they_hold_their_file(
    caller: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(CALLERS, "newcomer", person("newcomer"))  # type: ignore[arg-type]
    _, again = await _twice(caller("newcomer"), EXPERTS, expert(emails=[{"value": "me@example.org"}]))
    assert await again() == (201, "true")
