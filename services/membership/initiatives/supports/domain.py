"""The lifecycle of a support, and what holds a signature."""

import gzip
import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Literal, TypeAlias

from shared.kernel.lifecycle import Lifecycle, transition
from shared.kernel.text import email_key, fold

PERSONAL, ORGANISATION = CAPACITIES = ("personal", "organisation")
SUPPORT, WITHDRAWAL = "support", "withdrawal"
"""The purposes of the tokens in a mail; the first is the mail's template, too."""
CONFIRMATION_LIFE = timedelta(days=7)
"""How long a signature can be confirmed."""
WITHDRAWAL_LIFE = timedelta(days=3_650)
LIVING = ("pending", "accepted")
"""The states of which one initiative has one support of a supporter."""
PUBLISHED = frozenset({"accepted"})
DECIDED = frozenset({"accepted", "rejected"})
"""The states into which an office takes a signature."""
MOST_FROM_NETWORK = 20
NETWORK_PERIOD = timedelta(days=1)
NETWORK_KEPT = timedelta(days=7)
"""How long the keyed hash of a signer's network is stored."""
Hold: TypeAlias = Literal["throwaway_domain", "many_from_network", "organisation_unproven", "duplicate_open"]
DUPLICATE: Hold = "duplicate_open"
HOLDS: tuple[Hold, ...] = ("throwaway_domain", "many_from_network", "organisation_unproven", DUPLICATE)
OTHER = "other"
REJECTIONS = ("duplicate", "organisation_unproven", "not_verified", OTHER)
"""Why a support is rejected, as its signer is informed."""


@dataclass(frozen=True, slots=True)
class SupportGuardContext:
    """The inputs of the guards. `is_evidence_available`: so is the file that the evidence names, if any. `is_office`:
    the caller may reject the signature, too. `is_own_active`: the support is of the caller's own record, which is
    active, or of a verified institution that the caller represents."""

    email_verified: bool
    has_evidence: bool
    is_evidence_available: bool
    hold: str | None
    is_office: bool
    is_own_active: bool


def _verifiable(
    guard_context: SupportGuardContext,
) -> Literal["email_not_verified", "evidence_not_available", "on_hold"] | None:
    if not (guard_context.email_verified or guard_context.is_own_active):
        if not guard_context.has_evidence:
            return "email_not_verified"
        if not guard_context.is_evidence_available:
            return "evidence_not_available"
    return "on_hold" if guard_context.hold and not guard_context.is_office else None


LIFECYCLE: Lifecycle[SupportGuardContext] = Lifecycle(
    (*LIVING, "rejected", "withdrawn", "annulled"),
    (
        transition("verify", "pending", "accepted", guard=_verifiable),
        transition("reject", "pending", "rejected", reason_required=True, fields=("category",)),
        transition("withdraw", "pending|accepted", "withdrawn"),
        transition("annul", "accepted", "annulled", reason_required=True),
    ),
)


@dataclass(frozen=True, slots=True)
class Signature:
    """What may hold a signature when it arrives: the address, the capacity, the domains of the named institution, and
    how many signatures came from the same network in a day."""

    email: str
    capacity: str
    domains: Collection[str]
    from_network: int


def hold_of(signature: Signature) -> Hold | None:
    """Why an office looks at the signature, the first reason in the order of `HOLDS`; None if it is accepted once its
    address is confirmed, unless another address has confirmed one under the same name. A hold never rejects."""
    is_unproven = signature.capacity == ORGANISATION and not is_within(signature.email, signature.domains)
    holds: dict[Hold, bool] = {
        "throwaway_domain": is_throwaway(signature.email),
        "many_from_network": signature.from_network > MOST_FROM_NETWORK,
        "organisation_unproven": is_unproven,
    }
    return next((hold for hold, is_held in holds.items() if is_held), None)


def name_key(name: str) -> str:
    """The folded name, by which signatures of one person under two addresses are found."""
    return fold(name)[:500]


def organisation_key(raw: str | None) -> str | None:
    """A digest of the folded name of an organisation, equal for equal spellings; None without one."""
    folded = fold(raw or "")
    return hashlib.sha256(folded.encode()).hexdigest()[:32] if folded else None


def is_within(email: str, domains: Collection[str]) -> bool:
    """Whether the address is of one of these domains, or of a part of it."""
    return not _with_parents(email).isdisjoint(domain.casefold() for domain in domains)


def is_throwaway(email: str) -> bool:
    """Whether the domain of the address, or one above it, gives addresses to anybody for a short time."""
    return not _with_parents(email).isdisjoint(_throwaway_domains())


@cache
def _throwaway_domains() -> frozenset[str]:
    listed = files(__package__).joinpath("data", "throwaway_domains.txt.gz").read_bytes()
    return frozenset(gzip.decompress(listed).decode().split())


def _with_parents(email: str) -> set[str]:
    """The domain of an address and those above it, in the ASCII form."""
    labels = email_key(email).rpartition("@")[2].encode("idna").decode().split(".")
    return {".".join(labels[start:]) for start in range(len(labels) - 1)}
