"""A person claims their own record with a mailed link: one record, one owner, and no trace for others."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest

from services.membership.register.claims.jobs import delete_expired_tokens
from shared.database.context import SYSTEM_CONTEXT
from shared.database.pool import Database
from shared.database.unit_of_work import unit_of_work
from shared.kernel.clock import now
from shared.mail import tokens
from tests.support.addresses import BAD_ADDRESSES
from tests.support.callers import CALLERS, Caller, person
from tests.support.mailbox import Mailbox, text_of, token_in
from tests.support.membership import EXPERTS, entered, expert
from tests.support.principals import enter_principal
from tests.support.waiting import eventually

CLAIM = f"{EXPERTS}/claim"
NewPerson = Callable[..., Awaitable[Caller]]


@pytest.fixture
def new_person(
    membership: httpx.AsyncClient, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> NewPerson:
    """Makes an account without a grant, with a verified address if one is given."""

    async def make(address: str | None = None) -> Caller:
        name = f"person {uuid4().hex}"
        principal = person(name)
        monkeypatch.setitem(CALLERS, name, principal)  # type: ignore[arg-type]
        await enter_principal(superuser, principal)
        if address is not None:
            await superuser.execute(
                "UPDATE access_account SET email = $2, email_key = lower($2), email_verified = true, language = 'fr'"
                " WHERE id = $1",
                principal.id,
                address,
            )
        return Caller(membership, name)

    return make


def _account(caller: Caller) -> UUID:
    found = CALLERS[caller.name].id
    assert found is not None
    return found


async def _prospect(admin: Caller, **more: Any) -> tuple[str, str]:
    """The address of a prospect in the API and in mails."""
    address = f"{uuid4().hex}@example.org"
    made = await entered(admin, emails=[{"value": address}], **more)
    return f"{EXPERTS}/{made['id']}", address


async def _invited(admin: Caller, posted: Mailbox, **more: Any) -> tuple[str, str]:
    """An invited record and the token of its mail."""
    path, address = await _prospect(admin, **more)
    assert (await admin.step(path, "invite")).status_code == 200
    return path, token_in(await posted.next_to(address))


async def test_the_invitation_comes_in_the_persons_language_and_gives_the_record(
    admin: Caller, posted: Mailbox, new_person: NewPerson
) -> None:
    path, address = await _prospect(admin, languages=["uk", "ar-EG", "en"])
    assert (await admin.step(path, "invite")).status_code == 200
    mail = await posted.next_to(address)
    assert mail["Content-Language"] == "ar"
    assert "https://escm.test/account#claim=" in text_of(mail)
    somebody = await new_person()
    taken = await somebody.post(CLAIM, {"token": token_in(mail)})
    assert (taken.status_code, taken.json()["id"]) == (200, path.rpartition("/")[2])
    record = (await admin.get(path)).json()
    assert (record["account_id"], record["status"]) == (str(_account(somebody)), "invited")
    assert record["emails"][0]["verified"] is True
    lines = (await admin.get(f"{path}/history")).json()["items"]
    assert (lines[0]["action"], lines[0]["by"]["id"]) == ("claim", str(_account(somebody)))


async def test_the_same_account_may_repeat_it_and_no_other_may(
    admin: Caller, posted: Mailbox, new_person: NewPerson
) -> None:
    path, token = await _invited(admin, posted)
    first, second = await new_person(), await new_person()
    taken = [await first.post(CLAIM, {"token": token}) for _ in range(2)]
    assert [(one.status_code, one.content) for one in taken] == [(200, taken[0].content)] * 2
    refused = await second.post(CLAIM, {"token": token})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "token_not_valid")
    assert (await admin.get(path)).json()["version"] == taken[0].json()["version"]


async def test_a_used_link_gives_the_record_no_second_time(
    admin: Caller, posted: Mailbox, new_person: NewPerson
) -> None:
    path, token = await _invited(admin, posted)
    somebody = await new_person()
    assert (await somebody.post(CLAIM, {"token": token})).status_code == 200
    assert (await admin.step(path, "unlink_account", reason="the wrong person")).status_code == 200
    assert (await somebody.post(CLAIM, {"token": token})).status_code == 422


async def test_of_two_accounts_at_once_one_gets_the_record(
    admin: Caller, posted: Mailbox, new_person: NewPerson
) -> None:
    path, token = await _invited(admin, posted)
    people = [await new_person() for _ in range(4)]
    responses = await asyncio.gather(*(one.post(CLAIM, {"token": token}) for one in people))
    assert sorted(response.status_code for response in responses) == [200, 422, 422, 422]
    owner = people[[response.status_code for response in responses].index(200)]
    assert (await admin.get(path)).json()["account_id"] == str(_account(owner))


async def test_another_invitation_ends_the_link_before(admin: Caller, posted: Mailbox, new_person: NewPerson) -> None:
    path, address = await _prospect(admin)
    tokens = []
    for count in (1, 2):
        assert (await admin.step(path, "invite")).status_code == 200
        tokens.append(token_in(await posted.next_to(address, count)))
    somebody = await new_person()
    assert [(await somebody.post(CLAIM, {"token": token})).status_code for token in tokens] == [422, 200]


async def test_a_link_ends_with_its_time_its_address_and_its_record(
    admin: Caller, posted: Mailbox, new_person: NewPerson, superuser: asyncpg.Connection, database: Database
) -> None:
    somebody = await new_person()
    path, token = await _invited(admin, posted)
    await superuser.execute("UPDATE core_mail_token SET until = now() - interval '1 second' WHERE purpose = 'claim'")
    assert (await somebody.post(CLAIM, {"token": token})).status_code == 422
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        await delete_expired_tokens(uow)
    left = "SELECT count(*) FROM core_mail_token WHERE purpose = 'claim' AND subject_id = $1"
    assert await superuser.fetchval(left, UUID(path.rpartition("/")[2])) == 0

    path, token = await _invited(admin, posted)
    etag = (await admin.get(path)).headers["etag"]
    moved = await admin.patch(path, {"emails": [{"value": "other@example.org"}]}, etag=etag)
    assert moved.status_code == 200
    assert (await somebody.post(CLAIM, {"token": token})).status_code == 422

    path, token = await _invited(admin, posted)
    assert (await admin.step(path, "mark_deceased", reason="A letter of the family")).status_code == 200
    assert (await somebody.post(CLAIM, {"token": token})).status_code == 422


async def test_the_link_of_a_merged_record_gives_the_one_that_it_is_part_of(
    admin: Caller, posted: Mailbox, new_person: NewPerson
) -> None:
    address = f"{uuid4().hex}@example.org"
    loser = await entered(admin, emails=[{"value": address}], invite=True)
    winner = await entered(admin, emails=[{"value": address}])
    token = token_in(await posted.next_to(address))
    body = {"resource": "experts", "winner_id": winner["id"], "loser_id": loser["id"]}
    merged = await admin.post("/membership/v1/merges", body)
    assert merged.status_code == 201, merged.text
    taken = await (await new_person()).post(CLAIM, {"token": token})
    assert (taken.status_code, taken.json()["id"]) == (200, winner["id"])


async def test_who_has_a_record_already_is_refused_and_the_office_gets_the_pair(
    admin: Caller, posted: Mailbox, new_person: NewPerson
) -> None:
    somebody = await new_person()
    names = [[{"full": full}] for full in ("Ana Stone", "Zoltan River")]
    (first, token), (second, other) = [await _invited(admin, posted, names=one) for one in names]
    assert (await somebody.post(CLAIM, {"token": token})).status_code == 200
    refused = await somebody.post(CLAIM, {"token": other})
    assert (refused.status_code, refused.json()["code"]) == (409, "record_exists")
    wanted = {path.rpartition("/")[2] for path in (first, second)}

    async def pairs() -> list[Any]:
        listed = (await admin.get(f"/membership/v1/duplicates?record={first.rpartition(chr(47))[2]}")).json()["items"]
        return [one for one in listed if {one["a"], one["b"]} == wanted]

    found = await eventually(pairs)
    assert found[0]["reasons"] == ["same_account"]
    assert (await admin.get(second)).json()["account_id"] is None
    await (await new_person()).post(CLAIM, {"token": other})
    assert (await admin.get(second)).json()["account_id"] is not None, "the link is still good for another account"


async def test_who_applies_is_led_to_the_record_with_their_verified_address(
    admin: Caller, posted: Mailbox, new_person: NewPerson
) -> None:
    _, address = await _prospect(admin)
    somebody = await new_person(address.upper())
    body = expert(emails=[{"value": f"{uuid4().hex}@example.org"}])
    refused = await somebody.post(EXPERTS, body)
    assert (refused.status_code, refused.json()["code"]) == (409, "record_exists")
    mail = await posted.next_to(address.upper())
    assert mail["Content-Language"] == "fr"
    taken = await somebody.post(CLAIM, {"token": token_in(mail)})
    assert (taken.status_code, taken.json()["status"]) == (200, "invited"), "who has come needs no further invitation"
    again = await somebody.post(EXPERTS, body)
    assert (again.status_code, again.json()["code"]) == (409, "record_exists")
    assert len(posted.to(address.upper())) == 1


async def test_who_applies_with_another_account_is_refused_where_the_address_is_verified(
    admin: Caller, posted: Mailbox, new_person: NewPerson
) -> None:
    path, address = await _prospect(admin)
    await admin.step(path, "invite")
    owner = await new_person()
    assert (await owner.post(CLAIM, {"token": token_in(await posted.next_to(address))})).status_code == 200
    other = await new_person(address.upper())
    refused = await other.post(EXPERTS, expert(emails=[{"value": f"{uuid4().hex}@example.org"}]))
    assert (refused.status_code, refused.json()["code"]) == (409, "record_exists")
    assert posted.to(address.upper()) == []


async def test_nobody_blocks_another_with_an_address_that_is_not_theirs(new_person: NewPerson) -> None:
    address = f"{uuid4().hex}@example.org"
    assert (await (await new_person()).post(EXPERTS, expert(emails=[{"value": address}]))).status_code == 201
    assert (await (await new_person(address)).post(EXPERTS, expert(emails=[{"value": address}]))).status_code == 201


async def test_strangers_learn_of_no_record(admin: Caller, new_person: NewPerson) -> None:
    _, address = await _prospect(admin)
    stranger = await new_person()
    made = await stranger.post(EXPERTS, expert(emails=[{"value": address}]))
    assert made.status_code == 201, "an unverified address proves nothing"
    other = await new_person(f"{uuid4().hex}@example.org")
    assert (await other.post(EXPERTS, expert(emails=[{"value": address}]))).status_code == 201


@pytest.mark.parametrize("token", ["", "x" * 101, "unknown", None, "a\u0000b"])
async def test_what_is_no_token_is_refused(new_person: NewPerson, token: str | None) -> None:
    refused = await (await new_person()).post(CLAIM, {"token": token})
    assert refused.status_code == 422


@pytest.mark.parametrize("given", [{"purpose": "orcid"}, {"service": "access"}])
async def test_a_token_of_another_kind_gives_no_record(
    admin: Caller, new_person: NewPerson, database: Database, given: dict[str, Any]
) -> None:
    path, address = await _prospect(admin)
    subject, token = UUID(path.rpartition("/")[2]), uuid4().hex
    issued = {"service": "membership", "purpose": "claim", "subject": subject, **given}
    async with unit_of_work(database, SYSTEM_CONTEXT) as uow:
        until = now() + timedelta(days=1)
        await tokens.issue(uow.connection, address=address, token=token, until=until, **issued)
    before = (await admin.get(path)).content
    refused = await (await new_person(address)).post(CLAIM, {"token": token})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "token_not_valid")
    assert (await admin.get(path)).content == before


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_program_that_opens_the_link_does_not_use_it_up(
    admin: Caller, posted: Mailbox, new_person: NewPerson, method: str
) -> None:
    path, token = await _invited(admin, posted)
    somebody, before = await new_person(), (await admin.get(path)).content
    assert (await somebody.request(method, f"{CLAIM}?token={token}")).status_code in (400, 404)
    assert (await admin.get(path)).content == before
    assert (await somebody.post(CLAIM, {"token": token})).status_code == 200


@pytest.mark.parametrize(("email", "code"), BAD_ADDRESSES.items(), ids=lambda value: repr(value)[:24])
async def test_an_address_that_a_mail_would_read_otherwise_is_in_no_record(
    admin: Caller, email: str, code: str
) -> None:
    refused = await admin.post(EXPERTS, expert(emails=[{"value": email}], invite=True))
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/emails/0/value")
    assert refused.json()["errors"][0]["code"] == code
    assert "eve" not in refused.text


async def test_only_people_take_records_over(caller: Callable[[str | None], Caller]) -> None:
    assert (await caller("secretariat").post(CLAIM, {"token": "x"})).status_code == 403
    assert (await caller(None).post(CLAIM, {"token": "x"})).status_code == 401


async def test_an_administrator_links_and_unlinks_an_account(
    admin: Caller, caller: Callable[[str | None], Caller], new_person: NewPerson
) -> None:
    path, _ = await _prospect(admin)
    somebody = await new_person()
    fields = {"account_id": str(_account(somebody))}
    assert (await caller("officer").step(path, "link_account", fields=fields)).status_code == 403
    linked = await admin.step(path, "link_account", fields=fields)
    assert (linked.status_code, linked.json()["account_id"]) == (200, fields["account_id"])
    second, _ = await _prospect(admin)
    elsewhere = await admin.step(second, "link_account", fields=fields)
    assert (elsewhere.status_code, elsewhere.json()["reason"]) == (409, "record_exists")
    assert (await admin.step(path, "unlink_account")).status_code == 422, "it asks for a reason"
    freed = await admin.step(path, "unlink_account", reason="the wrong person")
    assert (freed.status_code, freed.json()["account_id"]) == (200, None)


@pytest.mark.parametrize(
    ("fields", "code"),
    [({}, "required"), ({"account_id": str(uuid4())}, "unknown_reference"), ({"account_id": "me"}, "invalid_value")],
)
async def test_an_account_that_is_linked_is_checked(admin: Caller, fields: dict[str, str], code: str) -> None:
    path, _ = await _prospect(admin)
    refused = await admin.step(path, "link_account", fields=fields)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, code)


async def test_whether_an_address_is_verified_is_not_written(admin: Caller) -> None:
    refused = await admin.post(EXPERTS, expert(emails=[{"value": "a@example.org", "verified": True}]))
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "unknown_field")


async def test_whose_account_it_is_is_shown_to_grants_alone(
    admin: Caller, anonymous: Caller, caller: Callable[[str | None], Caller], new_person: NewPerson
) -> None:
    somebody = await new_person()
    made = await entered(admin, emails=[{"value": f"{uuid4().hex}@example.org"}], visibility="public", invite=True)
    path = f"{EXPERTS}/{made['id']}"
    await admin.step(path, "link_account", fields={"account_id": str(_account(somebody))})
    for action in ("apply", "start_review", "approve"):
        assert (await admin.step(path, action)).status_code == 200
    assert "account_id" not in (await anonymous.get(path)).json()
    assert "account_id" not in (await caller("author_xb").get(path)).json()
