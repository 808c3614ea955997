"""Permissions in access, and the rules for granting roles. Pure rules."""

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
"""Each role with the scope kinds for which it may be granted."""
ROLES_OF_TWO = frozenset(("secretariat_admin", "national_publisher"))
"""Roles that a second person confirms."""
ROLES_WITH_FACTOR = ROLES_OF_TWO | {
    "secretariat_officer",
    "platform_operator",
    "auditor",
    "editor_in_chief",
    "government_focal_point",
}
"""Roles whose holders need a second factor to sign in, 7 days after the grant."""
NEVER_DELEGATED = ROLES_OF_TWO | {"platform_operator", "reviewer", "expert", "api_client"}
"""Roles whose holders cannot pass them on."""
MACHINE_ROLE = "api_client"
TOKENS = "access.tokens"
"""The resource of introspection: a caller with a global grant for it may introspect the tokens of others."""
KEY_OWNER = "key_owner"
"""The role of the owner of an API key over it. It follows from the key and is never granted."""
CLIENT_CONTACT = "client_contact"
"""The role of the contacts of a client over it: its keys, secrets and addresses, never its scope. It follows from the
client and is never granted."""
WEBHOOK_OWNER = "webhook_owner"
"""The role of the owner of a webhook over it. It follows from the webhook and is never granted."""
GRANT_HOLDER = "grant_holder"
"""The role of people over their own grants, and over those delegated from them. It is never granted."""
GRANT_APPROVER = "grant_approver"
"""The role over a proposed grant of whoever may confirm it, or caused it by a record. It is never granted."""
GRANT_EDITOR = "grant_editor"
"""The role of an editor-in-chief over the grants of the editors of the edition. It is never granted."""
FACTOR_OWNER = "factor_owner"
"""The role of people over their own second factors. It follows from the factor and is never granted."""
ACCOUNT_FINDER = "account_finder"
"""The role over an account of no country of an officer who asks for its very address. It is never granted."""
ACCOUNT_OWNER = "account_owner"
"""The role of people over their own account, at `/accounts/me`. It is never granted."""
NO_STATE = frozenset(("published",))
"""The published states of records of access: a state that no record has."""

_NATIONAL = frozenset(("national_author", "national_publisher"))
DELEGABLE: Mapping[str, frozenset[str]] = {
    "secretariat_admin": frozenset(ROLE_SCOPES),
    "secretariat_officer": _NATIONAL | {"committee_president", "committee_secretary", "government_focal_point"},
    "government_focal_point": _NATIONAL,
    "editor_in_chief": frozenset(("editor",)),
}
"""The roles that the holders of a role may grant, within their own scope."""
INVITING: Mapping[str, frozenset[str]] = {
    "secretariat_officer": frozenset(("reviewer", "institution_representative")),
}
"""The roles that the holders of a role may also give over a record of a country in their scope: by an invitation, or
over an institution."""
DELEGATING: Mapping[str, frozenset[str]] = dict.fromkeys(
    ("national_author", "committee_president", "committee_secretary"), frozenset(("national_author",))
)
"""The roles that the holders of a role may also give over one record of a country in their scope, by a delegation of
parts of it. That needs no permission over grants."""


OFFICE = frozenset(("secretariat_admin", "secretariat_officer"))
"""The roles of the secretariat."""


def _permissions(resource: str, verbs: str) -> frozenset[tuple[str, str]]:
    return frozenset((resource, verb) for verb in verbs.split())


_HANDING_ON = _permissions("grants", "read history create confirm revoke hand_over")
_OFFICIALS = _permissions("accounts", "read history create suspend reinstate") | _permissions(
    "clients", "read history create suspend reinstate revoke"
)

_RESETTING = _permissions("sandbox", "read reset")

ROLES: RoleTable = {
    "secretariat_admin": frozenset({("*", "*")}),
    "secretariat_officer": _HANDING_ON | _permissions("accounts", "read history create suspend reinstate") | _RESETTING,
    "government_focal_point": _HANDING_ON | _OFFICIALS | _RESETTING,
    **dict.fromkeys((*sorted(_NATIONAL), "committee_president", "committee_secretary"), _RESETTING),
    "editor_in_chief": _permissions("grants", "create revoke"),
    "platform_operator": _permissions("clients", "read history update suspend revoke")
    | _permissions("identity_providers", "read history suspend")
    | _permissions("api_keys", "read history revoke")
    | _permissions("webhooks", "read history pause disable")
    | _permissions("signing_keys", "read history rotate revoke")
    | _RESETTING,
    "auditor": _permissions("*", "read history"),
    MACHINE_ROLE: _permissions("tokens", "read"),
    ACCOUNT_FINDER: _permissions("accounts", "read"),
    ACCOUNT_OWNER: _permissions("accounts", "read update close"),
    GRANT_HOLDER: _permissions("grants", "read history revoke hand_over"),
    GRANT_EDITOR: _permissions("grants", "read history revoke"),
    GRANT_APPROVER: _permissions("grants", "read history confirm revoke"),
    WEBHOOK_OWNER: _permissions("webhooks", "read history update verify pause resume disable enable ping rotate"),
    FACTOR_OWNER: _permissions("factors", "read history update confirm remove"),
    CLIENT_CONTACT: _permissions("clients", "read history update change_credentials confirm_secret"),
    KEY_OWNER: _permissions("api_keys", "read history update revoke enable"),
}
"""Role → permissions over accounts, grants, clients and the audit trail. An operator may read no account."""


