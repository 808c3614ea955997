"""Builders of centres bodies, the records of other services that they refer to, and common transitions."""

import os
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from itertools import count
from typing import Any

import asyncpg

from shared.kernel.clock import today
from shared.kernel.countries import COUNTRIES, FICTIONAL_CODES
from tests.support.callers import CALLERS, Caller
from tests.support.membership import EXPERTS, INSTITUTIONS, expert

BASE = "/centres/v1"
COMMITTEES, SEATS, CENTRES = f"{BASE}/committees", f"{BASE}/seats", f"{BASE}/centres"
MEETINGS, DECISIONS = f"{BASE}/committee_meetings", f"{BASE}/decisions"
TERMS, AGREEMENTS = f"{BASE}/terms", f"{BASE}/agreements"
DOCUMENT = {"title": "Minutes", "date": "2026-03-02", "url": "https://example.org/minutes.pdf"}
_FIGURE = {"figure": True, "public": True}
_QUESTIONS: list[dict[str, Any]] = [
    {"key": "summary", "titles": {"en": "What was done?"}, "type": "text", "required": True, "public": True},
    {"key": "needs", "titles": {"en": "What is needed?"}, "type": "text", "prefill": True},
    {"key": "staff", "titles": {"en": "Staff"}, "type": "integer", "required": True, "min": 0} | _FIGURE,
]
_NAMED_IN_TESTS = {"AQ", "ID", "NZ", "PK"}
_UNUSED = defaultdict(lambda: iter(sorted(COUNTRIES.keys() - FICTIONAL_CODES - _NAMED_IN_TESTS)))
_FREED = defaultdict[str, list[str]](list)
"""By the folder of the running test below `tests`: no two have a database in common."""
_numbers = count(1)


def sections(title: str = "Work") -> list[dict[str, Any]]:
    """A section of questions with this title."""
    return [{"key": "work", "titles": {"en": title}, "questions": [*_QUESTIONS]}]


def unused_country() -> str:
    """A country for which no test of this service's folders has created a committee."""
    return next(_UNUSED[_folder()])


def _folder() -> str:
    return os.environ["PYTEST_CURRENT_TEST"].split("/")[1]


@asynccontextmanager
async def country_of_committees(admin: Caller) -> AsyncIterator[str]:
    """A country without a living committee, for tests that leave other records of it alone. Its committee is abandoned
    afterwards, so that further tests take the country."""
    freed = _FREED[_folder()]
    country = freed.pop() if freed else unused_country()
    yield country
    living = await admin.get(f"{COMMITTEES}?country={country}&status=proposed,preparatory")
    for committee in living.json()["items"]:
        await stepped(admin, committee, "abandon")
    freed.append(country)


async def entered(caller: Caller, path: str, body: dict[str, Any]) -> dict[str, Any]:
    """The record in the response to its creation."""
    response = await caller.post(path, body)
    assert response.status_code == 201, response.text
    return dict(response.json())


async def stepped(caller: Caller, record: dict[str, Any], action: str, **body: Any) -> dict[str, Any]:
    """The record after a successful transition."""
    response = await caller.step(record["links"]["self"], action, **body)
    assert response.status_code == 200, response.text
    return dict(response.json())


async def refused(caller: Caller, record: dict[str, Any], action: str, **body: Any) -> str:
    """The reason why a transition is not possible now; the available actions have the same reason."""
    path = record["links"]["self"]
    response = await caller.step(path, action, **body)
    assert response.status_code == 409, response.text
    problem = response.json()
    assert problem["code"] == "transition_not_allowed"
    assert problem["current_state"] == record["status"]
    return str(problem["reason"])


class Members:
    """The membership service, which has the institutions and experts."""

    def __init__(self, admin: Caller) -> None:
        self.admin = admin

    async def institution(self, country: str, **more: Any) -> str:
        name = {"value": f"University {next(_numbers)}", "language": "en", "types": ["ror_display"]}
        record = await entered(self.admin, INSTITUTIONS, {"names": [name], "country": country, **more})
        return str(record["id"])

    async def expert(self, country: str, at: str | None = None) -> str:
        record = await entered(
            self.admin, EXPERTS, expert(names=[{"full": f"Expert {next(_numbers)}"}], country=country)
        )
        if at is not None:
            await entered(self.admin, f"{EXPERTS}/{record['id']}/affiliations", {"institution_id": at, "from": "2020"})
        return str(record["id"])


async def proposed_committee(admin: Caller, members: Members, country: str, **more: Any) -> dict[str, Any]:
    """A committee with a host, a partner and its documents."""
    body = {
        "country": country,
        "names": {"en": f"National Committee of {country}"},
        "host_institution_id": await members.institution(country),
        "partner_institution_ids": [await members.institution(country)],
        "decision": DOCUMENT,
        "bylaws": DOCUMENT,
        **more,
    }
    return await entered(admin, COMMITTEES, body)


async def seated(admin: Caller, committee: dict[str, Any], office: str, **more: Any) -> dict[str, Any]:
    """A seat of the committee."""
    person = {"name": f"Person {next(_numbers)}"}
    return await entered(
        admin,
        SEATS,
        {"committee_id": committee["id"], "person": person, "office": office, "from": "2026-01-01", **more},
    )


