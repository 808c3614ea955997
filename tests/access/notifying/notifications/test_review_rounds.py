"""Officials are notified once that governments review their country's chapter."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from services.access.notifying.notifications.sentences import sentence
from shared.kernel.clock import now, to_text, today
from tests.access.notifying.notifications.people import People
from tests.actions.neighbours import enter
from tests.support.callers import Caller
from tests.support.centres import entered, stepped
from tests.support.editions import CONTRIBUTIONS, contribution_body, edition, editor


async def round_of(actions: Caller, audience: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A round that has opened, with the chapter of XA and a text of no country."""
    of = await edition(actions, "open_call")
    chief = editor(actions, of, monkeypatch)
    texts = [
        await entered(chief, CONTRIBUTIONS, contribution_body(of, outline_key=key)) for key in ("alphaland", "soils")
    ]
    instants = {"opens": to_text(now()), "closes": to_text(now() + timedelta(days=20))}
    body = {**instants, "audience": audience, "contributions": [one["id"] for one in texts]}
    made = await entered(chief, f"{of['links']['self']}/review_rounds", body)
    return await stepped(chief, made, "open")


async def entered_round(superuser: asyncpg.Connection, status: str, *texts: dict[str, Any]) -> UUID:
    """A round of experts with these contributions to one edition."""
    of = {"edition_id": UUID(texts[0]["edition_id"]), "contributions": [UUID(text["id"]) for text in texts]}
    place = {"country": None, "visibility": "restricted", "audience": "experts", "number": 1}
    return await enter(superuser, "action_review_round", **of, **place, status=status)


async def holder(
    people: People, superuser: asyncpg.Connection, role: str, kind: str, scope: str, country: str | None = None
) -> UUID:
    """The account of who holds a role."""
    account = await people.person()
    held = {"principal_kind": "account", "principal_id": account, "role": role, "status": "active"}
    over = {"scope_kind": kind, "scope_id": scope, "country": country, "visibility": "restricted"}
    await enter(superuser, "access_grant", **held, **over, starts=today())
    return account


async def official(people: People, superuser: asyncpg.Connection, role: str, country: str) -> UUID:
    """The account of an official."""
    return await holder(people, superuser, role, "country", country, country)


@pytest.mark.parametrize(("audience", "expected"), [("governments", 1), ("both", 1), ("experts", 0)])
async def test_officials_of_the_countries_of_a_round_are_notified_once(
    people: People,
    actions: Caller,
    superuser: asyncpg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    audience: str,
    expected: int,
) -> None:
    roles = ("government_focal_point", "national_publisher", "national_author")
    focal, publisher, author = [await official(people, superuser, role, "XA") for role in roles]
    elsewhere = await official(people, superuser, "government_focal_point", "XB")
    made = await round_of(actions, audience, monkeypatch)
    await people.deliver(made["id"], times=3)
    found = [await people.events(one) for one in (focal, publisher, author, elsewhere)]
    notified = ["review_round.opened"] * expected
    assert found == [notified, notified, [], []]


def test_the_notice_is_in_the_language_of_its_reader() -> None:
    assert "Rapport mondial" in sentence("review_round.opened", "fr")
