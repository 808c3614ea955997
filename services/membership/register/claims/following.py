"""The record of a person follows the address of their account."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from uuid import UUID

from services.membership.register.claims.queries import former_addresses_of, verified_address_of
from services.membership.register.experts.domain import derived
from services.membership.register.experts.operations import EXPERTS, sync_dependents
from services.membership.register.experts.owners import record_of_account
from services.membership.register.experts.record import EmailAddress, asserted_after
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now, to_text
from shared.kernel.text import email_key
from shared.mail.tokens import digest


async def follow_address(uow: UnitOfWork, account: UUID) -> None:
    """Puts the address of an account into the record that it owns, in place of the previous ones that the person had
    shown to be theirs. Other addresses of the record stay."""
    expert = await record_of_account(uow.connection, account)
    address = await verified_address_of(uow.connection, account)
    if expert is None or address is None:
        return
    former = await former_addresses_of(uow.connection, account)
    before = await EXPERTS.lock(uow, expert)
    emails = moved(before.emails, former, address)
    if emails == list(before.emails):
        return
    asserted = asserted_after(before.asserted, ("emails",), "self", to_text(now()))
    wanted = replace(before, emails=emails, **derived(before.names, emails), asserted=asserted)
    await sync_dependents(uow, before, await EXPERTS.update(uow, before, wanted))


def moved(emails: Sequence[EmailAddress], former: Collection[bytes], address: str) -> list[EmailAddress]:
    """The addresses, with `address` in place of verified ones whose digests are `former`. An address of which there is
    no such one stays as it is."""
    key, found = email_key(address), list[EmailAddress]()
    is_former = [
        bool(email.get("verified")) and digest(email_key(email["value"])) in former and email_key(email["value"]) != key
        for email in emails
    ]
    if not any(is_former):
        return list(emails)
    for email, leaves in zip(emails, is_former, strict=True):
        if not leaves and email_key(email["value"]) != key:
            found.append(email)
        elif key not in {email_key(one["value"]) for one in found}:
            found.append({"value": address, "visibility": email["visibility"], "verified": True})
    return found
