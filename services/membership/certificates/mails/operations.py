"""Requesting a mail with one's certificates, and writing it."""

from dataclasses import replace

from services.membership.certificates.certificates.codes import printed
from services.membership.certificates.certificates.domain import printed_number
from services.membership.certificates.certificates.titles import TITLES
from services.membership.certificates.mails.queries import certificates_of
from services.membership.register.claims.domain import language_of
from shared.database.unit_of_work import UnitOfWork
from shared.mail.outbox import post
from shared.mail.sealing import Mail, MailSeal

TEMPLATE = "certificates"


def ask(uow: UnitOfWork, seal: MailSeal, email: str, issuer: str) -> None:
    """Assigns the mail to the worker, which sends it if somebody with the address has certificates. Looks nothing up,
    so that known and unknown addresses take the same time."""
    post(uow, seal, "membership", Mail(email, TEMPLATE, "en", {"issuer": issuer.rstrip("/")}))


async def prepare(uow: UnitOfWork, mail: Mail) -> Mail | None:
    """The mail to the address as the person's record or account has it, in their language, with the addresses at which
    their certificates are verified; None without any."""
    found = await certificates_of(uow.connection, mail.to)
    if not found:
        return None
    to, first = found[0]
    language = language_of(first["languages"])
    lines = []
    for _, row in found:
        number = printed_number(row["paper_number"], row["ref"])
        lines.append(f"{TITLES[row['kind']][language]}, {number}\n{mail.values['issuer']}/v/{printed(row['code'])}")
    values = {"name": first["display_name"], "lines": "\n\n".join(lines)}
    return replace(mail, to=to, language=language, values=values)
