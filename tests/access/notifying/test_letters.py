"""Every mail exists complete in every language, and is sent in that of its account."""

from importlib.resources import files
from uuid import uuid4

import pytest

from services.access.notifying.notifications.operations import DIGEST, TEMPLATE
from services.access.notifying.sending.mails import TEMPLATE as FAILING
from services.access.self_service.account_mail.domain import (
    ALREADY_REGISTERED,
    LETTERS,
    NEW_ADDRESS,
    OLD_ADDRESS,
    REGISTRATION,
)
from services.access.self_service.account_mail.jobs import job_handlers
from services.access.settings import AccessSettings
from services.access.signing_in.break_glass.domain import TEMPLATE as BREAK_GLASS
from services.membership.certificates.mails.operations import TEMPLATE as CERTIFICATES
from services.membership.initiatives.supports.domain import REJECTIONS, SUPPORT
from services.membership.issuing.support_mails.operations import TEMPLATES as DECISIONS
from services.membership.mailing.broadcasts.jobs import TEMPLATE as BROADCAST
from services.membership.register.claims.domain import PURPOSE as CLAIM
from shared.database.ids import uuid7
from shared.kernel.clock import now
from shared.kernel.text import LANGUAGES
from shared.mail.message import compose
from shared.mail.sealing import Mail
from shared.mail.tokens import AUTHORSHIP, NOMINATION, REVIEW
from tests.access.caller import Caller
from tests.support.mailbox import Mailbox, text_of, token_in

