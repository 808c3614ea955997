"""A mail as it is sent: plain text from a template, the same for each attempt."""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from uuid import UUID

from jinja2 import Environment, PackageLoader, StrictUndefined

from shared.mail.sealing import Mail

_TEMPLATES = Environment(
    loader=PackageLoader("shared.mail"),
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701  plain text
    keep_trailing_newline=True,
)


def compose(mail: Mail, identity: UUID, written_at: datetime, sender: str) -> EmailMessage:
    """The message. The first line of a template is its subject; the text follows after an empty line.

    Raises TemplateNotFound if there is no such template in the mail's language.
    """
    template = _TEMPLATES.get_template(f"{mail.template}.{mail.language}.txt")
    subject, _, text = template.render(mail.values).partition("\n\n")
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, mail.to, " ".join(subject.split())
    message["Message-ID"] = f"<{identity}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    message["Date"] = format_datetime(written_at)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    message["Content-Language"] = mail.language
    return message
