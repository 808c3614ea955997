"""The rights of one principal, from the role tables alone."""

from deploy.matrix.readers import roles_of
from services.access.access import CLIENT_CONTACT, DELEGABLE, FACTOR_OWNER, GRANT_HOLDER, KEY_OWNER, WEBHOOK_OWNER
from shared.kernel.principal import READ, READING, PermissionScope, Principal, PrincipalKind, RoleTable

OF_OWNERS = (GRANT_HOLDER, KEY_OWNER, WEBHOOK_OWNER, FACTOR_OWNER, CLIENT_CONTACT)
"""Roles of people over what belongs to them, without a grant."""


class Rights:
    """The rights of one principal in one service."""

    def __init__(self, service: str, principal: Principal) -> None:
        self._service = service
        self._principal = principal

    @property
    def _roles(self) -> RoleTable:
        return roles_of(self._service)

    def permission_scope(self, plural: str, verb: str) -> PermissionScope:
        return self._principal.permission_scope(self._roles, f"{self._service}.{plural}", verb)

    def writes(self, plural: str) -> PermissionScope:
        """The permission scope of all writing verbs together."""
        verbs = {verb for held in self._roles.values() for name, verb in held if name in (plural, "*")} - READING
        scopes = [self.permission_scope(plural, verb) for verb in verbs]
        return PermissionScope(
            any(scope.everywhere for scope in scopes),
            frozenset().union(*(scope.countries for scope in scopes)),
            frozenset().union(*(scope.records for scope in scopes)),
        )

    @property
    def is_person(self) -> bool:
        return self._principal.kind is PrincipalKind.ACCOUNT

    @property
    def is_key(self) -> bool:
        return self._principal.kind is PrincipalKind.KEY

    def hands_on(self, role: str) -> bool:
        """Whether the principal may grant this role."""
        return not self.is_key and any(role in DELEGABLE.get(grant.role, ()) for grant in self._principal.grants)

    def owns(self, record: str) -> bool:
        """Whether the record belongs to the principal."""
        return any(grant.role in OF_OWNERS and grant.scope_id == record for grant in self._principal.grants)

    def applies(self, plural: str) -> bool:
        """Whether a person without a role over the register applies with their own record."""
        writes = self.writes(plural)
        office = self.permission_scope(plural, READ).everywhere or writes.everywhere or bool(writes.countries)
        return self.is_person and not office
