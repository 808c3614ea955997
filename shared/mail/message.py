"""A mail as it is sent: plain text from a template, and the same text as simple HTML. It is the same for each
attempt."""

import re
from collections.abc import Iterator, Mapping, Set
from datetime import datetime
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8, EmailPolicy
from email.utils import format_datetime, parseaddr
from typing import Self
from uuid import UUID

from jinja2 import Environment, PackageLoader, StrictUndefined

from shared.configuration.addresses import origin_of
from shared.kernel.text import direction_of, mail_address
from shared.mail.sealing import Mail

_TEMPLATES = Environment(
    loader=PackageLoader("shared.mail"),
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701  plain text
    keep_trailing_newline=True,
)
_LAYOUT = Environment(
    loader=PackageLoader("shared.mail", "layout"), undefined=StrictUndefined, autoescape=True
).get_template("mail.html")
_GREETINGS: Mapping[str, tuple[str, str]] = {
    "en": ("Hello,", "Dear {},"),
    "fr": ("Bonjour,", "Bonjour {},"),
    "es": ("Buenos días:", "Estimado/a {}:"),
    "ar": ("تحية طيبة،", "السيد/السيدة {}،"),
    "zh": ("您好：", "{}，您好："),
    "ru": ("Здравствуйте!", "Здравствуйте, {}!"),
}
"""Without and with a name, by language."""
_ADDRESS = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)]")


class UnfoldedHeader(str):
    """A header in one line. The library would encode a long address, which RFC 2369 forbids."""

    def __new__(cls, name: str, value: str) -> Self:
        header = super().__new__(cls, value)
        header.name = name
        return header

    name: str

    def fold(self, *, policy: EmailPolicy) -> str:
        """The line, as policies ask for it."""
        return f"{self.name}: {self}{policy.linesep}"


def greeting(language: str, name: str | None) -> str:
    """The first line of a letter. To an address that nobody has confirmed yet, `name` is None: a stranger may have
    chosen both."""
    without, by_name = _GREETINGS[language]
    return by_name.format(name) if name else without


class Subject(UnfoldedHeader):
    """The subject, in as many lines as it needs. The library would encode word by word, and lose the spaces between two
    of them."""

    def fold(self, *, policy: EmailPolicy) -> str:
        """The lines: plain if the subject is ASCII, else encoded as a whole (RFC 2047)."""
        lines = Header(self, header_name=self.name).encode(linesep=policy.linesep)
        return f"{self.name}: {lines}{policy.linesep}"


def compose(
    mail: Mail,
    identity: UUID,
    written_at: datetime,
    sender: str,
    headers: Mapping[str, str] | None = None,
    *,
    origins: Set[str] = frozenset(),
) -> EmailMessage:
    """The message, with further `headers`. The first line of a template is its subject; the text follows after an empty
    line. The HTML has its paragraphs and lines, in the direction of the language, and links to addresses of these
    `origins` only.

    Raises TemplateNotFound if there is no such template in the mail's language.
    """
    template = _TEMPLATES.get_template(f"{mail.template}.{mail.language}.txt")
    greets = greeting(mail.language, mail.values.get("name"))
    subject, _, text = template.render(mail.values, greeting=greets).partition("\n\n")
    direction = direction_of(mail.language)
    to = mail_address(mail.to)
    message = EmailMessage(policy=SMTP if to.isascii() else SMTPUTF8)
    message["From"], message["To"], message["Subject"] = sender, to, Subject("Subject", " ".join(subject.split()))
    message["Message-ID"] = f"<{identity}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    message["Date"] = format_datetime(written_at)
    message["Auto-Submitted"] = "auto-generated"
    for name, value in (headers or {}).items():
        message[name] = UnfoldedHeader(name, value)
    message.set_content(text)
    paragraphs = [[_parts(line, origins) for line in one.splitlines()] for one in text.strip().split("\n\n")]
    html = _LAYOUT.render(
        language=mail.language, direction=direction, subject=message["Subject"], paragraphs=paragraphs
    )
    message.add_alternative(html, subtype="html")
    message.set_boundary(f"part-{identity.hex}")
    message["Content-Language"] = mail.language
    return message


def _parts(line: str, origins: Set[str]) -> Iterator[tuple[str, bool]]:
    """The parts of a line, each with whether it is an address of the installation."""
    at = 0
    for found in _ADDRESS.finditer(line):
        if origin_of(found[0]) in origins:
            yield line[at : found.start()], False
            yield found[0], True
            at = found.end()
    yield line[at:], False
