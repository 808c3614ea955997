"""The lifecycle of an institution, the values derived from its names, and its parsing from a row."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypedDict

from services.membership.linkage.record_linkage.institution_names import labels, match_key, name_key, short_forms
from services.membership.register.institutions.record import InstitutionName
from shared.kernel.identifiers import ror_id
from shared.kernel.lifecycle import Lifecycle, transition
from shared.kernel.text import fold, nfc, search_key

PUBLISHED = frozenset({"verified", "inactive"})
CANDIDATE = "candidate"
"""The state of an institution that a person without an office entered."""
MOST_CANDIDATES = 5
"""Most candidates of one person that nobody has decided on."""
MATCHED = ("submitted", "verified", "inactive")
"""The states in which an institution may match an affiliation; a candidate does not, whoever entered it."""
TYPES = ("archive", "company", "education", "facility", "funder", "government", "healthcare", "nonprofit", "other")
NAME_TYPES = ("acronym", "alias", "former", "label", "ror_display")
"""Both vocabularies are those of ROR schema 2.1, with `former` for a name no longer in use, which ROR lists as an
alias."""

_DOMAIN = re.compile(r"(?=.{3,253}$)(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]")
_BETWEEN = re.compile(r"[\s;]+")


LinkFault: TypeAlias = Literal["institution_missing", "institution_unknown"]


@dataclass(frozen=True, slots=True)
class InstitutionGuardContext:
    """The inputs of the guards. `link_fault`: why the institution to link to does not count, or None."""

    link_fault: LinkFault | None = None


def _linkable(guard_context: InstitutionGuardContext) -> LinkFault | None:
    return guard_context.link_fault


LIFECYCLE: Lifecycle[InstitutionGuardContext] = Lifecycle(
    ("candidate", "submitted", "verified", "linked", "out_of_scope", "inactive", "withdrawn"),
    (
        transition("verify", "candidate|submitted", "verified"),
        transition("link", "candidate|submitted", "linked", guard=_linkable, fields=("institution_id",)),
        transition("reject", "candidate|submitted", "out_of_scope"),
        transition("deactivate", "verified", "inactive", fact="inactivated"),
        transition("reactivate", "inactive", "verified"),
        transition("withdraw", "candidate|submitted|verified|inactive", "withdrawn"),
    ),
)


def display_name(names: Sequence[InstitutionName]) -> str:
    """The name of type `ror_display`, else the first label, else the first name."""
    for wanted in ("ror_display", "label"):
        for name in names:
            if wanted in name["types"]:
                return name["value"]
    return names[0]["value"]


class Derived(TypedDict):
    """The columns derived from the names."""

    display_name: str
    sort_name: str
    search_key: str
    match_key: str


def derived(names: Sequence[InstitutionName]) -> Derived:
    """The columns derived from these names."""
    shown = display_name(names)
    return {
        "display_name": shown,
        "sort_name": fold(shown)[:500],
        "search_key": search_key(*(name["value"] for name in names)),
        "match_key": match_key(names),
    }


def values_of(names: Sequence[InstitutionName], types: Sequence[str], domains: Sequence[str]) -> list[tuple[str, str]]:
    """(kind, value) of every filter or look-up value of an institution: type, domain, name, short form, word."""
    return sorted(
        {("type", value) for value in types}
        | {("domain", value) for value in domains}
        | {("name", key) for name in names if (key := name_key(name["value"]))}
        | {("short", short) for name in names for short in short_forms(name)}
        | {("short", label) for label in labels(domains)}
        | {("word", word) for word in match_key(names).split()}
    )


def normal_domain(text: str) -> str | None:
    """The host of a domain, e-mail domain or web address in lower case without `www.`; None if it is invalid."""
    host = nfc(text).strip().lower().rpartition("://")[2]
    host = re.split(r"[/?#]", host, maxsplit=1)[0].rpartition("@")[2]
    host = re.sub(r":\d+$", "", host).rstrip(".").removeprefix("www.")
    return host if _DOMAIN.fullmatch(host) else None


class Subdivision(TypedDict):
    """The location of an institution, as far as a row names it."""

    subdivision: str


class ListedInstitution(TypedDict, total=False):
    """The fields that a row sets, in the form of a body."""

    names: list[InstitutionName]
    country: str
    ror: str
    types: list[str]
    domains: list[str]
    links: list[str]
    locations: list[Subdivision]


def institution_from_row(row: Mapping[str, str]) -> ListedInstitution:
    """The fields of a row of an institution list, as a body takes them; they still have to be validated.

    Headings: name, country, state_province, domains and web_pages (several separated by spaces or `;`), types (the
    same), ror. An absent or empty heading leaves its field out. What is not a domain stays as it is, to be refused.
    """
    cells = {heading: cell.strip() for heading, cell in row.items() if cell and cell.strip()}
    values: ListedInstitution = {}
    if name := cells.get("name"):
        values["names"] = [{"value": name, "language": None, "types": ["ror_display"]}]
    if province := cells.get("state_province"):
        values["locations"] = [{"subdivision": province}]
    if domains := cells.get("domains"):
        values["domains"] = unique_domains(_BETWEEN.split(domains))
    if pages := cells.get("web_pages"):
        values["links"] = _several(pages)
    if types := cells.get("types"):
        values["types"] = _several(types)
    if country := cells.get("country"):
        values["country"] = country
    if ror := cells.get("ror"):
        values["ror"] = ror
    return values


def _several(cell: str) -> list[str]:
    return [part for part in dict.fromkeys(_BETWEEN.split(cell)) if part]


def unique_domains(texts: Sequence[str]) -> list[str]:
    """Domains in normal form, each once, in their order."""
    return list(dict.fromkeys(normal_domain(text) or text for text in texts if text))


def identity(names: Sequence[InstitutionName], country: str, ror: str | None, domains: Iterable[str]) -> str:
    """The key by which an import recognises the same institution: its ROR id, else a digest of the folded display name,
    the country and the set of domains."""
    if ror:
        return ror_id(ror) or ror
    parts = [fold(display_name(names)), country, *sorted(set(domains))]
    return f"name:{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()}"
