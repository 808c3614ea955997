"""What strangers try at the doors of the running system: names that are sentences, signatures in the name of another,
guesses. Who means well gets through."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import xlsxwriter

from tests.journeys.paths.world import V1, World
from tests.membership.initiatives.supports.conftest import tokens_in
from tests.support.mailbox import text_of
from tests.support.running import eventually

_V1 = V1["membership"]
_LURE = "Your account was suspended"
_SIGNER = "Ángela Ruiz"


@pytest.fixture
def stranger(running: dict[str, Any]) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=running["base_url"], timeout=60, trust_env=False) as client:
        yield client


def _mails(running: dict[str, Any], address: str) -> list[EmailMessage]:
    found = []
    for path in sorted(Path(running["folder"], "mail").glob("*.eml")):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        assert isinstance(mail, EmailMessage)
        if mail["To"] == address:
            found.append(mail)
    return found


def test_a_stranger_gets_no_sentence_into_a_mail_and_keeps_nobody_from_signing(
    running: dict[str, Any], world: World, stranger: httpx.Client
) -> None:
    texts = {"titles": {"en": "Soils for all"}, "texts": {"en": "We keep the soils."}}
    made = world.secretariat.create(f"{_V1}/initiatives", {"code": f"T-{uuid4().hex[:12].upper()}", **texts})
    initiative = made["links"]["self"]
    world.secretariat.step(initiative, "open")

    def sign(name: str, email: str) -> int:
        body = {"name": name, "email": email, "country": "XA", "capacity": "personal"}
        return stranger.post(f"{initiative}/sign", json=body).status_code

    def mail_to(email: str) -> EmailMessage:
        return eventually(lambda: _mails(running, email))[0]

    def confirm(mail: EmailMessage) -> dict[str, Any]:
        answer = stranger.post(f"{_V1}/supports/verification", json={"token": tokens_in(mail)["support"]})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    victim, own, other = [f"{uuid4().hex}@example.org" for _ in range(3)]
    assert [sign(name, victim) for name in ("see evil.example", "Ana\nKhan", "Ana \u202ekhan", "A" * 101)] == [422] * 4
    assert sign(_LURE, victim) == 202
    mail = mail_to(victim)
    assert _LURE not in mail.as_string()
    addresses = [word for word in text_of(mail).split() if "://" in word]
    assert addresses
    assert all(one.startswith(running["base_url"]) for one in addresses)

    assert sign(_SIGNER, other) == sign(_SIGNER, own) == 202
    assert confirm(mail_to(own))["status"] == "accepted", "the stranger's signature is not confirmed"
    assert confirm(mail_to(other))["status"] == "pending"
    certificate = eventually(lambda: confirm(mail_to(own))["certificate"])
    asked = [
        stranger.post(f"{_V1}/certificates/verify", json={"code": certificate["code"], "name": f"Guess {chr(65 + n)}"})
        for n in range(11)
    ]
    assert [answer.status_code for answer in asked] == [200] * 10 + [429]
    assert stranger.get(f"/v/{certificate['code']}", headers={"Accept": "application/json"}).json()["status"] == "valid"
    assert stranger.get("/en/v/%2e%2e").status_code == 404


def test_a_control_character_stops_at_the_door_of_whoever_writes(world: World) -> None:
    expert = {"names": [{"full": "Amina Door"}], "country": "XA"}
    refused = world.secretariat.send("POST", f"{_V1}/experts", json={**expert, "keywords": ["soil\u0007carbon"]})
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_text")
    assert [fault["pointer"] for fault in refused.json()["errors"]] == ["/keywords/0"]


def test_a_workbook_of_an_office_is_read_and_its_failures_are_as_they_were_sent(world: World, tmp_path: Path) -> None:
    file = tmp_path / "list.xlsx"
    rows = [("full_name", "country", "our remark"), ("Amina Door", "XA", "first"), ("Bilal Door", "ZZ", "second")]
    with xlsxwriter.Workbook(str(file)) as workbook:
        sheet = workbook.add_worksheet()
        for place, row in enumerate(rows):
            sheet.write_row(place, 0, row)
    result = world.secretariat.upload(f"{_V1}/imports", file, resource="experts")["result"]
    assert (result["counts"]["created"], result["counts"]["failed"]) == (1, 1)
    assert result["ignored_columns"] == ["our remark"]
    failures = world.secretariat.text(f"{_V1}/imports/{result['import_id']}/failures")
    assert "Bilal Door,ZZ,second,unknown_country" in failures
