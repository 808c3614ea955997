"""The section "What you may" of the pages of offices, from the role tables and lifecycles; the rest is written by
hand."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from deploy.local.folder import PROJECT
from deploy.matrix.readers import SERVICES, resource_types_of, resources_of, roles_of
from services.access.access import DELEGABLE, INVITING, MACHINE_ROLE, ROLE_SCOPES, ROLES_OF_TWO
from shared.kernel.principal import READING
from shared.web.contract.vocabularies import VOCABULARIES

ROLES: Mapping[str, str] = {
    "secretariat_officer": "secretariat/office-officer",
    "government_focal_point": "countries/office-focal-point",
    "national_author": "countries/office-author",
    "national_publisher": "countries/office-publisher",
    "committee_president": "countries/office-committee",
    "committee_secretary": "countries/office-committee",
    "institution_representative": "centres/office-representative",
    "centre_director": "centres/office-director",
    "reviewer": "secretariat/office-reviewer",
    "editor_in_chief": "secretariat/office-editor",
    "editor": "secretariat/office-editor",
    "expert": "public/office-member",
}
"""Each role of a person with an office, and the page about it, by its folder in `docs`."""
_EVERYTHING = "secretariat_admin"
_NOBODY_TO_ASK = {"auditor", MACHINE_ROLE, _EVERYTHING}
_WORDS = {
    "create": "enter",
    "erase": "ask for erasure",
    "import": "import a list",
    "orcid_link": "link the ORCID iD",
    "record": "enter for somebody",
    "subject_export": "export what is stored about oneself",
    "supersede": "supersede",
    "update": "change",
}
"""What a permission is called whose verb is a participle in histories."""
_OWN = "whoever owns or entered it"
"""Who has the roles that follow from a record and are never granted."""
_TITLES = {(term.code, term.resource): term.titles["en"] for term in VOCABULARIES["verbs"]}
_SECTION = re.compile(r"(?<=\n## What you may\n\n).*?(?=\n## )", re.DOTALL)
_FROM = (
    "Written by `make matrix` from the role tables. "
    "[Who may do what](../reference/access-matrix.md) has every operation."
)


class NoSuchSection(LookupError):
    """A page of an office without the section."""


def pages() -> dict[Path, bytes]:
    """The pages with their sections, by file: the same texts and role tables give the same bytes. Raises
    NoSuchSection."""
    return dict(_pages())


def _pages() -> Iterator[tuple[Path, bytes]]:
    for name in dict.fromkeys(ROLES.values()):
        file = PROJECT / "docs" / f"{name}.md"
        section = _section(tuple(role for role, page in ROLES.items() if page == name))
        text = file.read_text(encoding="utf-8")
        found = _SECTION.search(text)
        if found is None:
            raise NoSuchSection(f"{file.name} needs a section `## What you may`, and one behind it")
        yield file, (text[: found.start()] + section + text[found.end() :]).encode()


def _section(roles: tuple[str, ...]) -> str:
    scopes = " or ".join(sorted({scope for role in roles for scope in ROLE_SCOPES[role]}))
    said = [f"The role: {_names(roles)}, over one {scopes}.", *_giving(roles[0]), _FROM]
    rows = ["| records | you | others |", "| --- | --- | --- |", *_rows(roles)]
    return "\n".join([*said, "", *rows, "", _reading(roles), ""])


def _giving(role: str) -> Iterator[str]:
    given = DELEGABLE.get(role, frozenset()) | INVITING.get(role, frozenset())
    if given:
        confirmed = sorted(given & ROLES_OF_TWO)
        second = f" A second person confirms {_names(confirmed)}." if confirmed else ""
        yield f"You give these roles: {_names(sorted(given))}.{second}"


def _rows(roles: tuple[str, ...]) -> Iterator[str]:
    for service in SERVICES:
        held = _held(service, roles)
        for plural in sorted(held):
            mine = held[plural] - READING
            if mine:
                shared = sum(plural in _held(other, roles) for other in SERVICES) > 1
                title = f"{_title(plural)} ({service})" if shared else _title(plural)
                yield f"| {title} | {_said(service, plural, mine)} | {_others(service, plural, roles)} |"


def _others(service: str, plural: str, roles: tuple[str, ...]) -> str:
    """The steps of the records that the role does not take, by who takes them."""
    by: dict[str, set[str]] = {}
    for verb in _steps(service, plural) - _held(service, roles)[plural]:
        takers = [role for role in sorted(roles_of(service)) if role not in _NOBODY_TO_ASK | set(roles)]
        found = [role for role in takers if verb in _held(service, (role,)).get(plural, ())] or [_EVERYTHING]
        granted = [role for role in found if role in ROLE_SCOPES]
        by.setdefault(_names(granted) if granted else _OWN, set()).add(verb)
    return "; ".join(f"{_said(service, plural, verbs)}: {who}" for who, verbs in sorted(by.items()))


@cache
def _steps(service: str, plural: str) -> set[str]:
    """The verbs of a kind of record that people take."""
    kinds = [kind for kind in resource_types_of(service) if kind.resource.plural == plural]
    return {one.verb for kind in kinds for one in kind.lifecycle.transitions if not one.is_scheduled}


def _held(service: str, roles: tuple[str, ...]) -> dict[str, set[str]]:
    resources_of(service)
    held: dict[str, set[str]] = {}
    for role in roles:
        for plural, verb in roles_of(service).get(role, ()):
            held.setdefault(plural, set()).add(verb)
    return held


def _reading(roles: tuple[str, ...]) -> str:
    reads = {
        _title(plural) for service in SERVICES for plural, verbs in _held(service, roles).items() if not verbs - READING
    }
    kinds = ", ".join(sorted(reads))
    return f"You also read, within your scope: {kinds}." if kinds else "Others read what the network and everybody see."


def _said(service: str, plural: str, verbs: Iterable[str]) -> str:
    words = (
        _WORDS.get(verb) or _TITLES.get((verb, f"{service}.{plural}")) or _TITLES.get((verb, None)) or _title(verb)
        for verb in verbs
    )
    return ", ".join(sorted(word[:1].lower() + word[1:] for word in words))


def _names(roles: Iterable[str]) -> str:
    return ", ".join(f"`{role}`" for role in roles)


def _title(code: str) -> str:
    return code.replace("_", " ")
