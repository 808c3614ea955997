"""Principals and how far their grants reach. Rules only: other modules read tokens and rows."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cached_property, lru_cache
from hashlib import sha256
from typing import Literal, TypeAlias
from uuid import UUID

from shared.kernel.countries import COUNTRIES, FICTIONAL_CODES, in_region

Visibility: TypeAlias = Literal["public", "network", "restricted"]
VISIBILITIES: tuple[Visibility, ...] = ("public", "network", "restricted")
Permission: TypeAlias = tuple[str, str]
"""(resource, verb): `("experts", "read")`, `("experts", "approve")`. `*` matches any."""
RoleTable: TypeAlias = Mapping[str, frozenset[Permission]]
ScopeKey: TypeAlias = UUID | str | tuple[UUID, ...]
"""The id that a grant over one record names for a record, or each of several ids that a grant may name."""
READ = "read"
READING = frozenset({READ, "history"})
"""The verbs that change nothing."""
_GIVING_ACCESS = frozenset({"calendars", "links"})
_EVERY_COUNTRY = frozenset(COUNTRIES)
BREAK_GLASS = UUID("019ad700-0000-7000-8000-000000000000")
"""The account that an operator opens on the host when no other way in is left. Each of its requests is recorded."""


class PrincipalKind(StrEnum):
    """The kind of a principal."""

    ANONYMOUS = "anonymous"
    ACCOUNT = "account"
    CLIENT = "client"
    KEY = "key"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Grant:
    """An active grant. For clients, `resources` (`membership.experts`) and `verbs` (`read`, `write`) narrow it.
    `delegated_from` is the grant whose holder delegates it for a time. `of_applicant`: the grant is over the holder's
    own record, which is not yet approved."""

    role: str
    scope_kind: str
    scope_id: str | None
    starts: date
    ends: date | None
    resources: frozenset[str] | None = None
    verbs: frozenset[str] | None = None
    delegated_from: UUID | None = None
    of_applicant: bool = False

    def admits(self, resource: str, verb: str) -> bool:
        """Whether a client's narrowing permits this verb on this resource (`service.resource`)."""
        kind = READ if verb in READING else "write"
        return (
            self.resources is None or resource in self.resources or f"{resource.split('.')[0]}.*" in self.resources
        ) and (self.verbs is None or kind in self.verbs)

    @property
    def text(self) -> str:
        """The whole grant as one text, the same for equal grants."""
        sets = (None if names is None else sorted(names) for names in (self.resources, self.verbs))
        return repr((self.role, self.scope_kind, self.scope_id, self.starts, self.ends, self.delegated_from, *sets))

    @property
    def countries(self) -> frozenset[str]:
        """The countries that the scope covers; none for scopes of one record, body or person."""
        if self.scope_kind == "global":
            return _EVERY_COUNTRY
        if self.scope_kind == "country" and self.scope_id:
            return frozenset((self.scope_id,))
        if self.scope_kind == "region" and self.scope_id:
            return in_region(self.scope_id)
        return frozenset()


@dataclass(frozen=True, slots=True)
class PermissionScope:
    """How far one permission goes: everywhere, in these countries, on these records (ids as text)."""

    everywhere: bool = False
    countries: frozenset[str] = frozenset()
    records: frozenset[str] = frozenset()

    def covers(self, country: str | None, record: ScopeKey | None = None) -> bool:
        """Whether the scope includes this country or this record."""
        if self.everywhere or (country is not None and country in self.countries):
            return True
        if not self.records or record is None:
            return False
        return any(str(key) in self.records for key in (record if isinstance(record, tuple) else (record,)))

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.countries) or bool(self.records)


