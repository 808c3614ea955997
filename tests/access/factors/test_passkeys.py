"""People sign in with a passkey alone, and with nothing that is not theirs, fresh and made here."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from html import unescape
from typing import Any

import asyncpg
import pytest

from tests.access.caller import Caller
from tests.access.factors.authenticator import Passkey, b64, challenge_of, options_in
from tests.access.factors.persons import Person, a_person, claims_of
from tests.access.signing_in.walking import a_site
from tests.access.times import Times
from tests.support.signing_in import ACCOUNT, FACTOR, answer_of


async def _with_passkey(caller: Caller) -> tuple[Person, Passkey, dict[str, Any]]:
    person, passkey = await a_person(caller), Passkey()
    factor = await person.add("passkey")
    assert factor["options"]["rp"]["id"] == "access.test"
    done = await person.step_of(factor, "confirm", credential=passkey.made(factor["options"]))
    assert (done.status_code, done.json()["status"]) == (200, "active"), done.text
    return person, passkey, factor


async def _sign_in(person: Person, answer: Callable[[dict[str, Any]], Any]) -> Any:
    """Sends what answers the challenge of the page for passkeys."""
    page = await person.visitor.get(FACTOR)
    return await person.visitor.fill(page, {"credential": json.dumps(answer(options_in(page)))})


async def test_a_passkey_alone_signs_in(caller: Caller) -> None:
    person, passkey, factor = await _with_passkey(caller)
    assert factor["options"]["authenticatorSelection"]["userVerification"] == "required"
    site = await a_site(caller)
    page = await person.visitor.follow(await person.visitor.get(site.address(scope="openid")))
    link = unescape(page.text.split('<a href="/access/factor')[1].split('"')[0])
    page = await person.visitor.get(f"/access/factor{link}")
    answer = json.dumps(passkey.shown(options_in(page)))
    consent = await person.visitor.follow(await person.visitor.fill(page, {"credential": answer}))
    code = answer_of(await person.visitor.fill(consent, {"decision": "allow"}))["code"]
    claims = claims_of((await site.exchange(code)).json()["id_token"])
    assert (claims["acr"], claims["amr"]) == ("phr", ["pop", "user", "mfa"])


async def test_a_passkey_is_a_second_factor_after_the_password(caller: Caller) -> None:
    person, passkey, _ = await _with_passkey(caller)
    page = await person.to_second_step()
    assert [each["id"] for each in options_in(page)["allowCredentials"]] == [b64(passkey.credential)]
    answer = json.dumps(passkey.shown(options_in(page)))
    assert (await person.visitor.fill(page, {"credential": answer})).headers["location"] == ACCOUNT


async def test_a_passkey_belongs_to_one_account(caller: Caller) -> None:
    person, passkey, _ = await _with_passkey(caller)
    other = await a_person(caller)
    factor = await other.add("passkey")
    refused = await other.step_of(factor, "confirm", credential=passkey.made(factor["options"]))
    assert (refused.status_code, refused.json()["code"]) == (409, "conflict")
    await other.with_app()
    page = await other.to_second_step()
    stolen = json.dumps(passkey.shown(options_in(await person.visitor.get(FACTOR))))
    assert (await other.visitor.fill(page, {"credential": stolen})).status_code == 400


async def test_a_counter_that_goes_back_locks_the_passkey_for_good(
    caller: Caller, superuser: asyncpg.Connection
) -> None:
    person, passkey, factor = await _with_passkey(caller)
    passkey.counter = 7
    assert (await _sign_in(person, passkey.shown)).headers["location"] == ACCOUNT
    person.visitor.cookies.clear()
    passkey.counter = 7
    refused = await _sign_in(person, passkey.shown)
    assert (refused.status_code, "is locked" in refused.text) == (400, True)
    shown = (await person.send("GET", f"/factors/{factor['id']}")).json()
    assert (shown["status"], shown["locked_until"]) == ("locked", None)
    passkey.counter = 50
    assert (await _sign_in(person, passkey.shown)).status_code == 400
    fact = "SELECT count(*) FROM core_outbox WHERE type = 'escm.access.factor.locked.v1'"
    assert await superuser.fetchval("SELECT to_regclass('escm.core_outbox')") is None or await superuser.fetchval(fact)
    refused = await caller.log_in(person.visitor.email, person.visitor.password)
    assert refused.status_code == 400, "the account is not one without a factor"


def _changed(**fields: Any) -> Callable[[Passkey, dict[str, Any]], Any]:
    def answer(passkey: Passkey, options: dict[str, Any]) -> Any:
        for name, value in fields.items():
            setattr(passkey, name, value)
        return passkey.shown(options)

    return answer


def _said(**said: Any) -> Callable[[Passkey, dict[str, Any]], Any]:
    return lambda passkey, options: passkey.shown(options, **said)


def _response(**parts: Any) -> Callable[[Passkey, dict[str, Any]], Any]:
    def answer(passkey: Passkey, options: dict[str, Any]) -> Any:
        made = passkey.shown(options)
        return {**made, "response": {**made["response"], **parts}}

    return answer


def _with(**members: Any) -> Callable[[Passkey, dict[str, Any]], Any]:
    return lambda passkey, options: {**passkey.shown(options), **members}


def _challenge(content: bytes) -> Callable[[Passkey, dict[str, Any]], Any]:
    return lambda passkey, _options: passkey.shown({"challenge": b64(content)})


def _flipped(passkey: Passkey, options: dict[str, Any]) -> Any:
    content = bytearray(challenge_of(options))
    content[20] ^= 1
    return passkey.shown({"challenge": b64(bytes(content))})


def _of_a_stranger(passkey: Passkey, options: dict[str, Any]) -> Any:
    return Passkey(credential=passkey.credential).shown(options)


_HOSTILE: Mapping[str, Callable[[Passkey, dict[str, Any]], Any]] = {
    "another origin": _changed(origin="https://evil.example.org"),
    "an origin below ours": _changed(origin="http://x.access.test"),
    "our origin over TLS": _changed(origin="https://access.test"),
    "another port": _changed(origin="http://access.test:8443"),
    "another domain": _changed(domain="evil.example.org"),
    "a parent domain": _changed(domain="test"),
    "a frame of another site": _changed(cross_origin=True),
    "nobody present": _changed(flags=0x04),
    "nobody verified": _changed(flags=0x01),
    "the key of a stranger": _of_a_stranger,
    "an unknown passkey": _changed(credential=b"nobody's passkey, as long as ours"),
    "another type": _said(type="webauthn.create"),
    "no challenge": _challenge(b""),
    "a challenge of its own": _challenge(b"x" * 40),
    "a changed time": _flipped,
    "no signature": _response(signature=""),
    "another signature": _response(signature=b64(b"0" * 70)),
    "broken data": _response(authenticatorData="AAAA"),
    "a broken client": _response(clientDataJSON=b64(b"{")),
    "deep JSON": _response(clientDataJSON=b64(b"[" * 5000)),
    "numbers for texts": _response(clientDataJSON=7, signature=[]),
    "two names of one passkey": _with(id="AAAA"),
    "another kind of credential": _with(type="password"),
    "no response": _with(response=None),
}


@pytest.mark.parametrize("name", _HOSTILE)
async def test_a_hostile_answer_signs_nobody_in(caller: Caller, name: str) -> None:
    person, passkey, factor = await _with_passkey(caller)
    honest = passkey.credential
    refused = await _sign_in(person, lambda options: _HOSTILE[name](passkey, options))
    assert (refused.status_code, "set-cookie" in refused.headers) == (400, False), refused.text
    as_json = await person.visitor.get(ACCOUNT)
    assert as_json.headers["location"] == "/access/sign-in"
    assert (await person.send("GET", f"/factors/{factor['id']}")).json()["status"] == "active"
    passkey.credential = honest


async def test_an_answer_works_once_for_five_minutes_in_one_browser(caller: Caller, times: Times) -> None:
    person, passkey, _ = await _with_passkey(caller)
    other, _, _ = await _with_passkey(caller)
    page, elsewhere = await person.visitor.get(FACTOR), await other.visitor.get(FACTOR)
    taken = json.dumps(passkey.shown(options_in(elsewhere)))
    assert (await person.visitor.fill(page, {"credential": taken})).status_code == 400
    answer = json.dumps(passkey.shown(options_in(page)))
    assert (await person.visitor.fill(page, {"credential": answer})).headers["location"] == ACCOUNT
    again = await person.visitor.fill(await person.visitor.get(FACTOR), {"credential": answer})
    assert again.status_code == 400
    page = await person.visitor.get(FACTOR)
    times.ahead = timedelta(minutes=5, seconds=2)
    late = json.dumps(passkey.shown(options_in(page)))
    refused = await person.visitor.fill(page, {"credential": late})
    assert (refused.status_code, "open for too long" in refused.text) == (400, True)


@pytest.mark.parametrize(
    "changed",
    [{"origin": "https://evil.example.org"}, {"domain": "evil.example.org"}, {"flags": 0x01}, {"cross_origin": True}],
)
async def test_a_hostile_answer_adds_no_passkey(caller: Caller, changed: dict[str, Any]) -> None:
    person = await a_person(caller)
    factor = await person.add("passkey")
    refused = await person.step_of(factor, "confirm", credential=Passkey(**changed).made(factor["options"]))
    assert refused.status_code == 422, refused.text
    assert refused.json()["code"] in ("code_not_valid", "challenge_not_valid")
    other = await person.add("passkey")
    swapped = await person.step_of(other, "confirm", credential=Passkey().made(factor["options"]))
    assert (swapped.status_code, swapped.json()["code"]) == (422, "challenge_not_valid")
    text = await person.step_of(other, "confirm", credential={"response": "x"})
    assert (text.status_code, text.json()["code"]) == (422, "challenge_not_valid")
