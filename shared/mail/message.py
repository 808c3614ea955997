"""A mail as it is sent: plain text from a template, and the same text as simple HTML. It is the same for each
attempt."""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from uuid import UUID

from jinja2 import Environment, PackageLoader, StrictUndefined

from shared.kernel.text import mail_address
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
_RIGHT_TO_LEFT = frozenset(("ar",))


def compose(mail: Mail, identity: UUID, written_at: datetime, sender: str) -> EmailMessage:
    """The message. The first line of a template is its subject; the text follows after an empty line. The HTML has its
    paragraphs, lines and links, in the direction of the language.

    Raises TemplateNotFound if there is no such template in the mail's language.
    """
    template = _TEMPLATES.get_template(f"{mail.template}.{mail.language}.txt")
    subject, _, text = template.render(mail.values).partition("\n\n")
    direction = "rtl" if mail.language in _RIGHT_TO_LEFT else "ltr"
    to = mail_address(mail.to)
    message = EmailMessage(policy=SMTP if to.isascii() else SMTPUTF8)
    message["From"], message["To"], message["Subject"] = sender, to, " ".join(subject.split())
    message["Message-ID"] = f"<{identity}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    message["Date"] = format_datetime(written_at)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    html = _LAYOUT.render(language=mail.language, direction=direction, subject=message["Subject"], text=text)
    message.add_alternative(html, subtype="html")
    message.set_boundary(f"part-{identity.hex}")
    message["Content-Language"] = mail.language
    return message
