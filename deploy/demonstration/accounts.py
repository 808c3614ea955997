"""The people of the demonstration who act in its countries, as they sign in."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from shared.kernel.clock import today
from shared.kernel.principal import Grant, Principal, PrincipalKind

COUNTRIES = ("XD", "XE", "XF", "XG", "XH", "XI", "XJ", "XL", "XM")
"""The countries whose three years the demonstration tells."""
Place = tuple[str, str, str | None]


@dataclass(frozen=True, slots=True)
class Officials:
    """Those who act: the secretariat, and people with an office in the countries."""

    admin: Principal
    officer: Principal
    focal_point: Principal
    author: Principal
    publisher: Principal


def officials(accounts: Mapping[str, Mapping[str, str]]) -> Officials:
    """The officials with these accounts, by the names of `escm demo load`."""

    def person(name: str, role: str, *, is_everywhere: bool = False) -> Principal:
        places = [("global", None)] if is_everywhere else [("country", country) for country in COUNTRIES]
        grants = tuple(Grant(role, kind, scope, today(), None) for kind, scope in places)
        return Principal(PrincipalKind.ACCOUNT, UUID(accounts[name]["account_id"]), name, grants)

    return Officials(
        person("admin", "secretariat_admin", is_everywhere=True),
        person("officer2", "secretariat_officer"),
        person("focal_point", "government_focal_point"),
        person("author", "national_author"),
        person("publisher", "national_publisher"),
    )
