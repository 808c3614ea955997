"""People and their addresses: a member moves to another one, and an official gets in although a stranger was first."""

from uuid import uuid4

import httpx

from tests.journeys.paths.world import V1, World
from tests.support.mailbox import text_of
from tests.support.running import Person, eventually

_ACCESS, _ACTIONS, _MEMBERS = V1["access"], V1["actions"], V1["membership"]
_ACCOUNTS, _EXPERTS = f"{_ACCESS}/accounts", f"{_MEMBERS}/experts"
_COUNTRY, _ROLE = "ST", "government_focal_point"


def _address() -> str:
    return f"{uuid4().hex}@example.org"


def _asks(person: Person, email: str) -> httpx.Response:
    body = {"password": person.login["password"], "email": email}
    return person.send("POST", f"{_ACCOUNTS}/me/email", json=body)


def _member(world: World) -> tuple[Person, str]:
    """A person who took over the record that an officer entered, and the address of the record."""
    officer, email = world.caller("secretariat_officer", _COUNTRY), _address()
    body = {"names": [{"full": "Mona Member"}], "country": _COUNTRY, "emails": [{"value": email}]}
    record = str(officer.create(_EXPERTS, body)["links"]["self"])
    officer.step(record, "invite")
    token = world.token_for(email, 1, "claim")
    person = world.newcomer("Mona Member", email)
    assert person.send("POST", f"{_EXPERTS}/claim", json={"token": token}).status_code == 200
    return person, record


def test_a_member_moves_to_another_address_and_the_record_follows(world: World) -> None:
    mona, record = _member(world)
    password, before, wanted = mona.login["password"], mona.email, _address()
    elsewhere = world.signed_in(before, password)
    assert (_asks(mona, wanted).status_code, _asks(mona, wanted).json()) == (202, {})
    world.token_for(before, 2, "keep")
    assert mona.get(f"{_ACCOUNTS}/me")["email"] == before
    token = world.token_for(wanted, 2, "email")
    by_mistake = world.person("Wrong Mailbox").send("POST", f"{_ACCOUNTS}/me/email/confirm", json={"token": token})
    assert by_mistake.status_code == 422, "whoever got the mail by mistake"
    assert mona.send("POST", f"{_ACCOUNTS}/me/email/confirm", json={"token": token}).status_code == 204
    shown = mona.get(f"{_ACCOUNTS}/me")
    assert (shown["email"], shown["email_verified"]) == (wanted, True)
    eventually(lambda: any("no longer come to this one" in text_of(mail) for mail in world.mails(before)))
    assert world.everybody.post(f"{_ACCESS}/oauth/token", data=elsewhere.login).status_code == 400
    assert world.signed_in(wanted, password).account == mona.account
    officer = world.caller("secretariat_officer", _COUNTRY)
    eventually(lambda: [one["value"] for one in officer.get(record)["emails"]] == [wanted])
    assert [one["verified"] for one in mona.get(record)["emails"]] == [True]


def test_the_owner_of_the_present_address_stops_a_thief(world: World) -> None:
    person, thief_has = world.person("Olga Owner"), _address()
    assert _asks(person, thief_has).status_code == 202
    token = world.token_for(person.email, 1, "keep")
    refused = world.everybody.post(f"{_ACCOUNTS}/email_change/refuse", json={"token": token})
    assert refused.status_code == 204, refused.text
    late = person.send("POST", f"{_ACCOUNTS}/me/email/confirm", json={"token": world.token_for(thief_has, 1, "email")})
    assert (late.status_code, late.json()["errors"][0]["code"]) == (422, "token_not_valid")
    assert person.get(f"{_ACCOUNTS}/me")["email"] == person.email


def test_nobody_learns_who_has_an_address(world: World) -> None:
    person, other = world.person("Curious"), world.person("Other")
    answers = [_asks(person, email) for email in (other.email, _address())]
    assert len({(answer.status_code, answer.content) for answer in answers}) == 1
    texts = eventually(lambda: [text for text in map(text_of, world.mails(other.email)) if "already have" in text])
    assert "#" not in texts[0]
    assert other.get(f"{_ACCOUNTS}/me")["email"] == other.email


def test_an_official_gets_in_although_a_stranger_registered_the_address_first(world: World) -> None:
    officer, email = world.caller("secretariat_officer", _COUNTRY), _address()
    body = {"email": email, "name": "Sly Stranger", "language": "ru"}
    assert world.everybody.post(f"{_ACCOUNTS}/registration", json=body).status_code == 202
    early = world.token_for(email, 1, "password")
    made = officer.create(_ACCOUNTS, {"email": email, "name": "Olu Official", "country": _COUNTRY})
    assert (made["name"], made["language"], made["country"]) == ("Olu Official", "en", _COUNTRY)
    void = world.everybody.post(
        f"{_ACCOUNTS}/password_reset/confirm", json={"token": early, "password": "four quiet words today"}
    )
    assert void.status_code == 422, "what the registration mailed has no effect"
    olu = world.signed_in(email, world.choose_password(email, uuid4().hex, mails=2))
    assert olu.account == made["id"]
    point = {"country": _COUNTRY, "person": {"name": "Olu Official"}, "account_id": olu.account}
    officer.step(officer.create(f"{_ACTIONS}/focal_points", point)["links"]["self"], "accept")
    eventually(lambda: _ROLE in {grant["role"] for grant in olu.get(f"{_ACCESS}/me")["grants"]})
