"""Signing by the public form: the mail that asks for a confirmation, and the pending support.

A request looks nothing up about the address, so that known and unknown ones take the same time. The worker that sends
the mail inserts the support.
"""

import hashlib
import hmac
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

import orjson

from services.membership.initiatives.initiatives.domain import digest_read, is_open, language_read
from services.membership.initiatives.initiatives.queries import to_sign
from services.membership.initiatives.supports import domain, queries
from services.membership.initiatives.supports.operations import (
    SUPPORTS,
    not_open,
    require_organisation,
    require_signer,
)
from services.membership.initiatives.supports.record import Organisation, Signer
from shared.database.ids import uuid7
from shared.database.locks import lock_names
from shared.database.statements import Row
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now, to_text
from shared.kernel.text import email_key
from shared.mail import tokens
from shared.mail.outbox import post
from shared.mail.sealing import Mail, MailSeal


@dataclass(frozen=True, slots=True)
class Form:
    """What somebody signs: who they are, and to what they agree. `language` is one of the six."""

    name: str
    email: str
    country: str
    organisation: Organisation | None
    role: str | None
    capacity: str
    language: str
    consent_to_list: bool
    consent_to_contact: bool


async def check(uow: UnitOfWork, initiative: Row, form: Form) -> None:
    """Raises Conflict `initiative_not_open`, and Invalid for an unknown institution and a capacity in which nobody
    signs."""
    if not is_open(initiative["status"], initiative["opens"], initiative["closes"], now()):
        raise not_open()
    require_signer(initiative["signers"], form.capacity, is_institution=False)
    await require_organisation(uow, uow.origin.actor, form.organisation)


def sign(uow: UnitOfWork, seal: MailSeal, initiative: Row, form: Form, *, network: bytes, page: str) -> None:
    """Assigns the mail that asks for a confirmation to the worker."""
    values = {
        "page": page,
        "token": tokens.new_token(),
        "withdrawal": tokens.new_token(),
        "title": initiative["titles"][language_read(initiative["titles"], form.language)],
        "support": str(uuid7()),
        "initiative": str(initiative["id"]),
        "digest": digest_read(initiative["text_digests"], form.language),
        "network": network.hex(),
        "signed_at": to_text(now()),
        "form": orjson.dumps(asdict(form)).decode(),
    }
    post(uow, seal, "membership", Mail(form.email, domain.SUPPORT, form.language, values))


async def prepare(uow: UnitOfWork, mail: Mail) -> Mail | None:
    """The mail, with its support inserted and its tokens stored. None if there is no such initiative any more. May be
    repeated."""
    key, form = UUID(mail.values["support"]), Form(**orjson.loads(mail.values["form"]))
    initiative = await to_sign(uow.connection, UUID(mail.values["initiative"]))
    if initiative is None:
        return None
    if not await queries.exists(uow.connection, key):
        await _insert(uow, key, initiative["id"], form, mail)
    lives = {domain.SUPPORT: domain.CONFIRMATION_LIFE, domain.WITHDRAWAL: domain.WITHDRAWAL_LIFE}
    for (purpose, life), token in zip(lives.items(), (mail.values["token"], mail.values["withdrawal"]), strict=True):
        await tokens.issue(
            uow.connection,
            service=tokens.MEMBERSHIP,
            purpose=purpose,
            subject=key,
            address=email_key(mail.to),
            token=token,
            until=now() + life,
        )
    return mail


def network_key(secret: bytes, site: str) -> bytes:
    """The keyed hash of a network, from which nobody without the secret finds the network."""
    return hmac.digest(hashlib.sha256(b"escm networks of signers" + secret).digest(), site.encode(), "sha256")[:16]


async def _insert(uow: UnitOfWork, key: UUID, initiative: UUID, form: Form, mail: Mail) -> None:
    """Inserts the pending support. Signatures of one network are inserted one after another, so that they are counted
    exactly."""
    network, signed_at = bytes.fromhex(mail.values["network"]), datetime.fromisoformat(mail.values["signed_at"])
    await lock_names(uow.connection, f"supports {network.hex()}")
    name_key, address = domain.name_key(form.name), tokens.digest(email_key(form.email))
    connection, named = uow.connection, form.organisation and form.organisation["institution_id"]
    institution = await queries.institution_of(connection, UUID(named)) if named else None
    signature = domain.Signature(
        email=form.email,
        capacity=form.capacity,
        domains=institution["domains"] if institution else (),
        from_network=await queries.from_network(connection, network, signed_at - domain.NETWORK_PERIOD) + 1,
    )
    signer: Signer = {
        "name": form.name,
        "email": form.email,
        "country": form.country,
        "organisation": form.organisation,
        "role": form.role,
        "language": form.language,
    }
    new = SUPPORTS.new(
        {
            "id": key,
            "status": "pending",
            "country": form.country,
            "visibility": "restricted",
            "initiative_id": initiative,
            "capacity": form.capacity,
            "signed_at": signed_at,
            "consent_to_list": form.consent_to_list,
            "consent_to_contact": form.consent_to_contact,
            "language": form.language,
            "text_digest": mail.values["digest"],
            "email_verified": False,
            "hold": domain.hold_of(signature),
            "signer": signer,
            "email_digest": address,
            "name_key": name_key,
            "network_key": network,
        }
    )
    await SUPPORTS.insert(uow, new)
