"""The lifecycle of a certificate, its kinds, and what each kind says about whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from services.membership.certificates.certificates.record import Certificate
from shared.kernel.errors import invalid_field
from shared.kernel.lifecycle import Lifecycle, transition

LIVING = ("issued", "suspended")
"""The states of which there is one certificate at most for a kind, holder and subject."""
CATEGORIES = ("error", "withdrawn", "fraud", "holder_request")
WITHDRAWN = "withdrawn"
"""The category of a revocation because what was certified no longer holds."""
HOLDER, OFFICE = "holder", "office"
"""Who suspended a certificate: the suspension of its holder, or an officer."""
ACTIVE = frozenset(("active", "renewal_due", "renewal_review"))
"""The states of an expert or a centre whose membership or designation can be certified."""
ENDED = frozenset(("resigned", "terminated", "deceased", "closed"))
"""The states of an expert or a centre whose membership or designation is over for good."""
EXPERT, INSTITUTION, CENTRE = "expert_id", "institution_id", "centre_id"
HOLDERS = (EXPERT, INSTITUTION, CENTRE)
REPORTS, CONTRIBUTIONS = WRITTEN = ("actions.reports", "actions.contributions")
"""What experts are authors of: progress reports, and contributions to the Global Report."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What a kind of certificate is about. `subjects` are the resources of the records that it certifies, none for a
    year; `is_holder`: this record is the holder."""

    holders: tuple[str, ...]
    subjects: tuple[str, ...]
    is_holder: bool = False


KINDS: Mapping[str, Kind] = {
    "support": Kind((EXPERT, INSTITUTION), ("membership.supports",)),
    "membership": Kind((EXPERT,), ("membership.experts",), is_holder=True),
    "designation": Kind((CENTRE,), ("centres.centres",), is_holder=True),
    "review": Kind((EXPERT,), ()),
    "participation": Kind((EXPERT,), ("membership.participations",)),
    "authorship": Kind((EXPERT,), (CONTRIBUTIONS, REPORTS)),
}
SUBJECTS = tuple(subject for kind in KINDS.values() for subject in kind.subjects)


@dataclass(frozen=True, slots=True)
class CertificateGuardContext:
    """The inputs of the guards. `is_holder_suspended`: the membership or designation of the holder is suspended."""

    is_holder_suspended: bool


def _reinstatable(guard_context: CertificateGuardContext) -> Literal["holder_suspended"] | None:
    return "holder_suspended" if guard_context.is_holder_suspended else None


LIFECYCLE: Lifecycle[CertificateGuardContext] = Lifecycle(
    ("issued", "suspended", "revoked", "replaced", "expired"),
    (
        transition("suspend", "issued", "suspended", reason_required=True),
        transition("reinstate", "suspended", "issued", guard=_reinstatable, fact="reinstated"),
        transition(
            "revoke",
            "issued|suspended",
            "revoked",
            reason_required=True,
            fields=("category",),
            required=("category",),
        ),
        transition("replace", "issued", "replaced", fields=("language",)),
        transition("suspend", "issued", "suspended", is_scheduled=True),
        transition("reinstate", "suspended", "issued", fact="reinstated", is_scheduled=True),
        transition("revoke", "issued|suspended", "revoked", is_scheduled=True),
        transition("replace", "issued|suspended", "replaced", is_scheduled=True),
        transition("expire", "issued|suspended", "expired", is_scheduled=True),
    ),
)


def holder_in(record: Certificate) -> tuple[str, UUID]:
    """The field that names the holder, and the holder's id."""
    return next((name, key) for name in HOLDERS if (key := getattr(record, name)) is not None)


def printed_number(paper_number: str | None, ref: str) -> str:
    """The printed number of a certificate."""
    return paper_number or ref


def check(new: Certificate) -> None:
    """Raises Invalid for a holder or a subject that certificates of the kind do not have."""
    kind = KINDS[new.kind]
    named, key = holder_in(new)
    if named not in kind.holders:
        raise invalid_field("/holder", "invalid_value", f"Certificates of this kind name {' or '.join(kind.holders)}.")
    if new.subject_resource not in (kind.subjects or (None,)):
        wanted = f"a record of {' or '.join(kind.subjects)}" if kind.subjects else "a year"
        raise invalid_field("/subject", "invalid_value", f"Certificates of this kind are about {wanted}.")
    if kind.is_holder and new.subject_id != key:
        raise invalid_field("/subject/id", "invalid_value", "Certificates of this kind are about their holder.")
