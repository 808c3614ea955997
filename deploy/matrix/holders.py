"""The columns of the matrix: who asks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from deploy.matrix.rights import OF_OWNERS
from services.access.access import EVERY_RESOURCE, ROLE_SCOPES
from shared.auth.narrowing import narrowed
from shared.kernel.principal import READ, Grant, Principal, PrincipalKind

OWN = "XA"
"""The country of grants over a country."""
WRITE = "write"
_SINCE = date(2020, 1, 1)


@dataclass(frozen=True, slots=True)
class Holder:
    """A column of the matrix: nobody, a person without a grant, or a principal with one. `scope_kind` is empty without
    a grant. `key` are the verbs of an API key of such a person; empty if it is not a key."""

    role: str
    scope_kind: str
    key: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        if self.key:
            return f"{'key' if WRITE in self.key else 'reading key'} of {self.role}, {self.scope_kind}"
        return self.role if not self.scope_kind else f"{self.role}, {self.scope_kind}"

    def principal(self, scope_id: str) -> Principal:
        """The principal; `scope_id` is the record of a grant over one record, or the record that belongs to a
        person."""
        if self == PERSON:
            own = tuple(Grant(role, "record", scope_id, _SINCE, None) for role in OF_OWNERS)
            return Principal(PrincipalKind.ACCOUNT, None, self.name, own)
        scope = {"global": None, "country": OWN}.get(self.scope_kind, scope_id)
        kind = PrincipalKind.CLIENT if self.role == "api_client" else PrincipalKind.ACCOUNT
        held = Grant(self.role, self.scope_kind, scope, _SINCE, None)
        if self.key:
            kind, verbs = PrincipalKind.KEY, frozenset(self.key)
            held = next(narrowed(held, EVERY_RESOURCE, verbs, None))
        return Principal(kind, None, self.name, (held,))


NOBODY, PERSON = Holder("nobody", ""), Holder("person", "")
_KEYS = (
    Holder("secretariat_admin", "global", (READ, WRITE)),
    Holder("government_focal_point", "country", (READ, WRITE)),
    Holder("government_focal_point", "country", (READ,)),
)


def holders() -> Iterator[Holder]:
    """Nobody, a person without a grant, and each role with each kind of scope. A region is omitted: it is its
    countries."""
    yield from (NOBODY, PERSON)
    for role, kinds in ROLE_SCOPES.items():
        yield from (Holder(role, kind) for kind in sorted(kinds - {"region"}))
    yield from _KEYS
