"""What a caller's grants must include for a write to a record."""

from collections.abc import Callable
from uuid import UUID

from shared.kernel.errors import FieldError, Forbidden
from shared.kernel.principal import ScopeKey
from shared.records.access_scope import AccessScope
from shared.records.record import Record


def permitted(access: AccessScope, record: Record) -> Callable[[str], bool]:
    """Whether the caller's grants include a verb on this record."""
    country, key = record.country, record.scope_key
    return lambda verb: access.may(verb, country, key)


def require(
    access: AccessScope, verb: str, country: str | None, record: ScopeKey | None = None, field: str = ""
) -> None:
    """Raises Forbidden if the grants do not include the verb; `country_forbidden` if only the country is wrong. `field`
    is the JSON pointer to what they do not include, if it is a part of the body."""
    if access.may(verb, country, record):
        return
    elsewhere = record is None and bool(access.principal.permission_scope(access.roles, access.resource.name, verb))
    detail = "Your grants do not cover this country." if elsewhere else "Your grants do not include this."
    raise Forbidden(
        detail,
        code="country_forbidden" if elsewhere else None,
        errors=[FieldError("forbidden", detail, pointer=field)] if field else (),
        members={"reason": "country_forbidden" if elsewhere else "not_permitted"},
    )


def require_publishing(access: AccessScope, visibility: str, country: str | None, record: UUID | None = None) -> None:
    """Raises Forbidden if the caller may not make a record public."""
    if visibility == "public" and not access.may("publish", country, record):
        detail = "Your grants do not include publishing."
        errors = [FieldError("forbidden", detail, pointer="/visibility")]
        raise Forbidden(detail, errors=errors, members={"reason": "publish_not_permitted"})


def require_creation(access: AccessScope, new: Record) -> None:
    """Raises Forbidden if the caller may not create this record in its country, or not with its visibility."""
    require(access, "create", new.country)
    require_publishing(access, new.visibility, new.country)


def require_visibility_change(access: AccessScope, before: Record, wanted: Record) -> None:
    """Raises Forbidden if the new visibility makes a record public and the caller may not do that."""
    if wanted.visibility != before.visibility:
        require_publishing(access, wanted.visibility, before.country, before.id)
