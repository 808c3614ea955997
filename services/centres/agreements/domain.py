"""The lifecycle of an agreement, and its signatures."""

from collections.abc import Sequence
from datetime import date, timedelta

from services.centres.agreements.record import Party, Signature
from shared.kernel.lifecycle import Lifecycle, transition

KINDS = ("host", "mou", "tripartite")
EXPIRING = timedelta(days=90)
"""How long before its last day an agreement waits for what follows it."""
REMINDED_DAYS = (180, 90, 30)
"""How many days before its last day there are reminders of an agreement."""
OPEN_TO_CHANGE = frozenset({"drafting", "in_negotiation"})


def _lifecycle(signature_leads_to: str) -> Lifecycle[None]:
    return Lifecycle(
        ("drafting", "in_negotiation", "partly_signed", "in_force", "expired", "terminated"),
        (
            transition("send", "drafting", "in_negotiation"),
            transition(
                "sign",
                "in_negotiation|partly_signed",
                signature_leads_to,
                fields=("party", "signatory", "signed_at"),
            ),
            transition("expire", "in_force", "expired", is_scheduled=True),
            transition("terminate", "in_force", "terminated", reason_required=True),
        ),
    )


LIFECYCLE = _lifecycle("partly_signed")
LAST_SIGNATURE = _lifecycle("in_force")
"""The same lifecycle if one signature is missing: the signature brings the agreement into force."""


class NoSuchParty(LookupError):
    """No unsigned party has this name."""


def unsigned(parties: Sequence[Party]) -> list[str]:
    """The names of the parties that have not signed."""
    return [party["name"] for party in parties if party["signed_at"] is None]


def is_last_signature(parties: Sequence[Party]) -> bool:
    """Whether the next signature is the last."""
    return len(unsigned(parties)) <= 1


def first_status(parties: Sequence[Party]) -> str:
    """In force when every party has signed, else drafting."""
    return "drafting" if unsigned(parties) else "in_force"


def signed(parties: Sequence[Party], name: str, signatory: str | None, day: date) -> list[Party]:
    """The parties after the first unsigned party with this name has signed. Raises NoSuchParty."""
    place = next((n for n, party in enumerate(parties) if party["name"] == name and party["signed_at"] is None), None)
    if place is None:
        raise NoSuchParty(f"No party {name!r} has still to sign.")
    signature: Signature = {"signatory": signatory or parties[place]["signatory"], "signed_at": day.isoformat()}
    return [{**party, **signature} if n == place else party for n, party in enumerate(parties)]