@dataclass(frozen=True)
class Principal:
    """Who acts. Immutable and cached, so derived values are computed once.

    `owner` is the account or client that a key belongs to. `ip_allow` are the networks from which a client and its keys
    may call; none means any. `scopes` are what a client may do for a person who signed in to it, pairs of a resource
    (or `*`) and `read` or `write`; None where no client acts, or one of ours that may do everything. In the `sandbox` a
    scope contains fictional countries only, and no record, because a record's country is unknown here.
    """

    kind: PrincipalKind
    id: UUID | None = None
    name: str = ""
    grants: tuple[Grant, ...] = ()
    sandbox: bool = False
    owner: UUID | None = None
    ip_allow: tuple[str, ...] = ()
    scopes: frozenset[Permission] | None = None
    _permission_scopes: dict[tuple[int, str, str], PermissionScope] = field(
        default_factory=dict, repr=False, compare=False
    )

    @property
    def is_anonymous(self) -> bool:
        return self.kind is PrincipalKind.ANONYMOUS

    @property
    def is_machine(self) -> bool:
        """API clients and keys. They must send an idempotency key and are never an applicant or an author."""
        return self.kind in (PrincipalKind.CLIENT, PrincipalKind.KEY)

    @property
    def account_id(self) -> UUID | None:
        """The account of a person; None for every other kind of principal."""
        return self.id if self.kind is PrincipalKind.ACCOUNT else None

    def is_account(self, account: UUID | None) -> bool:
        """Whether the principal is the person with this account."""
        return account is not None and account == self.account_id

    @property
    def is_break_glass(self) -> bool:
        """Whether the break-glass account acts, which belongs to nobody."""
        return self.id == BREAK_GLASS

    @cached_property
    def label(self) -> str:
        """`account:0199…`, as in `created_by`, audit entries and idempotency keys."""
        return f"{self.kind}:{self.id}" if self.id else str(self.kind)

    @property
    def identities(self) -> tuple[UUID, ...]:
        """The principal's own id, and that of a key's owner."""
        return tuple(key for key in (self.id, self.owner) if key is not None)

    def is_one_of(self, principals: Collection[UUID]) -> bool:
        """Whether the principal, or the owner of this key, is among these."""
        return self.id in principals or self.owner in principals

    @property
    def labels(self) -> tuple[str, ...]:
        """The values of `created_by` for records that this principal, or the owner of this key, entered."""
        return (self.label, *(f"{kind}:{self.owner}" for kind in ("account", "client") if self.owner))

    @cached_property
    def authority(self) -> bytes:
        """A digest of the principal's grants, to detect that they changed."""
        grants = sorted(grant.text for grant in self.grants)
        return sha256("\n".join((str(self.sandbox), *grants)).encode()).digest()

    @cached_property
    def owner_key(self) -> str:
        """The key of the principal's share of shared resources. A key uses the share of its owner."""
        return str(self.owner or self.id or self.kind)

    def holding(self, *grants: Grant) -> "Principal":
        """The same principal with more grants."""
        return replace(self, grants=self.grants + grants, _permission_scopes={})

    def limited_to(self, roles: frozenset[str] | None) -> "Principal":
        """The same principal with the grants of these roles only; None means all."""
        if roles is None:
            return self
        return replace(self, grants=tuple(one for one in self.grants if one.role in roles), _permission_scopes={})

    def may_through_client(self, resource: str, kind: str) -> bool:
        """Whether the client that acts for a person, if one does, may `read` or `write` the resource
        (`membership.experts`) for them. None but our own clients change what gives access: accounts, grants, keys,
        sessions, and addresses that need no token."""
        if self.scopes is None:
            return True
        service = resource.partition(".")[0]
        if kind != READ and (service == "access" or resource.partition(".")[2] in _GIVING_ACCESS):
            return False
        return not self.scopes.isdisjoint({(resource, kind), (f"{service}.*", kind), ("*", kind)})

    def in_network(self, resource: str) -> bool:
        """Whether the principal sees visibility `network` of a resource (`membership.experts`): it holds an active
        grant to read the resource. An applicant's grant over their own record does not count."""
        return any(grant.admits(resource, READ) and not grant.of_applicant for grant in self.grants)

    def permission_scope(self, roles: RoleTable, resource: str, verb: str) -> PermissionScope:
        """How far the permission to do `verb` to `resource` (`membership.experts`) goes under a role table."""
        key = (id(roles), resource, verb)
        found = self._permission_scopes.get(key)
        if found is None:
            found = self._permission_scopes[key] = self._permission_scope(roles, resource, verb)
        return found

    def _permission_scope(self, roles: RoleTable, resource: str, verb: str) -> PermissionScope:
        short = resource.split(".", 1)[-1]
        wanted = {(short, verb), (short, "*"), ("*", verb), ("*", "*")}
        grants = [
            grant
            for grant in self.grants
            if wanted & roles.get(grant.role, frozenset()) and grant.admits(resource, verb)
        ]
        everywhere = any(grant.scope_kind == "global" for grant in grants)
        countries = _EVERY_COUNTRY if everywhere else _union({grant.countries for grant in grants})
        records = frozenset(grant.scope_id for grant in grants if grant.scope_id and not grant.countries)
        if self.sandbox:
            everywhere, countries, records = False, countries & FICTIONAL_CODES, frozenset()
        return PermissionScope(everywhere, _shared(countries), _shared(records))


def _union(sets: set[frozenset[str]]) -> frozenset[str]:
    return next(iter(sets)) if len(sets) == 1 else frozenset().union(*sets)


@lru_cache(4096)
def _shared(values: frozenset[str]) -> frozenset[str]:
    """An equal set that exists already, if there is one: a principal has dozens of scopes, most of them alike."""
    return values


ANONYMOUS = Principal(PrincipalKind.ANONYMOUS)
SYSTEM = Principal(PrincipalKind.SYSTEM, name="system")
