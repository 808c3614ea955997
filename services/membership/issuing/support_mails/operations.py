"""Mailing signers without an account what the office decided about their signature."""

from uuid import UUID

from services.membership.certificates.certificates.codes import printed
from services.membership.certificates.links.queries import certificate_about
from services.membership.initiatives.initiatives.domain import language_read
from services.membership.initiatives.initiatives.queries import to_sign
from services.membership.initiatives.supports import domain
from services.membership.initiatives.supports.operations import SUPPORTS
from services.membership.initiatives.supports.record import Support
from services.membership.issuing.causes.operations import follow_support
from services.membership.issuing.support_mails import queries
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import NotFound
from shared.kernel.text import email_key
from shared.mail import tokens
from shared.mail.outbox import post
from shared.mail.sealing import Mail, MailSeal

TEMPLATES = {status: f"support_{status}" for status in domain.DECIDED}
"""The templates, by the state of the support."""


async def send(uow: UnitOfWork, seal: MailSeal, key: UUID, page: str, issuer: str) -> bool:
    """Enqueues the mail about a decision, to the address that signed: of an acceptance with the links of the withdrawal
    and, if there is one, of the certificate; of a rejection with its category. Returns False if the state has changed,
    the support's person has an account, whose notification says the same, or is not to get mails."""
    await follow_support(uow, key)
    record = await SUPPORTS.lock(uow, key)
    initiative = await to_sign(uow.connection, record.initiative_id)
    signer = await _signer(uow, record)
    if record.status not in TEMPLATES or initiative is None or signer is None:
        return False
    name, address = signer
    language = record.language or "en"
    titles = initiative["titles"]
    values = {"title": titles[language_read(titles, language)], "support": str(key)}
    if record.email_verified:
        values["name"] = name
    if record.status == "rejected":
        values["category"] = record.rejected_for or domain.OTHER
    else:
        found = await certificate_about(uow.connection, key)
        values |= {
            "page": page,
            "withdrawal": tokens.new_token(),
            "certificate": f"{issuer.rstrip('/')}/v/{printed(found['code'])}" if found else "",
        }
    post(uow, seal, "membership", Mail(address, TEMPLATES[record.status], language, values))
    return True


async def prepare(uow: UnitOfWork, mail: Mail) -> Mail | None:
    """The mail, with its token stored; those of the earlier mail stay valid. None if the state has changed since."""
    key = UUID(mail.values["support"])
    try:
        record = await SUPPORTS.lock(uow, key)
    except NotFound:
        return None
    if TEMPLATES.get(record.status) != mail.template:
        return None
    if "withdrawal" in mail.values:
        await tokens.issue(
            uow.connection,
            service=tokens.MEMBERSHIP,
            purpose=domain.WITHDRAWAL,
            subject=key,
            address=email_key(mail.to),
            token=mail.values["withdrawal"],
            until=now() + domain.WITHDRAWAL_LIFE,
            ends_others=False,
        )
    return mail


async def _signer(uow: UnitOfWork, record: Support) -> tuple[str, str] | None:
    """Name and address of whoever signed: as they wrote it, or that of the expert without an account."""
    if record.signer is not None:
        return record.signer["name"], record.signer["email"]
    expert = await queries.to_mail(uow.connection, record.expert_id) if record.expert_id else None
    if expert is None:
        return None
    addresses = [email["value"] for email in expert["emails"]]
    found = next((one for one in addresses if tokens.digest(email_key(one)) == record.email_digest), None)
    return None if found is None else (expert["display_name"], found)
