"""Contributions that are reviewed, with their editors, authors and reviewers, for tests by any caller."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from shared.kernel.clock import now, to_text, today
from tests.actions.neighbours import enter
from tests.support.callers import CALLERS, Caller, grant, person
from tests.support.centres import entered, stepped
from tests.support.editions import CONTRIBUTIONS, author, contribution_body, edition, editor
from tests.support.waiting import eventually

TEXT = "# Peat\n\nPeat stores carbon.\n\nMost of it\nlies in bogs.\n\n- fens\n- mires\n"
"""Five blocks."""


@dataclass(frozen=True, slots=True)
class UnderReview:
    """A contribution with a version, its edition, author and editor."""

    edition: dict[str, Any]
    author: Caller
    editor: Caller
    contribution: dict[str, Any]

    @property
    def path(self) -> str:
        return str(self.contribution["links"]["self"])

    @property
    def edition_path(self) -> str:
        return str(self.edition["links"]["self"])


async def send_version(by: Caller, path: str, body: str = TEXT) -> int:
    """The number of the version that a worker reads."""
    sent = await by.post(f"{path}/versions", {"body": body, "note": "Secret note"})
    assert sent.status_code == 202, sent.text
    address = f"/actions/v1/jobs/{sent.json()['id']}"

    async def over() -> dict[str, Any] | None:
        job = (await by.get(address)).json()
        return dict(job) if job["status"] in ("succeeded", "failed") else None

    return int((await eventually(over))["result"]["number"])


async def under_review(
    admin: Caller, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, blind: str = "double", **more: Any
) -> UnderReview:
    """A contribution that its editor has taken up, while a worker runs."""
    of = await edition(admin, "open_call", review={"blind": blind})
    me, named = await author(admin, superuser, monkeypatch)
    chief = editor(admin, of, monkeypatch)
    body = contribution_body(of, named, abstract={"en": "Peat"}, conflicts="None.", funding="A fund", **more)
    made = await entered(me, CONTRIBUTIONS, body)
    made = await stepped(chief, made, "accept")
    await stepped(me, made, "confirm_authorship")
    await send_version(me, str(made["links"]["self"]))
    await stepped(me, made, "submit")
    return UnderReview(of, me, chief, await stepped(chief, made, "take"))


async def opened(of: UnderReview, audience: str = "experts", *more: str) -> dict[str, Any]:
    """A round that is open."""
    instants = {"opens": to_text(now()), "closes": to_text(now() + timedelta(days=20))}
    body = {**instants, "audience": audience, "contributions": [of.contribution["id"], *more]}
    made = await entered(of.editor, f"{of.edition_path}/review_rounds", body)
    return await stepped(of.editor, made, "open")


async def invited(of: UnderReview, in_round: dict[str, Any], expert: dict[str, Any]) -> dict[str, Any]:
    """An invitation of an expert."""
    body = {"expert_id": expert["expert_id"], "round": in_round["number"]}
    return await entered(of.editor, f"{of.path}/reviewers", body)


async def reviewer(
    of: UnderReview, in_round: dict[str, Any], superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> Caller:
    """An expert who has accepted to review."""
    me, named = await author(of.editor, superuser, monkeypatch)
    made = await invited(of, in_round, named)
    await stepped(me, made, "accept")
    return me


def official(by: Caller, monkeypatch: pytest.MonkeyPatch, country: str, role: str = "government_focal_point") -> Caller:
    """Somebody with a national office."""
    name = f"{role} of {country} {uuid4()}"
    monkeypatch.setitem(CALLERS, name, person(name, grant(role, "country", country)))
    return by.known_as(name)


def comment_body(in_round: dict[str, Any], first: int = 2, **more: Any) -> dict[str, Any]:
    """A comment on a block."""
    return {"round": in_round["number"], "from": first, "text": f"How much? {uuid4().hex}", **more}


async def commented(by: Caller, of: UnderReview, in_round: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A comment."""
    return await entered(by, f"{of.path}/comments", comment_body(in_round, **more))


async def answered(of: UnderReview, comments: Sequence[dict[str, Any]], decision: str = "accepted") -> None:
    """The author answers each comment."""
    for one in comments:
        await stepped(of.author, one, "answer", reason="We say so.", fields={"decision": decision})


async def affiliated(superuser: asyncpg.Connection, expert: str, institution: UUID, ends: str | None = None) -> None:
    """An affiliation of an expert with an institution."""
    await superuser.execute(
        "INSERT INTO member_affiliation (id, expert_id, country, visibility, version, institution_id, starts, ends,"
        " is_primary, asserted_by, created_at, updated_at)"
        " VALUES ($1, $2, 'XA', 'public', 1, $3, '2015', $4, false, 'system', now(), now())",
        uuid4(),
        UUID(expert),
        institution,
        ends,
    )


async def granted(superuser: asyncpg.Connection, account: UUID | None, role: str, country: str) -> None:
    """A grant of an account over a country, in the database."""
    address = f"{uuid4().hex}@example.org"
    named = {"email": address, "email_key": address, "status": "active", "country": None}
    await enter(superuser, "access_account", id=account, visibility="restricted", **named)
    held = {"principal_kind": "account", "principal_id": account, "role": role, "status": "active"}
    scope = {"scope_kind": "country", "scope_id": country, "country": country, "visibility": "restricted"}
    await enter(superuser, "access_grant", **held, **scope, starts=today())