NAME = "Ana Example"
WITH_TOKEN = {"name": NAME, "page": "https://example.org/account", "token": "a-token"}
_NOMINATED = {"nominee": "Ben Example", "call": "Editors of 2027"}
VALUES: dict[str, dict[str, str]] = {
    **dict.fromkeys(LETTERS, WITH_TOKEN),
    REGISTRATION: {name: WITH_TOKEN[name] for name in ("page", "token")},
    NEW_ADDRESS: {name: WITH_TOKEN[name] for name in ("page", "token")},
    OLD_ADDRESS: {"name": NAME},
    ALREADY_REGISTERED: {"name": NAME},
    CLAIM: WITH_TOKEN,
    REVIEW: {**WITH_TOKEN, "centre": "Peat Centre", "due": "2027-01-31"},
    TEMPLATE: {"name": NAME, "ref": "EXP-000001", "sentence": "It is done.", "link": "https://example.org/x"},
    NOMINATION: {**WITH_TOKEN, "call": "Editors of 2027", "deadline": "2027-01-31 12:00"},
    AUTHORSHIP: {**WITH_TOKEN, "title": "Peat and carbon", "edition": "ESCM Global Report 2027"},
    "nomination_confirmed": {"name": NAME, **_NOMINATED},
    "nomination_declined": {"name": NAME, **_NOMINATED},
    SUPPORT: {**WITH_TOKEN, "withdrawal": "another-token", "title": "Soils for all"},
    DECISIONS["accepted"]: {
        "name": NAME,
        "title": "Soils for all",
        "certificate": "https://example.org/v/0",
        "page": WITH_TOKEN["page"],
        "withdrawal": "another-token",
    },
    CERTIFICATES: {"name": NAME, "lines": "CRT-000001\nhttps://example.org/v/0"},
    BREAK_GLASS: {"name": NAME, "reason": "The provider is away.", "at": "2027-01-31 12:00", "until": "13:00"},
    FAILING: {
        "name": NAME,
        "webhook": "WHK-000001 (Our register)",
        "since": "2026-12-01T10:00",
        "ended": "",
        "link": "https://example.org/x",
    },
    DIGEST: {"name": NAME, "lines": "EXP-000001: It is done.\nhttps://example.org/x\n\nEXP-000002: It is open."},
}
"""The values of each letter."""
SENDER = "ESCM <mail@escm.example>"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("letter", sorted(VALUES))
def test_every_letter_is_written_whole_in_every_language(letter: str, language: str) -> None:
    values, identity, at = VALUES[letter], uuid7(), now()
    mails = [compose(Mail("ana@example.org", letter, language, values), identity, at, SENDER) for _ in range(2)]
    subject, text = mails[0]["Subject"], text_of(mails[0])
    assert subject.strip()
    assert not any(mark in subject + text for mark in ("{", "}", "%", "None", "Undefined"))
    assert all(value in text for value in values.values())
    if "token" in values:
        assert token_in(mails[0]) == "a-token"
    elif "withdrawal" not in values:
        assert "#" not in text
    assert mails[0]["Message-ID"] == f"<{identity}@escm.example>"
    assert bytes(mails[0]) == bytes(mails[1])
    shown = mails[0].get_body(("html",))
    assert shown is not None
    assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in shown.get_content()
    english = compose(Mail("ana@example.org", letter, "en", values), identity, at, SENDER)
    is_english = language == "en"
    assert (subject == english["Subject"], text == text_of(english)) == (is_english, is_english)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_rejection_names_each_category_in_its_language(language: str) -> None:
    values, texts = {"name": NAME, "title": "Soils for all"}, set()
    for category in REJECTIONS:
        mail = Mail("ana@example.org", DECISIONS["rejected"], language, {**values, "category": category})
        sent = compose(mail, uuid7(), now(), SENDER)
        assert "Soils for all" in sent["Subject"]
        assert NAME in text_of(sent)
        texts.add(text_of(sent))
    assert len(texts) == len(REJECTIONS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_broadcast_ends_with_its_reason_and_a_link_in_its_language(language: str) -> None:
    values = {"subject": "May", "text": "It begins.\n\n{{ token }}", "page": WITH_TOKEN["page"]}
    texts = {}
    for shown in (language, "en"):
        for token in ("a-token", ""):
            mail = compose(
                Mail("ana@example.org", BROADCAST, shown, {**values, "token": token}), uuid7(), now(), SENDER
            )
            assert mail["Subject"] == "May"
            texts[shown, token] = text_of(mail)
            assert texts[shown, token].startswith("It begins.\n\n{{ token }}\n\n"), "what is written is no template"
    assert texts[language, "a-token"].rstrip().endswith("\n\nhttps://example.org/account#unsubscribe=a-token")
    assert "#" not in texts[language, ""]
    assert len(set(texts.values())) == (2 if language == "en" else 4)


def test_each_template_is_that_of_a_letter(settings: AccessSettings) -> None:
    written = {
        f"{letter}.{language}.txt" for letter in (*VALUES, BROADCAST, DECISIONS["rejected"]) for language in LANGUAGES
    }
    assert {entry.name for entry in files("shared.mail").joinpath("templates").iterdir()} == written
    assert job_handlers(settings).keys() >= {"welcome_account", "send_password_reset", "notify_old_address"}


@pytest.mark.parametrize("language", LANGUAGES)
async def test_each_letter_comes_in_the_language_of_its_account(caller: Caller, posted: Mailbox, language: str) -> None:
    first, second = f"{uuid4().hex}@example.org", f"{uuid4().hex}@example.org"
    body = {"email": first, "name": NAME, "language": language}
    account = (await caller.send("admin", "POST", "/accounts", body)).json()
    link = account["links"]["self"]
    assert (await caller.step("admin", link, "send_password_reset")).status_code == 200
    sent = [await posted.next_to(first, count) for count in (1, 2)]
    path = link.removeprefix("/access/v1")
    tag = (await caller.send("admin", "GET", path)).headers["etag"]
    changed = await caller.send("admin", "PATCH", path, {"email": second}, **{"If-Match": tag})
    assert changed.status_code == 200, changed.text
    sent += [await posted.next_to(first, 3), await posted.next_to(second)]
    assert {mail["Content-Language"] for mail in sent} == {language}
    assert sent[2]["Subject"] == _subject(OLD_ADDRESS, language)
    assert {sent[0]["Subject"], sent[1]["Subject"]} == {
        _subject(one, language) for one in ("invitation", "password_reset")
    }
    assert sent[3]["Subject"] == _subject("invitation", language)


def _subject(letter: str, language: str) -> str:
    return str(compose(Mail("x@example.org", letter, language, VALUES[letter]), uuid7(), now(), SENDER)["Subject"])
