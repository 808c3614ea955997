"""The kinds of records of all services whose documents may name files of evidence.

A reference is a document in such a record. In the states of `in_use`, the record relies on the file, which is not
withdrawn then. `shown` are the states in which everybody who may know of the record reads the document; in others, and
if there are none, only grants that cover the record do.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.contracts.readers import permission_scope_of
from shared.kernel.countries import FICTIONAL_CODES
from shared.kernel.principal import Principal


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """One kind of records with documents. `is_listed`: its references are shown at all."""

    in_use: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    is_listed: bool = True


_PLANNED = ("planned", "in_progress", "finalising", "closed", "suspended")
_EDITIONS = ("current", "superseded")
_LETTERS = ("logged", "sent", "awaiting_reply", "answered", "closed")
KINDS: Mapping[str, DocumentKind] = {
    "membership.calls": DocumentKind(("decided", "published")),
    "membership.consents": DocumentKind(("given",)),
    "membership.nominations": DocumentKind(("nominated", "selected", "not_selected"), is_listed=False),
    "membership.supports": DocumentKind(("accepted",)),
    "membership.messages": DocumentKind(),
    "centres.committees": DocumentKind(("recognised", "suspended")),
    "centres.centres": DocumentKind(("active", "renewal_due", "renewal_review", "suspended")),
    "centres.terms": DocumentKind(("current",)),
    "centres.agreements": DocumentKind(("partly_signed", "in_force")),
    "centres.committee_meetings": DocumentKind(("approved",)),
    "centres.annual_reports": DocumentKind(("submitted", "accepted")),
    "centres.evaluations": DocumentKind(("completed",)),
    "centres.messages": DocumentKind(),
    "actions.actions": DocumentKind(_PLANNED, (*_PLANNED, "cancelled")),
    "actions.milestones": DocumentKind(("done",)),
    "actions.endorsements": DocumentKind(("verified", "expired", "superseded")),
    "actions.results": DocumentKind(("accepted", "published", "superseded")),
    "actions.assessments": DocumentKind(("published", "superseded")),
    "actions.support_requests": DocumentKind(("delivered", "closed")),
    "actions.reports": DocumentKind(("submitted", "in_review", "cleared", "published", "superseded")),
    "actions.schemes": DocumentKind(_EDITIONS, _EDITIONS),
    "actions.focal_points": DocumentKind(("active", "handing_over")),
    "actions.correspondence": DocumentKind(("answered", "closed"), _LETTERS),
}
"""A nomination is not listed, since a conflict of interest hides it from some of its readers."""
IN_USE = tuple(f"{resource} {status}" for resource, kind in KINDS.items() for status in kind.in_use)
"""The states in which records rely on a file, each with its resource: `actions.milestones done`."""


def readable_documents(principal: Principal) -> list[str]:
    """The records whose documents the principal reads: those of `granted_documents`, and a resource with a state and a
    visibility, each after a space."""
    shown = [
        f"{resource} {status} {visibility}"
        for resource, kind in KINDS.items()
        for status in kind.shown
        for visibility in (("public", "network") if principal.in_network(resource) else ("public",))
    ]
    return [*shown, *granted_documents(principal)]


def granted_documents(principal: Principal) -> list[str]:
    """The records whose documents the principal's grants cover: a resource alone for all of them, or with a country or
    the id that a grant over one record names, after a space."""
    found: list[str] = []
    for resource, kind in KINDS.items():
        if not kind.is_listed:
            continue
        scope = permission_scope_of(principal, resource)
        if scope.everywhere and not principal.sandbox:
            found.append(resource)
        else:
            countries = FICTIONAL_CODES if scope.everywhere else scope.countries
            found += [f"{resource} {place}" for place in (*countries, *scope.records)]
    return found
