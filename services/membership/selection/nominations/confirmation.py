"""What nominators do with the token of their mail, and the mails to them."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from services.membership.register.claims.domain import language_of
from services.membership.selection.calls.queries import call_of
from services.membership.selection.calls.record import Call
from services.membership.selection.conflicts.operations import find_conflicts
from services.membership.selection.nominations import domain, queries
from services.membership.selection.nominations.operations import (
    ASKED,
    CONFIRMED,
    DECLINED,
    NOMINATIONS,
    load_guard_context,
    mail_nominator,
)
from services.membership.selection.nominations.record import Nomination
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now, to_text
from shared.kernel.errors import NotFound
from shared.kernel.principal import ANONYMOUS
from shared.kernel.text import text_in
from shared.mail import tokens
from shared.mail.outbox import post
from shared.mail.sealing import Mail, MailSeal
from shared.records.resource_type import TransitionRequest

LIFE = timedelta(days=730)
"""How long a token works at most; before that the deadline of the nomination ends its effect."""
_RECEIPTS = {"confirm": CONFIRMED, "decline": DECLINED}


async def vouched(uow: UnitOfWork, token: str) -> tuple[Nomination, Call, str]:
    """The nomination of a token, its call and the nominee's name. Raises Invalid `token_not_valid`."""
    found = await tokens.lock(
        uow.connection, service=tokens.MEMBERSHIP, purpose=tokens.NOMINATION, token=token, at=now()
    )
    if found is None:
        raise tokens.token_not_valid()
    await uow.allow_record(found.subject_id)
    try:
        record = domain.before_decision(await NOMINATIONS.lock(uow, found.subject_id))
    except NotFound:
        raise tokens.token_not_valid() from None
    call, nominee = await _about(uow, record)
    is_waiting = record.status == "awaiting_nominator" and now() <= domain.nominator_deadline(call, record)
    if not is_waiting and record.status not in domain.DECISIONS.values():
        raise tokens.token_not_valid()
    return record, call, nominee["display_name"]


async def decide(uow: UnitOfWork, token: str, decision: str, statement: str | None) -> tuple[Nomination, Call]:
    """Confirms or declines a nomination with the token of its mail. The same decision may be repeated.

    Raises Invalid `token_not_valid` for an unknown or expired token, another decision, and after the deadline.
    """
    before, call, _ = await vouched(uow, token)
    wanted = replace(before, statement=statement)
    if before.status == domain.DECISIONS[decision] and wanted == before:
        return before, call
    if before.status != "awaiting_nominator":
        raise tokens.token_not_valid()
    guard_context = replace(
        await load_guard_context(uow.connect, ANONYMOUS, before, {}),
        is_nominator=True,
    )
    requested = TransitionRequest(decision, None, {})
    after = await NOMINATIONS.apply_transition(
        uow, before, requested, guard_context, lambda _verb: True, lambda _target: wanted
    )
    mail_nominator(uow, after, _RECEIPTS[decision])
    await find_conflicts(uow, after.call_id, after.id)
    return after, call


async def send(uow: UnitOfWork, seal: MailSeal, key: UUID, template: str, asked: int, page: str) -> bool:
    """Enqueues a mail to the nominator who was asked as number `asked`. Returns False if another one was asked since,
    or the state does not call for the mail any more."""
    record = domain.before_decision(await NOMINATIONS.lock(uow, key))
    if (record.status, record.nominators_asked) != (_STATES[template], asked):
        return False
    call, nominee = await _about(uow, record)
    language = nominee["language"] or language_of(nominee["languages"])
    values = {
        "call": text_in(language, call.titles),
        "nomination": str(key),
        "asked": str(asked),
    }
    if template == ASKED:
        values |= {
            "page": page,
            "token": tokens.new_token(),
            "deadline": to_text(domain.nominator_deadline(call, record))[:16].replace("T", " "),
        }
    else:
        values |= {"name": record.nominator["name"], "nominee": nominee["display_name"]}
    post(uow, seal, "membership", Mail(record.nominator["email"], template, language, values))
    return True


async def prepare(uow: UnitOfWork, mail: Mail) -> Mail | None:
    """The mail with the link, with its token stored; the other tokens of the nomination end. None if the nomination
    does not wait for this nominator any more. There is one mail for each nominator who is asked."""
    key = UUID(mail.values["nomination"])
    try:
        record = await NOMINATIONS.lock(uow, key)
    except NotFound:
        return None
    if record.status != "awaiting_nominator" or mail.values["asked"] != str(record.nominators_asked):
        return None
    await tokens.issue(
        uow.connection,
        service=tokens.MEMBERSHIP,
        purpose=tokens.NOMINATION,
        subject=key,
        address=record.nominator_key,
        token=mail.values["token"],
        until=now() + LIFE,
    )
    return mail


_STATES: Mapping[str, str] = {ASKED: "awaiting_nominator", CONFIRMED: "nominated", DECLINED: "declined"}


async def _about(uow: UnitOfWork, record: Nomination) -> tuple[Call, Mapping[str, str]]:
    """The call of a nomination and its expert."""
    call = await call_of(uow.connection, record.call_id)
    nominee = await queries.nominee_of(uow.connection, record.expert_id)
    if call is None or nominee is None:
        raise NotFound
    return call, nominee