async def entitle(connection: asyncpg.Connection, name: str) -> str:
    """Gives a caller the account and the grant of an administrator, which a second person needs. Returns the account's
    id."""
    account = CALLERS[name].id
    common = "id, version, status, visibility, created_at, created_by, updated_at, updated_by"
    values = "1, 'active', 'restricted', now(), 'system', now(), 'system'"
    await connection.execute(
        f"INSERT INTO escm.access_account ({common}, email, email_key, name, search_key)"
        f" VALUES ($1, {values}, $2, $2, $2, $2) ON CONFLICT DO NOTHING",
        account,
        f"{name}@centres.example.org",
    )
    await connection.execute(
        f"INSERT INTO escm.access_grant ({common}, principal_kind, principal_id, role, scope_kind, starts)"
        f" VALUES (uuidv7(), {values}, 'account', $1, 'secretariat_admin', 'global', '2020-01-01')",
        account,
    )
    return str(account)


async def centre_body(members: Members, country: str, **more: Any) -> dict[str, Any]:
    """A complete application."""
    return {
        "country": country,
        "names": {"en": f"Centre of {country}"},
        "host_institution_id": await members.institution(country),
        "unit": "Institute of Soils",
        "director_id": await members.expert(country),
        "themes": ["biosphere-integrity", "peat"],
        "terms_of_reference": DOCUMENT,
        "work_plan": DOCUMENT,
        "host_letter": DOCUMENT,
        "position": {"lat": 1.5, "lon": -2.25},
        **more,
    }


async def applied(caller: Caller, members: Members, country: str, **more: Any) -> dict[str, Any]:
    """A centre that was submitted."""
    centre = await entered(caller, CENTRES, await centre_body(members, country, **more))
    return await stepped(caller, centre, "submit")


async def review_body(members: Members, country: str, **more: Any) -> dict[str, Any]:
    """A review by an expert without a relation to the host."""
    return {
        "reviewer_id": more.pop("reviewer_id", None) or await members.expert(country),
        "scores": {"relevance": 5, "capacity": 4, "governance": 3, "plan": 4},
        "recommendation": "designate",
        **more,
    }


async def reviewed(caller: Caller, members: Members, centre: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A review of the centre."""
    body = await review_body(members, centre["country"], **more)
    return await entered(caller, f"{centre['links']['self']}/reviews", body)


async def recommended(caller: Caller, members: Members, country: str, **more: Any) -> dict[str, Any]:
    """A centre that two reviewers have recommended."""
    centre = await stepped(caller, await applied(caller, members, country, **more), "accept_complete")
    await reviewed(caller, members, centre)
    await reviewed(caller, members, centre)
    return await stepped(caller, centre, "recommend")


def host_agreement(centre: dict[str, Any], *, signed: bool = True) -> dict[str, Any]:
    """An agreement between the centre's host and the network."""
    day = "2026-10-01" if signed else None
    host = {"name": "The host", "institution_id": centre["host_institution_id"], "signed_at": day}
    return {
        "centre_id": centre["id"],
        "kind": "host",
        "parties": [host, {"name": "The network", "signatory": "Chair", "signed_at": day}],
        "document": DOCUMENT,
    }


async def signed_by_the_secretariat(agreement: dict[str, Any], office: Caller) -> dict[str, Any]:
    """The agreement after an officer has signed for the network."""
    return await stepped(office, agreement, "sign", fields={"party": "The network"})


async def signed_by_all(agreement: dict[str, Any], admin: Caller) -> dict[str, Any]:
    """The agreement after one administrator has signed for the network, and another for the host with its copy."""
    agreement = await signed_by_the_secretariat(agreement, admin)
    fields = {"party": "The host", "document": DOCUMENT}
    return await stepped(admin.known_as("admin2"), agreement, "sign", fields=fields)


async def agreed(caller: Caller, centre: dict[str, Any]) -> dict[str, Any]:
    """A host agreement in force."""
    return await entered(caller, AGREEMENTS, host_agreement(centre))


async def designated(
    caller: Caller, members: Members, superuser: asyncpg.Connection, country: str, **more: Any
) -> dict[str, Any]:
    """A centre in its first term, which begins today."""
    centre = await recommended(caller, members, country, **more)
    await agreed(caller, centre)
    await endorsed(superuser, country, level=2)
    return await stepped(caller, centre, "designate")


async def waived(admin: Caller, centre: dict[str, Any]) -> None:
    """Waives the reports about years of the centre's term that have ended."""
    owed = await admin.get(f"{BASE}/annual_reports?centre_id={centre['id']}&kind=annual&status=due")
    for report in owed.json()["items"]:
        if report["period"]["ends"] < today().isoformat():
            await stepped(admin, report, "waive", reason="Reported on paper")


async def endorsed(
    connection: asyncpg.Connection,
    country: str,
    *,
    level: int,
    status: str = "verified",
    visibility: str = "network",
    valid_to: date | None = None,
) -> str:
    """Inserts an endorsement as the actions service stores it. Returns its id."""
    key = await connection.fetchval(
        "INSERT INTO action_endorsement (id, version, status, country, visibility, created_at, created_by, updated_at,"
        " updated_by, body, document, level, issued, verified_on, valid_to, search_key)"
        " VALUES (uuidv7(), 1, $1, $2, $3, now(), 'system', now(), 'system', $4, $4, $5, '2026-01-01', '2026-01-02',"
        " $6, '') RETURNING id",
        status,
        country,
        visibility,
        '{"name": "Ministry", "kind": "ministry"}',
        level,
        valid_to,
    )
    return str(key)
