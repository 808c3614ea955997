"""What goes over HTTP for consents."""

from typing import Annotated, Any, Literal

from services.membership.mailing.consents import record
from services.membership.mailing.consents.domain import CHANNELS, LIFECYCLE, ONLINE, PURPOSES
from services.membership.mailing.consents.tables import consent
from services.membership.register.notices.schemas import NoticeVersion
from shared.kernel.text import LANGUAGES
from shared.records.plain import presenter
from shared.web.contract.fields import Body, Document
from shared.web.contract.schemas import RecordBody, RecordResponse


class Proof(Body):
    """How the person gave the consent."""

    channel: Annotated[
        Literal[CHANNELS],  # type: ignore[valid-type]
        "`online` with the person's own account; the others are for an office that enters the consent.",
    ] = ONLINE
    document: Annotated[Document | None, "The document that shows the consent."] = None


class ConsentBody(RecordBody, of=record.Consent):
    """The body of a consent."""

    purpose: Literal[PURPOSES]  # type: ignore[valid-type]
    notice_version: NoticeVersion
    language: Literal[LANGUAGES]  # type: ignore[valid-type]
    proof: Annotated[Proof, "How the expert agreed; `online` if absent."] = Proof()


class Consent(RecordResponse, of=record.Consent, lifecycle=LIFECYCLE):
    """A consent as a caller sees it."""

    proof: Proof


def columns(body: ConsentBody) -> dict[str, Any]:
    """The columns that a body gives, its proof as JSON."""
    return {**body.model_dump(exclude={"proof"}), "proof": body.model_dump(mode="json")["proof"]}


present = presenter(record.Consent, consent)
