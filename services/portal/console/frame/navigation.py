"""The navigation of the console."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.portal.console.session.caller import ConsolePrincipal

_SECRETARIAT = frozenset(("secretariat_admin", "secretariat_officer"))
_NATIONAL = frozenset(("government_focal_point", "national_author", "national_publisher"))
_REPORTING = _SECRETARIAT | _NATIONAL | {"committee_president", "committee_secretary", "reviewer", "auditor"}
_IMPORTING = _SECRETARIAT | {"national_author", "national_publisher", "centre_director"}
_GRANTING = _SECRETARIAT | {"government_focal_point", "platform_operator", "auditor"}


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the console: its key, which names its text `console.nav.…`, its address, and who sees it."""

    key: str
    path: str
    roles: frozenset[str] | None = None


SECTIONS = (
    Section("work", "/console/"),
    Section("countries", "/console/countries"),
    Section("reporting", "/console/reporting", _REPORTING),
    Section("records", "/console/records"),
    Section("imports", "/console/imports", _IMPORTING),
    Section("jobs", "/console/jobs"),
    Section("grants", "/console/grants", _GRANTING),
)


def sections_for(principal: ConsolePrincipal) -> Sequence[Section]:
    """The parts of the console that are of use to somebody with these roles."""
    return [each for each in SECTIONS if each.roles is None or each.roles & principal.roles]