@dataclass(frozen=True, slots=True)
class WantedGrant:
    """A role that an account or a client would receive over a scope, in whatever way.

    It has no narrowing: the actor needs authority that is not narrowed, which covers every part. `invited_in` and
    `delegated_in` are the country of the record, if the role follows from an invitation or a delegation.
    """

    role: str
    scope_kind: str
    scope_id: str | None
    holder_kind: str
    holder_id: UUID
    invited_in: str | None = None
    delegated_in: str | None = None

    def is_given_by(self, role: str, act: str) -> bool:
        """Whether the holders of a role may give this one. `act` is the permission over grants that they use."""
        if self.delegated_in and self.role in DELEGATING.get(role, frozenset()):
            return True
        is_invitation = self.invited_in is not None or self.scope_kind == "institution"
        invited = INVITING.get(role, frozenset()) if is_invitation else frozenset()
        permitted = {("grants", act), ("*", "*")} & ROLES.get(role, frozenset())
        return bool(permitted) and self.role in DELEGABLE.get(role, frozenset()) | invited

    @property
    def country(self) -> str | None:
        """The country of the scope, if it is one country or an institution."""
        if self.scope_kind == "institution":
            return self.invited_in
        return self.scope_id if self.scope_kind == "country" else None

    @property
    def needs_second_person(self) -> bool:
        """Whether the role takes effect only after a second person confirms it."""
        return self.role in ROLES_OF_TWO

    def is_for(self, principal: Principal) -> bool:
        """Whether the principal would hold it."""
        return (self.holder_kind, self.holder_id) == (str(principal.kind), principal.id)


ScopeFault: TypeAlias = Literal["role_not_yours_to_hand_on", "beyond_own_scope"]
GrantFault: TypeAlias = Literal["own_grant"] | ScopeFault
SuccessorFault: TypeAlias = Literal["credentials_set_by_you"] | GrantFault
SuspensionFault: TypeAlias = Literal["suspended_by_the_secretariat"]


def why_not_grant(actor: Principal, wanted: WantedGrant, act: str) -> GrantFault | None:
    """Why the actor may not grant this now, or None. Every way to a role or a credential checks this.

    `act` is the permission over grants that is used: `create`, `confirm` or `hand_over`. Nobody grants a role to
    themselves.
    """
    return "own_grant" if wanted.is_for(actor) else _why_not(actor, wanted, act)


def why_not_revoke(actor: Principal, wanted: WantedGrant) -> ScopeFault | None:
    """Why the actor may not revoke this grant, or None. The actor may revoke their own: that adds no permission."""
    return _why_not(actor, wanted, "revoke")


def _why_not(actor: Principal, wanted: WantedGrant, act: str) -> ScopeFault | None:
    """The actor needs one grant whose role may grant the wanted one, and whose scope contains the whole wanted
    scope."""
    holding = [grant for grant in _giving(actor) if wanted.is_given_by(grant.role, act)]
    if not holding:
        return "role_not_yours_to_hand_on"
    countries = countries_of(wanted.scope_kind, wanted.scope_id)
    if place := wanted.invited_in or wanted.delegated_in:
        countries = frozenset((place,))
    wanted_place = (wanted.scope_kind, wanted.scope_id)
    is_within = any(
        wanted_place == _place_of(grant) or _covers(grant, wanted.scope_kind, countries) for grant in holding
    )
    return None if is_within else "beyond_own_scope"


def _place_of(grant: Grant) -> tuple[str, str | None] | None:
    """The one edition that a grant is over, which is no country."""
    return (grant.scope_kind, grant.scope_id) if grant.scope_kind == "edition" else None


def _giving(actor: Principal) -> tuple[Grant, ...]:
    """The grants by which the actor may grant others: none of a key and of a client of the sandbox, and none that is
    delegated or narrowed to a part of the system."""
    if actor.kind is PrincipalKind.KEY or actor.sandbox:
        return ()
    return tuple(grant for grant in actor.grants if is_wide(grant) and grant.delegated_from is None)


def confirmable(actor: Principal) -> frozenset[str]:
    """The roles that the actor may confirm: a role alone over any scope, or with a country after a space."""
    found: set[str] = set()
    for grant in _giving(actor):
        if {("grants", "confirm"), ("*", "*")} & ROLES.get(grant.role, frozenset()):
            given = DELEGABLE.get(grant.role, frozenset()) | INVITING.get(grant.role, frozenset())
            places = ("",) if grant.scope_kind == "global" else tuple(f" {country}" for country in grant.countries)
            found |= {f"{role}{place}" for role in given for place in places}
    return frozenset(found)


def is_of_office(principal: Principal, resource: str, verb: str, country: str | None) -> bool:
    """Whether the principal does this in a country as the secretariat, not as one of the country's officials."""
    return principal.limited_to(OFFICE).permission_scope(ROLES, resource, verb).covers(country)


def why_not_grant_all(actor: Principal, wanted: Iterable[WantedGrant], act: str = "create") -> GrantFault | None:
    """Why the actor may not give a credential that is worth all of these grants, or None."""
    return next((why for one in wanted if (why := why_not_grant(actor, one, act)) is not None), None)


def is_wide(grant: Grant) -> bool:
    """Whether a client's narrowing does not restrict the grant, so that nothing wider can follow from it."""
    return (grant.resources is None or grant.resources >= EVERY_RESOURCE) and (
        grant.verbs is None or grant.verbs >= VERBS
    )


def countries_of(scope_kind: str, scope_id: str | None) -> frozenset[str] | None:
    """The countries that a grant's scope names; None for a scope that does not consist of countries."""
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
    """Whether a scope is equal to the other one or contained in it."""
    if (scope_kind, scope_id) == (outer_kind, outer_id):
        return True
    if outer_kind == "global":
        return scope_kind in ("region", "country")
    inner, outer = countries_of(scope_kind, scope_id), countries_of(outer_kind, outer_id)
    return bool(inner) and inner is not None and outer is not None and inner <= outer
