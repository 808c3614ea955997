"""Who asks, and how far their grants reach. Rules only: tokens and rows are read elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from hashlib import sha256
from typing import Literal, TypeAlias
from uuid import UUID

from shared.kernel.countries import COUNTRIES, FICTIONAL_CODES, in_region

Visibility: TypeAlias = Literal["public", "network", "restricted"]
VISIBILITIES: tuple[Visibility, ...] = ("public", "network", "restricted")
Permission: TypeAlias = tuple[str, str]
"""(resource, verb): `("experts", "read")`, `("experts", "approve")`. `*` stands for any."""
RoleTable: TypeAlias = Mapping[str, frozenset[Permission]]
READ = "read"
READING = frozenset({READ, "history"})
"""The verbs that change nothing."""


class PrincipalKind(StrEnum):
    """What kind of thing acts."""

    ANONYMOUS = "anonymous"
    ACCOUNT = "account"
    CLIENT = "client"
    KEY = "key"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Grant:
    """A living grant. For clients `resources` (`membership.experts`) and `verbs` (`read`, `write`) narrow it.
    `delegated_from` is the grant whose holder passes it on for a time. `of_applicant`: it is over the holder's own
    record, which nobody has approved."""

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
        """Whether a client's narrowing lets this verb on this resource (`service.resource`) through."""
        kind = READ if verb in READING else "write"
        return (
            self.resources is None or resource in self.resources or f"{resource.split('.')[0]}.*" in self.resources
        ) and (self.verbs is None or kind in self.verbs)

    @property
    def text(self) -> str:
        """All of the grant as one text, the same for equal grants."""
        sets = (None if names is None else sorted(names) for names in (self.resources, self.verbs))
        return repr((self.role, self.scope_kind, self.scope_id, self.starts, self.ends, self.delegated_from, *sets))

    @property
    def countries(self) -> frozenset[str]:
        """The countries that the scope covers; none for scopes of one record, body or person."""
        if self.scope_kind == "global":
            return frozenset(COUNTRIES)
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

    def covers(self, country: str | None, record: UUID | str | None = None) -> bool:
        """Whether a row of this country, or this very record, lies within."""
        return (
            self.everywhere
            or (country is not None and country in self.countries)
            or (record is not None and str(record) in self.records)
        )

    def __bool__(self) -> bool:
        return self.everywhere or bool(self.countries) or bool(self.records)


@dataclass(frozen=True)
class Principal:
    """Who asks. Immutable and cached, so what follows from it is computed once.

    `owner` is the account or client that a key belongs to. `ip_allow` are the networks that a client and its keys may
    come from; none means anywhere. In the `sandbox` there are fictional countries only: a reach goes no further, and
    names no record, since nobody knows where that lies.
    """

    kind: PrincipalKind
    id: UUID | None = None
    name: str = ""
    grants: tuple[Grant, ...] = ()
    sandbox: bool = False
    owner: UUID | None = None
    ip_allow: tuple[str, ...] = ()
    _permission_scopes: dict[tuple[int, str, str], PermissionScope] = field(
        default_factory=dict, repr=False, compare=False
    )

    @property
    def is_anonymous(self) -> bool:
        return self.kind is PrincipalKind.ANONYMOUS

    @property
    def is_machine(self) -> bool:
        """API clients and keys: they must send an idempotency key and never are an applicant or an author."""
        return self.kind in (PrincipalKind.CLIENT, PrincipalKind.KEY)

    @cached_property
    def label(self) -> str:
        """`account:0199…`, as it stands in `created_by`, audit entries and idempotency keys."""
        return f"{self.kind}:{self.id}" if self.id else str(self.kind)

    @cached_property
    def authority(self) -> bytes:
        """A digest of all that the principal may do by its grants: another one means that they changed."""
        grants = sorted(grant.text for grant in self.grants)
        return sha256("\n".join((str(self.sandbox), *grants)).encode()).digest()

    @cached_property
    def owner_key(self) -> str:
        """Whose share of what is shared this principal takes: a key takes that of its owner."""
        return str(self.owner or self.id or self.kind)

    def holding(self, *grants: Grant) -> "Principal":
        """The same principal with more grants."""
        return replace(self, grants=self.grants + grants, _permission_scopes={})

    def in_network(self, resource: str) -> bool:
        """Whether the principal reads what is of visibility `network` of a resource (`membership.experts`): it holds a
        living grant that lets it read the resource. An applicant's grant over their own record is none."""
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
        countries: frozenset[str] = frozenset().union(*(grant.countries for grant in grants))
        records = frozenset(grant.scope_id for grant in grants if grant.scope_id and not grant.countries)
        everywhere = any(grant.scope_kind == "global" for grant in grants)
        if self.sandbox:
            everywhere, countries, records = False, countries & FICTIONAL_CODES, frozenset()
        return PermissionScope(everywhere, countries, records)


ANONYMOUS = Principal(PrincipalKind.ANONYMOUS)
SYSTEM = Principal(PrincipalKind.SYSTEM, name="system")
