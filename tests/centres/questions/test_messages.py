"""Whoever completes an application converses with the office on its file; internal messages are for the office."""

from collections.abc import Callable
from typing import Any

import asyncpg
import pytest

from services.access.notifying.feed.domain import share_of
from tests.support.callers import CALLERS, Caller
from tests.support.centres import CENTRES, Members, applied, centre_body, entered, stepped, unused_country
from tests.support.membership import activated

Enter = Callable[[str, str, str], Caller]


def _messages(centre: dict[str, Any]) -> str:
    return f"{CENTRES}/{centre['id']}/messages"


async def _texts(who: Caller, centre: dict[str, Any]) -> list[str]:
    response = await who.get(_messages(centre))
    assert response.status_code == 200, response.text
    return [item["text"] for item in response.json()["items"]]


@pytest.mark.parametrize(
    ("role", "scope_kind"),
    [("centre_director", "centre"), ("institution_representative", "centre"), ("committee_secretary", "country")],
)
async def test_whoever_completes_the_application_knows_no_internal_message(
    admin: Caller, members: Members, entering: Enter, superuser: asyncpg.Connection, role: str, scope_kind: str
) -> None:
    country = unused_country()
    centre = await applied(admin, members, country, visibility="restricted")
    officer = entering("secretariat_officer", "country", country)
    note = await entered(officer, _messages(centre), {"text": "Doubtful.", "audience": "internal"})
    who = entering(role, scope_kind, centre["id"] if scope_kind == "centre" else country)
    await entered(who, _messages(centre), {"text": "When do you decide?"})
    await entered(officer, _messages(centre), {"text": "In May."})
    assert await _texts(who, centre) == ["When do you decide?", "In May."]
    assert (await who.get(f"{_messages(centre)}?audience=internal")).json()["items"] == []
    assert (await who.get(note["links"]["self"])).status_code == 404
    refused = await who.post(_messages(centre), {"text": "Mine.", "audience": "internal"})
    assert (refused.status_code, refused.json()["reason"]) == (403, "not_permitted")
    assert await _texts(officer, centre) == ["Doubtful.", "When do you decide?", "In May."]
    fact = await superuser.fetchrow("SELECT type, link FROM core_outbox WHERE subject = $1", note["id"])
    assert tuple(fact) == ("escm.centres.internal_message.created.v1", note["links"]["self"])
    shares = [share_of(CALLERS[caller.name]) for caller in (who, officer)]
    assert [
        f"centres.internal_message|{country}" in share.places or "centres.internal_message" in share.kinds
        for share in shares
    ] == [False, True]


async def test_a_representative_converses_on_the_applications_that_they_entered(
    admin: Caller, members: Members, entering: Enter
) -> None:
    country = unused_country()
    host = await members.institution(country)
    representative = entering("institution_representative", "institution", host)
    director = await activated(members.admin, country=country)
    body = await centre_body(members, country, host_institution_id=host, director_id=director["id"])
    centre = await entered(representative, CENTRES, body)
    await entered(admin, _messages(centre), {"text": "Doubtful.", "audience": "internal"})
    await entered(representative, _messages(centre), {"text": "Is it complete?"})
    assert await _texts(representative, centre) == ["Is it complete?"]
    colleague = entering("institution_representative", "institution", host)
    assert (await colleague.get(_messages(centre))).status_code == 404
    assert (await colleague.post(_messages(centre), {"text": "x"})).status_code == 404


async def test_reviewers_and_national_roles_read_no_message(admin: Caller, members: Members, entering: Enter) -> None:
    country = unused_country()
    centre = await applied(admin, members, country, visibility="restricted")
    posted = await entered(admin, _messages(centre), {"text": "Hello."})
    for who in (
        entering("reviewer", "centre", centre["id"]),
        entering("government_focal_point", "country", country),
        entering("national_author", "country", country),
    ):
        for path in (_messages(centre), posted["links"]["self"]):
            assert (await who.get(path)).status_code == 403
        assert (await who.post(_messages(centre), {"text": "x"})).status_code == 403
    assert (await entering("national_author", "country", "XA").get(_messages(centre))).status_code == 404


async def test_the_reasons_of_request_info_and_resubmit_are_messages(
    admin: Caller, members: Members, entering: Enter
) -> None:
    country = unused_country()
    centre = await stepped(admin, await applied(admin, members, country), "accept_complete")
    who = entering("institution_representative", "centre", centre["id"])
    await stepped(admin, centre, "request_info", reason="Which budget?")
    await stepped(who, centre, "resubmit", reason="That of the faculty.")
    assert await _texts(who, centre) == ["Which budget?", "That of the faculty."]
    await stepped(admin, centre, "request_info", reason="Since when?")
    await stepped(who, centre, "resubmit")
    assert (await _texts(admin, centre))[2:] == ["Since when?"]
