"""Who may do what in access, and who may bring about which grant for whom. Pure rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias
from uuid import UUID

from shared.kernel.countries import in_region
from shared.kernel.principal import READ, Grant, Principal, PrincipalKind, RoleTable

SERVICES = ("membership", "centres", "actions", "access")
EVERY_RESOURCE = frozenset(f"{service}.*" for service in SERVICES)
VERBS = frozenset((READ, "write"))

ROLE_SCOPES: Mapping[str, frozenset[str]] = {
    role: frozenset(scopes.split())
    for role, scopes in {
        "platform_operator": "global",
        "secretariat_admin": "global",
        "secretariat_officer": "region country",
        "reviewer": "record",
        "editor_in_chief": "edition",
        "editor": "edition",
        "committee_president": "country",
        "committee_secretary": "country",
        "government_focal_point": "country",
        "national_author": "country",
        "national_publisher": "country",
        "institution_representative": "institution",
        "centre_director": "centre",
        "expert": "self",
        "auditor": "global country",
        "api_client": "global region country",
    }.items()
}
"""Each role with the kinds of scope that it may be held over."""
ROLES_OF_TWO = frozenset(("secretariat_admin", "national_publisher"))
"""Roles that a second person confirms."""
NEVER_DELEGATED = ROLES_OF_TWO | {"platform_operator", "expert", "api_client"}
"""Roles whose holders cannot pass them on."""
MACHINE_ROLE = "api_client"
TOKENS = "access.tokens"
"""The resource that introspection reads: a caller with a global grant for it may introspect others' tokens."""
KEY_OWNER = "key_owner"
"""What whoever owns an API key holds over it. It is granted to nobody: it follows from the key."""
GRANT_HOLDER = "grant_holder"
"""What people hold over their own grants, and over those delegated from them. It is granted to nobody."""
ACCOUNT_OWNER = "account_owner"
"""What people hold over their own account, at its address `/accounts/me`. It is granted to nobody."""
NO_STATE = frozenset(("published",))
"""The states in which records of access are open to everybody: one that none of them has."""

_NATIONAL = frozenset(("national_author", "national_publisher"))
DELEGABLE: Mapping[str, frozenset[str]] = {
    "secretariat_admin": frozenset(ROLE_SCOPES),
    "secretariat_officer": _NATIONAL | {"committee_president", "committee_secretary", "government_focal_point"},
    "government_focal_point": _NATIONAL,
}
"""Which roles the holders of a role may hand on, within their own scope."""


def _permissions(resource: str, verbs: str) -> frozenset[tuple[str, str]]:
    return frozenset((resource, verb) for verb in verbs.split())


_HANDING_ON = _permissions("grants", "read history create confirm revoke hand_over")

ROLES: RoleTable = {
    "secretariat_admin": frozenset({("*", "*")}),
    "secretariat_officer": _HANDING_ON,
    "government_focal_point": _HANDING_ON,
    "platform_operator": _permissions("clients", "read history update revoke")
    | _permissions("api_keys", "read history revoke"),
    "auditor": _permissions("*", "read history"),
    MACHINE_ROLE: _permissions("tokens", "read"),
    ACCOUNT_OWNER: _permissions("accounts", "read update close"),
    GRANT_HOLDER: _permissions("grants", "read history revoke hand_over"),
    KEY_OWNER: _permissions("api_keys", "read history update revoke enable"),
}
"""Role → permissions over accounts, grants, clients and the audit trail. An operator sees no account."""


@dataclass(frozen=True, slots=True)
class WantedGrant:
    """A role that an account or a client would come to hold over a scope, however it comes to it.

    It has no narrowing of its own: who brings it about holds their own authority unnarrowed, which covers every part.
    """

    role: str
    scope_kind: str
    scope_id: str | None
    holder_kind: str
    holder_id: UUID

    @property
    def country(self) -> str | None:
        """The country of its scope, where that is one country."""
        return self.scope_id if self.scope_kind == "country" else None

    @property
    def needs_second_person(self) -> bool:
        """Whether the role counts only after a second person has confirmed it."""
        return self.role in ROLES_OF_TWO

    def is_for(self, principal: Principal) -> bool:
        """Whether the principal itself would hold it."""
        return (self.holder_kind, self.holder_id) == (str(principal.kind), principal.id)


