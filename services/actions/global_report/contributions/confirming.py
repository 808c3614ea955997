"""What authors without a record do with the token of their mail, and the mails to them."""

from datetime import timedelta
from uuid import UUID

from services.actions.global_report.contributions import domain
from services.actions.global_report.contributions.operations import CONTRIBUTIONS
from services.actions.global_report.contributions.record import Author, Contribution
from services.actions.global_report.editions.queries import edition_of
from services.actions.global_report.editions.record import Edition
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.errors import NotFound
from shared.kernel.text import LANGUAGES, email_key, text_in
from shared.mail import tokens
from shared.mail.outbox import post
from shared.mail.sealing import Mail, MailSeal
from shared.records.resource_type import TransitionRequest

LIFE = timedelta(days=180)
"""How long the token of an author works."""


async def named(uow: UnitOfWork, token: str) -> tuple[Contribution, Edition, Author]:
    """The contribution of a token, its edition, and the author whom the mail asked. Raises Invalid `token_not_valid`,
    also once the person is no author any more or the contribution has ended."""
    found = await tokens.lock(uow.connection, service=tokens.ACTIONS, purpose=tokens.AUTHORSHIP, token=token, at=now())
    if found is None:
        raise tokens.token_not_valid()
    await uow.allow_record(found.subject_id)
    try:
        record = await CONTRIBUTIONS.lock(uow, found.subject_id)
    except NotFound:
        raise tokens.token_not_valid() from None
    edition, author = await edition_of(uow.connection, record.edition_id), _asked_at(record, found.address_digest)
    if edition is None or author is None or record.status not in domain.OPEN:
        raise tokens.token_not_valid()
    return record, edition, author


def _asked_at(record: Contribution, address_digest: bytes) -> Author | None:
    """The author whose address has this digest."""
    asked = {
        identity
        for identity, address in record.addresses.items()
        if tokens.digest(email_key(address["email"])) == address_digest
    }
    return next((author for author in record.authors if domain.identity_of(author) in asked), None)


async def confirm(uow: UnitOfWork, token: str) -> tuple[Contribution, Edition, Author]:
    """Confirms an authorship with the token of its mail; it may be repeated. Raises as `named` does."""
    before, edition, author = await named(uow, token)
    if author["confirmed_at"] is not None:
        return before, edition, author
    identity = domain.identity_of(author)
    wanted = domain.confirmed(before, {identity}, now())
    guard_context = domain.ContributionGuardContext(is_author=True, is_unconfirmed=True)
    requested = TransitionRequest(domain.CONFIRM, None, {})
    after = await CONTRIBUTIONS.apply_transition(
        uow, before, requested, guard_context, lambda _verb: True, lambda _target: wanted
    )
    return after, edition, next(one for one in after.authors if domain.identity_of(one) == identity)


async def ask(uow: UnitOfWork, seal: MailSeal, key: UUID, after: int, page: str) -> int:
    """Enqueues the mails to the authors who were asked after this number, each with a token of its own. Returns how
    many."""
    record = await CONTRIBUTIONS.lock(uow, key)
    edition = await edition_of(uow.connection, record.edition_id)
    asked = [address for address in record.addresses.values() if (address["asked"] or 0) > after]
    if edition is None or record.status not in domain.OPEN:
        return 0
    language = record.language.partition("-")[0]
    language = language if language in LANGUAGES else "en"
    for address in asked:
        token = tokens.new_token()
        await tokens.issue(
            uow.connection,
            service=tokens.ACTIONS,
            purpose=tokens.AUTHORSHIP,
            subject=key,
            address=email_key(address["email"]),
            token=token,
            until=now() + LIFE,
            ends_others=False,
        )
        values = {
            "title": text_in(language, record.titles),
            "edition": text_in(language, edition.titles),
            "page": page,
            "token": token,
        }
        post(uow, seal, "actions", Mail(address["email"], tokens.AUTHORSHIP, language, values))
    return len(asked)
