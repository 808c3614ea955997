"""Every fact type that this release may announce."""

from shared.contracts import access, actions, centres, membership

FACTS: frozenset[str] = membership.FACTS | centres.FACTS | actions.FACTS | access.FACTS
