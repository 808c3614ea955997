"""Enqueues mails in the transaction of the change: a row and a job. Sends nothing."""

from uuid import UUID

from shared.database.ids import uuid7
from shared.database.unit_of_work import UnitOfWork
from shared.kernel.clock import now
from shared.kernel.principal import SYSTEM
from shared.mail.sealing import Mail, MailSeal
from shared.mail.tables import core_mail
from shared.messaging.outbox import defer

KIND = "send_mail"


def post(uow: UnitOfWork, seal: MailSeal, service: str, mail: Mail) -> UUID:
    """Enqueues a mail for the service's worker if the unit of work commits. Returns its id, from which its Message-ID
    is made."""
    identity = uuid7()
    uow.append(
        core_mail,
        id=identity,
        service=service,
        template=mail.template,
        sealed=seal.seal(mail, identity),
        created_at=now(),
    )
    defer(uow, service, KIND, {"mail": str(identity)}, created_by=SYSTEM.label)
    return identity
