"""Every fact type that this release may announce."""

from shared.contracts import access, actions, assessments, centres, membership, signing, support

FACTS: frozenset[str] = (
    membership.FACTS | signing.FACTS | centres.FACTS | actions.FACTS | support.FACTS | assessments.FACTS | access.FACTS
)
