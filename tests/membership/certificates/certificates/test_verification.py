"""Everybody verifies a certificate by its code; a person is named only with the consent to be listed."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from services.membership.certificates.certificates import codes
from services.membership.issuing.verification import routes
from shared.kernel.clock import today
from shared.kernel.text import LANGUAGES
from shared.ratelimit.limiter import Limit
from tests.membership.certificates.certificates.test_certificates import CERTIFICATES, issued, participation, support
from tests.support.callers import Caller
from tests.support.inside import from_address
from tests.support.membership import EXPERTS, entered

_INSTITUTIONS = "/membership/v1/institutions"
VERIFY = f"{CERTIFICATES}/verify"
_WAYS = [lambda by, code: by.get(f"{VERIFY}/{code}"), lambda by, code: by.post(VERIFY, {"code": code})]
Member = Callable[..., Awaitable[tuple[Caller, dict[str, Any]]]]


@pytest.fixture(autouse=True)
def _unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "_UNKNOWN", Limit(f"unknown {uuid4()}", 1_000))


async def _status(anonymous: Caller, certificate: dict[str, Any]) -> str:
    return str((await anonymous.get(f"{VERIFY}/{certificate['code']}")).json()["status"])


async def test_a_code_says_what_the_certificate_is_worth(member: Member, admin: Caller, anonymous: Caller) -> None:
    _, record = await member()
    made = await issued(admin, await participation(admin, record["id"], number=f"ESCM/2019/{uuid4()}"))
    found = await anonymous.get(f"{VERIFY}/{made['code']}")
    assert (found.status_code, found.headers["cache-control"]) == (200, "no-store")
    shown = found.json()
    assert sorted(shown.pop("titles")) == sorted(LANGUAGES)
    assert shown == {
        "status": "valid",
        "number": made["number"],
        "kind": "participation",
        "issued_at": made["created_at"],
        "valid_to": None,
        "holder_name": None,
        "replaced_by": None,
        "revoked_for": None,
    }
    written = codes.printed(made["code"]).lower().replace("0", "o").replace("1", "l")
    for way in _WAYS:
        for text in (written, made["code"].replace("0", "O").replace("1", "I")):
            assert (await way(anonymous, text)).json()["number"] == made["number"]


async def test_a_person_is_named_with_their_consent_to_be_listed(
    member: Member, admin: Caller, anonymous: Caller
) -> None:
    who, record = await member(names=[{"given": "José", "family": "Nuñez-Peña"}])
    made = await issued(admin, await participation(admin, record["id"]))
    address = f"{VERIFY}/{made['code']}"
    assert (await anonymous.get(address)).json()["holder_name"] is None
    agreed = {"expert_id": record["id"], "purpose": "listing", "notice_version": "2026", "language": "en"}
    consent = await who.post("/membership/v1/consents", agreed)
    assert consent.status_code == 201
    assert (await anonymous.get(address)).json()["holder_name"] == "José Nuñez-Peña"
    assert (await who.step(consent.json()["links"]["self"], "withdraw")).status_code == 200
    assert (await anonymous.get(address)).json()["holder_name"] is None


@pytest.mark.parametrize(
    ("name", "matches"),
    [
        ("José Nuñez-Peña", True),
        ("jose nunez peña", True),
        ("JOSÉ  NUÑEZ – PEÑA", True),
        ("Jose\u0301 Nun\u0303ez-Pen\u0303a", True),
        ("Jose Nunez", False),
        ("Nuñez-Peña José", False),
        ("李明", False),
        ("…", False),
    ],
)
async def test_a_name_is_compared_and_not_shown(
    member: Member, admin: Caller, anonymous: Caller, name: str, matches: bool
) -> None:
    _, record = await member(names=[{"full": "José Nuñez-Peña"}])
    made = await issued(admin, await participation(admin, record["id"]))
    found = await anonymous.post(VERIFY, {"code": made["code"], "name": name})
    assert (found.status_code, found.json()["name_matches"], found.json()["holder_name"]) == (200, matches, None)


@pytest.mark.parametrize(
    ("printed", "given"), [("李明", "李明"), ("نجيب محفوظ", "نَجِيب محفوظ"), ("Иван Ёлкин", "иван елкин")]
)
async def test_names_of_every_script_are_compared(
    member: Member, admin: Caller, anonymous: Caller, printed: str, given: str
) -> None:
    _, record = await member(names=[{"full": printed}])
    made = await issued(admin, await participation(admin, record["id"]))
    assert (await anonymous.post(VERIFY, {"code": made["code"], "name": given})).json()["name_matches"] is True
    assert (await anonymous.post(VERIFY, {"code": made["code"]})).json()["name_matches"] is None


async def test_every_state_is_shown(
    member: Member, admin: Caller, anonymous: Caller, superuser: asyncpg.Connection
) -> None:
    _, record = await member()
    made = await issued(admin, await participation(admin, record["id"]))
    path = made["links"]["self"]
    await admin.step(path, "suspend", reason="A question is open")
    assert await _status(anonymous, made) == "suspended"
    await admin.step(path, "reinstate")
    assert await _status(anonymous, made) == "valid"
    replaced = await admin.step(path, "replace", fields={"language": "ru"})
    found = (await anonymous.get(f"{VERIFY}/{made['code']}")).json()
    successor = (await admin.get(f"{CERTIFICATES}/{replaced.json()['replaced_by']}")).json()
    assert (found["status"], found["replaced_by"]) == ("replaced", successor["number"])
    assert await _status(anonymous, successor) == "valid"
    last = today() - timedelta(days=1)
    await superuser.execute("UPDATE member_certificate SET valid_to = $2 WHERE id = $1", UUID(successor["id"]), last)
    assert await _status(anonymous, successor) == "expired"
    await admin.step(successor["links"]["self"], "revoke", reason="Forged", fields={"category": "fraud"})
    found = (await anonymous.get(f"{VERIFY}/{successor['code']}")).json()
    assert (found["status"], found["revoked_for"]) == ("revoked", "fraud")


async def test_a_certificate_of_an_institution_names_it(admin: Caller, anonymous: Caller) -> None:
    name = {"value": "Green Plains University", "language": "en", "types": ["ror_display"]}
    made = await admin.post("/membership/v1/institutions", {"names": [name], "country": "XA", "visibility": "public"})
    certificate = await issued(admin, await support(admin, made.json()["id"]))
    found = await anonymous.get(f"{VERIFY}/{certificate['code']}")
    assert found.json()["holder_name"] == "Green Plains University"


@pytest.mark.parametrize("code", ["0" * 17, "x", "0" * 200, "0" * 16 + "1", "%00" * 17, "O0IL-ol", "李明", "*~$=U"])
async def test_unknown_codes_are_unknown(anonymous: Caller, code: str) -> None:
    unknown = await anonymous.get(f"{VERIFY}/{code}")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
    assert "0000" not in unknown.json()["detail"]


@pytest.mark.parametrize("body", [{}, {"code": ""}, {"code": "0" * 51}, {"code": 5}, {"code": "x", "name": ""}])
async def test_a_wrong_body_is_refused(anonymous: Caller, body: dict[str, Any]) -> None:
    assert (await anonymous.post(VERIFY, body)).status_code == 422


async def test_a_network_that_guesses_is_stopped_but_not_whoever_has_a_code(
    member: Member, admin: Caller, anonymous: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, record = await member()
    made = await issued(admin, await participation(admin, record["id"]))
    monkeypatch.setattr(routes, "_UNKNOWN", Limit(f"unknown {uuid4()}", 30, 3_600))
    guesses = [(await anonymous.get(f"{VERIFY}/{codes.new_code()}")).status_code for _ in range(30)]
    assert set(guesses) == {404}
    for stopped in (
        await anonymous.get(f"{VERIFY}/{codes.new_code()}"),
        await anonymous.get(f"{VERIFY}/nonsense"),
        await anonymous.post(VERIFY, {"code": codes.new_code()}),
    ):
        assert (stopped.status_code, stopped.json()["code"]) == (429, "rate_limited")
        assert int(stopped.headers["retry-after"]) > 0
    assert await _status(anonymous, made) == "valid"


async def test_the_name_of_a_hidden_holder_is_not_guessed(
    member: Member, admin: Caller, membership: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, record = await member(names=[{"full": "José Nuñez-Peña"}])
    made = await issued(admin, await participation(admin, record["id"]))
    monkeypatch.setattr(routes, "_NAMES", Limit(f"names {uuid4()}", 12, 3_600))

    async def ask(network: int, name: str | None) -> int:
        caller = Caller(from_address(membership, f"2001:db8:{network:x}::1"), None)
        return (await caller.post(VERIFY, {"code": made["code"], "name": name})).status_code

    assert [await ask(1, f"Guess {chr(65 + n)}") for n in range(11)] == [200] * 10 + [429]
    assert await ask(1, "José Nuñez-Peña") == 429, "the right name, too"
    assert await ask(1, None) == 200
    assert [await ask(network, "José Nuñez-Peña") for network in (2, 3, 4)] == [200, 200, 429]

    institution = {"value": "Green Plains University", "language": "en", "types": ["ror_display"]}
    body = {"names": [institution], "country": "XA", "visibility": "public"}
    shown = await issued(admin, await support(admin, (await admin.post(_INSTITUTIONS, body)).json()["id"]))
    for _ in range(12):
        assert (await admin.post(VERIFY, {"code": shown["code"], "name": "Guess"})).status_code == 200


@pytest.mark.parametrize("way", _WAYS)
async def test_the_addresses_of_one_ipv6_network_guess_together(
    member: Member,
    admin: Caller,
    membership: httpx.AsyncClient,
    monkeypatch: pytest.MonkeyPatch,
    way: Callable[[Caller, str], Awaitable[httpx.Response]],
) -> None:
    _, record = await member()
    made = await issued(admin, await participation(admin, record["id"]))
    monkeypatch.setattr(routes, "_UNKNOWN", Limit(f"unknown {uuid4()}", 30, 3_600))

    async def ask(address: str, code: str) -> int:
        return (await way(Caller(from_address(membership, address), None), code)).status_code

    guesses = [await ask(f"2001:db8:7:1::{n:x}", codes.new_code()) for n in range(31)]
    assert guesses == [404] * 30 + [429]
    assert await ask("2001:db8:7:1::1", made["code"]) == 200
    assert await ask("2001:db8:7:2::1", codes.new_code()) == 404


async def test_codes_and_names_are_not_in_public_lists(member: Member, admin: Caller, anonymous: Caller) -> None:
    _, record = await member(visibility="public")
    made = await issued(admin, await participation(admin, record["id"]))
    assert (await anonymous.get(CERTIFICATES)).status_code == 401
    assert made["code"] not in (await anonymous.get(f"{EXPERTS}/{record['id']}")).text
    other = await entered(admin)
    assert made["code"] not in str(other)
