"""Requesting a mail with one's certificates, and writing it."""

from dataclasses import replace

from services.membership.certificate_mails.queries import certificates_of
from services.membership.certificates.codes import printed
from services.membership.certificates.domain import printed_number
from services.membership.certificates.titles import TITLES
from services.membership.claims.domain import language_of
from shared.database.unit_of_work import UnitOfWork
from shared.mail.outbox import post
from shared.mail.sealing import Mail, MailSeal

TEMPLATE = "certificates"


def ask(uow: UnitOfWork, seal: MailSeal, email: str, issuer: str) -> None:
    """Assigns the mail to the worker, which sends it if somebody with the address has certificates. Looks nothing up,
    so that known and unknown addresses take the same time."""
    post(uow, seal, "membership", Mail(email, TEMPLATE, "en", {"issuer": issuer.rstrip("/")}))


async def prepare(uow: UnitOfWork, mail: Mail) -> Mail | None:
    """The mail in the language of the person, with the addresses at which their certificates are verified; None without
    any."""
    found = await certificates_of(uow.connection, mail.to)
    if not found:
        return None
    language = language_of(found[0]["languages"])
    lines = []
    for row in found:
        number = printed_number(row["paper_number"], row["ref"])
        lines.append(f"{TITLES[row['kind']][language]}, {number}\n{mail.values['issuer']}/v/{printed(row['code'])}")
    return replace(mail, language=language, values={"name": found[0]["display_name"], "lines": "\n\n".join(lines)})
