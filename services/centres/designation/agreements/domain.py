"""The lifecycle of an agreement, and its signatures."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from services.centres.designation.agreements.record import Party, Signature
from shared.kernel.lifecycle import Lifecycle, transition
from shared.kernel.step_up import TWO_FACTORS

KINDS = ("host", "mou", "tripartite")
SECRETARIAT, INSTITUTION, OTHER = SIDES = ("secretariat", "institution", "other")
EXPIRING = timedelta(days=90)
"""How long before its last day an agreement waits for what follows it."""
REMINDED_DAYS = (180, 90, 30)
"""How many days before its last day there are reminders of an agreement."""
OPEN_TO_CHANGE = frozenset({"drafting", "in_negotiation"})
SIGNING = frozenset({"in_negotiation", "partly_signed"})


@dataclass(frozen=True, slots=True)
class SigningContext:
    """Who signs: a person, of the secretariat's `is_office` or a representative of `institutions`. `waiting` are the
    parties that have still to sign, or that of these which the signature is for."""

    is_person: bool = True
    has_signed: bool = False
    is_office: bool = False
    institutions: Collection[str] = ()
    waiting: Sequence[Party] = ()

    @property
    def own(self) -> list[Party]:
        """The waiting parties that the caller may sign for."""
        return [party for party in self.waiting if self.is_office or self.represents(party)]

    def represents(self, party: Party) -> bool:
        """Whether the party's own side signs: the secretariat's office, or a representative of the institution."""
        side = party.get("side")
        if side == INSTITUTION:
            return party["institution_id"] in self.institutions
        return self.is_office and side == SECRETARIAT


def _signable(
    signing: SigningContext,
) -> Literal["signer_is_a_client", "signed_for_another_side", "other_side_signs"] | None:
    if not signing.is_person:
        return "signer_is_a_client"
    if signing.has_signed:
        return "signed_for_another_side"
    return None if signing.own else "other_side_signs"


def _lifecycle(signature_leads_to: str) -> Lifecycle[SigningContext]:
    return Lifecycle(
        ("drafting", "in_negotiation", "partly_signed", "in_force", "expired", "terminated"),
        (
            transition("send", "drafting", "in_negotiation"),
            transition(
                "sign",
                "in_negotiation|partly_signed",
                signature_leads_to,
                guard=_signable,
                fields=("party", "signatory", "signed_at", "document"),
            ),
            transition("expire", "in_force", "expired", is_scheduled=True),
            transition("terminate", "in_force", "terminated", reason_required=True, step_up=TWO_FACTORS),
        ),
    )


LIFECYCLE = _lifecycle("partly_signed")
LAST_SIGNATURE = _lifecycle("in_force")
"""The same lifecycle if one signature is missing: the signature brings the agreement into force."""


def with_sides(parties: Sequence[Party]) -> list[Party]:
    """The parties, each with its side. One with an institution is that institution. The only one that names neither is
    the secretariat, if there are others and none of them is."""
    unnamed = [party for party in parties if party["institution_id"] is None and party["side"] is None]
    is_missing = all(party["side"] != SECRETARIAT for party in parties)
    without = SECRETARIAT if is_missing and len(unnamed) == 1 < len(parties) else OTHER
    return [
        {**party, "side": party["side"] or (without if party["institution_id"] is None else INSTITUTION)}
        for party in parties
    ]


def unsigned(parties: Sequence[Party]) -> list[Party]:
    """The parties that have not signed."""
    return [party for party in parties if party["signed_at"] is None]


def signatures(parties: Sequence[Party]) -> list[Party]:
    """The parties that have signed."""
    return [party for party in parties if party["signed_at"] is not None]


def is_last_signature(parties: Sequence[Party]) -> bool:
    """Whether the next signature is the last."""
    return len(unsigned(parties)) <= 1


def first_status(parties: Sequence[Party]) -> str:
    """In force when every party has signed, else drafting."""
    return "drafting" if unsigned(parties) else "in_force"


def signed(parties: Sequence[Party], party: Party, signatory: str | None, day: date) -> list[Party]:
    """The parties after this one has signed."""
    place = parties.index(party)
    signature: Signature = {"signatory": signatory or party["signatory"], "signed_at": day.isoformat()}
    return [{**each, **signature} if n == place else each for n, each in enumerate(parties)]