ScopeFault: TypeAlias = Literal["role_not_yours_to_hand_on", "beyond_own_scope"]
GrantFault: TypeAlias = Literal["own_grant"] | ScopeFault


def why_not_grant(actor: Principal, wanted: WantedGrant, act: str) -> GrantFault | None:
    """Why the actor may not bring this grant about now; None where it may. Every way to a role or a credential asks it.

    `act` is the permission over grants that is used: `create`, `confirm` or `hand_over`. Nobody brings about a grant of
    their own.
    """
    return "own_grant" if wanted.is_for(actor) else _why_not(actor, wanted, act)


def why_not_revoke(actor: Principal, wanted: WantedGrant) -> ScopeFault | None:
    """Why the actor may not take this grant away; None where it may. One's own may be taken away: that is no gain."""
    return _why_not(actor, wanted, "revoke")


def _why_not(actor: Principal, wanted: WantedGrant, act: str) -> ScopeFault | None:
    """A key and a client of the sandbox bring about no grant. Any other actor needs one grant whose role may hand on
    the wanted one, that is neither delegated nor narrowed to a part of the system, and whose own scope covers the whole
    of the wanted one.
    """
    if actor.kind is PrincipalKind.KEY or actor.sandbox:
        return "role_not_yours_to_hand_on"
    holding = [
        grant
        for grant in actor.grants
        if wanted.role in DELEGABLE.get(grant.role, ())
        and {("grants", act), ("*", "*")} & ROLES.get(grant.role, frozenset())
        and is_wide(grant)
        and grant.delegated_from is None
    ]
    if not holding:
        return "role_not_yours_to_hand_on"
    countries = countries_of(wanted.scope_kind, wanted.scope_id)
    return None if any(_covers(grant, wanted.scope_kind, countries) for grant in holding) else "beyond_own_scope"


def why_not_grant_all(actor: Principal, wanted: Iterable[WantedGrant], act: str = "create") -> GrantFault | None:
    """Why the actor may not give somebody a credential that is worth all of these grants; None where it may."""
    return next((why for one in wanted if (why := why_not_grant(actor, one, act)) is not None), None)


def is_wide(grant: Grant) -> bool:
    """Whether a client's narrowing leaves the grant whole, so that nothing wider than itself can come from it."""
    return (grant.resources is None or grant.resources >= EVERY_RESOURCE) and (
        grant.verbs is None or grant.verbs >= VERBS
    )


def countries_of(scope_kind: str, scope_id: str | None) -> frozenset[str] | None:
    """The countries that a scope of a grant names; None for a scope that is not made of countries."""
    if scope_kind == "country" and scope_id:
        return frozenset((scope_id,))
    if scope_kind == "region" and scope_id:
        return in_region(scope_id)
    return None


def _covers(grant: Grant, scope_kind: str, wanted: frozenset[str] | None) -> bool:
    if grant.scope_kind == "global":
        return True
    return scope_kind != "global" and bool(wanted) and wanted is not None and wanted <= grant.countries


def within(scope_kind: str, scope_id: str | None, outer_kind: str, outer_id: str | None) -> bool:
    """Whether a scope is the other one, or a part of it."""
    if (scope_kind, scope_id) == (outer_kind, outer_id):
        return True
    if outer_kind == "global":
        return scope_kind in ("region", "country")
    inner, outer = countries_of(scope_kind, scope_id), countries_of(outer_kind, outer_id)
    return bool(inner) and inner is not None and outer is not None and inner <= outer
