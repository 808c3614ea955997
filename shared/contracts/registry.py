"""Every fact type that this release may announce."""

from shared.contracts import access, actions, centres, membership
from shared.contracts.owner import owner, type_of

__all__ = ("FACTS", "owner", "type_of")

FACTS: frozenset[str] = membership.FACTS | centres.FACTS | actions.FACTS | access.FACTS
