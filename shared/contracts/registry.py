"""Every fact type that this release may announce."""

from shared.contracts import access, actions, centres, membership, reporting, signing, support

FACTS: frozenset[str] = frozenset().union(
    *(each.FACTS for each in (membership, signing, centres, actions, support, reporting, access))
)
