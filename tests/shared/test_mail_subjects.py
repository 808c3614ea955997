"""A subject reads the same after it was folded and encoded, in every language."""

from email import message_from_bytes, policy
from email.header import decode_header, make_header

import pytest

from services.access.notifying.notifications.sentences import sentences
from shared.database.ids import uuid7
from shared.kernel.clock import now
from shared.kernel.text import LANGUAGES
from shared.mail.message import Subject, compose
from shared.mail.sealing import Mail

_LONGEST_LINE = 78
_NAMED = {"name": "Zoé", "ref": "EXP-000123", "link": "https://escm.example"}


def _sent(sentence: str, language: str, to: str = "ana@example.org") -> tuple[str, bytes]:
    """The subject before and the bytes after."""
    mail = Mail(to, "notification", language, {**_NAMED, "sentence": sentence})
    message = compose(mail, uuid7(), now(), "ESCM <office@escm.example>")
    return str(message["Subject"]), bytes(message)


def _read(sent: bytes) -> set[str]:
    """The subject as readers decode it: by RFC 2047 alone, and by the library."""
    (line,) = message_from_bytes(sent, policy=policy.compat32).get_all("Subject", [])
    unfolded = str(line).replace("\r\n", "").replace("\n", "")
    return {str(make_header(decode_header(unfolded))), str(message_from_bytes(sent, policy=policy.default)["Subject"])}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_subject_keeps_its_spaces(language: str) -> None:
    for texts in sentences().values():
        subject = f"EXP-000123 : {texts[language]}"
        folded = Subject("Subject", subject).fold(policy=policy.SMTP).encode("ascii")
        assert _read(folded + b"\r\n") == {subject}
        assert max(map(len, folded.split(b"\r\n"))) <= _LONGEST_LINE


@pytest.mark.parametrize(("language", "to"), [("fr", "ana@example.org"), ("es", "añá@example.org")])
def test_a_mail_has_the_subject_of_its_template(language: str, to: str) -> None:
    sentence = sentences()["expert.grace"][language]
    subject, sent = _sent(sentence, language, to)
    assert subject.endswith(sentence)
    assert _read(sent) == {subject}


def test_a_plain_subject_stays_readable_in_its_source() -> None:
    subject, sent = _sent("A sentence of plain words that is longer than a line of a mail may be.", "en")
    assert b"=?" not in sent.partition(b"\r\n\r\n")[0]
    assert _read(sent) == {subject}
